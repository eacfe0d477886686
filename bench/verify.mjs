// Counts what must hold of the language, and prints a table: conformance cases by tier through a server, random documents
// through every door, random pipelines against the reference, mutated queries, and Elastic's public library.
//
//   npm run verify [-- --cases ../shared/conformance --doors 200 --orders 200 --pipelines 20000 --mutations 1000000 --corpus FOLDER]
//
// Without cases or a corpus at hand these are skipped, and said to be.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const root = fileURLToPath(new URL('..', import.meta.url));
// Other cases each time; the seed is printed, so that what failed can be run again.
const seed = process.env.PROPERTY_SEED ?? String(Date.now() % 2 ** 31);
const rows = [];
let failed = false;

const runner = join(option('cases', join(root, '../shared/conformance')), 'run.mjs');
if (existsSync(runner)) {
  const store = mkdtempSync(join(tmpdir(), 'harrier-verify-'));
  const server = spawn(process.execPath, [join(root, 'dist/harrier.js'), 'serve', '--store', store, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await new Promise((resolve, reject) => {
    server.stdout.on('data', (chunk) => {
      const found = /https?:\/\/[^\s]+/.exec(String(chunk));
      if (found) resolve(found[0]);
    });
    server.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  let out;
  try {
    out = execFileSync(process.execPath, [runner, '--url', url], { encoding: 'utf8', maxBuffer: 1e8 });
  } catch (error) {
    out = error.stdout;
  }
  server.removeAllListeners('exit');
  server.kill('SIGTERM');
  rmSync(store, { recursive: true, force: true });
  for (const [, tier, passed, all] of out.matchAll(/\b(core|extended|exotic) (\d+)\/(\d+)/g)) {
    const wanted = { core: 100, extended: 98, exotic: 85 }[tier];
    const share = (100 * passed) / all;
    failed ||= share < wanted;
    rows.push({
      what: `conformance, ${tier}`,
      count: `${passed} of ${all}`,
      'per cent': share.toFixed(1),
      wanted: `${wanted} %`,
    });
  }
} else rows.push({ what: 'conformance', count: 'skipped: no cases', 'per cent': '', wanted: '' });

/** Runs a test with an environment; whether it passed. */
function test(file, env) {
  try {
    execFileSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', file], {
      cwd: root,
      env: { ...process.env, PROPERTY_SEED: seed, ...env },
      stdio: 'pipe',
    });
    return true;
  } catch {
    failed = true;
    return false;
  }
}
const check = (what, count, file, env) =>
  rows.push({
    what,
    count,
    'per cent': '',
    wanted: test(file, env) ? 'none differs: right' : `WRONG: run the test with PROPERTY_SEED=${seed} to see`,
  });

const sets = option('doors', '200');
check('sets of documents, every door alike', sets, 'tests/doors/doors.test.ts', { DOORS: sets });
const orders = option('orders', '200');
check('sets of documents, any order of arrival', orders, 'tests/store/types.test.ts', { ORDERS: orders });
const pipelines = option('pipelines', '20000');
check('pipelines like the reference', pipelines, 'tests/differential/differential.test.ts', {
  HARRIER_PIPELINES: pipelines,
});
const mutations = option('mutations', '1000000');
check('mutated queries without an internal error', mutations, 'tests/differential/fuzz.test.ts', {
  HARRIER_FUZZ: mutations,
});
const corpus = option('corpus', process.env.HARRIER_CORPUS);
if (corpus) check('Elastic’s public hunts and rules', 'all', 'tests/hunts/corpus.test.ts', { HARRIER_CORPUS: corpus });
else rows.push({ what: 'Elastic’s public hunts and rules', count: 'skipped: no --corpus', 'per cent': '', wanted: '' });

console.table(rows);
process.exitCode = failed ? 1 : 0;
