import { type Command, Option } from 'commander';
import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { renderQueryError } from '../diagnostics/render.ts';
import { findHunts } from '../hunts/library.ts';
import type { Schedule } from '../investigate/backfill.ts';
import { parseTimeSpan } from '../overrides/time-span.ts';
import { type HistoryFormat, historyFormats } from '../report/history/formats.ts';
import type { PastQuery } from '../report/history/history-report.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { loadNotes } from './load-notes.ts';
import { addDataOptions, type DataOptions, requireData } from './options.ts';
import { checkOutput, surfaceOf, usesColour, writeTo } from './output.ts';
import {
  addHuntOverrides,
  type OverrideOptions,
  overrideFields,
  overrideJobs,
  tellRefusal,
  time,
} from './override-options.ts';
import { jobsOf } from './run.ts';
import { eventEngine, openSession, type Session } from './session.ts';
import { tellSkipped } from './skipped.ts';

type BackfillOptions = DataOptions &
  LibraryOptions &
  Omit<OverrideOptions, 'from' | 'to'> & {
    readonly from?: Date;
    readonly to?: Date;
    readonly step: string;
    readonly format: HistoryFormat;
    readonly output?: string;
    readonly force: boolean;
  };

const mostWindows = 10_000;

export function addBackfill(program: Command, signal: AbortSignal): void {
  const command = program
    .command('backfill')
    .description('Show what hunts would have found in the past, and when each hit first and last appeared')
    .argument('<hunt...>', 'hunt files, folders, UUIDs or names from the library');
  addLibraryOptions(addHuntOverrides(addDataOptions(command)))
    .option('--from <time>', 'the first time to hunt as of; the first event when left out', time)
    .option('--to <time>', 'the last time to hunt as of; --now when left out', time)
    .option('--step <time>', 'how far apart the times are', '1d')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(Object.keys(historyFormats)).default('table'))
    .option('-o, --output <file>', 'write to a file')
    .option('--force', 'overwrite the file', false)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier backfill beaconing-unsigned-process-windows --data 'export/*.ndjson' --now latest --step 12h
  $ harrier backfill 41fd9994 --store ./events --from 2026-02-01 --to 2026-03-01 --step 8h --format json

Each run sees only what had happened by its time.`,
    )
    .action(async (selectors: string[], options: BackfillOptions) => {
      process.exitCode = await run(selectors, options, signal);
    });
}

async function run(selectors: readonly string[], options: BackfillOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  requireData(options);
  const step = parseTimeSpan(options.step).milliseconds;
  const { hunts, problems } = await findHunts(selectors, await libraryFolders(options));
  tellSkipped(problems);
  const { from: _, to: __, ...overrides } = options;
  const asked = hunts.flatMap(jobsOf);
  const session = await openSession(
    [...asked.map(({ text }) => text), 'FROM * | KEEP @timestamp', ...overrideFields(overrides)],
    options,
    signal,
    Infinity,
  );
  try {
    if (session.load) process.stderr.write(loadNotes(session.load, usesColour(process.stderr)));
    const jobs = await overrideJobs(asked, overrides, session);
    const { backfill } = await import('../investigate/backfill.ts');
    const engine = eventEngine(session);
    const schedule = scheduleOf(session, options, step);
    const queries: PastQuery[] = [];
    for (const { hunt, query, text, name, lineOffset, refusal } of jobs) {
      signal.throwIfAborted();
      if (refusal !== undefined) {
        tellRefusal(hunt!.name, refusal);
        queries.push({ hunt: hunt!, query, history: null, error: refusal });
        continue;
      }
      try {
        queries.push({ hunt: hunt!, query, history: await backfill(text, engine, schedule, signal), error: null });
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        const words = { name, lineOffset, colour: usesColour(process.stderr), width: 120 };
        process.stderr.write(`${renderQueryError(error, words)}\n`);
        queries.push({ hunt: hunt!, query, history: null, error: error.message });
      }
    }
    const format = await historyFormats[options.format]();
    await writeTo(options.output, format({ queries }, surfaceOf(options.output)));
    return queries.some(({ error }) => error !== null) ? 1 : 0;
  } finally {
    await session.engine.close();
  }
}

/** The times to hunt as of: the last is the one asked for, the others lie before it. */
function scheduleOf(session: Session, { from, to }: BackfillOptions, step: number): Schedule {
  const firstEvent = Math.min(
    ...eventEngine(session).catalogue.indices.flatMap(({ firstTimestamp }) => firstTimestamp ?? []),
  );
  const last = (to ?? session.now).getTime();
  const start = from?.getTime() ?? firstEvent;
  if (!Number.isFinite(start)) throw new InputError('no event says when it happened', 'give --from');
  if (start > last)
    throw new InputError(
      `the first time, ${new Date(start).toISOString()}, is after the last, ${new Date(last).toISOString()}`,
      'give --from and --to, or --now latest',
    );
  const count = Math.floor((last - start) / step) + 1;
  if (count > mostWindows)
    throw new InputError(
      `that would be ${count.toLocaleString('en')} windows; ${mostWindows.toLocaleString('en')} are the most`,
      'give a longer --step',
    );
  return { first: last - (count - 1) * step, step, count };
}
