import type { IndexSummary } from '../catalogue/catalogue.ts';
import type { EventMark } from '../plan/nodes.ts';
import type { Representation } from '../sql/duckdb/representation.ts';
import type { Sql } from '../sql/sql.ts';
import type { FieldColumns } from './field-columns.ts';
import type { FieldsByName } from './mapped-field.ts';

/** Where documents of an index stand: all rows of a table, or those of the index in a table of several. */
export interface IndexedTable {
  readonly table: Sql;
  /** Whether other indices stand in the table as well; its rows then say theirs in `_index`. */
  readonly isShared: boolean;
  readonly columns: ReadonlyMap<string, FieldColumns>;
  /** The SQL of a mark in this table. */
  mark(field: EventMark): Sql;
}

/** An index as queries see it: its mapping, and the tables that hold its documents. */
export interface Index {
  readonly summary: IndexSummary;
  readonly fields: FieldsByName;
  readonly tables: readonly IndexedTable[];
}

/** How a value stands in SQL, or null where a table has no values of a field. */
export type Place = Representation | null;
