// How the chart is drawn: bands one under the other on one time axis, the strip of power and the marks of decisions.
import { rem } from '../../parts/rem.js';
import { dateTime, deg, pct } from '../../words.js';

const NAMES = ['card', 'line', 'soft', 'text', 'charge', 'accent', 'warn', 'bad', 'sunk'];

/** The colours of the theme. Read again when it changes. */
export function colours(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

/** Where each band lies, as shares of the height from the top. */
export function bands(warm) {
  return warm
    ? { level: [0.03, 0.6], temperature: [0.68, 0.84], power: [0.89, 0.93], marks: [0.955, 0.995] }
    : { level: [0.03, 0.79], temperature: null, power: [0.86, 0.9], marks: [0.935, 0.985] };
}

/** The range of a scale whose values `low` to `high` shall fill a band. */
export function scaled(low, high, [top, bottom]) {
  const unit = (high - low) / (bottom - top);
  return [low - (1 - bottom) * unit, high + top * unit];
}

/** Lowest and highest temperature that are shown: always some room, and whole tens. */
export function warmth(values, most) {
  const all = [...values, ...most].filter((value) => value != null);
  const low = Math.min(20, ...all);
  const high = Math.max(40, ...all);
  return [Math.floor(low / 10) * 10, Math.ceil(high / 10) * 10];
}

/** Lines and words of the left edge: per cent above, degrees below, both on the scale of the level. */
export function edge(range, layout, [low, high]) {
  const rows = [0, 20, 40, 60, 80, 100].map((level) => ({ at: level, say: pct(level) }));
  if (!layout.temperature) return rows;
  const [bottom, top] = scaled(low, high, layout.temperature);
  const step = high - low > 40 ? 20 : 10;
  const warm = [];
  for (let value = low; value <= high; value += step) {
    const share = (value - bottom) / (top - bottom);
    warm.push({ at: range[0] + share * (range[1] - range[0]), say: deg(value, 0) });
  }
  return [...warm, ...rows];
}

/** The strip that shows when the port had power. A hole is where nothing is known. */
export function drawPower(chart, layout, series, colour) {
  const { ctx, bbox } = chart;
  const [top, bottom] = layout.power.map((share) => Math.round(bbox.top + share * bbox.height));
  // Whole pixels: what is half covered twice shows as a stripe.
  const edgeOf = (time) => Math.round(Math.min(bbox.left + bbox.width, Math.max(bbox.left, chart.valToPos(time, 'x', true))));
  for (const [n, share] of series.power.entries()) {
    if (share == null) continue;
    const end = series.at[n + 1] ?? series.at[n] + series.step_s;
    const [from, to] = [edgeOf(series.at[n]), edgeOf(Math.min(end, series.at[n] + series.step_s * 1.5))];
    if (to <= from) continue;
    ctx.globalAlpha = 1;
    ctx.fillStyle = colour.sunk;
    ctx.fillRect(from, top, to - from, bottom - top);
    if (share <= 0) continue;
    ctx.globalAlpha = 0.25 + 0.75 * share;
    ctx.fillStyle = colour.charge;
    ctx.fillRect(from, top, to - from, bottom - top);
  }
  ctx.globalAlpha = 1;
}

/** What a decision looks like: a shape and a colour for each, so that it is told without colours too. */
function kindOf(decision) {
  if (decision.by === 'safety') return 'safety';
  if (decision.by === 'mode') return 'person';
  return decision.verdict;
}

const COLOUR = { charge: 'charge', rest: 'accent', keep: 'soft', safety: 'bad', person: 'warn' };
/** What hides what, where marks would overlap. */
const WEIGHT = { safety: 4, person: 3, charge: 2, rest: 2, keep: 1 };

function shape(ctx, kind, x, y, size) {
  ctx.beginPath();
  if (kind === 'charge') polygon(ctx, [[x, y - size], [x + size, y + size], [x - size, y + size]]);
  else if (kind === 'rest') polygon(ctx, [[x, y + size], [x + size, y - size], [x - size, y - size]]);
  else if (kind === 'safety') ctx.rect(x - size, y - size, 2 * size, 2 * size);
  else if (kind === 'person') polygon(ctx, [[x, y - size], [x + size, y], [x, y + size], [x - size, y]]);
  else ctx.arc(x, y, size * 0.5, 0, 2 * Math.PI);
}

function polygon(ctx, [first, ...others]) {
  ctx.moveTo(...first);
  for (const point of others) ctx.lineTo(...point);
  ctx.closePath();
}

/** Of marks that lie on each other only the weightiest, which of equals is the latest. */
export function apart(marks, room) {
  const kept = [];
  for (const mark of marks) {
    const before = kept.at(-1);
    if (!before || mark.x - before.x >= room) kept.push(mark);
    else if (WEIGHT[mark.kind] >= WEIGHT[before.kind]) kept[kept.length - 1] = { ...mark, x: before.x };
  }
  return kept;
}

/** The row of decisions. */
export function drawMarks(chart, layout, decisions, colour) {
  const { ctx, bbox } = chart;
  const unit = ((devicePixelRatio || 1) * rem()) / 16;
  const y = bbox.top + ((layout.marks[0] + layout.marks[1]) / 2) * bbox.height;
  const inside = decisions
    .map((one) => ({ x: chart.valToPos(one.time, 'x', true), kind: kindOf(one), one }))
    .filter(({ x }) => x >= bbox.left && x <= bbox.left + bbox.width);
  for (const { x, kind } of apart(inside, 9 * unit)) {
    ctx.fillStyle = colour[COLOUR[kind]];
    shape(ctx, kind, x, y, 4.5 * unit);
    ctx.fill();
  }
}

/** Puts the ring around the mark of a decision; it is no part of the drawing, so that following the pointer draws nothing. */
export function encircle(chart, layout, ring, chosen) {
  const x = chosen ? chart.valToPos(chosen.time, 'x') : -1;
  const { clientWidth: width, clientHeight: height } = chart.over;
  ring.hidden = x < 0 || x > width;
  ring.style.transform = `translate(${x}px, ${((layout.marks[0] + layout.marks[1]) / 2) * height}px)`;
}

/** What the chart shows, for those who cannot see it. */
export const described = ({ from, to }, zone) => [dateTime(from * 1000, zone), dateTime(to * 1000, zone)];
