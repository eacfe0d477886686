import { type Command, InvalidArgumentError, Option } from 'commander';
import type { PivotIndices } from '../app/pivot.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { findHunts } from '../hunts/library.ts';
import type { ProcessName } from '../investigate/find-process.ts';
import { type PivotFormatName, pivotFormatNames, pivotFormats } from '../report/pivot/formats.ts';
import { parseDate } from '../values/date.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, type DataOptions, eventsOf, type OutputOptions } from './options.ts';
import { checkOutput, surfaceOf, writeTo } from './output.ts';
import { terminalObserver } from './terminal-observer.ts';

interface PivotCommandOptions extends DataOptions, LibraryOptions, Pick<OutputOptions, 'output' | 'force'> {
  readonly pid?: string;
  readonly host?: string;
  readonly from?: string;
  readonly to?: string;
  readonly hunt?: string;
  readonly indexPattern?: string;
  readonly depth: number;
  readonly children: number;
  readonly limit: number;
  readonly format: PivotFormatName;
}

export function addPivot(program: Command, signal: AbortSignal): void {
  const command = program
    .command('pivot')
    .description('Show everything the events record about a process: process tree, connections, files, timeline')
    .argument(
      '[entity-id]',
      'the entity id of the process, as a row of a hunt shows it, or a beginning that only it has',
    )
    .option('--host <name>', 'the host, by name or id, where several have the process')
    .option('--pid <n>', 'the process by its number, with --host, where events have no entity ids', number)
    .option('--from <time>', 'leave out what was before, such as 2026-03-10T12:00:00Z', time)
    .option('--to <time>', 'leave out what was after', time)
    .option('--hunt <hunt>', 'read the indices of this hunt: a file, a UUID or a name from the library')
    .option('--index-pattern <pattern>', 'the indices to read (default: all that record processes)', indexPattern)
    .option('--depth <n>', 'levels of ancestors and of descendants', whole, 5)
    .option('--children <n>', 'maximum number of children of one process', whole, 10)
    .option('--limit <n>', 'maximum number of entries in the timeline and in each list', limit, 30);
  addLibraryOptions(addDataOptions(command))
    .addOption(new Option('-f, --format <name>', 'how it is written').choices(pivotFormatNames).default('text'))
    .option('-o, --output <file>', 'write it to a file')
    .option('--force', 'overwrite the file', false)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier pivot YWRjMjdiZGEtYWJh --data 'export/**/*.ndjson.gz'
  $ harrier pivot YWRjMjdiZGEtYWJh --store ./events --format html --output process.html
  $ harrier pivot YWRjMjdiZGEtYWJh --hunt exfiltration-by-volume-windows --engine elasticsearch
  $ harrier pivot --pid 4242 --host ws-0007 --from 2026-03-10T08:00:00Z --data events.ndjson`,
    )
    .action(async (id: string | undefined, options: PivotCommandOptions) => {
      process.exitCode = await run(nameOf(id, options), options, signal);
    });
}

const mostLimit = 1000;

function whole(value: string): number {
  if (!/^\d{1,4}$/.test(value)) throw new InvalidArgumentError('expected a whole number');
  return Number(value);
}

function limit(value: string): number {
  const n = whole(value);
  if (n < 1 || n > mostLimit) throw new InvalidArgumentError(`expected a number from 1 to ${mostLimit}`);
  return n;
}

function number(value: string): string {
  if (!/^\d{1,10}$/.test(value)) throw new InvalidArgumentError('expected the number of a process');
  return String(Number(value));
}

function time(value: string): string {
  const millis = parseDate(value.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T'));
  if (millis === null) throw new InvalidArgumentError('expected a time such as 2026-03-10T12:00:00Z');
  return new Date(Number(millis)).toISOString();
}

/** A pattern stands in the text of queries, so it must be nothing else. */
function indexPattern(value: string): string {
  if (!/^[\p{L}\p{N}._*:,<>{}/@+-]+$/u.test(value)) throw new InvalidArgumentError('expected a pattern such as logs-*');
  return value;
}

/** The process that the command line names. A row of a table may show a cut id, with an ellipsis in it or behind it. */
function nameOf(id: string | undefined, { pid, host }: PivotCommandOptions): ProcessName {
  const beginning = id?.trim().replace('...', '…').replace(/…$/, '');
  if (pid !== undefined) {
    if (beginning !== undefined) throw new InputError('an entity id and --pid both name a process', 'give one of them');
    if (host === undefined) throw new InputError('a pid is of one host', 'say which: --host NAME');
    return { kind: 'pid', pid };
  }
  if (!beginning)
    throw new InputError(
      'which process?',
      'give its entity id as a row of a hunt shows it, or --pid N --host NAME where events have none',
    );
  return { kind: 'entity', id: beginning };
}

/** The indices that the command line asks for. */
async function indicesOf(options: PivotCommandOptions): Promise<PivotIndices> {
  const { hunt, indexPattern: pattern } = options;
  if (hunt === undefined) return pattern === undefined ? { kind: 'any' } : { kind: 'pattern', pattern };
  if (pattern !== undefined)
    throw new InputError('--hunt and --index-pattern both say which indices to read', 'give one of them');
  const { hunts } = await findHunts([hunt], await libraryFolders(options));
  return { kind: 'hunt', queries: hunts.flatMap(({ queries }) => queries.map(({ text }) => text)) };
}

async function run(name: ProcessName, options: PivotCommandOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  const events = eventsOf(options);
  const { host = null, from = null, to = null, depth, children, limit } = options;
  if (from !== null && to !== null && from > to)
    throw new InputError('--from is later than --to', 'events from --from to --to are shown');
  const { pivotOnProcess } = await import('../app/pivot.ts');
  const indices = await indicesOf(options);
  const request = { name, scope: { host, from, to }, indices, events, depth, children, limit };
  const pivot = await pivotOnProcess(request, terminalObserver(), signal);
  const format = await pivotFormats[options.format]();
  await writeTo(options.output, format(pivot, surfaceOf(options.output)));
  return 0;
}
