// Ports that nothing is in, as far as anybody knows.
import { html } from '../../../vendor/ui.mjs';
import { known, stations } from '../../state/live.js';
import { t } from '../../words.js';
import { freePorts } from './ports.js';
import { Section } from './section.js';

/** More than these are only counted. */
const SHOWN = 48;

// Ports of hubs that could be switched, and that no station has yet: a station file makes them usable.
function Unused({ hubs }) {
  const real = hubs.filter(({ kind }) => kind !== 'simulated');
  const all = real.map((hub) => ({ title: hub.title, ports: hub.ports.filter((port) => port.may_switch && !port.station).map((port) => port.port) }));
  return all.filter(({ ports }) => ports.length > 0).map(({ title, ports }) => html`<div key=${title}>
    <dt><bdi>${title}</bdi></dt><dd>${t('setup.free_unused', { ports: ports.join(', ') })}</dd></div>`);
}

/** The card with the free ports of each station, and of the hubs that no station has. */
export function Free({ hubs = [] }) {
  if (!known.value) return null;
  return html`<${Section} title=${t('setup.free')}>
    <dl class="setup-free">${stations.value.map((station) => {
      const free = freePorts(station);
      return html`<div key=${station}><dt><bdi>${station}</bdi></dt>
        <dd>${free.length === 0
          ? html`<span class="soft">${t('setup.free_none')}</span>`
          : html`<ul class="setup-chips">
              ${free.slice(0, SHOWN).map((port) => html`<li key=${port} class="tag">${port}</li>`)}
              ${free.length > SHOWN && html`<li class="soft">${t('setup.free_more', { count: free.length - SHOWN })}</li>`}
            </ul>`}</dd></div>`;
    })}<${Unused} hubs=${hubs} /></dl>
  <//>`;
}
