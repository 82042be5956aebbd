// What a rule was: each version that changed it, the difference to what was before or is now, and the way back.
import { html, useEffect, useMemo, useRef, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Empty } from '../../parts/empty.js';
import { Failed } from '../../parts/failed.js';
import { Icon } from '../../parts/icon.js';
import { Loading } from '../../parts/loading.js';
import { href } from '../../router.js';
import { act } from '../../state/acts.js';
import { get, path, Problem } from '../../state/api.js';
import { calmly } from '../../state/calm.js';
import { serviceNow } from '../../state/clock.js';
import { onEvent } from '../../state/live.js';
import { can } from '../../state/session.js';
import { dateTime, t, when } from '../../words.js';
import { who } from './conflict.js';
import { RuleDifference } from './difference.js';
import { drafted } from './drafts.js';
import { rollback, ruleAt } from './store.js';

const PAGE = 30;
const LATER_MS = 500;

/** Versions of a rule, page by page: `{versions, next, problem, more, again}`. */
function useVersions(name) {
  const [list, setList] = useState({ versions: null, next: null, problem: null });
  const first = useRef(null);
  const load = async (before) => {
    try {
      const more = before == null ? '' : `&before=${before}`;
      const page = await get(`${path`versions?rule=${name}`}&limit=${PAGE}${more}`);
      // What follows belongs to the list that it was asked for.
      setList((was) => before != null && was.next !== before ? was
        : { versions: before == null ? page.versions : [...was.versions, ...page.versions], next: page.next, problem: null });
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      setList((was) => ({ ...was, problem }));
    }
  };
  useEffect(() => {
    first.current = calmly(() => load(), LATER_MS);
    first.current.soon();
    // The log is written a moment after the files came to work.
    const stop = onEvent((code) => code === 'config_loaded' && first.current.soon(LATER_MS));
    return () => {
      stop();
      first.current.stop();
    };
  }, [name]);
  return { ...list, more: () => load(list.next), again: () => first.current.soon() };
}

/** The texts of a rule in two versions, or null until they are there. */
function useTexts(name, first, second) {
  const [texts, setTexts] = useState(null);
  useEffect(() => {
    const gone = new AbortController();
    setTexts(null);
    const at = (version) => (version ? ruleAt(name, version, gone.signal) : { text: '', tests: '' });
    Promise.all([at(first), at(second)]).then(
      ([before, after]) => setTexts({ before, after }),
      (problem) => {
        if (!gone.signal.aborted) setTexts({ problem });
      },
    );
    return () => gone.abort();
  }, [name, first, second]);
  return texts;
}

function Texts({ name, first, second, same }) {
  const texts = useTexts(name, first, second);
  if (!texts) return html`<${Loading} />`;
  if (texts.problem) return html`<${Failed} problem=${texts.problem} />`;
  return html`<${RuleDifference} ...${texts} same=${same} />`;
}

function Back({ name, version, current, onDone, onClose }) {
  const back = async () => {
    const done = await act({
      say: t('rules.rolled_back', { rule: name, at: when(version.at, serviceNow()) }),
      doing: () => rollback(name, version.version),
      undo: () => rollback(name, current),
    });
    if (!done) return;
    onDone();
    onClose();
  };
  return html`<${Dialog} title=${t('rules.rollback_title', { rule: name })} onClose=${onClose} wide>
    <p>${t('rules.rollback_text', { at: dateTime(version.at) })} ${drafted.value.includes(name) && t('rules.rollback_draft')}</p>
    <${Texts} name=${name} first=${current} second=${version.version} same=${t('rules.rollback_same')} />
    <div class="rules-actions rules-bottom"><button class="button" onClick=${onClose}>${t('rules.cancel')}</button>
      <${Button} kind="is-main" does=${back}>${t('rules.rollback')}<//></div>
  <//>`;
}

// What stood there just before: the version of the one that was taken before it.
function Version({ name, version, before, first, onBack, latest }) {
  const [open, setOpen] = useState(false);
  const changed = version.changes.find((change) => change.name === name && change.kind === 'rule') ?? version.changes.find((change) => change.name === name);
  const key = changed ? `rules.change_${changed.kind === 'test' ? 'tests' : changed.change}` : 'rules.change_first';
  return html`<li class="card rules-version">
    <div class="rules-version-head">
      <div><strong>${when(version.at, serviceNow())}</strong> <span class="soft" title=${dateTime(version.at)}><bdi>${who(version.origin)}</bdi></span>
        <p>${t(key)} <span class="soft">${version.origin.of && t('rules.back_to', { version: version.origin.of })} <code>${version.version}</code></span></p></div>
      ${latest && html`<span class="tag is-good">${t('rules.at_work_now')}</span>`}
      <div class="rules-actions">
        ${!first && html`<button class="button is-small" aria-expanded=${open} onClick=${() => setOpen(!open)}>${t('rules.what_changed')}</button>`}
        ${!latest && can.value.edit && html`<button class="button is-small" onClick=${() => onBack(version)}>${t('rules.rollback')}</button>`}
      </div>
    </div>
    ${open && html`<${Texts} name=${name} first=${before} second=${version.version} />`}
  </li>`;
}

export function History({ name }) {
  const { versions, next, problem, more, again } = useVersions(name);
  const [back, setBack] = useState(null);
  const shown = useMemo(() => versions ?? [], [versions]);
  if (problem && !versions) return html`<${Failed} whole=${true} problem=${problem} again=${again} />`;
  if (!versions) return html`<${Loading} />`;
  return html`<div class="rules-history">
    <header class="rules-head"><div class="rules-title">
      <a class="button is-plain" href=${href`rules/${name}`} aria-label=${t('rules.to_rule', { rule: name })}><${Icon} name="back" /></a>
      <h1><bdi>${name}</bdi> <span class="soft">${t('rules.history')}</span></h1></div></header>
    ${shown.length === 0 && html`<${Empty} title=${t('rules.no_history')}>${t('rules.no_history_text')}<//>`}
    <ol class="rules-versions">${shown.map((version, at) => html`<${Version} key=${version.number} name=${name} version=${version}
      before=${shown[at + 1]?.version} first=${at === shown.length - 1 && !version.changes.some((change) => change.change === 'added')} latest=${at === 0} onBack=${setBack} />`)}</ol>
    ${next != null && html`<${Button} does=${more}>${t('rules.older')}<//>`}
    ${back && html`<${Back} name=${name} version=${back} current=${shown[0].version} onDone=${again} onClose=${() => setBack(null)} />`}
  </div>`;
}
