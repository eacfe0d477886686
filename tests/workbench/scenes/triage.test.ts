import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable, openBrowser } from '../../report/browser.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { hostileFolder, hostileNow } from '../hostile-events.ts';
import { untilRead } from '../run-question.ts';
import { type StartedUi, startUi } from '../start-ui.ts';
import { transfersFolder } from '../transfers.ts';
import { eventually, goTo, openPage } from './scene.ts';

const focusOf = (page: Page): Promise<string | null> =>
  page.evaluate(() => document.activeElement?.getAttribute('role') ?? document.activeElement?.tagName ?? null);
const stripOf = (page: Page): Promise<string> => page.locator('.strip').innerText();

describe.skipIf(!executable)('after a run, by the keyboard', () => {
  let browser: Browser;
  let [ui, hostile] = [] as unknown as [StartedUi, StartedUi];
  beforeAll(async () => {
    const folder = transfersFolder(temporaryFolder());
    const data = ['--data', join(folder, 'data'), '--config', join(folder, 'harrier.toml')];
    [browser, ui, hostile] = await Promise.all([
      openBrowser(),
      startUi([...data, '--now', '2026-03-10T12:00:01Z']),
      startUi(['--data', hostileFolder(join(temporaryFolder(), 'hostile')), '--now', hostileNow]),
    ]);
    await Promise.all([untilRead(ui), untilRead(hostile)]);
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), ui?.stop(), hostile?.stop()]);
  });

  it('goes from the list to a hit, its events, its process and back to the same place', async () => {
    const { page, isAccessible, end } = await openPage(browser, ui);
    await page.waitForSelector('.hunt-list li');
    await page.keyboard.press('/');
    await page.keyboard.type('large transfers');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Shift+R');
    await page.waitForSelector('.hunt-list .state-hits');
    await eventually(() => page.locator('.hunt-list .state-hits').innerText()).toContain('hits 3');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role=gridcell] .value');
    await eventually(() => focusOf(page)).toBe('grid');
    await eventually(() => stripOf(page)).toMatch(/hits 3[\s\S]*ran .*, took /);
    const grid = page.locator('#rows');
    expect([await grid.getAttribute('aria-rowcount'), await grid.getAttribute('aria-colcount')]).toEqual(['4', '5']);

    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.drawer #events [role=gridcell] .value');
    expect(new URL(page.url()).hash).toContain('row=1&panel=events');
    await eventually(() => page.locator('.events > p').innerText()).toMatch(/^3 events|^4 events|^1 event|^2 events/);
    await eventually(() => focusOf(page)).toBe('grid');
    await page.keyboard.press(']');
    await page.waitForFunction(() => location.hash.includes('row=2'));
    await page.keyboard.press('[');
    await page.waitForFunction(() => location.hash.includes('row=1'));

    await page.keyboard.press('p');
    await page.waitForSelector('[role=treegrid]');
    await eventually(() => focusOf(page)).toBe('treegrid');
    await eventually(() => page.locator('[role=treegrid]').innerText()).toContain('HIT');
    await page.waitForFunction(() => document.querySelector('.process .sections')?.textContent?.includes('Timeline:'));
    await eventually(() => page.locator('.process .sections').innerText()).toMatch(
      /Registry: cannot tell: no event .*registry\.path/,
    );

    await page.keyboard.press('Escape');
    await page.waitForFunction(() => !document.querySelector('.drawer'));
    await eventually(() => focusOf(page)).toBe('grid');
    await eventually(() => grid.getAttribute('aria-activedescendant')).toBe('rows-1-1');
    await isAccessible();
    await end();
  });

  it('filters from a cell: says what is left before, is a chip after, and Back takes it away', async () => {
    const { page, isAccessible, end } = await openPage(browser, ui);
    const text = 'FROM logs-* | STATS n = COUNT(*), b = SUM(source.bytes) BY process.name | SORT b DESC';
    await goTo(page, `#/hunt?q=${encodeURIComponent(text)}`);
    await page.waitForSelector('.hunt');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('[role=gridcell] .value');
    await page.locator('#rows').focus();
    await page.keyboard.press('Space');
    await page.waitForSelector('[role=menu]');
    const menu = page.locator('[role=menu]');
    await eventually(() => menu.innerText()).toMatch(/Only n >= 1\s+leaves 45 of 45 rows/);
    await page.keyboard.press('Escape');
    await eventually(() => focusOf(page)).toBe('grid');
    await page.keyboard.press('End');
    await page.keyboard.press('Space');
    await page.waitForSelector('[role=menu]');
    await eventually(() => menu.innerText()).toMatch(/Only process\.name == "idle\.exe"/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('-');
    await page.waitForFunction(() => location.hash.includes('exclude='));
    await page.waitForFunction(() => document.querySelector('.strip')?.textContent?.includes('hits 44'));
    await page.goBack();
    await page.waitForFunction(() => document.querySelector('.strip')?.textContent?.includes('hits 45'));
    await isAccessible();
    await end();
  });

  it('sorts, filters, opens a record and a plain table', async () => {
    const { page, isAccessible, end } = await openPage(browser, ui);
    const text = 'FROM logs-* | STATS n = COUNT(*), b = SUM(source.bytes) BY process.name | SORT process.name';
    await goTo(page, `#/hunt?q=${encodeURIComponent(text)}`);
    await page.waitForSelector('.hunt');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('[role=gridcell] .value');
    const first = (): Promise<string> => page.locator('#rows-0-3').innerText();
    await page.locator('#rows').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('s');
    await page.keyboard.press('s');
    await page.waitForFunction(() => document.querySelector('#rows-0-3')?.textContent === 'rclone.exe');
    await eventually(() => page.locator('#rows--1-2').getAttribute('aria-sort')).toBe('descending');
    await page.keyboard.press('v');
    await page.waitForSelector('dialog table');
    await eventually(() => page.locator('dialog').innerText()).toContain('rclone.exe');
    await page.keyboard.press('Escape');
    await eventually(() => focusOf(page)).toBe('grid');
    await page.locator('.filter-rows input').fill('video');
    await page.waitForFunction(() => document.querySelector('#rows')?.getAttribute('aria-rowcount') === '2');
    await eventually(() => first()).toBe('video.exe');
    await eventually(() => page.locator('.foot').innerText()).toContain('of 45');
    await page.getByRole('button', { name: 'As a plain table' }).click();
    await page.waitForSelector('.plain-table td .value');
    await eventually(() => page.locator('.plain-table tbody tr').count()).toBe(1);
    await isAccessible();
    await end();
  });

  it('shows hostile values as text on every screen', async () => {
    const { page, isAccessible, end } = await openPage(browser, hostile);
    const text =
      'FROM logs-* | KEEP process.name, process.command_line, user.name, process.entity_id | SORT process.entity_id';
    await goTo(page, `#/hunt?q=${encodeURIComponent(text)}`);
    await page.waitForSelector('.hunt');
    await page.keyboard.press('Control+Enter');
    await page.waitForSelector('[role=gridcell] .value');
    await page.locator('#rows').focus();
    const rows = await page.locator('#rows').innerText();
    expect(rows).toContain('<img src=x onerror=');
    expect(rows).toContain('<U+202E>');
    expect(rows).toContain('␀');
    for (let row = 0; row < 12; row++) {
      await page.keyboard.press('Space');
      await page.waitForSelector('[role=menu]');
      await page.keyboard.press('Escape');
      await page.keyboard.press('v');
      await page.waitForSelector('dialog table');
      await page.getByRole('tab', { name: 'JSON' }).click();
      await page.keyboard.press('Escape');
      await page.keyboard.press('ArrowDown');
    }
    await page.keyboard.press('Enter');
    await page.waitForSelector('.drawer #events [role=gridcell] .value');
    await page.keyboard.press('p');
    await page.waitForSelector('[role=treegrid]');
    await page.waitForFunction(() => document.querySelector('.process .sections')?.textContent?.includes('Timeline:'));
    for (const summary of await page.locator('.process summary').all()) await summary.click();
    expect(await page.evaluate(() => (globalThis as { harmed?: number }).harmed)).toBeUndefined();
    expect(await page.locator('main img, main script, main a[href^=javascript]').count()).toBe(0);
    await isAccessible();
    await end();
  });
});
