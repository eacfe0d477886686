import type { FastifyInstance } from 'fastify';
import { isWildcard } from '../catalogue/index-pattern.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { parse } from '../languages/esql/parse.ts';
import { illegalArgument, Refusal } from '../store/refusal.ts';
import { viewsOf } from '../store/view.ts';
import type { ServerContext } from './context.ts';
import { jsonObject } from './request-body.ts';
import { authorize } from './security.ts';

/** `_query/view`: queries under names, which FROM takes as it takes indices. */
export function addViews(app: FastifyInstance, { store }: ServerContext): void {
  app.put<{ Params: { name: string } }>('/_query/view/:name', async (request) => {
    authorize(request, 'write', null);
    const { name } = request.params;
    const body = jsonObject(request.body, 'refuse');
    const others = store.templates('view').filter((view) => view.name !== name).length;
    checkView(name, body, others);
    await store.putTemplate('view', name, body, () => {
      if (store.index(name)) throw illegalArgument(`cannot create view [${name}]: there is an index of that name`);
      if (store.aliasWithin(name).length > 0)
        throw illegalArgument(`cannot create view [${name}]: there is an alias of that name`);
    });
    return { acknowledged: true };
  });
  app.get<{ Params: { name?: string } }>('/_query/view/:name?', async (request) => {
    authorize(request, 'describe', null);
    const patterns = (request.params.name ?? '*').split(',');
    const found = patterns.flatMap((pattern) => {
      const views = viewsOf(store.templates('view', pattern));
      if (views.length === 0 && !isWildcard(pattern)) throw missing(pattern);
      return views;
    });
    return { views: [...new Map(found.map((view) => [view.name, view])).values()] };
  });
  app.delete<{ Params: { name: string } }>('/_query/view/:name', async (request) => {
    authorize(request, 'write', null);
    const names = request.params.name.split(',').flatMap((pattern) => {
      const views = store.templates('view', pattern).map(({ name }) => name);
      if (views.length === 0 && !isWildcard(pattern)) throw missing(pattern);
      return views;
    });
    for (const name of names) await store.putTemplate('view', name, null);
    return { acknowledged: true };
  });
}

const missing = (name: string): Refusal => new Refusal('resource_not_found_exception', `view [${name}] not found`, 404);

/** Elasticsearch's bounds on views. */
const longestQuery = 10_000;
const mostViews = 500;

/** Checks the body of a view; throws a Refusal. */
function checkView(name: string, body: Readonly<Record<string, unknown>>, others: number): void {
  if (!/^[a-z0-9][^A-Z\s\\/*?"<>|,#:]*$/.test(name) || Buffer.byteLength(name) > 255)
    throw illegalArgument(
      `Invalid view name [${name}], must be lower case and have none of [ \\, /, *, ?, ", <, >, |, ,, #, :]`,
    );
  const { query, ...rest } = body;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) throw illegalArgument(`unknown field [${unknown}] of a view`);
  if (typeof query !== 'string' || query.trim() === '') throw illegalArgument(`view [${name}] needs a [query]`);
  if (query.length > longestQuery)
    throw illegalArgument(
      `view query is too large: ${query.length} characters, the maximum allowed is ${longestQuery}`,
    );
  if (others >= mostViews)
    throw illegalArgument(`cannot add view, the maximum number of views is reached: ${mostViews}`);
  const { diagnostics, query: parsed } = parse(new SourceText(query));
  if (!parsed) throw new Refusal('parsing_exception', diagnostics[0]!.message, 400);
  if (parsed.settings.length > 0)
    throw illegalArgument(`view [${name}] has settings, which only whole queries may have`);
}
