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
  catalogue: ['package', 'values'],
  documents: ['diagnostics', 'package'],
  formats: ['diagnostics', 'documents', 'package', 'values'],
  plan: ['catalogue', 'diagnostics', 'values'],
  functions: ['plan', 'values'],
  'languages/filters': ['catalogue', 'plan', 'values'],
  'languages/esql': ['catalogue', 'diagnostics', 'functions', 'languages/filters', 'plan', 'values'],
  'languages/search': ['catalogue', 'languages/filters', 'plan', 'values'],
  rewrite: ['functions', 'plan', 'values'],
  'sql/duckdb': ['catalogue', 'diagnostics', 'functions', 'plan', 'sql', 'values'],
  tables: ['catalogue', 'documents', 'plan', 'sql', 'sql/duckdb', 'values'],
  ecs: ['catalogue', 'diagnostics', 'documents', 'package', 'sql', 'sql/duckdb', 'tables', 'values'],
  files: [
    'catalogue',
    'diagnostics',
    'documents',
    'ecs',
    'formats',
    'plan',
    'sql',
    'sql/duckdb',
    'tables',
    'temporary',
    'values',
  ],
  engines: [
    'catalogue',
    'diagnostics',
    'package',
    'languages/esql',
    'languages/filters',
    'plan',
    'rewrite',
    'sql',
    'sql/duckdb',
    'temporary',
    'values',
  ],
  store: [
    'ecs',
    'languages/filters',
    'package',
    'catalogue',
    'diagnostics',
    'documents',
    'engines',
    'files',
    'formats',
    'plan',
    'sql',
    'sql/duckdb',
    'tables',
    'temporary',
    'values',
  ],
  join: ['sql', 'values'],
  hunts: ['catalogue', 'diagnostics', 'languages/esql', 'package', 'values'],
  overrides: ['catalogue', 'diagnostics', 'languages/esql', 'plan', 'rewrite', 'values'],
  coverage: [
    'catalogue',
    'diagnostics',
    'engines',
    'functions',
    'hunts',
    'languages/esql',
    'overrides',
    'plan',
    'rewrite',
    'values',
  ],
  investigate: ['catalogue', 'diagnostics', 'engines', 'languages/esql', 'overrides', 'plan', 'rewrite', 'values'],
  report: ['coverage', 'diagnostics', 'files', 'hunts', 'investigate', 'join', 'package', 'values', 'view'],
  runs: ['diagnostics', 'hunts', 'languages/esql', 'overrides', 'plan', 'report', 'store', 'values'],
  server: [
    'catalogue',
    'diagnostics',
    'engines',
    'languages/esql',
    'languages/filters',
    'languages/search',
    'plan',
    'sql',
    'store',
    'tables',
    'values',
  ],
  demo: ['diagnostics', 'formats', 'sql', 'values'],
  // Parts of pages: markup of values, for the report here and the workbench in the browser.
  view: ['values'],
  // What the page and its server say to each other.
  'workbench/contract': ['values'],
  'workbench/page': ['languages/esql', 'values', 'view', 'workbench/contract'],
  'workbench/server': [
    'app',
    'catalogue',
    'coverage',
    'diagnostics',
    'engines',
    'hunts',
    'investigate',
    'languages/esql',
    'overrides',
    'package',
    'plan',
    'report',
    'runs',
    'server',
    'store',
    'values',
    'workbench/contract',
  ],
  app: [
    'catalogue',
    'coverage',
    'demo',
    'diagnostics',
    'ecs',
    'engines',
    'files',
    'formats',
    'hunts',
    'investigate',
    'join',
    'languages/esql',
    'overrides',
    'plan',
    'report',
    'runs',
    'sql',
    'sql/duckdb',
    'store',
    'tables',
    'temporary',
    'values',
  ],
  // What it imports beside use cases: how to read options and hunts, and how to write reports.
  cli: [
    'app',
    'catalogue',
    'coverage',
    'demo',
    'diagnostics',
    'ecs',
    'engines',
    'files',
    'hunts',
    'investigate',
    'languages/esql',
    'overrides',
    'plan',
    'report',
    'runs',
    'server',
    'sql',
    'sql/duckdb',
    'store',
    'temporary',
    'values',
    'workbench/contract',
    'workbench/server',
  ],
};

function* sourceFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* sourceFiles(path);
    else if (/(?<!\.test|\.d)\.tsx?$/.test(entry.name)) yield path;
  }
}

/** The room that a file lies in: its folder below src, or the one within that stands in the list by itself. */
function roomOf(path: string): string | null {
  const [, outer, inner] = path.split(sep);
  const within = `${outer}/${inner}`;
  return within in allowed ? within : inner === undefined ? null : outer!;
}

it('folders import only what stands below them', () => {
  const found: string[] = [];
  let looked = 0;
  for (const path of sourceFiles('src')) {
    const own = roomOf(path);
    if (own === null) continue;
    for (const [, target] of readFileSync(path, 'utf8').matchAll(/(?:from|import\()\s*'(\.{1,2}\/[^']+)'/g)) {
      const other = roomOf(normalize(join(path, '..', target!)));
      looked += 1;
      if (other !== null && other !== own && !allowed[own]?.includes(other))
        found.push(`${path.replaceAll(sep, '/')} imports ${target}`);
    }
  }
  expect(found).toEqual([]);
  expect(looked).toBeGreaterThan(1000);
});

it('use cases know no terminal, command line or environment', () => {
  for (const path of sourceFiles(join('src', 'app'))) {
    const code = readFileSync(path, 'utf8').replaceAll(/'[^'\n]*'|`[^`]*`|\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect([path, code.match(/\b(?:process|console)\b\s*[.[]/)]).toEqual([path, null]);
    expect(readFileSync(path, 'utf8')).not.toMatch(/from '(?:commander|picocolors|cli-progress|node:process)'/);
  }
});
