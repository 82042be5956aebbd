// Every view by keyboard alone: each control is reached, shows that it is, has a name, and nothing holds the focus.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { useBrowser, withPage } from '../support/browser.mjs';
import { demo } from '../support/service.mjs';
import { complete, views } from '../support/views.mjs';

/** More stops than this are a trap, or too many for anybody. */
const MOST_STOPS = 120;

// Run in the page: what has the focus, and whether one sees it.
const stop = () => {
  // The editor stands in a root of its own.
  const one = document.activeElement?.shadowRoot?.activeElement ?? document.activeElement;
  if (!one || one === document.body) return null;
  globalThis.stops ??= new Map();
  if (!globalThis.stops.has(one)) globalThis.stops.set(one, globalThis.stops.size);
  const box = one.getBoundingClientRect();
  const visible = (element) => {
    const style = getComputedStyle(element);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  };
  const around = (one.getRootNode().host ?? one).closest('label, .rules-code');
  return {
    id: globalThis.stops.get(one),
    what: one.outerHTML.slice(0, 120),
    name: (one.getAttribute('aria-label') ?? '') + [...(one.labels ?? [])].map((label) => label.textContent).join('') + one.textContent + (one.title ?? ''),
    seen: visible(one) || (around != null && visible(around)),
    inView: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    inEditor: one.closest('.cm-content') !== null,
  };
};

describe('by keyboard alone', () => {
  const browser = useBrowser();
  let scs;
  before(async () => void (scs = await demo({ speed: 1 })));
  after(() => scs?.stop());

  for (const [name, where] of Object.entries(views())) {
    test(`${name}: every stop has a name and is seen, and there is a way out at its end`, () =>
      withPage(browser, `${scs.url}/#${where}`, {}, async (page) => {
        await complete(page);
        const seen = [];
        for (;;) {
          await page.keyboard.press('Tab');
          const at = await page.evaluate(stop);
          if (at === null || seen.some(({ id }) => id === at.id)) break;
          assert.match(at.name, /\S/, `without a name: ${at.what}`);
          assert.ok(at.seen, `the focus is not seen: ${at.what}`);
          assert.ok(at.inView, `out of the window: ${at.what}`);
          seen.push(at);
          assert.ok(seen.length <= MOST_STOPS, `no way out of ${name}: ${at.what}`);
          // In the editor Tab indents: Escape leaves it.
          if (at.inEditor) await page.keyboard.press('Escape');
        }
        const first = await page.evaluate(() => [...globalThis.stops.keys()][0]?.className);
        assert.equal(first, 'skip');
        const missed = await page.evaluate(() => [...document.querySelectorAll('main a[href], main button, main input, main select, main textarea, main summary')]
          .filter((one) => !one.disabled && one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0 && !globalThis.stops.has(one))
          // Of radio buttons only the chosen one is a stop: arrow keys go on.
          .filter((one) => one.type !== 'radio')
          .map((one) => one.outerHTML.slice(0, 120)));
        assert.deepEqual(missed, [], `${name}: never reached`);
      }));
  }

  test('a dialog keeps the focus inside, and gives it back', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      await page.locator('.stations-tile').first().focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      for (let n = 0; n < 30; n += 1) {
        await page.keyboard.press('Tab');
        assert.ok(await page.evaluate(() => document.activeElement === document.body || document.activeElement.closest('dialog') !== null));
      }
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.waitForFunction(() => document.activeElement.classList.contains('stations-tile'));
    }));

  test('a dialog gives the focus to what took the place of its opener', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      await page.locator('.stations-tile').first().focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      const id = await page.evaluate(() => {
        const tile = document.querySelector('.stations-tile');
        tile.replaceWith(tile.cloneNode(true));
        return tile.id;
      });
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.waitForFunction((wanted) => document.activeElement.id === wanted, id);
    }));

  test('a port is held off from the keyboard alone', () =>
    withPage(browser, scs.url, {}, async (page) => {
      await complete(page);
      await page.locator('.stations-tile').first().focus();
      await page.keyboard.press('Enter');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('radio', { name: 'Rules', exact: true }).focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('ArrowRight');
      assert.equal(await dialog.getByRole('radio', { name: 'Off', exact: true }).isChecked(), true);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await page.locator('.toast.is-done').waitFor();
      const { mode } = await scs.api('GET', 'stations/demo/ports/1');
      assert.equal(mode.mode, 'off');
    }));
});
