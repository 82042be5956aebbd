// By when a device is to be ready: read from the parameters of its rule, and written back as they were meant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dueProblem, dueValues, readDays, readDue, writeDays } from '../../../web/app/views/ready/due.js';

const NOW = '2026-11-24 07:00';
const days = (text) => readDays(text).map((on) => (on ? 1 : 0)).join('');

test('days are read as the service reads them', () => {
  assert.deepEqual(['Mon-Fri', 'sat, Sunday', 'Sat-Mon', 'Wed', 'Mon-Sun', ''].map(days),
    ['1111100', '0000011', '1000011', '0010000', '1111111', '0000000']);
});

test('days that are written are read as the same', () => {
  for (let set = 1; set < 128; set += 1) {
    const chosen = Array.from({ length: 7 }, (_, day) => Boolean(set & (1 << day)));
    assert.deepEqual(readDays(writeDays(chosen)), chosen, writeDays(chosen));
  }
  assert.equal(writeDays(readDays('Mon,Tue,Wed,Sat,Sun')), 'Mon-Wed, Sat, Sun');
});

test('a time of day counts on days, a date once, and one that is over never', () => {
  const read = (by) => readDue({ by, days: 'Mon-Fri', target: 90 }, NOW);
  assert.deepEqual([read('06:30').kind, read('2026-12-24 07:00').kind, read('2020-01-01 00:00').kind], ['days', 'once', 'never']);
  const { time, date, level } = read('2026-12-24 07:00');
  assert.deepEqual([time, date, level], ['07:00', '2026-12-24', 90]);
  assert.deepEqual([read('06:30').date, read('07:30').date], ['2026-11-25', '2026-11-24'], 'once would be the next time');
  assert.equal(read('half past six').time, '', 'what cannot be read is asked for');
});

test('only what counts for a choice is set', () => {
  const chosen = { time: '06:30', date: '2026-12-24', days: readDays('Sat, Sun'), level: 80 };
  assert.deepEqual(dueValues({ ...chosen, kind: 'days' }), { target: 80, days: 'Sat, Sun', by: '06:30' });
  assert.deepEqual(dueValues({ ...chosen, kind: 'once' }), { target: 80, by: '2026-12-24 06:30' });
  const { by, ...others } = dueValues({ ...chosen, kind: 'never' });
  assert.ok(by < NOW);
  assert.deepEqual(others, {});
});

test('what is missing or over is told', () => {
  const chosen = { kind: 'days', time: '06:30', date: '2026-11-24', days: readDays('Sat'), level: 80 };
  const problem = (more) => dueProblem({ ...chosen, ...more }, NOW);
  assert.equal(problem({}), null);
  assert.equal(problem({ time: '' }), 'ready.due_no_time');
  assert.equal(problem({ days: readDays('') }), 'ready.due_no_day');
  assert.equal(problem({ kind: 'once' }), 'ready.due_past');
  assert.equal(problem({ kind: 'once', date: '' }), 'ready.due_no_time');
  assert.equal(problem({ kind: 'once', time: '07:30' }), null);
  assert.equal(problem({ kind: 'never', time: '' }), null);
});
