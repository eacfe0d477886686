import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from '../../package/package-folder.ts';

/** What the page brings along, as built from `page/`: its style and its script. */
export interface Assets {
  readonly style: string;
  readonly page: string;
}

/** Reads the built parts. */
export function readAssets(): Assets {
  const read = (name: string): string => readFileSync(join(packageFolder(), 'dist/page', name), 'utf8').trim();
  return { style: read('page.css'), page: read('page.js') };
}

/**
 * The policy under which a browser shows the page: nothing is fetched from anywhere, and only these very scripts and
 * this style are obeyed.
 */
export function contentSecurityPolicy(style: string, scripts: readonly string[]): string {
  const hash = (code: string): string => `'sha256-${createHash('sha256').update(code).digest('base64')}'`;
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(' ')}`,
    `style-src ${hash(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}
