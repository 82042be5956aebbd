// Arithmetic on the stretch of time that a chart shows: `{from, to}` in seconds since 1970.

const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** What one click shows, by the key of its word. */
export const RANGES = { six_hours: 6 * HOUR, day: DAY, week: 7 * DAY, month: 31 * DAY, year: 366 * DAY };
/** Less than this has no more to tell: devices report every few minutes. */
export const SHORTEST = 15 * MINUTE;
/** The service keeps the history of some years at most. */
export const LONGEST = 5 * 366 * DAY;

/** The room that is left free on the right, so that the last value does not stick to the edge. */
const MARGIN = 0.02;

/** A stretch of `length` that ends a little after `now`. */
export function upTo(now, length) {
  const to = now + length * MARGIN;
  return { from: to - length, to };
}

/** The nearest stretch that may be shown: not too short, not too long, and not beyond `now`. */
export function within({ from, to }, now) {
  const length = Math.min(LONGEST, Math.max(SHORTEST, to - from));
  const middle = (from + to) / 2;
  const end = Math.min(middle + length / 2, now + length * MARGIN);
  return { from: end - length, to: end };
}

/** Seen `factor` times as long, with `at` (seconds) staying where it is. */
export function zoomed({ from, to }, factor, at, now) {
  const length = Math.min(LONGEST, Math.max(SHORTEST, (to - from) * factor));
  const share = (at - from) / (to - from);
  return within({ from: at - share * length, to: at + (1 - share) * length }, now);
}

/** Moved by so many seconds. */
export const moved = ({ from, to }, by, now) => within({ from: from + by, to: to + by }, now);

/** Two fingers that were at times `a` and `b` (seconds) are now at shares `x` and `y` of the width. */
export function pinched(a, b, x, y, now) {
  if (Math.abs(x - y) < 0.01) return null;
  const length = (b - a) / (y - x);
  if (!(length > 0)) return null;
  const from = a - x * length;
  return within({ from, to: from + length }, now);
}

/** The range that is `length` long, or null. */
export function rangeOf({ from, to }) {
  const found = Object.entries(RANGES).find(([, length]) => Math.abs(to - from - length) < length * 0.001);
  return found ? found[0] : null;
}

/** The last index at which `at[index] <= time`, or -1. `at` rises. */
export function indexAt(at, time) {
  let [low, high] = [0, at.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle] <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The index of the point that is nearest to a time, or -1. */
export function nearest(at, time) {
  const left = indexAt(at, time);
  if (left < 0) return at.length ? 0 : -1;
  if (left + 1 >= at.length) return left;
  return time - at[left] <= at[left + 1] - time ? left : left + 1;
}
