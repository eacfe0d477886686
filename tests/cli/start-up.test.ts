import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bin, start } from '../support/command.ts';

/* What a command loads before it works: each takes the time of reading and compiling it, whether it is used or not. */

/** Writes the address of every module that is loaded to standard error. */
const hook = `import { writeSync } from 'node:fs';
export const load = (url, context, next) => { writeSync(2, 'LOADED ' + url + '\\n'); return next(url, context); };`;
const source = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;
const registering = source(`import { register } from 'node:module'; register(${JSON.stringify(source(hook))});`);

/** The sources in the chunks that a command loads. */
async function loadedBy(...args: string[]): Promise<Set<string>> {
  const { code, stderr } = await start(process.execPath, ['--import', registering, bin, ...args]).finished;
  expect(code).toBe(0);
  const chunks = [...stderr.matchAll(/^LOADED (file:.*\/dist\/.*)$/gm)].map(([, url]) => fileURLToPath(url!));
  return new Set(
    chunks.flatMap((chunk) => {
      const { sources } = JSON.parse(readFileSync(`${chunk}.map`, 'utf8')) as { sources: string[] };
      return sources.map((name) => name.replace(/^(?:\.\.\/)+/, '')).filter((name) => name !== 'package.json');
    }),
  );
}

it('a query without events loads what it needs, and no other command', async () => {
  const loaded = await loadedBy('query', 'ROW a = 1');
  expect(loaded).toContain('src/cli/query.ts');
  expect(loaded).toContain('src/engines/duckdb/engine.ts');
  const needless =
    /^src\/(?:cli\/(?:demo|run|serve|ui|hunts\/.*)\.ts$|demo|formats|server|store|workbench|report\/html|hunts\/library)|smol-toml/;
  expect([...loaded].filter((name) => needless.test(name))).toEqual([]);
});

it('the version is said without the engine, and help with every command', async () => {
  expect(await loadedBy('--version')).toEqual(new Set(['src/cli/main.ts', 'src/values/byte-size.ts']));
  const help = await loadedBy('--help');
  expect(help).toContain('src/cli/serve.ts');
  expect(help).toContain('src/cli/completion/completion.ts');
});
