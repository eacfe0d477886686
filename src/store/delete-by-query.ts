import { prepare } from '../engines/duckdb/prepare.ts';
import { statementError } from '../engines/duckdb/run-statement.ts';
import type { QueryOptions } from '../engines/engine.ts';
import { ident, number, type Sql, sql } from '../sql/sql.ts';
import { TableCatalogue } from '../tables/table-catalogue.ts';
import { deleteInTurn } from './forget.ts';
import type { IndexSnapshot } from './index-table.ts';
import { indexNotFound } from './refusal.ts';
import { indexOf } from './seen-store.ts';
import type { Store } from './store.ts';

type Filter = NonNullable<QueryOptions['filter']>;

interface DeleteOptions {
  readonly now: number;
  readonly most?: number;
  readonly inTime?: (work: (until?: AbortSignal) => Promise<number>) => Promise<number>;
}

export interface DeletedDocuments {
  readonly deleted: number;
  readonly batches: number;
}

/** Documents looked at in one transaction: others write in between. */
const rowsAtATime = 1_000_000n;
/** Warnings of the condition are numbered apart from those of queries, and nobody hears them. */
const firstSite = 1 << 30;

/**
 * Deletes the documents of an index that a filter finds, `most` at most, of those that are there when it begins. `inTime`
 * does the work of each transaction, and gives the signal that ends it.
 */
export async function deleteByQuery(
  store: Store,
  name: string,
  filter: Filter,
  { now, most = Infinity, inTime = (work) => work() }: DeleteOptions,
): Promise<DeletedDocuments> {
  const [from, to] = await store.exclusively(async (connection) => {
    const index = store.index(name);
    if (!index) throw indexNotFound(name);
    const first = await connection.runAndReadAll(sql`SELECT "_seq_no" FROM ${index.table} ORDER BY "_seq_no" LIMIT 1`);
    return [(first.getRows()[0]?.[0] as bigint | undefined) ?? index.nextSequence, index.nextSequence] as const;
  });
  let deleted = 0;
  let batches = 0;
  for (let begin = from; begin < to && deleted < most; begin += rowsAtATime) {
    const end = begin + rowsAtATime < to ? begin + rowsAtATime : to;
    const range = sql`"_seq_no" >= ${number(begin)} AND "_seq_no" < ${number(end)}`;
    const left = most - deleted;
    deleted += await inTime((until) =>
      deleteInTurn(
        store,
        name,
        (index) => sql`${range} AND "_seq_no" IN (${numbersOf(index, range, filter, now, left)})`,
        until,
      ),
    ).catch((error) => {
      throw statementError(error);
    });
    batches += 1;
  }
  return { deleted, batches };
}

/** The numbers of the documents that a filter finds among some rows. */
function numbersOf(index: IndexSnapshot, range: Sql, filter: Filter, now: number, most: number): Sql {
  const summary = { name: index.name, events: 1, firstTimestamp: null, lastTimestamp: null, mode: 'standard' };
  const among = { ...index, table: sql`(SELECT * FROM ${index.table} WHERE ${range})` };
  const one = indexOf({ ...among, summary }, 0);
  // The language has no name for the number of a document; that of its version stands for it here.
  const numbered = one.tables.map((table) => ({
    ...table,
    mark: (field: Parameters<typeof table.mark>[0]) => (field === '_version' ? ident('_seq_no') : table.mark(field)),
  }));
  const catalogue = new TableCatalogue([{ ...one, tables: numbered }]);
  const limit = Number.isFinite(most) ? ` | LIMIT ${most}` : '';
  const text = `FROM * METADATA _version | KEEP _version${limit}`;
  const { emitted } = prepare(text, catalogue, catalogue.relation, { now, maxRows: null, filter }, firstSite);
  return sql`SELECT c0 FROM (${emitted.sql})`;
}
