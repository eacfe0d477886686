import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { settlesInTime } from '../store/in-time.ts';
import { Refusal } from '../store/refusal.ts';
import { own } from '../values/own.ts';
import type { QueryResult } from '../values/types.ts';
import { type AnswerForm, readAnswerForm } from './answer-form.ts';
import type { ServerContext } from './context.ts';
import { type QueryRequest, readQueryRequest, runQuery, sendAnswer } from './query.ts';
import type { AsyncState } from './response-formats.ts';
import { second, timeSpan } from './time-span.ts';
import { whenClosed } from './when-closed.ts';

/** A query that goes on while its client does something else. */
interface Running {
  readonly id: string;
  readonly asked: QueryRequest;
  readonly outcome: Promise<QueryResult>;
  readonly abort: AbortController;
  done: boolean;
  /** About what its answer holds, once it is there. */
  bytes: number;
  expires: number;
}

/** Finished results beyond this number, or that hold more than answers may, are forgotten, oldest first. */
const mostKept = 1000;
const defaultKeep = 5 * 86_400 * second;

/** For those who still wait for a query that another request ends. */
const cancelled = (): Refusal => new Refusal('task_cancelled_exception', 'the query was cancelled', 400);

/** `_query/async`: start, look after, stop, forget. */
export function addAsyncQuery(app: FastifyInstance, context: ServerContext): void {
  const kept = new Map<string, Running>();
  const forget = (query: Running): void => {
    kept.delete(query.id);
    query.abort.abort(cancelled());
  };
  const sweep = setInterval(() => {
    const now = Date.now();
    for (const query of kept.values()) if (query.expires < now) forget(query);
  }, 10 * second);
  sweep.unref();
  app.addHook('onClose', async () => {
    clearInterval(sweep);
    for (const query of [...kept.values()]) forget(query);
  });

  const makeRoom = (): void => {
    const finished = [...kept.values()].filter(({ done }) => done);
    let bytes = finished.reduce((sum, query) => sum + query.bytes, 0);
    for (const query of finished) {
      if (kept.size <= mostKept && bytes <= context.limits.answersBytes) return;
      bytes -= query.bytes;
      forget(query);
    }
  };

  const start = (asked: QueryRequest, keep: number): Running => {
    const abort = new AbortController();
    const outcome = runQuery(context, asked, abort.signal);
    const id = randomBytes(24).toString('base64url');
    const query: Running = { id, asked, outcome, abort, done: false, bytes: 0, expires: Date.now() + keep };
    const finish = (bytes: number): void => {
      query.done = true;
      query.bytes = bytes;
      makeRoom();
    };
    outcome.then(
      (result) => finish(result.bytes ?? 0),
      () => finish(0),
    );
    return query;
  };

  const find = (request: FastifyRequest<{ Params: { id: string } }>): Running => {
    const query = kept.get(request.params.id);
    // What belongs to another key does not exist for this one.
    if (!query || query.expires < Date.now() || query.asked.apiKey?.id !== request.apiKey?.id)
      throw new Refusal('resource_not_found_exception', request.params.id, 404);
    return query;
  };

  const nothingYet: QueryResult = { columns: [], values: [], warnings: [], notes: [], tookMs: 0 };
  const send = (
    reply: FastifyReply,
    form: AnswerForm,
    result: QueryResult,
    state: AsyncState,
  ): Promise<FastifyReply> => {
    if (state.id !== null) reply.header('x-elasticsearch-async-id', state.id);
    reply.header('x-elasticsearch-async-is-running', state.isRunning ? '?1' : '?0');
    return sendAnswer(reply, form, result, state, context);
  };

  app.post('/_query/async', async (request, reply) => {
    const { asked, body } = readQueryRequest(request);
    const of = (name: string): unknown => own(body, name) ?? own(request.query as Record<string, unknown>, name);
    const wait = timeSpan(of('wait_for_completion_timeout'), 'wait_for_completion_timeout') ?? second;
    const query = start(asked, timeSpan(of('keep_alive'), 'keep_alive') ?? defaultKeep);
    // Nobody could ask for a query whose id never arrived.
    whenClosed(reply.raw, () => {
      if (!reply.raw.writableEnded) forget(query);
    });
    const finished = await settlesInTime(query.outcome, wait);
    const isKept = !finished || String(of('keep_on_completion')) === 'true';
    if (isKept) {
      kept.set(query.id, query);
      makeRoom();
    }
    const id = isKept ? query.id : null;
    return send(reply, asked.form, finished ? await query.outcome : nothingYet, { id, isRunning: !finished });
  });

  app.get<{ Params: { id: string }; Querystring: { wait_for_completion_timeout?: string; keep_alive?: string } }>(
    '/_query/async/:id',
    async (request, reply) => {
      const query = find(request);
      const form = readAnswerForm(request as FastifyRequest, query.asked.form.columnar);
      const { wait_for_completion_timeout: wait, keep_alive: keep } = request.query;
      const keepAlive = timeSpan(keep, 'keep_alive');
      if (keepAlive !== null) query.expires = Date.now() + keepAlive;
      const finished = await settlesInTime(query.outcome, timeSpan(wait, 'wait_for_completion_timeout') ?? second);
      return send(reply, form, finished ? await query.outcome : nothingYet, { id: query.id, isRunning: !finished });
    },
  );

  app.post<{ Params: { id: string } }>('/_query/async/:id/stop', async (request, reply) => {
    const query = find(request);
    const form = readAnswerForm(request as FastifyRequest, query.asked.form.columnar);
    if (query.done) return send(reply, form, await query.outcome, { id: query.id, isRunning: false });
    // The engine gives rows only at the end: a query that is stopped has none yet.
    forget(query);
    return send(reply, form, nothingYet, { id: query.id, isRunning: false, isPartial: true });
  });

  app.delete<{ Params: { id: string } }>('/_query/async/:id', async (request) => {
    forget(find(request));
    return { acknowledged: true };
  });
}
