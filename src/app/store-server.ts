import { InputError } from '../diagnostics/diagnostic.ts';
import { ClusterError } from '../engines/elasticsearch/cluster-error.ts';
import { connect } from '../engines/elasticsearch/connection.ts';
import { Exchange } from '../engines/elasticsearch/exchange.ts';
import { StoreInUse } from '../store/open-store-file.ts';
import { readServerFile, type ServerFile } from '../store/server-file.ts';

/** The server that has a store, where an error in opening it says that one does; null for other errors. */
export const serverThatHas = async (folder: string, error: unknown): Promise<ServerFile | null> =>
  error instanceof StoreInUse ? readServerFile(folder) : null;

/** Milliseconds for what may copy or delete a whole store. */
const longest = 24 * 3_600_000;

/** Has the server that has a store do something to it. Throws an InputError with its words where it refuses. */
export async function requestUpkeep<T>(
  { url, key }: ServerFile,
  method: 'GET' | 'POST',
  path: string,
  signal: AbortSignal,
  body?: Readonly<Record<string, unknown>>,
): Promise<T> {
  // A server on this machine: its certificate names the host that others know it by.
  const exchange = new Exchange(await connect({ url, apiKey: key, insecure: true }), url, true);
  try {
    const answer = await exchange.ask({ method, path, signal, timeout: longest, ...(body && { body }) });
    return answer.body as T;
  } catch (error) {
    if (error instanceof ClusterError && error.details.status !== undefined && error.details.status < 500)
      throw new InputError(error.details.reason ?? error.summary);
    throw error;
  } finally {
    await exchange.close();
  }
}
