import { importerNames } from './importers.ts';

/** A kind of file that is read, for people. */
export interface KnownFormat {
  readonly name: string;
  /** How a file is known to be one; names of files do not count. */
  readonly recognised: string;
}

const json: readonly KnownFormat[] = [
  { name: 'NDJSON', recognised: 'a JSON object on each line' },
  { name: 'JSON array', recognised: 'a list of objects, on however many lines' },
  { name: 'JSON objects', recognised: 'objects one behind another, on however many lines' },
  {
    name: 'JSON wrapper',
    recognised: 'an object around a list of events: Records, records, value, events, items, results, logs, data …',
  },
  { name: 'search response', recognised: 'hits of Elasticsearch, as _search answers or Kibana exports them' },
  { name: 'NDJSON of search hits', recognised: 'a hit with _source on each line, as elasticdump writes' },
  { name: 'bulk body', recognised: 'an action line before each event, as _bulk takes them' },
  { name: 'ES|QL answer', recognised: 'columns and values, as _query answers' },
];

/** Formats that are no JSON, by the name of what reads them. */
const others: ReadonlyMap<string, KnownFormat> = new Map([
  ['evtx', { name: 'Windows event log (EVTX)', recognised: 'ElfFile at its beginning, or chunks of one' }],
  ['event-xml', { name: 'Windows event XML', recognised: 'elements Event, as wevtutil and Event Viewer export them' }],
  ['zeek', { name: 'Zeek log', recognised: '#separator in its first line' }],
  ['w3c', { name: 'W3C extended log', recognised: '#Fields before its lines, as IIS writes' }],
  ['auditd', { name: 'auditd log', recognised: 'type=… msg=audit(…) on its lines' }],
  [
    'fields',
    {
      name: 'access and flow logs',
      recognised: 'values in the order of access logs of web servers, S3 and ELB, or of VPC flow logs',
    },
  ],
  [
    'key-values',
    {
      name: 'lines of NAME=VALUE',
      recognised: 'five such pairs and nothing else on each line, with or without a header of syslog',
    },
  ],
  ['syslog', { name: 'syslog', recognised: 'a time and a host on its lines, in the form of RFC 5424 or 3164' }],
  ['delimited', { name: 'delimited text (CSV)', recognised: 'as many values on each line, between , ; tab or |' }],
]);

/** What the engine reads for itself. */
const parquet: KnownFormat = { name: 'Parquet', recognised: 'PAR1 at its beginning' };

/** Every format that is read, JSON first. */
export const knownFormats: readonly KnownFormat[] = [
  ...json,
  ...importerNames.map((name) => others.get(name) ?? { name, recognised: 'its content' }),
  parquet,
];

/** Formats around these. */
export const knownCompressions: readonly string[] = ['gzip', 'zstd', 'bzip2', 'xz'];
export const knownArchives: readonly string[] = ['zip', 'tar', 'tar within any of these compressions'];
export const knownEncodings: readonly string[] = ['UTF-8', 'UTF-16 with or without a mark'];
