// The picture of all stations, kept up to date by the stream of events, which tells what changed at most twenty times a
// second.
import { batch, effect, signal } from '../../vendor/ui.mjs';
import { EVENTS } from '../early.js';
import { get } from './api.js';
import { heard } from './clock.js';
import { service, token, tokenNeeded } from './session.js';
import { readEvents } from './stream.js';

/** How long until the next attempt; the last is kept. */
const PAUSES_MS = [500, 1000, 2000, 5000, 10_000];

/** `{state: 'connecting' | 'live' | 'lost', since}`; since in milliseconds of this browser. */
export const link = signal({ state: 'connecting', since: Date.now() });
/** Names of the stations in their order. */
export const stations = signal([]);
/** True once the first picture is there. */
export const known = signal(false);

const stationSignals = new Map();
const portSignals = new Map();
const listeners = new Set();

/** One station's JSON as a signal; null when there is none. */
export const station = (name) => slot(stationSignals, name);
/** One port's JSON as a signal; null when there is none. */
export const port = (stationName, number) => slot(portSignals, `${stationName}/${number}`);
/** Ports of a station as signals, by number. Changes when files are loaded. */
export const portsOf = (name) => slot(portLists, name);
/** Calls `listener(code, event)` for every event; answers how to stop. */
export function onEvent(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const portLists = new Map();

function slot(map, key) {
  if (!map.has(key)) map.set(key, signal(null));
  return map.get(key);
}

// What changed since the last frame: a port that changes often is drawn once, and nothing while nobody looks.
const changed = new Map();
let frame = 0;

function showChanged() {
  frame = 0;
  batch(() => {
    for (const [one, value] of changed) one.value = value;
  });
  changed.clear();
}

function showPicture(picture) {
  changed.clear();
  batch(() => {
    const names = picture.stations.map((one) => one.station);
    for (const name of stationSignals.keys()) if (!names.includes(name)) station(name).value = null;
    for (const one of picture.stations) station(one.station).value = one;
    const seen = new Set();
    const lists = new Map(names.map((name) => [name, []]));
    for (const one of picture.ports) {
      port(one.station, one.port).value = one;
      seen.add(`${one.station}/${one.port}`);
      lists.get(one.station)?.push(one.port);
    }
    for (const [key, value] of portSignals) if (!seen.has(key)) value.value = null;
    for (const [name, numbers] of lists) {
      const before = portsOf(name).value;
      if (before?.join() !== numbers.join()) portsOf(name).value = numbers;
    }
    stations.value = names;
    known.value = true;
  });
}

function keepChanges(changes) {
  for (const one of changes.stations) changed.set(station(one.station), one);
  for (const one of changes.ports) changed.set(port(one.station, one.port), one);
  frame ||= requestAnimationFrame(showChanged);
}

/** Shows a port or a station that an answer told of, before the next event does. */
export function show(one) {
  const its = one.port === undefined || one.ports !== undefined ? station(one.station) : port(one.station, one.port);
  changed.delete(its);
  its.value = one;
}

function take(code, data) {
  if (code === 'snapshot') {
    showPicture(data);
    link.value = { state: 'live', since: Date.now() };
  } else if (code === 'changed') {
    keepChanges(data);
  } else {
    heard(data.at);
  }
  for (const listener of listeners) {
    try {
      listener(code, data);
    } catch (error) {
      // One view that fails does not cut the others off.
      console.error(error);
    }
  }
}

async function follow(signal_) {
  for (let failures = 0; !signal_.aborted; failures += 1) {
    try {
      get('service', { signal: signal_ }).then((told) => (service.value = told), () => {});
      await readEvents(EVENTS, (code, data) => {
        failures = 0;
        take(code, data);
      }, signal_);
    } catch (error) {
      if (error.status === 401) {
        tokenNeeded.value = true;
        return;
      }
    }
    if (signal_.aborted) return;
    if (link.value.state !== 'lost') link.value = { state: 'lost', since: Date.now() };
    await new Promise((done) => setTimeout(done, PAUSES_MS[Math.min(failures, PAUSES_MS.length - 1)]));
  }
}

let running;

/** Starts to follow the service, and again whenever the token changes. */
export function start() {
  effect(() => {
    token.value;
    running?.abort();
    running = new AbortController();
    follow(running.signal);
  });
}
