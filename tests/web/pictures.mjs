// Makes the pictures of the page for the documentation, docs/pictures/web-*.png, from a demonstration in full swing: all, or those named.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launch, open } from './support/browser.mjs';
import { apiOf, demo } from './support/service.mjs';
import { complete, views } from './support/views.mjs';

const FOLDER = resolve(dirname(fileURLToPath(import.meta.url)), '../../docs/pictures');
const DESK = { width: 1280, height: 800 };
const PHONE = { width: 360, height: 740, touch: true };
/** For charts to have something to draw, and for somebody to be late. */
const SPEED = 600;
const WARM_UP_MS = 60_000;
/** A chart is drawn, and fonts are there. */
const SETTLE_MS = 1500;

/** What a picture waits for beside its view; a debug build tries a rule for a while. */
const WAITS = {
  rule: (page) => page.getByText('tests hold').first().waitFor(),
  phone: (page) => page.locator('svg.setup-qr').waitFor(),
};

const SHOTS = [
  ...Object.keys(views()).map((view) => ({ view, ...DESK })),
  ...['stations', 'device'].map((view) => ({ view, name: `${view}-dark`, dark: true, ...DESK })),
  ...['stations', 'ready', 'device'].map((view) => ({ view, name: `${view}-phone`, ...PHONE })),
  { view: 'stations', name: 'sheet', steps: openSheet, ...DESK },
  { view: 'stations', name: 'sheet-phone', steps: openSheet, ...PHONE },
];
const names = process.argv.slice(2);
const isWanted = ({ view, name = view }) => names.length === 0 || names.includes(name);

async function shoot(chrome, url, { view, name = view, steps, ...options }) {
  const page = await open(chrome, 'about:blank', options);
  await page.addInitScript(() => localStorage.setItem('scs.address', 'http://192.168.1.20:5000'));
  await page.goto(`${url}/#${view === 'why' ? await ruled(url) : views()[view]}`);
  await complete(page);
  await WAITS[view]?.(page);
  await steps?.(page);
  await page.waitForTimeout(SETTLE_MS);
  await page.screenshot({ path: join(FOLDER, `web-${name}.png`) });
  await page.leave();
}

/** The latest decision of a rule: more is to be seen there than where nobody had an opinion. */
async function ruled(url) {
  const { decisions } = await apiOf(url)('GET', 'decisions?device=pixel-8&limit=200');
  const { station, id } = decisions.find(({ by }) => by === 'policy');
  return `/why/${station}/${id}`;
}

async function openSheet(page) {
  await page.locator('.stations-tile').nth(1).click();
  await page.getByRole('dialog').waitFor();
}

/** What people did meanwhile, so that each view has something to show. */
async function live(scs) {
  await scs.api('PUT', 'stations/demo/ports/8/mode', { mode: 'once', level: 90, for: '2 h' });
  await scs.api('POST', 'reports', { device: 'grandma-tablet', level: 41, charging: true }).catch(() => {});
  for (const [name, role] of [['kitchen tablet', 'operate'], ['home assistant', 'edit']]) await scs.api('POST', 'tokens', { name, role });
  const file = join(scs.folder, 'rules/keep-between.rhai');
  await writeFile(file, (await readFile(file, 'utf8')).replace('two levels.', 'two levels, which spares it.'));
}

await mkdir(FOLDER, { recursive: true });
const scs = await demo({ speed: SPEED, rules: 'all' });
const chrome = await launch();
try {
  await new Promise((done) => setTimeout(done, WARM_UP_MS));
  await live(scs);
  for (const shot of SHOTS.filter(isWanted)) await shoot(chrome, scs.url, shot);
} finally {
  await chrome.close();
  await scs.stop();
}
