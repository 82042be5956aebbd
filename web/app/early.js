// What the page asks for before its own script is there: the words, the picture of now, and what the service says of us.
// On a slow network each of them would wait for the one before. A release has this file in index.html itself, too, and so it
// imports nothing, and does its work once however often it runs.

/** The languages there are, by the name they call themselves. To add one: its files, and a line here. */
export const LANGUAGES = { en: 'English', de: 'Deutsch' };
const FALLBACK = 'en';

/** Where a browser keeps the language and the token. */
export const LANGUAGE_KEY = 'scs.language';
export const TOKEN_KEY = 'scs.token';

/** The stream of events, with all that changes. */
export const EVENTS = 'api/v1/events?changes=true';

/** The language that was chosen in this browser, else the first of the reader's that there is. */
export function languageWanted() {
  try {
    const kept = localStorage.getItem(LANGUAGE_KEY);
    if (kept in LANGUAGES) return kept;
  } catch {
    // Nothing is kept: the browser's language counts.
  }
  return navigator.languages.map((tag) => tag.split('-')[0]).find((tag) => tag in LANGUAGES) ?? FALLBACK;
}

/** The token that is kept in this browser, or an empty text. */
export function tokenKept() {
  try {
    return localStorage.getItem(TOKEN_KEY) ?? sessionStorage.getItem(TOKEN_KEY) ?? '';
  } catch {
    return '';
  }
}

/** Who asks. */
export const bearer = (token) => (token ? { authorization: `Bearer ${token}` } : {});

/** Where no form of the language is the reader's own: English as most of the world writes days and times. */
const FORMS = { en: 'en-GB' };

/** The reader's own form of a language, for numbers and times: `de-AT` where the page is in `de`. */
export const formOf = (tag) => navigator.languages.find((one) => one.split('-')[0] === tag) ?? FORMS[tag] ?? tag;

/** The address of the words of a language: of the first view, and of all others. */
export const wordsOf = (tag) => `words/${tag}.json`;
export const moreWordsOf = (tag) => `words/more/${tag}.json`;

const isFirst = !globalThis.askedEarly;
const asked = (globalThis.askedEarly ??= new Map());

function askEarly(where, headers = {}) {
  const stop = new AbortController();
  const answer = fetch(where, { headers, signal: stop.signal, cache: where.startsWith('api/') ? 'no-store' : 'default' });
  // Whoever wants it is told.
  answer.catch(() => {});
  asked.set(where, { answer, stop });
}

/** As `fetch`; the first time with the answer to what was asked for early. */
export function fetched(where, options = {}) {
  const early = (options.method ?? 'GET') === 'GET' && asked.get(where);
  if (!early) return fetch(where, options);
  asked.delete(where);
  const stop = () => early.stop.abort(options.signal.reason);
  if (options.signal?.aborted) stop();
  options.signal?.addEventListener('abort', stop, { once: true });
  return early.answer;
}

// A browser reads its tables of a language when they are first wanted, which takes a phone longer than drawing the page.
function readTables(form) {
  new Intl.NumberFormat(form).format(0);
  new Intl.DateTimeFormat(form, { hour: '2-digit', minute: '2-digit' }).format(0);
  new Intl.RelativeTimeFormat(form, { style: 'short' }).format(0, 'minute');
}

// Not where there is no page, as in tests of single modules.
if (globalThis.document && isFirst) {
  const who = bearer(tokenKept());
  const tag = languageWanted();
  askEarly(wordsOf(tag));
  askEarly(EVENTS, { accept: 'text/event-stream', ...who });
  askEarly('api/v1/service', who);
  if (location.hash.length > 2) askEarly(moreWordsOf(tag));
  // Once all is asked for there is nothing to do but to wait.
  setTimeout(readTables, 0, formOf(tag));
}
