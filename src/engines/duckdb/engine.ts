import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { QueryText } from '../../languages/esql/compiled-query.ts';
import type { Plan, Scan } from '../../plan/nodes.ts';
import { rewrite, rewriteInItsOrder } from '../../rewrite/rewrite.ts';
import { emit } from '../../sql/duckdb/emit.ts';
import type { EventRelation } from '../../sql/duckdb/event-relation.ts';
import { ident, type Sql, sql } from '../../sql/sql.ts';
import type { QueryResult } from '../../values/types.ts';
import type { Engine, MaterialisedRows, QueryOptions } from '../engine.ts';
import type { DuckDB } from './connection.ts';
import { interruptible } from './interrupt.ts';
import { type Prepared, prepare } from './prepare.ts';
import { RowCursor } from './row-cursor.ts';
import { RowStream } from './row-stream.ts';
import { runStatement, statementError } from './run-statement.ts';
import { answerOf, type Runnable, runnable, selected, statementOf } from './runnable.ts';

/** Events in DuckDB: the catalogue that describes them, and the table that holds them. */
export interface EventTable {
  readonly catalogue: Catalogue;
  readonly relation: EventRelation;
}

let materialised = 0;

/** The embedded engine: ES|QL over a table of events in this process. */
export class DuckDBEngine implements Engine {
  readonly name = 'duckdb';
  readonly parallel = 1;

  /** Queries of one engine run one after the other. */
  constructor(
    private readonly duckdb: DuckDB,
    private readonly events: EventTable,
    /** Engines on one database that run queries at the same time number their warnings differently. */
    private readonly firstSite = 0,
  ) {}

  /** Every stage of a query short of running it. */
  prepare(text: QueryText, options: QueryOptions): Prepared {
    return prepare(text, this.events.catalogue, this.events.relation, options, this.firstSite);
  }

  statement(text: QueryText, options: QueryOptions): string {
    return this.prepare(text, options).emitted.sql;
  }

  async query(text: QueryText, options: QueryOptions): Promise<QueryResult> {
    return runQuery(this.duckdb, runnable(this.prepare(text, options), this.events.catalogue), options);
  }

  takes(): boolean {
    return true;
  }

  hasPlaces(): boolean {
    return true;
  }

  get catalogue(): Catalogue {
    return this.events.catalogue;
  }

  /** `mostBytes`: how much the rows may hold; more of them are a ResultTooLargeError. */
  async run(plan: Plan, source: SourceText, signal?: AbortSignal, mostBytes?: number): Promise<QueryResult> {
    const emitted = emit(rewrite(plan), source, this.events.relation, this.firstSite);
    const { sql, sites } = emitted;
    const output = selected(emitted);
    const { values, tookMs } = await runStatement(this.duckdb, { sql, output, sites }, { signal, mostBytes });
    return { columns: output.map(({ column }) => column), values, warnings: sites.warnings(), notes: [], tookMs };
  }

  /**
   * Begins to run a plan, whose rows are then read some at a time; nothing else runs on the connection meanwhile. They come
   * in the order that the plan gives them, or else as the table has them.
   */
  async cursor(plan: Plan, source: SourceText, signal?: AbortSignal): Promise<RowCursor> {
    const { connection } = this.duckdb;
    const emitted = emit(rewriteInItsOrder(plan), source, this.events.relation, this.firstSite);
    const rows = await interruptible(connection, signal, () => RowStream.of(connection, emitted.sql)).catch((error) => {
      throw statementError(error);
    });
    return new RowCursor(connection, rows, selected(emitted));
  }

  async materialise(plans: readonly Plan[], source: SourceText, signal?: AbortSignal): Promise<MaterialisedRows> {
    const { connection } = this.duckdb;
    const { catalogue, relation } = this.events;
    const tables = new Map<string, Sql>();
    const drop = async (): Promise<void> => {
      for (const table of tables.values()) await connection.run(sql`DROP TABLE IF EXISTS ${table}`);
    };
    const keep = async (plan: Plan): Promise<Scan> => {
      const emitted = emit(rewrite(plan), source, relation, this.firstSite);
      const table = ident(`rows_${++materialised}`);
      // No index of events is called so.
      const name = `\0rows_${materialised}`;
      tables.set(name, table);
      await interruptible(connection, signal, () => connection.run(sql`CREATE TEMP TABLE ${table} AS ${emitted.sql}`));
      const columns = emitted.output.map(({ column, hasList }, i) => ({
        column,
        source: { name: column.name, type: column.type, column: `c${i}`, listColumn: hasList ? `l${i}` : null },
      }));
      return { kind: 'scan', indices: [name], columns, output: columns.map(({ column }) => column) };
    };
    const scans: Scan[] = [];
    try {
      for (const plan of plans) scans.push(await keep(plan));
    } catch (error) {
      await drop();
      throw error;
    }
    const both: EventRelation = {
      from: (indices, fields, marks) => {
        const table = tables.get(indices?.[0] ?? '');
        // They are kept in the order that they came in.
        return table ? sql`(SELECT *, rowid AS "_place" FROM ${table})` : relation.from(indices, fields, marks);
      },
      mark: (field) => relation.mark(field),
      tables: (indices) => (tables.has(indices?.[0] ?? '') ? [] : (relation.tables?.(indices) ?? [])),
    };
    return { scans, engine: new DuckDBEngine(this.duckdb, { catalogue, relation: both }, this.firstSite), drop };
  }

  async close(): Promise<void> {
    this.duckdb.close();
  }
}

/** Runs a query that was planned, here or on another thread. */
export async function runQuery(
  duckdb: DuckDB,
  planned: Runnable,
  { signal, mostBytes }: Pick<QueryOptions, 'signal' | 'mostBytes'>,
): Promise<QueryResult> {
  const statement = statementOf(planned);
  return answerOf(planned, await runStatement(duckdb, statement, { signal, mostBytes }), statement.sites);
}
