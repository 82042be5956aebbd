// Words, numbers and times in the reader's language and form. Texts are in words/<area>.<language>.json, which the service
// sends as two files, that of the first view and all others; they are the same in all languages, so no other language is
// needed beside the reader's.
import { signal } from '../vendor/ui.mjs';
import { LANGUAGE_KEY, fetched, formOf, languageWanted, moreWordsOf, wordsOf } from './early.js';

const FALLBACK = 'en';

/** The language in use. */
export const language = signal(FALLBACK);
let texts = {};
let wish = 0;
let first = null;
let more = null;
let plural = new Intl.PluralRules(FALLBACK);
/** The reader's own form of the language. */
let form = FALLBACK;

async function read(where) {
  const answer = await fetched(where);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.json();
}

/** Loads the words; called once before the page is shown, and when another language is chosen. */
export function speak(tag = languageWanted(), keep = false) {
  first = change(tag, keep);
  return first;
}

async function change(tag, keep) {
  wish += 1;
  const mine = wish;
  const [own, others] = await Promise.all([read(wordsOf(tag)), more && read(moreWordsOf(tag))]);
  // Meanwhile another one was chosen.
  if (mine !== wish) return;
  texts = { ...own, ...others };
  form = formOf(tag);
  plural = new Intl.PluralRules(form);
  document.documentElement.lang = tag;
  try {
    if (keep) localStorage.setItem(LANGUAGE_KEY, tag);
  } catch {
    // It counts until the browser is closed.
  }
  language.value = tag;
}

/** Loads the words of all views but the first, once. */
export function speakOfAll() {
  more ??= add().catch((error) => {
    more = null;
    throw error;
  });
  return more;
}

async function add() {
  await first;
  const tag = language.peek();
  const others = await read(moreWordsOf(tag));
  if (tag === language.peek()) texts = { ...texts, ...others };
}

/** A text by its key. `{name}` is put in; with `count` the form of the number is taken: `key#one`, `key#other`. */
export function t(key, values = {}) {
  language.value;
  const form_ = 'count' in values ? `${key}#${plural.select(values.count)}` : key;
  const text = texts[form_] ?? texts[`${key}#other`] ?? texts[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === 'number' ? n(value) : String(value);
  });
}

/** True when there is a text. */
export const has = (key) => key in texts;

const formats = new Map();

function format(kind, options, make) {
  const key = `${form}/${kind}/${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, make(form, options));
  return formats.get(key);
}

/** A number, with at most so many decimals. */
export const n = (value, decimals = 0) =>
  format('n', { maximumFractionDigits: decimals }, (f, o) => new Intl.NumberFormat(f, o)).format(value);

/** Per cent of 0 to 100. */
export const pct = (value) =>
  format('pct', { style: 'percent', maximumFractionDigits: 0 }, (f, o) => new Intl.NumberFormat(f, o)).format(value / 100);

/** Degrees Celsius. */
export const deg = (value, decimals = 1) =>
  format('deg', { style: 'unit', unit: 'celsius', maximumFractionDigits: decimals }, (f, o) => new Intl.NumberFormat(f, o)).format(value);

/** "a, b and c". */
export const names = (all) => format('list', {}, (f, o) => new Intl.ListFormat(f, o)).format(all);

const clock = (options) => format('time', options, (f, o) => new Intl.DateTimeFormat(f, o));

// "07:05", but "7:05 AM".
const hour = () => (format('hour', { hour: 'numeric' }, (f, o) => new Intl.DateTimeFormat(f, o)).resolvedOptions().hour12 ? 'numeric' : '2-digit');

/** The time of day, in `zone` where one is given. `at` is a text or milliseconds. */
export const time = (at, zone) => clock({ hour: hour(), minute: '2-digit', timeZone: zone }).format(new Date(at));

/** Weekday and time of day. */
const dayTime = (at, zone) =>
  clock({ weekday: 'short', hour: hour(), minute: '2-digit', timeZone: zone }).format(new Date(at));

/** Date and time. */
export const dateTime = (at, zone) => clock({ dateStyle: 'medium', timeStyle: 'short', timeZone: zone }).format(new Date(at));

/** Day and month, as short as on the axis of a chart. */
export const shortDate = (at, zone) => clock({ month: 'short', day: 'numeric', timeZone: zone }).format(new Date(at));

/** Month and year, as short. */
export const shortMonth = (at, zone) => clock({ month: 'short', year: '2-digit', timeZone: zone }).format(new Date(at));

/** Date alone. */
export const date = (at, zone) => clock({ dateStyle: 'medium', timeZone: zone }).format(new Date(at));

/** A day of the week, Monday is 0. The first of January 2024 was one. */
export const weekday = (day) => clock({ weekday: 'short', timeZone: 'UTC' }).format(new Date(Date.UTC(2024, 0, 1 + day)));

/** The time if it is within a day of `now`, else with the weekday, else with the date. */
export function when(at, now, zone) {
  const far = Math.abs(new Date(at) - now);
  if (far < 12 * 3600e3) return time(at, zone);
  return far < 6 * 86400e3 ? dayTime(at, zone) : dateTime(at, zone);
}

const STEPS = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];

/** "3 minutes ago", "in 2 hours". */
export function ago(at, now) {
  const seconds = (new Date(at) - now) / 1000;
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? STEPS.at(-1);
  if (unit === 'second') return t('app.just_now');
  return format('ago', { numeric: 'auto', style: 'short' }, (f, o) => new Intl.RelativeTimeFormat(f, o))
    .format(Math.round(seconds / size), unit);
}

/** A length of time in words: "2 h 10 min". */
export function span(seconds) {
  const minutes = Math.max(0, Math.round(seconds / 60));
  const unit = (value, name) =>
    format('span', { style: 'unit', unit: name, unitDisplay: 'short' }, (f, o) => new Intl.NumberFormat(f, o)).format(value);
  if (minutes < 60) return unit(minutes, 'minute');
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours < 48) return rest ? `${unit(hours, 'hour')} ${unit(rest, 'minute')}` : unit(hours, 'hour');
  return unit(Math.round(hours / 24), 'day');
}
