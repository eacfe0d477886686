import { Retention } from '../store/retention.ts';
import { Writer } from '../store/writer.ts';
import { AnswerMemory } from './answer-memory.ts';
import { BodyMemory } from './body-memory.ts';
import type { ServerContext } from './context.ts';
import { Drain } from './drain.ts';
import { MemoryGuard } from './memory-guard.ts';

/** What handlers work with, over a store that is open. */
export async function contextOver(
  given: Pick<ServerContext, 'store' | 'keys' | 'queries' | 'log' | 'limits'>,
): Promise<ServerContext> {
  const { store, queries, limits } = given;
  return {
    ...given,
    drain: new Drain(),
    bodies: new BodyMemory(limits.bodiesBytes),
    answers: new AnswerMemory(limits.answersBytes),
    guard: new MemoryGuard(limits.processBytes),
    writer: new Writer(store),
    retention: new Retention(store, queries),
    clusterUuid: await store.clusterUuid(),
  };
}
