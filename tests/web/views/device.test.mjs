// A device and why: history, parameters as a form, decisions opened, and a decision that becomes a test.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { useBrowser, withPage } from '../support/browser.mjs';
import { demo, until } from '../support/service.mjs';
import { complete, toast } from '../support/views.mjs';

describe('a device', () => {
  const browser = useBrowser();
  let scs;
  before(async () => {
    scs = await demo({ speed: 1 });
    for (const [level, charging] of [[60, false], [19, false], [22, true], [79, true], [80, true]]) {
      await scs.api('POST', 'reports', { device: 'pixel-8', level, charging, temperature: 30 });
    }
  });
  after(() => scs?.stop());

  const where = 'devices/pixel-8';

  test('its view shows what the API knows of it', () =>
    withPage(browser, `${scs.url}/#/${where}`, {}, async (page) => {
      await complete(page);
      await page.getByRole('heading', { name: 'pixel-8' }).waitFor();
      await page.getByText('80%').first().waitFor();
      await page.locator('.uplot canvas').first().waitFor();
      for (const name of ['Charged', 'Battery care', 'What was learned']) await page.getByRole('heading', { name }).waitFor();
    }));

  test('the chart goes by keyboard and has a table for who does not see it', () =>
    withPage(browser, `${scs.url}/#/${where}`, {}, async (page) => {
      await complete(page);
      await page.getByRole('button', { name: 'Zoom in' }).click();
      await page.getByText('As a table').click();
      await page.locator('main table').first().waitFor();
    }));

  test('a level that is set counts at once, and undo takes it back', () =>
    withPage(browser, `${scs.url}/#/${where}`, {}, async (page) => {
      await complete(page);
      const set = async () => {
        const { parameters } = await scs.api('GET', 'stations/demo/ports/1/parameters').then((all) => ({ parameters: all.parameters ?? all }));
        return JSON.stringify(parameters);
      };
      const before = await set();
      const slider = page.locator('main input[type="range"]').first();
      await slider.focus();
      await page.keyboard.press('ArrowRight');
      const said = await toast(page, 'done');
      assert.notEqual(await set(), before);
      await said.getByRole('button', { name: 'Undo' }).click();
      await until(set, (now) => now === before, 'the parameters are as before');
    }));

  test('a device that is not there is said to be not there', () =>
    withPage(browser, `${scs.url}/#/devices/${encodeURIComponent('nobody <b>')}`, { expects: [/status of 404/] }, async (page) => {
      await page.locator('main').getByText(/no such device|In no port today/).first().waitFor();
    }));

  test('a decision is opened: what decided, the way through the rule, and what would have changed it', async () => {
    const { decisions } = await scs.api('GET', 'decisions?device=pixel-8&limit=20');
    const spoke = decisions.find(({ rule }) => rule != null);
    assert.ok(spoke, 'a rule spoke');
    await withPage(browser, `${scs.url}/#/why/demo/${spoke.id}`, {}, async (page) => {
      await complete(page);
      await page.getByText(spoke.reason).first().waitFor();
      await page.getByText(spoke.rule).first().waitFor();
      await page.getByRole('heading', { name: 'What would have changed it' }).waitFor();
      await page.getByText('Save as a test').click();
      await page.getByRole('button', { name: /Add it to the tests/ }).click();
      await toast(page, 'done');
      const tests = await readFile(join(scs.folder, `rules/${spoke.rule}.test.ron`), 'utf8');
      assert.match(tests, /pixel-8/);
    });
  });

  test('why a port is as it is now', () =>
    withPage(browser, `${scs.url}/#/why/demo/port/1`, {}, async (page) => {
      await complete(page);
      const { decision } = await scs.api('GET', 'stations/demo/ports/1/explanation');
      await page.getByText(decision.reason).first().waitFor();
    }));

  test('a decision that nobody made is said to be none', () =>
    withPage(browser, `${scs.url}/#/why/demo/12345`, { expects: [/status of 404/] }, async (page) => {
      await page.getByText('has no decision 12345').waitFor();
    }));
});
