// The hubs as they lie on the table: their ports, what is in them, and what is never switched and why.
import { html } from '../../../vendor/ui.mjs';
import { Icon } from '../../parts/icon.js';
import { href } from '../../router.js';
import { t } from '../../words.js';
import { Section } from './section.js';

function Thing({ port }) {
  const { device, hub, kind } = port;
  const name = device?.name || hub || (kind && kind !== 'nothing' ? t(`setup.kind_${kind}`) : null);
  if (!name) return html`<span class="soft">${t('setup.port_empty')}</span>`;
  return html`<bdi>${name}</bdi>${device?.serial && html`<br /><code class="soft">${device.serial}</code>`}`;
}

function Owner({ of, free }) {
  if (!of) return html`<span class="soft">${t('setup.no_station')}</span>`;
  return html`<bdi>${t('setup.in_port', of)}</bdi><br />${of.device
    ? html`<a href=${href`devices/${of.device}`}><bdi>${of.device}</bdi></a>`
    : free && html`<span class="tag is-good">${t('setup.free_port')}</span>`}`;
}

function Sides({ sockets }) {
  return html`<code class="setup-sockets">${sockets.map(({ hub, port, usb }) => html`<span key=${`${hub}:${port}`}>${hub}:${port}${usb && ` USB ${usb}`}</span>`)}</code>`;
}

function May({ port }) {
  if (!port.may_switch) {
    return html`<span class="setup-never"><${Icon} name="cut" /> <bdi>${port.why_not?.text ?? t('setup.may_not')}</bdi></span>`;
  }
  const power = port.power ?? 'unknown';
  return html`<span class=${power === 'on' ? 'tag is-good' : 'tag'} title=${port.problem ?? undefined}>${t(`setup.power_${power}`)}</span>`;
}

function Row({ port }) {
  return html`<tr>
    <th scope="row" class="number">${port.port}</th>
    <td><${Thing} port=${port} /></td>
    <td><${Owner} of=${port.station} free=${port.free} /></td>
    <td><${Sides} sockets=${port.sockets} /></td>
    <td><${May} port=${port} /></td>
  </tr>`;
}

function Head({ hub }) {
  return html`<h3><bdi>${hub.title}</bdi>${hub.kind === 'simulated' && html` <span class="tag">${t('setup.simulated')}</span>`}</h3>
    <p class="soft setup-hub-facts">
      ${hub.model && html`<span>${t(hub.certain ? 'setup.model' : 'setup.model_perhaps', { model: hub.model })}</span>`}
      ${hub.at && html`<code>${hub.at}${hub.other_side && ` + ${hub.other_side}`}</code>`}
      ${hub.plugged_into && html`<span>${t('setup.plugged_into', { where: hub.plugged_into })}</span>`}
      <span>${t(`setup.switching_${hub.switching}`)}</span>
    </p>
    ${hub.never && html`<p class="setup-caution"><${Icon} name="cut" /> <bdi>${hub.never}</bdi></p>`}
    ${hub.cautions.map((text) => html`<p key=${text} class="setup-caution"><${Icon} name="warn" /> <bdi>${text}</bdi></p>`)}`;
}

function Hub({ hub }) {
  const columns = ['port', 'thing', 'station', 'socket', 'power'];
  return html`<article class="setup-hub">
    <${Head} hub=${hub} />
    <div class="setup-scroll" tabindex="0" role="group" aria-label=${hub.title}>
      <table class="setup-ports">
        <thead><tr>${columns.map((one) => html`<th key=${one} scope="col">${t(`setup.col_${one}`)}</th>`)}</tr></thead>
        <tbody>${hub.ports.map((port) => html`<${Row} key=${port.port} port=${port} />`)}</tbody>
      </table>
    </div>
  </article>`;
}

const key = (hub, n) => hub.at ?? `${hub.title}/${n}`;

/** The card with the hubs; `resource` is the answer of GET hubs. */
export function Hubs({ resource }) {
  const again = html`<button class="button is-small" onClick=${() => resource.loading || resource.again()} aria-disabled=${resource.loading ? 'true' : undefined}>${t('setup.hubs_again')}</button>`;
  return html`<${Section} title=${t('setup.hubs')} aside=${resource.data && again} resource=${resource}>${({ hubs, never_switched: never, unseen, computer_hubs: own }) => html`
    ${unseen && html`<p class="setup-caution"><${Icon} name="warn" /> <bdi>${unseen}</bdi></p>`}
    ${hubs.length === 0 && !unseen && html`<p class="soft">${t('setup.hubs_none')}</p>`}
    ${hubs.map((hub, n) => html`<${Hub} key=${key(hub, n)} hub=${hub} />`)}
    ${never.length > 0 && html`<details class="setup-more"><summary>${t('setup.never_count', { count: never.length })}</summary>
      ${never.map((hub, n) => html`<div key=${key(hub, n)} class="setup-hub"><${Head} hub=${hub} /></div>`)}</details>`}
    ${own > 0 && html`<p class="soft">${t('setup.computer_hubs', { count: own })}</p>`}`}<//>`;
}
