// The arithmetic behind the chart of a device, and the sliders of its parameters.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knob, purpose } from '../../../web/app/views/device/knob.js';
import { apart, bands, edge, scaled, warmth } from '../../../web/app/views/device/paint.js';
import { DAY, HOUR, LONGEST, SHORTEST, indexAt, moved, nearest, pinched, rangeOf, upTo, within, zoomed } from '../../../web/app/views/device/span.js';

const NOW = 1_800_000_000;
const day = upTo(NOW, DAY);

test('a stretch up to now ends a little after it', () => {
  assert.equal(day.to - day.from, DAY);
  assert.ok(day.to > NOW && day.to < NOW + HOUR);
  assert.equal(rangeOf(day), 'day');
});

test('no stretch is longer, shorter or later than there is something to see', () => {
  assert.equal(within({ from: NOW - 10, to: NOW }, NOW).to - within({ from: NOW - 10, to: NOW }, NOW).from, SHORTEST);
  const long = within({ from: 0, to: NOW }, NOW);
  assert.ok(Math.abs(long.to - long.from - LONGEST) < 1);
  assert.ok(within({ from: NOW, to: NOW + 9 * DAY }, NOW).to <= NOW + 9 * DAY * 0.02 + 1);
});

test('zooming keeps the time under the pointer where it is', () => {
  const at = NOW - 20 * HOUR;
  const view = zoomed(day, 0.5, at, NOW);
  const share = ({ from, to }) => (at - from) / (to - from);
  assert.ok(Math.abs(share(view) - share(day)) < 1e-9);
  assert.equal(Math.round(view.to - view.from), DAY / 2);
});

test('moving goes back without an end, and not into the future', () => {
  assert.equal(moved(day, -3 * DAY, NOW).to, day.to - 3 * DAY);
  assert.ok(moved(day, 3 * DAY, NOW).to <= day.to + 1);
});

test('two fingers that go apart show less, and crossed ones nothing', () => {
  const view = pinched(day.from + HOUR, day.from + 2 * HOUR, 0.25, 0.75, NOW);
  assert.equal(Math.round(view.to - view.from), 2 * HOUR);
  assert.equal(pinched(day.from, day.to, 0.7, 0.2, NOW), null);
  assert.equal(pinched(day.from, day.to, 0.5, 0.5, NOW), null);
});

test('the point at and next to a time is found, also in an empty list', () => {
  assert.deepEqual([indexAt([], 5), indexAt([10, 20], 5), indexAt([10, 20], 10), indexAt([10, 20], 99)], [-1, -1, 0, 1]);
  assert.deepEqual([nearest([], 5), nearest([10, 20], 1), nearest([10, 20], 16), nearest([10, 20], 14)], [-1, 0, 1, 0]);
});

test('a scale fills its band', () => {
  const [low, high] = scaled(0, 100, [0.1, 0.6]);
  const share = (value) => 1 - (value - low) / (high - low);
  assert.ok(Math.abs(share(100) - 0.1) < 1e-9);
  assert.ok(Math.abs(share(0) - 0.6) < 1e-9);
});

test('temperatures have room, in whole tens, also when none is known', () => {
  assert.deepEqual(warmth([], []), [20, 40]);
  assert.deepEqual(warmth([null, -3], [51, null]), [-10, 60]);
  assert.equal(edge([0, 100], bands(false), [20, 40]).length, 6);
  assert.equal(edge([0, 100], bands(true), [20, 40]).length, 9);
});

test('of marks that lie on each other the weightiest is left', () => {
  const marks = [['keep', 0], ['rest', 3], ['keep', 5], ['safety', 6], ['keep', 30]].map(([kind, x]) => ({ kind, x }));
  assert.deepEqual(apart(marks, 9).map((mark) => mark.kind), ['safety', 'keep']);
  const many = Array.from({ length: 5000 }, (_, x) => ({ kind: 'keep', x: x / 10 }));
  assert.ok(apart(many, 9).length < 60);
});

test('a slider has the unit and the ends that the words of the rule tell', () => {
  const of = (description, value, more) => knob({ type: 'integer', description, default: value, file: null, value, ...more });
  assert.deepEqual(of('percent: the level', 80), { unit: '%', low: 0, high: 100, step: 1 });
  assert.equal(of('°C: rests', 42, { type: 'number' }).step, 0.5);
  assert.equal(of('minutes to be ready earlier', 20).unit, 'min');
  assert.deepEqual(of('', 700), { unit: '', low: 0, high: 2000, step: 1 });
  assert.equal(of('percent: odd', 400).high, 400);
  assert.equal(of('anything', -5).low, -5);
  assert.equal(knob({ type: 'text', description: '', default: 'a', value: 'a' }), null);
  assert.equal(purpose('percent: charges at this level'), 'Charges at this level');
  assert.equal(purpose(''), '');
});
