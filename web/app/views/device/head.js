// The head of a device: its name, where it is, its battery, what its port does and who says so.
import { html } from '../../../vendor/ui.mjs';
import { Battery } from '../../parts/battery.js';
import { Icon } from '../../parts/icon.js';
import { modeWords } from '../../parts/mode.js';
import { Verdict } from '../../parts/verdict.js';
import { Ago } from '../../parts/when.js';
import { href } from '../../router.js';
import { serviceNow } from '../../state/clock.js';
import { planOf } from '../../state/plans.js';
import { deg, pct, t, when } from '../../words.js';
import { heat, needsOf } from '../stations/needs.js';
import { needWords, reasonWords, stationTitle } from '../stations/say.js';
import { PortBattery } from '../stations/tile.js';
import { Act } from './act.js';

const HEAT = { warm: 'is-warn', hot: 'is-bad' };

/** When it is to be ready, and when it begins for that. */
function Ready({ plan, zone }) {
  if (!plan?.deadline) return null;
  const { level, at, source } = plan.deadline;
  const [to, start] = [when(at, serviceNow(), zone), plan.start && when(plan.start, serviceNow(), zone)];
  const begun = plan.start && Date.parse(plan.start) <= serviceNow();
  return html`<p class="device-plan"><${Icon} name="clock" /> ${t('device.ready', { level: pct(level), at: to })}
    ${start && !begun && html` <span class="soft">${t('device.begins', { at: start })}</span>`} <bdi class="soft device-small">${source}</bdi></p>`;
}

function Troubles({ port, plan, zone }) {
  if (!port) return null;
  const list = needsOf(port, plan);
  return list.length > 0 && html`<ul class="device-troubles">
    ${list.map((need) => html`<li key=${need.key} class=${`is-${need.kind}`}><${Icon} name="warn" />
      <div><strong>${needWords(need, zone)}</strong>${need.message && html`<p><bdi>${need.message}</bdi></p>`}</div></li>`)}
  </ul>`;
}

function Tags({ device, port, zone }) {
  const power = port?.power ?? device.power;
  const held = port ? port.held_by : device.held_by;
  const mode = held && modeWords(held.mode, serviceNow(), zone);
  const { battery } = device;
  return html`<ul class="device-tags">
    <li class=${`tag ${power === 'on' ? 'is-good' : ''}`}><${Icon} name="plug" />${t(power === 'on' ? 'device.port_on' : power === 'off' ? 'device.port_off' : 'device.port_unknown')}</li>
    ${battery?.charging && html`<li class="tag is-good"><${Icon} name="bolt" />${t('device.charging')}</li>`}
    ${battery?.temperature != null && html`<li class=${`tag ${HEAT[port && heat(port)] ?? ''}`}><${Icon} name="heat" />${deg(battery.temperature)}</li>`}
    <li class=${`tag ${mode ? 'is-warn' : ''}`}><${Icon} name=${mode ? 'hand' : 'rule'} />${mode ?? t('device.mode_auto')}</li>
    <li class="tag"><${Icon} name="clock" />${device.heard_at ? html`<${Ago} at=${device.heard_at} zone=${zone} />` : t('device.never_heard')}</li>
  </ul>`;
}

/** `device` is the device's JSON, `port` that of its port (or null while it is not known). */
export function Head({ device, port, zone }) {
  const { decision } = port ?? device;
  const plan = planOf(device.station).value?.entries?.find((one) => one.port === device.port);
  return html`<header class="card device-head">
    <div class="device-title">
      <h1><bdi>${device.device}</bdi></h1>
      <p class="soft">
        <a href="#/">${t('device.where', { station: stationTitle(device.station), port: device.port })}</a>
        ${device.kind && html` · <bdi>${device.kind}</bdi>`}
        ${device.tags.map((tag) => html` · <bdi>${tag}</bdi>`)}
      </p>
    </div>
    <div class="device-battery">${port ? html`<${PortBattery} port=${port} />`
      : html`<${Battery} level=${device.battery?.level} charging=${device.battery?.charging} old=${!device.online} />`}</div>
    <${Act} station=${device.station} port=${device.port} />
    <${Tags} device=${device} port=${port} zone=${zone} />
    <${Troubles} port=${port} plan=${plan} zone=${zone} />
    ${decision && html`<p class="device-reason">
      <${Verdict} decision=${decision} /> <bdi>${reasonWords(decision, (port ?? device).power)}</bdi>
      ${' '}<a href=${href`why/${device.station}/port/${device.port}`}>${t('device.why')}</a>
    </p>`}
    <${Ready} plan=${plan} zone=${zone} />
  </header>`;
}
