import { type Command, InvalidArgumentError, Option } from 'commander';
import { InputError } from '../diagnostics/diagnostic.ts';
import { type FormatName, formatNames } from '../report/formats.ts';
import { parseDate } from '../values/date.ts';

/** Options that every command on events shares. */
export interface DataOptions {
  readonly data: readonly string[];
  readonly index?: string;
  readonly now?: Moment;
  readonly cache: boolean;
  readonly strict: boolean;
  readonly copies?: boolean;
  readonly maxRows: number | 'all';
  readonly engine: 'duckdb' | 'elasticsearch';
  readonly url?: string;
  readonly apiKey?: string;
  readonly ca?: string;
  readonly insecure: boolean;
  readonly store?: string;
  readonly memory?: string;
  /** Files that the command writes; none of them may be one that it reads. */
  readonly output?: string;
  readonly navigator?: string;
}

export interface OutputOptions {
  readonly format: FormatName;
  readonly output?: string;
  /** A file for a layer of the ATT&CK Navigator. */
  readonly navigator?: string;
  readonly force: boolean;
  readonly failOnHit: boolean;
}

/** The time that a hunt takes for now: a moment, or that of the newest event. */
export type Moment = 'latest' | Date;

export function addDataOptions(command: Command): Command {
  return command
    .option(
      '-d, --data <glob>',
      'events: files, globs, folders, or - for standard input; JSON, NDJSON or exports, plain, .gz or .zst (repeatable)',
      collect,
      [],
    )
    .option('--store <folder>', 'events in a store that ingest or serve has filled, instead of files')
    .option('--index <name>', 'the index of events that do not name their own')
    .option(
      '--now <time>',
      'hunt as of a time, such as 2026-03-10T12:00:00Z, or as of the newest event: latest',
      moment,
    )
    .option('--max-rows <n>', 'rows at the most where a query has no LIMIT, or all', rows, 1000)
    .option('--strict', 'fail on malformed lines, mistyped values and files that were not read to the end', false)
    .option('--copies', 'read every file, also one that holds the same as another')
    .option(
      '--memory <size>',
      'memory for the engine, such as 4GB; beyond it work spills to disk (default: four fifths of the machine; 1.5 GB over a store)',
    )
    .option('--no-cache', 'read the files again, and keep nothing')
    .addOption(new Option('--url <url>', 'the cluster, with --engine elasticsearch').env('ELASTICSEARCH_URL'))
    .addOption(
      new Option('--api-key <key>', 'a key for the cluster; better in the environment than on the command line').env(
        'ELASTICSEARCH_API_KEY',
      ),
    )
    .option('--ca <file>', 'certificates (PEM) to trust for the cluster')
    .option('--insecure', 'take any certificate of the cluster', false)
    .addOption(
      new Option('--engine <name>', 'what runs the queries').choices(['duckdb', 'elasticsearch']).default('duckdb'),
    );
}

export function addOutputOptions(command: Command): Command {
  return command
    .addOption(new Option('-f, --format <name>', 'how results are written').choices(formatNames).default('table'))
    .option('-o, --output <file>', 'write results to a file')
    .option('--force', 'overwrite the file', false)
    .option('--fail-on-hit', 'end with exit code 3 when there are hits', false);
}

/** Gathers the values of a repeatable option. */
export const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];

/** Reads a time, or `latest`. */
export function moment(value: string): Moment {
  if (value === 'latest') return 'latest';
  const millis = parseDate(value.replace(/^(\d{4}-\d{2}-\d{2}) /, '$1T'));
  if (millis === null) throw new InvalidArgumentError('expected a time such as 2026-03-10T12:00:00Z, or latest');
  return new Date(Number(millis));
}

// An option's value is never null: commander would make an empty text of it.
function rows(value: string): number | 'all' {
  if (value === 'all') return 'all';
  if (!/^[1-9]\d{0,14}$/.test(value)) throw new InvalidArgumentError('expected a number of rows, or all');
  return Number(value);
}

/** The limit for queries that have none; null for every row. */
export const rowLimit = ({ maxRows }: Pick<DataOptions, 'maxRows'>): number | null =>
  maxRows === 'all' ? null : maxRows;

/** Hunting needs events. */
export function requireData({ data, store, engine, url }: DataOptions): void {
  if (engine === 'elasticsearch') {
    if (url === undefined)
      throw new InputError(
        '--engine elasticsearch needs to know the cluster',
        'give --url https://cluster.example:9200',
      );
    if (data.length > 0 || store !== undefined)
      throw new InputError(
        'the events of a cluster are its own',
        'leave --data and --store out, or use --engine duckdb',
      );
    return;
  }
  if (data.length > 0 && store !== undefined)
    throw new InputError('--data and --store both say where the events are', 'give one of them');
  if (data.length > 0 || store !== undefined) return;
  throw new InputError(
    'no events to search',
    "say where they are: --data 'logs/**/*.ndjson' or --store FOLDER; or try harrier demo",
  );
}
