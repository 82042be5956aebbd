// One port as it is seen in its hub.
import { html } from '../../../vendor/ui.mjs';
import { Battery } from '../../parts/battery.js';
import { Icon } from '../../parts/icon.js';
import { modeWords } from '../../parts/mode.js';
import { Ago } from '../../parts/when.js';
import { serviceNow } from '../../state/clock.js';
import { port as portSignal } from '../../state/live.js';
import { planOf } from '../../state/plans.js';
import { deg, t } from '../../words.js';
import { marks } from './band.js';
import { heat, needsOf } from './needs.js';
import { line, portName } from './say.js';

/** Nothing else is known of the power than this. */
export function powerWords(port) {
  if (port.probe) return t('stations.power_probe');
  if (port.switching) return t(`stations.power_to_${port.wanted ?? 'none'}`);
  return t(`stations.power_${port.power ?? 'unknown'}`);
}

/** The battery of a port with its band, or what stands in its place. */
export function PortBattery({ port }) {
  if (!port.device) return html`<span class="stations-nothing">${t('stations.no_device')}</span>`;
  if (port.decision?.safeguard === 'no_battery') return html`<span class="stations-nothing">${t('stations.no_battery')}</span>`;
  const { low, high } = marks(port);
  const { level, charging } = port.battery ?? {};
  return html`<${Battery} level=${level} charging=${charging} low=${low} high=${high} old=${!port.online} hot=${heat(port) === 'hot'} />`;
}

function Heat({ port }) {
  const kind = heat(port);
  if (!kind) return null;
  return html`<span class=${`tag ${kind === 'hot' ? 'is-bad' : 'is-warn'}`}><${Icon} name="heat" />${deg(port.battery.temperature, 0)}</span>`;
}

/** What is wrong goes first, then what a person wants, then the reason. */
function Line({ port, need, zone }) {
  const held = port.held_by && modeWords(port.held_by.mode, serviceNow(), zone);
  const text = need || !held ? line(port, need, zone) : held;
  const icon = need ? 'warn' : held ? 'hand' : null;
  return html`<span class=${`stations-line${held && !need ? ' is-held' : ''}`} title=${text}>
    ${icon && html`<${Icon} name=${icon} />`}<bdi>${text}</bdi></span>`;
}

function Held({ port, zone }) {
  const words = modeWords(port.held_by.mode, serviceNow(), zone);
  return html`<span class="tag stations-held" title=${words}><${Icon} name="hand" /><span>${words}</span></span>`;
}

function entry(port) {
  return planOf(port.station).value?.entries?.find((one) => one.port === port.port);
}

/** A port; `onOpen` is called when it is chosen. */
export function Tile({ station, number, zone, onOpen }) {
  const port = portSignal(station, number).value;
  if (!port) return null;
  const need = needsOf(port, entry(port))[0];
  const kinds = `stations-tile is-${port.power ?? 'unknown'}${need ? ` is-${need.kind}` : ''}${port.device ? '' : ' is-free'}`;
  return html`<button type="button" id=${`port-${station}-${number}`} class=${kinds} aria-haspopup="dialog" onClick=${onOpen}>
    <span class="stations-head">
      <span class="stations-number"><span class="visually-hidden">${t('stations.port_word')} </span>${number}</span>
      <bdi class="stations-name" title=${portName(port)}>${portName(port)}</bdi>
      <${Heat} port=${port} />
      ${port.battery?.charging && html`<span class="stations-bolt"><${Icon} name="bolt" /></span>`}
    </span>
    <${PortBattery} port=${port} />
    <${Line} port=${port} need=${need} zone=${zone} />
    <span class="stations-foot">
      <span class="stations-power"><span class="stations-dot" aria-hidden="true"></span>${powerWords(port)}</span>
      ${need && port.held_by && html`<${Held} port=${port} zone=${zone} />`}
      <span class="stations-fresh">${port.battery && html`<${Ago} at=${port.battery.measured_at} zone=${zone} />`}</span>
    </span>
  </button>`;
}
