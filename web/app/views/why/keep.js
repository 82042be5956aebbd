// A decision kept as a test of a rule, so that the rule goes on to decide so.
import { html, useId, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Failed } from '../../parts/failed.js';
import { Icon } from '../../parts/icon.js';
import { act } from '../../state/acts.js';
import { Problem, ask, path, put } from '../../state/api.js';
import { useResource } from '../../state/resource.js';
import { t } from '../../words.js';
import { withCase } from './code.js';

/** Writes `tests` beside a rule, unless somebody else wrote meanwhile. Answers what stood there before. */
async function write(rule, change) {
  const { data, etag } = await ask('GET', path`rules/${rule}`);
  // What stands in the files counts, also where it was not taken.
  const { text, tests } = data.file ?? data;
  const after = change(tests ?? '');
  await put(path`rules/${rule}`, { text, tests: after }, { match: data.file?.etag ?? etag, patience: 60_000 });
  return tests ?? '';
}

function added(tests, { name, text }) {
  if (tests.includes(`"${name}"`)) throw new Problem({ code: 'test_is_there', title: t('why.test_there') });
  const after = withCase(tests, text);
  if (after === null) throw new Problem({ code: 'no_list', title: t('why.test_no_list') });
  return after;
}

function save(made) {
  let before = '';
  return act({
    say: t('why.test_saved', { rule: made.rule }),
    doing: async () => (before = await write(made.rule, (tests) => added(tests, made))),
    undo: () => write(made.rule, () => before),
  });
}

function Made({ made, onClose }) {
  const store = async () => (await save(made)) && onClose();
  return html`${!made.holds && html`<p class="why-note"><${Icon} name="warn" /> ${t('why.test_fails')}</p>`}
    <pre class="why-case" tabindex="0" role="region" aria-label=${t('why.test_text')}>${made.text}</pre>
    <${Button} kind="is-main" does=${store}>${t('why.test_save', { rule: made.rule })}<//>`;
}

/** The dialog. */
export function Keep({ told: { decision, asked }, onClose }) {
  const names = asked.map((one) => one.rule);
  const [rule, setRule] = useState(decision.rule ?? names.at(-1));
  const id = useId();
  const { data, problem, again } = useResource(`${path`stations/${decision.station}/decisions/${decision.id}/test`}?rule=${encodeURIComponent(rule)}`);
  return html`<${Dialog} title=${t('why.keep')} onClose=${onClose} wide=${true}>
    <p class="soft">${t('why.keep_text')}</p>
    <label class="field" for=${id}><span>${t('why.keep_rule')}</span>
      <select id=${id} value=${rule} onChange=${(event) => setRule(event.currentTarget.value)}>
        ${names.map((name) => html`<option key=${name} value=${name}>${name}</option>`)}</select></label>
    ${problem && html`<${Failed} problem=${problem} again=${again} />`}
    ${!problem && data?.rule === rule && html`<${Made} made=${data} onClose=${onClose} />`}
  <//>`;
}
