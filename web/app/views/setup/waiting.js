// What is plugged in or reports and nobody knows: named in place.
import { html, useEffect, useState } from '../../../vendor/ui.mjs';
import { Battery } from '../../parts/battery.js';
import { Button } from '../../parts/button.js';
import { act } from '../../state/acts.js';
import { get, path, put } from '../../state/api.js';
import { serviceNow } from '../../state/clock.js';
import { onEvent } from '../../state/live.js';
import { useResource } from '../../state/resource.js';
import { can } from '../../state/session.js';
import { ago, t } from '../../words.js';
import { portChoices } from './ports.js';
import { Section } from './section.js';

/** Several often come together. */
const PAUSE_MS = 1000;
const TELLING = ['snapshot', 'reported', 'device_unknown', 'device_unplaced', 'device_named', 'device_moved', 'config_loaded'];

/** Names the device in a port; what was there before comes back by undo. */
async function name(station, port, device) {
  const where = path`stations/${station}/ports/${port}/device`;
  let before = null;
  return act({
    say: t('setup.named', { device, station, port }),
    doing: async () => {
      const was = await get(path`stations/${station}/ports/${port}`);
      before = was.named_at_run_time ? was.device : null;
      return put(where, { device });
    },
    undo: () => put(where, { device: before }),
  });
}

function Plugged({ one, named }) {
  const [text, setText] = useState('');
  const what = one.name || t('setup.some_device');
  const enter = async (event) => {
    event.preventDefault();
    if (text.trim() && (await name(one.station, one.port, text.trim()))) named();
  };
  return html`<li class="setup-waiting">
    <div>
      <p class="setup-what"><bdi>${what}</bdi></p>
      <p class="soft">${t('setup.in_port', { station: one.station, port: one.port })}
        ${' · '}${t('setup.serial')} <code>${one.serial}</code>${one.assumed && html` · ${t('setup.was_seen')}`}</p>
    </div>
    <form class="setup-name" onSubmit=${enter}>
      <input aria-label=${t('setup.name_for', { what })} placeholder=${t('setup.name_placeholder')} maxlength="64" required
        disabled=${!can.value.operate} value=${text} onInput=${(e) => setText(e.currentTarget.value)} />
      <button class="button is-main" disabled=${!can.value.operate}>${t('setup.name_it')}</button>
    </form>
  </li>`;
}

function Unplaced({ one, placed }) {
  const choices = portChoices(one.station);
  const [chosen, setChosen] = useState('');
  const put = async () => {
    if (await name(one.station, Number(chosen), one.device)) placed();
  };
  return html`<li class="setup-waiting">
    <div>
      <p class="setup-what"><bdi>${one.device}</bdi></p>
      <p class="soft setup-said"><span>${t('setup.reports_since', { ago: ago(one.heard_at, serviceNow()) })}</span>
        <${Battery} level=${one.battery?.level} charging=${one.battery?.charging} /></p>
    </div>
    <div class="setup-name">
      <select aria-label=${t('setup.port_of', { device: one.device })} disabled=${!can.value.operate} value=${chosen}
          onChange=${(e) => setChosen(e.currentTarget.value)}>
        <option value="">${t('setup.which_port')}</option>
        ${choices.map(({ port, device }) => html`<option key=${port} value=${port}>${device ? t('setup.port_with', { port, device }) : t('setup.port_free', { port })}</option>`)}
      </select>
      <${Button} kind="is-main" disabled=${!chosen || !can.value.operate} does=${put}>${t('setup.put_it')}<//>
    </div>
  </li>`;
}

/** The card with all that waits. */
export function Waiting() {
  const resource = useResource('unknown-devices', PAUSE_MS);
  useEffect(() => onEvent((code) => TELLING.includes(code) && resource.again()), []);
  const count = resource.data ? resource.data.plugged.length + resource.data.unplaced.length : 0;
  const aside = count > 0 && html`<span class="tag is-warn">${t('setup.waiting_count', { count })}</span>`;
  return html`<${Section} title=${t('setup.waiting')} aside=${aside} resource=${resource}>${({ plugged, unplaced }) =>
    count === 0
      ? html`<p class="soft">${t('setup.waiting_none')}</p>`
      : html`<ul class="setup-list">
          ${plugged.map((one) => html`<${Plugged} key=${`${one.station}/${one.port}`} one=${one} named=${resource.again} />`)}
          ${unplaced.map((one) => html`<${Unplaced} key=${`${one.station}/${one.device}`} one=${one} placed=${resource.again} />`)}
        </ul>`}<//>`;
}
