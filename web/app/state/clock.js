// The time of the service. In a demonstration it runs faster than ours.
import { effect, signal } from '../../vendor/ui.mjs';
import { service } from './session.js';

const TICK_MS = 1000;
let at = Date.now();
let heardAt = performance.now();
let speed = 1;

/** Milliseconds since 1970 by the service's clock. */
export const serviceNow = () => at + (performance.now() - heardAt) * speed;

/** The same as a signal that moves once a second. */
export const now = signal(serviceNow());

/** What a clock in `zone` shows at a time: `2026-11-24 07:00`. */
export const localText = (at, zone) => new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'short', timeZone: zone }).format(at);

/** An event or an answer says what time it is there; time never runs back. */
export function heard(text) {
  const told = Date.parse(text);
  if (Number.isFinite(told) && told > serviceNow()) {
    at = told;
    heardAt = performance.now();
  }
}

effect(() => {
  if (!service.value) return;
  speed = service.value.speed ?? 1;
  at = Date.parse(service.value.now) || Date.now();
  heardAt = performance.now();
  now.value = serviceNow();
});

let ticking;

// While nobody looks it stands still.
function tick() {
  clearInterval(ticking);
  if (document.hidden) return;
  now.value = serviceNow();
  ticking = setInterval(() => (now.value = serviceNow()), TICK_MS);
}

document.addEventListener('visibilitychange', tick);
tick();
