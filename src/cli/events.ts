import { type Command, InvalidArgumentError } from 'commander';
import { jobsOf } from '../app/jobs.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { findHunts } from '../hunts/library.ts';
import { count } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';
import { type AllowListOptions, addAllowListOptions, allowList } from './allow-list.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import {
  addDataOptions,
  addOutputOptions,
  collect,
  type DataOptions,
  eventsOf,
  type OutputOptions,
} from './options.ts';
import { checkOutput, writeReport } from './output.ts';
import { addOverrideOptions, type OverrideOptions, overridesOf } from './override-options.ts';
import { terminalObserver } from './terminal-observer.ts';

type EventsOptions = DataOptions &
  AllowListOptions &
  LibraryOptions &
  OutputOptions &
  OverrideOptions & {
    readonly row?: number;
    readonly key: readonly string[];
    readonly query: number;
    readonly fields: readonly string[];
    readonly limit: number;
  };

export function addEvents(program: Command, signal: AbortSignal): void {
  const command = program
    .command('events')
    .description('Show the events behind a row of a hunt')
    .argument('<hunt>', 'a hunt file, a UUID or a name from the library');
  addAllowListOptions(addLibraryOptions(addOutputOptions(addOverrideOptions(addDataOptions(command)))));
  // It is about the rows of a hunt: events have --limit.
  command.options.find(({ long }) => long === '--max-rows')?.hideHelp();
  command
    .option('--row <n>', 'the row, counted from 1 as run prints them', place)
    .option('--key <name=value>', 'rows with this value of a column that the hunt groups by (repeatable)', collect, [])
    .option('--query <n>', 'which query of the hunt, where it has several', place, 1)
    .option(
      '--fields <names>',
      'the columns to show, such as @timestamp,user.name (repeatable); all of them: *',
      collect,
      [],
    )
    .option('--limit <n>', 'maximum number of events to show', place, 100)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier events exfiltration-by-volume-windows --row 1 --data 'export/*.ndjson' --now latest
  $ harrier events 41fd9994 --key process.entity_id=abc --data logs/ --format ndjson --limit 10000`,
    )
    .action(async (selector: string, options: EventsOptions) => {
      const isGiven = (option: string): boolean => command.getOptionValueSource(option) === 'cli';
      process.exitCode = await events(selector, options, isGiven, signal);
    });
}

function place(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('expected a number from 1 on');
  return Number(value);
}

async function events(
  selector: string,
  options: EventsOptions,
  isGiven: (option: string) => boolean,
  signal: AbortSignal,
): Promise<number> {
  checkOutput(options);
  const { row = null, key, fields, limit, format, output } = options;
  if (isGiven('maxRows'))
    throw new InputError('--max-rows is about the rows of a hunt, and events shows events', 'give --limit N');
  const source = eventsOf(options);
  if ((row === null) === (key.length === 0))
    throw new InputError('which row?', 'give --row N as run numbers them, or --key NAME=VALUE');
  const { hunts } = await findHunts([selector], await libraryFolders(options));
  const jobs = hunts.flatMap(jobsOf);
  const job = jobs[options.query - 1];
  if (!job || hunts.length !== 1)
    throw new InputError(
      hunts.length === 1 ? `the hunt has ${jobs.length} queries` : `${selector} holds ${hunts.length} hunts`,
      hunts.length === 1 ? 'give --query a smaller number' : 'name one of them',
    );
  const { eventsOfRow } = await import('../app/events.ts');
  const found = await eventsOfRow(
    {
      ...{ job, events: source, overrides: await overridesOf(options), row: row ?? key, limit },
      accepted: row === null ? null : await allowList(options),
      fields: fields.flatMap((text) => text.split(',')).map((name) => name.trim()),
      brief: format === 'table' && output === undefined,
    },
    terminalObserver(),
    signal,
  );
  if (found.group)
    process.stderr.write(
      `${visible(job.hunt.name)}: ${count(found.group.events, 'event')} of ${visible(found.group.key)}\n`,
    );
  await writeReport(found.report, options, true);
  return 0;
}
