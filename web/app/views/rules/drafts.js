// What somebody has begun to change and not saved: kept in this browser until it is saved or thrown away.
import { signal } from '../../../vendor/ui.mjs';

const KEY = 'scs.draft.rule.';

function names() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(KEY)).map((key) => key.slice(KEY.length)).sort();
  } catch {
    return [];
  }
}

/** Names of the rules that have a draft in this browser. */
export const drafted = signal(names());

/** The draft of a rule: `{text, tests, base: {text, tests, etag}, at}`, or null. */
export function draftOf(name) {
  try {
    const draft = JSON.parse(localStorage.getItem(KEY + name));
    return typeof draft?.text === 'string' && typeof draft.tests === 'string' && draft.base ? draft : null;
  } catch {
    return null;
  }
}

/** Keeps a draft; false where the browser keeps nothing. */
export function keepDraft(name, draft) {
  try {
    localStorage.setItem(KEY + name, JSON.stringify({ ...draft, at: Date.now() }));
  } catch {
    return false;
  }
  if (!drafted.value.includes(name)) drafted.value = names();
  return true;
}

export function dropDraft(name) {
  try {
    localStorage.removeItem(KEY + name);
  } catch {
    // Nothing was kept.
  }
  if (drafted.value.includes(name)) drafted.value = names();
}

// Another window of this browser writes as well.
globalThis.addEventListener?.('storage', () => {
  drafted.value = names();
});
