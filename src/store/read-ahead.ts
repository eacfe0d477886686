import type { ReadDocuments, StagedDocument } from './incoming.ts';
import { newId, type Operation, placesByIndex } from './operations.ts';
import type { Store } from './store.ts';

/** The documents of all operations on one index, which were read before the turn of those came. */
export interface DocumentsAhead {
  readonly documents: readonly StagedDocument[];
  readonly read: ReadDocuments;
}

/**
 * Reads documents of operations into columns while others are being written. These are for indices on which nothing is
 * done but to add documents without ids: what is written of them does not depend on what is there.
 */
export async function readAhead(store: Store, operations: readonly Operation[]): Promise<Map<string, DocumentsAhead>> {
  const ahead = new Map<string, DocumentsAhead>();
  for (const [name, places] of placesByIndex(operations)) {
    const index = store.index(name);
    if (!index) continue;
    const adds = index.record.isDataStream ? ['create'] : ['create', 'index'];
    if (!places.every((at) => operations[at]!.id === null && adds.includes(operations[at]!.action))) continue;
    const documents = places.map((at, n) => ({ n, id: newId(), version: 1n, line: operations[at]!.line! }));
    try {
      ahead.set(name, { documents, read: await store.incoming.read(documents, index.names('requests'), index.keeps) });
    } catch (error) {
      await removeAhead(ahead);
      throw error;
    }
  }
  return ahead;
}

/** Removes what was read. */
export async function removeAhead(ahead: ReadonlyMap<string, DocumentsAhead>): Promise<void> {
  await Promise.all([...ahead.values()].map(({ read }) => read.remove()));
}
