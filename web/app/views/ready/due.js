// By when a device is to be ready, as the parameters of the rule `ready-by` say it and as a person chooses it.

export const RULE = 'ready-by';
const WEEK = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
/** A time that is over asks for nothing. */
const OVER = '2020-01-01 00:00';
const USUAL = '07:00';
const DAY_MS = 86_400_000;

/** True where a time of its own can be said: the rule that keeps it is asked there. */
export const canBeTold = (port) => port?.device != null && port.rules.includes(RULE);

/** Whether each day of the week is meant, Monday first: of `Mon-Wed, Sat`. */
export function readDays(text) {
  const chosen = WEEK.map(() => false);
  for (const part of text.split(',')) {
    const [first, last = first] = part.split('-').map((name) => WEEK.findIndex((day) => name.trim().slice(0, 3).toLowerCase() === day.toLowerCase()));
    if (first < 0 || last < 0) continue;
    for (let day = first; ; day = (day + 1) % 7) {
      chosen[day] = true;
      if (day === last) break;
    }
  }
  return chosen;
}

/** The same as a text: spans where they are shorter. */
export function writeDays(chosen) {
  const parts = [];
  for (let day = 0; day < 7; day += 1) {
    if (!chosen[day]) continue;
    let last = day;
    while (chosen[last + 1]) last += 1;
    if (last - day >= 2) {
      parts.push(`${WEEK[day]}-${WEEK[last]}`);
      day = last;
    } else parts.push(WEEK[day]);
  }
  return parts.join(', ');
}

/** The day on which the clock shows `time` next. */
function nextDay(time, now) {
  const today = now.slice(0, 10);
  return `${today} ${time}` >= now ? today : new Date(Date.parse(today) + DAY_MS).toISOString().slice(0, 10);
}

/** What is chosen in the form: `{kind: 'days' | 'once' | 'never', time, date, days, level}`; `now` is `2026-11-24 07:00` there. */
export function readDue({ by, days, target }, now) {
  const [, date, time] = /^(?:(\d{4}-\d\d-\d\d) +)?(\d\d:\d\d)$/.exec(String(by).trim()) ?? [];
  const over = date && `${date} ${time}` < now;
  const usual = over ? USUAL : (time ?? '');
  const kind = over ? 'never' : date ? 'once' : 'days';
  return { kind, time: usual, date: kind === 'once' ? date : nextDay(usual, now), days: readDays(String(days)), level: target };
}

/** The parameters for a choice: only those that count then. */
export function dueValues({ kind, time, date, days, level }) {
  if (kind === 'never') return { by: OVER };
  if (kind === 'once') return { target: level, by: `${date} ${time}` };
  return { target: level, days: writeDays(days), by: time };
}

/** What is missing or cannot be: a key of the words, or null. */
export function dueProblem({ kind, time, date, days }, now) {
  if (kind === 'never') return null;
  if (!time || (kind === 'once' && !date)) return 'ready.due_no_time';
  if (kind === 'once' && `${date} ${time}` < now) return 'ready.due_past';
  return kind === 'days' && !days.includes(true) ? 'ready.due_no_day' : null;
}
