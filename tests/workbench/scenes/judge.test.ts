import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable, openBrowser } from '../../report/browser.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { ownQuestion, runQuestion, untilRead } from '../run-question.ts';
import { type StartedUi, startUi } from '../start-ui.ts';
import { hunt, transfersFolder } from '../transfers.ts';
import { eventually, goTo, openPage, type Scene } from './scene.ts';

const question = { ...ownQuestion, hunt };

describe.skipIf(!executable)('with the hands on the keyboard', { timeout: 180_000 }, () => {
  const folder = transfersFolder(temporaryFolder());
  let ui: StartedUi;
  let browser: Browser;
  beforeAll(async () => {
    const args = ['--data', join(folder, 'data'), '--config', join(folder, 'harrier.toml'), '--write'];
    [ui, browser] = await Promise.all([startUi([...args, '--now', '2026-03-10T12:00:01Z']), openBrowser()]);
    await untilRead(ui);
  });
  afterAll(async () => {
    await Promise.all([ui?.stop(), browser?.close()]);
  });

  /** A page with the hunt open. */
  async function open(): Promise<Scene> {
    const scene = await openPage(browser, ui);
    await goTo(scene.page, `#/hunt/${hunt}`);
    await scene.page.locator('.thresholds input[type=range]').first().waitFor();
    return scene;
  }

  it('moves a threshold, keeps it, and takes it back', async () => {
    const { page, isAccessible, end } = await open();
    const slider = page.getByRole('slider').first();
    const joint = (): Promise<string> => page.locator('.thresholds .joint').innerText();
    await page.keyboard.press('t');
    await eventually(() => slider.evaluate((node) => node === document.activeElement)).toBe(true);
    await eventually(joint).toBe('joint: 3 hits · 1.5 a day · of 45 rows');
    await eventually(() => slider.getAttribute('aria-valuetext')).toBe('500 megabytes, 3 hits');
    // One row more.
    await page.keyboard.press('Shift+ArrowLeft');
    await eventually(() => joint()).toMatch(/^joint: 4 hits \(was 3\) · 2 a day · of 45 rows/);
    const rows = page.getByRole('table', { name: /that pass/ });
    await eventually(() => rows.getByRole('rowheader', { name: 'passes' }).count()).toBe(4);
    await eventually(() =>
      rows
        .getByRole('row', { name: /^next in/ })
        .first()
        .innerText(),
    ).toContain('tool-39.exe');
    // What the page counts is what a run gives.
    const setting = page.getByRole('textbox', { name: /bytes_sent/ });
    const value = await setting.inputValue();
    expect((await runQuestion(ui, { ...question, set: [{ name: 'bytes_sent', value }] })).rows).toBe(4);

    await setting.fill('much');
    await eventually(() => setting.getAttribute('aria-invalid')).toBe('true');
    await setting.fill('64MB');
    await eventually(() => joint()).toContain('4 hits (was 3)');
    await setting.press('Enter');
    await eventually(() => page.url()).toContain('set=bytes_sent%3A64MB');
    await eventually(joint).toBe('joint: 4 hits · 2 a day · of 45 rows');
    await page.keyboard.press('t');
    await page.keyboard.press('Control+z');
    await eventually(() => page.url()).not.toContain('set=');
    await eventually(joint).toBe('joint: 3 hits · 1.5 a day · of 45 rows');

    // Two thresholds are counted together.
    await page.getByRole('slider').nth(1).focus();
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await eventually(() => joint()).toMatch(/^joint: 2 hits \(was 3\)/);
    await page.keyboard.press('d');
    await page.keyboard.type('0.5');
    await page.keyboard.press('Enter');
    await eventually(joint).toMatch(/^joint: 1 hit \(was 3\)/);

    await page.keyboard.press('w');
    await page.getByRole('dialog').waitFor();
    await page.getByRole('textbox', { name: 'Name' }).fill('Transfers of one');
    await page.keyboard.press('Enter');
    await eventually(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('Transfers of one');
    expect(readFileSync(join(folder, 'library', 'transfers-of-one.toml'), 'utf8')).toContain('AND events >= 4');
    await isAccessible();
    await end();
  });

  it('judges, notes and accepts by keyboard alone', async () => {
    const { page, isAccessible, end } = await open();
    await page.keyboard.press('Control+Enter');
    const grid = page.getByRole('grid');
    await grid.waitFor();
    const row = (n: number) => grid.getByRole('row').nth(n);
    await eventually(() => row(1).innerText()).toContain('rclone.exe');
    const isOn = (): Promise<boolean> => grid.evaluate((node) => node === document.activeElement);
    await eventually(async () => {
      if (!(await isOn())) await page.keyboard.press('F6');
      return isOn();
    }).toBe(true);
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('3');
    await page.keyboard.press('2');
    await eventually(() => row(1).innerText()).toContain('malicious');
    await eventually(() => row(2).innerText()).toContain('suspicious');
    // The next one that nobody has judged.
    await eventually(() => grid.getAttribute('aria-activedescendant')).toMatch(/-2-\d+$/);
    await page.keyboard.press('1');
    await eventually(() => row(3).innerText()).toContain('benign');
    await page.keyboard.press('Control+z');
    await eventually(() => row(3).innerText()).not.toContain('benign');

    await page.keyboard.press('n');
    await eventually(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    await page.keyboard.type('video calls of sales');
    await page.keyboard.press('Control+Enter');
    await eventually(() => row(3).innerText()).toContain('note');
    await eventually(isOn).toBe(true);

    // What would hide a malicious row is refused.
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('a');
    const effect = page.locator('.accept-panel .effect');
    await eventually(() => effect.innerText()).toContain(
      'hides 1 of 3 rows here · 0 rows of 0 saved runs · 1 judged malicious',
    );
    await eventually(() => page.getByRole('button', { name: /^Save/ }).isDisabled()).toBe(true);
    await page.keyboard.press('Escape');
    await eventually(isOn).toBe(true);

    await page.keyboard.press('Control+End');
    await page.keyboard.press('a');
    await eventually(() => effect.innerText()).toContain(
      'hides 1 of 3 rows here · 0 rows of 0 saved runs · 0 judged malicious',
    );
    await eventually(() => page.getByLabel('Until', { exact: true }).inputValue()).toBe(
      new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10),
    );
    const never = page.getByRole('button', { name: /^Never/ });
    await never.focus();
    await page.keyboard.press('Enter');
    await eventually(() => never.getAttribute('aria-pressed')).toBe('false');
    await eventually(() => never.innerText()).toContain('click again');
    await page.getByRole('textbox', { name: 'Why' }).focus();
    await page.keyboard.press('Control+Enter');
    await eventually(() => page.locator('.accept-panel .wrong').innerText()).toContain('say why');
    await page.keyboard.type('video calls');
    await page.keyboard.press('Control+Enter');
    await eventually(() => page.locator('.strip').innerText()).toMatch(/hits 2/);
    expect(readFileSync(join(folder, 'accepted.toml'), 'utf8')).toContain('reason = "video calls"');
    await eventually(() => grid.getAttribute('aria-rowcount')).toBe('3');

    // Loaded again, the verdicts are there.
    await page.reload();
    await page.keyboard.press('Control+Enter');
    await eventually(() => row(1).innerText()).toContain('malicious');
    await isAccessible();
    await end();
  });

  it('takes keys that come without a pause where they were meant', async () => {
    const { page, end } = await open();
    const grid = page.getByRole('grid');
    // What ran before is shown; thresholds are read meanwhile.
    await grid.waitFor();
    await eventually(() => page.locator('.thresholds .joint').innerText()).toMatch(/^joint: 3 hits/);
    for (const [key, text] of [
      ['d', '0.5'],
      ['w', 'Written'],
      ['Control+k', 'trail'],
      ['n', 'seen before'],
    ] as const) {
      await grid.focus();
      await page.keyboard.press('Control+End');
      await page.keyboard.press(key);
      await page.keyboard.type(text);
      await eventually(() => page.evaluate(`document.activeElement.value`)).toBe(text);
      await page.keyboard.press('Escape');
    }
    await end();
  });
});
