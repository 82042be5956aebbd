// Every text is there in every language, with the same values in it, and no key is used that does not exist.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { LANGUAGES } from '../../../web/app/early.js';

const WEB = resolve(dirname(fileURLToPath(import.meta.url)), '../../../web');
const read = (...parts) => readFileSync(join(WEB, ...parts), 'utf8');
const files = readdirSync(join(WEB, 'words')).sort();
const areas = [...new Set(files.map((name) => name.split('.')[0]))];
const languages = Object.keys(LANGUAGES);
const texts = (area, tag) => JSON.parse(read('words', `${area}.${tag}.json`));
const values = (text) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))].sort().join();
const stems = (all) => [...new Set(Object.keys(all).map((key) => key.replace(/#\w+$/, '')))].sort();
/** Languages differ in their forms of plural: English has two, Polish four. */
const forms = (tag) => new Intl.PluralRules(tag).resolvedOptions().pluralCategories;

function sources(folder = 'app') {
  return readdirSync(join(WEB, folder), { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(`${folder}/${entry.name}`) : entry.name.endsWith('.js') ? [`${folder}/${entry.name}`] : []);
}

test('each area has a file in each language, and no other files are there', () => {
  assert.deepEqual(files, areas.flatMap((area) => languages.map((tag) => `${area}.${tag}.json`)).sort());
});

for (const area of areas) {
  test(`texts of ${area} are the same in all languages`, () => {
    const base = texts(area, 'en');
    for (const tag of languages) {
      const other = texts(area, tag);
      assert.deepEqual(stems(other), stems(base), `${area}.${tag}.json`);
      for (const [key, text] of Object.entries(other)) {
        const [stem, form] = key.split('#');
        assert.ok(!form || (forms(tag).includes(form) && `${stem}#other` in other), `${key} in ${tag}`);
        assert.equal(values(text), values(base[key] ?? base[`${stem}#other`]), `values of ${key} in ${tag}`);
        assert.notEqual(text.trim(), '', `${key} in ${tag}`);
      }
    }
  });
}

test('no key is in two files', () => {
  const all = areas.flatMap((area) => Object.keys(texts(area, 'en')));
  assert.deepEqual(all.filter((key, n) => all.indexOf(key) !== n), []);
});

test('a key in the code has a text, and each text is used', () => {
  const known = new Set(areas.flatMap((area) => Object.keys(texts(area, 'en'))).map((key) => key.replace(/#\w+$/, '')));
  const code = sources().map((name) => read(name)).join('\n');
  const used = [...code.matchAll(/['"`]([a-z]+\.[a-z0-9_.]+)['"`]/g)].map(([, key]) => key).filter((key) => areas.includes(key.split('.')[0]));
  const missing = used.filter((key) => !known.has(key) && !/\.(js|json|mjs|css|svg|ron|db)$/.test(key));
  assert.deepEqual([...new Set(missing)], [], 'keys without a text');
  // A key may be put together: `setup.role_${role}`; then its beginning is in the code.
  const starts = [...code.matchAll(/`([a-z]+\.[a-z0-9_.]*)\$\{/g)].map(([, start]) => start);
  const idle = [...known].filter((key) => !used.includes(key) && !starts.some((start) => key.startsWith(start)) && !code.includes(key.split('.').slice(1).join('.')));
  assert.deepEqual(idle, [], 'texts that nothing uses');
});

test('the first view uses words that come with it', () => {
  const FIRST = ['app', 'stations'];
  const seen = new Set();
  const reach = (path) => {
    if (seen.has(path) || path.includes('/vendor/')) return;
    seen.add(path);
    for (const [, from] of readFileSync(path, 'utf8').matchAll(/^import .*'([^']+)';|import\('([^'`]+)'\)/gm)) if (from) reach(join(dirname(path), from));
  };
  reach(join(WEB, 'app/main.js'));
  for (const later of ['sheet', 'stationsheet']) reach(join(WEB, `app/views/stations/${later}.js`));
  const strange = [...seen].flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/['"`]([a-z]+)\.[a-z0-9_.]+[${'"`]/g)]
    .filter(([, area]) => areas.includes(area) && !FIRST.includes(area)).map(([text]) => `${path.slice(WEB.length + 1)}: ${text}`));
  assert.deepEqual(strange, []);
});

test('German speaks to nobody by du or Sie, and calls a port by one name', () => {
  const address = /\b(du|dich|dir|deine?[rsnm]?|ihnen|nimm|gib)\b|(kommen|dürfen|können|haben|wenden|müssen|sollen) Sie\b|\bPorts?\b|\b(der|einen) Token\b/i;
  const all = areas.flatMap((area) => Object.entries(texts(area, 'de')));
  assert.deepEqual(all.filter(([, text]) => address.test(text.replace(/\{\w+\}/g, ''))), []);
});
