// Times Harrier against DuckDB on the same data in the same run, and prints a table of medians and ratios.
//
//   npm run bench [-- --events 1000000 --rounds 5 --out FOLDER]
//
// Contestants take turns, so that a machine whose speed drifts is the same for all. Figures are of whole processes.
import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const events = Number(option('events', 1_000_000));
const rounds = Number(option('rounds', 5));
const folder = option('out', join(tmpdir(), `harrier-bench-${events}`));
const root = fileURLToPath(new URL('..', import.meta.url));
const harrier = join(root, 'dist/harrier.js');
const worker = join(root, 'bench/duckdb.mjs');
const hunts = join(root, 'hunts/network');
const cache = join(folder, 'cache');
const database = join(folder, 'baseline.duckdb');
const now = '2026-03-10T12:00:00.000Z';

/** Runs a process to its end; seconds, and the largest memory it had, where the system tells. */
function time(args, env = {}) {
  return new Promise((resolve, reject) => {
    const timed = existsSync('/usr/bin/time');
    const [command, rest] = timed
      ? ['/usr/bin/time', ['-f', '%M', process.execPath, ...args]]
      : [process.execPath, args];
    const started = performance.now();
    const child = spawn(command, rest, {
      env: { ...process.env, HARRIER_CACHE_DIR: cache, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.on('close', (code) => {
      const seconds = (performance.now() - started) / 1000;
      if (code !== 0) return reject(new Error(`${args.join(' ')} ended with ${code}: ${err.slice(-500)}`));
      resolve({ seconds, memory: timed ? Number(/(\d+)\s*$/.exec(err)?.[1]) / 1024 : null, out });
    });
  });
}

const run = (file, args) =>
  new Promise((resolve, reject) =>
    execFile(process.execPath, [file, ...args], { maxBuffer: 1e8 }, (error, out) =>
      error ? reject(error) : resolve(out),
    ),
  );
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

if (!existsSync(join(folder, 'truth.json'))) {
  console.log(`making ${events.toLocaleString('en')} events in ${folder} …`);
  await run(harrier, ['demo', '--events', String(events), '--out', folder]);
}
const data = join(folder, 'network*.ndjson');
const bytes = readdirSync(folder)
  .filter((name) => name.startsWith('network'))
  .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
mkdirSync(cache, { recursive: true });

const contestants = {
  'DuckDB: read_json into a table, then hand-written SQL': {
    prepare: () => rmSync(database, { force: true }),
    args: [worker, 'load-and-query', database, data, now],
  },
  'Harrier: first run, from raw files': {
    prepare: () => rmSync(cache, { recursive: true, force: true }),
    args: [harrier, 'run', hunts, '--data', data, '--now', now, '--format', 'json'],
  },
  'Harrier: first run, nothing kept': {
    prepare: () => undefined,
    args: [harrier, 'run', hunts, '--data', data, '--now', now, '--format', 'json', '--no-cache'],
  },
  'DuckDB: hand-written SQL on Harrier’s cached table': {
    prepare: () => undefined,
    args: [worker, 'query-cache', cache, '', now],
  },
  'Harrier: second run, cached': {
    prepare: () => undefined,
    args: [harrier, 'run', hunts, '--data', data, '--now', now, '--format', 'json'],
  },
  'Node: open DuckDB and select 1': { prepare: () => undefined, args: [worker, 'select-one'] },
  'Harrier: ROW a = 1': { prepare: () => undefined, args: [harrier, 'query', 'ROW a = 1'] },
  'node -e 0': { prepare: () => undefined, args: ['-e', '0'] },
  'Harrier: --version': { prepare: () => undefined, args: [harrier, '--version'] },
};
const measured = Object.fromEntries(
  Object.keys(contestants).map((name) => [name, { seconds: [], memory: [], inside: [] }]),
);
for (let round = 0; round <= rounds; round++) {
  for (const [name, { prepare, args }] of Object.entries(contestants)) {
    prepare();
    const { seconds, memory, out } = await time(args);
    // The first round warms the file cache and is not counted.
    if (round === 0) continue;
    measured[name].seconds.push(seconds);
    if (memory !== null) measured[name].memory.push(memory);
    measured[name].inside.push(inside(out));
  }
}

/** Milliseconds that the queries took inside the process. */
function inside(out) {
  const took = [...out.matchAll(/"took_ms":(\d+)/g)].map((match) => Number(match[1]));
  return took.length > 0 ? took.reduce((a, b) => a + b, 0) : null;
}

const rows = Object.entries(measured).map(([name, { seconds, memory, inside }]) => ({
  name,
  seconds: median(seconds),
  spread: `${Math.min(...seconds).toFixed(2)}–${Math.max(...seconds).toFixed(2)}`,
  memory: memory.length > 0 ? Math.max(...memory) : null,
  queries: inside.every((value) => value !== null) && inside.length > 0 ? median(inside) : null,
}));
// Each round gives a ratio of its own, for what ran side by side; the median of these is the figure.
const ratio = (a, b, figure = 'seconds') =>
  median(measured[a][figure].map((value, round) => value / measured[b][figure][round]));
const names = Object.keys(contestants);
const ratios = [
  ['first run / read_json and hand-written SQL', ratio(names[1], names[0]), 1.5],
  ['cached queries / hand-written SQL on the same table, start-up aside', ratio(names[4], names[3], 'inside'), 1.2],
  ['ROW a = 1 / open DuckDB and select 1', ratio(names[6], names[5]), 2],
  ['--version / node -e 0', ratio(names[8], names[7]), 2],
];
console.log(
  `\n${events.toLocaleString('en')} events, ${(bytes / 1e9).toFixed(2)} GB of NDJSON, ${cpus().length} × ${cpus()[0].model}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB, Node ${process.versions.node}, medians of ${rounds} rounds\n`,
);
console.table(
  rows.map(({ name, seconds, spread, memory, queries }) => ({
    what: name,
    's (median)': seconds.toFixed(3),
    'min–max': spread,
    'queries ms': queries ?? '',
    'peak MB': memory === null ? '' : Math.round(memory),
  })),
);
console.table(ratios.map(([what, value, target]) => ({ ratio: what, measured: value.toFixed(2), 'at most': target })));
mkdirSync(join(root, 'bench/results'), { recursive: true });
writeFileSync(join(root, 'bench/results/latest.json'), JSON.stringify({ events, bytes, rows, ratios }, null, 2));
