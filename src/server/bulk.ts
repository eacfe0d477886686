import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Operation, Outcome } from '../store/operations.ts';
import type { Refusal } from '../store/refusal.ts';
import { inParts } from '../store/write-requests.ts';
import { parseBulk, type RefusedOperation } from './bulk-request.ts';
import type { ServerContext } from './context.ts';
import { causeOf, errorBody } from './errors.ts';
import { logError } from './log-error.ts';
import { authorizeIndex } from './security.ts';
import { separated, textBytes } from './text-bytes.ts';
import { refusalToWrite, type WriteOptions } from './write-options.ts';

/** What an operation takes while it is done, beside its document: what it says, what came of it, and its answer. */
const operationBytes = 500;

/** Why an operation was not done, which was not its own fault. */
interface Unwritten {
  readonly unwritten: { readonly status: number; readonly error: object };
}

interface BulkQuery extends WriteOptions {
  readonly refresh?: string;
}

/** `_bulk`: many operations in one request, each with an answer of its own. */
export function addBulk(app: FastifyInstance, context: ServerContext): void {
  const { store, writer, bodies, log } = context;
  const handle = async (
    request: FastifyRequest,
    reply: FastifyReply,
    defaultIndex: string | null,
  ): Promise<unknown> => {
    const started = performance.now();
    const query = request.query as BulkQuery;
    const judged = new Map<string, Refusal | null>();
    const items = await parseBulk(request.body as Buffer, {
      index: defaultIndex,
      options: query,
      count: (read) => bodies.hold(request, read * operationBytes),
      refusalOf(action, { pipeline, require_alias, require_data_stream }, index) {
        const options = action === 'delete' ? null : { pipeline, require_alias, require_data_stream };
        const key = JSON.stringify([index, options]);
        let refusal = judged.get(key);
        if (refusal === undefined) {
          refusal = authorizeIndex(request, 'write', index) ?? (options && refusalToWrite(options, index, store));
          judged.set(key, refusal);
        }
        return refusal;
      },
    });
    const operations = items.filter((item) => !('refusal' in item)) as Operation[];
    const outcomes = await applied(request, operations);
    const forced = query.refresh !== undefined && query.refresh !== 'false';
    if (forced) await store.refresh('all');
    const took = Math.round(performance.now() - started);
    const errors = items.length > operations.length || outcomes.some((outcome) => !('result' in outcome));
    const itemsJson = function* (): Generator<string> {
      let next = 0;
      for (const item of items) {
        const { action, index, id } = item;
        const outcome = 'refusal' in item ? item : outcomes[next++]!;
        const answer =
          'unwritten' in outcome
            ? { _index: index, _id: id, ...outcome.unwritten }
            : outcomeItem(outcome, action, forced);
        yield JSON.stringify({ [action]: answer });
      }
    };
    const parts = function* (): Generator<string> {
      yield `{"took":${took},"errors":${errors},"items":[`;
      yield* separated(itemsJson(), ',');
      yield ']}';
    };
    return reply.type('application/json').send(await textBytes(parts()));
  };
  /** What came of each operation. Nothing of a part that fails is written, nor of those behind it: shippers try again. */
  const applied = async (
    request: FastifyRequest,
    operations: readonly Operation[],
  ): Promise<readonly (Outcome | Unwritten)[]> => {
    const outcomes: (Outcome | Unwritten)[] = [];
    try {
      for (const part of inParts(operations)) outcomes.push(...(await writer.apply(part)));
    } catch (error) {
      const { status, error: cause } = errorBody(error);
      if (status === 500) logError(log, request, error);
      const { root_cause: _, ...rest } = cause;
      const unwritten: Unwritten = { unwritten: { status: Math.max(status, 429), error: rest } };
      while (outcomes.length < operations.length) outcomes.push(unwritten);
    }
    return outcomes;
  };
  for (const method of ['POST', 'PUT'] as const) {
    app.route({ method, url: '/_bulk', handler: (request, reply) => handle(request, reply, null) });
    app.route<{ Params: { index: string } }>({
      method,
      url: '/:index/_bulk',
      handler: (request, reply) => handle(request as FastifyRequest, reply as FastifyReply, request.params.index),
    });
    // Old shippers name a type, which means nothing any more.
    app.route<{ Params: { index: string } }>({
      method,
      url: '/:index/:type/_bulk',
      handler: (request, reply) => handle(request as FastifyRequest, reply as FastifyReply, request.params.index),
    });
  }
}

/** An item of a response for what was done, or refused. */
export function outcomeItem(
  outcome: Outcome | RefusedOperation,
  action: Operation['action'],
  forcedRefresh: boolean,
): Record<string, unknown> {
  if ('refusal' in outcome) return failedItem(outcome.index, outcome.id, outcome.refusal);
  const { index, id, version, sequence, result } = outcome;
  const created = result === 'created';
  return {
    _index: index,
    _id: id,
    _version: Number(version),
    result,
    ...(forcedRefresh && { forced_refresh: true }),
    _shards: { total: 1, successful: 1, failed: 0 },
    _seq_no: Number(sequence),
    _primary_term: 1,
    status: created ? 201 : action === 'delete' && result === 'not_found' ? 404 : 200,
  };
}

const failedItem = (index: string, id: string | null, refusal: Refusal): Record<string, unknown> => ({
  _index: index,
  _id: id,
  status: refusal.status,
  error: causeOf(refusal),
});
