// Measures Harrier side by side with what people would use instead, on the same data in the same run.
//
//   npm run bench [-- --events 1000000 --rounds 3 --only NAME... --match PATTERN --hunts FOLDER --out FOLDER]
//
// Within a round the contestants take turns, so that a machine whose speed drifts is the same for all; a round before the
// first warms up, and answers are compared in it. NAMEs are the workloads below, PATTERN leaves
// the kinds of queries whose names it fits. docs/performance.md says what is measured.
import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Data } from './data/data.mjs';
import { bundle } from './inside/bundle.mjs';
import { Measured } from './measure.mjs';
import { six } from './queries/hunts.mjs';
import { printDemands, printHeading, printWorkload, save } from './report.mjs';

const workloads = ['start-up', 'hunts', 'ad-hoc', 'queries', 'first-answer', 'ingest', 'growth', 'by-hand'];
/** Raw files are never more than these events: a million are 1.9 GB. */
const most = { sample: 1_000_000, small: 100_000 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', multiple: true, default: [] },
    match: { type: 'string' },
    hunts: { type: 'string' },
    out: { type: 'string', default: join(tmpdir(), 'harrier-bench') },
  },
});
const [events, rounds] = [Number(values.events), Number(values.rounds)];
const only = [...values.only, ...positionals].flatMap((names) => names.split(','));
const unknown = only.filter((name) => !workloads.includes(name));
if (unknown.length > 0) throw new Error(`no workload ${unknown.join(', ')}; there are ${workloads.join(', ')}`);
if (!(events >= 1000 && rounds >= 1)) throw new Error('--events and --rounds are numbers, at least 1000 and 1');

const root = fileURLToPath(new URL('..', import.meta.url));
const harrier = join(root, 'dist/harrier.js');
if (!existsSync(harrier)) throw new Error('dist/ is not there: npm run build');
const say = (line) => process.stderr.write(`${line}\n`);
const { fleetFiles } = await import(await bundle('fleet'));
const makers = await import(await bundle('varied'));
const own = join(root, 'hunts/network');
const context = {
  harrier,
  events,
  sampleEvents: Math.min(events, most.sample),
  smallEvents: Math.min(events, most.small),
  /** The time of the newest event: hunts look back from it. */
  now: '2026-03-10T12:00:00.000Z',
  /** Whether the hunts are Harrier's own: the six that targets speak of, and then the others of its library. */
  isOwn: values.hunts === undefined,
  six: values.hunts === undefined ? six.map((name) => join(own, name)) : filesOf(resolve(values.hunts)),
  library: values.hunts === undefined ? [own] : [],
  named: values.match === undefined ? null : new RegExp(values.match, 'i'),
  bundle: await bundle('harrier'),
  data: new Data({ folder: resolve(values.out), harrier, fleetFiles, makers, say }),
  say,
};

function filesOf(folder) {
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
}

/** Rows as texts that can be compared, by the columns that all contestants agree on. */
const comparable = (rows, keys) =>
  JSON.stringify([
    rows.length,
    ...rows
      .map((row) => keys.map((key) => String(row[key] ?? null)))
      .map(String)
      .sort(),
  ]);

/**
 * A demand is a ratio of what stands `above` to what stands `below`, or a `value`; `most` or `least` is its target. Ratios
 * are given for the processors' time too, values where they bring it.
 */
function judge({ name, most, least, above, below, value, byCpu }, of) {
  if (value) return { name, most, least, value: value(of), byCpu: byCpu?.(of) ?? null };
  return { name, most, least, value: of.ratio(above, below), byCpu: of.ratio(above, below, 'cpus') };
}

const measured = new Measured();
const demands = [];
const wrong = [];
printHeading(context);
for (const name of workloads) {
  if (only.length > 0 && !only.includes(name)) continue;
  const workload = await import(`./workloads/${name}.mjs`);
  const opened = await workload.open(context);
  const ofWorkload = new Measured();
  for (let round = workload.warmUp === false ? 1 : 0; round <= rounds; round++) {
    const answers = new Map();
    for (const { what, who, unit, keys, run } of opened.turns) {
      say(`${name}, round ${round} of ${rounds}: ${what}, ${who}`);
      const { rows, ...figures } = await run();
      if (round === 0 && keys) {
        const first = answers.get(what);
        const compared = first?.compared ?? (keys === 'all' ? Object.keys(rows[0] ?? {}) : keys);
        const answer = comparable(rows, compared);
        if (!first) answers.set(what, { who, answer, compared });
        else if (first.answer !== answer) wrong.push(`${what}: ${who} answers otherwise than ${first.who}`);
      }
      if (round === 0) continue;
      measured.add(what, who, unit, figures);
      ofWorkload.add(what, who, unit, figures);
    }
  }
  printWorkload(workload, ofWorkload);
  const found = opened.demands.map((demand) => judge(demand, ofWorkload));
  printDemands(found);
  demands.push(...found);
  await opened.close?.();
}
for (const line of wrong) console.log(`WRONG: ${line}`);
save(join(root, 'bench/results'), { context, rounds, measured, demands, wrong });
if (wrong.length > 0) process.exitCode = 1;
