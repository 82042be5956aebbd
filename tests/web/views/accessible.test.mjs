// Every view: axe finds nothing serious in either theme, and it fits a phone, a desk and a wall.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fitsWindow, isAccessible, useBrowser, withPage } from '../support/browser.mjs';
import { demo } from '../support/service.mjs';
import { complete, goTo, holds, views } from '../support/views.mjs';

describe('every view', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 60 })));
  after(() => scs?.stop());

  for (const dark of [false, true]) {
    for (const [name, where] of Object.entries(views())) {
      test(`${name} is accessible, ${dark ? 'dark' : 'light'}`, () =>
        withPage(browser, `${scs.url}/#${where}`, { dark }, async (page) => {
          await complete(page);
          await isAccessible(page, name);
        }));
    }
  }

  for (const [width, height, language] of [[360, 740, 'en-GB'], [360, 740, 'de-DE'], [768, 1024, 'de-DE'], [3840, 2160, 'en-GB']]) {
    test(`all views fit ${width} px (${language})`, () =>
      withPage(browser, scs.url, { width, height, language, touch: width < 1000 }, async (page) => {
        for (const [name, where] of Object.entries(views())) {
          await goTo(page, where);
          await fitsWindow(page, name);
        }
      }));
  }

  test('what is not there says so in a heading', () =>
    withPage(browser, scs.url, { expects: [/status of 404/] }, async (page) => {
      for (const [where, words] of [['/nonsense', 'no such page'], ['/devices/nobody', 'no such device'], ['/rules/nobody', 'There is no rule'], ['/why/demo/none', 'There is no']]) {
        await page.evaluate((hash) => (location.hash = hash), where);
        await page.getByRole('heading', { level: 1, name: words }).waitFor();
      }
    }));

  test('another view is told by the title, and the focus goes there', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      await holds(async () => assert.equal(await page.title(), 'Stations – Smart Charging Station'));
      await page.getByRole('link', { name: 'Rules', exact: true }).press('Enter');
      await complete(page);
      await holds(async () => assert.equal(await page.title(), 'Rules – Smart Charging Station'));
      await holds(async () => assert.equal(await page.evaluate(() => document.activeElement.id), 'main'));
      await page.keyboard.press('Tab');
      await holds(async () => assert.equal(await page.evaluate(() => document.activeElement.closest('main') !== null), true));
      await goTo(page, '/devices/pixel-8');
      await holds(async () => assert.equal(await page.title(), 'pixel-8 – Device – Smart Charging Station'));
    }));

  test('on a wall everything is larger, and uses the width', () =>
    withPage(browser, scs.url, { width: 3840, height: 2160 }, async (page) => {
      await complete(page);
      const [size, share] = await page.evaluate(() => [parseFloat(getComputedStyle(document.body).fontSize), document.querySelector('.stations-hub').clientWidth / innerWidth]);
      assert.ok(size >= 22, `${size} px`);
      assert.ok(share > 0.65, `${share} of the width`);
    }));

  test('the sheet of a port is accessible, dark and light', async () => {
    for (const dark of [false, true]) {
      await withPage(browser, scs.url, { dark, width: 360, height: 740 }, async (page) => {
        await complete(page);
        await page.locator('.stations-tile').first().click();
        await page.getByRole('dialog').waitFor();
        await isAccessible(page, 'the sheet of a port');
        await fitsWindow(page, 'the sheet of a port');
      });
    }
  });
});
