// Everything that one does to a port, and why it is as it is.
import { html } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Dialog } from '../../parts/dialog.js';
import { Icon } from '../../parts/icon.js';
import { modeWords, wishOf } from '../../parts/mode.js';
import { Ago } from '../../parts/when.js';
import { href } from '../../router.js';
import { act } from '../../state/acts.js';
import { path, put } from '../../state/api.js';
import { serviceNow } from '../../state/clock.js';
import { port as portSignal, show, station as stationSignal } from '../../state/live.js';
import { planOf } from '../../state/plans.js';
import { can } from '../../state/session.js';
import { deg, t, when } from '../../words.js';
import { Levels } from './levels.js';
import { ModeForm } from './modeform.js';
import { More } from './more.js';
import { needsOf } from './needs.js';
import { needWords, portName, reasonWords, stationTitle } from './say.js';
import { PortBattery, powerWords } from './tile.js';

/** Sets a mode with a way back. `where` is a path that ends in `/mode`; `before` is the mode of now. Answers true when it is done. */
export function setMode({ where, name, before, wish, zone }) {
  return act({
    say: (now) => t('stations.did_mode', { name, mode: modeWords(now.mode, serviceNow(), zone) }),
    doing: async () => {
      const now = await put(where, wish);
      // A device's answer is no port; its port follows by an event.
      if (now.zone || now.socket !== undefined) show(now);
      return now;
    },
    undo: () => put(where, wishOf(before, serviceNow())),
  });
}

function Needs({ port, zone }) {
  const plan = planOf(port.station).value?.entries?.find((one) => one.port === port.port);
  return needsOf(port, plan).map((need) => html`<div key=${need.key} class=${`stations-fault is-${need.kind}`}>
    <${Icon} name="warn" />
    <div><strong>${needWords(need, zone)}</strong>${need.since && html` <span class="soft"><${Ago} at=${need.since} zone=${zone} /></span>`}
      ${need.message && html`<p><bdi>${need.message}</bdi></p>`}</div></div>`);
}

function Facts({ port, zone }) {
  const { battery, power_since: since, decision } = port;
  const link = port.device && href`devices/${port.device}`;
  return html`<section class="stations-facts">
    <${PortBattery} port=${port} />
    <p class="number stations-facts-line"><span class="stations-power"><span class="stations-dot" aria-hidden="true"></span>${t('stations.power')} ${powerWords(port)}${' '}
      ${since && t('stations.since', { time: when(since, serviceNow(), zone) })}</span>
      ${battery?.temperature != null && html`<span>${deg(battery.temperature)}</span>`}
      ${battery && html`<span>${t('stations.heard')} <${Ago} at=${battery.measured_at} zone=${zone} /></span>`}
    </p>
    ${decision && html`<p><bdi>${reasonWords(decision, port.power)}</bdi></p>`}
    <p class="stations-links">${link && html`<a class="button is-small" href=${link}><${Icon} name="device" />${t('stations.to_device')}</a>`}
      <a class="button is-small" href=${href`why/${port.station}/port/${port.port}`}><${Icon} name="question" />${t('stations.to_why')}</a></p>
  </section>`;
}

/** A mode of the device or of the station counts at this port: it is told, and given back here. */
function HeldElsewhere({ port, station }) {
  const held = port.held_by;
  if (!held || held.of === 'port') return null;
  const words = modeWords(held.mode, serviceNow(), station.zone);
  const where = held.of === 'device' ? path`devices/${port.device}/mode` : path`stations/${port.station}/mode`;
  const name = held.of === 'device' ? port.device : stationTitle(port.station);
  const give = () => setMode({ where, name, before: held.mode, wish: { mode: 'auto' }, zone: station.zone });
  return html`<div class="stations-elsewhere"><p>${t(`stations.held_${held.of}`, { mode: words })}</p>
    ${can.value.operate && html`<${Button} kind="is-small" does=${give}>${t('stations.give_back')}<//>`}</div>`;
}

function Title({ port }) {
  return html`<span class="stations-number">${port.port}</span> <bdi>${portName(port)}</bdi>`;
}

/** The sheet of a port. */
export function PortSheet({ station: name, number, onClose }) {
  const port = portSignal(name, number).value;
  const station = stationSignal(name).value;
  if (!port || !station) return html`<${Dialog} title=${t('stations.gone')} onClose=${onClose}><p>${t('stations.gone_text')}</p><//>`;
  const { zone } = station;
  const set = async (wish) => {
    const where = path`stations/${name}/ports/${number}/mode`;
    if (await setMode({ where, name: portName(port), before: port.mode, wish, zone })) onClose();
  };
  const may = can.value.operate;
  return html`<${Dialog} title=${html`<${Title} port=${port} />`} onClose=${onClose}>
    <div class=${`stations-sheet is-${port.power ?? 'unknown'}`}>
      <${Needs} port=${port} zone=${zone} />
      <${Facts} port=${port} zone=${zone} />
      <${HeldElsewhere} port=${port} station=${station} />
      ${may
        ? html`<${ModeForm} key=${JSON.stringify(port.mode)} mode=${port.mode} zone=${zone} unplug=${true} does=${set} />`
        : html`<p class="soft">${t('stations.may_not')}</p>`}
      <${Levels} port=${port} disabled=${!may} />
      ${may && html`<${More} port=${port} />`}
    </div>
  <//>`;
}
