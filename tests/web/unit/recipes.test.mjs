// The lines that make a phone report do it: the shell's are run by a real shell, whatever the device is called.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { PROGRAMS, isLocal, phoneLink, recipe, shellWord, slug } from '../../../web/app/views/setup/recipes.js';

const NAMES = ['pixel-7', "Dana's $(reboot) `x` \"phone\"", '📱 <b>ä</b>', 'הטלפון של דנה', 'a\\nb %s %BATT {{ 7*7 }}', 'W'.repeat(64)];
const TOKEN = 'scs_abc-DEF_123';

let folder;
let server;
let address;
const heard = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'scs-recipes-'));
  server = http.createServer(async (ask, answer) => {
    let body = '';
    for await (const piece of ask) body += piece;
    heard.push({ url: ask.url, method: ask.method, authorization: ask.headers.authorization, type: ask.headers['content-type'], body: JSON.parse(body) });
    answer.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  address = `http://127.0.0.1:${server.address().port}`;
});

after(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

async function shell(text, more = {}) {
  const child = spawn('sh', ['-eu'], { cwd: folder, env: { ...process.env, HOME: folder, ...more }, stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (piece) => (complaint += piece));
  child.stdin.end(text);
  const [code] = await once(child, 'close');
  assert.equal(code, 0, complaint);
}

const block = (steps, key) => steps.find((step) => step.key === key).block;

for (const device of NAMES) {
  test(`curl reports ${device}`, async () => {
    await shell(block(recipe('curl', { address, device, token: TOKEN }), 'recipe.curl_run'));
    assert.deepEqual(heard.pop(), {
      url: '/api/v1/reports',
      method: 'POST',
      authorization: `Bearer ${TOKEN}`,
      type: 'application/json',
      body: { device, level: 57, charging: true },
    });
  });

  test(`Termux reports ${device}`, async () => {
    const says = (status, level) => `{\n  "health": "GOOD",\n  "percentage": ${level},\n  "plugged": "PLUGGED_AC",\n  "status": "${status}",\n  "temperature": 31.2,\n  "current": -415527\n}`;
    const stand = join(folder, 'termux-battery-status');
    const steps = recipe('termux', { address, device, token: '' });
    await shell(block(steps, 'recipe.termux_script'));
    for (const [status, level, charging] of [['CHARGING', 57, true], ['DISCHARGING', 8, false], ['NOT_CHARGING', 80, false], ['FULL', 100, null]]) {
      await writeFile(stand, `#!/bin/sh\ncat <<'E'\n${says(status, level)}\nE\n`);
      await chmod(stand, 0o700);
      await shell(block(steps, 'recipe.termux_try'), { PATH: `${folder}:${process.env.PATH}` });
      const { body, authorization } = heard.pop();
      assert.deepEqual(body, { device, level, charging, temperature: 31.2 });
      assert.equal(authorization, undefined);
    }
  });

  test(`Tasker's body for ${device} is JSON once the level is in it`, () => {
    const { fields } = recipe('tasker', { address, device, token: TOKEN }).find((step) => step.fields);
    const body = fields.find(({ label }) => label === 'Body').text.replaceAll('%BATT', '57');
    assert.deepEqual(JSON.parse(body), { device, level: 57 });
  });

  test(`the link for ${device} carries device and token behind #, where no server sees them`, () => {
    const link = new URL(phoneLink('http://10.0.0.2:5000/', { device, program: 'tasker', token: TOKEN }));
    const [path, query] = link.hash.slice(2).split('?');
    assert.equal(decodeURIComponent(path.split('/')[2]), device);
    assert.equal(new URLSearchParams(query).get('token'), TOKEN);
    assert.equal(link.pathname + link.search, '/');
  });

  test(`Home Assistant's template for ${device} holds nothing that ends its text`, () => {
    const text = block(recipe('homeassistant', { address, device, token: TOKEN }), 'recipe.ha_file');
    const literal = text.match(/\{"device": ("(?:[^"\\]|\\.)*")/)[1];
    assert.equal(JSON.parse(literal), device);
    assert.doesNotMatch(literal, /[{}%]/);
  });
}

test('without a token no line speaks of one', () => {
  for (const program of PROGRAMS) {
    assert.doesNotMatch(JSON.stringify(recipe(program, { address, device: 'x', token: '' })), /bearer/i, program);
  }
});

test('a word for the shell stays one word', async () => {
  await shell(`test ${shellWord("it's $HOME `id` \\ !")} = "it's \\$HOME \\\`id\\\` \\\\ !"`);
});

test('addresses that only this machine understands are known', () => {
  for (const one of ['http://localhost:5000', 'http://127.0.0.1', 'http://127.8.0.1:1/x', 'http://[::1]:5000']) assert.ok(isLocal(one), one);
  for (const one of ['http://192.168.1.2:5000', 'http://pi.local', 'https://localhost.example', 'nothing']) assert.ok(!isLocal(one), one);
});

test('entities of Home Assistant are called as it calls them', () => {
  assert.equal(slug('Pixel 7-Pro'), 'pixel_7_pro');
  assert.equal(slug('Küche'), 'kuche');
  assert.equal(slug('📱'), 'phone');
});
