// Debian's chromium, one for each file of tests, and pages that fail the test when something is wrong in them.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before } from 'node:test';
import { chromium } from 'playwright-core';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
/** A debug build on a busy machine checks and tries a rule for many seconds. */
const PATIENCE_MS = 90_000;
/** No mistake of the page, but browsers tell it on their console: a busy service tries a text later, when the page asks again. */
const USUAL = [/status of 503.*\/api\/v1\/rules\/(check|test|try)\)/];
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Starts chromium. In a container as root its own sandbox cannot be had. */
export const launch = () =>
  chromium.launch({ executablePath: CHROMIUM, headless: true, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });

/** A browser for the tests of one file: `browser.open(url, …)` inside of them. */
export function useBrowser() {
  let chrome;
  before(async () => void (chrome = await launch()));
  after(() => chrome?.close());
  return { open: (url, options) => open(chrome, url, options) };
}

/**
 * Opens the page like a new visitor. `page.wrong` collects what went wrong in it (errors, refused by the content
 * security policy, warnings); `close()` fails if there is anything that `expects` does not match.
 */
export async function open(chrome, url, { width = 1280, height = 800, dark = false, language = 'en-GB', token, expects = [], touch = false } = {}) {
  const context = await chrome.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale: language,
    hasTouch: touch,
    isMobile: touch,
    reducedMotion: 'reduce',
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  if (token) await context.addInitScript((text) => localStorage.setItem('scs.token', text), token);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(`error: ${error.stack ?? error.message}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) wrong.push(`${message.type()}: ${message.text()} (${message.location().url})`);
  });
  await page.goto(url);
  const close = async () => {
    await context.close();
    assert.deepEqual(wrong.filter((text) => ![...USUAL, ...expects].some((pattern) => pattern.test(text))), [], 'the page has errors');
  };
  return Object.assign(page, { wrong, leave: close });
}

/** Opens a page, does `steps` with it, and closes it; fails when something went wrong in the page. */
export async function withPage(browser, url, options, steps) {
  const page = await browser.open(url, options);
  try {
    await steps(page);
  } catch (error) {
    if (process.env.SCS_WEB_SHOTS) await page.screenshot({ path: `${process.env.SCS_WEB_SHOTS}/failed-${Date.now()}.png` });
    await page.context().close();
    error.message += page.wrong.length ? `\nin the page: ${page.wrong.join('\n')}` : '';
    throw error;
  }
  await page.leave();
}

/** Fails when axe finds something serious. */
export async function isAccessible(page, what) {
  // From outside the page's own scripts, so that its content security policy stays as it is.
  await page.evaluate(await axeSource());
  const found = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const serious = found.violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 4).map((node) => `${node.target} ${node.failureSummary}`).join(' | ')}`);
  assert.deepEqual(serious, [], `what axe finds in ${what}`);
}

let axe;
async function axeSource() {
  const { readFile } = await import('node:fs/promises');
  axe ??= await readFile(AXE, 'utf8');
  return axe;
}

/** Fails when the page is wider than the window, and says what sticks out. */
export async function fitsWindow(page, what) {
  const { over, wide } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const isOut = (one) => one.getBoundingClientRect().right > width + 1 && getComputedStyle(one).position !== 'absolute';
    return {
      over: document.documentElement.scrollWidth - width,
      wide: [...document.querySelectorAll('main *')].filter(isOut).slice(0, 3).map((one) => one.outerHTML.slice(0, 160)),
    };
  });
  assert.ok(over <= 0, `${what} is ${over} px wider than the window: ${wide.join(' ')}`);
}
