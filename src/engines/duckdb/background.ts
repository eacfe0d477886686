import type { DuckDBConnection, DuckDBPendingResult } from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';
import { type Sql, sql } from '../../sql/sql.ts';

/** Milliseconds between two looks at whether a statement has ended. */
const pause = 1;

/**
 * Runs a statement of some milliseconds that is work for one thread, on one of the engine's own. `run` would keep a second
 * thread busy with asking whether the first is done (DuckDB 1.5), at the expense of what else the processors have to do.
 * Returns how many rows it changed.
 */
export async function runInBackground(connection: DuckDBConnection, statement: Sql): Promise<number> {
  const [settings] = (await connection.runAndReadAll(sql`SELECT current_setting('threads')`)).getRows();
  // The only thread is the one that asks.
  if (Number(settings![0]) === 1) return (await connection.run(statement)).rowsChanged;
  const prepared = await connection.prepare(statement);
  try {
    const pending = prepared.start();
    while (isRunning(pending)) await new Promise((resolve) => setTimeout(resolve, pause));
    return (await pending.getResult()).rowsChanged;
  } finally {
    prepared.destroySync();
  }
}

function isRunning(pending: DuckDBPendingResult): boolean {
  const { pending_result: result } = pending as unknown as { pending_result: bindings.PendingResult };
  const state = bindings.pending_execute_check_state(result);
  return state === bindings.PendingState.NO_TASKS_AVAILABLE || state === bindings.PendingState.RESULT_NOT_READY;
}
