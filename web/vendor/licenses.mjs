// Prints the licences of all packages that the files in this folder are made of. Called by update.sh.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2];
const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
const places = Object.entries(lock.packages).filter(([place, entry]) => place && !entry.dev).map(([place]) => place);

console.log('# Licences of what the page is made with\n\nMade by update.sh.');
for (const place of places.sort()) {
  const home = join(folder, place);
  const about = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const file = readdirSync(home).find((name) => /^licen[cs]e/i.test(name));
  const text = file ? readFileSync(join(home, file), 'utf8').trim() : ours(about);
  console.log(`\n## ${about.name} ${about.version} (${about.license})\n\n\`\`\`\n${text}\n\`\`\``);
}

// A package that brings no text says at least who wrote it and where the text is.
function ours(about) {
  const author = typeof about.author === 'string' ? about.author : about.author?.name;
  if (!author || !about.license) throw new Error(`${about.name} names no author or no licence`);
  return `Copyright ${author}\nThe ${about.license} licence, https://spdx.org/licenses/${about.license}.html`;
}
