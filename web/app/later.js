// What the first view does without is loaded once the page has time, so that it is there when the service is not.
import { effect } from '../vendor/ui.mjs';
import { link } from './state/live.js';

/** The first view is drawn by then. */
const CALM_MS = 1500;
const idle = () => new Promise((done) => (globalThis.requestIdleCallback ?? setTimeout)(done));

/** Calls `loads` one after the other while the service is heard; one that fails is called again when it is heard anew. */
export function loadLater(loads) {
  const left = [...loads];
  let busy = false;
  const go = async () => {
    busy = true;
    try {
      while (left.length > 0 && link.peek().state === 'live') {
        await idle();
        await left[0]();
        left.shift();
      }
    } catch (error) {
      console.error(error);
    } finally {
      busy = false;
    }
  };
  effect(() => {
    if (link.value.state === 'live' && left.length > 0 && !busy) setTimeout(() => busy || go(), CALM_MS);
  });
}
