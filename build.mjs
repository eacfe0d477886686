// Bundles the command line into dist/: few files load faster than many, and rarely used parts stay in chunks of their own.
import { chmod, copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';
import { parse } from 'yaml';

await rm('dist', { recursive: true, force: true });
await build({
  entryPoints: {
    harrier: 'src/cli/main.ts',
    'reader-worker': 'src/files/reader-worker.ts',
    'isolated-engine': 'src/engines/duckdb/isolated-process.ts',
    'plan-worker': 'src/store/plan-worker.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  packages: 'external',
  sourcemap: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
});
// What the HTML report brings along: one text each, with no import left in it.
await build({
  entryPoints: ['page.ts', 'charts.ts', 'page.css'].map((name) => `src/report/html/page/${name}`),
  outdir: 'dist/page',
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  minify: true,
  legalComments: 'inline',
  logLevel: 'warning',
});
// Mappings are parsed once: YAML takes longer to read than most logs.
const mappings = [];
const families = [];
for (const name of (await readdir('mappings', { recursive: true })).sort()) {
  if (!name.endsWith('.yml')) continue;
  const { tests: _, ...parsed } = parse(await readFile(`mappings/${name}`, 'utf8'));
  (parsed.family !== undefined && parsed.forms ? families : mappings).push(parsed);
}
await writeFile('dist/mappings.json', JSON.stringify({ mappings, families }));
const mappedFields = new Map();
for (const { fields = {}, groups = [], tables = [], types = {} } of mappings) {
  const named = [fields, ...groups.map((group) => group.fields), ...tables.flatMap(({ rows }) => Object.values(rows))];
  for (const name of named.flatMap(Object.keys)) if (!mappedFields.has(name)) mappedFields.set(name, 'keyword');
  for (const [name, type] of Object.entries(types)) mappedFields.set(name, type);
}
await writeFile('dist/mapped-fields.json', JSON.stringify([...mappedFields]));
// Documents are taken apart by a module of WebAssembly.
const { error, stderr } = await asc.main(
  [
    'src/documents/reader/reader.ts',
    '--outFile',
    'dist/reader.wasm',
    '-O3',
    '--runtime',
    'stub',
    '--enable',
    'simd',
    '--noAssert',
  ],
  { stdout: process.stdout },
);
if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
// zstd's own decoder in WebAssembly stands as text in the JavaScript of zstddec. What is around it there is not used: it
// fetches the module, which takes longer than compiling it, and never comes back from data that are damaged.
const zstddec = import.meta.resolve('zstddec/stream');
const [, zstd] = /"(AGFzbQ[\w+/=]+)"/.exec(await readFile(new URL(zstddec), 'utf8'));
await writeFile('dist/zstd.wasm', Buffer.from(zstd, 'base64'));
await copyFile(new URL('../LICENSE', zstddec), 'dist/zstd.LICENSE');
// XZ Embedded (public domain) stands in the same way in xz-decompress, whose streams never end where the data is cut off.
const xzDecompress = import.meta.resolve('xz-decompress');
const [, xz] = /"data:application\/wasm;base64,([\w+/=]+)"/.exec(await readFile(new URL(xzDecompress), 'utf8'));
await writeFile('dist/xz.wasm', Buffer.from(xz, 'base64'));
await copyFile('src/formats/compression/xz.LICENSE', 'dist/xz.LICENSE');
await chmod('dist/harrier.js', 0o755);
