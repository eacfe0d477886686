import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../dist/workbench');
const packed = (name: string): number => readFileSync(join(folder, `${name}.gz`)).length;

/** What a file brings along at once; what it imports later is not part of it. */
function withImports(name: string, known = new Set<string>()): Set<string> {
  if (known.has(name)) return known;
  known.add(name);
  const text = readFileSync(join(folder, name), 'utf8');
  for (const [, imported] of text.matchAll(/(?:from|import)\s*"\.\/([\w-]+\.js)"/g)) withImports(imported!, known);
  return known;
}

it('paints with at most 130 kB, and is 350 kB in all', () => {
  const names = readdirSync(folder).filter((name) => !name.endsWith('.gz'));
  const entries = names.filter((name) => /^main-\w+\.js$|\.css$|^index\.html$/.test(name));
  expect(entries).toHaveLength(3);
  const first = [...new Set(entries.flatMap((name) => [...withImports(name)]))];
  const sum = (files: readonly string[]): number => files.reduce((bytes, name) => bytes + packed(name), 0);
  expect(sum(first)).toBeLessThan(130_000);
  expect(sum(names)).toBeLessThan(350_000);
  // The editor comes when a hunt is opened.
  expect(sum(names)).toBeGreaterThan(sum(first));
});
