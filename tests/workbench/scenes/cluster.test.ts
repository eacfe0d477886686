import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingestFiles } from '../../../src/store/ingest-files.ts';
import { Store } from '../../../src/store/store.ts';
import { executable, openBrowser } from '../../report/browser.ts';
import { serverOver, type TestServer } from '../../server/support.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { fleetFolder } from '../fleet.ts';
import { type StartedUi, startUi } from '../start-ui.ts';
import { eventually, goTo, openPage, type Scene } from './scene.ts';

/* The loop over a cluster: the same steps as over files, with the events elsewhere. */

const exfiltration = '41fd9994-9707-4e3b-9bde-b05f7e9d4eb0';
const focusOf = (page: Page): Promise<string | null> =>
  page.evaluate(() => document.activeElement?.getAttribute('role') ?? document.activeElement?.tagName ?? null);

describe.skipIf(!executable)('over a cluster, by the keyboard', () => {
  let server: TestServer;
  let ui: StartedUi;
  let browser: Browser;
  let scene: Scene;
  beforeAll(async () => {
    const fleet = fleetFolder();
    server = await serverOver(await Store.open(temporaryFolder()));
    const files = readdirSync(fleet).filter((name) => name.endsWith('.ndjson'));
    await ingestFiles(server.store, { files: files.map((name) => join(fleet, name)), copies: true });
    const url = await server.listen();
    [ui, browser] = await Promise.all([
      startUi(['--engine', 'elasticsearch', '--url', url, '--now', '2026-03-10T12:00:00Z']),
      openBrowser(),
    ]);
    scene = await openPage(browser, ui);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await ui?.stop();
    await server?.app.close();
    await server?.store.close();
  });

  it('knows what the cluster can answer', async () => {
    const { page, isAccessible } = scene;
    await eventually(() => page.locator('.head .source').innerText()).toBe('a cluster');
    await eventually(() => page.locator('.hunt-list li').count()).toBeGreaterThan(60);
    await eventually(() => page.locator('.hunt-list .state-ready').count()).toBeGreaterThanOrEqual(7);
    await eventually(() => page.locator('.hunt-list .state-blind').count()).toBeGreaterThan(40);
    await isAccessible();
  });

  it('runs a hunt, and goes from a row to its events and their process', async () => {
    const { page, press, isAccessible } = scene;
    await goTo(page, `#/hunt/${exfiltration}`);
    await page.waitForSelector('.hunt');
    await press('Ctrl+Enter');
    await page.waitForSelector('.result .state-hits');
    await page.waitForSelector('[role=gridcell] .value');
    // Three of the planted intrusions send that much.
    await eventually(() => page.locator('.strip').innerText()).toContain('hits 3');
    await eventually(() => page.locator('#rows').getAttribute('aria-rowcount')).toBe('4');
    await page.locator('#rows').focus();
    await press('Enter');
    await page.waitForSelector('.drawer #events [role=gridcell] .value');
    await eventually(() => page.locator('.events > p').innerText()).toMatch(/^\d+ events?/);
    await press('p');
    await page.waitForSelector('[role=treegrid]');
    await eventually(() => page.locator('[role=treegrid]').innerText()).toContain('HIT');
    await press('Escape');
    await eventually(() => focusOf(page)).toBe('grid');
    await isAccessible();
  });

  it('says why its thresholds cannot be moved, and looks back', async () => {
    const { page, press, isAccessible } = scene;
    await eventually(() => page.locator('.thresholds .reason').innerText()).toContain('events that are read here');
    await eventually(() => page.locator('.thresholds input[type=range]').first().isDisabled()).toBe(true);
    await page.locator('#rows').focus();
    await press('b');
    const panel = page.getByRole('region', { name: 'Look back' });
    await eventually(() => panel.getByRole('status').textContent()).toMatch(/\d+ of \d+ windows/);
    await isAccessible();
  });

  it('says so when the cluster is gone, and keeps what it showed', async () => {
    const { page, press, isAccessible } = scene;
    await server.app.close();
    await page.locator('#rows').focus();
    await press('Ctrl+Enter');
    await eventually(() => page.locator('.result').innerText()).toMatch(/failed[\s\S]*cannot reach the cluster/);
    await isAccessible();
    // The hunt and its text are still there to work on.
    expect(await page.locator('.hunt .editor, .hunt .cm-editor').count()).toBeGreaterThan(0);
  });
});
