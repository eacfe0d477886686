import type { DuckDBConnection } from '@duckdb/node-api';
import { join, number, sql, text } from '../sql/sql.ts';
import { countDocuments, type Times, timesOf } from './ends-of-tables.ts';
import type { IndexSnapshot, IndexTable } from './index-table.ts';
import { endsTable } from './layout.ts';

/** What is known of the documents of an index, as long as it is the index that it was known of. */
interface Ends {
  readonly of: IndexSnapshot;
  readonly times: Times;
}

/**
 * How many documents each index has, and when the first and the last were, written down when a store is closed: asked of
 * 300 tables they took a third of a first query's processor time. The transaction that changes an index removes its row,
 * so that a row is right whenever it is there.
 */
export class RememberedEnds {
  readonly #ends = new Map<string, Ends>();

  /** Takes over what is written down, and asks the tables of which nothing is. */
  async read(connection: DuckDBConnection, indices: readonly IndexTable[]): Promise<void> {
    const rows = await connection.runAndReadAll(
      sql`SELECT uuid, documents, next_sequence, first_time, last_time FROM ${endsTable}`,
    );
    const byUuid = new Map(rows.getRows().map(([uuid, ...ends]) => [String(uuid), ends]));
    this.#ends.clear();
    const unknown: IndexTable[] = [];
    for (const index of indices) {
      const { uuid } = index.record;
      const found = byUuid.get(uuid);
      if (!found) {
        unknown.push(index);
        continue;
      }
      const [documents, next, first, last] = found;
      index.takeCount(Number(documents), (next as bigint) - 1n);
      const time = (value: unknown): number | null => (value === null ? null : Number(value));
      this.#ends.set(uuid, {
        of: index.snapshot(),
        times: { firstTimestamp: time(first), lastTimestamp: time(last) },
      });
    }
    await countDocuments(connection, unknown);
  }

  /** When the first and the last event of an index were; undefined where nobody looked since it was changed. */
  times(index: IndexSnapshot): Times | undefined {
    const ends = this.#ends.get(index.uuid);
    return ends?.of === index ? ends.times : undefined;
  }

  /** Removes what is written down of indices that were changed or deleted, within the transaction that does so. */
  async forget(connection: DuckDBConnection, indices: Iterable<IndexTable>): Promise<void> {
    if (this.#ends.size === 0) return;
    const unchanged = new Set<string>();
    for (const index of indices) if (this.times(index.snapshot())) unchanged.add(index.record.uuid);
    const changed = [...this.#ends.keys()].filter((uuid) => !unchanged.has(uuid));
    if (changed.length === 0) return;
    await connection.run(sql`DELETE FROM ${endsTable} WHERE uuid IN (${join(changed.map(text), ', ')})`);
    for (const uuid of changed) this.#ends.delete(uuid);
  }

  /** Writes down what is known of all indices. */
  async write(connection: DuckDBConnection, indices: Iterable<IndexTable>): Promise<void> {
    const unknown = [...indices].filter((index) => !this.times(index.snapshot()));
    if (unknown.length === 0) return;
    const times = await timesOf(
      connection,
      unknown.map((index) => index.snapshot()),
    );
    const rows = unknown.map(({ record, documents, nextSequence }, i) => {
      const { firstTimestamp, lastTimestamp } = times[i]!;
      const ends = [documents, nextSequence].map((count) => number(count));
      const ms = [firstTimestamp, lastTimestamp].map((time) => (time === null ? sql`NULL` : number(time)));
      return sql`(${join([text(record.uuid), ...ends, ...ms], ', ')})`;
    });
    await connection.run(sql`INSERT INTO ${endsTable} VALUES ${join(rows, ', ')}`);
  }
}
