// However often somebody wants an answer, it is asked for calmly.
import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';

const listeners = new Set();
const page = {
  hidden: false,
  addEventListener: (name, listener) => listeners.add(listener),
  removeEventListener: (name, listener) => listeners.delete(listener),
};
globalThis.document = page;
const { calmly } = await import('../../../web/app/state/calm.js');

// The timers of node:test are asked for differently in each of its versions.
let clock = 0;
const waiting = new Map();
beforeEach(() => {
  clock = 0;
  page.hidden = false;
  waiting.clear();
  mock.method(performance, 'now', () => clock);
  mock.method(globalThis, 'setTimeout', (run, wait) => {
    const timer = Symbol('timer');
    waiting.set(timer, { run, at: clock + wait });
    return timer;
  });
  mock.method(globalThis, 'clearTimeout', (timer) => waiting.delete(timer));
});

function tick() {
  for (const [timer, { run, at }] of [...waiting]) {
    if (at > clock) continue;
    waiting.delete(timer);
    run();
  }
}

async function pass(ms) {
  for (let n = 0; n < ms; n += 10) {
    clock += 10;
    tick();
    await null;
    await null;
  }
}

/** Something that asks, counts, and answers when it is told to. */
function counted() {
  const asked = { times: 0, answer: null };
  asked.ask = () => {
    asked.times += 1;
    return new Promise((done) => (asked.answer = done));
  };
  return asked;
}

test('the first is asked at once, and a thousand more become one', async () => {
  const asked = counted();
  const calm = calmly(asked.ask, 500);
  calm.soon();
  await pass(10);
  assert.equal(asked.times, 1);
  for (let n = 0; n < 1000; n += 1) calm.soon();
  await pass(2000);
  assert.equal(asked.times, 1, 'while it waits for its answer');
  asked.answer();
  await pass(500);
  assert.equal(asked.times, 2);
  asked.answer();
  await pass(5000);
  assert.equal(asked.times, 2, 'nobody wanted more');
});

test('who asks again with each answer does so twice a second, not for ever', async () => {
  let times = 0;
  const calm = calmly(() => {
    times += 1;
    calm.soon();
  }, 500);
  calm.soon();
  await pass(10_000);
  assert.ok(times >= 18 && times <= 21, `${times}`);
});

test('a wait is kept, and the sooner of two counts', async () => {
  const asked = counted();
  const calm = calmly(asked.ask, 100);
  calm.soon(5000);
  calm.soon(1000);
  calm.soon(9000);
  await pass(900);
  assert.equal(asked.times, 0);
  await pass(200);
  assert.equal(asked.times, 1);
});

test('while nobody looks nothing is asked, and then once', async () => {
  const asked = counted();
  const calm = calmly(asked.ask, 100);
  page.hidden = true;
  for (let n = 0; n < 50; n += 1) calm.soon();
  await pass(3000);
  assert.equal(asked.times, 0);
  page.hidden = false;
  for (const listener of listeners) listener();
  await pass(100);
  assert.equal(asked.times, 1);
});

test('a question that fails is not the last', async () => {
  let times = 0;
  const calm = calmly(() => {
    times += 1;
    return Promise.reject(new Error('no')).catch(() => {});
  }, 100);
  calm.soon();
  await pass(200);
  calm.soon();
  await pass(200);
  assert.equal(times, 2);
});

test('what is over listens to nothing any more', async () => {
  const asked = counted();
  const before = listeners.size;
  const calm = calmly(asked.ask, 100);
  calm.soon(50);
  calm.stop();
  await pass(1000);
  calm.soon();
  await pass(1000);
  assert.equal(asked.times, 0);
  assert.equal(listeners.size, before);
});
