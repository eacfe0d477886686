import type { Command } from 'commander';
import type { Hunt } from '../hunts/hunt.ts';
import { findHunts } from '../hunts/library.ts';
import { loadNotes } from './load-notes.ts';
import { addDataOptions, addOutputOptions, type DataOptions, type OutputOptions, requireData } from './options.ts';
import { checkOutput, usesColour, writeReport } from './output.ts';
import { exitCode, type Job, runQueries } from './run-queries.ts';
import { openSession } from './session.ts';

export function addRun(program: Command, signal: AbortSignal): void {
  const command = program
    .command('run')
    .description('run hunts over events')
    .argument('<hunt...>', 'hunt files (TOML, Markdown, text), folders of them, UUIDs or names from the library');
  addOutputOptions(addDataOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier run hunts/network --data 'export/**/*.ndjson.gz' --now latest
  $ harrier run 76843f1f.md --data events.ndjson --format json --output hits.json
  $ harrier run exfiltration-by-volume-windows --data logs/ --fail-on-hit`,
    )
    .action(async (selectors: string[], options: DataOptions & OutputOptions) => {
      process.exitCode = await run(selectors, options, signal);
    });
}

async function run(
  selectors: readonly string[],
  options: DataOptions & OutputOptions,
  signal: AbortSignal,
): Promise<number> {
  checkOutput(options);
  requireData(options.data);
  const { hunts, problems } = await findHunts(selectors);
  for (const problem of problems) process.stderr.write(`skipped: ${problem.message}\n`);
  const jobs = hunts.flatMap(jobsOf);
  const session = await openSession(
    jobs.map((job) => job.text),
    options,
    signal,
  );
  try {
    if (session.load) process.stderr.write(loadNotes(session.load, usesColour(process.stderr)));
    const people = options.format === 'table';
    const results = await runQueries(jobs, session.engine, {
      now: session.now,
      maxRows: options.maxRows,
      signal,
      people,
    });
    await writeReport({ now: session.now, engine: session.engine.name, results }, options, false);
    if (!people) tellNotes(results);
    return exitCode(results, options.failOnHit);
  } finally {
    await session.engine.close();
  }
}

/** The queries of a hunt as jobs. */
export function jobsOf(hunt: Hunt): Job[] {
  const { uuid, name, file } = hunt;
  return hunt.queries.map((query, i) => ({
    hunt: { uuid, name, file },
    query: i,
    text: query.text,
    name: file,
    lineOffset: query.line - 1,
  }));
}

/** Where results go to a program, people still learn what went wrong. */
export function tellNotes(results: Awaited<ReturnType<typeof runQueries>>): void {
  for (const { hunt, error, notes } of results) {
    const head = hunt ? `${hunt.name}: ` : '';
    if (error !== null) process.stderr.write(`error: ${head}${error}\n`);
    for (const note of notes) process.stderr.write(`note: ${head}${note}\n`);
  }
}
