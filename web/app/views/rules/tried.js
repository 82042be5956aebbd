// What an edit would change: in which situations, in the last days, in simulated days.
import { html } from '../../../vendor/ui.mjs';
import { Icon } from '../../parts/icon.js';
import { serviceNow } from '../../state/clock.js';
import { station as stationOf } from '../../state/live.js';
import { has, n, t, when } from '../../words.js';

const verdict = (name) => (has(`rules.verdict_${name.replaceAll(' ', '_')}`) ? t(`rules.verdict_${name.replaceAll(' ', '_')}`) : name);

function Turn({ from, to }) {
  return html`<span class="rules-turn"><span class=${`tag is-was-${from}`}>${verdict(from)}</span><span aria-hidden="true">→</span><span class="visually-hidden">${t('rules.becomes')}</span>
    <span class=${`tag is-now-${to}`}>${verdict(to)}</span></span>`;
}

const portName = ({ port, device }) => device ?? t('rules.port', { port });

function Ports({ station, ports }) {
  const shown = ports.slice(0, 12);
  return html`<p class="rules-ports"><strong><bdi>${station}</bdi></strong> ${shown.map((one) => html`<span class="tag" key=${one.port}><bdi>${portName(one)}</bdi></span> `)}
    ${ports.length > shown.length && t('rules.and_more', { count: ports.length - shown.length })}</p>`;
}

function Change({ change }) {
  return html`<li><${Turn} from=${change.from} to=${change.to} />
    <span><bdi>${change.when.length ? change.when.join(', ') : t('rules.always')}</bdi>
    ${change.unless.length > 0 && html` <span class="soft">${t('rules.unless', { rules: change.unless.join(', ') })}</span>`}
    ${!change.exact && html` <span class="soft">${t('rules.in_some')} ${change.examples.slice(0, 3).map((example) => html`<bdi>${example}</bdi> `)}</span>`}</span></li>`;
}

/** Where the verdict would be another one. */
export function TriedSituations({ tried }) {
  return html`<section class="rules-tried-part">
    <h4>${t('rules.situations')}</h4>
    ${tried.warnings.map((warning) => html`<p class="rules-note is-warn"><bdi>${warning.file}${warning.line ? `:${warning.line}` : ''}: ${warning.message}</bdi></p>`)}
    ${tried.policies.map((policy, at) => html`<div key=${at} class="rules-policy"><${Ports} ...${policy} />
      <ul class="rules-changes">${policy.changes.map((change, of) => html`<${Change} key=${of} change=${change} />`)}</ul></div>`)}
    ${!tried.policies.length && html`<p class="rules-same"><${Icon} name="check" /> ${t('rules.no_situation')}</p>`}
    ${tried.left_out > 0 && html`<p class="soft">${t('rules.left_out', { count: tried.left_out })}</p>`}
    ${tried.stations.map((text) => html`<p class="soft"><bdi>${text}</bdi></p>`)}
  </section>`;
}

// "charge → rest" counted over all that differ, and each device that it happens to.
function grouped(otherwise) {
  const groups = new Map();
  for (const one of otherwise) {
    const key = `${one.was.verdict} ${one.would.verdict}`;
    const group = groups.get(key) ?? { from: one.was.verdict, to: one.would.verdict, decisions: 0, devices: new Map(), rows: [] };
    group.decisions += one.decisions;
    const device = one.device ?? `${one.station} ${one.port}`;
    group.devices.set(device, (group.devices.get(device) ?? 0) + one.decisions);
    group.rows.push(one);
    groups.set(key, group);
  }
  return [...groups.values()].sort((a, b) => b.decisions - a.decisions);
}

function PastGroup({ group }) {
  return html`<li><details>
    <summary><${Turn} from=${group.from} to=${group.to} /> <span>${t('rules.times', { count: group.decisions })}</span>
      <span class="rules-devices soft">${[...group.devices].slice(0, 6).map(([device, count]) => html`<span key=${device}><bdi>${device}</bdi> ${n(count)}×</span>`)}</span></summary>
    <ul class="rules-otherwise">${group.rows.slice(0, 12).map((row) => html`<li key=${`${row.station} ${row.id}`}>
      <a href=${`#/why/${encodeURIComponent(row.station)}/${row.id}`}>${when(row.from, serviceNow(), stationOf(row.station).value?.zone)}</a> <strong><bdi>${portName(row)}</bdi></strong>
      <span class="soft"><bdi>${row.was.reason}</bdi></span> → <bdi>${row.would.reason}</bdi></li>`)}</ul>
  </details></li>`;
}

/** Decisions of the last days that would have been otherwise. */
export function TriedPast({ past }) {
  return html`<section class="rules-tried-part">
    <h4>${t('rules.past')}</h4>
    <p class=${past.differing ? '' : 'rules-same'}>${!past.differing && html`<${Icon} name="check" /> `}${t('rules.past_counts', { count: past.differing, all: past.decisions })}</p>
    ${past.otherwise.length > 0 && html`<ul class="rules-groups">${grouped(past.otherwise).map((group) => html`<${PastGroup} key=${`${group.from} ${group.to}`} group=${group} />`)}</ul>`}
    ${past.cut && html`<p class="soft">${t('rules.past_cut')}</p>`}
  </section>`;
}

const FIGURES = [['lowest', '%', 0], ['lowest_at_deadline', '%', 0], ['hours_above_80', 'h', 1], ['hours_on', 'h', 1], ['switches', '', 0]];
const figure = (value, unit, decimals) => (value == null ? '–' : `${n(value, decimals)}${unit && ` ${unit}`}`);

function Figure({ before, after, unit, decimals }) {
  const [was, is] = [figure(before, unit, decimals), figure(after, unit, decimals)];
  if (was === is) return html`<td class="number soft">${is}</td>`;
  return html`<td class="number"><span class="soft">${was} →</span> <strong>${is}</strong></td>`;
}

/** Simulated days with the files as they are and as they would be. */
export function TriedWeek({ week }) {
  return html`<section class="rules-tried-part">
    <h4>${t('rules.week', { count: week.days })}</h4>
    ${week.ports.length === 0 && html`<p class="rules-same"><${Icon} name="check" /> ${t('rules.week_same')}</p>`}
    ${week.ports.length > 0 && html`<div class="rules-table-box" tabindex="0" role="region" aria-label=${t('rules.week', { count: week.days })}><table class="rules-table">
      <thead><tr><th scope="col">${t('rules.device')}</th>${FIGURES.map(([name]) => html`<th key=${name} scope="col">${t(`rules.week_${name}`)}</th>`)}</tr></thead>
      <tbody>${week.ports.slice(0, 40).map((port) => html`<tr key=${`${port.station} ${port.port}`}><th scope="row"><bdi>${portName(port)}</bdi></th>
        ${FIGURES.map(([name, unit, decimals]) => html`<${Figure} key=${name} before=${port.before?.[name]} after=${port.after?.[name]} unit=${unit} decimals=${decimals} />`)}</tr>`)}</tbody>
    </table></div>`}
    ${week.same > 0 && week.ports.length > 0 && html`<p class="soft">${t('rules.week_others', { count: week.same })}</p>`}
    ${week.left_out > 0 && html`<p class="soft">${t('rules.week_left_out', { count: week.left_out })}</p>`}
  </section>`;
}
