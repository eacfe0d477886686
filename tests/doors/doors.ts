import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import { FieldTypes } from '../../src/catalogue/field-types.ts';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { EventFiles } from '../../src/files/event-files.ts';
import { CompiledQuery } from '../../src/languages/esql/compiled-query.ts';
import { mentions } from '../../src/languages/esql/syntax/walk.ts';
import { ident, sql } from '../../src/sql/sql.ts';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { Writer } from '../../src/store/writer.ts';

/*
 * The ways in which documents get in. Each writes them somewhere and gives a function that answers queries over them.
 */

/** Answers a query as JSON text, errors included. */
export type Answer = (query: string) => Promise<string>;

/** A way in: documents as lines of JSON, and a folder of its own. `others`: queries that were asked before. */
export type Door = (lines: readonly string[], folder: string, others: readonly string[]) => Promise<OpenDoor>;

export interface OpenDoor {
  readonly answer: Answer;
  close(): Promise<void>;
}

const options = { now: Date.parse('2026-03-10T12:00:00Z'), maxRows: null };

async function answerOf(run: () => Promise<{ columns: unknown; values: unknown }>): Promise<string> {
  try {
    const { columns, values } = await run();
    return JSON.stringify({ columns, values }, (_, value) => (typeof value === 'bigint' ? `${value}n` : value));
  } catch (error) {
    if (error instanceof QueryError) return `error: ${error.message.split('\n')[0]}`;
    throw error;
  }
}

/** Files of some layout, read anew for each query or kept in a cache. */
export function ofFiles(write: (lines: readonly string[], folder: string) => void, cached = false): Door {
  return async (lines, folder, others) => {
    const data = join(folder, 'data');
    mkdirSync(data, { recursive: true });
    write(lines, data);
    const duckdb = await openDuckDB();
    const answer: Answer = async (query) => {
      const files = await EventFiles.open(duckdb.connection, {
        data: [data],
        cache: cached,
        strict: false,
        // Two events of a set may be alike.
        copies: true,
        cacheFolder: join(folder, 'cache'),
      });
      const wanted = mentions(new CompiledQuery(query).query);
      const { catalogue, relation, release } = await files.load(wanted.allFields ? 'all' : wanted.names);
      try {
        return await answerOf(() => new DuckDBEngine(duckdb, { catalogue, relation }).query(query, options));
      } finally {
        release();
        // Each query reads files anew, as a run of the command does.
        const rows = await duckdb.connection.runAndReadAll(
          sql`SELECT database_name FROM duckdb_databases() WHERE prefix(database_name, 'harrier_events')`,
        );
        for (const [name] of rows.getRows()) await duckdb.connection.run(sql`DETACH ${ident(String(name))}`);
      }
    };
    if (cached) for (const query of others) await answer(query);
    return { answer, close: async () => duckdb.close() };
  };
}

/** A store that is filled in some way, and opened again before it is asked. */
export function ofStore(fill: (store: Store, lines: readonly string[], folder: string) => Promise<void>): Door {
  return async (lines, folder) => {
    const place = join(folder, 'store');
    const filled = await Store.open(place, { memoryLimit: '1GB' });
    try {
      await fill(filled, lines, folder);
    } finally {
      await filled.close();
    }
    const store = await Store.open(place, { memoryLimit: '1GB' });
    const queries = new StoreQueries(store, { concurrent: 1, waiting: 0 }, await FieldTypes.load());
    return { answer: (query) => answerOf(() => queries.run(query, options)), close: () => store.close() };
  };
}

const put = (folder: string, name: string, content: string | Uint8Array): void =>
  writeFileSync(join(folder, name), content);
function oneEach(lines: readonly string[], folder: string): void {
  for (const [n, line] of lines.entries()) put(folder, `${n}.json`, line);
}
const hit = (line: string, n: number): string =>
  `{"_index": "logs-d-n", "_id": "i${n}", "_score": 1, "_source": ${line}}`;
const asLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

async function inBulk(store: Store, lines: readonly string[], atOnce: number): Promise<void> {
  const writer = new Writer(store);
  for (let from = 0; from < lines.length; from += atOnce) {
    const outcomes = await writer.apply(
      lines.slice(from, from + atOnce).map((line) => ({
        action: 'create' as const,
        index: 'logs-d-n',
        id: null,
        line: Buffer.from(line),
      })),
    );
    for (const outcome of outcomes) if ('refusal' in outcome) throw outcome.refusal;
  }
  await store.refresh('all');
}

export const ingest = async (store: Store, write: (folder: string) => void, folder: string): Promise<void> => {
  const data = join(folder, 'ingest');
  mkdirSync(data, { recursive: true });
  write(data);
  await ingestFiles(store, { files: [data], copies: true });
};

// Node.js 20 has no zstd of its own.
const { zstdCompressSync } = zlib as { zstdCompressSync?: (text: string) => Uint8Array };

/** All ways in; the first is what the others are held against. */
export const doors: ReadonlyMap<string, Door> = new Map<string, Door>([
  ['lines', ofFiles((lines, folder) => put(folder, 'e.ndjson', asLines(lines)))],
  ['lines, kept', ofFiles((lines, folder) => put(folder, 'e.ndjson', asLines(lines)), true)],
  ['a file an event', ofFiles((lines, folder) => oneEach(lines, folder))],
  ['a file an event, kept', ofFiles((lines, folder) => oneEach(lines, folder), true)],
  ['array', ofFiles((lines, folder) => put(folder, 'e.json', `[${lines.join(',')}]`))],
  ['array over lines', ofFiles((lines, folder) => put(folder, 'e.json', `[\n${lines.join('\n,\n')}\n]\n`), true)],
  [
    'search response',
    ofFiles((lines, folder) =>
      put(folder, 'e.json', `{"took":1,"hits":{"total":{"value":1},"hits":[${lines.map(hit).join(',')}]}}`),
    ),
  ],
  ['hits', ofFiles((lines, folder) => put(folder, 'e.ndjson', asLines(lines.map(hit))))],
  [
    'bulk body',
    ofFiles((lines, folder) =>
      put(folder, 'e.ndjson', asLines(lines.flatMap((line) => ['{"index":{"_index":"logs-d-n"}}', line]))),
    ),
  ],
  ['gzip', ofFiles((lines, folder) => put(folder, 'e.ndjson.gz', zlib.gzipSync(asLines(lines))))],
  ...(zstdCompressSync
    ? [['zstd', ofFiles((lines, folder) => put(folder, 'e.ndjson.zst', zstdCompressSync(asLines(lines))))] as const]
    : []),
  ['utf-16', ofFiles((lines, folder) => put(folder, 'e.ndjson', Buffer.from(`\ufeff${asLines(lines)}`, 'utf16le')))],
  ['without line ends', ofFiles((lines, folder) => put(folder, 'e.json', lines.join('')))],
  ['ingest', ofStore((store, lines, folder) => ingest(store, (data) => put(data, 'e.ndjson', asLines(lines)), folder))],
  [
    'ingest of an array',
    ofStore((store, lines, folder) => ingest(store, (data) => put(data, 'e.json', `[${lines.join(',')}]`), folder)),
  ],
  [
    'ingest of hits',
    ofStore((store, lines, folder) => ingest(store, (data) => put(data, 'e.ndjson', asLines(lines.map(hit))), folder)),
  ],
  ['ingest, a file an event', ofStore((store, lines, folder) => ingest(store, (data) => oneEach(lines, data), folder))],
  ['one _bulk', ofStore((store, lines) => inBulk(store, lines, lines.length))],
  ['a _bulk an event', ofStore((store, lines) => inBulk(store, lines, 1))],
  ['a _bulk an event, in reverse', ofStore((store, lines) => inBulk(store, [...lines].reverse(), 1))],
]);
