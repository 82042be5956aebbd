// What the shapes and colours of the chart mean.
import { html } from '../../../vendor/ui.mjs';
import { dateTime, t } from '../../words.js';

const SHAPES = {
  charge: 'M6 1 11 11H1z',
  rest: 'M6 11 1 1h10z',
  keep: 'M6 3.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5',
  safety: 'M1.5 1.5h9v9h-9z',
  person: 'M6 .5 11.5 6 6 11.5.5 6z',
};

/** One of the shapes that stand for decisions. */
function Shape({ kind }) {
  return html`<svg class=${`device-shape is-${kind}`} viewBox="0 0 12 12" aria-hidden="true" focusable="false"><path d=${SHAPES[kind]} /></svg>`;
}

/** `from`: seconds since which decisions are marked, when earlier ones are not; `spread`: points stand for more than one report. */
export function Marks({ from, spread, zone }) {
  return html`<ul class="device-marks">
    <li><span class="device-line is-level"></span>${t('device.level')}</li>
    ${spread && html`<li><span class="device-line is-spread"></span>${t('device.spread')}</li>`}
    <li><span class="device-line is-warm"></span>${t('device.temperature')}</li>
    <li><span class="device-line is-power"></span>${t('device.power')}</li>
    ${Object.keys(SHAPES).map((kind) => html`<li key=${kind}><${Shape} kind=${kind} />${t(`device.mark_${kind}`)}</li>`)}
    ${from != null && html`<li class="device-marks-from">${t('device.marks_from', { at: dateTime(from * 1000, zone) })}</li>`}
    <li class="device-hint">${t('device.chart_mouse')}</li>
  </ul>`;
}
