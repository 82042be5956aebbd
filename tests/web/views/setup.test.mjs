// The set-up: what waits is named and the API knows it; tokens come and go; lines for a phone can be taken along.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { useBrowser, withPage } from '../support/browser.mjs';
import { apiOf, demo, service, until } from '../support/service.mjs';
import { complete, goTo, holds, toast } from '../support/views.mjs';

const STRANGE = '<img src=x onerror=alert(1)> 📱 הטלפון';

describe('the set-up', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  const report = (device, level) => scs.api('POST', 'reports', { device, level }).catch((error) => assert.equal(error.status, 404));
  const deviceOf = async (port) => (await scs.api('GET', `stations/demo/ports/${port}`)).device;

  test('a device that reports is put into its port, and taken out again by undo', () =>
    withPage(browser, `${scs.url}/#/setup`, {}, async (page) => {
      await complete(page);
      await report(STRANGE, 33);
      const row = page.locator('.setup-waiting', { hasText: STRANGE });
      await row.waitFor();
      await row.getByRole('combobox').selectOption('3');
      await row.getByRole('button', { name: 'It is there' }).click();
      const said = await toast(page, 'done', /is in port 3 of demo/);
      assert.equal(await deviceOf(3), STRANGE);
      await row.waitFor({ state: 'detached' });
      await said.getByRole('button', { name: 'Undo' }).click();
      await until(() => deviceOf(3), (device) => device === 'fairphone-5');
    }));

  test('a name that the service refuses is explained, and stays where it was written', () =>
    withPage(browser, `${scs.url}/#/setup`, { expects: [/status of 503/] }, async (page) => {
      await report('somebody', 50);
      await page.route('**/ports/*/device', (route) =>
        route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"code":"busy","title":"Busy","detail":"the station is busy: try again"}' }));
      const row = page.locator('.setup-waiting', { hasText: 'somebody' });
      await row.getByRole('combobox').selectOption('4');
      await row.getByRole('button', { name: 'It is there' }).click();
      await toast(page, 'failed', /the station is busy/);
      assert.equal(await row.getByRole('combobox').inputValue(), '4');
      assert.equal(await deviceOf(4), 'ipad-mini');
    }));

  test('hubs and the doctor say what they see on this machine', () =>
    withPage(browser, `${scs.url}/#/setup`, {}, async (page) => {
      await complete(page);
      await page.getByRole('heading', { name: 'Hubs' }).waitFor();
      await page.getByRole('heading', { name: 'The doctor' }).waitFor();
      const { checks } = await (await fetch(`${scs.url}/api/v1/doctor`)).json();
      const wrong = checks.filter(({ state }) => state === 'wrong');
      await holds(async () => assert.equal(await page.locator('.setup-finding.is-bad').count(), wrong.length));
      for (const { text } of wrong) await page.getByText(text).waitFor();
    }));

  test('lines for a phone follow device, program and address; a token is put into them and the QR code', () =>
    withPage(browser, `${scs.url}/#/setup/phone/pixel-8`, {}, async (page) => {
      await complete(page);
      await page.getByRole('combobox', { name: /^Program/ }).selectOption('curl');
      assert.equal(await page.locator('.setup-qr').count(), 0, 'no code for an address that the phone cannot reach');
      await page.getByLabel(/^Address/).fill('http://192.168.1.20:5000');
      await page.locator('svg.setup-qr').waitFor();
      const box = page.locator('.copy-box pre');
      assert.match(await box.innerText(), /192\.168\.1\.20:5000\/api\/v1\/reports/);
      await page.getByRole('button', { name: 'Make a token for it' }).click();
      await page.getByRole('status').filter({ hasText: 'only now' }).waitFor();
      assert.equal(await page.locator('.toast').count(), 0, 'nothing covers the code');
      const secret = (await box.innerText()).match(/Bearer (scs_[\w-]+)/)[1];
      await page.getByRole('button', { name: /^Copy/ }).click();
      assert.match(await page.evaluate(() => navigator.clipboard.readText()), new RegExp(secret));
      const tokens = await (await fetch(`${scs.url}/api/v1/tokens`)).json();
      assert.ok(tokens.some(({ role, device }) => role === 'report' && device === 'pixel-8'));
      await page.getByLabel(/^Device/).fill('moto-g');
      assert.doesNotMatch(await box.innerText(), /Bearer/, 'the token of one device is not shown for another');
    }));

  test('what a phone takes along stands in its lines and not in its address', () =>
    withPage(browser, `${scs.url}/#/setup/phone/pixel-8?program=termux&token=scs_taken`, { width: 360, height: 740 }, async (page) => {
      await complete(page);
      await page.getByText('Bearer scs_taken').first().waitFor();
      assert.doesNotMatch(page.url(), /scs_taken/);
      await holds(async () => assert.equal(await page.getByRole('combobox', { name: /^Program/ }).inputValue(), 'termux'));
    }));
});

describe('who may come in', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await service({ settings: { access: 'Tokens' }, tokens: [['boss', 'edit'], ['guest', 'report']] })));
  after(() => scs?.stop());

  test('without a token the page asks for one, refuses a wrong one kindly, and takes the right one', () =>
    withPage(browser, scs.url, { expects: [/status of 401/] }, async (page) => {
      await page.getByRole('heading', { name: 'A token, please' }).waitFor();
      await page.getByLabel('Token', { exact: true }).fill('scs_wrong');
      await page.keyboard.press('Enter');
      await page.getByText('does not know this token').waitFor();
      await page.getByLabel('Token', { exact: true }).fill(scs.secrets.boss);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'A token, please' }).waitFor({ state: 'detached' });
      await goTo(page, '/settings');
      await page.getByText('You come in as boss').waitFor();
      await page.getByRole('button', { name: 'Forget the token' }).click();
      await goTo(page, '/');
      await page.getByRole('heading', { name: 'A token, please' }).waitFor();
    }));

  test('a token is made, shown once, works, is removed and works no more', () =>
    withPage(browser, `${scs.url}/#/setup/access`, { token: scs.secrets.boss }, async (page) => {
      await complete(page);
      await page.getByLabel('For whom or what').fill('kitchen <b>');
      await page.getByRole('button', { name: 'Make it' }).click();
      const dialog = page.getByRole('dialog');
      const secret = await dialog.locator('pre').innerText();
      assert.match(secret, /^scs_/);
      assert.ok(await apiOf(scs.url, secret)('GET', 'stations'));
      await dialog.getByRole('button', { name: 'I have it' }).click();
      assert.doesNotMatch(await page.content(), new RegExp(secret));
      await page.getByRole('button', { name: 'Remove kitchen <b>' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
      await toast(page, 'done', /is removed/);
      await assert.rejects(apiOf(scs.url, secret)('GET', 'stations'), { status: 401 });
    }));

  test('two tokens of one name: the page says that there is one already', () =>
    withPage(browser, `${scs.url}/#/setup/access`, { token: scs.secrets.boss, expects: [/status of 409/] }, async (page) => {
      await complete(page);
      await page.getByLabel('For whom or what').fill('guest');
      await page.getByRole('button', { name: 'Make it' }).click();
      await toast(page, 'failed', /guest/);
      assert.equal(await page.getByLabel('For whom or what').inputValue(), 'guest');
    }));

  test('who may only read is told so', () =>
    withPage(browser, `${scs.url}/#/setup/access`, { token: scs.secrets.guest }, async (page) => {
      await page.getByText('Only who may change files').waitFor();
      // Nothing is asked that would be refused: the page's console stays empty.
      await goTo(page, '/setup');
      await page.getByText('Only who may operate the ports').waitFor();
      await goTo(page, '/rules/keep-between');
      await page.getByText('You may read this rule').waitFor();
    }));

  test('the lines that a phone took along need no token to be read', () =>
    withPage(browser, `${scs.url}/#/setup/phone/moto-g?program=curl&token=${scs.secrets.guest}`, { expects: [/status of 401/] }, async (page) => {
      await page.getByText(`Bearer ${scs.secrets.guest}`).waitFor();
      await page.getByRole('button', { name: 'Look at the stations' }).click();
      await goTo(page, '/');
      await page.getByRole('heading', { name: 'A token, please' }).waitFor({ state: 'detached' });
    }));
});
