// Starts the real program for a test, in a folder of its own, and stops it again.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
/** The program under test. */
export const BINARY = resolve(process.env.SCS_BIN ?? join(ROOT, 'target/debug/scs'));
/** A busy machine takes its time to make a database. */
const PATIENCE_MS = 180_000;

/** What the station `demo` uses, and one that nobody uses. Each rule more is checked and tried at every start and change. */
const RULES = ['cool-down', 'keep-between', 'ready-by', 'storage'];

/**
 * A folder with some of the shipped rules, or all, and the station `demo`; `station` is the text of another one, `settings` that of
 * settings.ron. Removed by `remove()`.
 */
export async function makeFolder({ station, settings = '()', rules = RULES } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'scs-web-'));
  await mkdir(join(folder, 'stations'));
  const isWanted = (path) => rules === 'all' || path.endsWith('rules') || rules.includes(basename(path).split('.')[0]);
  await cp(join(ROOT, 'rules'), join(folder, 'rules'), { recursive: true, filter: isWanted });
  if (station) await writeFile(join(folder, 'stations/demo.ron'), station);
  else await cp(join(ROOT, 'stations/demo.ron'), join(folder, 'stations/demo.ron'));
  await writeFile(join(folder, 'settings.ron'), settings);
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Runs the program in `folder` until it says where it listens: `{url, stop}`. */
export async function start(folder, args) {
  const child = spawn(BINARY, args, {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, NO_COLOR: '1', COLUMNS: '200' },
  });
  let said = '';
  const url = await new Promise((found, refuse) => {
    const failed = (error) => {
      child.kill('SIGKILL');
      refuse(error);
    };
    const timer = setTimeout(() => failed(new Error(`the service does not start:\n${said}`)), PATIENCE_MS);
    const listen = (text) => {
      if (said.length < 1e6) said += text;
      const match = said.match(/(?:http:\/\/|address=)(127\.0\.0\.1:\d+)/);
      if (!match) return;
      clearTimeout(timer);
      found(`http://${match[1]}`);
    };
    child.stdout.setEncoding('utf8').on('data', listen);
    child.stderr.setEncoding('utf8').on('data', listen);
    child.once('exit', (code) => failed(new Error(`the service ended with ${code}:\n${said}`)));
    child.once('error', failed);
  });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
    await gone;
    clearTimeout(timer);
  };
  return { url, stop, said: () => said };
}

/** `scs demo` on a free port with its own files: `{url, api, folder, stop, restart}`. */
export async function demo({ station, settings, rules, speed = 60 } = {}) {
  const { folder, remove } = await makeFolder({ station, settings, rules });
  const history = join(folder, 'history.db');
  const run = (listen) => start(folder, ['demo', '--speed', String(speed), '--history', history, '--listen', listen]);
  return kept(await begin(() => run('127.0.0.1:0'), remove), run, folder, remove);
}

/** `scs run`: the real clock, and whatever `settings` say; on a free port. */
export async function service({ station, settings = {}, tokens = [] } = {}) {
  const text = settingsText(settings);
  const { folder, remove } = await makeFolder({ station, settings: text });
  const secrets = {};
  for (const [name, role] of tokens) secrets[name] = await makeToken(folder, name, role);
  const run = (listen) => {
    process.env.SCS_LISTEN = listen;
    return start(folder, ['run']).finally(() => delete process.env.SCS_LISTEN);
  };
  return { ...kept(await begin(() => run('127.0.0.1:0'), remove), run, folder, remove), secrets };
}

function settingsText({ access = 'Auto' }) {
  return `(http: (access: ${access}), history: (path: "history.db"))`;
}

async function makeToken(folder, name, role) {
  const child = spawn(BINARY, ['token', 'add', name, '--role', role], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  await once(child, 'close');
  return said.trim().split('\n').at(-1);
}

async function begin(run, remove) {
  try {
    return await run();
  } catch (error) {
    await remove();
    throw error;
  }
}

function kept(first, run, folder, remove) {
  let running = first;
  const { url } = first;
  return {
    url,
    folder,
    api: apiOf(url),
    said: () => running.said(),
    pause: () => running.stop(),
    resume: async () => void (running = await run(url.replace('http://', ''))),
    stop: async () => {
      await running.stop();
      await remove();
    },
  };
}

/** The REST API as a program uses it: `api('PUT', 'stations/demo/mode', {...})` answers JSON, or throws. */
export function apiOf(url, token) {
  return async (method, where, body) => {
    const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body !== undefined && { 'content-type': 'application/json' }) };
    const answer = await fetch(`${url}/api/v1/${where}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw Object.assign(new Error(`${method} ${where}: ${answer.status} ${text}`), { status: answer.status });
    return text ? JSON.parse(text) : null;
  };
}

/** Asks again until `check` of what `ask` answers is true; within the patience that a busy machine needs. */
export async function until(ask, check, what = 'it is so') {
  const end = Date.now() + PATIENCE_MS / 4;
  let last;
  for (;;) {
    last = await ask();
    if (check(last)) return last;
    if (Date.now() > end) throw new Error(`not in time: ${what}; last: ${JSON.stringify(last)?.slice(0, 600)}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}
