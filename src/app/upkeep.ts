import { resolve } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Backup } from '../store/backup.ts';
import type { ForgetReport, ForgetRequest } from '../store/forget-older.ts';
import { Refusal } from '../store/refusal.ts';
import { Store } from '../store/store.ts';
import { StoreQueries } from '../store/store-queries.ts';
import type { Observer } from './observer.ts';
import { requestUpkeep, serverThatHas } from './store-server.ts';

/** Does something to a store here, or has the server do it that has the store. */
async function hereOrThere<T>(
  folder: string,
  observer: Observer,
  here: () => Promise<T>,
  there: (request: (path: string, body: Readonly<Record<string, unknown>>) => Promise<T>) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await here();
  } catch (error) {
    const server = await serverThatHas(folder, error);
    if (!server) throw error instanceof Refusal ? new InputError(error.reason) : error;
    observer.note({ kind: 'engine', text: `the store is open in a server, which does it: ${server.url}` });
    return there((path, body) => requestUpkeep<T>(server, 'POST', path, signal, body));
  }
}

/** Deletes events by age, or reports what would go. */
export function forgetEvents(
  folder: string,
  request: ForgetRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<ForgetReport> {
  return hereOrThere(
    folder,
    observer,
    async () => {
      const { forgetOlder } = await import('../store/forget-older.ts');
      const store = await (request.dryRun ? Store.openToRead(folder) : Store.openThere(folder));
      try {
        return await forgetOlder(store, new StoreQueries(store, { concurrent: 1, waiting: 1 }), request, signal);
      } finally {
        await store.close();
      }
    },
    (post) => post('/_harrier/forget', { before: request.before, indices: request.indices, dry_run: request.dryRun }),
    signal,
  );
}

/** Copies a store to a folder, which is a store as well. */
export function backupStore(folder: string, to: string, observer: Observer, signal: AbortSignal): Promise<Backup> {
  return hereOrThere(
    folder,
    observer,
    async () => (await import('../store/backup.ts')).backupClosed(folder, to, signal),
    (post) => post('/_harrier/backup', { to: resolve(to) }),
    signal,
  );
}

/** Brings a store forward to this version's layout. Returns the layouts before and after. */
export async function upgradeStore(folder: string): Promise<{ readonly from: number; readonly to: number }> {
  const { currentLayout } = await import('../store/layout.ts');
  const store = await Store.openThere(folder);
  await store.close();
  return { from: store.layoutFound, to: currentLayout };
}
