import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable } from '../../report/browser.ts';
import { eventually, goTo, openScene, type Scene } from './scene.ts';

/** 320 is what 400 % leaves of 1,280. */
const widths = [1280, 900, 320];
const text =
  'FROM logs-* | STATS n = COUNT(*), b = SUM(source.bytes) BY process.name, host.name | WHERE n > 1 | SORT b DESC';
const opened = `#/hunt?q=${encodeURIComponent(text)}`;
/** What is looked at: an address, and what is there when it is drawn. */
const views: readonly (readonly [string, string, string])[] = [
  ['hunts', '#/', '.hunt-list.wide li'],
  ['hunt', opened, '#rows .value'],
  ['events', `${opened}&row=0&panel=events`, '#events .value'],
  ['process', `${opened}&row=0&panel=process`, '[role=treegrid], .drawer [role=status]'],
  ['accept', `${opened}&row=0&panel=accept`, '.drawer form, .drawer .accept'],
  ['note', `${opened}&row=0&panel=note`, '.drawer textarea'],
  ['runs', '#/runs', 'main h1'],
  ['compare', '#/compare', 'main h1'],
  ['trail', '#/trail', 'main h1'],
  ['attack', '#/attack', 'main h1'],
];
const sheets: readonly (readonly [string, string, string])[] = [
  ['palette', 'Control+K', 'dialog[open] input'],
  ['report', 'Control+S', 'dialog[open] form'],
];
/** Pictures are kept where this names a folder, for people to look at. */
const pictures = process.env.HARRIER_PICTURES;

describe.skipIf(!executable)('narrow pages', { timeout: 240_000 }, () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
    await goTo(scene.page, opened);
    await scene.page.waitForSelector('.hunt');
    await scene.page.keyboard.press('Control+Enter');
    await scene.page.waitForSelector('#rows .value');
  }, 240_000);
  afterAll(() => scene?.end());

  /** The page does not scroll sideways, no part of it stands beyond its edge, and something is drawn. */
  async function looksRight(name: string, width: number): Promise<void> {
    const { page } = scene;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      if (pictures) writeFileSync(join(pictures, `${name}-${width}-${colorScheme}.png`), await page.screenshot());
    }
    await eventually(() =>
      page.evaluate(() => {
        const wide = [document.scrollingElement!, document.querySelector('#main')!].filter(
          (element) => element.scrollWidth > element.clientWidth + 1,
        );
        const shown = [...document.querySelectorAll('button, input, h1, h2, a')].filter((element) => {
          const { right, width, left } = element.getBoundingClientRect();
          const isHidden =
            element.closest('.visually-hidden, .skip, [hidden], details:not([open]) > :not(summary)') !== null ||
            width === 0;
          // What scrolls on its own may be as wide as it likes.
          const scrolls = (node: Element | null): boolean =>
            node !== null &&
            (/auto|scroll|hidden/.test(getComputedStyle(node).overflowX) || scrolls(node.parentElement));
          return !isHidden && (right > innerWidth + 1 || left < -1) && !scrolls(element.parentElement);
        });
        return [...wide, ...shown].map((element) => element.outerHTML.slice(0, 160));
      }),
    ).toEqual([]);
    expect((await page.locator('body').innerText()).trim().length).toBeGreaterThan(40);
  }

  it.each(widths)('at %i pixels no view scrolls sideways, and all can be used by everybody', async (width) => {
    const { page, isAccessible } = scene;
    await page.setViewportSize({ width, height: 800 });
    for (const [name, address, drawn] of views) {
      await goTo(page, address);
      await page.locator(drawn).first().waitFor();
      await looksRight(name, width);
    }
    for (const [name, keys, drawn] of sheets) {
      await page.keyboard.press(keys);
      await page.locator(drawn).first().waitFor();
      await looksRight(name, width);
      await page.keyboard.press('Escape');
      await page.locator('dialog[open]').waitFor({ state: 'detached' });
    }
    if (width === 1280) return;
    for (const [, address, drawn] of views) {
      await goTo(page, address);
      await page.locator(drawn).first().waitFor();
      await isAccessible();
    }
  });
});
