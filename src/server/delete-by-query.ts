import type { FastifyInstance } from 'fastify';
import { deleteByQuery } from '../store/delete-by-query.ts';
import { illegalArgument, Refusal } from '../store/refusal.ts';
import type { ServerContext } from './context.ts';
import { foundIndices, type IndexParams } from './found-indices.ts';
import { filterOf, goneSignal } from './query.ts';
import { inQueryTime } from './query-time.ts';
import { jsonObject } from './request-body.ts';

const known = new Set(['query', 'max_docs', 'conflicts', 'slice', 'size']);

interface DeleteQuery {
  readonly max_docs?: string;
  readonly q?: string;
  readonly wait_for_completion?: string;
}

/** `_delete_by_query`: deletes the documents that a query finds. What its client's leaving or the time of a query ends is not deleted. */
export function addDeleteByQuery(app: FastifyInstance, context: ServerContext): void {
  const { store } = context;
  app.post<IndexParams>('/:index/_delete_by_query', async (request, reply) => {
    const began = performance.now();
    // Whoever deletes what a query finds learns what is there.
    foundIndices(store, request, 'read');
    const indices = foundIndices(store, request, 'write');
    const asked = request.query as DeleteQuery;
    const body = jsonObject(request.body);
    for (const key of Object.keys(body))
      if (!known.has(key)) throw new Refusal('parsing_exception', `Unknown key for a VALUE in [${key}].`, 400);
    if (asked.q !== undefined) throw illegalArgument('[q] is not supported: give a [query] in the body');
    if (asked.wait_for_completion === 'false')
      throw illegalArgument('[wait_for_completion=false] is not supported: there are no tasks here');
    if (body.slice !== undefined) throw illegalArgument('[slice] is not supported');
    const filter = filterOf(body.query);
    if (filter === null)
      throw new Refusal('action_request_validation_exception', 'Validation Failed: 1: query is missing;', 400);
    const most = mostOf(asked.max_docs ?? body.max_docs ?? body.size);
    const signal = goneSignal(reply);
    let deleted = 0;
    let batches = 0;
    for (const { name } of indices) {
      const done = await deleteByQuery(store, name, filter, {
        ...{ now: Date.now(), most: most - deleted },
        inTime: (work) => inQueryTime(context, signal, work),
      });
      deleted += done.deleted;
      batches += done.batches;
    }
    return {
      took: Math.round(performance.now() - began),
      timed_out: false,
      total: deleted,
      deleted,
      batches,
      version_conflicts: 0,
      noops: 0,
      retries: { bulk: 0, search: 0 },
      throttled_millis: 0,
      requests_per_second: -1,
      throttled_until_millis: 0,
      failures: [],
    };
  });
}

function mostOf(value: unknown): number {
  if (value === undefined || value === null || value === '-1' || value === -1) return Infinity;
  if (!/^[1-9]\d{0,14}$/.test(String(value)))
    throw illegalArgument(`[max_docs] parameter must be a number above 0, found [${String(value)}]`);
  return Number(value);
}
