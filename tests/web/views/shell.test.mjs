// What is around the views: the line to the service, language and colours, ways by keyboard.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { useBrowser, withPage } from '../support/browser.mjs';
import { demo } from '../support/service.mjs';
import { complete, goTo, holds, views } from '../support/views.mjs';

describe('the frame', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  test('a service that goes away is told, and heals by itself, without losing the view', () =>
    withPage(browser, `${scs.url}/#/setup`, { expects: [/Failed to load resource|ERR_/] }, async (page) => {
      await complete(page);
      await scs.pause();
      await page.getByRole('alert').filter({ hasText: 'does not answer' }).waitFor();
      assert.equal(await page.locator('main.is-old').count(), 1);
      await scs.resume();
      await page.getByText('does not answer').waitFor({ state: 'detached', timeout: 15_000 });
      assert.equal(await page.locator('main.is-old').count(), 0);
      await page.getByRole('heading', { name: 'Set up' }).waitFor();
    }));

  test('a service that starts anew under the stations: what happens then is on the screen, without a reload', () =>
    withPage(browser, scs.url, { expects: [/Failed to load resource|ERR_/] }, async (page) => {
      await complete(page);
      await page.evaluate(() => (globalThis.sameVisit = true));
      await page.locator('.stations-tile', { hasText: 'pixel-8' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await scs.pause();
      await page.getByText('No connection').waitFor();
      assert.equal(await page.locator('.stations-tile').count(), 12, 'what was known stays');
      await dialog.getByRole('radio', { name: 'Off', exact: true }).check();
      await dialog.getByRole('button', { name: 'Switch off' }).click();
      await page.locator('.toast.is-failed', { hasText: 'cannot be reached' }).waitFor();
      await scs.resume();
      await page.getByText('No connection').waitFor({ state: 'detached' });
      await dialog.getByRole('button', { name: 'Switch off' }).click();
      await page.locator('.toast.is-done').waitFor();
      await scs.api('POST', 'reports', { device: 'moto-g', level: 36, charging: false });
      await page.locator('.stations-tile', { hasText: 'moto-g' }).getByText('36%').waitFor();
      assert.equal(await page.evaluate(() => globalThis.sameVisit), true);
    }));

  test('over a slow line the words come first, and every view comes', () =>
    withPage(browser, 'about:blank', {}, async (page) => {
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('Network.enable');
      await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 20_000 });
      await page.goto(`${scs.url}/#/`, { waitUntil: 'commit' });
      await complete(page);
      assert.doesNotMatch(await page.locator('body').innerText(), /(app|stations)\.[a-z_]+/, 'no key of a word is shown');
      for (const where of Object.values(views())) await goTo(page, where);
    }));

  test('the page speaks the language of the browser, or the one chosen, also after a reload', () =>
    withPage(browser, `${scs.url}/#/settings`, { language: 'de-AT' }, async (page) => {
      await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
      await holds(async () => assert.equal(await page.locator('html').getAttribute('lang'), 'de'));
      await page.getByLabel('Sprache').selectOption('en');
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
    }));

  const forms = {
    'en-GB': ['07:05', 'Sun 07:05', '50%', '1,234.5', '36.5°C'],
    'en-US': ['7:05 AM', 'Sun 7:05 AM', '50%', '1,234.5', '36.5°C'],
    'de-DE': ['07:05', 'So., 07:05', '50 %', '1.234,5', '36,5 °C'],
    // There are no French words: all of it is English, by one form, with the hours of most of the world.
    'fr-FR': ['07:05', 'Sun 07:05', '50%', '1,234.5', '36.5°C'],
  };
  for (const [language, wanted] of Object.entries(forms)) {
    test(`numbers and times are those of ${language}`, () =>
      withPage(browser, scs.url, { language }, async (page) => {
        await complete(page);
        const said = await page.evaluate(async () => {
          const { time, when, pct, n, deg } = await import('./app/words.js');
          const at = '2026-03-01T07:05:00Z';
          return [time(at, 'UTC'), when(at, new Date('2026-02-27T07:00:00Z'), 'UTC'), pct(50), n(1234.5, 1), deg(36.5)];
        });
        assert.deepEqual(said.map((text) => text.replace(/\s/g, ' ')), wanted);
      }));
  }

  test('colours follow the system or the choice', () =>
    withPage(browser, `${scs.url}/#/settings`, { dark: true }, async (page) => {
      await complete(page);
      const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const dark = await background();
      await page.getByLabel('Light').check();
      await holds(async () => assert.notEqual(await background(), dark));
      await page.reload();
      await complete(page);
      await holds(async () => assert.notEqual(await background(), dark));
      await page.getByLabel('As the system has it').check();
      await holds(async () => assert.equal(await background(), dark));
    }));

  test('by keyboard: over the head to the content, and into each area', () =>
    withPage(browser, `${scs.url}/#/settings`, {}, async (page) => {
      await complete(page);
      const focused = () => page.evaluate(() => document.activeElement.textContent.trim() || document.activeElement.getAttribute('aria-label'));
      await page.keyboard.press('Tab');
      assert.equal(await focused(), 'Skip to the content');
      await page.keyboard.press('Enter');
      await holds(async () => assert.equal(await page.evaluate(() => document.activeElement.id), 'main'));
      await page.reload();
      await complete(page);
      const seen = [];
      for (let n = 0; n < 7; n += 1) {
        await page.keyboard.press('Tab');
        seen.push(await focused());
        const { outline } = await page.evaluate(() => ({ outline: getComputedStyle(document.activeElement).outlineStyle }));
        assert.notEqual(outline, 'none', `${seen.at(-1)} shows no focus`);
      }
      assert.deepEqual(seen.slice(1), ['Smart Charging Station', 'Stations', 'Ready?', 'Rules', 'Set up', 'Settings']);
    }));

  test('an address that leads nowhere says so', () =>
    withPage(browser, `${scs.url}/#/nowhere`, {}, async (page) => {
      await page.getByText('There is no such page').waitFor();
      await goTo(page, '/settings');
    }));

  test('nothing comes from another machine', () =>
    withPage(browser, scs.url, {}, async (page) => {
      const asked = [];
      page.on('request', (one) => asked.push(new URL(one.url()).origin));
      await page.reload();
      for (const where of ['/ready', '/rules', '/setup', '/settings', '/devices/pixel-8']) await goTo(page, where);
      assert.deepEqual([...new Set(asked)], [scs.url]);
    }));
});
