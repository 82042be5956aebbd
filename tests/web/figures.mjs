// Measures the page as docs/performance.md shows it: first view on a throttled phone, bytes, 1,000 ports, report to screen.
// Needs a quiet machine and a release build: SCS_BIN=target/release/scs.
import { launch } from './support/browser.mjs';
import { apiOf, demo } from './support/service.mjs';

const PHONE = { latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8, offline: false };
const SLOWER = 4;
const ROUNDS = 5;
const MANY = 1000;
const FRAMES_FOR_MS = 10_000;
const EVENTS_A_SECOND = 50;
const REPORTS = 40;

const median = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)];
const worst = (all, part) => [...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * part))];
const rows = [];
const note = (what, value, limit = '') => rows.push([what, value, limit]);

async function phone(chrome) {
  const context = await chrome.newContext({ viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  await cdp.send('Network.emulateNetworkConditions', PHONE);
  await cdp.send('Emulation.setCPUThrottlingRate', { rate: SLOWER });
  return { context, page, cdp };
}

// Says when every port of the first screen is painted. A test that looked again and again would take the phone's time.
function tellWhenDrawn() {
  const seen = new MutationObserver(() => {
    if (!document.querySelector('.stations-tile .battery')) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => globalThis.drawn(String(performance.now()))));
  });
  seen.observe(document, { childList: true, subtree: true });
}

// From the navigation until every port of the first screen stands there.
async function firstView(chrome, url) {
  const times = [];
  let bytes = 0;
  let painted = 0;
  for (let n = 0; n < ROUNDS; n += 1) {
    const { context, page, cdp } = await phone(chrome);
    bytes = 0;
    cdp.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await cdp.send('Runtime.enable');
    await cdp.send('Runtime.addBinding', { name: 'drawn' });
    const drawn = new Promise((done) => cdp.on('Runtime.bindingCalled', ({ payload }) => done(Number(payload))));
    await page.addInitScript(tellWhenDrawn);
    await page.goto(url, { waitUntil: 'commit' });
    times.push(await drawn);
    painted = await page.evaluate(() => new Promise((done) => new PerformanceObserver((list) => {
      const first = list.getEntriesByName('first-contentful-paint')[0];
      if (first) done(first.startTime);
    }).observe({ type: 'paint', buffered: true })));
    await context.close();
  }
  note('first view complete, phone (4 times slower, 1.6 Mbit/s, 150 ms)', `${Math.round(median(times))} ms`, '1,000 ms');
  note('of that, first text', `${Math.round(painted)} ms`);
  note('bytes of the first view, compressed', `${Math.round(bytes / 1000)} kB`, '300 kB');
}

// All files of the page but the editor, as they are sent.
async function allBytes(chrome, url) {
  const context = await chrome.newContext();
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  const sizes = new Map();
  const names = new Map();
  cdp.on('Network.responseReceived', ({ requestId, response }) => names.set(requestId, response.url));
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => sizes.set(names.get(requestId), encodedDataLength));
  await page.goto(url);
  for (const where of ['/ready', '/devices/pixel-8', '/why/demo/port/1', '/rules', '/rules/keep-between', '/setup', '/setup/phone/x', '/settings']) {
    await page.evaluate((hash) => (location.hash = hash), where);
    await page.waitForTimeout(2500);
  }
  const files = [...sizes].filter(([name]) => name && !new URL(name).pathname.startsWith('/api/'));
  const sum = (list) => Math.round(list.reduce((all, [, size]) => all + size, 0) / 1000);
  const isEditor = ([name]) => /codemirror/.test(name);
  note('all files of the page, compressed, without the editor', `${sum(files.filter((one) => !isEditor(one)))} kB`, '300 kB');
  note('the editor, when a rule is opened', `${sum(files.filter(isEditor))} kB`);
  await context.close();
}

async function reportToScreen(chrome, scs) {
  const page = await chrome.newPage();
  await page.goto(scs.url);
  const tile = page.locator('.stations-tile', { hasText: 'pixel-8' });
  await tile.waitFor();
  const times = [];
  for (let n = 0; n < REPORTS; n += 1) {
    const level = 30 + (n % 2) * 20 + (n % 7);
    const shown = page.waitForFunction((text) => {
      const one = [...document.querySelectorAll('.stations-tile')].find((tile_) => tile_.textContent.includes('pixel-8'));
      return one?.querySelector('.battery-text')?.textContent === text && performance.timeOrigin + performance.now();
    }, `${level}%`, { polling: 'raf' });
    const began = performance.timeOrigin + performance.now();
    await scs.api('POST', 'reports', { device: 'pixel-8', level, charging: false });
    times.push((await (await shown).jsonValue()) - began);
  }
  note('report to screen, median of 40', `${Math.round(median(times))} ms`, '100 ms');
  note('report to screen, the slowest but two', `${Math.round(worst(times, 0.95))} ms`);
  await page.close();
}

export const manyPorts = (count) => `(title: "Many", switch: Simulated(), min_hold: "10 s", rules: [(rule: "keep-between")], ports: {
${Array.from({ length: count }, (_, n) => `    ${n + 1}: (device: "phone-${n + 1}", kind: "phone"),`).join('\n')}
})`;

// Frames are counted while the list is scrolled and events come in.
async function manyFrames(chrome) {
  const scs = await demo({ station: manyPorts(MANY), speed: 1 });
  try {
    const page = await chrome.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(scs.url);
    await page.waitForSelector('.stations-tile');
    const api = apiOf(scs.url);
    let running = true;
    const sender = (async () => {
      for (let n = 0; running; n += 1) {
        await api('POST', 'reports', { device: `phone-${1 + (n % MANY)}`, level: 20 + (n % 70), charging: n % 2 === 0 }).catch(() => {});
        await new Promise((done) => setTimeout(done, 1000 / EVENTS_A_SECOND));
      }
    })();
    const frames = await page.evaluate((time) => new Promise((done) => {
      const all = [];
      let last = performance.now();
      const end = last + time;
      const step = (now) => {
        all.push(now - last);
        last = now;
        scrollBy(0, 40);
        if (scrollY + innerHeight >= document.documentElement.scrollHeight - 2) scrollTo(0, 0);
        if (now < end) requestAnimationFrame(step);
        else done(all);
      };
      requestAnimationFrame(step);
    }), FRAMES_FOR_MS);
    running = false;
    await sender;
    const count = await page.evaluate(() => document.querySelectorAll('*').length);
    note(`${MANY} ports, ${EVENTS_A_SECOND} reports a second, scrolling: frame, median`, `${median(frames).toFixed(1)} ms`, '16.7 ms');
    note('the slowest of 100 frames', `${worst(frames, 0.99).toFixed(1)} ms`, '50 ms');
    note('elements on the page', String(count));
    await page.close();
  } finally {
    await scs.stop();
  }
}

const chrome = await launch();
try {
  const scs = await demo({ speed: 1 });
  try {
    await firstView(chrome, scs.url);
    await allBytes(chrome, scs.url);
    await reportToScreen(chrome, scs);
  } finally {
    await scs.stop();
  }
  await manyFrames(chrome);
} finally {
  await chrome.close();
}
console.log('| what | measured | at most |\n|---|---:|---:|');
for (const row of rows) console.log(`| ${row.join(' | ')} |`);
