// Bundles the command line and its libraries into dist/: few files load faster than many, and rarely used parts stay in
// chunks of their own. Only the engine, which is native, is installed beside them.
import { chmod, copyFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import asc from 'assemblyscript/asc';
import { build } from 'esbuild';
import { parse } from 'yaml';

// Their facts are in dist/ecs-fields.json and dist/user-agents.json.
const elsewhere = ['node_modules/@elastic/ecs/\n@elastic/ecs', 'node_modules/uap-core/\nuap-core'];

/**
 * A CommonJS package that is loaded when it is needed gets a chunk of its own, which esbuild gives a default export only: the
 * names that Node finds in it are exported as well.
 */
const namedWhenLoadedLate = {
  name: 'named-when-loaded-late',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[@a-z]/ }, ({ path, kind, resolveDir }) => {
      if (kind !== 'dynamic-import' || path.startsWith('node:')) return undefined;
      return { path: `${path}.mjs`, namespace: 'late', pluginData: { path, resolveDir } };
    });
    onLoad({ filter: /./, namespace: 'late' }, async ({ pluginData: { path, resolveDir } }) => {
      const names = Object.keys(await import(path)).filter((name) => /^[A-Za-z_$][\w$]*$/.test(name));
      const exported = names.map((name) =>
        name === 'default' ? 'export default all.default;' : `export const ${name} = all.${name};`,
      );
      return { contents: [`import * as all from '${path}';`, ...exported].join('\n'), resolveDir };
    });
  },
};

/**
 * The JavaScript around the engine is bundled, and finds the native part where the package of the engine has it. Imported as
 * the CommonJS of many files that it is, it takes as long as opening a database: Node looks through every file for names.
 */
const nativePart = {
  name: 'native-part',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@duckdb\/node-bindings$/ }, ({ path }) => ({ path, namespace: 'native' }));
    onLoad({ filter: /./, namespace: 'native' }, ({ path }) => ({
      contents: `module.exports = require('node:module').createRequire(require.resolve('@duckdb/node-api'))('${path}');`,
    }));
  },
};

await rm('dist', { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: {
    program: 'src/cli/run-program.ts',
    'reader-worker': 'src/files/reader-worker.ts',
    'isolated-engine': 'src/engines/duckdb/isolated-process.ts',
    'plan-worker': 'src/store/plan-worker.ts',
  },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  plugins: [nativePart, namedWhenLoadedLate],
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  chunkNames: 'chunks/[name]-[hash]',
  banner: {
    js: "import { createRequire as requireOf } from 'node:module'; const require = requireOf(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
});
// What Node loads first is CommonJS: see src/cli/main.ts.
await build({
  entryPoints: { harrier: 'src/cli/main.ts' },
  outdir: 'dist',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  plugins: [
    {
      name: 'program-beside',
      setup: ({ onResolve }) =>
        onResolve({ filter: /\/run-program\.ts$/ }, () => ({ path: './program.mjs', external: true })),
    },
  ],
  banner: { js: '#!/usr/bin/env node' },
  sourcemap: true,
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: 'warning',
});
await writeFile('dist/package.json', '{"type":"commonjs"}\n');
// What the HTML report brings along: one text each, with no import left in it.
const { metafile: page } = await build({
  metafile: true,
  entryPoints: ['page.ts', 'page.css'].map((name) => `src/report/html/page/${name}`),
  outdir: 'dist/page',
  bundle: true,
  format: 'iife',
  platform: 'browser',
  target: ['es2022', 'chrome109', 'firefox115', 'safari16'],
  minify: true,
  legalComments: 'inline',
  logLevel: 'warning',
});
// The workbench's page: what is not needed for its first paint stays in parts that are loaded later.
const { metafile: workbench } = await build({
  metafile: true,
  entryPoints: ['main.tsx', 'styles/workbench.css'].map((name) => `src/workbench/page/${name}`),
  outdir: 'dist/workbench',
  entryNames: '[name]-[hash]',
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'browser',
  target: ['chrome120', 'firefox128', 'safari17.4'],
  jsx: 'automatic',
  jsxImportSource: 'preact',
  minify: true,
  legalComments: 'none',
  logLevel: 'warning',
});
const named = (ending) =>
  Object.keys(workbench.outputs)
    .find((path) => ending.test(path))
    .replace(/^.*\//, '');
const shell = await readFile('src/workbench/page/index.html', 'utf8');
await writeFile(
  'dist/workbench/index.html',
  shell.replace('SCRIPT', named(/\/main-\w+\.js$/)).replace('STYLE', named(/\/workbench-\w+\.css$/)),
);
for (const name of await readdir('dist/workbench'))
  await writeFile(`dist/workbench/${name}.gz`, gzipSync(await readFile(`dist/workbench/${name}`), { level: 9 }));
// Libraries of the globe, in files of their own: one is loaded when a query first asks for it, and then at once.
const { metafile: geometry } = await build({
  metafile: true,
  entryPoints: { h3: 'node_modules/h3-js/dist/h3-js.js', jts: 'src/engines/duckdb/jts/operations.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.cjs' },
  format: 'cjs',
  platform: 'node',
  bundle: true,
  minify: true,
  logLevel: 'warning',
});
const bundled = [metafile, page, workbench, geometry].flatMap(({ inputs }) => Object.keys(inputs));
await writeFile('dist/LICENSES.txt', await licences(bundled));
// Of ECS, names and types are enough: its package has 14 MB, and takes 30 ms to load.
const { EcsFlat } = await import('@elastic/ecs');
const ecs = Object.values(EcsFlat.default ?? EcsFlat).map((field) => ({
  name: field.flat_name,
  type: field.type,
  subfields: (field.multi_fields ?? []).map((sub) => [sub.flat_name, sub.type]),
  several: field.normalize?.includes('array') ?? false,
}));
await writeFile('dist/ecs-fields.json', JSON.stringify(ecs));
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
// The patterns of user agents, of which YAML takes long to read.
const uap = parse(await readFile('node_modules/uap-core/regexes.yaml', 'utf8'));
const patternsOf = (list, ...replacements) =>
  list.map((entry) => [entry.regex, entry.regex_flag ?? '', ...replacements.map((name) => entry[name] ?? null)]);
const versionsOf = (prefix) => [1, 2, 3, 4].map((n) => `${prefix}v${n}_replacement`);
await writeFile(
  'dist/user-agents.json',
  JSON.stringify({
    agents: patternsOf(uap.user_agent_parsers, 'family_replacement', ...versionsOf('')),
    systems: patternsOf(uap.os_parsers, 'os_replacement', ...versionsOf('os_')),
    devices: patternsOf(uap.device_parsers, 'device_replacement'),
  }),
);
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

/** The licences and notices of the packages that files of a bundle come from. */
async function licences(inputs) {
  const packages = inputs.flatMap(
    (input) => /^.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.slice(0, 2).join('\n') ?? [],
  );
  const parts = ['Harrier bundles these packages, under their own licences.\n'];
  for (const one of [...new Set([...packages, ...elsewhere])].sort()) {
    const [folder, name] = one.split('\n');
    const { version, license, licenses } = JSON.parse(await readFile(`${folder}package.json`, 'utf8'));
    parts.push(
      `\n${'='.repeat(80)}\n${name} ${version} (${license ?? licenses.map(({ type }) => type).join(', ')})\n${'='.repeat(80)}\n`,
    );
    const texts = (await readdir(folder)).filter((file) => /^(?:licen[cs]e|notice|copying)/i.test(file)).sort();
    for (const file of texts) parts.push(`\n${(await readFile(`${folder}${file}`, 'utf8')).trim()}\n`);
  }
  return parts.join('');
}
