// Events are read whole, however the network cuts them; addresses of views are taken apart and put together.
import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.assign(globalThis, {
  location: { hash: '' },
  localStorage: { getItem: () => null },
  addEventListener: () => {},
});
const { parser } = await import('../../../web/app/state/stream.js');
const { href, parse } = await import('../../../web/app/router.js');

const STREAM = ': hello\r\n\r\nevent: snapshot\ndata: {"a":1}\n\nevent: x\ndata: {"text":\ndata: "ä📱"}\n\ndata: 3\n\n';
const WANTED = [['snapshot', { a: 1 }], ['x', { text: 'ä📱' }], ['message', 3]];

test('events come out the same wherever the stream is cut', () => {
  for (let cut = 0; cut <= STREAM.length; cut += 1) {
    const heard = [];
    const read = parser((code, data) => heard.push([code, data]));
    read(STREAM.slice(0, cut));
    read(STREAM.slice(cut));
    assert.deepEqual(heard, WANTED, `cut at ${cut}`);
  }
});

test('events come out one character at a time', () => {
  const heard = [];
  const read = parser((code, data) => heard.push([code, data]));
  for (const one of STREAM) read(one);
  assert.deepEqual(heard, WANTED);
});

test('names of any kind go into an address and come out again', () => {
  for (const name of ['pixel-7', 'a/b?c#d', '100 % ä', '📱', '<b>', '..']) {
    const { area, rest, query } = parse(href`devices/${name}`);
    assert.deepEqual([area, rest, [...query]], ['devices', [name], []]);
  }
});

test('an address that cannot be decoded is taken as it is', () => {
  assert.deepEqual(parse('#/devices/%E0%A4%A').rest, ['%E0%A4%A']);
});

test('parts and question of an address are told apart', () => {
  const { area, rest, query } = parse('#/setup/phone/x?program=curl&token=a%26b');
  assert.deepEqual([area, rest, query.get('program'), query.get('token')], ['setup', ['phone', 'x'], 'curl', 'a&b']);
  assert.deepEqual(parse('').area, '');
});
