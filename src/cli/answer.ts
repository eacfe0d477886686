import { loadNotes } from './load-notes.ts';
import type { DataOptions, OutputOptions } from './options.ts';
import { usesColour, writeReport } from './output.ts';
import { provenanceOf } from './provenance.ts';
import { exitCode, type Job, runQueries } from './run-queries.ts';
import { openSession } from './session.ts';

/**
 * Reads the data, runs queries on it and writes what came of them; gives the exit code. `alone` is set for a query
 * that belongs to no hunt.
 */
export async function answer(
  jobs: readonly Job[],
  data: DataOptions,
  output: OutputOptions,
  signal: AbortSignal,
  alone: boolean,
): Promise<number> {
  const session = await openSession(
    jobs.map((job) => job.text),
    data,
    signal,
  );
  try {
    if (session.load) process.stderr.write(loadNotes(session.load, usesColour(process.stderr)));
    const people = output.format === 'table';
    const { now, engine } = session;
    const results = await runQueries(jobs, engine, { now, maxRows: data.maxRows, signal, people });
    const { load } = session;
    const provenance = await provenanceOf(data, output.format === 'html', signal);
    await writeReport({ now, engine: engine.name, results, load, partial: false, provenance }, output, alone);
    if (!people) tellNotes(results);
    return exitCode(results, output.failOnHit);
  } finally {
    await session.engine.close();
  }
}

/** Where results go to a program, people still learn what went wrong. */
function tellNotes(results: Awaited<ReturnType<typeof runQueries>>): void {
  for (const { hunt, error, notes } of results) {
    const head = hunt ? `${hunt.name}: ` : '';
    if (error !== null) process.stderr.write(`error: ${head}${error}\n`);
    for (const note of notes) process.stderr.write(`note: ${head}${note}\n`);
  }
}
