// What the battery went through, beside what it had gone through on the charger all the time.
import { html, useState } from '../../../vendor/ui.mjs';
import { Failed } from '../../parts/failed.js';
import { path } from '../../state/api.js';
import { localText, serviceNow } from '../../state/clock.js';
import { useResource } from '../../state/resource.js';
import { deg, n, pct, span, t } from '../../words.js';

const DAY_MS = 86_400_000;
const DAYS = [7, 30, 90];
/** The bands of `hours_by_temperature`, °C: under 10, 10 to 20, … 45 and above. */
const HEAT = [10, 20, 30, 35, 40, 45];

const hours = (value) => span(value * 3600);
/** Short, and to be compared at a glance. */
const inHours = (value) => (value > 0 ? t('device.hours', { hours: n(value, 1) }) : '–');

function levelName(n_) {
  return t('device.from_to', { from: n(n_ * 10), to: pct(n_ * 10 + 10) });
}

function heatName(n_) {
  if (n_ === 0) return t('device.under', { value: deg(HEAT[0], 0) });
  if (n_ === HEAT.length) return t('device.over', { value: deg(HEAT[n_ - 1], 0) });
  return t('device.from_to', { from: n(HEAT[n_ - 1]), to: deg(HEAT[n_], 0) });
}

function Bar({ value, most, kind }) {
  if (!(value > 0)) return null;
  return html`<span class=${`device-bar ${kind}`} style=${{ width: `${(100 * value) / most}%` }}></span>`;
}

/** Hours by band as bars: `rows` are `{name, was, stayed, hard}`; without `stayed` one bar each. */
function Bars({ title, rows }) {
  const most = Math.max(...rows.flatMap((row) => [row.was, row.stayed ?? 0]));
  const both = rows.some((row) => row.stayed != null);
  return html`<table class=${`device-bars ${both ? 'is-double' : ''}`}>
    <caption>${title}</caption>
    <thead class="visually-hidden"><tr><th scope="col">${t('device.band')}</th><td></td><th scope="col">${t('device.care_was')}</th>
      ${both && html`<th scope="col">${t('device.care_stayed')}</th>`}</tr></thead>
    <tbody>${rows.map((row) => html`<tr key=${row.name}>
      <th scope="row">${row.name}</th>
      <td><${Bar} value=${row.was} most=${most} kind=${row.hard ? 'is-hard' : ''} />${both && html`<${Bar} value=${row.stayed} most=${most} kind="is-other" />`}</td>
      <td class="number">${inHours(row.was)}</td>
      ${both && html`<td class="number soft">${inHours(row.stayed)}</td>`}
    </tr>`)}</tbody>
  </table>`;
}

function Summary({ total: { was, stayed }, cut }) {
  const spared = stayed.hours_above_80 - was.hours_above_80;
  return html`<p class="device-care-sum">${spared > 0.5
      ? t('device.care_spared', { hours: hours(spared), known: hours(was.hours_known) })
      : t('device.care_same', { known: hours(was.hours_known) })}</p>
    <dl class="device-facts">
      <div><dt>${t('device.care_cycles')}</dt><dd>${n(was.full_cycles, 1)} <span class="soft">(${n(stayed.full_cycles, 1)})</span></dd></div>
      <div><dt>${t('device.care_above_80')}</dt><dd>${inHours(was.hours_above_80)} <span class="soft">(${inHours(stayed.hours_above_80)})</span></dd></div>
      <div><dt>${t('device.care_hot')}</dt><dd>${inHours(was.hours_above_35_degrees)}</dd></div>
      <div><dt>${t('device.care_switches')}</dt><dd>${n(was.switches)}</dd></div>
      ${was.lowest != null && html`<div><dt>${t('device.care_lowest')}</dt><dd>${pct(was.lowest)}</dd></div>`}
      ${was.highest_temperature != null && html`<div><dt>${t('device.care_hottest')}</dt><dd>${deg(was.highest_temperature)}</dd></div>`}
    </dl>
    ${cut && html`<p class="soft device-small">${t('device.care_cut')}</p>`}`;
}

function Known({ care }) {
  const { was, stayed } = care.total;
  const levels = was.hours_by_level.map((value, band) => ({ name: levelName(band), was: value, stayed: stayed.hours_by_level[band], hard: band >= 8 })).reverse();
  const heat = was.hours_by_temperature.map((value, band) => ({ name: heatName(band), was: value, hard: band >= 4 })).reverse();
  return html`<${Summary} ...${care} />
    <ul class="device-key"><li><span class="device-bar"></span>${t('device.care_was')}</li><li><span class="device-bar is-other"></span>${t('device.care_stayed')}</li></ul>
    <${Bars} title=${t('device.care_by_level')} rows=${levels} />
    <${Bars} title=${t('device.care_by_heat')} rows=${heat} />
    <p class="soft device-small">${t(care.per_hour_learned ? 'device.care_learned' : 'device.care_told', { rate: pct(care.per_hour) })}</p>`;
}

/** The section. */
export function Care({ device, zone }) {
  const [days, setDays] = useState(30);
  const [today] = useState(() => serviceNow());
  const from = localText(today - (days - 1) * DAY_MS, zone).slice(0, 10);
  const { data, problem, again } = useResource(`${path`devices/${device}/care`}?from=${from}`);
  return html`<section class="card" aria-labelledby="device-care">
    <header class="device-section-head">
      <h2 id="device-care">${t('device.care')}</h2>
      <div class="device-ranges" role="group" aria-label=${t('device.range')}>
        ${DAYS.map((one) => html`<button key=${one} type="button" class="device-range" aria-pressed=${one === days ? 'true' : 'false'}
          onClick=${() => setDays(one)}>${t('device.days', { count: one })}</button>`)}
      </div>
    </header>
    ${problem && !data && html`<${Failed} problem=${problem} again=${again} />`}
    ${data && (data.total.was.hours_known > 0 ? html`<${Known} care=${data} />` : html`<p class="soft">${t('device.care_nothing')}</p>`)}
  </section>`;
}
