import type { DuckDBConnection, DuckDBDataChunk, DuckDBResult } from '@duckdb/node-api';
import { RowsEndedError } from '../../diagnostics/diagnostic.ts';
import type { Sql } from '../../sql/sql.ts';

/**
 * The rows of a statement as they are made. DuckDB (1.5) ends a stream that fails or is interrupted on its way as if all rows
 * had come: only that the result calls itself a stream no longer shows it.
 */
export class RowStream {
  #isOver = false;

  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly statement: Sql,
    private readonly result: DuckDBResult,
  ) {}

  /** The connection's own `stream` takes a text apart into several statements first, a twentieth of the time of planning. */
  static async of(connection: DuckDBConnection, statement: Sql): Promise<RowStream> {
    const prepared = await connection.prepare(statement);
    try {
      return new RowStream(connection, statement, await prepared.stream());
    } finally {
      prepared.destroySync();
    }
  }

  /** The next piece of the rows; null at their end. Throws what the statement fails for. */
  async next(): Promise<DuckDBDataChunk | null> {
    if (this.#isOver) return null;
    const chunk = await this.result.fetchChunk();
    if (chunk && chunk.rowCount > 0) return chunk;
    // Asked again behind its end, it would no longer call itself a stream either.
    this.#isOver = this.result.isStreaming;
    if (this.#isOver) return null;
    // The stream does not say why; the statement as a whole does. An interruption that goes on ends it at once.
    await this.connection.run(this.statement).catch((error) => {
      // Nor does a transaction that failed with it.
      const isAborted = /Current transaction is aborted/.test((error as Error).message);
      throw isAborted ? rowsEnded() : error;
    });
    // What there was no room for beside other queries may fit by now.
    throw rowsEnded();
  }
}

const rowsEnded = (): RowsEndedError => new RowsEndedError('the engine ended the rows of a query early');
