// Rules as the service has them.
import { ask, del, get, path, post, Problem } from '../../state/api.js';

// Lines end as the editor ends them: a file from elsewhere would look changed before anybody touched it.
const plain = (text) => (text ?? '').replace(/\r\n?/g, '\n');
const texts = ({ text, tests }) => ({ text: plain(text), tests: plain(tests) });

/** What a change is made on: the text in the files, which may be another one than the text at work. */
export async function loadRule(name, signal) {
  const { data, etag } = await ask('GET', path`rules/${name}`, { signal });
  const { rule, file } = data;
  const base = file ? { ...texts(file), etag: file.etag ?? null } : { ...texts(data), etag };
  return { rule, base, notTaken: Boolean(file), atWork: texts(data) };
}

/** Saves over `etag`, or makes a new rule when there is none. Answers as `loadRule`. */
export async function saveRule(name, { text, tests }, etag) {
  await ask('PUT', path`rules/${name}`, { body: { text, tests }, ...(etag ? { match: etag } : { fresh: true }), patience: 60_000 });
  return loadRule(name);
}

export const removeRule = (name, etag) => del(path`rules/${name}`, { match: etag });

/** The last that came to work and changed this rule, or null. */
export async function lastChange(name) {
  const { versions } = await get(`${path`versions?rule=${name}`}&limit=1`);
  return versions[0] ?? null;
}

/** A rule's texts as they were in a version: `{text, tests}`. */
export async function ruleAt(name, version, signal) {
  const { files } = await get(path`versions/${version}`, { signal });
  const text = (kind) => files.find((file) => file.kind === kind && file.name === name)?.text;
  return texts({ text: text('rule'), tests: text('test') });
}

export const rollback = (name, version) => post(`${path`versions/${version}`}/rollback?${new URLSearchParams({ rule: name })}`);

/** What runs in shadow, or null. A browser writes each 404 on its console, so it is asked for only when it is there. */
export async function shadow(options) {
  const service = await get('service', options);
  if (!service.shadow) return null;
  try {
    return await get('shadow', options);
  } catch (problem) {
    if (problem instanceof Problem && problem.code === 'no_shadow') return null;
    throw problem;
  }
}

/** The files that an edit of a rule is. */
export function edits(name, { text, tests }, base) {
  const all = [{ kind: 'rule', name, text }];
  if (tests.trim()) all.push({ kind: 'test', name, text: tests });
  else if (base.tests.trim()) all.push({ kind: 'test', name, text: null });
  return all;
}
