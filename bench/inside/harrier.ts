import { type Job, jobsOf, loneJob } from '../../src/app/jobs.ts';
import { silent } from '../../src/app/observer.ts';
import { runQueries } from '../../src/app/run-queries.ts';
import { openSession } from '../../src/app/session/session.ts';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { findHunts } from '../../src/hunts/library.ts';

/** Rows as objects by the names of their columns. */
export type Rows = readonly Readonly<Record<string, unknown>>[];

/** Harrier on a store in this process, opened as the command line opens it: what is asked twice finds it warm. */
export interface Harrier {
  readonly jobs: readonly Job[];
  /** Runs hunts as one `harrier run` does; rows of each. */
  hunts(jobs: readonly Job[]): Promise<Rows[]>;
  query(text: string): Promise<Rows>;
  /** Hand-written SQL on the very tables that Harrier keeps: `$events` stands for that of the first index, `$NAME` for that of another. */
  sql(text: string): Promise<Rows>;
}

export async function openHarrier(store: string, huntPaths: readonly string[], now: string): Promise<Harrier> {
  const { hunts } = await findHunts(huntPaths);
  const jobs = hunts.flatMap(jobsOf);
  const { signal } = new AbortController();
  const source = { kind: 'store', folder: store } as const;
  const session = await openSession(
    {
      events: { source, now: new Date(now), maxRows: 1000, outputs: [] },
      queries: jobs.map(({ esql }) => esql),
    },
    silent,
    signal,
  );
  const options = { now: session.now, maxRows: 1000, signal, assess: null, unread: null };
  // What the engine keeps to itself: the benchmark alone writes SQL by hand on its connection.
  // biome-ignore lint/complexity/useLiteralKeys: only so may TypeScript's private members be read.
  const { connection } = (session.engine as DuckDBEngine)['duckdb'];
  const found = await connection.runAndReadAll('SELECT name, table_name FROM harrier.indices');
  const tables = new Map(found.getRows().map(([name, table], i) => [i === 0 ? 'events' : String(name), String(table)]));
  const tableOf = (name: string): string => `"${tables.get(name)?.replaceAll('"', '""')}"`;

  const run = async (wanted: readonly Job[]): Promise<Rows[]> => {
    const results = await runQueries(wanted, session.engine, options);
    return results.map(({ result, error, hunt }) => {
      if (!result) throw new Error(`${hunt?.name}: ${error}`);
      return result.values.map((row) => Object.fromEntries(result.columns.map(({ name }, i) => [name, row[i]])));
    });
  };
  return {
    jobs,
    hunts: run,
    async query(text) {
      const [rows] = await run([loneJob(text)]);
      return rows!;
    },
    async sql(text) {
      return (
        await connection.runAndReadAll(text.replaceAll(/\$(\w+)/g, (_, name: string) => tableOf(name)))
      ).getRowObjectsJson();
    },
  };
}
