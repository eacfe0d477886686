import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const candidates = [
  process.env.CHROMIUM ?? '',
  '/usr/bin/chromium',
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => join(folder, 'chromium')),
];

/** The browser to look at reports with; tests that need it are skipped where there is none. */
export const executable = candidates.find((path) => path !== '' && existsSync(path));

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: executable!, args: ['--no-sandbox'] });
