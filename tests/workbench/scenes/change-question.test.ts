import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable } from '../../report/browser.ts';
import { eventually, openScene, type Scene } from './scene.ts';

const text = `FROM logs-endpoint.events.network-*
| WHERE @timestamp > NOW() - 8 hours
| WHERE host.os.family == "windows"
| STATS n = COUNT(*) BY process.name
| SORT n DESC`;

const rows = (scene: Scene): Promise<string[]> =>
  scene.page.locator('.funnel li .rows').evaluateAll((all) => all.map((one) => one.textContent ?? ''));
const address = (scene: Scene): URLSearchParams => new URLSearchParams(scene.page.url().split('?')[1]);
const editorText = (scene: Scene): Promise<string> =>
  scene.page.locator('.cm-line').evaluateAll((lines) => lines.map((line) => line.textContent).join('\n'));

describe.skipIf(!executable)('a question that is changed', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
    await scene.page.evaluate((query) => {
      location.hash = `#/hunt?q=${encodeURIComponent(query)}`;
    }, text);
    await scene.page.locator('.cm-content').waitFor();
  }, 300_000);
  afterAll(() => scene?.end());

  it('has the rows after each step beside it', async () => {
    await eventually(async () => (await rows(scene)).filter((one) => /^[\d,]+$/.test(one))).toHaveLength(5);
    const numbers = (await rows(scene)).map((one) => Number(one.replaceAll(',', '')));
    expect(numbers.every((n, i) => i === 0 || n <= numbers[i - 1]!)).toBe(true);
  }, 90_000);

  it('is edited, put right, run and left by keys alone', async () => {
    const { page } = scene;
    await page.locator('#main').focus();
    await page.keyboard.press('i');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\n| WHERE process.nam == "nobody.exe" ');
    const problem = page.locator('#problems li').first();
    await eventually(() => problem.textContent()).toContain('Unknown column [process.nam]');
    await eventually(() => problem.textContent()).toContain('line 6, column 9');
    await page.keyboard.press('Control+.');
    await eventually(() => editorText(scene)).toBe(`${text}\n| WHERE process.name == "nobody.exe" `);
    await eventually(() => rows(scene)).toContain('0 from here');
    await page.keyboard.press('Control+Enter');
    await page.locator('.result .state-none').waitFor();
    await page.keyboard.press('Control+A');
    // Typed over a selection, Chromium keeps its colours as a style of the element, which the policy refuses.
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(text);
    await page.locator('.state-stale', { hasText: 'query changed' }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.locator('.result [role=grid]').waitFor();
    await page.keyboard.press('Escape');
    await eventually(() => page.evaluate(() => document.activeElement?.closest('[role=grid]') !== null)).toBe(true);
    await eventually(() => editorText(scene)).toBe(text);
    expect(address(scene).get('q')).toBe(text);
  }, 200_000);

  it('proposes what may stand at the cursor, and goes through what ran', async () => {
    const { page } = scene;
    await page.keyboard.press('i');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('\n| WHERE process.');
    await page.locator('.cm-tooltip-autocomplete li', { hasText: 'process.name' }).first().waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Alt+ArrowUp');
    await eventually(() => editorText(scene)).toBe(text);
    await page.keyboard.press('Alt+ArrowUp');
    await eventually(() => editorText(scene)).toContain('process.name == "nobody.exe"');
    await page.keyboard.press('Alt+ArrowDown');
    await eventually(() => editorText(scene)).toBe(text);
    await page.keyboard.press('Control+/');
    await eventually(() => editorText(scene)).toContain('//');
    await page.keyboard.press('Control+/');
    await eventually(() => editorText(scene)).toBe(text);
    await page.keyboard.press('Escape');
  }, 200_000);

  it('has chips over its text, which can be turned off, shown and folded in', async () => {
    const { page } = scene;
    await page.getByRole('button', { name: '+ only' }).click();
    await page.getByRole('combobox', { name: 'only' }).fill('process.name == "chrome.exe"');
    await eventually(() => page.locator('.chip-effect').textContent()).toMatch(/^leaves [\d,]+ of/);
    await page.keyboard.press('Enter');
    const chip = page.getByRole('button', { name: 'only process.name == "chrome.exe"', exact: true });
    await eventually(() => chip.getAttribute('aria-pressed')).toBe('true');
    expect(address(scene).getAll('only')).toEqual(['process.name == "chrome.exe"']);
    await page.getByRole('button', { name: 'Show as query' }).click();
    await eventually(() => page.locator('.with-chips ins').first().textContent()).toContain(
      '| WHERE process.name == "chrome.exe"',
    );
    await chip.click();
    await eventually(() => chip.getAttribute('aria-pressed')).toBe('false');
    expect(address(scene).getAll('only')).toEqual([]);
    await chip.click();
    await page.getByRole('button', { name: 'Fold in' }).and(page.locator(':enabled')).click();
    await eventually(() => editorText(scene)).toContain('| WHERE process.name == "chrome.exe"');
    expect(address(scene).getAll('only')).toEqual([]);
    await page.goBack();
    expect(address(scene).getAll('only')).toEqual(['process.name == "chrome.exe"']);
    await eventually(() => editorText(scene)).toBe(text);
  }, 200_000);

  it('has its window moved by keys, by fields and by the pointer', async () => {
    const { page } = scene;
    await page.locator('.histogram').waitFor();
    await page.locator('#main').focus();
    await page.keyboard.press(',');
    await eventually(() => address(scene).get('window')).toBe('2026-03-09T20:00:00Z/2026-03-10T04:00:00Z');
    const from = page.getByRole('textbox', { name: 'from (UTC)' });
    await eventually(() => from.inputValue()).toBe('2026-03-09T20:00:00');
    await from.fill('2026-03-09T18:00:00');
    await from.press('Enter');
    await eventually(() => address(scene).get('window')).toBe('2026-03-09T18:00:00Z/2026-03-10T04:00:00Z');
    const { x, y, width, height } = (await page.locator('.brush').boundingBox())!;
    await page.mouse.move(x + width * 0.2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width * 0.4, y + height / 2);
    await page.mouse.up();
    await eventually(() => address(scene).get('window')).toMatch(/^2026-03-04T.*\/2026-03-0[56]T/);
  }, 200_000);

  it('shows what the fields of a step hold, to filter by', async () => {
    const { page } = scene;
    await page.locator('#main').focus();
    await page.keyboard.press('f');
    const field = page.locator('.fields').getByRole('button', { name: /^process\.name / });
    await field.click();
    const exclude = page
      .locator('.fields')
      .getByRole('button', { name: /^Exclude process\.name == .*leaves [\d,]+ rows$/ })
      .first();
    await exclude.click();
    expect(address(scene).getAll('exclude')[0]).toMatch(/^process\.name == "/);
  }, 200_000);

  it('can be used by everybody', async () => {
    await eventually(() => scene.page.locator('.funnel .counting').count()).toBe(0);
    await scene.isAccessible();
  }, 120_000);
});
