import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { EventsRequest } from '../app/events-request.ts';
import { jobsOf } from '../app/jobs.ts';
import { defaults, type FleetOptions, generateFleet, madeBefore } from '../demo/generate.ts';
import { compareWithTruth, type Truth, type Verdict } from '../demo/truth.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { interruptible } from '../engines/duckdb/interrupt.ts';
import { findHunts, ownLibrary } from '../hunts/library.ts';
import { usesColour } from './output.ts';
import { createProgress } from './progress.ts';
import { terminalObserver } from './terminal-observer.ts';

interface DemoOptions {
  readonly hosts: number;
  readonly days: number;
  readonly events: number;
  readonly seed: number;
  readonly out: string;
}

export function addDemo(program: Command, signal: AbortSignal): void {
  program
    .command('demo')
    .description('Generate a sample fleet with planted intrusions and hunt for them')
    .option('--hosts <n>', 'machines in the fleet', whole, defaults.hosts)
    .option('--days <n>', 'days of events', whole, defaults.days)
    .option('--events <n>', 'network events, about', whole, defaults.events)
    .option('--seed <n>', 'another seed makes another fleet, the same seed the same', whole, defaults.seed)
    .option('--out <folder>', 'where the events go', join(tmpdir(), 'harrier-demo'))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier demo
  $ harrier demo --hosts 20 --events 20000 --out fleet`,
    )
    .action(async (options: DemoOptions) => {
      process.exitCode = await demo(options, signal);
    });
}

function whole(value: string): number {
  if (!/^\d{1,12}$/.test(value)) throw new InvalidArgumentError('expected a whole number');
  return Number(value);
}

async function demo(options: DemoOptions, signal: AbortSignal): Promise<number> {
  const colours = pc.createColors(usesColour(process.stdout));
  const truth = await fleet({ ...options, end: defaults.end }, signal);
  const library = await findHunts([ownLibrary]);
  // The fleet has events of Elastic Defend alone: hunts over other sources would have nothing to read.
  const hunts = library.hunts.filter(({ uuid }) => truth.expectations.some((expected) => expected.uuid === uuid));
  const jobs = hunts.flatMap(jobsOf);
  const [{ openSession }, { runQueries }] = await Promise.all([
    import('../app/session/session.ts'),
    import('../app/run-queries.ts'),
  ]);
  const events: EventsRequest = {
    source: { kind: 'files', data: [join(options.out, '*.ndjson')], cache: true, strict: false, copies: false },
    ...{ now: new Date(truth.now), maxRows: null, outputs: [] },
  };
  const queries = jobs.map(({ esql }) => esql);
  const session = await openSession({ events, queries }, terminalObserver(), signal);
  try {
    const started = performance.now();
    const results = await runQueries(jobs, session.engine, {
      now: session.now,
      maxRows: null,
      signal,
      assess: null,
      unread: null,
    });
    signal.throwIfAborted();
    const seconds = ((performance.now() - started) / 1000).toFixed(2);
    const answers = results.map(({ hunt, query, result }) => ({
      hunt: hunt!,
      query,
      columns: result?.columns ?? [],
      values: result?.values ?? [],
    }));
    const verdicts = compareWithTruth(truth, answers);
    const read = session.load?.events.toLocaleString('en') ?? '0';
    process.stdout.write(`${hunts.length} hunts over ${read} events in ${seconds} s, as of ${truth.now}\n\n`);
    for (const verdict of verdicts) process.stdout.write(verdictText(verdict, verdicts, colours));
    process.stdout.write(closing(verdicts, truth, options.out, colours));
    return verdicts.some(({ missed, extra }) => missed.length + extra.length > 0) ||
      results.some(({ error }) => error !== null)
      ? 1
      : 0;
  } finally {
    await session.engine.close();
  }
}

/** Makes the fleet, unless it is there already. */
async function fleet(options: FleetOptions, signal: AbortSignal): Promise<Truth> {
  const before = await madeBefore(options);
  if (before) return before;
  const duckdb = await openDuckDB();
  const progress = createProgress(process.stderr);
  try {
    const { truth, networkEvents, processEvents } = await interruptible(duckdb.connection, signal, () =>
      generateFleet(duckdb.connection, options, (fraction) =>
        progress.update({ phase: 'making events', fraction, totalBytes: options.events * 1500 }),
      ),
    );
    progress.done();
    process.stderr.write(
      `made ${networkEvents.toLocaleString('en')} network and ${processEvents.toLocaleString('en')} process events in ${options.out}\n`,
    );
    return truth;
  } finally {
    progress.done();
    duckdb.close();
  }
}

type Colours = ReturnType<typeof pc.createColors>;

function verdictText(
  { hunt, query, found, missed, extra, unknown }: Verdict,
  all: readonly Verdict[],
  colours: Colours,
): string {
  const several = all.filter((other) => other.hunt.uuid === hunt.uuid).length > 1;
  const counts = unknown
    ? colours.dim('nothing planted for it')
    : [
        colours.green(`${found.length} found`),
        missed.length > 0 ? colours.red(`${missed.length} missed`) : '0 missed',
        extra.length > 0 ? colours.red(`${extra.length} extra`) : '0 extra',
      ].join(', ');
  const lines = [`${colours.bold(hunt.name)}${several ? `, query ${query + 1}` : ''}: ${counts}`];
  for (const row of found) lines.push(`  ${colours.green('✓')} ${row.host}: ${row.story}`);
  for (const row of missed) lines.push(`  ${colours.red('✗')} ${row.host}: ${row.story} (${row.values.join(', ')})`);
  for (const values of extra) lines.push(`  ${colours.red('+')} not planted: ${values.join(', ')}`);
  return `${lines.join('\n')}\n\n`;
}

function closing(verdicts: readonly Verdict[], truth: Truth, out: string, colours: Colours): string {
  const sum = (pick: (verdict: Verdict) => readonly unknown[]): number =>
    verdicts.reduce((total, verdict) => total + pick(verdict).length, 0);
  const missed = sum((verdict) => verdict.missed);
  const extra = sum((verdict) => verdict.extra);
  const all = `${sum((verdict) => verdict.found)} planted behaviours found, ${missed} missed, ${extra} extra; ${truth.nearMisses.length} near misses left alone`;
  return `${missed + extra === 0 ? colours.green(all) : colours.red(all)}
The events are in ${out}, and truth.json lists what was planted. Try a hunt of your own on them:
  harrier run HUNT --data '${join(out, '*.ndjson')}' --now ${truth.now}
`;
}
