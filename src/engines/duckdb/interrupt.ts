import type { DuckDBConnection } from '@duckdb/node-api';

/** An interruption is lost on a connection that is just about to begin a query: it is repeated so often. */
const pause = 20;

/**
 * Does work on a connection that ends when the signal aborts, whichever query it is at then: what runs is interrupted,
 * and so is what the work still begins. Throws at once where the signal has aborted already.
 */
export async function interruptible<T>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  let timer: NodeJS.Timeout | undefined;
  const interrupt = (): void => {
    connection.interrupt();
    timer = setInterval(() => connection.interrupt(), pause);
  };
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    return await work();
  } finally {
    signal?.removeEventListener('abort', interrupt);
    clearInterval(timer);
  }
}
