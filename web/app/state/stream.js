// Server-sent events read with fetch, because EventSource cannot send a token. Calls `take(code, data)` for each.
import { fetched } from '../early.js';
import { headers } from './api.js';

/** The service says something at least every 15 s. */
const SILENCE_MS = 40_000;

/** Reads until the stream ends or fails, which it throws; `signal` ends it. */
export async function readEvents(where, take, signal) {
  const quiet = new AbortController();
  let timer = setTimeout(() => quiet.abort(), SILENCE_MS);
  try {
    const answer = await fetched(where, {
      headers: headers({ accept: 'text/event-stream' }),
      signal: AbortSignal.any([signal, quiet.signal]),
      cache: 'no-store',
    });
    if (!answer.ok) throw Object.assign(new Error(`status ${answer.status}`), { status: answer.status });
    const parse = parser(take);
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(), SILENCE_MS);
      parse(value);
    }
  } finally {
    clearTimeout(timer);
  }
}

/** Takes pieces of a stream of events, however they are cut. */
export function parser(take) {
  let rest = '';
  return (text) => {
    const blocks = (rest + text).split(/\r?\n\r?\n/);
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split(/\r?\n/);
      const field = (name) =>
        lines.filter((line) => line.startsWith(`${name}:`)).map((line) => line.slice(name.length + 1).trimStart());
      const data = field('data').join('\n');
      if (data) take(field('event')[0] ?? 'message', JSON.parse(data));
    }
  };
}
