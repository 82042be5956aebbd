// Bad input: names of all kinds, an API that fails at everything, and 5,000 decisions in a minute.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fitsWindow, isAccessible, useBrowser, withPage } from '../support/browser.mjs';
import { demo } from '../support/service.mjs';
import { complete, goTo, views } from '../support/views.mjs';

const NAMES = ['<img src=x onerror=alert(1)>', '👩‍👩‍👧‍👦📱🔋', 'הטלפון של דנה ABC', 'W'.repeat(64), '"quoted" {{7*7}} ${x}', "../../etc", '<script>document.title=1</script>', 'ä ö ü ß'];
const station = `(title: "${'<b>Title</b> 🔌 '.repeat(4)}", switch: Simulated(), min_hold: "10 s", rules: [(rule: "keep-between")], ports: {
${NAMES.map((name, n) => `    ${n + 1}: (device: r#"${name}"#, kind: "phone"),`).join('\n')}
})`;

describe('names of all kinds', () => {
  const browser = useBrowser();
  let scs;
  before(async () => {
    scs = await demo({ station, speed: 1 });
    for (const [n, device] of NAMES.entries()) await scs.api('POST', 'reports', { device, level: 10 * n + 5, charging: n % 2 === 0, temperature: 45 });
  });
  after(() => scs?.stop());

  test('nothing of them is run, and they are shown as they are', () =>
    withPage(browser, scs.url, {}, async (page) => {
      page.on('dialog', () => assert.fail('a name ran as a script'));
      await complete(page);
      const shown = await page.locator('main').innerText();
      for (const name of NAMES) assert.ok(shown.includes(name), name);
      assert.equal(await page.locator('main img, main script').count(), 0);
    }));

  for (const [width, height] of [[360, 740], [1280, 800]]) {
    test(`no view breaks at ${width} px`, () =>
      withPage(browser, scs.url, { width, height }, async (page) => {
        await complete(page);
        await fitsWindow(page, 'stations');
        for (const device of NAMES) {
          for (const view of ['device', 'phone']) {
            await goTo(page, views({ device })[view]);
            await fitsWindow(page, `${view} of ${device}`);
          }
        }
        for (const view of ['ready', 'setup', 'why']) {
          await goTo(page, views()[view]);
          await fitsWindow(page, view);
        }
        await isAccessible(page, 'why');
      }));
  }
});

describe('an API that fails', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  const failing = [
    ['500 without a body', (route) => route.fulfill({ status: 500, body: '' })],
    ['a page of a proxy', (route) => route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1><script>alert(1)</script>' })],
    ['JSON that is none', (route) => route.fulfill({ status: 200, contentType: 'application/json', body: '{"half":' })],
    ['a line that is cut', (route) => route.abort('connectionreset')],
  ];
  for (const [what, answer] of failing) {
    test(`${what}: every view says what is wrong and stays usable`, () =>
      withPage(browser, `${scs.url}/#/settings`, { expects: [/Failed to load resource|status of 50\d|ERR_/] }, async (page) => {
        await page.getByRole('heading', { name: 'Settings' }).waitFor();
        await page.route(/\/api\/v1\/(?!events)/, answer);
        for (const [name, where] of Object.entries(views())) {
          await page.evaluate((hash) => (location.hash = hash), where);
          await page.waitForFunction(() => !document.querySelector('main .loading') && document.querySelector('main').innerText.trim() !== '', null, { timeout: 15_000 });
          assert.doesNotMatch(await page.locator('main').innerText(), /undefined|\[object|NaN|Bad gateway/, name);
        }
        await page.unroute(/\/api\/v1\/(?!events)/);
        await goTo(page, '/rules');
        await page.locator('.rules-row').first().waitFor();
      }));
  }
});

describe('5,000 decisions in a minute', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  test('the page goes on, and shows what came last', { timeout: 150_000 }, () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      await page.evaluate(() => {
        globalThis.longest = 0;
        let last = performance.now();
        const step = (now) => {
          globalThis.longest = Math.max(globalThis.longest, now - last);
          last = now;
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      });
      const { length } = await scs.api('GET', 'stations/demo/ports');
      const devices = (await scs.api('GET', 'stations/demo/ports')).map(({ device }) => device);
      const end = Date.now() + 60_000;
      let sent = 0;
      const sender = async (lane) => {
        for (let n = lane; sent < 5000 && Date.now() < end; n += 4) {
          sent += 1;
          await scs.api('POST', 'reports', { device: devices[n % length], level: n % 2 ? 19 : 81, charging: n % 2 === 0 });
        }
      };
      await Promise.all([0, 1, 2, 3].map(sender));
      await scs.api('POST', 'reports', { device: 'pixel-8', level: 57, charging: false });
      await page.locator('.stations-tile', { hasText: 'pixel-8' }).getByText('57%').waitFor();
      assert.ok(sent > 500, `${sent} reports were sent`);
      const longest = await page.evaluate(() => globalThis.longest);
      assert.ok(longest < 1000, `the page stood still for ${Math.round(longest)} ms`);
    }));
});
