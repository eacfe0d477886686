import { InputError } from '../diagnostics/diagnostic.ts';
import { type DuckDB, type DuckDBOptions, openDuckDB } from '../engines/duckdb/connection.ts';

/** Another process has the store, and lets nobody else in. */
export class StoreInUse extends InputError {}

/** Opens the file of a store; throws a StoreInUse where another process has it. */
export async function openStoreFile(folder: string, options: DuckDBOptions): Promise<DuckDB> {
  try {
    return await openDuckDB(options);
  } catch (error) {
    throw storeError(folder, error as Error);
  }
}

function storeError(folder: string, error: Error): Error {
  const lock = /Conflicting lock is held in (.*?) \(PID (\d+)\)/.exec(error.message);
  if (lock || /Could not set lock on file/.test(error.message)) {
    const holder = lock ? ` (process ${lock[2]})` : '';
    return new StoreInUse(
      `the store in ${folder} is open in another process${holder}`,
      'send queries and events to its server, or end that process first',
    );
  }
  return new InputError(`cannot open the store in ${folder}: ${error.message.split('\n')[0]}`);
}
