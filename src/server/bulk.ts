import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Operation, Outcome } from '../store/operations.ts';
import type { Refusal } from '../store/refusal.ts';
import { type BulkItem, parseBulk } from './bulk-request.ts';
import type { ServerContext } from './context.ts';
import { causeOf, errorBody } from './errors.ts';
import { logError } from './log-error.ts';
import { authorizeIndex } from './security.ts';
import { separated, textBytes } from './text-bytes.ts';
import { refusalToWrite, type WriteOptions } from './write-options.ts';

/** What an operation takes while it is done, beside its document: what it says, what came of it, and its answer. */
const operationBytes = 500;

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
    let outcomes: readonly Outcome[];
    try {
      outcomes = operations.length > 0 ? await writer.apply(operations) : [];
    } catch (error) {
      // Nothing of the group was written: every item says so, and shippers try again. It was not their fault.
      const { status: given, error: cause } = errorBody(error);
      const status = Math.max(given, 429);
      if (given === 500) logError(log, request, error);
      const { root_cause: _, ...rest } = cause;
      return send(reply, started, items, ({ action, index, id }) => ({
        [action]: { _index: index, _id: id, status, error: rest },
      }));
    }
    const forced = query.refresh !== undefined && query.refresh !== 'false';
    if (forced) await store.refresh('all');
    let next = 0;
    return send(reply, started, items, (item) => {
      if ('refusal' in item) return { [item.action]: failedItem(item.index, item.id, item.refusal) };
      return { [item.action]: outcomeItem(outcomes[next++]!, item.action, forced) };
    });
  };
  const send = async (
    reply: FastifyReply,
    started: number,
    items: readonly BulkItem[],
    answerOf: (item: BulkItem) => Record<string, object>,
  ): Promise<unknown> => {
    const took = Math.round(performance.now() - started);
    let errors = false;
    const itemsJson = function* (): Generator<string> {
      for (const item of items) {
        const answer = answerOf(item);
        errors ||= isFailed(answer);
        yield JSON.stringify(answer);
      }
    };
    const body = await textBytes(separated(itemsJson(), ','));
    // Whether there were errors stands before the items, and is known behind them.
    const whole = Buffer.concat([Buffer.from(`{"took":${took},"errors":${errors},"items":[`), body, Buffer.from(']}')]);
    return reply.type('application/json').send(whole);
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

const isFailed = (answer: Record<string, object>): boolean => 'error' in Object.values(answer)[0]!;

/** An item of a response for what was done, or refused. */
export function outcomeItem(
  outcome: Outcome,
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
