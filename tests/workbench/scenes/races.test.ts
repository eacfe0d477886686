import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable } from '../../report/browser.ts';
import { eventually, openScene, type Scene } from './scene.ts';

/** What happens at the wrong time: another tab, an end before the end, answers that nobody waits for, a server that is gone. */
describe.skipIf(!executable)('at the wrong time', { timeout: 240_000 }, () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
  });
  afterAll(async () => {
    await scene?.page.context().browser()?.close();
    await scene?.ui.stop();
  });

  it('lets another tab in, which sees what the first one runs', async () => {
    const { page, ui, press } = scene;
    const other = await page.context().newPage();
    await other.goto(ui.origin);
    await other.locator('.hunt-list li').first().waitFor();
    await page.bringToFront();
    await press('/');
    await page.keyboard.type('exfiltration by volume');
    await eventually(() => page.locator('.hunt-list li').count()).toBeLessThan(6);
    await press('ArrowDown Shift+R');
    await eventually(() => page.locator('.hunt-list .state-hits').count()).toBe(3);
    await eventually(() => other.locator('.hunt-list .state-hits').count()).toBe(3);
    await other.close();
    // The stream, whichever tab had it, goes on in the one that is left.
    await press('r');
    await eventually(() => page.locator('.running').count()).toBe(0);
    await eventually(() => page.locator('.hunt-list .state-hits').count()).toBe(3);
  });

  it('ends everything, keeps what was found, and says that the rest was interrupted', async () => {
    const { page, press, ui } = scene;
    await page.evaluate(() => {
      location.hash = '#/';
    });
    await eventually(() => page.locator('.hunt-list.wide li').count()).toBeGreaterThan(50);
    await page.locator('.hunt-list.wide li a').first().focus();
    await press('Shift+R');
    await page.locator('.running').waitFor();
    await press('Shift+X');
    await eventually(() => page.locator('.running').count()).toBe(0);
    const { jobs } = await ui.call<{ jobs: { kind: string; state: string }[] }>('jobs');
    expect(jobs.filter(({ state }) => state === 'running' || state === 'queued' || state === 'stopping')).toEqual([]);
    // Nobody is left waiting, and nobody was answered "none" for what did not run.
    await eventually(() => page.locator('.state-queued, .state-stopping').count()).toBe(0);
    await eventually(() => page.locator('.hunt-list .state-hits').count()).toBeGreaterThanOrEqual(3);
  });

  it('says stopping at once, before the server has heard of it', async () => {
    const { page, press } = scene;
    await page.evaluate(() => {
      location.hash = '#/';
    });
    await eventually(() => page.locator('.hunt-list.wide li').count()).toBeGreaterThan(50);
    await page.locator('.hunt-list.wide li a').first().focus();
    let letGo = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const isJob = (url: URL): boolean => url.pathname.startsWith('/api/v1/jobs/');
    await page.route(isJob, async (route) => {
      await held;
      await route.continue();
    });
    await press('Shift+R');
    await page.locator('.running').waitFor();
    await press('Shift+X');
    await eventually(() => page.locator('.running').textContent()).toContain('stopping');
    letGo();
    await eventually(() => page.locator('.running').count()).toBe(0);
    await page.unroute(isJob);
  });

  it('shows the hunt that was opened last, however fast others were opened before', async () => {
    const { page, ui } = scene;
    const { hunts } = await ui.call<{ hunts: { id: string; name: string; queries: string[] }[] }>('hunts');
    const quick = hunts.slice(0, 12);
    await page.evaluate(
      (ids) => {
        for (const id of ids) location.hash = `#/hunt/${encodeURIComponent(id)}`;
      },
      quick.map(({ id }) => id),
    );
    const last = quick.at(-1)!;
    await eventually(() => page.locator('#hunt-name').textContent()).toBe(last.name);
    const beginning = last.queries[0]!.trim().split('\n')[0]!;
    await eventually(() => page.locator('#editor').innerText()).toContain(beginning);
  });

  it('says that the server is gone, and finds it again no more', async () => {
    const { page, ui } = scene;
    ui.child.kill('SIGTERM');
    await eventually(() => page.locator('.lost').textContent()).toContain('Nothing that was saved is lost');
    await eventually(() => page.locator('#hunt-name').count()).toBe(1);
  });
});
