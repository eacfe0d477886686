import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { WarningSites } from '../../emit/warning-sites.ts';
import type { Sql } from '../../sql/sql.ts';
import type { QueryResult } from '../../values/types.ts';
import type { Engine, QueryOptions } from '../engine.ts';
import { registerFunctions } from './functions.ts';
import { type Prepared, prepare } from './prepare.ts';
import { readRows } from './results.ts';

/** Events in DuckDB: the catalogue that describes them, and the table that holds them. */
export interface EventTable {
  readonly catalogue: Catalogue;
  readonly relation: Sql;
}

/** The embedded engine: ES|QL over a table of events in this process. */
export class DuckDBEngine implements Engine {
  readonly name = 'duckdb';
  #sites: WarningSites | null = null;

  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly events: EventTable,
  ) {}

  /** Makes an engine on a connection. Queries of one engine run one after the other. */
  static async open(connection: DuckDBConnection, events: EventTable): Promise<DuckDBEngine> {
    const engine = new DuckDBEngine(connection, events);
    await registerFunctions(connection, (site, reason) => engine.#sites?.record(site, reason));
    return engine;
  }

  /** Every stage of a query short of running it. */
  prepare(text: string, options: QueryOptions): Prepared {
    return prepare(text, this.events.catalogue, this.events.relation, options);
  }

  async query(text: string, options: QueryOptions): Promise<QueryResult> {
    return this.run(this.prepare(text, options), options.signal);
  }

  /** Runs a prepared query. */
  async run({ analysis, emitted }: Prepared, signal?: AbortSignal): Promise<QueryResult> {
    const started = performance.now();
    this.#sites = emitted.sites;
    const interrupt = (): void => this.connection.interrupt();
    signal?.throwIfAborted();
    signal?.addEventListener('abort', interrupt);
    try {
      const result = await this.connection.stream(emitted.sql);
      const values = await readRows(result, emitted.output);
      return {
        columns: emitted.output.map(({ column: { name, type } }) => ({ name, type })),
        values,
        warnings: [...analysis.warnings, ...emitted.sites.warnings()],
        tookMs: Math.round(performance.now() - started),
      };
    } finally {
      signal?.removeEventListener('abort', interrupt);
      this.#sites = null;
    }
  }

  async close(): Promise<void> {
    this.connection.closeSync();
  }
}
