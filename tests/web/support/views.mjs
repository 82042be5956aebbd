// All views of the page by their address, and how to wait until one is complete.
import assert from 'node:assert/strict';

const SOON_MS = 20_000;

/** Name -> address behind `#`, for a device and a rule that are there. */
export const views = ({ device = 'pixel-8', rule = 'keep-between', station = 'demo', port = 1 } = {}) => ({
  stations: '/',
  ready: '/ready',
  device: `/devices/${encodeURIComponent(device)}`,
  why: `/why/${station}/port/${port}`,
  rules: '/rules',
  rule: `/rules/${rule}`,
  history: `/rules/${rule}/history`,
  setup: '/setup',
  phone: `/setup/phone/${encodeURIComponent(device)}`,
  access: '/setup/access',
  settings: '/settings',
});

/** Waits until the view that was asked for stands there, with all it loads. */
export async function complete(page) {
  await page.waitForFunction(() => {
    const main = document.querySelector('main');
    return main?.querySelector('h1') && !main.querySelector('.loading, [aria-busy="true"]');
  });
}

/** Tries an assertion of what the page shows again until it holds: a browser on a busy machine is a moment behind. */
export async function holds(check) {
  for (const end = Date.now() + SOON_MS; ; ) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

/** Goes to a view as a link does. */
export async function goTo(page, where) {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, where);
  await complete(page);
}

/** The message of the last act; fails when it is not of this kind (`done` or `failed`). */
export async function toast(page, kind, pattern) {
  const last = page.locator(`.toast.is-${kind}`).last();
  await last.waitFor();
  if (pattern) assert.match(await last.innerText(), pattern);
  return last;
}
