import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable } from '../../report/browser.ts';
import { eventually, openScene, type Scene } from './scene.ts';

/** When did it begin, and what is new since last time? By keyboard alone. */
describe.skipIf(!executable)('since when, and what is new', { timeout: 240_000 }, () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene?.end());

  it('opens a hunt and runs it', async () => {
    await scene.press('/');
    await scene.page.keyboard.type('exfiltration by volume (windows)');
    await scene.press('Enter');
    await eventually(() => scene.text('#hunt-name')).toBe('Exfiltration by volume (Windows)');
    await scene.page.evaluate(`document.activeElement.blur()`);
    await scene.press('Ctrl+Enter');
    await scene.page.locator('.result .state-hits').waitFor();
  });

  it('looks back over windows of the length of the hunt, and says since when each row is seen', async () => {
    const { page, press } = scene;
    await press('b');
    const panel = page.getByRole('region', { name: 'Look back' });
    await eventually(() => panel.getByRole('status').textContent()).toMatch(
      /^first .+ · \d+ of \d+ windows · .*of 8 h · one pass$/,
    );
    const windows = await panel.locator('.strip-chart > g').count();
    const states = await panel.locator('.strip-chart > g > title').allTextContents();
    expect(states).toHaveLength(windows);
    expect(states.at(-1)).toMatch(/hits?$/);
    // A window without events of the hunt's sources is hatched, and no zero.
    const bare = states.filter((state) => state.endsWith('no data')).length;
    await eventually(() => panel.locator('.no-data').count()).toBe(bare);
    const rows = await page.locator('.look-back table').last().locator('tbody tr').count();
    expect(rows).toBeGreaterThan(0);
    await scene.isAccessible();
    await press('b');
    await eventually(() => panel.count()).toBe(0);
  });

  it('saves a run, and compares with it: the same, then with another question', async () => {
    const { page, press } = scene;
    await press('Shift+S');
    await page.getByRole('dialog', { name: 'Save this run' }).waitFor();
    await page.keyboard.type('monday');
    await scene.isAccessible();
    await press('Enter');
    await eventually(() => scene.text('.messages')).toContain('saved as monday');
    await press('c');
    const panel = page.getByRole('region', { name: 'Compared with a saved run' });
    await eventually(() => panel.getByRole('status').textContent()).toMatch(
      /^\+ 0 new − 0 gone ~ 0 changed = [1-9]\d* same$/,
    );
    // A lower threshold finds more; that the question is another one is shown with both texts.
    await page.evaluate(`location.hash = location.hash.replace('?', '?set=bytes_sent:50MB&')`);
    await eventually(() => panel.getByRole('status').textContent()).toMatch(/^\+ [1-9]/);
    await eventually(() => panel.locator('mark').allTextContents()).toEqual(
      expect.arrayContaining([expect.stringMatching(/^− .*bytes_sent/), expect.stringMatching(/^\+ .*bytes_sent/)]),
    );
    await eventually(() => panel.locator('tr.fresh').count()).toBeGreaterThan(0);
    await scene.isAccessible();
  });

  it('shows what was decided about rows beside those that differ', async () => {
    const { page, press } = scene;
    const panel = page.getByRole('region', { name: 'Compared with a saved run' });
    const verdicts = panel.locator('tr.fresh .judged');
    expect(await verdicts.count()).toBe(0);
    await page.locator('.result .grid [role=gridcell], .result table td').first().click();
    // Each verdict goes on to the next row without one, until there is none.
    const said = (): Promise<string> => scene.text('.messages');
    for (let before = await said(); !before.includes('every row is judged'); before = await said()) {
      await press('2');
      await eventually(said).not.toBe(before);
    }
    const fresh = await panel.locator('tr.fresh').count();
    await eventually(() => verdicts.count()).toBe(fresh);
    await eventually(() => panel.getByRole('columnheader', { name: 'Verdict' }).count()).toBe(1);
    await scene.isAccessible();
  });

  it('lists saved runs with their outcomes, and compares two', async () => {
    const { page, press } = scene;
    await press('Shift+S');
    await page.getByRole('dialog', { name: 'Save this run' }).waitFor();
    await page.keyboard.type('tuesday');
    await press('Enter');
    await eventually(() => scene.text('.messages')).toContain('saved as tuesday');
    await press('g r');
    const table = page.getByRole('table', { name: /2 saved runs/ });
    await eventually(() => table.locator('tbody tr').count()).toBe(2);
    await eventually(() => table.locator('tbody').textContent()).toContain('hits in 1 of 1 query');
    await scene.isAccessible();
    await press('g c');
    await eventually(() => scene.text('.compare .strip')).toMatch(/^1 query: \+ [1-9]\d* new · − 0 gone/);
    await eventually(() => page.getByLabel('Earlier').inputValue()).toBe('monday');
    await scene.isAccessible();
  });

  it('keeps the trail of it, each step a link back', async () => {
    const { page, press } = scene;
    await press('g h');
    const steps = page.locator('.trail li');
    await eventually(() => steps.allTextContents()).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/run.*Exfiltration by volume \(Windows\): hits/),
        expect.stringMatching(/save.*monday/),
        expect.stringMatching(/chip.*bytes_sent = 50MB/),
      ]),
    );
    const chip = steps.filter({ hasText: 'bytes_sent = 50MB' });
    await chip.getByRole('button').press('Enter');
    await eventually(() => chip.getByRole('button').getAttribute('aria-pressed')).toBe('true');
    await scene.isAccessible();
    await chip.getByRole('link').press('Enter');
    await eventually(() => page.url()).toContain('set=bytes_sent%3A50MB');
    await page.reload();
    await press('g h');
    await eventually(() => chip.getByRole('button').getAttribute('aria-pressed')).toBe('true');
  });
});
