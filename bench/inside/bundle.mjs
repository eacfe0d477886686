// Harrier's own modules for the benchmark: TypeScript beside this file, bundled so that Node can load it.
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

// Within node_modules, from where packages are found.
const folder = fileURLToPath(new URL('../../node_modules/.harrier-bench', import.meta.url));

/** Bundles a module of this folder; where the result lies, for import(), until this process ends. */
export async function bundle(name) {
  mkdirSync(folder, { recursive: true });
  const outfile = `${folder}/${name}-${process.pid}.mjs`;
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  process.on('exit', () => rmSync(outfile, { force: true }));
  return pathToFileURL(outfile).href;
}
