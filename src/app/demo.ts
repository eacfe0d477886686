import { join } from 'node:path';
import { type FleetOptions, generateFleet, madeBefore } from '../demo/generate.ts';
import { compareWithTruth, type Truth, type Verdict } from '../demo/truth.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { interruptible } from '../engines/duckdb/interrupt.ts';
import { findHunts, ownLibrary } from '../hunts/library.ts';
import { jobsOf } from './jobs.ts';
import type { Observer } from './observer.ts';
import { runQueries } from './run-queries.ts';
import { openSession } from './session/session.ts';

/** What the hunts of the package found in a sample fleet, beside what was planted there. */
export interface DemoReport {
  readonly truth: Truth;
  readonly verdicts: readonly Verdict[];
  readonly hunts: number;
  /** Events that were read. */
  readonly events: number;
  /** How long the hunts ran, in milliseconds, without the reading. */
  readonly elapsed: number;
  /** All that was planted was found and nothing else, and no query failed. */
  readonly passed: boolean;
}

/** The events of a sample fleet, as files read them. */
export const fleetFiles = (folder: string): string => join(folder, '*.ndjson');

/** Hunts for the intrusions that are planted in a sample fleet, which is made unless it is there already. */
export async function huntInFleet(options: FleetOptions, observer: Observer, signal: AbortSignal): Promise<DemoReport> {
  const truth = (await madeBefore(options)) ?? (await makeFleet(options, observer, signal));
  const library = await findHunts([ownLibrary]);
  // The fleet has events of Elastic Defend alone: hunts over other sources would have nothing to read.
  const hunts = library.hunts.filter(({ uuid }) => truth.expectations.some((expected) => expected.uuid === uuid));
  const jobs = hunts.flatMap(jobsOf);
  const session = await openSession(
    {
      events: {
        source: { kind: 'files', data: [fleetFiles(options.out)], cache: true, strict: false, copies: false },
        ...{ now: new Date(truth.now), maxRows: null, outputs: [] },
      },
      queries: jobs.map(({ esql }) => esql),
    },
    observer,
    signal,
  );
  try {
    const started = performance.now();
    const { now } = session;
    const results = await runQueries(jobs, session.engine, { now, maxRows: null, signal, assess: null, unread: null });
    signal.throwIfAborted();
    const elapsed = performance.now() - started;
    const answers = results.map(({ hunt, query, result }) => ({
      hunt: hunt!,
      query,
      columns: result?.columns ?? [],
      values: result?.values ?? [],
    }));
    const verdicts = compareWithTruth(truth, answers);
    const passed =
      verdicts.every(({ missed, extra }) => missed.length + extra.length === 0) &&
      results.every(({ error }) => error === null);
    return { truth, verdicts, hunts: hunts.length, events: session.load?.events ?? 0, elapsed, passed };
  } finally {
    await session.engine.close();
  }
}

/** Bytes of one network event in a file, about: enough for how far the making is. */
const eventBytes = 1500;

async function makeFleet(options: FleetOptions, observer: Observer, signal: AbortSignal): Promise<Truth> {
  const duckdb = await openDuckDB();
  try {
    const fleet = await interruptible(duckdb.connection, signal, () =>
      generateFleet(duckdb.connection, options, (fraction) =>
        observer.progress({
          kind: 'files',
          phase: 'making events',
          fraction,
          totalBytes: options.events * eventBytes,
        }),
      ),
    );
    observer.progress({ kind: 'idle' });
    observer.note({ kind: 'fleet', fleet, folder: options.out });
    return fleet.truth;
  } finally {
    observer.progress({ kind: 'idle' });
    duckdb.close();
  }
}
