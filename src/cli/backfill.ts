import { type Command, Option } from 'commander';
import { jobsOf } from '../app/jobs.ts';
import { findHunts } from '../hunts/library.ts';
import { parseTimeSpan } from '../overrides/time-span.ts';
import { type HistoryFormat, historyFormats } from '../report/history/formats.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, type DataOptions, eventsOf } from './options.ts';
import { checkOutput, surfaceOf, writeTo } from './output.ts';
import { addHuntOverrides, type OverrideOptions, overridesOf, time } from './override-options.ts';
import { tellSkipped } from './skipped.ts';
import { terminalObserver } from './terminal-observer.ts';

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
  const events = eventsOf(options);
  const step = parseTimeSpan(options.step).milliseconds;
  const { hunts, problems } = await findHunts(selectors, await libraryFolders(options));
  tellSkipped(problems);
  const { backfillHunts } = await import('../app/backfill.ts');
  const { from = null, to = null, ...same } = options;
  const overrides = await overridesOf(same);
  const request = { jobs: hunts.flatMap(jobsOf), events, overrides, from, to, step };
  const report = await backfillHunts(request, terminalObserver(), signal);
  const format = await historyFormats[options.format]();
  await writeTo(options.output, format(report, surfaceOf(options.output)));
  return report.queries.some(({ error }) => error !== null) ? 1 : 0;
}
