import { Retention } from '../store/retention.ts';
import { Writer } from '../store/writer.ts';
import type { ServerContext } from './context.ts';
import { Drain } from './drain.ts';

/** What handlers work with, over a store that is open. */
export async function contextOver(
  given: Pick<ServerContext, 'store' | 'keys' | 'queries' | 'log' | 'limits'>,
): Promise<ServerContext> {
  const { store, queries } = given;
  return {
    ...given,
    drain: new Drain(),
    writer: new Writer(store),
    retention: new Retention(store, queries),
    clusterUuid: await store.clusterUuid(),
  };
}
