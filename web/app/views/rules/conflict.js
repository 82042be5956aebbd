// Two people have changed the same rule. Both texts are there, and nothing is lost.
import { html, useEffect, useMemo, useState } from '../../../vendor/ui.mjs';
import { Dialog } from '../../parts/dialog.js';
import { serviceNow } from '../../state/clock.js';
import { act } from '../../state/acts.js';
import { t, when } from '../../words.js';
import { RuleDifference } from './difference.js';
import { merge } from './lines.js';
import { lastChange } from './store.js';

/** Who brought a version, in words. */
export function who(origin) {
  const name = /\((.+)\)/.exec(origin.by)?.[1];
  if (name && origin.source === 'api') return t('rules.by_name', { name });
  return `${t(`rules.by_${origin.source}`)}${name ? ` (${name})` : ''}`;
}

// Both changes in one, where they are in different lines; null: they are not.
function together(base, ours, theirs) {
  const text = merge(base.text, ours.text, theirs.text);
  const tests = merge(base.tests, ours.tests, theirs.tests);
  return text === null || tests === null ? null : { text, tests };
}

const VIEWS = ['difference', 'ours', 'theirs'];

function Choice({ view, onView }) {
  return html`<div class="rules-choice" role="group" aria-label=${t('rules.show')}>${VIEWS.map((one) => html`
    <button key=${one} class="button is-small" aria-pressed=${view === one} onClick=${() => onView(one)}>${t(`rules.view_${one}`)}</button>`)}</div>`;
}

const Text = ({ of }) => html`<pre class="rules-pre" tabindex="0">${of.text}${of.tests && `\n${of.tests}`}</pre>`;

// Who brought what is at work. What stands in the file alone came after that, and nobody knows from whom: `taken` is false.
function useLast(name, taken) {
  const [last, setLast] = useState(null);
  useEffect(() => {
    setLast(null);
    // Without it the conflict is told without a name.
    if (taken) lastChange(name).then(setLast, () => setLast(null));
  }, [name, taken]);
  return last?.origin.source === 'start' ? null : last;
}

export function Conflict({ name, draft, onClose }) {
  const [view, setView] = useState('difference');
  const last = useLast(name, !draft.notTaken);
  const theirs = draft.theirs ?? draft.base;
  const ours = { text: draft.text, tests: draft.tests };
  const take = async () => {
    const before = { ...ours, base: draft.base, theirs: draft.theirs };
    draft.reset();
    onClose();
    await act({
      say: t('rules.took_theirs'),
      doing: async () => null,
      undo: async () => draft.set(before),
    });
  };
  const keep = () => {
    draft.rebase();
    onClose();
  };
  const told = last && t('rules.conflict_who', { who: who(last.origin), at: when(last.at, serviceNow()) });
  const both = useMemo(() => (theirs.etag ? together(draft.base, ours, theirs) : null), [draft.base, draft.text, draft.tests, theirs]);
  const takeBoth = () => {
    draft.set({ ...both, base: theirs, theirs: undefined });
    onClose();
  };
  return html`<${Dialog} title=${t(theirs.etag ? 'rules.conflict_title' : 'rules.conflict_removed_title')} onClose=${onClose} wide>
    <p><strong><bdi>${theirs.etag ? (told ?? t('rules.theirs')) : t('rules.theirs_removed')}</bdi></strong> ${t(theirs.etag ? 'rules.conflict_text' : 'rules.conflict_removed')}</p>
    ${theirs.etag && html`<${Choice} view=${view} onView=${setView} />`}
    ${view === 'difference' && theirs.etag && html`<p class="soft">${t('rules.conflict_legend')}</p><${RuleDifference} before=${theirs} after=${ours} />`}
    ${(view === 'ours' || !theirs.etag) && html`<${Text} of=${ours} />`}
    ${view === 'theirs' && theirs.etag && html`<${Text} of=${theirs} />`}
    <div class="rules-actions rules-bottom">
      <button class="button" onClick=${onClose}>${t('rules.decide_later')}</button>
      ${theirs.etag && html`<button class="button" onClick=${take}>${t('rules.take_theirs')}</button>`}
      <button class=${both ? 'button' : 'button is-main'} onClick=${keep}>${t('rules.keep_ours')}</button>
      ${both && html`<button class="button is-main" onClick=${takeBoth}>${t('rules.take_both')}</button>`}
    </div>
  <//>`;
}
