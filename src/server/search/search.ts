import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RowsEndedError } from '../../diagnostics/diagnostic.ts';
import { booleanIn } from '../../languages/search/members.ts';
import { resultWindow } from '../../languages/search/read-hits.ts';
import { illegalArgument, Refusal } from '../../store/refusal.ts';
import { parseExactJson } from '../../values/exact-json.ts';
import type { ServerContext } from '../context.ts';
import type { IndexParams } from '../found-indices.ts';
import { goneSignal } from '../query.ts';
import { jsonObject } from '../request-body.ts';
import { warnOfUnseen } from '../warning-headers.ts';
import { keepAliveOf } from './kept-searches.ts';
import { answerJson } from './search-answer.ts';
import { type SearchParameters, searchOf } from './search-body.ts';
import { type Searcher, sendJson } from './searcher.ts';

/** `_search`, scrolls and points in time. */
export function addSearch(app: FastifyInstance, context: ServerContext, searcher: Searcher): void {
  for (const url of ['/_search', '/:index/_search'])
    app.route<IndexParams>({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        const named = searcher.indicesOf(request);
        const parameters = request.query as SearchParameters;
        const search = searchOf(parameters, jsonObject(request.body, 'allow', parseExactJson));
        const totalAsInt = booleanIn(parameters.rest_total_hits_as_int ?? false, 'rest_total_hits_as_int');
        const signal = goneSignal(reply);
        warnOfUnseen(reply as FastifyReply, context.store);
        const keepAlive = keepAliveOf(parameters.scroll, 'scroll');
        if (keepAlive === null) {
          const pointInTimeId = search.pointInTime?.id;
          const { answer, indices, took } = await searcher.search(search, named, request, signal);
          const head = { took, indices, totalAsInt, ...(pointInTimeId !== undefined && { pointInTimeId }) };
          return sendJson(context, reply, answerJson(answer, head));
        }
        checkScroll(search);
        const scroll = await searcher.scroll(search, named, request as FastifyRequest, signal);
        const scrollId = searcher.scrolls.keep(scroll, request as FastifyRequest, keepAlive);
        try {
          return await sendNext(request as FastifyRequest, reply, scrollId, keepAlive);
        } catch (error) {
          // Nobody knows its id, and it would hold memory until it expires.
          await searcher.scrolls.close([scrollId], request as FastifyRequest);
          throw error;
        }
      },
    });

  const sendNext = async (
    request: FastifyRequest,
    reply: FastifyReply,
    scrollId: string,
    keepAlive: number | null,
  ): Promise<FastifyReply> => {
    const started = performance.now();
    const scroll = searcher.scrolls.use(scrollId, request, keepAlive);
    const answer = await searcher.next(scroll, goneSignal(reply)).catch(async (error: unknown) => {
      // There are no more hits to be had from it.
      if (error instanceof RowsEndedError) await searcher.scrolls.close([scrollId], request);
      throw error;
    });
    const { rest_total_hits_as_int: asInt } = request.query as SearchParameters;
    const took = Math.round(performance.now() - started);
    const totalAsInt = booleanIn(asInt ?? false, 'rest_total_hits_as_int');
    return sendJson(context, reply, answerJson(answer, { took, indices: scroll.indices, totalAsInt, scrollId }));
  };

  for (const url of ['/_search/scroll', '/_search/scroll/:id']) {
    app.route<{ Params: { id?: string } }>({
      method: ['GET', 'POST'],
      url,
      handler: async (request, reply) => {
        const { scroll_id, scroll, ...more } = jsonObject(request.body);
        refuseOthers(more, 'search_scroll_request');
        const parameters = request.query as SearchParameters;
        const id = request.params.id ?? scroll_id ?? parameters.scroll_id;
        if (typeof id !== 'string')
          throw new Refusal('action_request_validation_exception', 'Validation Failed: 1: scrollId is missing;', 400);
        return sendNext(request as FastifyRequest, reply, id, keepAliveOf(scroll ?? parameters.scroll, 'scroll'));
      },
    });
    app.delete<{ Params: { id?: string } }>(url, async (request, reply) => {
      const { scroll_id, ...more } = jsonObject(request.body);
      refuseOthers(more, 'clear_scroll_request');
      const wanted = request.params.id ?? scroll_id ?? (request.query as SearchParameters).scroll_id;
      const ids = typeof wanted === 'string' ? wanted.split(',') : Array.isArray(wanted) ? wanted.map(String) : [];
      if (ids.length === 0)
        throw new Refusal('action_request_validation_exception', 'Validation Failed: 1: no scroll ids specified;', 400);
      const plain = request as FastifyRequest;
      const freed = ids.includes('_all')
        ? await searcher.scrolls.closeOwn(plain)
        : await searcher.scrolls.close(ids, plain);
      return reply.code(freed > 0 || ids.includes('_all') ? 200 : 404).send({ succeeded: true, num_freed: freed });
    });
  }

  app.post<IndexParams>('/:index/_pit', async (request, reply) => {
    const named = searcher.indicesOf(request);
    const { keep_alive: keep } = request.query as SearchParameters;
    const milliseconds = keepAliveOf(keep, 'keep_alive');
    if (milliseconds === null)
      throw new Refusal(
        'action_request_validation_exception',
        'Validation Failed: 1: [keep_alive] is not specified;',
        400,
      );
    refuseOthers(jsonObject(request.body), 'open_point_in_time');
    searcher.pointsInTime.checkRoom();
    const opened = await searcher.open(named, request as FastifyRequest, goneSignal(reply));
    const total = opened.indices.length;
    const id = searcher.pointsInTime.keep(opened, request as FastifyRequest, milliseconds);
    return { id, _shards: { total, successful: total, skipped: 0, failed: 0 } };
  });
  app.delete('/_pit', async (request, reply) => {
    const { id, ...more } = jsonObject(request.body, 'refuse');
    refuseOthers(more, 'close_point_in_time');
    const freed = await searcher.pointsInTime.close([String(id)], request);
    return reply.code(freed > 0 ? 200 : 404).send({ succeeded: true, num_freed: freed });
  });

  app.addHook('onClose', () => searcher.close());
}

function refuseOthers(members: Readonly<Record<string, unknown>>, where: string): void {
  const [unknown] = Object.keys(members);
  if (unknown !== undefined) throw new Refusal('parsing_exception', `[${where}] unknown field [${unknown}]`, 400);
}

function checkScroll({ hits, searchAfter, countUpTo, pointInTime }: ReturnType<typeof searchOf>): void {
  const wrong = [
    ...(pointInTime !== null ? ['using [point in time] is not allowed in a scroll context'] : []),
    ...(hits.from > 0 ? ['using [from] is not allowed in a scroll context'] : []),
    ...(hits.size === 0 ? ['[size] cannot be [0] in a scroll context'] : []),
    ...(searchAfter !== null ? ['`search_after` cannot be used in a scroll context.'] : []),
    ...(countUpTo === 'none' ? ['disabling [track_total_hits] is not allowed in a scroll context'] : []),
  ];
  if (wrong.length > 0) {
    const reasons = wrong.map((reason, i) => `${i + 1}: ${reason};`).join(' ');
    throw new Refusal('action_request_validation_exception', `Validation Failed: ${reasons}`, 400);
  }
  if (hits.size > resultWindow)
    throw illegalArgument(
      `Batch size is too large, size must be less than or equal to: [${resultWindow}] but was [${hits.size}]. Scroll batch sizes cost as much memory as result windows so they are controlled by the [index.max_result_window] index level setting.`,
    );
}
