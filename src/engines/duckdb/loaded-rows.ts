import type { DuckDBType, DuckDBValue } from '@duckdb/node-api';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { Column } from '../../plan/column.ts';
import { type Plan, type Scan, scansOf } from '../../plan/nodes.ts';
import type { EventRelation } from '../../sql/duckdb/event-relation.ts';
import { storageType } from '../../sql/duckdb/storage-type.ts';
import { ident, join, type Sql, sql } from '../../sql/sql.ts';
import { parseDate, parseDateNanos } from '../../values/date.ts';
import { parseGrid } from '../../values/geo-grids.ts';
import { parseIp } from '../../values/ip.ts';
import { type CellValue, countedType, type EsqlType, type QueryResult, type ScalarValue } from '../../values/types.ts';
import { type DuckDB, openDuckDB } from './connection.ts';
import { DuckDBEngine } from './engine.ts';

type Api = typeof import('@duckdb/node-api');

/** Rows that came from elsewhere, in tables of an embedded engine that is opened when the first come. */
export class LoadedRows {
  readonly #tables = new Map<string, Sql>();
  #opened: Promise<Opened> | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #count = 0;

  /** Whether a plan reads rows that are here. */
  holdsSome(plan: Plan): boolean {
    return scansOf(plan).some(({ indices }) => this.#tables.has(indices?.[0] ?? ''));
  }

  /** Loads rows with these columns, and gives a scan of them. */
  load(columns: readonly Column[], values: QueryResult['values']): Promise<Scan> {
    return this.#inTurn(async () => {
      const { duckdb } = await this.#open();
      const name = `loaded_${++this.#count}`;
      const holdsLists = columns.map((_, i) => values.some((row) => Array.isArray(row[i])));
      const stored = columns.map((column, i) => ({
        column,
        source: {
          ...{ name: column.name, type: column.type, column: `c${i}` },
          listColumn: column.multi || holdsLists[i] ? `l${i}` : null,
        },
      }));
      const definitions = stored.flatMap(({ source: { type, column, listColumn } }) => [
        sql`${ident(column)} ${storageType(type)}`,
        ...(listColumn === null ? [] : [sql`${ident(listColumn)} ${storageType(type)}[]`]),
      ]);
      await duckdb.connection.run(sql`CREATE TABLE ${ident(name)} (${join(definitions, ', ')})`);
      const api = await import('@duckdb/node-api');
      const appender = await duckdb.connection.createAppender(name);
      const writers = stored.map(({ source: { type: esqlType, listColumn } }) => {
        const { type, store } = storing(api, esqlType);
        const list = api.LIST(type);
        return (cell: CellValue): void => {
          const several = Array.isArray(cell) ? (cell as readonly ScalarValue[]).map(store) : null;
          if (cell === null || several) appender.appendNull();
          else appender.appendValue(store(cell as ScalarValue), type);
          if (listColumn === null) return;
          if (several) appender.appendList(several, list);
          else appender.appendNull();
        };
      });
      for (const row of values) {
        for (const [i, write] of writers.entries()) write(row[i] ?? null);
        appender.endRow();
      }
      appender.closeSync();
      // No index of events is called so.
      const index = `\0${name}`;
      this.#tables.set(index, ident(name));
      return { kind: 'scan', indices: [index], columns: stored, output: columns };
    });
  }

  /** Runs a plan that reads nothing else. */
  run(plan: Plan, source: SourceText, signal?: AbortSignal): Promise<QueryResult> {
    return this.#inTurn(async () => (await this.#open()).engine.run(plan, source, signal));
  }

  async drop(scans: readonly Scan[]): Promise<void> {
    await this.#inTurn(async () => {
      const { duckdb } = await this.#open();
      for (const { indices } of scans) {
        const table = this.#tables.get(indices?.[0] ?? '');
        if (table) await duckdb.connection.run(sql`DROP TABLE ${table}`);
        this.#tables.delete(indices?.[0] ?? '');
      }
    });
  }

  async close(): Promise<void> {
    if (this.#opened) await (await this.#opened).engine.close();
  }

  #open(): Promise<Opened> {
    this.#opened ??= this.#opening();
    return this.#opened;
  }

  async #opening(): Promise<Opened> {
    const duckdb = await openDuckDB();
    const relation: EventRelation = {
      // They are kept in the order that they came in.
      from: (indices) => sql`(SELECT *, rowid AS "_place" FROM ${this.#tables.get(indices?.[0] ?? '')!})`,
      mark: (field) => ({ single: ident(field), list: null }),
    };
    const catalogue = { indices: [], field: () => undefined, fieldsOf: () => [], knownNames: [] };
    return { duckdb, engine: new DuckDBEngine(duckdb, { catalogue, relation }) };
  }

  /** One connection does one thing at a time. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = this.#last.then(work, work);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

interface Opened {
  readonly duckdb: DuckDB;
  readonly engine: DuckDBEngine;
}

/** The value of one cell as DuckDB takes it. */
type Store = (value: ScalarValue) => DuckDBValue;

/** How values of a type are handed over. */
function storing(
  { BOOLEAN, INTEGER, BIGINT, UBIGINT, DOUBLE, TIMESTAMP, TIMESTAMP_NS, UHUGEINT, VARCHAR, ...api }: Api,
  type: EsqlType,
): { type: DuckDBType; store: Store } {
  const counted = countedType(type);
  switch (counted) {
    case 'boolean':
      return { type: BOOLEAN, store: (value) => value as boolean };
    case 'integer':
      return { type: INTEGER, store: Number };
    case 'long':
      return { type: BIGINT, store: (value) => BigInt(value) };
    case 'unsigned_long':
      return { type: UBIGINT, store: (value) => BigInt(value) };
    case 'double':
      return { type: DOUBLE, store: Number };
    case 'date':
      return { type: TIMESTAMP, store: (value) => new api.DuckDBTimestampValue(parseDate(String(value))! * 1000n) };
    case 'date_nanos':
      return {
        type: TIMESTAMP_NS,
        store: (value) => new api.DuckDBTimestampNanosecondsValue(parseDateNanos(String(value))!),
      };
    case 'geohash':
    case 'geotile':
    case 'geohex':
      return { type: BIGINT, store: (value) => parseGrid(counted, String(value))! };
    case 'ip':
      return { type: UHUGEINT, store: (value) => parseIp(String(value))! };
    default:
      return { type: VARCHAR, store: String };
  }
}
