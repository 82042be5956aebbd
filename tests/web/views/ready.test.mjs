// Who is to be ready: by when and with which level is said on the page, counts in the plan, and can be taken back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fitsWindow, isAccessible, useBrowser, withPage } from '../support/browser.mjs';
import { demo, until } from '../support/service.mjs';
import { complete, toast } from '../support/views.mjs';

describe('who is ready', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 60 })));
  after(() => scs?.stop());

  const planned = async (number) => (await scs.api('GET', 'stations/demo/plan')).find((one) => one.port === number).deadline;
  const told = async (number) => (await scs.api('GET', `stations/demo/ports/${number}`)).adjusted.map(({ name, value }) => [name, value]).sort();
  const row = (page, name) => page.locator('.ready-row', { hasText: name });
  const undo = async (page) => (await toast(page, 'done')).getByRole('button', { name: 'Undo' }).click();

  async function form(page, name) {
    await complete(page);
    await row(page, name).getByRole('button', { name: 'Change:' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save' }).waitFor();
    return dialog;
  }

  test('on some days, with a level: the plan has it, the row shows it, and undo takes it back', () =>
    withPage(browser, `${scs.url}/#/ready`, {}, async (page) => {
      const before = await until(() => planned(8), (one) => one != null, 'it is planned from its first report on');
      const dialog = await form(page, 'tab-a8');
      const save = dialog.getByRole('button', { name: 'Save' });
      assert.ok(await save.isDisabled(), 'nothing is changed yet');
      for (const day of ['Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']) await dialog.getByRole('checkbox', { name: day }).uncheck();
      await dialog.getByLabel(/Time of day/).fill('06:15');
      const level = dialog.getByRole('slider', { name: 'Level then' });
      await level.focus();
      for (let n = 0; n < 10; n += 1) await level.press('ArrowLeft');
      await isAccessible(page, 'the form of a time');
      await save.click();
      await toast(page, 'done', /tab-a8 is to be ready: Mon 06:15, 90%/);
      await dialog.waitFor({ state: 'detached' });
      assert.deepEqual(await told(8), [['by', '06:15'], ['days', 'Mon'], ['target', 90]]);
      const { at, level: target } = await until(() => planned(8), (now) => now?.source === 'Mon 06:15 (ready-by)', 'the plan has it');
      assert.equal(target, 90);
      await row(page, 'tab-a8').locator(`time[datetime="${at}"]`).waitFor();
      await undo(page);
      await until(() => planned(8), (now) => now?.at === before.at && now.level === before.level, 'the plan is as before');
      assert.deepEqual(await told(8), []);
      await row(page, 'tab-a8').locator(`time[datetime="${before.at}"]`).waitFor();
    }));

  test('once, then never, then as in the file; a time that is over is not taken', () =>
    withPage(browser, `${scs.url}/#/ready`, { width: 360, height: 740 }, async (page) => {
      let dialog = await form(page, 'exam-tablet-1');
      await dialog.getByRole('radio', { name: 'Once' }).check();
      await dialog.getByLabel('Day', { exact: true }).fill('2026-01-01');
      await dialog.getByText('This time is over.').waitFor();
      assert.ok(await dialog.getByRole('button', { name: 'Save' }).isDisabled());
      const { now } = await scs.api('GET', 'service');
      const day = new Date(Date.parse(now) + 3 * 86400e3).toISOString().slice(0, 10);
      await dialog.getByLabel('Day', { exact: true }).fill(day);
      await dialog.getByLabel(/Time of day/).fill('09:00');
      await fitsWindow(page, 'the form of a time on a phone');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      await until(() => planned(12), (one) => one?.source === `${day} 09:00 (ready-by)`);

      await row(page, 'exam-tablet-1').locator('time[title^="20"]').waitFor();
      dialog = await form(page, 'exam-tablet-1');
      await dialog.getByRole('radio', { name: 'Never' }).check();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await dialog.waitFor({ state: 'detached' });
      await until(() => planned(12), (one) => one == null);

      await row(page, 'exam-tablet-1').waitFor({ state: 'detached' });
      await page.locator('summary', { hasText: 'Nothing is planned' }).click();
      await page.getByRole('button', { name: 'Say when … exam-tablet-1' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'As in the file' }).click();
      await until(() => planned(12), (one) => one?.source === 'daily 08:00 (ready-by)');
      assert.deepEqual(await told(12), []);
    }));

  test('what is refused in the middle leaves nothing of it', () =>
    withPage(browser, `${scs.url}/#/ready`, { expects: [/status of 507/] }, async (page) => {
      await page.route('**/parameters/ready-by/by', (route) =>
        route.fulfill({ status: 507, contentType: 'application/problem+json', body: '{"code":"not_kept","detail":"the disk <b>is</b> full"}' }));
      const dialog = await form(page, 'moto-g');
      await dialog.getByRole('checkbox', { name: 'Sun' }).uncheck();
      await dialog.getByLabel(/Time of day/).fill('06:15');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await toast(page, 'failed', /the disk <b>is<\/b> full/);
      assert.deepEqual(await told(6), []);
      assert.equal(await dialog.getByLabel(/Time of day/).inputValue(), '06:15', 'what was chosen stays');
    }));

  test('the device is chosen in the form; one without the rule is not offered', () =>
    withPage(browser, `${scs.url}/#/ready`, { language: 'de-DE' }, async (page) => {
      await complete(page);
      await page.getByRole('button', { name: 'Zeit sagen …' }).first().click();
      const dialog = page.getByRole('dialog');
      const options = await dialog.getByLabel('Gerät').locator('option').allInnerTexts();
      assert.ok(options.includes('pixel-8') && !options.includes('worn-tablet'), options.join());
      await dialog.getByLabel('Gerät').selectOption('pixel-8');
      await dialog.getByRole('checkbox', { name: 'So' }).waitFor();
    }));
});
