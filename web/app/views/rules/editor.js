// One rule: its text and its tests side by side, what the service thinks of them, and the way to save.
import { html, useEffect, useMemo, useRef, useState } from '../../../vendor/ui.mjs';
import { Empty } from '../../parts/empty.js';
import { Failed } from '../../parts/failed.js';
import { Icon } from '../../parts/icon.js';
import { Loading } from '../../parts/loading.js';
import { beforeLeaving, go, href } from '../../router.js';
import { act } from '../../state/acts.js';
import { can } from '../../state/session.js';
import { t } from '../../words.js';
import { useChecking } from './checking.js';
import { Code } from './code.js';
import { Conflict } from './conflict.js';
import { useDraft } from './draft.js';
import { keepDraft } from './drafts.js';
import { Leave } from './leave.js';
import { Parameters } from './parameters.js';
import { Problems, Status } from './problems.js';
import { Remove } from './remove.js';
import { Covered, Results } from './results.js';
import { SaveDialog } from './save.js';
import { ShadowNote } from './shadow.js';

/** The editor of a rule; `like` names the rule that a new one begins with, `line` where to go first. */
export function Editor({ name, like, line }) {
  const draft = useDraft(name, like);
  if (draft.state === 'loading') return html`<${Loading} />`;
  if (draft.state === 'failed') return html`<${Failed} whole=${true} problem=${draft.problem} again=${draft.again} />`;
  if (draft.state === 'missing') {
    return html`<${Empty} whole=${true} title=${t('rules.missing', { rule: name })}><a class="button" href="#/rules">${t('rules.all')}</a><//>`;
  }
  return html`<${Desk} name=${name} draft=${draft} line=${line} />`;
}

function Desk({ name, draft, line }) {
  const { text, tests } = draft;
  const readOnly = !can.value.edit;
  // The service tries texts only for who may save them.
  const checking = useChecking(!readOnly, name, text, tests);
  const [open, setOpen] = useState(null);
  const [place, setPlace] = useState(line ? { in: 'rule', line } : null);
  const leaving = useLeaving(draft.changed && !readOnly);
  const problems = useMemo(() => [...checking.tests, ...failures(checking.results, tests)], [checking.tests, checking.results]);
  const code = { readOnly, shown: draft.shown };
  useSaveKey(() => !readOnly && !open && !leaving.target && setOpen('save'));
  return html`<div class="rules-editor">
    <${Head} name=${name} draft=${draft} readOnly=${readOnly} onOpen=${setOpen} />
    <${Notes} draft=${draft} name=${name} onConflict=${() => setOpen('conflict')} />
    ${!readOnly && html`<${Status} checking=${checking} />`}
    <div class="rules-desk">
      <section class="rules-pane" aria-label=${t('rules.text')}>
        <h2>${t('rules.text')}</h2>
        <${Code} label=${t('rules.text_label', { rule: name })} source="rule" text=${text} problems=${checking.rule} ...${code}
          onText=${(value) => draft.type({ text: value })} go=${place?.in === 'rule' ? place : null} />
        <${Problems} problems=${[...checking.rule, ...checking.others]} own=${checking.rule} old=${checking.checking} onGo=${(at) => setPlace({ ...at, in: 'rule' })} />
        <${Parameters} text=${text} base=${draft.base.text} onGo=${(at) => setPlace({ ...at, in: 'rule' })} />
      </section>
      <section class="rules-pane" aria-label=${t('rules.tests')}>
        <h2>${t('rules.tests')}</h2>
        <${Code} label=${t('rules.tests_label', { rule: name })} source="test" text=${tests} problems=${problems} ...${code}
          onText=${(value) => draft.type({ tests: value })} go=${place?.in === 'tests' ? place : null} />
        <${Problems} problems=${checking.tests} own=${checking.tests} old=${checking.testing} onGo=${(at) => setPlace({ ...at, in: 'tests' })} />
        ${!draft.changed && html`<${Covered} coverage=${draft.rule?.coverage} onGo=${(at) => setPlace({ ...at, in: 'rule' })} />`}
        <${Results} checking=${checking} onGo=${(at) => setPlace({ ...at, in: 'tests' })} />
      </section>
    </div>
    <p class="soft rules-keys">${t('rules.keys')}</p>
    ${open === 'save' && html`<${SaveDialog} name=${name} draft=${draft} checking=${checking} onClose=${() => setOpen(null)} onConflict=${() => setOpen('conflict')} />`}
    ${open === 'conflict' && html`<${Conflict} name=${name} draft=${draft} onClose=${() => setOpen(null)} />`}
    ${open === 'remove' && html`<${Remove} name=${name} draft=${draft} onClose=${() => setOpen(null)} />`}
    ${leaving.target && html`<${Leave} ...${leaving} onDrop=${draft.reset} />`}
  </div>`;
}

function Head({ name, draft, readOnly, onOpen }) {
  const { rule } = draft;
  return html`<header class="rules-head">
    <div class="rules-title">
      <a class="button is-plain" href="#/rules" aria-label=${t('rules.all')}><${Icon} name="back" /></a>
      <h1><bdi>${name}</bdi></h1>
      ${draft.changed && html`<span class="tag is-warn">${t('rules.draft')}</span>`}
      ${rule?.used_by.map((station) => html`<span class="tag is-good" key=${station}><bdi>${station}</bdi></span>`)}
    </div>
    <div class="rules-actions">
      ${rule && html`<a class="button" href=${href`rules/${name}/history`}>${t('rules.history')}</a>`}
      ${!readOnly && draft.base.etag && html`<button class="button is-plain" onClick=${() => onOpen('remove')}>${t('rules.remove')}</button>`}
      ${!readOnly && draft.changed && html`<button class="button" onClick=${() => discard(name, draft)}>${t('rules.discard')}</button>`}
      ${!readOnly && html`<button class="button is-main" disabled=${!draft.changed} onClick=${() => onOpen('save')}>${t('rules.save')}</button>`}
    </div>
  </header>`;
}

// A new rule, or one that was removed meanwhile, is nothing without its draft: the list is shown.
function discard(name, draft) {
  const kept = { text: draft.text, tests: draft.tests, base: draft.base };
  draft.reset();
  if (!(draft.theirs ?? draft.base).etag) {
    beforeLeaving(null);
    go('#/rules');
  }
  act({
    say: t('rules.discarded', { rule: name }),
    doing: async () => null,
    undo: async () => {
      keepDraft(name, kept);
      draft.set(kept);
    },
  });
}

function Notes({ draft, name, onConflict }) {
  return html`
    ${!can.value.edit && html`<p class="rules-note">${t('rules.read_only')}</p>`}
    ${draft.notTaken && html`<p class="rules-note is-warn">${t('rules.not_taken')}</p>`}
    ${draft.theirs && html`<p class="rules-note is-warn" role="alert"><span>${t(draft.theirs.etag ? 'rules.theirs' : 'rules.theirs_removed')}</span>
      <button class="button is-small" onClick=${onConflict}>${t('rules.look')}</button></p>`}
    <${ShadowNote} name=${name} />`;
}

// A test that fails is marked at its place, as a problem is.
function failures(results, tests) {
  const lines = tests.split('\n');
  const place = (line) => /"(?:[^"\\]|\\.)*"/.exec(lines[line - 1] ?? '');
  return (results ?? []).filter((result) => !result.passed).map((result) => ({
    line: result.line, column: (place(result.line)?.index ?? 0) + 1, length: place(result.line)?.[0].length ?? null, severity: 'error', message: result.name, hint: t('rules.expected_got', { expected: result.expected, got: result.got }),
  }));
}

// Ctrl+S, wherever the focus is: the browser would save the page as a file.
function useSaveKey(onSave) {
  const latest = useRef(null);
  latest.current = onSave;
  useEffect(() => {
    const press = (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      latest.current();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}

function useLeaving(changed) {
  const [target, setTarget] = useState(null);
  useEffect(() => {
    if (!changed) return undefined;
    beforeLeaving((closing) => {
      if (!closing) setTarget(location.hash);
      return false;
    });
    return () => beforeLeaving(null);
  }, [changed]);
  return { target, onStay: () => setTarget(null) };
}
