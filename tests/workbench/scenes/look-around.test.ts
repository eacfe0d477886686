import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable } from '../../report/browser.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { eventually, goTo, openScene, type Scene } from './scene.ts';

/** Pictures are kept where this names a folder, for people to look at. */
const pictures = process.env.HARRIER_PICTURES;

describe.skipIf(!executable)('what else there is to know of a value', { timeout: 180_000 }, () => {
  let scene: Scene;
  let page: Page;
  let elsewhere: Server;
  const asked: string[] = [];
  const folder = temporaryFolder();

  beforeAll(async () => {
    elsewhere = createServer((request, response) => {
      if (request.url !== '/favicon.ico') asked.push(request.url ?? '');
      response.end('known');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const { port } = elsewhere.address() as AddressInfo;
    const config = join(folder, 'harrier.toml');
    writeFileSync(
      config,
      `[[link]]\nname = "Names"\nurl = "http://127.0.0.1:${port}/?q={value}"\nfields = ["process.*"]\n`,
    );
    scene = await openScene({ timezoneId: 'Asia/Kolkata' }, ['--config', config]);
    ({ page } = scene);
  });
  afterAll(async () => {
    await scene?.end();
    elsewhere?.close();
  });

  /** Runs a text, and waits for its own rows: those of the text before stand there until they come. */
  async function ask(text: string): Promise<void> {
    await goTo(page, `#/hunt?q=${encodeURIComponent(text)}`);
    await page.waitForSelector('.hunt');
    await eventually(() => page.locator('#editor').innerText()).toContain(text.split(' | ').at(-1)!);
    await page.keyboard.press('Control+Enter');
    await eventually(() => scene.text('.strip')).toMatch(/^(?!.*(?:stale|queued|running)).*hits/s);
    await page.waitForSelector('#rows [role=gridcell] .value');
    await page.locator('#rows').focus();
  }

  async function menuOf(column: string): Promise<void> {
    await page.keyboard.press('Home');
    const names = await page.locator('#rows .grid-head .column-name').allTextContents();
    for (let i = 0; i <= names.indexOf(column); i++) await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.waitForSelector('[role=menu]');
  }

  it('finds a value in every field of all events, and the query for it has as many rows', async () => {
    await ask('FROM logs-* | STATS n = COUNT(*) BY process.name | SORT n DESC | LIMIT 3');
    await menuOf('process.name');
    await page.locator('[role=menuitem]', { hasText: 'Where else is' }).click();
    const found = page.locator('.where-else tbody tr', { hasText: 'process.name' }).first();
    await found.waitFor();
    await eventually(() => page.locator('.where-else h3').textContent()).toBe('Answers of this session');
    await scene.isAccessible();
    const events = Number((await found.locator('td').nth(1).innerText()).replaceAll(',', ''));
    expect(events).toBeGreaterThan(0);
    await found.locator('a').click();
    await eventually(() => scene.text('.strip')).toContain(`hits ${Math.min(1000, events).toLocaleString('en')}`);
    expect(page.url()).toContain('process.name');
  });

  it('wraps long values in rows of one height, the same rows in sight', async () => {
    await ask('FROM logs-* | KEEP process.executable, destination.ip | SORT destination.ip | LIMIT 900');
    const firstSeen = () =>
      page.evaluate(() => {
        const grid = document.querySelector('#rows')!;
        const { bottom } = grid.querySelector('.grid-head')!.getBoundingClientRect();
        const rows = [...grid.querySelectorAll('.grid-body .grid-row')];
        const row = rows.find((one) => one.getBoundingClientRect().bottom > bottom + 2)!;
        return { number: Number(row.getAttribute('aria-rowindex')), height: row.getBoundingClientRect().height };
      });
    await page.locator('#rows').evaluate((grid) => {
      grid.scrollTop = 300 * 24;
    });
    await eventually(async () => (await firstSeen()).number).toBe(302);
    await eventually(() => scene.text('.foot')).toMatch(/(?:^|, )301-\d{3} of 900/);
    // A click of the test's own scrolls heads that stick into view.
    const menuOfHead = () =>
      page.locator('#rows .column-name', { hasText: 'process.executable' }).dispatchEvent('contextmenu');
    await menuOfHead();
    await page.locator('[role=menuitem]', { hasText: 'Wrap' }).click();
    await eventually(firstSeen).toEqual({ number: 302, height: 84 });
    if (pictures) writeFileSync(join(pictures, 'wrapped.png'), await page.screenshot());
    expect(page.url()).toContain('wrap=process.executable');
    await scene.isAccessible();
    await menuOfHead();
    await page.locator('[role=menuitem]', { hasText: 'One line' }).click();
    await eventually(firstSeen).toEqual({ number: 302, height: 24 });
  });

  it('stays a page where a link was cut within a character', async () => {
    await goTo(page, '#/hunt/%E0%A4%A');
    await eventually(() => page.locator('main').innerText()).toContain('%E0%A4%A');
  });

  it('looks a value up elsewhere by a click, and shows the address before', async () => {
    await ask('FROM logs-* | STATS n = COUNT(*) BY process.name, host.name | SORT n DESC | LIMIT 3');
    await menuOf('host.name');
    expect(await page.locator('[role=menu]').innerText()).not.toContain('Look up');
    await page.keyboard.press('Escape');
    await menuOf('process.name');
    const item = page.locator('[role=menuitem]', { hasText: 'Look up at Names' });
    expect(await item.innerText()).toMatch(/http:\/\/127\.0\.0\.1:\d+\/\?q=[\w.-]+/);
    expect(asked).toEqual([]);
    const [opened] = await Promise.all([page.context().waitForEvent('page'), item.click()]);
    await eventually(() => asked.length).toBe(1);
    expect(asked[0]).toMatch(/^\/\?q=[\w.-]+$/);
    expect(await opened.evaluate(() => window.opener)).toBeNull();
    await opened.close();
  });

  it('sorts the events behind a row, and filters from one of them', async () => {
    await ask('FROM logs-* | STATS n = COUNT(*) BY process.name | SORT n DESC | LIMIT 3');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#events [role=gridcell] .value');
    await page.locator('#events').focus();
    await page.keyboard.press('s');
    await eventually(() => page.locator('#events--1-1').getAttribute('aria-sort')).toBe('ascending');
    const first = await page.locator('#events-0-1').innerText();
    await page.keyboard.press('s');
    await eventually(() => page.locator('#events--1-1').getAttribute('aria-sort')).toBe('descending');
    expect((await page.locator('#events-0-1').innerText()) > first).toBe(true);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    await page.waitForSelector('[role=menu]');
    await eventually(() => page.locator('[role=menu]').innerText()).toMatch(
      /Only .*\n\s*leaves [\d,]+ of [\d,]+ events/,
    );
    await page.keyboard.press('Enter');
    await eventually(() => page.url()).toContain('only=');
  });

  it('shows times of this machine with their offset, and of UTC again', async () => {
    await ask('FROM logs-* | KEEP @timestamp, host.name, process.name | SORT @timestamp | LIMIT 5');
    const cell = page.locator('#rows-0-1');
    const utc = await cell.innerText();
    expect(utc).toMatch(/Z$/);
    const button = page.locator('.head .times');
    await eventually(() => button.innerText()).toBe('times: UTC');
    await button.click();
    await eventually(() => button.innerText()).toBe('times: UTC+05:30');
    await eventually(() => cell.innerText()).toMatch(/ \+05:30$/);
    const local = await cell.innerText();
    expect(Date.parse(local.replace(' +', '+').replace(' ', 'T'))).toBe(
      Math.floor(Date.parse(utc.replace(' ', 'T')) / 1000) * 1000,
    );
    await button.click();
    await eventually(() => cell.innerText()).toBe(utc);
  });

  it('shows in what two rows differ, and fits a column to its values', async () => {
    await ask('ROW a = ["one", "two", "three"], same = "x" | MV_EXPAND a');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+ArrowDown');
    await page.keyboard.press('Shift+V');
    await page.waitForSelector('dialog.record[open]');
    await eventually(() => page.locator('dialog h2').innerText()).toBe('row 1 and row 3: 1 of 2 fields differs');
    expect(await page.locator('dialog tbody').innerText()).toMatch(/a\s+one\s+three/);
    await scene.isAccessible();
    await page.keyboard.press('Escape');
    await page.locator('#rows--1-1').click({ button: 'right' });
    const width = () => page.locator('#rows--1-1').evaluate((cell) => cell.clientWidth);
    const before = await width();
    await page.locator('[role=menuitem]', { hasText: 'Fit to the values' }).click();
    await eventually(width).toBeLessThan(before);
  });
});
