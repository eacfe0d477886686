// Bundles and runs `run.ts`: Node 20 does not run TypeScript.
import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(here, '.run-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
await build({
  entryPoints: [join(here, 'run.ts')],
  outfile: join(folder, 'run.mjs'),
  ...{ bundle: true, format: 'esm', platform: 'node', target: 'node20', packages: 'external', logLevel: 'warning' },
  // Paths that modules find themselves by stay those of their sources.
  define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(here, 'run.ts')).href) },
});
await import(pathToFileURL(join(folder, 'run.mjs')).href);
