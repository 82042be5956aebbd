// Every act that the other tests leave out, with its effect in the API and its way back; and every act refused by the API.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { useBrowser, withPage } from '../support/browser.mjs';
import { demo, until } from '../support/service.mjs';
import { complete, goTo, toast } from '../support/views.mjs';

const tile = (page, name) => page.locator('.stations-tile', { hasText: name });

async function sheet(page, name) {
  await complete(page);
  await tile(page, name).click();
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  return dialog;
}

async function slide(slider) {
  await slider.focus();
  await slider.press('ArrowRight');
  await slider.press('ArrowRight');
}

const undo = async (page) => (await toast(page, 'done')).getByRole('button', { name: 'Undo' }).click();

describe('acts on a port and a device', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  const port = (number) => scs.api('GET', `stations/demo/ports/${number}`);
  const parameter = async (number, name) => {
    const all = await scs.api('GET', `stations/demo/ports/${number}/parameters`);
    return all.find((one) => one.rule === 'keep-between' && one.name === name);
  };

  test('off and on again: the power is taken for a moment, and undo gives it back at once', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await scs.api('PUT', 'stations/demo/ports/2/mode', { mode: 'on' });
      await until(() => port(2), ({ power }) => power === 'on');
      const dialog = await sheet(page, 'galaxy-s21');
      await dialog.getByText('Name, start anew').click();
      await dialog.getByRole('button', { name: 'Off and on again' }).click();
      await until(() => port(2), ({ probe }) => probe != null, 'it is off for a moment');
      await undo(page);
      await until(() => port(2), ({ probe, power }) => probe == null && power === 'on', 'it has power again');
    }));

  test('a level set in the sheet counts, undo takes it back, and so does “as in the file”', () =>
    withPage(browser, scs.url, {}, async (page) => {
      const before = (await parameter(4, 'high')).value;
      const dialog = await sheet(page, 'ipad-mini');
      const high = dialog.getByRole('slider', { name: 'Stops charging at' });
      await slide(high);
      await until(() => parameter(4, 'high'), ({ value }) => value === before + 2);
      await undo(page);
      await until(() => parameter(4, 'high'), ({ set }) => set == null, 'the file counts again');
      await until(() => high.inputValue(), (shown) => Number(shown) === before, 'and is shown');
      await slide(high);
      await until(() => parameter(4, 'high'), ({ value }) => value === before + 2);
      await dialog.getByRole('button', { name: 'As in the file' }).click();
      await until(() => parameter(4, 'high'), ({ set, value }) => set == null && value === before);
    }));

  test('a parameter of the device is given back to its file, and undo sets it again', () =>
    withPage(browser, `${scs.url}/#/devices/moto-g`, {}, async (page) => {
      await scs.api('PUT', 'stations/demo/ports/6/parameters/keep-between/high', { value: 71 });
      await complete(page);
      const row = page.locator('.device-parameter', { has: page.getByText('set by') });
      await row.getByRole('button', { name: 'As in the file' }).click();
      await until(() => parameter(6, 'high'), ({ set }) => set == null);
      await undo(page);
      await until(() => parameter(6, 'high'), ({ value }) => value === 71);
    }));

  test('what holds the whole station or the device is told in the sheet, and given back there', () =>
    withPage(browser, scs.url, {}, async (page) => {
      const holds = [
        ['stations/demo/mode', 'Of the whole station', async () => (await scs.api('GET', 'stations/demo')).mode.mode],
        ['devices/tab-a8/mode', 'Of the device, wherever it is', async () => (await port(8)).held_by?.mode.mode ?? 'auto'],
      ];
      for (const [where, words, mode] of holds) {
        await scs.api('PUT', where, { mode: 'on' });
        const dialog = await sheet(page, 'tab-a8');
        await dialog.getByText(words).waitFor();
        await dialog.getByRole('button', { name: 'Give back to the rules' }).click();
        await until(mode, (now) => now === 'auto', `${where} is given back`);
        await dialog.getByText(words).waitFor({ state: 'detached' });
        await page.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
      }
    }));

  test('until it is unplugged: the end is kept, and a change leaves it', () =>
    withPage(browser, scs.url, {}, async (page) => {
      const dialog = await sheet(page, 'kindle-fire');
      await dialog.getByRole('radio', { name: 'Once', exact: true }).check();
      await dialog.getByLabel('Until when').selectOption({ label: 'until it is unplugged' });
      await dialog.getByRole('button', { name: 'Charge once to 100%' }).click();
      const { mode } = await until(() => port(11), (now) => now.mode.mode === 'once');
      assert.equal(mode.until_unplugged, true);
      await undo(page);
      await until(() => port(11), (now) => now.mode.mode === 'auto');
    }));
});

describe('acts that the API refuses', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  const WORDS = 'the disk <b>is</b> full';
  const refused = (route) => (route.request().method() === 'GET'
    ? route.continue()
    : route.fulfill({ status: 507, contentType: 'application/problem+json', body: JSON.stringify({ code: 'not_kept', title: 'Not kept', detail: WORDS }) }));

  // Name, where it is done, and how: each ends with a request that changes something.
  const ACTS = [
    ['a mode', '/', async (page) => {
      const dialog = await sheet(page, 'tab-a8');
      await dialog.getByRole('radio', { name: 'Off', exact: true }).check();
      await dialog.getByRole('button', { name: 'Switch off' }).click();
    }],
    ['the mode of the station', '/', async (page) => {
      await page.getByRole('button', { name: /Who decides|Rules decide/ }).first().click();
      await page.getByRole('dialog').getByRole('radio', { name: 'On', exact: true }).check();
      await page.getByRole('dialog').getByRole('button', { name: 'Switch on' }).click();
    }],
    ['a level', '/', async (page) => slide((await sheet(page, 'ipad-mini')).getByRole('slider').first())],
    ['a name', '/', async (page) => {
      const dialog = await sheet(page, 'redmi-note');
      await dialog.getByText('Name, start anew').click();
      await dialog.getByLabel('Device in this port').fill('another');
      await dialog.getByRole('button', { name: 'Save the name' }).click();
    }],
    ['off and on again', '/', async (page) => {
      const dialog = await sheet(page, 'galaxy-s21');
      await dialog.getByText('Name, start anew').click();
      await dialog.getByRole('button', { name: 'Off and on again' }).click();
    }],
    ['a parameter', '/devices/pixel-8', (page) => slide(page.locator('main input[type="range"]').first())],
    ['a decision as a test', '/why/demo/DECIDED', async (page) => {
      await page.getByRole('button', { name: 'Save as a test' }).click();
      await page.getByRole('dialog').getByRole('button', { name: /Add it to the tests/ }).click();
    }],
    ['a token', '/setup/access', async (page) => {
      await page.getByLabel('For whom or what').fill('somebody');
      await page.getByRole('button', { name: 'Make it' }).click();
    }],
    ['a token for a phone', '/setup/phone/pixel-8', (page) => page.getByRole('button', { name: 'Make a token for it' }).click()],
    ['a device that waits', '/setup', async (page) => {
      const row = page.locator('.setup-waiting', { hasText: 'a stranger' });
      await row.getByRole('combobox').selectOption('4');
      await row.getByRole('button', { name: 'It is there' }).click();
    }],
    ['the removal of a rule', '/rules/SPARE', async (page) => {
      await page.getByRole('button', { name: 'Remove', exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
    }],
  ];

  test('each says kindly why, nothing of it happens, and the page goes on', { timeout: 300_000 }, async () => {
    await scs.api('POST', 'reports', { device: 'a stranger', level: 40 }).catch(() => {});
    await scs.api('PUT', 'stations/demo/ports/2/mode', { mode: 'on' });
    await until(() => scs.api('GET', 'stations/demo/ports/2'), ({ power }) => power === 'on');
    const { id: decided } = await scs.api('POST', 'reports', { device: 'pixel-8', level: 15 });
    const spare = (await scs.api('GET', 'rules')).find(({ used_by: used }) => used.length === 0).name;
    const known = async () => JSON.stringify(await Promise.all(['config', 'tokens', 'stations/demo/ports/4', 'stations/demo/ports/1/parameters'].map((one) => scs.api('GET', one))));
    await withPage(browser, scs.url, { expects: [/status of 507/] }, async (page) => {
      await complete(page);
      for (const [what, where, doing] of ACTS) {
        await goTo(page, where.replace('SPARE', spare).replace('DECIDED', decided));
        const before = await known();
        await page.route('**/api/v1/**', refused);
        await doing(page);
        await toast(page, 'failed', /the disk <b>is<\/b> full/).catch((error) => assert.fail(`${what}: ${error.message}`));
        await page.unroute('**/api/v1/**');
        assert.equal(await page.locator('button[aria-busy="true"]').count(), 0, `${what}: nothing is under way any more`);
        assert.equal(await known(), before, `${what}: nothing happened`);
        while ((await page.locator('.toast').count()) > 0) await page.locator('.toast').last().getByRole('button', { name: 'Close' }).click();
        while ((await page.getByRole('dialog').count()) > 0) {
          await page.keyboard.press('Escape');
          await page.getByRole('dialog').last().waitFor({ state: 'detached' });
        }
      }
    });
  });
});
