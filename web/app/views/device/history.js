// The past of a device: the chart with its ranges, what is under the cursor, and the same as a table.
import { html, useComputed, useEffect, useId, useMemo, useSignal, useSignalEffect, useState } from '../../../vendor/ui.mjs';
import { Button } from '../../parts/button.js';
import { Failed } from '../../parts/failed.js';
import { Icon } from '../../parts/icon.js';
import { Verdict } from '../../parts/verdict.js';
import { go, href } from '../../router.js';
import { complain } from '../../state/acts.js';
import { Problem, ask, path } from '../../state/api.js';
import { serviceNow } from '../../state/clock.js';
import { onEvent } from '../../state/live.js';
import { deg, t, when } from '../../words.js';
import { Chart } from './chart.js';
import { Marks } from './marks.js';
import { RANGES, nearest, rangeOf } from './span.js';
import { Table } from './table.js';
import { Timeline, nowSeconds } from './timeline.js';
import { decidedWords, levelWords, powerWords } from './values.js';

const whyOf = (decision) => href`why/${decision.station}/${decision.id}`;

function Value({ label, children }) {
  return html`<div class="device-value"><dt>${label}</dt><dd>${children}</dd></div>`;
}

/** What is known of the time under the cursor; without one of the last value. Its height never changes. */
function Readout({ timeline, cursor, zone, id }) {
  const series = timeline.series.value;
  const at = cursor.value ?? Math.min(nowSeconds(), timeline.view.value.to);
  const n = nearest(series.at, at);
  const decision = timeline.decisionAt(at + (timeline.view.value.to - timeline.view.value.from) * 0.006);
  return html`<div class="device-readout" id=${id} aria-live=${cursor.value == null ? 'off' : 'polite'}>
    <dl class="device-values">
      <${Value} label=${t('device.time')}>${n < 0 ? '–' : when(series.at[n] * 1000, serviceNow(), zone)}<//>
      <${Value} label=${t('device.level')}>${n < 0 ? '–' : levelWords(series, n)}<//>
      <${Value} label=${t('device.temperature')}>${series.temperature[n] == null ? '–' : deg(series.temperature[n])}<//>
      <${Value} label=${t('device.power')}>${n < 0 ? '–' : powerWords(series.power[n])}<//>
    </dl>
    <p class="device-decided">${decision
      ? html`<a href=${whyOf(decision)}><${Verdict} decision=${decision} /> <bdi>${decidedWords(decision, series.power[n])}</bdi></a>`
      : html`<span class="soft">${t('device.no_decision')}</span>`}</p>
  </div>`;
}

function Ranges({ timeline }) {
  const chosen = rangeOf(timeline.view.value);
  return html`<div class="device-ranges" role="group" aria-label=${t('device.range')}>
    ${Object.keys(RANGES).map((name) => html`<button key=${name} type="button" class="device-range"
      aria-pressed=${chosen === name ? 'true' : 'false'} onClick=${() => timeline.showRange(name)}>${t(`device.range_${name}`)}</button>`)}
  </div>`;
}

function Moves({ timeline }) {
  const button = (icon, key, act, more = {}) => html`<button type="button" class="button is-plain" title=${t(key)} aria-label=${t(key)} onClick=${act} ...${more}>
    ${icon.length === 1 ? html`<span class="device-sign" aria-hidden="true">${icon}</span>` : html`<${Icon} name=${icon} />`}</button>`;
  return html`<div class="device-moves">
    ${button('back', 'device.earlier', () => timeline.move(-0.5))}
    ${button('next', 'device.later', () => timeline.move(0.5), { 'aria-disabled': timeline.follows.value ? 'true' : undefined })}
    ${button('−', 'device.zoom_out', () => timeline.zoom(2))}
    ${button('+', 'device.zoom_in', () => timeline.zoom(0.5))}
    <button type="button" class="button is-plain" aria-disabled=${timeline.follows.value ? 'true' : undefined} onClick=${() => timeline.showNow()}>${t('device.now')}</button>
  </div>`;
}

/** In place of lines; what is known may be far away. */
function Nothing({ timeline }) {
  const [never, setNever] = useState(false);
  const find = () => told(async () => setNever(!(await timeline.showLast())));
  return html`<div class="device-nothing"><p>${t('device.nothing_known')}</p>
    ${never ? html`<p>${t('device.nothing_ever')}</p>` : html`<${Button} kind="is-small" does=${find}>${t('device.show_last')}<//>`}</div>`;
}

/** Does something; a problem of the service is told. */
async function told(doing) {
  try {
    await doing();
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem;
    complain(problem);
  }
}

async function save(timeline) {
  const { from, to } = timeline.view.value;
  const query = new URLSearchParams({ from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString() });
  const { data } = await ask('GET', `${path`devices/${timeline.device}/series.csv`}?${query}`, { raw: true });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([data], { type: 'text/csv' }));
  link.download = `${timeline.device}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The section. `place` is where the device is, or null; `zone` the station's; `onNothing` is called for one that never reported. */
export function History({ device, place, zone, onNothing }) {
  const timeline = useMemo(() => new Timeline(device), [device]);
  const cursor = useSignal(null);
  const id = useId();
  const empty = useComputed(() => timeline.known.value && !timeline.series.value.level.some((level) => level != null));
  const spread = useComputed(() => timeline.series.value.level_max.some((most, n) => most > timeline.series.value.level_min[n]));
  useEffect(() => {
    return onEvent((code, event) => {
      if (code === 'snapshot' || (place && event.station === place.station && event.port === place.port)) timeline.heard();
    });
  }, [timeline, place?.station, place?.port]);
  useEffect(() => () => timeline.stop(), [timeline]);
  useSignalEffect(() => {
    if (timeline.nothing.value) onNothing();
  });
  const { problem, known, loading, marksFrom } = timeline;
  return html`<section class="card device-history" aria-labelledby=${`${id}-title`} aria-busy=${loading.value}
      onMouseLeave=${() => (cursor.value = null)}>
    <header class="device-section-head">
      <h2 id=${`${id}-title`}>${t('device.history')}</h2>
      <${Ranges} timeline=${timeline} />
      <${Moves} timeline=${timeline} />
    </header>
    ${problem.value && html`<${Failed} problem=${problem.value} again=${() => timeline.again()} />`}
    <div class=${known.value || !problem.value ? 'device-plot' : 'device-plot is-gone'}>
      <${Chart} key=${device} timeline=${timeline} cursor=${cursor} zone=${zone} readout=${`${id}-readout`}
        onOpen=${(decision) => go(whyOf(decision))} />
      ${empty.value && html`<${Nothing} key=${device} timeline=${timeline} />`}
    </div>
    <${Readout} timeline=${timeline} cursor=${cursor} zone=${zone} id=${`${id}-readout`} />
    ${timeline.series.value.catching_up && html`<p class="soft">${t('device.catching_up')}</p>`}
    <${Marks} from=${marksFrom.value} spread=${spread.value} zone=${zone} />
    <div class="device-beside">
      <${Table} timeline=${timeline} zone=${zone} />
      <${Button} kind="is-small" does=${() => told(() => save(timeline))}>${t('device.save_csv')}<//>
    </div>
  </section>`;
}
