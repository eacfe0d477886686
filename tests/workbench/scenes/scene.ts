import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { StartedUi } from '../start-ui.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A page of a workbench, and what it did that it must not do. */
export interface Scene {
  readonly page: Page;
  /** No violation of accessibility, no error, no request to anywhere else; light and dark. */
  finish(): Promise<void>;
}

export async function openScene(browser: Browser, ui: StartedUi): Promise<Scene> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
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
    if (origin !== ui.origin && protocol !== 'data:') trouble.push(`request: ${request.url()}`);
  });
  // The code of the link is good once, and the test has used it.
  await page.addInitScript((token) => sessionStorage.setItem('harrier token', token), await ui.token());
  await page.goto(ui.origin);
  await page.waitForSelector('.head .events');
  return {
    page,
    async finish() {
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.evaluate(axe);
        const violations = await page.evaluate(async () => {
          const found = await (
            globalThis as unknown as { axe: { run(): Promise<{ violations: unknown[] }> } }
          ).axe.run();
          return (found.violations as { id: string; nodes: { html: string }[] }[]).map(
            ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`,
          );
        });
        expect(violations).toEqual([]);
      }
      expect(trouble).toEqual([]);
      await page.close();
    },
  };
}

/** Goes to an address within the page. */
export const goTo = (page: Page, fragment: string): Promise<void> =>
  page.evaluate((text) => {
    location.hash = text;
  }, fragment);
