import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { executable, openBrowser } from '../report/browser.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const site = join(temporaryFolder(), 'site');
let pages: ReadonlyMap<string, string>;

const below = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')));

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'website/build.mjs'), '--out', site], { cwd: root });
  const names = readdirSync(site, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.html'));
  pages = new Map(names.map((name) => [name, readFileSync(join(site, name), 'utf8')]));
});

const attributes = (text: string, name: string): string[] =>
  [...text.matchAll(new RegExp(` ${name}="([^"]*)"`, 'g'))].map(([, value]) => value!);

describe('the site of the documentation', () => {
  it('has a page for every page of the documentation, and each is in the menu', () => {
    const sources = ['README.md', 'CHANGELOG.md', 'SECURITY.md', 'hunts/README.md', ...below('docs', '.md')];
    const addresses = sources.map((path) => path.replace(/README\.md$/, 'index.html').replace(/\.md$/, '.html'));
    expect(addresses.filter((address) => !pages.has(address))).toEqual([]);
    const menu = /<nav[\s\S]*<\/nav>/.exec(pages.get('index.html')!)![0];
    expect(addresses.filter((address) => !attributes(menu, 'href').includes(address))).toEqual([]);
    expect(attributes(menu, 'href').at(-1)).toMatch(/^docs\/decisions\//);
  });

  it('has no link that leads nowhere, to a page or to a place in it', () => {
    const broken: string[] = [];
    for (const [name, text] of pages)
      for (const href of [...attributes(text, 'href'), ...attributes(text, 'src')]) {
        if (/^(?:https?|data):/.test(href)) continue;
        const [path, anchor] = href.split('#') as [string, string | undefined];
        const target = path === '' ? name : posix.normalize(posix.join(posix.dirname(name), path));
        const ids = anchor === undefined ? null : attributes(pages.get(target) ?? '', 'id');
        if (!existsSync(join(site, target)) || (ids && !ids.includes(decodeURIComponent(anchor!))))
          broken.push(`${name}: ${href}`);
      }
    expect(broken).toEqual([]);
    expect(pages.size).toBeGreaterThan(40);
  });

  it('names each place of a page once', () => {
    const twice = [...pages].flatMap(([name, text]) => {
      const ids = attributes(text, 'id');
      return ids.filter((id, i) => ids.indexOf(id) < i).map((id) => `${name}#${id}`);
    });
    expect(twice).toEqual([]);
  });

  it('shows what looks like markup in a page as text', () => {
    const bodies = [...pages.values()].map((text) => /<main[\s\S]*<\/main>/.exec(text)![0]);
    const tags = new Set(bodies.flatMap((body) => [...body.matchAll(/<([a-z][\w-]*)/g)].map(([, tag]) => tag!)));
    const known =
      'main h1 h2 h3 h4 p a code pre ul ol li strong em div table thead tbody tr th td img del br hr blockquote'.split(
        ' ',
      );
    expect([...tags].filter((tag) => !known.includes(tag))).toEqual([]);
  });
});

describe.skipIf(!executable)('the site in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser?.close());

  const open = async (name: string, width: number, colorScheme: 'light' | 'dark' = 'light') => {
    const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
    const trouble: string[] = [];
    page.on('console', (message) => trouble.push(message.text()));
    page.on('pageerror', (error) => trouble.push(error.message));
    page.on('request', (request) => {
      if (!/^(?:file|data):/.test(request.url())) trouble.push(request.url());
    });
    await page.goto(pathToFileURL(join(site, name)).href);
    return { page, trouble };
  };
  const background = (page: Page): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');

  it('fits a phone, page by page, and fetches nothing from elsewhere', async () => {
    const { page, trouble } = await open('index.html', 380);
    const wide: string[] = [];
    for (const name of pages.keys()) {
      await page.goto(pathToFileURL(join(site, name)).href);
      if ((await page.evaluate<number>('document.documentElement.scrollWidth')) > 380) wide.push(name);
    }
    expect(wide).toEqual([]);
    expect(trouble).toEqual([]);
    await page.close();
  });

  it('is dark where the reader wants it', async () => {
    const light = await open('index.html', 1280);
    const dark = await open('index.html', 1280, 'dark');
    expect(await background(light.page)).toBe('rgb(255, 255, 255)');
    expect(await background(dark.page)).toBe('rgb(18, 24, 30)');
    await Promise.all([light.page.close(), dark.page.close()]);
  });

  it('finds sections by their words, and leads to them', async () => {
    const { page, trouble } = await open('docs/hunting.html', 1280);
    await page.getByRole('searchbox').fill('retention store');
    await page.locator('.found a').first().click();
    await page.waitForURL(/#/);
    expect(page.url()).toMatch(/docs\/(?:server|operations)\.html#/);
    expect(trouble).toEqual([]);
    await page.close();
  });
});
