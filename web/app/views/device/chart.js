// The chart: level, temperature, power and decisions on one time axis. Moved and zoomed by mouse, fingers and keys.
import { html, useEffect, useId, useRef, useSignalEffect } from '../../../vendor/ui.mjs';
import { rem } from '../../parts/rem.js';
import { Problem } from '../../state/api.js';
import { theme } from '../../theme.js';
import { shortDate, shortMonth, t, time } from '../../words.js';
import { gestures, keys } from './gestures.js';
import { bands, colours, described, drawMarks, drawPower, edge, encircle, scaled, warmth } from './paint.js';
import { DAY, HOUR, nearest } from './span.js';

/** A report counts for so long, seconds. */
const HOLDS = 45 * 60;

const clear = (colour) => `${colour}2e`;

function ticks(zone) {
  const at = (seconds) => new Date(seconds * 1000);
  const hourMinute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: zone });
  const midnight = (seconds) => /^(00|24)\D00/.test(hourMinute.format(at(seconds)));
  return (chart, splits, axis, space, step) =>
    splits.map((split) => {
      if (step >= 28 * DAY) return shortMonth(at(split), zone);
      return step >= DAY || (step >= HOUR && midnight(split)) ? shortDate(at(split), zone) : time(at(split), zone);
    });
}

function columns(series) {
  return [series.at, series.level, series.level_min, series.level_max, series.temperature, series.temperature_max];
}

/** Gaps in a line that are holes in what is known: longer than a report holds, and than a cell. */
const holes = (now) => (chart, n, from, to, gaps) =>
  gaps.filter(([left, right]) => chart.posToVal(right, 'x', true) - chart.posToVal(left, 'x', true) > Math.max(HOLDS, now.series.step_s * 1.5));

/** Values between two holes, which no line shows. */
const alone = (chart, n, shown, gaps) => {
  const values = chart.data[n];
  const hole = (at) => gaps?.some(([left, right]) => at >= left - 1 && at <= right + 1);
  const out = [];
  for (let at = 0; at < values.length; at += 1) {
    if (values[at] == null || values[at - 1] != null || values[at + 1] != null) continue;
    const x = chart.valToPos(chart.data[0][at], 'x', true);
    if (hole(x)) out.push(at);
  }
  return out;
};

/** Options of the chart; `now` holds what changes: series, decisions, colours, layout. */
function options(UPlot, size, now, zone) {
  const line = (name, width, scale) => ({ scale, stroke: () => now.colour[name], width, gaps: holes(now), points: { show: false, filter: alone, size: 4, fill: () => now.colour[name] } });
  const unseen = (scale) => ({ scale, stroke: 'transparent', width: 0, points: { show: false } });
  const one = rem();
  const grid = { stroke: () => now.colour.line, width: 1 };
  const axis = { stroke: () => now.colour.soft, font: `${0.75 * one}px system-ui, sans-serif`, ticks: { show: false } };
  return {
    ...size,
    padding: [4, 1.4 * one, 0, 0],
    legend: { show: false },
    tzDate: zone ? (seconds) => UPlot.tzDate(new Date(seconds * 1000), zone) : undefined,
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 8, width: 2, fill: () => now.colour.card, stroke: (u, n) => now.colour[n === 4 ? 'warn' : 'charge'] } },
    scales: {
      x: { time: true, range: () => [now.view.from, now.view.to] },
      level: { range: () => scaled(0, 100, now.layout.level) },
      warm: { range: () => scaled(...now.warmth, now.layout.temperature ?? [0, 1]) },
    },
    axes: [
      { ...axis, grid, values: ticks(zone), space: 4.5 * one, size: 1.9 * one },
      { ...axis, grid, scale: 'level', size: 3.1 * one, gap: 6, splits: (u) => edgeOf(u, now).map((row) => row.at), values: (u) => edgeOf(u, now).map((row) => row.say) },
    ],
    series: [
      {},
      line('charge', 2, 'level'),
      unseen('level'),
      unseen('level'),
      line('warn', 1.5, 'warm'),
      unseen('warm'),
    ],
    bands: [
      { series: [3, 2], fill: () => clear(now.colour.charge) },
      { series: [5, 4], fill: () => clear(now.colour.warn) },
    ],
    hooks: {
      draw: [(u) => {
        u.ctx.save();
        drawPower(u, now.layout, now.series, now.colour);
        drawMarks(u, now.layout, now.decisions, now.colour);
        u.ctx.restore();
        now.encircle?.();
      }],
      // What was looked at stays, so that one can go to its link.
      setCursor: [(u) => u.cursor.left >= 0 && now.onCursor(u.posToVal(u.cursor.left, 'x'))],
    },
  };
}

const edgeOf = (u, now) => edge([u.scales.level.min, u.scales.level.max], now.layout, now.warmth);

function take(now, timeline) {
  const series = timeline.series.value;
  const warm = series.temperature.some((value) => value != null);
  Object.assign(now, { view: timeline.view.peek(), series, decisions: timeline.decisions.value });
  if (warm || !timeline.known.value || now.layout === undefined) now.layout = bands(warm || !timeline.known.value);
  now.warmth = warmth(series.temperature, series.temperature_max);
}

/** Builds the chart in `box` and keeps it up to date; answers how to take it away. */
function build(UPlot, box, now, timeline, zone) {
  const size = () => ({ width: Math.max(240, box.clientWidth), height: box.clientHeight });
  const chart = new UPlot(options(UPlot, size(), now, zone), columns(now.series), box);
  timeline.width = chart.bbox.width / (devicePixelRatio || 1);
  const ring = document.createElement('span');
  ring.className = 'device-chosen';
  chart.over.append(ring);
  now.encircle = () => encircle(chart, now.layout, ring, now.chosen);
  now.encircle();
  const watcher = new ResizeObserver(() => {
    chart.setSize(size());
    timeline.width = chart.bbox.width / (devicePixelRatio || 1);
  });
  watcher.observe(box);
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const recolour = () => {
    now.colour = colours(box);
    chart.redraw();
  };
  dark.addEventListener('change', recolour);
  const calm = gestures(chart, timeline, (share, at, room) => {
    const [top] = now.layout.marks;
    const one = share > top - 0.02 && timeline.decisionNear(at, room);
    if (one) now.onOpen(one);
  });
  return {
    chart,
    recolour,
    destroy: () => {
      watcher.disconnect();
      dark.removeEventListener('change', recolour);
      calm();
      chart.destroy();
    },
  };
}

/** `cursor` is a signal of the time that is looked at (seconds), or null; `onOpen` is called with a decision. */
export function Chart({ timeline, cursor, zone, onOpen, readout }) {
  const box = useRef(null);
  const held = useRef({});
  const help = useId();
  const now = useRef({ onCursor: (at) => (cursor.value = at), chosen: null }).current;
  now.onOpen = onOpen;

  const turn = timeline.turn.value;
  useEffect(() => {
    let gone = false;
    import('../../../vendor/uplot.mjs').then(({ default: UPlot }) => {
      if (gone) return;
      now.colour = colours(box.current);
      take(now, timeline);
      held.current = build(UPlot, box.current, now, timeline, zone);
      timeline.plan(0);
    }, (error) => {
      console.error(error);
      timeline.problem.value = new Problem({});
    });
    return () => {
      gone = true;
      held.current.destroy?.();
      held.current = {};
    };
  }, [timeline, zone, turn]);

  useSignalEffect(() => {
    take(now, timeline);
    held.current.chart?.setData(columns(now.series), true);
  });
  useSignalEffect(() => {
    now.view = timeline.view.value;
    held.current.chart?.setScale('x', { min: now.view.from, max: now.view.to });
  });
  useSignalEffect(() => {
    theme.value;
    held.current.recolour?.();
  });
  useSignalEffect(() => {
    const at = cursor.value;
    now.chosen = at == null ? null : timeline.decisionAt(at);
    now.encircle?.();
  });

  const point = (at) => {
    const { chart } = held.current;
    const series = timeline.series.value;
    const index = nearest(series.at, at);
    if (chart && index >= 0) chart.setCursor({ left: chart.valToPos(at, 'x'), top: 10 });
    cursor.value = at;
  };
  const [from, to] = described(timeline.view.value, zone);
  return html`<div class="device-chart" ref=${box} tabindex="0" role="group" aria-roledescription=${t('device.chart')}
      aria-label=${t('device.chart_label', { from, to })} aria-describedby=${`${help} ${readout}`}
      onKeyDown=${(event) => keys(event, { timeline, cursor, point, onOpen })}>
    <span id=${help} class="visually-hidden">${t('device.chart_keys')}</span>
  </div>`;
}
