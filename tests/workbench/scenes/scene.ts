import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openBrowser } from '../../report/browser.ts';
import { fleetFolder } from '../fleet.ts';
import { untilRead } from '../run-question.ts';
import { type StartedUi, startUi } from '../start-ui.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Milliseconds that a scene waits for what must come; machines that test are busy. */
const patience = 60_000;

/** What a page comes to show, sooner or later. */
export const eventually = <T>(read: () => Promise<T> | T) => expect.poll(read, { timeout: patience, interval: 100 });

/** A page of a workbench, and what it did that no page may do. */
export interface Scene {
  readonly ui: StartedUi;
  readonly page: Page;
  /** Presses keys one after the other: `g a` for two of them. */
  press(keys: string): Promise<void>;
  /** The text of the first element that fits. */
  text(selector: string): Promise<string>;
  /** The page has no violation of the rules of accessibility, in light and in dark. */
  isAccessible(): Promise<void>;
  /** Ends the scene: no console error, no dialog, no request to elsewhere. */
  end(): Promise<void>;
}

/** Starts the command on a sample fleet, waits until its files are read, and opens its page. */
export async function openScene(options: BrowserContextOptions = {}, args: readonly string[] = []): Promise<Scene> {
  const [ui, browser] = await Promise.all([startUi(['--data', fleetFolder(), ...args]), openBrowser()]);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const trouble = watched(page, ui);
  await page.goto(ui.link);
  await page.locator('.hunt-list li').first().waitFor();
  // The code was used by the page: calls of the test have its token.
  ui.useToken(await page.evaluate<string>(`sessionStorage.getItem('harrier token')`));
  await untilRead(ui);
  return sceneOf(ui, page, trouble, async () => {
    await browser.close();
    await ui.stop();
  });
}

/** Another page of a workbench that the test has been let into already. */
export async function openPage(browser: Browser, ui: StartedUi): Promise<Scene> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const trouble = watched(page, ui);
  await page.addInitScript((token) => sessionStorage.setItem('harrier token', token), await ui.token());
  await page.goto(ui.origin);
  await page.waitForSelector('.head .source:not(:empty)');
  return sceneOf(ui, page, trouble, () => page.close());
}

/** Goes to an address within the page. */
export const goTo = (page: Page, fragment: string): Promise<void> =>
  page.evaluate((text) => {
    location.hash = text;
  }, fragment);

const sceneOf = (ui: StartedUi, page: Page, trouble: readonly string[], close: () => Promise<void>): Scene => ({
  ...{ ui, page },
  async press(keys) {
    for (const key of keys.split(' '))
      await page.keyboard.press(key === 'Ctrl+K' ? 'Control+k' : key.replace('Ctrl', 'Control'));
  },
  async text(selector) {
    return (await page.locator(selector).first().textContent()) ?? '';
  },
  async isAccessible() {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
  },
  async end() {
    await close();
    expect(trouble).toEqual([]);
  },
});

/** What a page does that no page may do, as it does it. */
function watched(page: Page, ui: StartedUi): string[] {
  page.setDefaultTimeout(patience);
  const trouble: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') trouble.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    trouble.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (origin !== ui.origin && protocol !== 'data:' && protocol !== 'blob:') trouble.push(`request: ${request.url()}`);
  });
  return trouble;
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate<string[]>(`axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 200) + ' ' + failureSummary)))`);
}
