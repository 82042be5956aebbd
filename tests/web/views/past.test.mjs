// The past of a device, from a real database: a year of reports, holes in it, a device gone for a year, and a clock that jumped.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, describe, test } from 'node:test';
import { fitsWindow, isAccessible, useBrowser, withPage } from '../support/browser.mjs';
import { past, writePast } from '../support/past.mjs';
import { service, until } from '../support/service.mjs';
import { complete, holds } from '../support/views.mjs';

const DAY = 86_400;
const NOW = Math.floor(Date.now() / 1000);
/** Two weeks of which nothing is known. */
const HOLE = [NOW - 40 * DAY, NOW - 26 * DAY];
/** Half of yesterday. */
const GAP = [NOW - 16 * 3600, NOW - 8 * 3600];

const series = (scs, device, from, to) =>
  scs.api('GET', `devices/${encodeURIComponent(device)}/series?${new URLSearchParams({ from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString() })}`);

describe('the past of a device', () => {
  const browser = useBrowser();
  let scs;
  before(async () => {
    scs = await service();
    await scs.pause();
    await writePast(scs.folder, [
      ...past({ device: 'pixel-8', port: 1, from: NOW - 365 * DAY, to: NOW, every: 3600, holes: [HOLE, GAP] }),
      ...past({ device: 'lent to <b>Dana</b> 📱', port: 2, from: NOW - 400 * DAY, to: NOW - 370 * DAY, every: 1800 }),
      // The clock was wrong for an hour, and then was set.
      ...past({ device: 'galaxy-s21', port: 2, from: NOW + 300 * DAY, to: NOW + 300 * DAY + 3600, every: 600 }),
      ...past({ device: 'galaxy-s21', port: 2, from: NOW - 6 * 3600, to: NOW, every: 300 }),
    ]);
    await scs.resume();
    await until(() => series(scs, 'pixel-8', NOW - 365 * DAY, NOW), ({ level }) => level.some((one) => one != null), 'the past is rolled up');
  });
  after(() => scs?.stop());

  const open = (device, options, steps) => withPage(browser, `${scs.url}/#/devices/${encodeURIComponent(device)}`, options, async (page) => {
    await complete(page);
    await steps(page);
  });
  const range = async (page, name) => {
    await page.getByRole('button', { name, exact: true }).click();
    await page.waitForFunction((label) => document.querySelector(`.device-range[aria-pressed="true"]`)?.textContent === label, name);
    await complete(page);
  };
  const rows = (page) => page.locator('.device-table tbody tr');

  test('hours, days and a year: each range is drawn, with a table of the same', () =>
    open('pixel-8', {}, async (page) => {
      await page.getByText('As a table').click();
      for (const name of ['6 h', 'Day', 'Week', 'Month', 'Year']) {
        await range(page, name);
        await rows(page).first().waitFor();
        await holds(async () => assert.ok((await rows(page).count()) > 2, name));
        await holds(async () => assert.ok(await inked(page), `${name} is drawn`));
        await holds(async () => assert.equal(await page.getByText('Nothing is known of this time.').count(), 0, name));
      }
      await holds(async () => assert.match(await page.locator('.device-table').innerText(), /%.*\(\d+–\d+\)/, 'what was rolled up has a lowest and highest'));
    }));

  test('a hole stays a hole: no line goes over it, and the table says that nothing is known', () =>
    open('pixel-8', {}, async (page) => {
      const { at, level } = await series(scs, 'pixel-8', NOW - 60 * DAY, NOW);
      const inside = at.map((time, n) => [time, level[n]]).filter(([time]) => time > HOLE[0] + 2 * DAY && time < HOLE[1] - DAY);
      assert.ok(inside.every(([, value]) => value == null), 'the API fills nothing in');
      await range(page, 'Day');
      await page.getByText('As a table').click();
      await rows(page).first().waitFor();
      await page.locator('.device-table td:nth-child(2)', { hasText: 'not known' }).first().waitFor();
      await page.locator('.device-chart').focus();
      for (let n = 0; n < 3; n += 1) await page.keyboard.press('ArrowLeft');
      assert.doesNotMatch(await page.locator('.device-readout').innerText(), /NaN|undefined|null/);
      await range(page, 'Month');
      await page.getByRole('button', { name: 'Earlier' }).click();
      await complete(page);
      await holds(async () => assert.ok(await inked(page)));
    }));

  test('by keyboard: from value to value, zoomed and moved, and back to now', () =>
    open('pixel-8', {}, async (page) => {
      const chart = page.locator('.device-chart');
      const label = () => chart.getAttribute('aria-label');
      const time = () => page.locator('.device-value dd').first().innerText();
      await chart.focus();
      await page.keyboard.press('ArrowLeft');
      const first = await time();
      for (let n = 0; n < 5; n += 1) await page.keyboard.press('ArrowLeft');
      await holds(async () => assert.notEqual(await time(), first, 'the value under the cursor is another one'));
      for (const key of ['+', '-', 'PageUp']) {
        const before = await label();
        await page.keyboard.press(key);
        await page.waitForFunction((text) => document.querySelector('.device-chart').getAttribute('aria-label') !== text, before);
      }
      await page.getByRole('button', { name: 'Now', exact: true }).click();
      await page.waitForFunction(() => [...document.querySelectorAll('button')].find((one) => one.textContent === 'Now')?.ariaDisabled === 'true');
    }));

  test('what is shown can be saved as CSV, with the same values', () =>
    open('pixel-8', {}, async (page) => {
      await range(page, 'Week');
      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Save as CSV' }).click();
      const file = await download;
      assert.equal(file.suggestedFilename(), 'pixel-8.csv');
      const lines = (await readFile(await file.path(), 'utf8')).trim().split(/\r?\n/);
      assert.match(lines[0], /level/);
      assert.ok(lines.length > 20, `${lines.length} lines`);
    }));

  test('a device that is gone for a year: said to be in no port, its past is found', () =>
    open('lent to <b>Dana</b> 📱', { expects: [/status of 404/] }, async (page) => {
      await page.getByText('In no port today').waitFor();
      await page.getByText('Nothing is known of this time.').waitFor();
      await page.getByRole('button', { name: 'Show the last that is known' }).click();
      await page.getByText('Nothing is known of this time.').waitFor({ state: 'detached' });
      await holds(async () => assert.ok(await inked(page)));
      await isAccessible(page, 'a device that is gone');
      await fitsWindow(page, 'a device that is gone');
    }));

  test('a clock that jumped: what came after it was set is shown', () =>
    open('galaxy-s21', { width: 360, height: 740, dark: true }, async (page) => {
      await range(page, '6 h');
      await holds(async () => assert.ok(await inked(page)));
      await page.getByText('As a table').click();
      await rows(page).filter({ hasText: '%' }).first().waitFor();
      await fitsWindow(page, 'the past on a phone');
    }));
});

/** True when the chart has drawn something with a colour of its own in its plot. */
async function inked(page) {
  await page.locator('.uplot canvas').first().waitFor();
  return page.waitForFunction(() => {
    const canvas = document.querySelector('.uplot canvas');
    if (!canvas.width) return false;
    // A copy: reading the chart's own canvas would slow its drawing, and chromium warns of that.
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d', { willReadFrequently: true });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    let coloured = 0;
    for (let n = 0; n < data.length; n += 4) {
      const [red, green, blue, alpha] = data.subarray(n, n + 4);
      if (alpha > 100 && Math.max(red, green, blue) - Math.min(red, green, blue) > 40) coloured += 1;
    }
    return coloured > 200;
  }).then(() => true);
}
