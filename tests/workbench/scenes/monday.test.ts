import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable } from '../../report/browser.ts';
import { eventually, openScene, type Scene } from './scene.ts';

/** What can this data answer? By keyboard alone. */
describe.skipIf(!executable)('Monday: what the data can answer', { timeout: 240_000 }, () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(() => scene?.end());

  it('searches, walks and opens hunts', async () => {
    const { page, press, text } = scene;
    await press('/');
    await page.keyboard.type('beaconing by unsigned');
    await eventually(() => page.locator('.hunt-list li').count()).toBe(2);
    await press('ArrowDown j k j');
    await eventually(() => page.locator('.hunt-list li.selected .name').textContent()).toMatch(/^Beaconing/);
    const chosen = await text('.hunt-list li.selected .name');
    await press('Enter');
    await eventually(() => text('#hunt-name')).toBe(chosen);
    await press('g s');
    await page.locator('.hunt-list.wide').waitFor();
    await scene.isAccessible();
  });

  it('finds everything in the palette, and says the keys of a place', async () => {
    const { page, press, text } = scene;
    await press('Ctrl+K');
    const field = page.getByRole('combobox', { name: 'Search commands, hunts and runs' });
    await field.waitFor();
    await page.keyboard.type('matrix');
    await eventually(() => page.locator('#palette-list [aria-selected=true]').textContent()).toContain('ATT&CK matrix');
    await eventually(() => field.getAttribute('aria-activedescendant')).toBe(
      await page.locator('#palette-list [aria-selected=true]').getAttribute('id'),
    );
    await scene.isAccessible();
    await press('Enter');
    await eventually(() => text('#attack-name')).toBe('ATT&CK');
    await press('?');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await keys.waitFor();
    await eventually(() => keys.textContent()).toContain('g hTrail');
    await scene.isAccessible();
    // The switch for single letters, and what works without them.
    await press('Tab Space Escape g h');
    await eventually(() => text('#attack-name')).toBe('ATT&CK');
    await press('Ctrl+K');
    await page.keyboard.type('single-letter');
    await press('Enter');
    await eventually(() => page.evaluate(`localStorage.getItem('harrier letter keys')`)).toBe('on');
    await press('g h');
    await eventually(() => text('h1')).toBe('Trail');
  });

  it('walks the ATT&CK matrix, and narrows the hunts to a technique', async () => {
    const { page, press } = scene;
    await press('g a');
    const grid = page.getByRole('grid', { name: 'Techniques by tactic' });
    await grid.waitFor();
    const first = grid.getByRole('button').first();
    await first.focus();
    await press('ArrowRight ArrowDown');
    const id = await page.evaluate<string>(`document.activeElement.querySelector('.id').textContent`);
    await eventually(() => page.evaluate(`document.activeElement.dataset.cell`)).toBe('1 1');
    await eventually(() => page.locator('.matrix [tabindex="0"]').count()).toBe(1);
    await scene.isAccessible();
    await press('Enter');
    await eventually(() => page.locator('#search').inputValue()).toBe(id);
    const techniques = await page.locator('.hunt-list li .techniques').allTextContents();
    expect(techniques.length).toBeGreaterThan(0);
    expect(techniques[0]).toContain(id);
    await page.goBack();
    await page.getByRole('button', { name: 'As a table' }).press('Enter');
    await page.getByRole('table', { name: 'Techniques that the library has hunts for' }).waitFor();
    await scene.isAccessible();
  });
});
