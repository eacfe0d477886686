import type { DuckDBConnection } from '@duckdb/node-api';
import { join, number, sql } from '../sql/sql.ts';
import type { IndexTable } from './index-table.ts';
import type { Source } from './partial-update.ts';
import { sourceOf } from './synthetic-source.ts';

/** Batch size, in documents. */
const atOnce = 256;

/** The documents of rows that are asked for about in the order that is given, so that many can be read at a time. */
export class StoredSources {
  #from = 0;
  #read = new Map<bigint, string>();

  constructor(
    private readonly connection: DuckDBConnection,
    private readonly index: IndexTable,
    private readonly rows: readonly bigint[],
  ) {}

  async at(row: bigint): Promise<Source> {
    if (!this.#read.has(row)) {
      const from = this.rows.indexOf(row, this.#from);
      const wanted = from < 0 ? [row] : this.rows.slice(from, from + atOnce);
      if (from >= 0) this.#from = from + atOnce;
      const found = await this.connection.runAndReadAll(
        sql`SELECT rowid, ${sourceOf(this.index.snapshot())} FROM ${this.index.table} WHERE rowid IN (${join(wanted.map(number), ', ')})`,
      );
      this.#read = new Map(found.getRows().map(([at, source]) => [at as bigint, String(source ?? '{}')]));
    }
    return JSON.parse(this.#read.get(row)!) as Source;
  }
}
