// What was learned of a device from its own reports, in words.
import { html, useEffect } from '../../../vendor/ui.mjs';
import { Failed } from '../../parts/failed.js';
import { path } from '../../state/api.js';
import { useResource } from '../../state/resource.js';
import { n, pct, span, t } from '../../words.js';

/** It changes slowly. */
const PAUSE_MS = 5000;

/** Neighbouring bands that go about as fast, as one: `[{from, to, per_hour, seen}]`. */
function joined(bands) {
  const out = [];
  for (const { from, to, per_hour: rate, passes } of bands) {
    const last = out.at(-1);
    if (last && Math.abs(last.per_hour - rate) <= 0.1 * Math.max(last.per_hour, rate)) {
      const width = to - last.from;
      last.per_hour = (last.per_hour * (last.to - last.from) + rate * (to - from)) / width;
      last.to = to;
      last.seen ||= passes > 0;
    } else out.push({ from, to, per_hour: rate, seen: passes > 0 });
  }
  return out;
}

function Rates({ bands }) {
  const rows = joined(bands);
  const most = Math.max(...rows.map((row) => row.per_hour));
  return html`<table class="device-bars">
    <caption class="visually-hidden">${t('device.learned_bands')}</caption>
    <tbody>${rows.map((row) => html`<tr key=${row.from}>
      <th scope="row">${t('device.from_to', { from: n(row.from), to: pct(row.to) })}</th>
      <td><span class="device-bar" style=${{ width: `${(100 * row.per_hour) / most}%` }}></span></td>
      <td class="number">${t('device.per_hour', { rate: pct(row.per_hour) })}${!row.seen && html`<span class="soft" title=${t('device.guessed')}> *</span>`}</td>
    </tr>`)}</tbody>
  </table>
  ${rows.some((row) => !row.seen) && html`<p class="soft device-small">* ${t('device.guessed')}</p>`}`;
}

function Sentences({ learned, level }) {
  const { knows_rate: knows, minutes_to_full: full, drain_per_hour: drain, charge_per_hour: told, sure } = learned;
  return html`<ul class="device-sentences">
    <li>${knows ? t('device.learned_sure', { sure: pct(sure) }) : t('device.learned_nothing', { rate: pct(told) })}</li>
    ${full != null && level != null && html`<li>${level >= 100 ? t('device.learned_is_full') : t('device.learned_full', { level: pct(level), span: span(full * 60) })}</li>`}
    <li>${drain != null ? t('device.learned_drain', { rate: n(drain, 1) }) : t('device.learned_no_drain')}</li>
  </ul>`;
}

/** `level` is the last one: what was learned is asked for again when it changes. */
export function Learned({ device, level }) {
  const { data, problem, again } = useResource(path`devices/${device}/learned`, PAUSE_MS);
  useEffect(() => {
    if (data) again();
  }, [level]);
  return html`<section class="card" aria-labelledby="device-learned">
    <h2 id="device-learned">${t('device.learned')}</h2>
    ${problem && !data && html`<${Failed} problem=${problem} again=${again} />`}
    ${data && html`<${Sentences} learned=${data} level=${level} />`}
    ${data?.bands.length > 0 && html`<${Rates} bands=${data.bands} />`}
  </section>`;
}
