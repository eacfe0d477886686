import type { RunReport } from '../report/report.ts';
import { judges } from './answer.ts';
import { loadNotes } from './load-notes.ts';
import { type DataOptions, rowLimit } from './options.ts';
import { usesColour } from './output.ts';
import { withProgress } from './progress.ts';
import { type Job, runQueries } from './run-queries.ts';
import { openSession } from './session.ts';

/** Reads the data, runs queries on it, and lets go of it again. An interruption is thrown: half a run is no run. */
export async function runJobs(jobs: readonly Job[], options: DataOptions, signal: AbortSignal): Promise<RunReport> {
  const texts = jobs.map((job) => job.text);
  const session = await openSession(texts, options, signal);
  const { engine, now, load } = session;
  try {
    if (load) process.stderr.write(loadNotes(load, usesColour(process.stderr)));
    const run = { now, maxRows: rowLimit(options), signal, people: false, ...(await judges(session, signal)) };
    const results = await withProgress((onStart) => runQueries(jobs, engine, { ...run, onStart }));
    signal.throwIfAborted();
    const unread = session.unread.text;
    return { now, engine: engine.name, results, load, unread, eventFacts: null, partial: false, provenance: null };
  } finally {
    await engine.close();
  }
}
