// The chart as a table, for those who read it so.
import { html, useState } from '../../../vendor/ui.mjs';
import { dateTime, deg, t } from '../../words.js';
import { decidedWords, levelWords, powerWords } from './values.js';

/** As many rows as one still reads. */
const ROWS = 48;

/** Indexes of the points in the view, evenly thinned out, the newest first. */
function rowsOf({ at }, { from, to }, most = ROWS) {
  const inside = at.map((time, n) => [time, n]).filter(([time]) => time >= from && time <= to).map(([, n]) => n);
  const step = Math.max(1, Math.ceil(inside.length / most));
  return inside.reverse().filter((_, n) => n % step === 0);
}

function Rows({ timeline, zone }) {
  const series = timeline.series.value;
  const rows = rowsOf(series, timeline.view.value);
  return html`<div class="device-scroll" tabindex="0" role="region" aria-label=${t('device.as_table')}><table class="device-table">
    <thead><tr><th scope="col">${t('device.time')}</th><th scope="col">${t('device.level')}</th><th scope="col">${t('device.temperature')}</th>
      <th scope="col">${t('device.power')}</th><th scope="col">${t('device.decision')}</th></tr></thead>
    <tbody>${rows.map((n) => [n, timeline.decisionAt(series.at[n])]).map(([n, decision]) => html`<tr key=${series.at[n]}>
      <th scope="row">${dateTime(series.at[n] * 1000, zone)}</th>
      <td>${levelWords(series, n)}</td>
      <td>${series.temperature[n] == null ? '–' : deg(series.temperature[n])}</td>
      <td>${powerWords(series.power[n])}</td>
      <td><bdi>${decision ? decidedWords(decision, series.power[n]) : '–'}</bdi></td>
    </tr>`)}</tbody>
  </table></div>`;
}

export function Table({ timeline, zone }) {
  const [open, setOpen] = useState(false);
  return html`<details class="device-more" onToggle=${(event) => setOpen(event.currentTarget.open)}>
    <summary>${t('device.as_table')}</summary>
    ${open && html`<${Rows} timeline=${timeline} zone=${zone} />`}
  </details>`;
}
