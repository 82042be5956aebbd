// Stations: what is seen is what the API knows; what is done by hand has its effect there and can be taken back.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { useBrowser, withPage } from '../support/browser.mjs';
import { demo, until } from '../support/service.mjs';
import { complete, holds, toast } from '../support/views.mjs';

describe('stations', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  const port = (number) => scs.api('GET', `stations/demo/ports/${number}`);
  const modeOf = async (number) => (await port(number)).mode;
  const back = (number) => scs.api('PUT', `stations/demo/ports/${number}/mode`, { mode: 'auto' });
  const tile = (page, name) => page.locator('.stations-tile', { hasText: name });

  async function sheet(page, name) {
    await complete(page);
    await tile(page, name).click();
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    return dialog;
  }

  test('every port of the API is there with its device and level, and one sentence says how it is', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      const ports = await scs.api('GET', 'stations/demo/ports');
      await holds(async () => assert.equal(await page.locator('.stations-tile').count(), ports.length));
      for (const { device } of ports) await tile(page, device).waitFor();
      await holds(async () => assert.match(await page.locator('main h1').first().innerText(), /\S/));
    }));

  test('a report is on the screen at once', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      await scs.api('POST', 'reports', { device: 'pixel-8', level: 43, charging: false });
      await tile(page, 'pixel-8').getByText('43%').waitFor();
    }));

  for (const [kind, button, wanted] of [
    ['On', 'Switch on', { mode: 'on' }],
    ['Off', 'Switch off', { mode: 'off' }],
    ['Once', 'Charge once to 100%', { mode: 'once', level: 100 }],
    ['Hold', 'Hold at 50%', { mode: 'hold', level: 50 }],
  ]) {
    test(`${kind}: the API knows it, and undo gives back what was before`, () =>
      withPage(browser, scs.url, {}, async (page) => {
        const dialog = await sheet(page, 'tab-a8');
        await dialog.getByRole('radio', { name: kind, exact: true }).check();
        await dialog.getByRole('button', { name: button }).click();
        const said = await toast(page, 'done');
        const { mode, level } = await modeOf(8);
        assert.deepEqual({ mode, ...(level != null && { level }) }, wanted);
        await said.getByRole('button', { name: 'Undo' }).click();
        await until(() => modeOf(8), (now) => now.mode === 'auto');
      }));
  }

  test('a mode ends when it was told to, and the rules can be let in again', () =>
    withPage(browser, scs.url, {}, async (page) => {
      let dialog = await sheet(page, 'moto-g');
      await dialog.getByRole('radio', { name: 'Off', exact: true }).check();
      await dialog.getByLabel('Until when').selectOption({ label: 'for two hours' });
      await dialog.getByRole('button', { name: 'Switch off' }).click();
      await toast(page, 'done');
      const { mode, until: end } = await modeOf(6);
      assert.equal(mode, 'off');
      assert.ok(Math.abs(Date.parse(end) - Date.parse((await scs.api('GET', 'service')).now) - 7200e3) < 60e3, end);
      dialog = await sheet(page, 'moto-g');
      await dialog.getByRole('radio', { name: 'Rules', exact: true }).check();
      await dialog.getByRole('button', { name: 'Let the rules decide' }).click();
      await until(() => modeOf(6), (now) => now.mode === 'auto');
    }));

  test('the whole station is held and given back', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      await page.getByRole('button', { name: /Who decides|Rules decide/ }).first().click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio', { name: 'Off', exact: true }).check();
      await dialog.getByRole('button', { name: 'Switch off' }).click();
      const said = await toast(page, 'done');
      const station = async () => (await scs.api('GET', 'stations/demo')).mode.mode;
      assert.equal(await station(), 'off');
      await said.getByRole('button', { name: 'Undo' }).click();
      await until(station, (mode) => mode === 'auto');
    }));

  test('a device gets a name in its port', () =>
    withPage(browser, scs.url, {}, async (page) => {
      const dialog = await sheet(page, 'iphone-se');
      await dialog.getByText('Name, start anew').click();
      await dialog.getByLabel('Device in this port').fill('new one');
      await dialog.getByRole('button', { name: 'Save the name' }).click();
      const said = await toast(page, 'done');
      assert.equal((await port(9)).device, 'new one');
      await said.getByRole('button', { name: 'Undo' }).click();
      await until(() => port(9), ({ device }) => device === 'iphone-se');
    }));

  test('two people see the same within a second', () =>
    withPage(browser, scs.url, {}, (one) =>
      withPage(browser, scs.url, { language: 'de-DE', width: 360, height: 740 }, async (other) => {
        await complete(other);
        const dialog = await sheet(one, 'nokia-xr20');
        await dialog.getByRole('radio', { name: 'Off', exact: true }).check();
        await dialog.getByRole('button', { name: 'Switch off' }).click();
        await toast(one, 'done');
        await tile(other, 'nokia-xr20').getByText('Aus').first().waitFor({ timeout: 3000 });
        await back(7);
      })));

  test('by keyboard alone: to a port, into its sheet, off, and out again', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      await tile(page, 'galaxy-s21').focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.waitFor();
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await holds(async () => assert.match(await page.evaluate(() => document.activeElement.textContent), /galaxy-s21/, 'the focus is back'));
    }));

  test('what the API refuses changes nothing and is said kindly', () =>
    withPage(browser, scs.url, { expects: [/status of 5\d\d/] }, async (page) => {
      await page.route('**/api/v1/**', (route) => (route.request().method() === 'GET'
        ? route.continue()
        : route.fulfill({ status: 507, contentType: 'application/problem+json', body: '{"code":"not_kept","title":"Not kept","detail":"the disk <b>is</b> full"}' })));
      const dialog = await sheet(page, 'kindle-fire');
      await dialog.getByRole('radio', { name: 'Off', exact: true }).check();
      await dialog.getByRole('button', { name: 'Switch off' }).click();
      await toast(page, 'failed', /the disk <b>is<\/b> full/);
      assert.equal(await dialog.count(), 1, 'what was chosen stays');
      assert.equal((await modeOf(11)).mode, 'auto');
    }));

  test('a slow network: the picture comes, and the button shows that it is under way', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      const cdp = await page.context().newCDPSession(page);
      await cdp.send('Network.enable');
      await cdp.send('Network.emulateNetworkConditions', { offline: false, latency: 1500, downloadThroughput: 20_000, uploadThroughput: 20_000 });
      const dialog = await sheet(page, 'fairphone-5');
      await dialog.getByRole('radio', { name: 'Off', exact: true }).check();
      const button = dialog.getByRole('button', { name: 'Switch off' });
      await button.click();
      await dialog.locator('button[aria-busy="true"]').waitFor();
      await toast(page, 'done');
      assert.equal((await modeOf(3)).mode, 'off');
      await back(3);
    }));

  test('who is to be ready, and when, is what the plan says, and so is who is not', () =>
    withPage(browser, `${scs.url}/#/ready`, {}, async (page) => {
      await complete(page);
      const plan = await scs.api('GET', 'stations/demo/plan');
      const at = page.locator('.ready-row', { hasText: 'Port' });
      for (const { device, port: number, deadline } of plan.filter((one) => one.deadline)) {
        const time = at.filter({ hasText: `Port ${number}` }).filter({ hasText: device }).locator('time');
        assert.equal(await time.getAttribute('datetime'), deadline.at, device);
      }
      const never = plan.filter((one) => !one.deadline).map((one) => one.device);
      assert.ok(never.includes('worn-tablet'), 'its rules know no time');
      await page.locator('summary', { hasText: 'Nothing is planned' }).click();
      for (const device of never) await page.getByRole('link', { name: device, exact: true }).waitFor();
    }));

  test('the sheet can be opened for the first time while the service is away, and the other views can be gone to', () =>
    withPage(browser, scs.url, { expects: [/ERR_CONNECTION_REFUSED/, /ERR_INCOMPLETE_CHUNKED/, /ERR_EMPTY_RESPONSE/, /Failed to fetch/] }, async (page) => {
      const loaded = page.waitForResponse(/qr\.mjs/);
      await complete(page);
      await loaded;
      await scs.pause();
      await page.locator('.shell-lost').waitFor();
      await tile(page, 'tab-a8').click();
      await page.getByRole('dialog').getByRole('button', { name: 'Let the rules decide' }).waitFor();
      await page.keyboard.press('Escape');
      for (const where of ['Ready?', 'Rules', 'Set up', 'Stations']) await page.getByRole('link', { name: where, exact: true }).click();
      await tile(page, 'tab-a8').waitFor();
      await scs.resume();
      await page.locator('.shell-lost').waitFor({ state: 'detached' });
    }));
});
