// Times the way from text to SQL: queries of growing length, and a pipeline of sixty functions.
//
//   npm run bench:compile
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(root, 'node_modules/.bench-'));
const program = `
import { SourceText } from ${JSON.stringify(join(root, 'src/diagnostics/source-text.ts'))};
import { oneTable } from ${JSON.stringify(join(root, 'src/emit/emit.ts'))};
import { prepare } from ${JSON.stringify(join(root, 'src/engines/duckdb/prepare.ts'))};
import { OpenCatalogue } from ${JSON.stringify(join(root, 'src/esql/analyze/open-catalogue.ts'))};
import { parse } from ${JSON.stringify(join(root, 'src/esql/parse.ts'))};

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const time = (work) => median(Array.from({ length: 9 }, () => {
  const started = performance.now();
  work();
  return performance.now() - started;
}));
const rows = [];
for (const length of [100, 1000, 10000]) {
  const terms = Array.from({ length }, (_, i) => '(a' + i + ' == ' + i + ' OR NOT b LIKE "x*")');
  const text = 'FROM a | WHERE ' + terms.join(' AND ');
  const ms = time(() => parse(new SourceText(text)));
  rows.push({ what: 'parse ' + length + ' conditions', characters: text.length, ms: ms.toFixed(2), 'µs per 1,000 characters': (ms * 1e6 / text.length).toFixed(0) });
}
const calls = ['CONCAT(host.name, "x")', 'ROUND(event.risk_score * 2, 1)', 'DATE_TRUNC(1 day, @timestamp)', 'CASE(source.port > 1, "a", "b")', 'TO_STRING(source.bytes)', 'MV_COUNT(MV_APPEND(tags, tags))'];
const sixty = 'FROM a | EVAL ' + Array.from({ length: 60 }, (_, i) => 'x' + i + ' = ' + calls[i % 6]).join(', ');
const catalogue = await OpenCatalogue.of(['a'], null);
const options = { now: Date.now(), maxRows: 1000 };
const ms = time(() => prepare(sixty, catalogue, oneTable('events'), options));
rows.push({ what: 'compile 60 functions to SQL', characters: sixty.length, ms: ms.toFixed(2), 'µs per 1,000 characters': '' });
console.table(rows);
`;
try {
  const entry = join(folder, 'compile.ts');
  const bundle = join(folder, 'compile.mjs');
  writeFileSync(entry, program);
  await build({
    entryPoints: [entry],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  process.stdout.write(execFileSync(process.execPath, [bundle], { cwd: tmpdir() }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
