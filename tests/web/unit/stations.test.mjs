// What the views of stations and of readiness are made from: needs, layout, levels, wishes and who is ready when.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSight, step } from '../../../web/app/parts/rows.js';
import { expected, obstacle, sorted } from '../../../web/app/views/ready/readiness.js';
import { marks } from '../../../web/app/views/stations/band.js';
import { columnsFor, rowsOf } from '../../../web/app/views/stations/layout.js';
import { gathered, heat, needsOf, worst } from '../../../web/app/views/stations/needs.js';
import { wish } from '../../../web/app/views/stations/wish.js';

const PORT = {
  station: 'desk', port: 3, device: 'pixel-7', power: 'off', online: true, alarm: null, problem: null, fault: null, unwell: null,
  unknown_device: null, held_by: null, waits_since: null, battery: { level: 50, charging: false, temperature: 24 }, decision: null,
};
const port = (more) => ({ ...PORT, ...more });
const keys = (needs) => needs.map((one) => `${one.kind} ${one.key.replace('stations.need_', '')}`);

test('a port that is well needs nobody', () => assert.deepEqual(needsOf(port(), null), []));

test('the worst of a port comes first', () => {
  const fault = { code: 'not_charging', since: '2026-11-23T08:00:00Z', message: 'try another cable' };
  const plan = { in_time: false, deadline: { at: '2026-11-24T06:00:00Z', level: 100 }, reason: 'too late' };
  const alarm = { since: '2026-11-23T09:00:00Z', wanted: 'on', message: 'no answer' };
  const all = needsOf(port({ alarm, fault, problem: { message: 'no' }, online: false }), plan);
  assert.deepEqual(keys(all), ['bad alarm_on', 'bad not_charging', 'bad late', 'warn silent']);
  assert.equal(all[1].message, 'try another cable');
});

test('who holds a port knows that it will be late', () => {
  const plan = { in_time: false, deadline: { at: '2026-11-24T06:00:00Z', level: 100 } };
  assert.deepEqual(keys(needsOf(port({ held_by: { of: 'port', mode: { mode: 'off' } } }), plan)), ['warn late']);
});

test('a device that never reported is not silent', () => {
  assert.deepEqual(needsOf(port({ battery: null, online: false }), null), []);
});

test('of all ports the bad ones are told first', () => {
  const silent = port({ port: 1, online: false });
  const broken = port({ port: 2, problem: { message: 'gone' } });
  assert.deepEqual(worst([silent, port(), broken], () => null).map((one) => one.port.port), [2, 1]);
});

test('what many ports have from their hub is told once, what each has by itself is told of each', () => {
  const problem = { code: 'port_missing', message: 'no such hub' };
  const list = [1, 2, 3].map((number) => port({ port: number, problem }));
  const others = [4, 5, 6].map((number) => port({ port: number, fault: { code: 'not_charging', message: 'try another cable' } }));
  const all = gathered(worst([...list, ...others, port({ port: 7, station: 'other', problem })], () => null));
  assert.deepEqual(all.map((one) => [one.port.port, one.ports]), [[1, 3], [4, 1], [5, 1], [6, 1], [7, 1]]);
  assert.deepEqual(keys(needsOf(port({ problem: { code: 'hub_missing', message: 'gone' } }), null)), ['bad no_hub']);
});

test('heat is told from 38 degrees on, and when the service says so', () => {
  const at = (temperature, safeguard) => heat(port({ battery: { temperature }, decision: { safeguard } }));
  assert.deepEqual([at(37.9), at(38), at(45), at(41, 'too_hot'), at(null)], [null, 'warm', 'hot', 'hot', null]);
  assert.equal(heat(port({ battery: null })), null);
});

test('ports stand in even rows where that is possible', () => {
  const wide = 76;
  assert.deepEqual([1, 4, 7, 10, 12, 13, 16, 1000].map((count) => columnsFor(count, wide)), [3, 4, 4, 5, 4, 5, 4, 5]);
  assert.deepEqual([1, 7, 16].map((count) => columnsFor(count, 20)), [1, 1, 1]);
  assert.equal(columnsFor(0, 0), 1);
});

test('rows in sight are few, and never outside the list', () => {
  assert.deepEqual(inSight(200, 800, 100, 250), [0, 10]);
  assert.deepEqual(inSight(-10_000, 800, 100, 250), [96, 112]);
  assert.deepEqual(inSight(-90_000, 800, 100, 250), [250, 250]);
  assert.deepEqual(inSight(5000, 800, 100, 250), [0, 0]);
});

test('arrow keys stay in the list', () => {
  assert.deepEqual(['ArrowRight', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Home', 'End', 'a'].map((key) => step(key, 5, 8, 4)),
    [6, 4, null, 1, 0, 7, null]);
});

test('what a person holds is marked before what rules want', () => {
  const kept = port({ low: 20, high: 80 });
  const held = (mode) => ({ ...kept, held_by: { mode } });
  assert.deepEqual(marks(kept), { low: 20, high: 80 });
  assert.deepEqual(marks(held({ mode: 'hold', level: 60 })), { low: 56, high: 60 });
  assert.deepEqual(marks(held({ mode: 'once', level: 100 })), { low: null, high: null });
  assert.deepEqual(marks(held({ mode: 'off' })), { low: null, high: null });
  assert.deepEqual(marks(port({ low: null, high: 100 })), { low: null, high: null });
});

test('a wish says no more than what was chosen', () => {
  const chosen = { level: 70, end: 'h2', clock: '18:00', keep: '2026-11-24T06:00:00Z' };
  assert.deepEqual(wish({ ...chosen, kind: 'auto' }), { mode: 'auto' });
  assert.deepEqual(wish({ ...chosen, kind: 'on' }), { mode: 'on', for: '2 h' });
  assert.deepEqual(wish({ ...chosen, kind: 'once', end: 'unplugged' }), { mode: 'once', level: 70, until: 'unplugged' });
  assert.deepEqual(wish({ ...chosen, kind: 'hold', end: 'time' }), { mode: 'hold', level: 70, until: '18:00' });
  assert.deepEqual(wish({ ...chosen, kind: 'off', end: 'keep' }), { mode: 'off', until: '2026-11-24T06:00:00Z' });
  assert.deepEqual(wish({ ...chosen, kind: 'off', end: 'none' }), { mode: 'off' });
});

const NOW = Date.parse('2026-11-24T00:00:00Z');
const entry = (more) => ({
  port: 1, device: 'a', level: 40, deadline: { at: '2026-11-24T06:00:00Z', level: 100 }, start: '2026-11-24T02:00:00Z',
  minutes: 180, ready_at: '2026-11-24T05:00:00Z', in_time: true, reason: 'because', ...more,
});

test('the level at the deadline is what the plan says, or how far it will have come', () => {
  assert.equal(expected(entry(), NOW), 100);
  assert.equal(expected(entry({ level: 100, deadline: { at: '2026-11-24T06:00:00Z', level: 80 } }), NOW), 100);
  assert.equal(expected(entry({ in_time: false, start: '2026-11-23T20:00:00Z', ready_at: '2026-11-24T12:00:00Z' }), NOW), 70);
  assert.equal(expected(entry({ in_time: false, ready_at: null }), NOW), null);
  assert.equal(expected(entry({ in_time: false, level: null }), NOW), null);
  assert.equal(expected(entry({ in_time: false, ready_at: '2026-11-23T12:00:00Z' }), NOW), null);
});

test('what stands in the way is a person, a fault, heat, the budget, or what the plan says', () => {
  const late = entry({ in_time: false });
  assert.equal(obstacle(port(), entry()), null);
  assert.deepEqual(obstacle(port({ held_by: { mode: { mode: 'off' } } }), late), { held: { mode: 'off' } });
  assert.equal(obstacle(port({ fault: { code: 'not_charging' } }), late).key, 'stations.need_not_charging');
  assert.equal(obstacle(port({ battery: { level: 1, temperature: 46 } }), late).key, 'ready.hot');
  assert.equal(obstacle(port({ waits_since: '2026-11-24T00:00:00Z' }), late).key, 'stations.waits');
  assert.deepEqual(obstacle(port(), late), { readyAt: '2026-11-24T05:00:00Z' });
  assert.deepEqual(obstacle(port(), { ...late, ready_at: null }), { text: 'because' });
  assert.deepEqual(obstacle(null, { ...late, minutes: null }), { text: 'because' });
  assert.equal(obstacle(port({ online: false }), entry()).key, 'stations.need_silent');
  assert.equal(obstacle(port({ online: false }), entry({ level: 100 })), null);
});

test('who will not be ready comes first, then who may not be, then the next day, then the others', () => {
  const entries = [
    entry({ port: 1, deadline: { at: '2026-11-27T06:00:00Z', level: 100 } }),
    entry({ port: 2 }),
    entry({ port: 3, in_time: false }),
    entry({ port: 4, deadline: { at: '2026-11-24T05:00:00Z', level: 100 } }),
    entry({ port: 5, deadline: null, in_time: null }),
    entry({ port: 6, device: null, deadline: null }),
  ];
  const silent = entry({ port: 7 });
  const groups = sorted([{ station: 'desk', entries: [...entries, silent] }], NOW, (_, number) => port({ online: number !== 7 }));
  const numbers = Object.fromEntries(Object.entries(groups).map(([name, list]) => [name, list.map((one) => one.entry.port)]));
  assert.deepEqual(numbers, { late: [3], doubt: [7], day: [4, 2], later: [1], never: [5] });
});

test('ports stand in the rows of the housing, where all of them are told', () => {
  assert.deepEqual(rowsOf([[1, 3], [2, 4]], [1, 2, 3, 4]), [[1, 3], [2, 4]]);
  for (const told of [undefined, [], [[1, 3]]]) assert.deepEqual(rowsOf(told, [1, 2]), [[1, 2]]);
});
