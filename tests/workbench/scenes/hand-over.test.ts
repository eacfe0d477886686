import { readFileSync } from 'node:fs';
import type { Download } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable } from '../../report/browser.ts';
import { eventually, openScene, type Scene } from './scene.ts';

/** Hand it over: a report, rows, the hunt. */
describe.skipIf(!executable)('hand it over', { timeout: 240_000 }, () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene({ acceptDownloads: true });
  });
  afterAll(() => scene?.end());

  it('runs hunts and opens one', async () => {
    const { page, press } = scene;
    await press('/');
    await page.keyboard.type('exfiltration by volume');
    await eventually(() => page.locator('.hunt-list li').count()).toBeLessThan(10);
    await page.getByRole('button', { name: 'Run listed' }).click();
    await eventually(() => page.locator('.hunt-list .state-queued, .hunt-list .state-running').count()).toBe(0);
    await page.locator('.hunt-list .name', { hasText: 'Exfiltration by volume (Windows)' }).click();
    await page.locator('.result .state-hits').waitFor();
  });

  const saved = async (click: () => Promise<void>): Promise<{ name: string; text: string }> => {
    const coming: Promise<Download> = scene.page.waitForEvent('download');
    await click();
    const download = await coming;
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
  };

  it('makes a report without the names of users, previews and downloads it', async () => {
    const { page, press } = scene;
    await press('Ctrl+s');
    const dialog = page.getByRole('dialog', { name: 'Report' });
    await dialog.getByLabel('Title').fill('Data that left');
    await dialog.getByLabel('user.name', { exact: true }).check();
    await scene.isAccessible();
    await dialog.getByRole('button', { name: 'Make the report' }).click();
    const frame = page.frameLocator('iframe[title="Preview of the report"]');
    await eventually(() => frame.locator('h1').textContent()).toBe('Data that left');
    await eventually(() => frame.locator('#account').textContent()).toContain('user.name');
    const { name, text } = await saved(() => dialog.getByRole('button', { name: 'Download' }).click());
    expect(name).toMatch(/^harrier-\d{4}-\d\d-\d\d\.html$/);
    expect(text).toMatch(/<title>Data that left, \d{4}-\d\d-\d\d - Harrier<\/title>/);
    expect(text).toContain('How to do it again');
    expect(text).toContain('harrier run');
    // The frame is an origin of its own: nothing of the page is within its reach.
    const inner = page.frames().find((one) => one.url().includes('/preview/'))!;
    expect(await inner.evaluate('origin')).toBe('null');
    await press('Escape');
    await eventually(() => dialog.count()).toBe(0);
  });

  it('gives rows as CSV and NDJSON, and the hunt as TOML', async () => {
    const { page, press } = scene;
    await press('Ctrl+s');
    const dialog = page.getByRole('dialog', { name: 'Report' });
    const csv = await saved(() => dialog.getByRole('button', { name: 'Rows as CSV' }).click());
    expect(csv.name).toBe('exfiltration-by-volume-windows.csv');
    const [head, ...rows] = csv.text.trim().split('\r\n');
    expect(head).toContain('bytes_sent');
    const ndjson = await saved(() => dialog.getByRole('button', { name: 'Rows as NDJSON' }).click());
    expect(
      ndjson.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object),
    ).toHaveLength(rows.length);
    const toml = await saved(() => dialog.getByRole('button', { name: 'Hunt as TOML' }).click());
    expect(toml.text).toContain('name = "Exfiltration by volume (Windows)"');
    await eventually(() => dialog.getByRole('group', { name: 'Do it again' }).textContent()).toMatch(/^harrier run /);
    await press('Escape');
  });

  it('gives a layer for the ATT&CK Navigator', async () => {
    const { page, press } = scene;
    await press('g a');
    const { name, text } = await saved(() => page.getByRole('button', { name: 'Navigator layer' }).click());
    expect(name).toMatch(/\.json$/);
    const layer = JSON.parse(text) as { techniques: { techniqueID: string; comment: string }[] };
    expect(layer.techniques.map(({ techniqueID }) => techniqueID)).toContain('T1048');
  });
});
