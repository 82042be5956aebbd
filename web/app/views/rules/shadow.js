// A set of rules that is asked beside the one at work and decides nothing: what it would have done.
import { html, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Icon } from '../../parts/icon.js';
import { useAgo } from '../../parts/when.js';
import { href } from '../../router.js';
import { act } from '../../state/acts.js';
import { del, get, post, put } from '../../state/api.js';
import { serviceNow } from '../../state/clock.js';
import { station as stationOf } from '../../state/live.js';
import { can } from '../../state/session.js';
import { t, when } from '../../words.js';
import { draftOf, dropDraft } from './drafts.js';
import { Problems } from './problems.js';
import { showShadow, useShadow } from './shadow_seen.js';
import { rollback, shadow } from './store.js';

/** In the editor: that this rule also runs in shadow. */
export function ShadowNote({ name }) {
  const seen = useShadow();
  if (!seen?.edits.some((edit) => edit.name === name)) return null;
  return html`<p class="rules-note"><span>${t('rules.shadow_here', { differences: seen.total.differences })}</span> <a href="#/rules">${t('rules.look')}</a></p>`;
}

function Decision({ one }) {
  return html`<li><span class="number soft">${when(one.at, serviceNow(), stationOf(one.station).value?.zone)}</span> <strong><bdi>${one.device ?? t('rules.port', { port: one.port })}</bdi></strong>
    ${one.switches && html`<span class="tag is-warn">${t('rules.shadow_power')}</span>`}
    <span class="soft"><bdi>${t(`rules.verdict_${one.active.verdict}`)}: ${one.active.reason}</bdi></span> → <bdi>${t(`rules.verdict_${one.shadow.verdict}`)}: ${one.shadow.reason}</bdi></li>`;
}

async function promote() {
  const { versions: [before] } = await get('versions?limit=1');
  const seen = await shadow();
  await post('shadow/promote', undefined, { patience: 60_000 });
  return { before: before?.version, names: [...new Set((seen?.edits ?? []).filter((edit) => ['rule', 'test'].includes(edit.kind)).map((edit) => edit.name))] };
}

function Acts({ seen }) {
  const [done, setDone] = useState(null);
  const doPromote = async () => {
    let last;
    const well = await act({
      say: t('rules.shadow_promoted'),
      doing: async () => (last = await promote()),
      undo: async () => {
        for (const name of last.names) await rollback(name, last.before);
      },
    });
    if (!well) return;
    seen.edits.filter((edit) => draftOf(edit.name)?.text === edit.text).forEach((edit) => dropDraft(edit.name));
    showShadow(null);
  };
  const drop = async () => {
    setDone('drop');
    const well = await act({
      say: t('rules.shadow_dropped'),
      doing: () => del('shadow'),
      undo: async () => showShadow(await put('shadow', { edits: seen.edits })),
    });
    setDone(null);
    if (well) showShadow(null);
  };
  const stopped = seen.version == null || seen.overtaken.length > 0;
  return html`<div class="rules-actions">
    <${Button} does=${drop} disabled=${done}>${t('rules.shadow_drop')}<//>
    <${Button} kind="is-main" does=${doPromote} disabled=${stopped}>${t('rules.shadow_promote')}<//>
  </div>`;
}

const Since = ({ seen }) => html`<p class="soft"><bdi>${t('rules.shadow_since', { ago: useAgo(seen.started_at), by: seen.by })}</bdi></p>`;

/** On the list: what runs in shadow, how it does, and what to do with it. */
export function ShadowCard() {
  const seen = useShadow();
  if (!seen) return null;
  const { total } = seen;
  const rules = seen.edits.filter((edit) => edit.kind === 'rule');
  return html`<section class="card rules-shadow" aria-labelledby="rules-shadow-title">
    <header class="rules-head"><h2 id="rules-shadow-title">${t('rules.shadow_title')} ${rules.map((edit) => html`<a key=${edit.name} href=${href`rules/${edit.name}`}><bdi>${edit.name}</bdi></a> `)}</h2>
      ${can.value.edit && html`<${Acts} seen=${seen} />`}</header>
    <${Since} seen=${seen} />
    <p>${t(total.differences ? 'rules.shadow_total' : 'rules.shadow_same', { count: total.differences, compared: total.compared, switches: total.switches })}</p>
    ${total.failures > 0 && html`<p class="rules-note is-warn">${t('rules.shadow_failures', { count: total.failures })}</p>`}
    ${seen.overtaken.length > 0 && html`<p class="rules-note is-warn">${t('rules.shadow_overtaken', { files: seen.overtaken.join(', ') })}</p>`}
    <${Problems} problems=${seen.problems} own=${[]} />
    ${seen.decisions.length > 0 && html`<details><summary><${Icon} name="next" /> ${t('rules.shadow_where')}</summary>
      <ul class="rules-otherwise">${seen.decisions.slice(0, 20).map((one, at) => html`<${Decision} key=${at} one=${one} />`)}</ul></details>`}
  </section>`;
}
