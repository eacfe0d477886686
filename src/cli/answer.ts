import { DuckDBEngine } from '../engines/duckdb/engine.ts';
import type { RunReport } from '../report/report.ts';
import { loadNotes } from './load-notes.ts';
import { type DataOptions, type OutputOptions, rowLimit } from './options.ts';
import { usesColour, writeReport } from './output.ts';
import { provenanceOf } from './provenance.ts';
import { extraFields, withExtras } from './report-extras.ts';
import { exitCode, type Job, type RunOptions, runQueries } from './run-queries.ts';
import { openSession, type Session } from './session.ts';

/**
 * Reads the data, runs queries on it and writes what came of them; gives the exit code. `alone` is set for a query
 * that belongs to no hunt. `settle` is what is done with a run before it is reported.
 */
export async function answer(
  jobs: readonly Job[],
  data: DataOptions,
  output: OutputOptions,
  signal: AbortSignal,
  alone: boolean,
  settle: (report: RunReport) => Promise<RunReport> = async (report) => report,
): Promise<number> {
  const session = await openSession(
    [...jobs.map((job) => job.text), ...(await extraFields(output, jobs, alone))],
    data,
    signal,
  );
  try {
    if (session.load) process.stderr.write(loadNotes(session.load, usesColour(process.stderr)));
    const people = output.format === 'table';
    const { now, engine, load } = session;
    const options = { now, maxRows: rowLimit(data), signal, people, assess: await assessor(session, signal), load };
    const results = await runQueries(jobs, engine, options);
    const partial = signal.aborted;
    const provenance = await provenanceOf(session.inputs, output.format === 'html', signal);
    const run = await settle({ now, engine: engine.name, results, load, eventFacts: null, partial, provenance });
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
