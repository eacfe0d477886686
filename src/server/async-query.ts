import { randomBytes } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { illegalArgument, Refusal } from '../store/refusal.ts';
import type { QueryResult } from '../values/types.ts';
import type { ServerContext } from './context.ts';
import { type QueryRequest, readQueryRequest, runQuery, sendAnswer } from './query.ts';

/** A query that goes on while its client does something else. */
interface Running {
  readonly id: string;
  readonly asked: QueryRequest;
  readonly outcome: Promise<QueryResult>;
  readonly abort: AbortController;
  done: boolean;
  stopped: boolean;
  expires: number;
}

const second = 1000;
const units: Readonly<Record<string, number>> = {
  nanos: 1e-6,
  micros: 1e-3,
  ms: 1,
  s: second,
  m: 60 * second,
  h: 3600 * second,
  d: 86_400 * second,
};

/** Elasticsearch's spans of time, in milliseconds. */
function timeSpan(value: unknown, name: string, otherwise: number): number {
  if (value === undefined || value === null) return otherwise;
  const found = /^(\d+)(nanos|micros|ms|s|m|h|d)$/.exec(String(value));
  if (!found)
    throw illegalArgument(
      `failed to parse setting [${name}] with value [${String(value)}] as a time value: unit is missing or unrecognized`,
    );
  return Number(found[1]) * units[found[2]!]!;
}

/** Finished results beyond so many are forgotten, oldest first. */
const mostKept = 1000;
const defaultKeep = 5 * units.d!;

/** `_query/async`: start, look after, stop, forget. */
export function addAsyncQuery(app: FastifyInstance, context: ServerContext): void {
  const kept = new Map<string, Running>();
  const forget = (query: Running): void => {
    kept.delete(query.id);
    query.abort.abort();
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

  const start = (asked: QueryRequest, keep: number): Running => {
    const abort = new AbortController();
    const outcome = runQuery(context, asked, abort.signal);
    const id = randomBytes(24).toString('base64url');
    const query: Running = { id, asked, outcome, abort, done: false, stopped: false, expires: Date.now() + keep };
    const finish = (): void => {
      query.done = true;
    };
    outcome.then(finish, finish);
    return query;
  };

  const find = (request: FastifyRequest<{ Params: { id: string } }>): Running => {
    const query = kept.get(request.params.id);
    // What belongs to another key does not exist for this one.
    if (!query || query.asked.apiKey?.id !== request.apiKey?.id)
      throw new Refusal('resource_not_found_exception', request.params.id, 404);
    return query;
  };

  const running: QueryResult = { columns: [], values: [], warnings: [], notes: [], tookMs: 0 };
  const answer = async (
    reply: FastifyReply,
    query: Running,
    wait: number,
    id: string | null,
  ): Promise<FastifyReply> => {
    const finished = query.done || (await inTime(query.outcome, wait));
    const state = (isRunning: boolean): { id: string | null; isRunning: boolean } => {
      if (id !== null) reply.header('x-elasticsearch-async-id', id);
      reply.header('x-elasticsearch-async-is-running', isRunning ? '?1' : '?0');
      return { id, isRunning };
    };
    if (!finished) return sendAnswer(reply, query.asked, running, state(true));
    return sendAnswer(reply, query.asked, await query.outcome, state(false));
  };

  app.post('/_query/async', async (request, reply) => {
    const { asked, body } = readQueryRequest(request);
    const wait = timeSpan(body.wait_for_completion_timeout, 'wait_for_completion_timeout', second);
    const keep = timeSpan(body.keep_alive, 'keep_alive', defaultKeep);
    const query = start(asked, keep);
    const finished = await inTime(query.outcome, wait);
    const isKept = !finished || body.keep_on_completion === true;
    if (isKept) {
      kept.set(query.id, query);
      for (const old of kept.values()) if (kept.size > mostKept && old.done) forget(old);
    }
    return answer(reply, query, 0, isKept ? query.id : null);
  });

  app.get<{ Params: { id: string }; Querystring: { wait_for_completion_timeout?: string; keep_alive?: string } }>(
    '/_query/async/:id',
    async (request, reply) => {
      const query = find(request);
      const { wait_for_completion_timeout: wait, keep_alive: keep } = request.query;
      if (keep !== undefined) query.expires = Date.now() + timeSpan(keep, 'keep_alive', 0);
      return answer(reply, query, timeSpan(wait, 'wait_for_completion_timeout', second), query.id);
    },
  );

  app.post<{ Params: { id: string } }>('/_query/async/:id/stop', async (request, reply) => {
    const query = find(request);
    if (!query.done) {
      // The engine gives rows only at the end: a query that is stopped has none yet.
      query.stopped = true;
      query.abort.abort();
      forget(query);
      return sendAnswer(reply, query.asked, running, { id: query.id, isRunning: false });
    }
    return answer(reply, query, 0, query.id);
  });

  app.delete<{ Params: { id: string } }>('/_query/async/:id', async (request) => {
    forget(find(request));
    return { acknowledged: true };
  });
}

/** Whether a promise settles within a time. */
async function inTime(outcome: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, Math.min(milliseconds, 2 ** 31 - 1), false);
  });
  const settled = outcome.then(
    () => true as const,
    () => true as const,
  );
  try {
    return await Promise.race([settled, late]);
  } finally {
    clearTimeout(timer);
  }
}
