// The editor's whole way: a typo is shown, mended, tried against the tests, its difference seen, saved, and rolled back.
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { useBrowser, withPage } from '../support/browser.mjs';
import { demo, until } from '../support/service.mjs';
import { complete, goTo, holds, toast } from '../support/views.mjs';

const RULE = 'keep-between';

describe('rules', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  const file = () => readFile(join(scs.folder, `rules/${RULE}.rhai`), 'utf8');
  const text = (page) => page.locator('.cm-content').first();

  async function editor(page) {
    await complete(page);
    await text(page).waitFor();
  }

  async function type(page, words) {
    await text(page).click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type(words);
  }

  test('the list has every rule with what it is for', () =>
    withPage(browser, `${scs.url}/#/rules`, {}, async (page) => {
      await complete(page);
      const rules = await scs.api('GET', 'rules');
      await holds(async () => assert.equal(await page.locator('.rules-row').count(), rules.length));
    }));

  test('from typo to saved rule, and back', () =>
    withPage(browser, `${scs.url}/#/rules/${RULE}`, { expects: [/status of 422/] }, async (page) => {
      const before = await file();
      await editor(page);
      await type(page, 'let lvl = levle;\n');
      await page.locator('.rules-problems', { hasText: 'levle' }).first().waitFor();
      assert.equal(await file(), before, 'nothing is saved by itself');
      await page.keyboard.press('Control+Home');
      await page.keyboard.press('Shift+ArrowDown');
      await page.keyboard.press('Delete');
      await page.keyboard.type('// Kept as the house wants it.\n');
      await page.getByText('no problems').waitFor();
      await page.keyboard.press('Control+s');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
      await toast(page, 'done', /is saved/);
      assert.match(await file(), /^\/\/ Kept as the house wants it\./);
      await goTo(page, `/rules/${RULE}/history`);
      await page.getByRole('button', { name: 'Bring back' }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Bring back' }).click();
      await until(file, (now) => now === before, 'the file is as it was');
    }));

  test('leaving with a draft asks, and the draft is there again afterwards', () =>
    withPage(browser, `${scs.url}/#/rules/${RULE}`, {}, async (page) => {
      await editor(page);
      await type(page, '// my draft\n');
      await page.getByRole('link', { name: 'Rules' }).first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Keep it and leave' }).click();
      await page.locator('.rules-row', { hasText: RULE }).getByText('Draft').waitFor();
      await goTo(page, `/rules/${RULE}`);
      await text(page).getByText('// my draft').waitFor();
      await page.getByRole('button', { name: 'Discard the draft' }).click();
    }));

  test('two people: the second one is told, and nobody loses anything', () =>
    withPage(browser, `${scs.url}/#/rules/${RULE}`, { expects: [/status of 412/] }, async (page) => {
      const before = await file();
      await editor(page);
      await type(page, '// mine\n');
      await page.getByText('no problems').waitFor();
      await writeFile(join(scs.folder, `rules/${RULE}.rhai`), `// theirs\n${before}`);
      await page.getByText('Somebody else has saved this rule').first().waitFor();
      await page.getByRole('button', { name: 'Look' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('// theirs').first().waitFor();
      await dialog.getByText('// mine').first().waitFor();
      await dialog.getByRole('button', { name: 'Take theirs' }).click();
      await text(page).getByText('// theirs').waitFor();
      assert.match(await file(), /^\/\/ theirs/);
      await writeFile(join(scs.folder, `rules/${RULE}.rhai`), before);
    }));

  test('the service ends while a rule is written: the text stays and can be saved later', () =>
    withPage(browser, `${scs.url}/#/rules/${RULE}`, { expects: [/Failed to load resource|ERR_/] }, async (page) => {
      await editor(page);
      await type(page, '// while it was away\n');
      await scs.pause();
      await page.getByText('does not answer').waitFor();
      await text(page).getByText('// while it was away').waitFor();
      await scs.resume();
      await page.getByText('does not answer').waitFor({ state: 'detached', timeout: 20_000 });
      await page.getByText('no problems').waitFor();
      await page.getByRole('button', { name: 'Discard the draft' }).click();
    }));

  test('Ctrl+S saves from anywhere; a service that is busy is told kindly, and asked once more', () =>
    withPage(browser, `${scs.url}/#/rules/${RULE}`, { expects: [/status of 503/] }, async (page) => {
      const before = await file();
      await editor(page);
      await type(page, '// patient\n');
      await page.getByText('no problems').waitFor();
      await page.getByText(/tests hold/).first().waitFor();
      let asked = 0;
      await page.route(`**/api/v1/rules/${RULE}`, (route) => {
        asked += route.request().method() === 'PUT' ? 1 : 0;
        if (route.request().method() !== 'PUT' || asked > 1) return route.continue();
        return route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"code":"change_timeout","detail":"the files were not checked in time"}' });
      });
      await page.getByRole('heading', { level: 1 }).click();
      await page.keyboard.press('Control+s');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Save', exact: true }).click();
      await dialog.getByText('The draft is kept').waitFor();
      await dialog.getByRole('button', { name: 'Try again' }).click();
      await toast(page, 'done', /is saved/);
      assert.match(await file(), /^\/\/ patient/);
      await writeFile(join(scs.folder, `rules/${RULE}.rhai`), before);
    }));

  test('a file whose lines end as Windows ends them is no draft', () =>
    withPage(browser, `${scs.url}/#/rules/storage`, {}, async (page) => {
      const where = join(scs.folder, 'rules/storage.rhai');
      const before = await readFile(where, 'utf8');
      await writeFile(where, before.replaceAll('\n', '\r\n'));
      await until(() => scs.api('GET', 'rules/storage'), ({ text }) => text.includes('\r\n'), 'it is at work');
      await page.reload();
      await editor(page);
      await page.getByText(/tests hold/).first().waitFor();
      await holds(async () => assert.equal(await page.locator('.rules-head').getByText('Draft').count(), 0));
      await writeFile(where, before);
    }));

  test('files that are not taken are told above the list, and lead to their place', () =>
    withPage(browser, `${scs.url}/#/rules`, { expects: [/status of 503/] }, async (page) => {
      const before = await file();
      await complete(page);
      await writeFile(join(scs.folder, `rules/${RULE}.rhai`), `let x = ;\n${before}`);
      await page.getByRole('link', { name: /keep-between\.rhai:1/ }).click();
      await editor(page);
      await page.getByText('saved elsewhere and not taken').waitFor();
      await writeFile(join(scs.folder, `rules/${RULE}.rhai`), before);
      await page.getByText('saved elsewhere and not taken').waitFor({ state: 'detached' });
    }));

  test('by keyboard the text can be left again', () =>
    withPage(browser, `${scs.url}/#/rules/${RULE}`, {}, async (page) => {
      await editor(page);
      await text(page).focus();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(() => document.activeElement.closest('.cm-content')), null);
    }));
});
