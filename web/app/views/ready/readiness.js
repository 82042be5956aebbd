// Who is to be ready when, and who will not be: made from the plan and the ports.
import { heat, needsOf } from '../stations/needs.js';

const DAY_MS = 86_400_000;

/** The level that a device is expected to have at its deadline, percent; null when nobody can tell. */
export function expected({ level, deadline, start, ready_at: readyAt, in_time: inTime }, now) {
  if (level != null && level >= deadline.level) return level;
  if (inTime) return deadline.level;
  if (level == null || !readyAt) return null;
  const begin = Math.max(now, Date.parse(start ?? 0));
  const [whole, left] = [Date.parse(readyAt) - begin, Date.parse(deadline.at) - begin];
  if (!(whole > 0)) return null;
  return Math.round(level + (deadline.level - level) * Math.min(1, Math.max(0, left / whole)));
}

/** True when the plan holds only if what is wrong with the port mends itself: it does not report, for example. */
export function doubtful(port, entry) {
  return port != null && entry.in_time !== false && !(entry.level >= entry.deadline.level) && needsOf(port, null).length > 0;
}

/** What stands in the way, as `{key, held, readyAt, text}`; null when nothing does. Our words where there are some, else the service's. */
export function obstacle(port, entry) {
  if (doubtful(port, entry)) return { key: needsOf(port, null)[0].key };
  if (entry.in_time !== false) return null;
  if (port?.held_by && port.held_by.mode.mode !== 'on') return { held: port.held_by.mode };
  const need = port && needsOf(port, null)[0];
  if (need) return { key: need.key };
  if (port && heat(port) === 'hot') return { key: 'ready.hot' };
  if (port?.waits_since) return { key: 'stations.waits' };
  return entry.ready_at && entry.minutes != null ? { readyAt: entry.ready_at } : { text: entry.reason };
}

const by = (a, b) => Date.parse(a.entry.deadline.at) - Date.parse(b.entry.deadline.at) || a.entry.port - b.entry.port;

/**
 * `plans` is `[{station, entries}]`, `portOf(station, number)` a port: `{late, doubt, day, later, never}`, each in the order of
 * the deadlines.
 */
export function sorted(plans, now, portOf) {
  const all = plans.flatMap(({ station, entries }) => entries.map((entry) => ({ station, entry })));
  const due = all.filter(({ entry }) => entry.deadline).sort(by);
  const late = due.filter(({ entry }) => entry.in_time === false);
  const unsure = ({ station, entry }) => doubtful(portOf(station, entry.port), entry);
  const well = due.filter((one) => one.entry.in_time !== false && !unsure(one));
  const soon = ({ entry }) => Date.parse(entry.deadline.at) - now <= DAY_MS;
  return {
    late,
    doubt: due.filter(unsure),
    day: well.filter(soon),
    later: well.filter((one) => !soon(one)),
    never: all.filter(({ entry }) => !entry.deadline && entry.device),
  };
}
