// Runs the tests of the page, one file after the other: all, or those whose names contain a word that is given.
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';

// Far more than the slowest file takes: a browser that hangs ends the run all the same.
const FILE_TIMEOUT_MS = 900_000;

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const files = ['unit', 'views']
  .flatMap((folder) => readdirSync(join(here, folder)).sort().map((name) => join(here, folder, name)))
  .filter((name) => name.endsWith('.test.mjs') && (words.length === 0 || words.some((word) => name.includes(word))));
if (files.length === 0) {
  console.error(`no test is called ${words.join(' or ')}`);
  process.exit(2);
}
process.chdir(here);
const results = run({ files, concurrency: 1, timeout: FILE_TIMEOUT_MS });
results.on('test:fail', () => (process.exitCode = 1));
results.compose(new spec()).pipe(process.stdout);
