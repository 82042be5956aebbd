// When each port charges for its next deadline, as the service plans it: asked for again when something changed.
import { signal } from '../../vendor/ui.mjs';
import { get, path } from './api.js';
import { calmly } from './calm.js';
import { onEvent, stations } from './live.js';

/** After what people do and what the plan itself says, the new plan is wanted soon. */
const SOON = new Set(['snapshot', 'will_not_make_it', 'will_make_it_again', 'mode_changed', 'parameter_changed']);
const SOON_MS = 300;
const PAUSE_MS = 1000;
/** Reports change it a little, and come all the time. */
const LATER_MS = 10_000;
/** The service plans this often, whether something happened or not. */
const ANYWAY_MS = 60_000;

const plans = new Map();
const asking = new Map();
let followers = 0;
let stop = null;

/** A station's plan: `{entries, problem}` as a signal; null until it is known. */
export function planOf(name) {
  if (!plans.has(name)) plans.set(name, signal(null));
  return plans.get(name);
}

async function ask(name) {
  try {
    planOf(name).value = { entries: await get(path`stations/${name}/plan`), problem: null };
  } catch (problem) {
    planOf(name).value = { entries: planOf(name).peek()?.entries ?? null, problem };
  }
  if (stations.peek().includes(name)) want(name, ANYWAY_MS);
}

function want(name, wait) {
  if (followers === 0) return;
  if (!asking.has(name)) asking.set(name, calmly(() => ask(name), PAUSE_MS));
  asking.get(name).soon(wait);
}

/** Asks for a station's plan now. */
export const askPlan = (name) => want(name, 0);

/** Keeps all plans up to date until the answer is called. */
export function followPlans() {
  followers += 1;
  if (followers === 1) {
    stop = onEvent((code, event) => {
      if (code === 'snapshot') for (const one of event.stations) want(one.station, SOON_MS);
      else if (event.station) want(event.station, SOON.has(code) ? SOON_MS : LATER_MS);
    });
  }
  for (const name of stations.peek()) want(name, 0);
  return () => {
    followers -= 1;
    if (followers > 0) return;
    stop();
    for (const one of asking.values()) one.stop();
    asking.clear();
  };
}
