import { DuckDBEngine } from '../engines/duckdb/engine.ts';
import type { RunReport } from '../report/report.ts';
import { loadNotes } from './load-notes.ts';
import { type DataOptions, type OutputOptions, rowLimit } from './options.ts';
import { usesColour, writeReport } from './output.ts';
import { type OverrideOptions, overrideFields, overrideJobs } from './override-options.ts';
import { withProgress } from './progress.ts';
import { provenanceOf } from './provenance.ts';
import { extraFields, withExtras } from './report-extras.ts';
import { exitCode, type Job, type RunOptions, runQueries } from './run-queries.ts';
import { openSession, type Session } from './session.ts';

/** What is asked besides the queries themselves. */
export interface Asked {
  /** Set for a query that belongs to no hunt. */
  readonly alone: boolean;
  readonly overrides?: OverrideOptions;
  /** What is done with a run before it is reported. */
  readonly settle?: (report: RunReport) => Promise<RunReport>;
}

/** Reads the data, runs queries on it and writes what came of them; gives the exit code. */
export async function answer(
  asked: readonly Job[],
  data: DataOptions,
  output: OutputOptions,
  signal: AbortSignal,
  { alone, overrides, settle = async (report) => report }: Asked,
): Promise<number> {
  const session = await openSession(
    [
      ...asked.map((job) => job.text),
      ...(overrides ? overrideFields(overrides) : []),
      ...(await extraFields(output, asked, alone)),
    ],
    data,
    signal,
  );
  try {
    if (session.load) process.stderr.write(loadNotes(session.load, usesColour(process.stderr)));
    const jobs = overrides ? await overrideJobs(asked, overrides, session) : asked;
    const people = output.format === 'table';
    const { now, engine, load } = session;
    const options = { now, maxRows: rowLimit(data), signal, people, ...(await judges(session, signal)) };
    const results = await withProgress((onStart) => runQueries(jobs, engine, { ...options, onStart }));
    const partial = signal.aborted;
    const provenance = await provenanceOf(session.inputs, output.format === 'html', signal);
    const unread = session.unread.text;
    const run = await settle({
      now,
      engine: engine.name,
      results,
      load,
      unread,
      eventFacts: null,
      partial,
      provenance,
    });
    const report = alone ? run : await withExtras(run, session, jobs, output, options).catch(unlessInterrupted);
    await writeReport(report, output, alone);
    return report.partial ? 130 : exitCode(report.results, output.failOnHit);

    // What was found is written without pictures when there is no time for them.
    function unlessInterrupted(error: unknown): RunReport {
      if (!signal.aborted) throw error;
      return { ...run, partial: true };
    }
  } finally {
    await session.engine.close();
  }
}

/** Asks the data whether it can answer; null for a cluster, whose data is not here. */
export async function assessor({ engine, now }: Session, signal: AbortSignal): Promise<RunOptions['assess']> {
  if (!(engine instanceof DuckDBEngine) || engine.catalogue.indices.length === 0) return null;
  const { assess } = await import('../coverage/assess.ts');
  return (text) => assess(text, engine, now, signal);
}

/** What judges a query without hits: whether the data can answer it, and what of the data it did not see. */
export async function judges(session: Session, signal: AbortSignal): Promise<Pick<RunOptions, 'assess' | 'unread'>> {
  const { engine, now, unread } = session;
  const whole = unread.text === null ? [] : [unread.text];
  const assess = await assessor(session, signal);
  if (!(engine instanceof DuckDBEngine)) return { assess, unread: null };
  const { lostValues } = await import('../coverage/lost-values.ts');
  const lost = lostValues(engine, unread.members, now, signal);
  return {
    assess,
    unread: async (text) => {
      // What cannot run has its own reason.
      const parts = [...whole, ...(await lost(text).catch(() => []))];
      return parts.length === 0 ? null : parts.join('; ');
    },
  };
}
