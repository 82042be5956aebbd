// Which view is shown: the part of the address behind `#`.
import { signal } from '../vendor/ui.mjs';
import { encoded } from './encode.js';

/** `{area, rest: [..], query}` of an address such as `#/rules/keep-between/history?x=1`. */
export function parse(hash) {
  const [where, query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [area = '', ...rest] = where.split('/').filter(Boolean).map(decode);
  return { area, rest, query: new URLSearchParams(query) };
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Where we are. */
export const route = signal(parse(location.hash));

let asking = null;
let shown = location.hash;

/** Asked before the view is left: answers false to stay. One at a time; null takes it away. */
export function beforeLeaving(question) {
  asking = question;
}

addEventListener('hashchange', () => {
  if (location.hash === shown) return;
  if (asking && !asking()) {
    history.replaceState(null, '', shown || '#/');
    return;
  }
  shown = location.hash;
  route.value = parse(location.hash);
  scrollTo(0, 0);
});

addEventListener('beforeunload', (event) => {
  if (asking && !asking(true)) event.preventDefault();
});

/** The address of a view: href`devices/${name}`. */
export const href = (texts, ...values) => `#/${encoded(texts, ...values)}`;

/** Goes to a view. */
export function go(where) {
  location.hash = where;
}
