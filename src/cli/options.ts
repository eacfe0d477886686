import { type Command, InvalidArgumentError, Option } from 'commander';
import type { EventSource, EventsRequest, Moment } from '../app/events-request.ts';
import type { Named } from '../app/jobs.ts';
import type { View } from '../catalogue/catalogue.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { GivenTimeSpan } from '../overrides/time-span.ts';
import { type FormatName, formatNames } from '../report/formats.ts';
import { parseDate } from '../values/date.ts';
import { memorySize, timeSpan } from './amounts.ts';
import { addLists, type ListOptions, listsOf, refuseLists } from './list-options.ts';
import { addReadingOptions } from './reading-options.ts';

/** Options that every command on events shares. */
export interface DataOptions extends ListOptions {
  readonly data: readonly string[];
  readonly index?: string;
  /** Files and folders of mappings that come before those of the package. */
  readonly mapping?: readonly string[];
  /** The field of raw events that says when they were. */
  readonly timeField?: string;
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
  /** How long a query may take on the cluster. */
  readonly timeout?: GivenTimeSpan;
  /** How many queries run on the cluster at the same time. */
  readonly parallel?: number;
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
  /** Rows of a table stand by themselves, a value a line. */
  readonly vertical?: boolean;
}

export function addDataOptions(command: Command): Command {
  const where = command
    .optionsGroup('Events:')
    .option(
      '-d, --data <glob>',
      'events: files, globs, folders, or - for standard input: JSON, EVTX, CSV, Zeek, auditd, syslog, Parquet, plain, compressed or in archives (repeatable)',
      collect,
      [],
    )
    .option('--store <folder>', 'read events from a store, which ingest or serve fills, instead of files')
    .option('--index <name>', 'the index of events that do not name one');
  return addLists(addReadingOptions(where))
    .option(
      '--now <time>',
      'what NOW() is: a time, such as 2026-03-10T12:00:00Z, or latest, that of the newest event; events that are later are read all the same',
      moment,
    )
    .option('--max-rows <n>', 'maximum number of rows if a query has no LIMIT, or all', rows, 1000)
    .option('--strict', 'fail on malformed lines, mistyped values and files that were not read to the end', false)
    .option('--copies', 'read every file, also one that holds the same as another')
    .option(
      '--memory <size>',
      'memory for the engine, such as 4GB; beyond it work spills to disk (default: four fifths of the machine; 1.5 GB over a store)',
      memorySize,
    )
    .option('--no-cache', 'read the files again and cache nothing')
    .optionsGroup('Clusters:')
    .addOption(
      new Option(
        '--url <url>',
        'the cluster, with --engine elasticsearch: such as https://cluster.example:9200, or a Cloud ID',
      ).env('ELASTICSEARCH_URL'),
    )
    .addOption(
      new Option('--api-key <key>', 'an API key for the cluster; set it in the environment rather than here').env(
        'ELASTICSEARCH_API_KEY',
      ),
    )
    .option('--ca <file>', 'CA certificates (PEM) to trust for the cluster')
    .option('--insecure', 'accept any certificate of the cluster', false)
    .option('--timeout <time>', 'end a query on the cluster that takes longer, such as 90s or 10m', timeSpan)
    .option('--parallel <n>', 'queries that run on the cluster at the same time (default: 4)', parallelQueries)
    .addOption(
      new Option('--engine <name>', 'the engine that runs the queries')
        .choices(['duckdb', 'elasticsearch'])
        .default('duckdb'),
    )
    .optionsGroup('Options:');
}

/** Views and databases of locations as files, for commands that take queries as they are. */
export const addNamedOptions = (command: Command): Command =>
  command
    .option('--views <folder>', 'views that FROM may name: each NAME.esql in the folder is the query of one')
    .addOption(locationsOption());

/** The databases of locations that queries may name. */
export const locationsOption = (): Option =>
  new Option('--geoip <file>', 'a database in MaxMind’s format (.mmdb: City, Country, ASN) for IP_LOCATION; repeatable')
    .argParser(collect)
    .default([]);

export interface NamedOptions {
  readonly views?: string;
  readonly geoip: readonly string[];
}

/** What options name that queries may name. Throws an InputError. */
export async function namedOf(options: NamedOptions & Pick<DataOptions, 'engine'>): Promise<Named> {
  return { views: await viewsOf(options), locations: await locationsOf(options) };
}

async function locationsOf({ geoip, engine }: NamedOptions & Pick<DataOptions, 'engine'>): Promise<Named['locations']> {
  if (geoip.length === 0) return [];
  if (engine === 'elasticsearch')
    throw new InputError(
      '--geoip is for files and stores: a cluster has databases of its own',
      'name one of them in the query: IP_LOCATION … WITH {"database_file": "…"}',
    );
  return (await import('../app/read-locations.ts')).readLocations(geoip);
}

async function viewsOf({ views, engine }: NamedOptions & Pick<DataOptions, 'engine'>): Promise<View[]> {
  if (views === undefined) return [];
  if (engine === 'elasticsearch')
    throw new InputError(
      '--views is for files and stores: a cluster has views of its own',
      'make them there with PUT /_query/view/NAME',
    );
  return (await import('../app/read-views.ts')).readViews(views);
}

export function addOutputOptions(command: Command): Command {
  return command
    .addOption(new Option('-f, --format <name>', 'output format').choices(formatNames).default('table'))
    .option('--vertical', 'show each row by itself, a value a line, as narrow terminals do')
    .option('-o, --output <file>', 'write results to a file')
    .option('--force', 'overwrite files and saved runs that are there', false)
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

function parallelQueries(value: string): number {
  if (!/^(?:[1-9]|[1-5]\d|6[0-4])$/.test(value)) throw new InvalidArgumentError('expected a number from 1 to 64');
  return Number(value);
}

/** The limit for queries that have none; null for every row. */
export const rowLimit = ({ maxRows }: Pick<DataOptions, 'maxRows'>): number | null =>
  maxRows === 'all' ? null : maxRows;

/** The events that options name. Throws an InputError where they name none, or contradict each other. */
export function eventsOf(options: DataOptions): EventsRequest {
  checkSource(options);
  return requestOf(options);
}

/** The same for what needs no events: a query without FROM, a plan. */
export const eventsIfAny = (options: DataOptions): EventsRequest =>
  options.engine === 'duckdb' && options.data.length === 0 && options.store === undefined
    ? requestOf(options)
    : eventsOf(options);

function requestOf(options: DataOptions): EventsRequest {
  const { now, memory, output, navigator } = options;
  const lists = listsOf(options);
  return {
    ...{ source: sourceOf(options), now: now ?? null, maxRows: rowLimit(options) },
    ...(memory !== undefined && { memory }),
    ...(lists.length > 0 && { lists }),
    outputs: [output, navigator].filter((file) => file !== undefined),
  };
}

function sourceOf(options: DataOptions): EventSource {
  const { data, store, engine, index, mapping = [], timeField, cache, strict, copies = false } = options;
  if (engine === 'elasticsearch') {
    const { url, apiKey, ca, insecure, timeout, parallel } = options;
    return {
      ...{ kind: 'cluster', url: url!, insecure },
      ...(apiKey !== undefined && { apiKey }),
      ...(ca !== undefined && { ca }),
      ...(timeout !== undefined && { timeout: timeout.milliseconds }),
      ...(parallel !== undefined && { parallel }),
    };
  }
  if (store !== undefined) return { kind: 'store', folder: store };
  if (data.length === 0) return { kind: 'none' };
  return {
    ...{ kind: 'files', data, cache, strict, copies, mappings: mapping },
    ...(index !== undefined && { index }),
    ...(timeField !== undefined && { timeField }),
  };
}

/** Hunting needs events, and options that say something about where they are. */
function checkSource(options: DataOptions): void {
  const { data, store, engine, timeout, parallel, mapping = [], timeField } = options;
  if (engine === 'elasticsearch') {
    requireCluster(options);
    return;
  }
  if (timeout !== undefined || parallel !== undefined)
    throw new InputError(
      `${timeout === undefined ? '--parallel' : '--timeout'} is about queries on a cluster`,
      'leave it out, or hunt there with --engine elasticsearch --url URL',
    );
  if (data.length > 0 && store !== undefined)
    throw new InputError('--data and --store both say where the events are', 'give one of them');
  if (store !== undefined && (mapping.length > 0 || timeField !== undefined))
    throw new InputError(
      `${timeField === undefined ? '--mapping' : '--time-field'} is about reading files, and those of a store are read`,
      'leave it out with --store',
    );
  if (data.length > 0 || store !== undefined) return;
  throw new InputError(
    'no events to search',
    "say where they are: --data 'logs/**/*.ndjson' or --store FOLDER; or try harrier demo",
  );
}

/** A cluster has an address, and events of its own: what would be dropped in silence is refused. */
function requireCluster(options: DataOptions): void {
  const { url, data, store, index, mapping = [], timeField, cache, strict, memory } = options;
  if (url === undefined)
    throw new InputError(
      '--engine elasticsearch needs to know the cluster',
      'give --url https://cluster.example:9200, or set ELASTICSEARCH_URL',
    );
  refuseLists(options);
  if (data.length > 0 || store !== undefined)
    throw new InputError(
      `${data.length > 0 ? '--data' : '--store'} says where events are, but those of a cluster are its own`,
      'leave it out, or use --engine duckdb',
    );
  const reading = [
    ...(index !== undefined ? ['--index'] : []),
    ...(mapping.length > 0 ? ['--mapping'] : []),
    ...(timeField !== undefined ? ['--time-field'] : []),
    ...(cache ? [] : ['--no-cache']),
    ...(strict ? ['--strict'] : []),
  ];
  if (reading.length > 0)
    throw new InputError(
      `${reading.join(' and ')} ${reading.length === 1 ? 'is' : 'are'} about reading files, and a cluster reads none`,
      'leave it out with --engine elasticsearch',
    );
  if (memory !== undefined)
    throw new InputError(
      '--memory is for the engine in this process, and a cluster has its own',
      'leave it out with --engine elasticsearch',
    );
}
