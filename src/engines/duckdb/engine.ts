import type { DuckDBConnection, DuckDBResult } from '@duckdb/node-api';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import { EvaluationError } from '../../diagnostics/diagnostic.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { QueryText } from '../../languages/esql/compiled-query.ts';
import type { Plan, Scan } from '../../plan/nodes.ts';
import { rewrite } from '../../rewrite/rewrite.ts';
import { type Emitted, emit } from '../../sql/duckdb/emit.ts';
import type { EventRelation } from '../../sql/duckdb/event-relation.ts';
import { ident, type Sql, sql } from '../../sql/sql.ts';
import type { QueryResult } from '../../values/types.ts';
import { cutNote, type Engine, type MaterialisedRows, type QueryOptions } from '../engine.ts';
import { planNotes } from '../plan-notes.ts';
import { isFull, resultColumns, withoutKeys } from '../planned-query.ts';
import type { DuckDB } from './connection.ts';
import { failedQuery } from './functions.ts';
import { interruptible } from './interrupt.ts';
import { type Prepared, prepare } from './prepare.ts';
import { type ReadRows, readRows } from './results.ts';

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
    return this.#answer(this.prepare(text, options), options.signal, options.mostBytes);
  }

  takes(): boolean {
    return true;
  }

  get catalogue(): Catalogue {
    return this.events.catalogue;
  }

  async #answer(prepared: Prepared, signal?: AbortSignal, mostBytes?: number): Promise<QueryResult> {
    const { analysis, emitted, rewritten, hiddenKeys } = prepared;
    const { values, bytes, tookMs } = await this.#rows(emitted, signal, mostBytes);
    const notes = planNotes(rewritten, this.events.catalogue);
    const limit = analysis.addedLimit;
    const isCut = limit === null ? isFull(analysis.plan, values.length) : values.length > limit;
    if (limit !== null && isCut) {
      values.length = limit;
      notes.unshift(cutNote(limit));
    }
    const warnings = [...analysis.warnings, ...emitted.sites.warnings()];
    const columns = columnsOf(emitted);
    return withoutKeys({ columns, values, bytes, notes, tookMs, warnings, ...(isCut && { isCut }) }, hiddenKeys);
  }

  async run(plan: Plan, source: SourceText, signal?: AbortSignal): Promise<QueryResult> {
    const emitted = emit(rewrite(plan), source, this.events.relation, this.firstSite);
    const { values, tookMs } = await this.#rows(emitted, signal);
    return { columns: columnsOf(emitted), values, warnings: emitted.sites.warnings(), notes: [], tookMs };
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
    };
    return { scans, engine: new DuckDBEngine(this.duckdb, { catalogue, relation: both }, this.firstSite), drop };
  }

  async #rows(emitted: Emitted, signal?: AbortSignal, mostBytes?: number): Promise<ReadRows & { tookMs: number }> {
    const started = performance.now();
    const listener = (site: number, reason: string): void => emitted.sites.record(site, reason);
    this.duckdb.listeners.add(listener);
    const { connection } = this.duckdb;
    try {
      const rows = await interruptible(connection, signal, async () =>
        readRows(await stream(connection, emitted.sql), emitted.output, mostBytes),
      );
      return { ...rows, tookMs: Math.round(performance.now() - started) };
    } catch (error) {
      const { message } = error as Error;
      const [, reason] = message?.split(failedQuery) ?? [];
      if (reason !== undefined) throw new EvaluationError(reason);
      throw /^Out of Memory Error/.test(message) ? new Error(`${outOfMemory}: ${message.split('\n')[0]}`) : error;
    } finally {
      this.duckdb.listeners.delete(listener);
    }
  }

  async close(): Promise<void> {
    this.duckdb.close();
  }
}

/** Runs one statement. The connection's own `stream` takes a text apart into several first, a twentieth of the time of planning. */
async function stream(connection: DuckDBConnection, statement: Sql): Promise<DuckDBResult> {
  const prepared = await connection.prepare(statement);
  try {
    return await prepared.stream();
  } finally {
    prepared.destroySync();
  }
}

/** How the message of a query begins that does not fit into memory, nor onto the disk that it spills to. */
const outOfMemory = 'the query needs more memory than it may use; give it more with --memory, such as --memory 4GB';

const columnsOf = ({ output }: Emitted): QueryResult['columns'] => resultColumns(output.map(({ column }) => column));
