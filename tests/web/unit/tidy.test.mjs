// What is easy to leave behind in a page without a compiler: exports and imports that nobody uses, files that grew too long.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const HERE = dirname(fileURLToPath(import.meta.url));
const WEB = resolve(HERE, '../../../web');
const MOST_LINES = 400;

const all = (folder, ends) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((name) => ends.test(name) && !name.includes('node_modules'));
const scripts = new Map(all(join(WEB, 'app'), /\.js$/).map((path) => [path, readFileSync(path, 'utf8')]));
const tests = all(resolve(HERE, '..'), /\.mjs$/).map((path) => [path, readFileSync(path, 'utf8')]);
const short = (path) => relative(WEB, path);
const word = (name) => new RegExp(`(?<![\\w$]|(?<!\\.\\.)\\.)${name.replace('$', '\\$')}(?![\\w$])`);

/** `[{names: [[outside, inside]], from}]` of the imports of a text. */
function imports(text) {
  return [...text.matchAll(/^import (?:(\w+)(?:, )?)?(?:\{([^}]*)\} )?(?:from )?'([^']+)';/gm)].map(([, whole, some = '', from]) => ({
    from,
    names: [...(whole ? [['default', whole]] : []), ...some.split(',').map((one) => one.trim()).filter(Boolean).map((one) => {
      const [outside, inside = outside] = one.split(' as ');
      return [outside, inside];
    })],
  }));
}

test('every import is used, and what it is from is there', () => {
  const idle = [];
  for (const [path, text] of scripts) {
    const rest = text.replace(/^import .*$/gm, '').replace(/^\s*(\/\/|\/?\*).*$/gm, '');
    for (const { names, from } of imports(text)) {
      const target = join(dirname(path), from);
      if (!from.includes('/vendor/') && !scripts.has(target)) idle.push(`${short(path)}: ${from} is not there`);
      for (const [, name] of names) if (!word(name).test(rest)) idle.push(`${short(path)}: ${name}`);
    }
  }
  assert.deepEqual(idle, []);
});

test('every export is used elsewhere in the page, or tried by a test', () => {
  const used = new Set();
  for (const [path, text] of scripts) {
    for (const { names, from } of imports(text)) for (const [name] of names) used.add(`${join(dirname(path), from)} ${name}`);
    // Views and sheets come when they are wanted: `const { Sheet } = await import('./sheet.js')`.
    for (const [, from] of text.matchAll(/import\('([^']+)'\)/g)) {
      for (const name of text.match(/\b[A-Z]\w+/g) ?? []) used.add(`${join(dirname(path), from)} ${name}`);
    }
  }
  for (const [path, text] of tests) {
    for (const [, some] of text.matchAll(/(?:import|const) \{([^}]*)\} (?:from|= await import)/g)) {
      for (const name of some.split(',').map((one) => one.trim().split(/ as |: /)[0])) used.add(`${path} ${name}`);
    }
  }
  const tried = new Set([...used].map((one) => one.split(' ')).filter(([path]) => path.endsWith('.mjs')).map(([, name]) => name));
  const idle = [];
  for (const [path, text] of scripts) {
    for (const [, name] of text.matchAll(/^export (?:async )?(?:function|const|class|let) (\w+)/gm)) {
      if (!used.has(`${path} ${name}`) && !tried.has(name)) idle.push(`${short(path)}: ${name}`);
    }
  }
  assert.deepEqual(idle, []);
});

test(`no script, style or test has ${MOST_LINES} lines`, () => {
  const styles = all(join(WEB, 'style'), /\.css$/).map((path) => [path, readFileSync(path, 'utf8')]);
  const long = [...scripts, ...styles, ...tests].filter(([, text]) => text.split('\n').length > MOST_LINES).map(([path]) => short(path));
  assert.deepEqual(long, []);
});
