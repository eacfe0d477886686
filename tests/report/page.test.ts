import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/investigate/evidence.ts';
import { formats } from '../../src/report/formats.ts';
import type { HuntResult, RunReport } from '../../src/report/report.ts';
import { visible } from '../../src/values/visible.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { executable, openBrowser } from './browser.ts';
import { hostileReport, largeReport, results, runReport } from './run-report.ts';

/** A page, and what it did that a report must not do. */
interface Opened {
  readonly page: Page;
  readonly trouble: string[];
}

/** The same results with the hosts and users of their hits. */
const withHosts = (all: readonly HuntResult[]): HuntResult[] => {
  const at = (value: string | null) => ({ value, several: false });
  const [first, second] = all.filter(({ outcome }) => outcome === 'hits');
  const hosts = new Map([
    [first, ['ws-0001', 'ws-0002', null, null].map((host) => [at(host), at('jdoe')])],
    [second, ['ws-0001', 'ws-0001', null, null, null].map((host) => [at(host), at(null)])],
  ]);
  return all.map((one) => {
    const rows = hosts.get(one);
    return rows ? { ...one, context: { fields: ['host.name', 'user.name'], rows } } : one;
  });
};

describe.skipIf(!executable)('the report in a browser', () => {
  const place = temporaryFolder();
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  async function open(report: RunReport, options: BrowserContextOptions = {}): Promise<Opened> {
    const file = join(place, 'report.html');
    const write = await formats.html();
    writeFileSync(file, [...write(report, { width: null, colour: false }, false)].join(''));
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, ...options });
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(`console: ${message.text()}`));
    page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      trouble.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    const address = pathToFileURL(file).href;
    page.on('request', (request) => {
      if (request.url() !== address && !request.url().startsWith('data:')) trouble.push(`request: ${request.url()}`);
    });
    await page.goto(address);
    return { page, trouble };
  }

  const column = (page: Page, name: string, rows = 4): Promise<string[]> =>
    page.evaluate<string[]>(`(() => {
      const table = document.querySelector('table.sortable');
      const at = [...table.tHead.rows[0].cells].findIndex((cell) => cell.textContent === ${JSON.stringify(name)});
      return [...table.tBodies[0].rows].filter((row) => !row.hidden).slice(0, ${rows}).map((row) => row.cells[at].textContent);
    })()`);
  const sortBy = async (page: Page, name: string): Promise<void> => {
    const heading = page.locator('table.sortable').first().getByRole('button', { name, exact: true });
    await Promise.all([
      page.evaluate(
        `new Promise((done) => document.querySelector('table.sortable').addEventListener('sort-end', () => done(true), { once: true }))`,
      ),
      heading.click(),
    ]);
  };

  it('ranks hunts and links them', async () => {
    const { page, trouble } = await open(runReport);
    expect(await page.locator('h1').textContent()).toBe('Hits in 2 of 7 queries');
    const alerts = await page.locator('[role=alert]').allTextContents();
    expect(alerts[0]).toContain('partial');
    expect(alerts[1]).toContain('Not all of the data was read');
    const hits = page.locator('nav section.hits a');
    expect(await hits.count()).toBe(2);
    expect(await hits.first().textContent(), 'the rarer first').toContain('Beaconing');
    expect(await page.locator('nav h2').allTextContents()).toEqual([
      '■ hits 2',
      '? cannot tell 1',
      '! failed 1',
      '‖ interrupted 1',
      '· none 2',
      'Run',
    ]);
    const broken = await page.evaluate(
      `[...document.querySelectorAll('a[href^="#"]')].filter((a) => !document.querySelector(a.getAttribute('href'))).length`,
    );
    expect(broken).toBe(0);
    const ids = await page.evaluate<string[]>(`[...document.querySelectorAll('[id]')].map((element) => element.id)`);
    expect(new Set(ids).size).toBe(ids.length);
    expect(await page.locator('a[href="https://attack.mitre.org/techniques/T1071/001/"]').count()).toBeGreaterThan(0);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('begins with the hosts and users of the hits, each with links to its hunts', async () => {
    const { page } = await open({ ...runReport, results: withHosts(results) });
    const rows = (table: number): Promise<string[][]> =>
      page.evaluate<string[][]>(`[...document.querySelectorAll('.origins table')[${table}].tBodies[0].rows].map((row) =>
        [...row.cells].map((cell) => cell.textContent))`);
    expect(await page.locator('.origins h2').allTextContents()).toEqual(['By host 2', 'By user 1']);
    const [beaconing, rare] = [
      'Beaconing by unsigned processes (Windows)',
      'Rare external connections by process and agent (Linux)',
    ];
    expect(await rows(0)).toEqual([
      ['ws-0001', '2', '3', `${rare} 2${beaconing} 1`],
      ['ws-0002', '1', '1', `${beaconing} 1`],
    ]);
    expect(await rows(1)).toEqual([['jdoe', '1', '4', `${beaconing} 4`]]);
    expect(await page.locator('.origins').textContent()).toContain('5 hits of several hosts or of an unknown one.');
    await page.locator('.origins').getByRole('link', { name: rare }).click();
    expect(await page.locator('article:target').getByRole('heading', { level: 2 }).textContent()).toBe(rare);
    const order = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.origins, main > .hunt')].map((part) => part.className)`,
    );
    expect(order).toEqual([
      'origins',
      'hunt hits',
      'hunt hits',
      'hunt cannot-tell',
      'hunt failed',
      'hunt interrupted',
      'hunt none',
    ]);
    await page.close();
  });

  it('folds hunts that cannot tell, with the reason in their line, and opens them by their links', async () => {
    const { page } = await open(runReport);
    const hunt = page.locator('details.hunt.cannot-tell');
    expect(await hunt.locator('summary').first().textContent()).toMatch(
      /^Persistence through run keys \(Windows\) \? cannot tell.*No event carries registry\.path\.$/s,
    );
    expect(await hunt.locator('article').isVisible()).toBe(false);
    await page.locator('.tally .cannot-tell a').click();
    await hunt.locator('article').waitFor({ state: 'visible' });
    await page.close();
  });

  it('draws no chart of a single event, destination or interval', async () => {
    const one: Evidence = {
      timeline: { start: 0, span: 1000, counts: [0, 1, 0] },
      bytesByDestination: [{ destination: '192.0.2.1', bytes: 10 }],
      rhythms: [{ row: 0, label: 'a', intervals: [{ fromSeconds: 1, toSeconds: 2, count: 1 }] }],
      trees: [],
    };
    const drawn = async (more: Partial<Evidence>): Promise<[number, number]> => {
      const { page } = await open({ ...runReport, results: [{ ...results[2]!, evidence: { ...one, ...more } }] });
      const counts: [number, number] = [
        await page.locator('figure.chart').count(),
        await page.locator('.bar-chart').count(),
      ];
      await page.close();
      return counts;
    };
    expect(await drawn({})).toEqual([0, 0]);
    expect(await drawn({ timeline: { start: 0, span: 1000, counts: [0, 2, 0] } })).toEqual([1, 1]);
    const regular = [{ row: 0, label: 'a', intervals: [{ fromSeconds: 1, toSeconds: 2, count: 9 }] }];
    expect(await drawn({ rhythms: regular }), 'a caption alone').toEqual([1, 0]);
  });

  it('sorts by value, there and back, with the keyboard too', async () => {
    const { page, trouble } = await open(runReport);
    await sortBy(page, 'connections');
    expect(await column(page, 'connections')).toEqual(['9007199254740993', '9007199254740992', '720', '99']);
    await sortBy(page, 'connections');
    expect(await column(page, 'connections')).toEqual(['99', '720', '9007199254740992', '9007199254740993']);
    await sortBy(page, 'destination.ip');
    expect((await column(page, 'destination.ip'))[3]).toBe('9.9.9.9');
    await sortBy(page, 'megabytes_sent');
    expect(await column(page, 'megabytes_sent')).toEqual(['10,000,000', '12.5', '0.21', '']);
    const heading = page.locator('table.sortable').first().getByRole('button', { name: '#', exact: true });
    await heading.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => column(page, '#')).toEqual(['4', '3', '2', '1']);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('filters rows', async () => {
    const { page } = await open(runReport);
    const filter = page.getByRole('searchbox').first();
    await filter.fill('RUNDLL32 91.92');
    expect(await column(page, 'process.name')).toEqual(['rundll32.exe']);
    expect(await page.locator('.status').first().textContent()).toBe('1 of 1 that fit, 4 in all');
    await sortBy(page, 'connections');
    expect(await column(page, 'process.name')).toEqual(['rundll32.exe']);
    await filter.fill('');
    expect(await column(page, 'process.name')).toHaveLength(4);
    await page.close();
  });

  it('puts the chosen row into the drill-down, and shows the chosen process', async () => {
    const { page } = await open(runReport);
    const command = page.locator('.drill-down code');
    expect(await command.textContent()).toContain('--row 1 --data');
    await page.locator('td.row', { hasText: '3' }).first().click();
    expect(await command.textContent()).toContain('--row 3 --data');
    await page.locator('.drill-down input').fill('2');
    expect(await command.textContent()).toContain('--row 2 --data');
    expect(await page.locator('.tree dl:visible').textContent()).toContain('entity-4471');
    await page.locator('.tree').getByRole('button', { name: 'whoami.exe' }).click();
    expect(await page.locator('.tree dl:visible').textContent()).toContain('entity-4492');
    await page.close();
  });

  const accents = { light: 'rgb(15, 118, 110)', dark: 'rgb(79, 184, 173)' } as const;
  /** The colours of the bars of each chart that are as large as anything to see. */
  const barColours = (page: Page): Promise<string[][]> =>
    page.evaluate<string[][]>(`[...document.querySelectorAll('figure.chart')].map((chart) => [...new Set(
      [...chart.querySelectorAll('rect')].filter((bar) => bar.getBoundingClientRect().width > 0).map((bar) => getComputedStyle(bar).fill),
    )])`);

  it.each(['light', 'dark'] as const)('draws every chart (%s)', async (colorScheme) => {
    const { page, trouble } = await open(runReport, { colorScheme });
    const charts = await page.locator('figure.chart').all();
    expect(charts).toHaveLength(4);
    for (const chart of charts) await chart.scrollIntoViewIfNeeded();
    expect(await barColours(page)).toEqual(Array(4).fill([accents[colorScheme]]));
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('draws charts in the colours of a theme that changes, without scripts, and prints them', async () => {
    const { page, trouble } = await open(runReport, { colorScheme: 'light' });
    await page.locator('figure.chart').first().scrollIntoViewIfNeeded();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await barColours(page))[0]).toEqual([accents.dark]);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('says what every chart shows, and the number of each bar', async () => {
    const { page } = await open(runReport);
    const labels = await page.evaluate<string[]>(
      `[...document.querySelectorAll('figure.chart svg[role=img]')].map((chart) => chart.getAttribute('aria-label'))`,
    );
    expect(labels).toHaveLength(3);
    expect(labels.every((label) => /^(Events over time|Beaconing interval): .+/.test(label))).toBe(true);
    expect(await page.locator('.chart.timeline rect title').first().textContent()).toMatch(
      /^\d\d-\d\d.*: [\d,]+ events?$/,
    );
    const sent = page.getByRole('table', { name: 'Bytes sent by destination' });
    expect(await sent.getByRole('row').count()).toBeGreaterThan(1);
    await page.close();
  });

  it('brings one script along', async () => {
    const { page } = await open(runReport);
    expect(await page.evaluate(`[...document.scripts].filter(({ type }) => type !== 'application/json').length`)).toBe(
      1,
    );
    await page.close();
  });

  it('lets no value become more than text', async () => {
    const { page, trouble } = await open(hostileReport());
    for (const chart of await page.locator('figure.chart').all()) await chart.scrollIntoViewIfNeeded();
    await page.evaluate(`for (const details of document.querySelectorAll('details')) details.open = true`);
    await sortBy(page, 'process.name');
    await page.getByRole('searchbox').first().fill('<script>');
    const odd = `[...document.querySelectorAll('*')].filter((element) =>
      [...element.attributes].some(({ name }) => name.startsWith('on')) ||
      (element.localName === 'img') ||
      (element.localName === 'a' && !/^(#|https?:)/.test(element.getAttribute('href'))) ||
      (element.localName === 'script' && element.type !== 'application/json')).map((element) => element.localName)`;
    expect(await page.evaluate(odd)).toEqual(['script']);
    const evil = hostileReport().results[0]!.hunt!.name;
    expect((await column(page, 'process.name'))[0]).toBe(visible(evil));
    expect(await page.locator('.heading h2').allTextContents()).toContain(visible(evil));
    expect(await page.evaluate<string>('document.body.innerText')).not.toMatch(/[\u202e\0]/);
    expect(await page.locator('.references').first().locator('a').allTextContents()).not.toContain(
      'javascript:alert(4)',
    );
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('opens ten thousand hits, and sorts over all of them', async () => {
    const { page, trouble } = await open(largeReport(10_000));
    const status = page.locator('.status').first();
    expect(await status.textContent()).toBe('200 of 10,000 rows');
    await sortBy(page, 'connections');
    expect(await column(page, 'connections', 3)).toEqual(['9999', '9998', '9997']);
    await sortBy(page, 'connections');
    expect(await column(page, 'connections', 3)).toEqual(['0', '1', '2']);
    await page.getByRole('button', { name: 'Show 1,000 more' }).click();
    expect(await status.textContent()).toBe('1,200 of 10,000 rows');
    await page.getByRole('searchbox').first().fill('ws-499');
    expect(await status.textContent()).toMatch(/^(\d+) of \1 that fit, 10,000 in all$/);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('can be read without scripts', async () => {
    const { page } = await open(largeReport(500), { javaScriptEnabled: false });
    expect(await page.locator('table.sortable tbody tr:visible').count()).toBe(200);
    expect(await page.locator('.js-only:visible').count()).toBe(0);
    expect(await page.locator('.status').first().textContent()).toBe('200 of 500 rows');
    await page.close();
  });

  it.each([400, 1600])('never is wider than a window of %s', async (width) => {
    const { page } = await open(runReport, { viewport: { width, height: 900 } });
    for (const hunt of await page.locator('article').all()) await hunt.scrollIntoViewIfNeeded();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    await page.close();
  });
});
