// Is all well? One sentence on top, and by name who needs somebody.
import { html, useState } from '../../../vendor/ui.mjs';
import { Icon } from '../../parts/icon.js';
import { Ago } from '../../parts/when.js';
import { link, port, portsOf, station, stations } from '../../state/live.js';
import { planOf } from '../../state/plans.js';
import { service } from '../../state/session.js';
import { ago, names, t, when } from '../../words.js';
import { serviceNow } from '../../state/clock.js';
import { gathered, worst } from './needs.js';
import { needWords, placeWords, portName, stationTitle } from './say.js';

/** More than this are told when asked for. */
const SHOWN = 4;
/** So many fit into the sentence. */
const NAMED = 2;

function portsNow() {
  return stations.value.flatMap((name) => (portsOf(name).value ?? []).map((number) => port(name, number).value).filter(Boolean));
}

function planIndex() {
  const index = new Map();
  for (const name of stations.value) for (const one of planOf(name).value?.entries ?? []) index.set(`${name}/${one.port}`, one);
  return index;
}

/** Who is to be ready next, as a sentence; empty when nobody is. */
function nextReady(index) {
  let first = null;
  for (const [key, one] of index) {
    if (one.deadline && (!first || Date.parse(one.deadline.at) < Date.parse(first.deadline.at))) first = { ...one, key };
  }
  if (!first) return '';
  const zone = station(first.key.split('/')[0]).value?.zone;
  return t('stations.next_ready', { name: first.device ?? first.port, time: when(first.deadline.at, serviceNow(), zone) });
}

const whose = ({ port: one, ports }) => (ports > 1 ? stationTitle(one.station) : portName(one));

function Need({ need, onOpen }) {
  const { port: one } = need;
  const zone = station(one.station).value?.zone;
  return html`<li><button type="button" class=${`stations-need is-${need.kind}`} aria-haspopup="dialog" onClick=${() => onOpen(one.station, one.port)}>
    <${Icon} name="warn" />
    <span class="stations-need-text"><bdi><strong>${whose(need)}</strong></bdi> <span>${needWords(need, zone)}</span>${need.ports > 1 && html` <bdi class="soft">${need.message}</bdi>`}</span>
    <span class="stations-need-since"><bdi>${need.ports > 1 ? t('stations.ports_many', { count: need.ports }) : placeWords(one.station, one.port)}</bdi>${need.since && html` · <${Ago} at=${need.since} zone=${zone} />`}</span>
    <${Icon} name="next" />
  </button></li>`;
}

function sentence(needs, missing) {
  const { state, since } = link.value;
  if (state === 'lost') return { kind: 'old', icon: 'cut', text: t('stations.verdict_lost', { ago: ago(since, Date.now()) }) };
  const bad = [...missing.map((one) => `${t('stations.hub')} ${one.hub}`), ...needs.filter((one) => one.kind === 'bad').map(whose)];
  if (bad.length > NAMED) return { kind: 'bad', icon: 'warn', text: t('stations.verdict_many', { count: bad.length }) };
  if (bad.length) return { kind: 'bad', icon: 'warn', text: t('stations.verdict_bad', { count: bad.length, names: names(bad) }) };
  if (needs.length > NAMED) return { kind: 'warn', icon: 'warn', text: t('stations.verdict_look_many', { count: needs.length }) };
  if (needs.length) return { kind: 'warn', icon: 'warn', text: t('stations.verdict_look', { count: needs.length, names: names(needs.map(whose)) }) };
  return { kind: 'good', icon: 'check', text: t('stations.verdict_good') };
}

function Missing({ one }) {
  return html`<li class="stations-need is-bad"><${Icon} name="warn" />
    <span class="stations-need-text"><strong>${t('stations.hub')} <bdi>${one.hub}</bdi></strong> <span>${t('stations.need_hub')}</span> <span class="soft">${t('stations.need_hub_do')}</span></span>
    <span class="stations-need-since">${stations.value.length > 1 && html`<bdi>${stationTitle(one.station)}</bdi> · `}<${Ago} at=${one.since} zone=${station(one.station).value?.zone} /></span></li>`;
}

/** The sentence and its list. `onOpen(station, port)` is called when one is chosen. */
export function Verdict({ onOpen }) {
  const [all, setAll] = useState(false);
  service.value;
  const ports = portsNow();
  const index = planIndex();
  const missing = stations.value.flatMap((name) => (station(name).value?.hubs_missing ?? []).map((one) => ({ ...one, station: name })));
  const needs = gathered(worst(ports, (one) => index.get(`${one.station}/${one.port}`)).filter((need) => !(missing.length && need.key === 'stations.need_no_hub')));
  const { kind, icon, text } = sentence(needs, missing);
  const on = stations.value.reduce((sum, name) => sum + (station(name).value?.ports_on ?? 0), 0);
  const charging = ports.filter((one) => one.battery?.charging).length;
  const shown = all ? needs : needs.slice(0, SHOWN);
  return html`<section class=${`stations-verdict is-${kind}`}>
    <div class="stations-verdict-head">
      <span class="stations-verdict-icon"><${Icon} name=${icon} /></span>
      <div><h1 aria-live=${kind === 'old' ? 'off' : 'polite'}><bdi>${text}</bdi></h1>
        <p class="soft">${t('stations.sum', { on, all: ports.length, charging })} <bdi>${nextReady(index)}</bdi></p></div>
    </div>
    ${(needs.length > 0 || missing.length > 0) && html`<ul class="stations-needs">
      ${missing.map((one) => html`<${Missing} key=${`${one.station}/${one.hub}`} one=${one} />`)}
      ${shown.map((need) => html`<${Need} key=${`${need.port.station}/${need.port.port}`} need=${need} onOpen=${onOpen} />`)}
    </ul>`}
    ${needs.length > shown.length && html`<button type="button" class="button is-plain" onClick=${() => setAll(true)}>
      ${t('stations.more_needs', { count: needs.length - shown.length })}</button>`}
  </section>`;
}
