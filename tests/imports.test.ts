import { readdirSync, readFileSync } from 'node:fs';
import { join, normalize, sep } from 'node:path';
import { expect, it } from 'vitest';

/*
 * What each folder of src may import, from the ground up. Data flows one way: what stands lower knows nothing of what
 * stands higher.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  package: [],
  sql: [],
  values: [],
  diagnostics: ['values'],
  temporary: ['diagnostics'],
  catalogue: ['sql', 'values'],
  documents: ['diagnostics', 'package'],
  formats: ['diagnostics', 'documents', 'package', 'values'],
  // esql and query-dsl know each other: full-text functions are conditions of both.
  esql: ['catalogue', 'diagnostics', 'query-dsl', 'sql', 'values'],
  'query-dsl': ['catalogue', 'emit', 'esql', 'sql', 'values'],
  emit: ['catalogue', 'diagnostics', 'esql', 'sql', 'values'],
  tables: ['catalogue', 'documents', 'emit', 'esql', 'sql', 'values'],
  files: ['catalogue', 'diagnostics', 'documents', 'emit', 'esql', 'formats', 'sql', 'tables', 'temporary', 'values'],
  engines: ['catalogue', 'diagnostics', 'emit', 'esql', 'query-dsl', 'sql', 'temporary', 'values'],
  store: [
    'catalogue',
    'diagnostics',
    'documents',
    'engines',
    'esql',
    'files',
    'formats',
    'sql',
    'tables',
    'temporary',
    'values',
  ],
  hunts: ['catalogue', 'diagnostics', 'esql', 'package', 'values'],
  overrides: ['catalogue', 'diagnostics', 'esql', 'values'],
  coverage: ['catalogue', 'diagnostics', 'engines', 'esql', 'hunts', 'overrides', 'values'],
  investigate: ['diagnostics', 'engines', 'esql', 'overrides', 'sql', 'values'],
  report: ['coverage', 'files', 'hunts', 'investigate', 'package', 'values'],
  runs: ['diagnostics', 'esql', 'hunts', 'report', 'store', 'values'],
  server: ['catalogue', 'diagnostics', 'esql', 'query-dsl', 'sql', 'store', 'values'],
  demo: ['diagnostics', 'sql', 'values'],
};

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/(?<!\.test|\.d)\.ts$/.test(entry.name)) yield path;
  }
}

const folderOf = (path: string): string | null => /^src[/\\]([^/\\]+)[/\\]/.exec(path)?.[1] ?? null;

it('folders import only what stands below them', () => {
  const found: string[] = [];
  let looked = 0;
  for (const path of sourceFiles('src')) {
    const own = folderOf(path);
    // The command line puts the parts together.
    if (own === null || own === 'cli') continue;
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'(\.{1,2}\/[^']+)'/g)) {
      const other = folderOf(normalize(join(path, '..', target!)));
      looked += 1;
      if (other !== null && other !== own && !allowed[own]?.includes(other))
        found.push(`${path.replaceAll(sep, '/')} imports ${target}`);
    }
  }
  expect(found).toEqual([]);
  expect(looked).toBeGreaterThan(1000);
});
