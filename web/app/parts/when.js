// A time as "3 min ago" that goes on by itself; the whole time is told on hover.
import { computed, html, useMemo } from '../../vendor/ui.mjs';
import { now } from '../state/clock.js';
import { ago, dateTime } from '../words.js';

// As a signal: it changes only when the words do.
const said = (at) => computed(() => ago(Math.min(new Date(at), now.value), now.value));

/** As a text for a sentence; who uses it is drawn again only when the words change. */
export const useAgo = (at) => useMemo(() => said(at), [at]).value;

/** Of what was; a clock that is a little behind says "just now". `at` is a text or milliseconds by the service's clock, `zone` the station's. Only the text changes, not what is around it. */
export function Ago({ at, zone }) {
  const text = useMemo(() => said(at), [at]);
  return html`<time dateTime=${new Date(at).toISOString()} title=${dateTime(at, zone)}>${text}</time>`;
}
