import { forget, hasTimes, type OldEvents, oldEvents } from './forget.ts';
import { reclaim } from './retention.ts';
import type { Store } from './store.ts';
import type { StoreQueries } from './store-queries.ts';

export interface ForgetRequest {
  /** Events with an earlier `@timestamp` go: milliseconds since the epoch. */
  readonly before: number;
  /** Names and patterns of indices, such as `logs-*,auth`. */
  readonly indices: string;
  /** Only reports what would go. */
  readonly dryRun: boolean;
}

/** What was forgotten of an index, or would be. */
export interface Forgotten extends OldEvents {
  /** What these events take of the store, about: their part of what the index takes. */
  readonly bytes: number;
}

export interface ForgetReport {
  readonly forgotten: readonly Forgotten[];
  /** Indices that have no `@timestamp` of type date: nothing of them is ever old. */
  readonly withoutTimes: readonly string[];
}

/** Deletes events by age, whatever their indices keep. Throws a Refusal for an index that is not there. */
export async function forgetOlder(
  store: Store,
  queries: StoreQueries,
  { before, indices, dryRun }: ForgetRequest,
  signal?: AbortSignal,
): Promise<ForgetReport> {
  const found = store.match(indices);
  const forgotten: Forgotten[] = [];
  for (const index of found) {
    signal?.throwIfAborted();
    const old = await queries.with((connection) => oldEvents(connection, index, before), signal);
    if (old.events === 0) continue;
    const part = old.events / index.documents;
    const bytes = Math.round((await queries.size(index)) * part);
    const events = dryRun ? old.events : await forget(store, index.name, before, signal);
    forgotten.push({ ...old, events, bytes });
  }
  if (forgotten.length > 0 && !dryRun) await reclaim(store, queries);
  return { forgotten, withoutTimes: found.filter((index) => !hasTimes(index)).map(({ name }) => name) };
}
