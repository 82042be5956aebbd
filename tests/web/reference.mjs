// Makes web/app/views/rules/reference.json, what the editor of rules completes and explains, from docs/rule-reference.md.
// That file is made from the program and checked against it by `cargo test`; this one against that file by its own test.
// `node tests/web/reference.mjs` writes it anew.
import { readFileSync, writeFileSync } from 'node:fs';

const FROM = new URL('../../docs/rule-reference.md', import.meta.url);
const TO = new URL('../../web/app/views/rules/reference.json', import.meta.url);
const KINDS = { 'Verbs, and parameters': 'verb', Functions: 'function' };

/** Everything that can be written: `{write, kind: 'input' | 'verb' | 'function', what}`. */
export function words(text) {
  const all = [];
  let kind = null;
  for (const line of text.split('\n')) {
    const head = /^## (.+)$/.exec(line)?.[1];
    if (head) kind = head.startsWith('`') ? 'input' : (KINDS[head] ?? null);
    const row = /^\| `([^`]+)` \| (.+) \|$/.exec(line);
    if (kind && row) all.push({ write: row[1], kind, what: row[2].replaceAll('\\|', '|') });
  }
  if (!['input', 'verb', 'function'].every((one) => all.some((word) => word.kind === one))) {
    throw new Error('docs/rule-reference.md has not the sections that are looked for');
  }
  return all;
}

/** What stands in the file, and what should. */
export const made = () => `${JSON.stringify(words(readFileSync(FROM, 'utf8')), null, 1)}\n`;
export const there = () => readFileSync(TO, 'utf8');

if (process.argv[1] === new URL(import.meta.url).pathname) writeFileSync(TO, made());
