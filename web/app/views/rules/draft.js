// A rule while it is changed: what it is made on, what stands there now, and what others do meanwhile.
import { useCallback, useEffect, useRef, useState } from '../../../vendor/ui.mjs';
import { Problem } from '../../state/api.js';
import { calmly } from '../../state/calm.js';
import { onEvent } from '../../state/live.js';
import { draftOf, dropDraft, keepDraft } from './drafts.js';
import { loadRule } from './store.js';
import { begin } from './template.js';

/** Files are often saved several at a time. */
const PAUSE_MS = 500;
const TELLING = ['config_loaded', 'config_rejected', 'snapshot'];
const NOTHING = { text: '', tests: '', etag: null };
const same = (a, b) => a.text === b.text && a.tests === b.tests;

async function theRule(name, signal) {
  try {
    return await loadRule(name, signal);
  } catch (problem) {
    if (problem.code === 'unknown_rule' || problem.status === 404) return null;
    throw problem;
  }
}

// What is shown first: the draft of this browser, else the rule, else a beginning.
async function first(name, like, found) {
  const kept = draftOf(name);
  if (kept) return { base: kept.base, text: kept.text, tests: kept.tests };
  if (found) return { base: found.base, text: found.base.text, tests: found.base.tests };
  if (like == null) return null;
  const model = like ? await loadRule(like) : null;
  return { base: NOTHING, ...begin(name, model && { name: like, ...model.atWork }) };
}

/**
 * `{state: 'loading' | 'failed' | 'missing' | 'ready', problem, rule, base, text, tests, theirs, notTaken, changed, shown, type, set, saved, rebase, reset, again}`.
 * `shown` rises when the texts come from elsewhere than the editor.
 * `theirs` is what somebody else has saved since, when it is not what this change was made on.
 */
export function useDraft(name, like) {
  const [known, setKnown] = useState({ state: 'loading' });
  const [turn, setTurn] = useState(0);
  const latest = useRef(known);
  latest.current = known;

  useEffect(() => {
    const gone = new AbortController();
    (async () => {
      try {
        const found = await theRule(name, gone.signal);
        const shown = await first(name, like, found);
        if (gone.signal.aborted) return;
        setKnown(shown ? met({ ...shown, shown: 0 }, found) : { state: 'missing' });
      } catch (problem) {
        if (gone.signal.aborted) return;
        if (!(problem instanceof Problem)) throw problem;
        setKnown({ state: 'failed', problem });
      }
    })();
    return () => gone.abort();
  }, [name, turn]);

  const look = useCallback(async () => {
    if (latest.current.state !== 'ready') return;
    try {
      const found = await theRule(name);
      setKnown((now) => (now.state === 'ready' ? met(now, found) : now));
    } catch {
      // The next event, or saving, tells.
    }
  }, [name]);
  useEffect(() => {
    const asking = calmly(look, PAUSE_MS);
    const stop = onEvent((code) => TELLING.includes(code) && asking.soon());
    return () => {
      stop();
      asking.stop();
    };
  }, [look]);

  const untouched = known.state === 'ready' && Boolean(known.base.etag) && same(known, known.base);
  useEffect(() => {
    if (untouched) dropDraft(name);
  }, [untouched, name]);

  const put = (change, turned = 1) => setKnown((now) => {
    const next = { ...now, ...change, shown: now.shown + turned };
    if (same(next, next.base) && next.base.etag) dropDraft(name);
    else keepDraft(name, { text: next.text, tests: next.tests, base: next.base });
    return next;
  });
  return {
    ...known,
    changed: known.state === 'ready' && (!same(known, known.base) || !known.base.etag),
    /** What is typed: the editor shows it already. */
    type: (change) => put(change, 0),
    set: (change) => put(change),
    look,
    again: () => setTurn((n) => n + 1),
    /** The service has `found` now; what was typed since `sent` was taken from here stays a draft. */
    saved: (found, sent) => setKnown((now) => {
      const { base } = found;
      const next = same(now, sent)
        ? { base, text: base.text, tests: base.tests, shown: now.shown + 1 }
        : { base, text: now.text, tests: now.tests, shown: now.shown };
      if (same(next, base)) dropDraft(name);
      else keepDraft(name, { text: next.text, tests: next.tests, base });
      return met(next, found);
    }),
    /** Goes on with what is here, over what the other one has saved. */
    rebase: () => put({ base: latest.current.theirs ?? NOTHING, theirs: undefined }),
    /** Throws the change away; the texts of the service are shown. */
    reset: () => {
      const base = latest.current.theirs ?? latest.current.base;
      dropDraft(name);
      setKnown((now) => ({ ...now, base, theirs: undefined, text: base.text, tests: base.tests, shown: now.shown + 1 }));
    },
  };
}

// Brings what stands here together with what the service has now.
function met(now, found) {
  const theirs = found?.base ?? NOTHING;
  const more = { state: 'ready', rule: found?.rule ?? null, notTaken: found?.notTaken ?? false };
  if (theirs.etag === now.base.etag) return { ...now, ...more, theirs: undefined };
  // Nothing of ours is there to be lost, or both came to the same.
  if (same(now, now.base) && theirs.etag) return { ...now, ...more, base: theirs, text: theirs.text, tests: theirs.tests, shown: now.shown + 1, theirs: undefined };
  if (same(now, theirs)) return { ...now, ...more, base: theirs, theirs: undefined };
  return { ...now, ...more, theirs };
}
