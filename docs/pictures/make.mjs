// Makes the pictures of docs/workbench.md and the README: the workbench over the sample fleet, always the same.
//
//   node docs/pictures/make.mjs
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const here = fileURLToPath(new URL('.', import.meta.url));
const harrier = fileURLToPath(new URL('../../dist/harrier.js', import.meta.url));
const executablePath = [process.env.CHROMIUM ?? '', '/usr/bin/chromium'].find((path) => path !== '' && existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'harrier-pictures-'));
execFileSync(process.execPath, [harrier, 'demo', '--hosts', '20', '--events', '20000', '--out', join(folder, 'fleet')], {
  stdio: 'ignore',
});
const child = spawn(process.execPath, [harrier, 'ui', '--no-open', '--data', 'fleet'], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, HARRIER_STATE: join(folder, 'state'), HARRIER_CACHE_DIR: join(folder, 'cache') },
});
const [printed] = await once(child.stdout, 'data');
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' });
try {
  await page.goto(String(printed).trim());
  await page.waitForSelector('nav[aria-label="Hunts"] li');
  // All verdicts are there, and all files are read.
  await page.waitForFunction(() => !/not looked yet|so far/.test(document.querySelector('.tally')?.textContent ?? 'so far'), null, { timeout: 120_000 });
  await page.keyboard.press('Shift+R');
  await page.waitForFunction(() => !document.querySelector('.running'), null, { timeout: 120_000 });
  await picture('hunts');
  await page.keyboard.press('/');
  await page.keyboard.type('volume windows');
  await page.keyboard.press('Enter');
  await page.waitForSelector('article.hunt');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+Enter');
  await page.waitForSelector('.result [role=row]');
  await page.waitForTimeout(1500);
  await picture('hunt');
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.waitForTimeout(1500);
  await picture('attack');
} finally {
  await browser.close();
  child.kill('SIGTERM');
  await once(child, 'exit');
  rmSync(folder, { recursive: true, force: true });
}

function picture(name) {
  return page.screenshot({ path: join(here, `${name}.png`) });
}
