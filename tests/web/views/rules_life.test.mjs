// A rule's life beside the editor: made from a template, removed and brought back by undo; a change tried in shadow, dropped, taken.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isAccessible, useBrowser, withPage } from '../support/browser.mjs';
import { demo, until } from '../support/service.mjs';
import { complete, goTo, toast } from '../support/views.mjs';

const RULE = 'keep-between';

describe('the life of a rule', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  const names = async () => (await scs.api('GET', 'rules')).map(({ name }) => name);
  const shadow = () => scs.api('GET', 'shadow').catch((error) => (error.status === 404 ? null : assert.fail(error)));
  const undo = async (page) => (await toast(page, 'done')).getByRole('button', { name: 'Undo' }).click();
  const dialog = (page) => page.getByRole('dialog');

  async function change(page, words) {
    await goTo(page, `/rules/${RULE}`);
    const text = page.locator('.cm-content').first();
    await text.click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.type(words);
    await page.getByText('no problems').waitFor();
    await page.keyboard.press('Control+s');
    await dialog(page).waitFor();
  }

  test('a new rule: its name is looked at, it begins with a template whose tests hold, and is saved', () =>
    withPage(browser, `${scs.url}/#/rules`, { expects: [/status of 404.*\/rules\/evening-top-up/] }, async (page) => {
      await complete(page);
      await page.getByRole('button', { name: 'New rule' }).click();
      const name = dialog(page).getByLabel('Name');
      for (const [wrong, why] of [['1st', /begins with a letter/], [RULE, /There is a rule of this name/], ['test', /another meaning/]]) {
        await name.fill(wrong);
        await dialog(page).getByRole('button', { name: 'Begin' }).click();
        await dialog(page).getByRole('alert').filter({ hasText: why }).waitFor();
      }
      await isAccessible(page, 'the dialog of a new rule');
      await name.fill('evening-top-up');
      await dialog(page).getByRole('button', { name: 'Begin' }).click();
      await page.getByText(/tests hold/).first().waitFor();
      assert.ok(!(await names()).includes('evening-top-up'), 'nothing is saved by itself');
      await page.getByRole('button', { name: 'Save …' }).click();
      await dialog(page).getByRole('button', { name: 'Save', exact: true }).click();
      await toast(page, 'done', /evening-top-up is saved/);
      assert.ok((await names()).includes('evening-top-up'));
    }));

  test('it is removed, and undo brings it back with its tests', () =>
    withPage(browser, `${scs.url}/#/rules/evening-top-up`, { expects: [/status of 404/] }, async (page) => {
      await complete(page);
      const before = await scs.api('GET', 'rules/evening-top-up');
      await page.getByRole('button', { name: 'Remove', exact: true }).click();
      await dialog(page).getByRole('button', { name: 'Remove', exact: true }).click();
      await toast(page, 'done', /is removed/);
      await until(names, (all) => !all.includes('evening-top-up'));
      await undo(page);
      await until(names, (all) => all.includes('evening-top-up'));
      const { text, tests } = await scs.api('GET', 'rules/evening-top-up');
      assert.deepEqual({ text, tests }, { text: before.text, tests: before.tests });
    }));

  test('a rule that is in use cannot be removed, and it is said by whom it is used', () =>
    withPage(browser, `${scs.url}/#/rules/${RULE}`, {}, async (page) => {
      await complete(page);
      await page.getByRole('button', { name: 'Remove', exact: true }).click();
      await dialog(page).getByText('in use by demo').waitFor();
      assert.equal(await dialog(page).getByRole('button', { name: 'Remove', exact: true }).isDisabled(), true);
    }));

  test('a change runs in shadow, is dropped, comes back by undo, and is taken', () =>
    withPage(browser, `${scs.url}/#/rules`, {}, async (page) => {
      const before = (await scs.api('GET', `rules/${RULE}`)).text;
      await complete(page);
      await change(page, '// Tried in shadow.\n');
      await isAccessible(page, 'the dialog before a rule is saved');
      await dialog(page).getByRole('button', { name: 'Try in shadow' }).click();
      await toast(page, 'done', /runs in shadow/);
      assert.equal((await shadow()).edits.length > 0, true);
      assert.equal((await scs.api('GET', `rules/${RULE}`)).text, before, 'what is at work stays');
      await page.getByText('A version of this rule runs in shadow').waitFor();
      await page.getByRole('link', { name: 'Look' }).click();
      await dialog(page).getByRole('button', { name: 'Keep it and leave' }).click();
      await page.getByRole('heading', { name: /In shadow/ }).waitFor();
      await isAccessible(page, 'the list with a rule in shadow');
      await page.getByRole('button', { name: 'Drop it' }).click();
      await until(shadow, (now) => now === null, 'nothing runs in shadow');
      await undo(page);
      await until(shadow, (now) => now !== null, 'it runs in shadow again');
      await page.getByRole('button', { name: 'Take it' }).click();
      await until(() => scs.api('GET', `rules/${RULE}`), ({ text }) => text.startsWith('// Tried in shadow.'), 'it is at work');
      await until(shadow, (now) => now === null);
      await undo(page);
      await until(() => scs.api('GET', `rules/${RULE}`), ({ text }) => text === before, 'undo brings back what was');
    }));

  test('tests that fail hold a save back, and it is said which', () =>
    withPage(browser, `${scs.url}/#/rules/${RULE}`, {}, async (page) => {
      await complete(page);
      await page.locator('.cm-content').first().click();
      await page.keyboard.press('Control+Home');
      await page.keyboard.type('if battery.level <= 60 { charge("at most 60"); }\n');
      await page.getByText(/\d+ of \d+ tests fail/).first().waitFor();
      await page.getByRole('button', { name: 'Save …' }).click();
      await dialog(page).getByText(/must be mended first|tests? fails?/).first().waitFor();
      assert.equal(await dialog(page).getByRole('button', { name: 'Save', exact: true }).isDisabled(), true);
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Discard the draft' }).click();
    }));
});
