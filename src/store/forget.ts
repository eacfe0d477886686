import type { DuckDBConnection } from '@duckdb/node-api';
import { interruptible } from '../engines/duckdb/interrupt.ts';
import { number, type Sql, sql } from '../sql/sql.ts';
import { storedField } from '../tables/stored-field.ts';
import type { IndexSnapshot } from './index-table.ts';
import { indexNotFound } from './refusal.ts';
import type { Store } from './store.ts';
import type { StoreQueries } from './store-queries.ts';

/** What an index has of events that are older than a moment. */
export interface OldEvents {
  readonly index: string;
  readonly events: number;
  /** Milliseconds since the epoch; null where there are none. */
  readonly oldest: number | null;
  readonly newest: number | null;
}

/**
 * Rows deleted in one transaction. Writers wait for one of them at a time: a tenth of a second for a million rows in whole
 * groups (DuckDB 1.5, 2 cores).
 */
const rowsAtATime = 1_000_000;

/** Whether an index has times by which its events can be forgotten: a field `@timestamp` of type date. */
export const hasTimes = (index: IndexSnapshot): boolean => timeOf(index) !== null;

function timeOf({ fields, columns }: IndexSnapshot): Sql | null {
  const timestamp = fields.get('@timestamp');
  if (timestamp?.type !== 'date' && timestamp?.type !== 'date_nanos') return null;
  return storedField(fields, columns, timestamp)?.single ?? null;
}

/** The rows of events before a moment, in milliseconds since the epoch. Events without a time are never among them. */
function isBefore(index: IndexSnapshot, moment: number): Sql {
  const time = timeOf(index);
  if (!time) return sql`false`;
  const limit = sql`make_timestamp(${number(Math.floor(moment))} * 1000)`;
  const isNanos = index.fields.get('@timestamp')!.type === 'date_nanos';
  return sql`${time} < ${isNanos ? sql`${limit}::TIMESTAMP_NS` : limit}`;
}

/** What would be forgotten. */
export async function oldEvents(
  connection: DuckDBConnection,
  index: IndexSnapshot,
  moment: number,
): Promise<OldEvents> {
  const time = timeOf(index) ?? sql`NULL::TIMESTAMP`;
  const found = await connection.runAndReadAll(
    sql`SELECT count(*), epoch_ms(min(${time})), epoch_ms(max(${time})) FROM ${index.table} WHERE ${isBefore(index, moment)}`,
  );
  const [events, oldest, newest] = found.getRows()[0]!.map((value) => (value === null ? null : Number(value)));
  return { index: index.name, events: events!, oldest: oldest!, newest: newest! };
}

/** Whether there is anything to forget, found beside those who write. */
export async function hasOldEvents(queries: StoreQueries, index: IndexSnapshot, moment: number): Promise<boolean> {
  return (await queries.rows(sql`SELECT 1 FROM ${index.table} WHERE ${isBefore(index, moment)} LIMIT 1`)).length > 0;
}

/**
 * Deletes the events of an index before a moment, and returns how many there were. Each part is a turn of its own, between
 * which others write; whoever is killed on the way has deleted some of them, and the next run deletes the others.
 */
export async function forget(store: Store, name: string, moment: number, signal?: AbortSignal): Promise<number> {
  return deleteInParts(store, name, (index) => isBefore(index, moment), signal);
}

/** Deletes the documents of a condition part by part; the condition is made anew for each, for the index may change. */
async function deleteInParts(
  store: Store,
  name: string,
  conditionOn: (index: IndexSnapshot) => Sql,
  signal?: AbortSignal,
): Promise<number> {
  let deleted = 0;
  for (;;) {
    signal?.throwIfAborted();
    let isLast = false;
    deleted += await deleteInTurn(
      store,
      name,
      async (index, connection) => {
        const condition = conditionOn(index);
        const [next] = (
          await connection.runAndReadAll(
            sql`SELECT rowid FROM ${index.table} WHERE ${condition} LIMIT 1 OFFSET ${number(rowsAtATime)}`,
          )
        ).getRows();
        isLast = !next;
        return next ? sql`(${condition}) AND rowid < ${number(next[0] as bigint)}` : condition;
      },
      signal,
    );
    if (isLast) return deleted;
  }
}

/**
 * Deletes the documents of a condition on the rows of an index in a turn of its own, and returns how many there were. It
 * goes on where the disk has no room for what was acknowledged. None is deleted where the signal aborts first.
 */
export function deleteInTurn(
  store: Store,
  name: string,
  conditionOn: (index: IndexSnapshot, connection: DuckDBConnection) => Sql | Promise<Sql>,
  signal?: AbortSignal,
): Promise<number> {
  return store.exclusively(
    async (connection) => {
      const index = store.index(name);
      if (!index) throw indexNotFound(name);
      const rows = await interruptible(connection, signal, async () =>
        index.delete(connection, await conditionOn(index.snapshot(), connection)),
      );
      if (rows > 0) {
        index.keepNumbers();
        if (await index.endBatch(connection, 0)) store.saveRecord(index);
      }
      return rows;
    },
    { makesRoom: true },
  );
}
