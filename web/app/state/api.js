// The REST API, as everybody else uses it. Answers are JSON; what goes wrong is a Problem.
import { bearer, fetched } from '../early.js';
import { encoded } from '../encode.js';
import { token, tokenNeeded } from './session.js';

const BASE = 'api/v1/';
/** Longer than the service takes for anything but a simulation. */
const PATIENCE_MS = 30_000;

/** What the service, or the network, refused: RFC 9457. */
export class Problem extends Error {
  constructor({ status = 0, code = 'unreachable', title = '', detail = '', ...more }) {
    super(detail || title || code);
    Object.assign(this, { status, code, title, detail, more });
  }
}

/** Headers of a request by this browser. */
export function headers(more = {}) {
  return { ...bearer(token.value), ...more };
}

/** Parts of a path, made safe: path`devices/${name}`. */
export const path = encoded;

/**
 * One request: `{data, etag, status}`. `raw` answers text instead of JSON.
 * `match` is the ETag that must be there still; `fresh`: there must be nothing yet.
 */
export async function ask(method, where, { body, type, match, fresh = false, signal, raw = false, patience = PATIENCE_MS } = {}) {
  const more = {};
  if (body !== undefined) more['content-type'] = type ?? 'application/json';
  if (match) more['if-match'] = match;
  if (fresh) more['if-none-match'] = '*';
  const limit = AbortSignal.timeout(patience);
  let answer;
  let text;
  try {
    answer = await fetched(BASE + where, {
      method,
      headers: headers(more),
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
      cache: 'no-store',
    });
    // The network may fail in the middle of an answer, too.
    text = await answer.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem({ code: limit.aborted ? 'slow' : 'unreachable' });
  }
  if (!answer.ok) throw refused(answer, text);
  const data = answer.status === 204 ? null : raw ? text : json(answer, text);
  return { data, etag: answer.headers.get('etag'), status: answer.status };
}

function json(answer, text) {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem({ status: answer.status, code: 'not_json' });
  }
}

function refused(answer, text) {
  if (answer.status === 401) tokenNeeded.value = true;
  let told = {};
  try {
    told = JSON.parse(text);
  } catch {
    // A proxy may answer with a page of its own.
  }
  return new Problem({ ...told, status: answer.status, code: told?.code ?? `http_${answer.status}` });
}

export const get = async (where, options) => (await ask('GET', where, options)).data;
export const put = async (where, body, options) => (await ask('PUT', where, { ...options, body })).data;
export const post = async (where, body, options) => (await ask('POST', where, { ...options, body })).data;
export const del = async (where, options) => (await ask('DELETE', where, options)).data;
