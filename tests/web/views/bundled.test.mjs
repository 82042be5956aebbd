// The page as a release holds it, in few files: every view works, all share one state, and the first needs few requests.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { complete, goTo, views } from '../support/views.mjs';
import { useBrowser, withPage } from '../support/browser.mjs';
import { demo } from '../support/service.mjs';

// What a debug build needs to be told; a release holds nothing else.
process.env.SCS_WEB_BUNDLED = '1';
const MOST_FILES = 7;

const browser = useBrowser();
let scs;
before(async () => void (scs = await demo({ speed: 1 })));
after(() => scs?.stop());

test('the first view is a few files, and no module twice', async () => {
  await withPage(browser, 'about:blank', {}, async (page) => {
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(scs.url);
    await page.waitForSelector('.stations-tile .battery');
    const files = asked.filter((path) => !path.startsWith('/api/'));
    assert.ok(files.length <= MOST_FILES, `${files.length} files: ${files.join(' ')}`);
    assert.deepEqual(files.filter((path) => /\.(js|mjs)$/.test(path)).sort(), ['/app/main.js', '/vendor/ui.mjs']);
    // The icon is asked for as a picture and as the sign of the page.
    const others = asked.filter((path) => path !== '/icon.svg');
    assert.deepEqual(others.filter((path, n) => others.indexOf(path) !== n), [], 'asked for twice');
    assert.equal((await page.request.get(`${scs.url}/app/state/live.js`)).status(), 404);
  });
});

for (const [name, where] of Object.entries(views())) {
  test(`the view ${name} works when it is the first, in German`, async () => {
    await withPage(browser, `${scs.url}/#${where}`, { language: 'de-DE' }, async (page) => {
      await complete(page);
      assert.equal(await page.locator('html').getAttribute('lang'), 'de');
    });
  });
}

test('all views after each other see the same picture', async () => {
  await withPage(browser, scs.url, {}, async (page) => {
    await complete(page);
    for (const where of Object.values(views())) await goTo(page, where);
    await goTo(page, '/devices/pixel-8');
    await scs.api('POST', 'reports', { device: 'pixel-8', level: 43, charging: false });
    await page.locator('main .battery-text', { hasText: '43%' }).first().waitFor();
    await goTo(page, '/');
    await page.locator('.stations-tile', { hasText: 'pixel-8' }).locator('.battery-text', { hasText: '43%' }).waitFor();
    await page.locator('.stations-tile', { hasText: 'pixel-8' }).click();
    await page.getByRole('dialog').waitFor();
  });
});
