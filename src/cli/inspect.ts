import { type Command, Option } from 'commander';
import { findHunts } from '../hunts/library.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { surfaceOf, writeTo } from './output.ts';
import { addReadingOptions } from './reading-options.ts';
import { terminalObserver } from './terminal-observer.ts';

interface InspectOptions extends LibraryOptions {
  readonly format: 'table' | 'json';
  readonly index?: string;
  readonly mapping: readonly string[];
  readonly timeField?: string;
  readonly events: boolean;
  readonly all: boolean;
  readonly hunts: boolean;
  readonly cache: boolean;
}

export function addInspect(program: Command, signal: AbortSignal): void {
  const command = program
    .command('inspect')
    .description('Show what files are, how their events are recognised and mapped to ECS, and which hunts they serve')
    .argument('<path...>', 'files, globs, folders, or - for standard input')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['table', 'json']).default('table'))
    .option('--events', 'show events of every file, where there are several', false)
    .option('--all', 'give every file a line, however many there are', false)
    .option('--no-hunts', 'do not ask which hunts the events serve')
    .option('--index <name>', 'the index of events that do not name their own')
    .option('--no-cache', 'read the files again, and keep nothing');
  addLibraryOptions(addReadingOptions(command))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier inspect logs/
  $ harrier inspect events.ndjson
  $ harrier inspect 'export/**/*' --format json
  $ harrier inspect app.json --mapping my-mappings/

Of a single file, three events are shown: as the file has them, and the fields that the mapping of their source gives them.`,
    )
    .action(async (paths: string[], options: InspectOptions) => {
      process.exitCode = await inspect(paths, options, signal);
    });
}

async function inspect(paths: readonly string[], options: InspectOptions, signal: AbortSignal): Promise<number> {
  const { format, index, mapping, timeField, events, all, cache } = options;
  const { inspectFiles } = await import('../app/inspect.ts');
  const reading = { data: paths, cache, strict: false, copies: false, mappings: mapping };
  const source = {
    ...{ kind: 'files' as const, ...reading },
    ...(index !== undefined && { index }),
    ...(timeField !== undefined && { timeField }),
  };
  const library = options.hunts ? await libraryFolders(options) : [];
  const hunts = options.hunts ? (await findHunts(library, library)).hunts : null;
  const request = { source, hunts, mostLooked: events ? Infinity : 1 };
  const report = await inspectFiles(request, terminalObserver(), signal);
  const { inspectJson } = await import('../report/inspect/json.ts');
  const { inspectTable } = await import('../report/inspect/table.ts');
  const parts = format === 'json' ? inspectJson(report) : inspectTable(report, surfaceOf(undefined), all);
  await writeTo(undefined, parts);
  return 0;
}
