// Before a rule is saved: what changes in its text, and what that changes for the devices.
import { html, useEffect, useRef, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { sentence } from '../../parts/failed.js';
import { act, complain } from '../../state/acts.js';
import { post, Problem, put } from '../../state/api.js';
import { t } from '../../words.js';
import { RuleDifference } from './difference.js';
import { Problems } from './problems.js';
import { edits, loadRule, removeRule, saveRule } from './store.js';
import { TriedPast, TriedSituations, TriedWeek } from './tried.js';

const LONG_MS = 60_000;
const DAYS = 7;
const AGAIN_AFTER_MS = 2000;

// Two questions, because situations and the past are answered much sooner than a simulated week.
function useTried(name, draft, wanted) {
  const [tried, setTried] = useState({});
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!wanted) return undefined;
    const gone = new AbortController();
    let timer;
    const files = edits(name, draft, draft.base);
    const ask = (days) => post('rules/try', { edits: files, days, since: '7 days' }, { signal: gone.signal, patience: LONG_MS });
    const attempt = async () => {
      try {
        setTried({});
        const now = await ask(0);
        setTried({ now });
        const later = await ask(DAYS);
        setTried({ now, week: later.week });
      } catch (problem) {
        if (gone.signal.aborted) return;
        if (!(problem instanceof Problem)) throw problem;
        // The service tries one change after the other: soon it is our turn.
        if (problem.code === 'workshop_busy') timer = setTimeout(attempt, AGAIN_AFTER_MS);
        else setTried((before) => ({ ...before, problem }));
      }
    };
    attempt();
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [wanted, turn]);
  return { ...tried, again: () => setTurn((n) => n + 1) };
}

function Tried({ tried, unused }) {
  if (unused) return html`<p class="soft">${t('rules.tried_unused')}</p>`;
  const { now, week, problem } = tried;
  const waits = (key) => !problem && html`<p class="soft" role="status">${t(key)}</p>`;
  return html`
    ${now ? html`<${TriedSituations} tried=${now} /><${TriedPast} past=${now.past} />` : waits('rules.trying')}
    ${week ? html`<${TriedWeek} week=${week} />` : now && waits('rules.trying_week')}
    ${problem && html`<p class="rules-note is-warn"><bdi>${sentence(problem)}</bdi> <button class="button is-small" onClick=${tried.again}>${t('app.again')}</button></p>
      <${Problems} problems=${problem.more.problems ?? []} own=${[]} />`}`;
}

async function save(name, draft) {
  const { text, tests } = draft;
  let answer;
  try {
    answer = await saveRule(name, { text, tests }, draft.base.etag);
  } catch (problem) {
    if (problem.status !== 412) throw problem;
    // An attempt whose answer did not come may have been written all the same.
    answer = await loadRule(name).catch(() => null);
    if (answer?.base.text !== text || answer.base.tests !== tests) return 'conflict';
  }
  draft.saved(answer, { text, tests });
  return answer;
}

// The service is busy, or the network is: the same may be done a moment later.
const passes = (problem) => problem?.status === 503 || problem?.status === 0;

function Refused({ problem }) {
  return html`<div role="alert"><p class="rules-note is-warn"><span>${passes(problem) && html`${t('rules.save_later')} `}<bdi class=${passes(problem) ? 'soft' : ''}>${sentence(problem)}</bdi></span></p>
    <${Problems} problems=${problem.more.problems ?? []} own=${[]} /></div>`;
}

function undoOf(name, base, draft, saved) {
  return async () => {
    if (!base.etag) {
      await removeRule(name, saved.base.etag);
      draft.look();
    } else draft.saved(await saveRule(name, base, saved.base.etag), saved.base);
  };
}

// `refused` is the Problem of the last attempt, or null.
function useSaving({ name, draft, onClose, onConflict }) {
  const [refused, setRefused] = useState(null);
  const gone = useRef(false);
  useEffect(() => () => void (gone.current = true), []);
  useEffect(() => {
    // It was written after all, only too late for an answer.
    if (!refused || draft.changed) return;
    onClose();
    act({ say: t('rules.saved', { rule: name }), doing: async () => null });
  }, [refused, draft.changed]);
  const doSave = async () => {
    const { base } = draft;
    let saved;
    setRefused(null);
    try {
      saved = await save(name, draft);
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      if (gone.current) complain(problem);
      else setRefused(problem);
      return;
    }
    onClose();
    if (saved === 'conflict') {
      await draft.look();
      onConflict();
      return;
    }
    await act({ say: t('rules.saved', { rule: name }), doing: async () => saved, undo: undoOf(name, base, draft, saved) });
  };
  return { refused, doSave };
}

/** Asks once more, with all that is known of the change; saves, or lets it run in shadow first. */
export function SaveDialog({ name, draft, checking, onClose, onConflict }) {
  const { refused, doSave } = useSaving({ name, draft, onClose, onConflict });
  const unused = !draft.base.etag;
  const stopped = checking.errors + checking.failing > 0;
  const tried = useTried(name, draft, !unused && !checking.checking && checking.errors === 0 && draft.changed);
  const toShadow = async () => {
    try {
      await put('shadow', { edits: edits(name, draft, draft.base) });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      complain(problem);
      return;
    }
    onClose();
    await act({ say: t('rules.shadow_started'), doing: async () => null });
  };
  return html`<${Dialog} title=${t(unused ? 'rules.save_new_title' : 'rules.save_title', { rule: name })} onClose=${onClose} wide>
    ${!draft.changed && html`<p>${t('rules.nothing_to_save')}</p>`}
    ${checking.errors > 0 && html`<p class="rules-note is-warn">${t('rules.errors_first', { count: checking.errors })}</p>
      <${Problems} problems=${[...checking.rule, ...checking.tests, ...checking.others]} own=${[]} />`}
    ${checking.errors === 0 && checking.failing > 0 && html`<p class="rules-note is-warn">${t('rules.tests_first', { count: checking.failing })}</p>`}
    ${draft.changed && !unused && html`<${RuleDifference} before=${draft.base} after=${draft} />`}
    ${draft.changed && checking.errors === 0 && html`<section class="rules-tried"><h3>${t('rules.behaviour')}</h3><${Tried} tried=${tried} unused=${unused} /></section>`}
    ${refused && html`<${Refused} problem=${refused} />`}
    <div class="rules-actions rules-bottom">
      <button class="button" onClick=${onClose}>${t('rules.cancel')}</button>
      ${!unused && html`<${Button} does=${toShadow} disabled=${!draft.changed || stopped} title=${t('rules.shadow_hint')}>${t('rules.shadow_try')}<//>`}
      <${Button} kind="is-main" does=${doSave} disabled=${!draft.changed || stopped} autofocus>${t(passes(refused) ? 'app.again' : 'rules.save_now')}<//>
    </div>
  <//>`;
}
