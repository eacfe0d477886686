import type { DuckDBConnection } from '@duckdb/node-api';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Aliases, isExclusion, isWildcard, selection } from '../catalogue/index-pattern.ts';
import { checkAliasOptions } from '../store/alias.ts';
import type { IndexSnapshot } from '../store/index-table.ts';
import { illegalArgument, Refusal } from '../store/refusal.ts';
import type { Store } from '../store/store.ts';
import { isObject } from '../values/plain-json.ts';
import type { ServerContext } from './context.ts';
import { aliasesFor, foundIndices, type IndexParams, indicesNamed } from './found-indices.ts';
import { jsonObject } from './request-body.ts';
import { authorize } from './security.ts';

interface AliasParams {
  readonly Params: { readonly index?: string; readonly name?: string };
}

type Members = Readonly<Record<string, unknown>>;

/** One thing to do to aliases: `aliases` may be patterns where they are taken away. */
interface AliasAction {
  readonly kind: 'add' | 'remove';
  readonly indices: readonly string[];
  readonly aliases: readonly string[];
  /** Whether it is an error that there is nothing to take away. */
  readonly mustExist: boolean;
}

/** The names among some aliases that an index has. */
const aliasesOfIndex = (aliases: Aliases, { name }: IndexSnapshot): readonly string[] =>
  [...aliases].filter(([, indices]) => indices.includes(name)).map(([alias]) => alias);

/** Aliases as answers show them. */
const shown = (names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, {}]));

/** The aliases of an index as answers show them. */
export const shownAliases = (aliases: Aliases, index: IndexSnapshot): object => shown(aliasesOfIndex(aliases, index));

/** The aliases that the body of a new index gives it. */
export function aliasesIn(aliases: unknown): readonly string[] {
  if (aliases === undefined || aliases === null) return [];
  if (!isObject(aliases)) throw illegalArgument('[aliases] of an index must be an object');
  const given = Object.entries(aliases);
  for (const [name, options] of given) {
    if (!isObject(options)) throw illegalArgument(`alias [${name}] needs an object, such as {}`);
    checkAliasOptions(name, options);
  }
  return given.map(([name]) => name);
}

/** `_alias` and `_aliases`: other names for indices. They belong to no index, as templates do. */
export function addAliases(app: FastifyInstance, { store }: ServerContext): void {
  for (const url of ['/_alias', '/:index/_alias', '/_alias/:name', '/:index/_alias/:name'])
    app.get<AliasParams>(url, async (request, reply) => {
      const { name } = request.params;
      const indices = foundIndices(store, request as FastifyRequest<IndexParams>, 'describe');
      const patterns = name?.split(',').map((one) => (one === '_all' ? '*' : one));
      const aliases = aliasesFor(store, request as FastifyRequest, 'describe');
      const isMeant = selection(patterns ?? ['*']);
      const own = indices.map((index): [string, readonly string[]] => {
        const all = aliasesOfIndex(aliases, index);
        return [index.name, all.filter(isMeant)];
      });
      const found = patterns ? own.filter(([, names]) => names.length > 0) : own;
      const answer = Object.fromEntries(found.map(([index, names]) => [index, { aliases: shown(names) }]));
      // What a later pattern takes away again was not asked for.
      const missing = (patterns ?? []).filter(
        (one, at, all) =>
          !isWildcard(one) &&
          !isExclusion(one, at, all) &&
          isMeant(one) &&
          !found.some(([, names]) => names.includes(one)),
      );
      if (missing.length === 0) return answer;
      const what = missing.length > 1 ? `aliases [${missing.join(',')}]` : `alias [${missing[0]}]`;
      return reply.code(404).send({ error: `${what} missing`, status: 404, ...answer });
    });

  app.post('/_aliases', async (request) => {
    authorize(request, 'write', null);
    const { actions, ...rest } = jsonObject(request.body, 'refuse');
    const [unknown] = Object.keys(rest);
    if (unknown !== undefined) throw illegalArgument(`unknown field [${unknown}] of a change of aliases`);
    if (!Array.isArray(actions) || actions.length === 0) throw illegalArgument('No action specified');
    await change(request, actions.map(actionOf));
    return { acknowledged: true, errors: false };
  });
  for (const url of ['/:index/_alias/:name', '/:index/_aliases/:name']) {
    app.route<AliasParams>({
      method: ['PUT', 'POST'],
      url,
      handler: async (request) => {
        authorize(request as FastifyRequest, 'write', null);
        const { index = '', name = '' } = request.params;
        checkAliasOptions(name, jsonObject(request.body));
        await change(request as FastifyRequest, [
          { kind: 'add', indices: index.split(','), aliases: name.split(','), mustExist: false },
        ]);
        return { acknowledged: true };
      },
    });
    app.delete<AliasParams>(url, async (request) => {
      authorize(request as FastifyRequest, 'write', null);
      const { index = '', name = '' } = request.params;
      await change(request as FastifyRequest, [
        { kind: 'remove', indices: index.split(','), aliases: name.split(','), mustExist: true },
      ]);
      return { acknowledged: true };
    });
  }
  /** Does all of it or nothing. */
  const change = (request: FastifyRequest, actions: readonly AliasAction[]): Promise<void> =>
    store.exclusively(async (connection) => {
      for (const action of actions) {
        const found = indicesNamed(store, request, action.indices.join(','), {}, 'write').map(({ name }) => name);
        if (action.kind === 'add') await add(store, connection, action, found);
        else await remove(store, connection, action, found);
      }
    });

  app.get<{ Params: { index: string } }>('/_resolve/index/:index', async (request) => {
    const { index: expression } = request.params;
    const found = indicesNamed(store, request as FastifyRequest, expression, request.query as object, 'describe');
    const isMeant = selection(expression.split(','));
    const aliases = aliasesFor(store, request as FastifyRequest, 'describe');
    return {
      indices: found
        .filter(({ isDataStream }) => !isDataStream)
        .map((index) => {
          const own = aliasesOfIndex(aliases, index);
          return { name: index.name, ...(own.length > 0 && { aliases: own }), attributes: ['open'] };
        }),
      aliases: [...aliases].filter(([alias]) => isMeant(alias)).map(([name, indices]) => ({ name, indices })),
      data_streams: found
        .filter(({ isDataStream }) => isDataStream)
        .map((stream) => ({ name: stream.name, backing_indices: [stream.name], timestamp_field: '@timestamp' })),
    };
  });
}

async function add(
  store: Store,
  connection: DuckDBConnection,
  { aliases }: AliasAction,
  found: readonly string[],
): Promise<void> {
  for (const alias of aliases) await store.addToAlias(connection, alias, found);
}

async function remove(
  store: Store,
  connection: DuckDBConnection,
  { aliases, mustExist }: AliasAction,
  found: readonly string[],
): Promise<void> {
  const known = store
    .templates('alias')
    .map(({ name }) => name)
    .filter(selection(aliases));
  const meant = known.filter((alias) => store.aliasWithin(alias).some((index) => found.includes(index)));
  if (meant.length === 0 && mustExist)
    throw new Refusal('aliases_not_found_exception', `aliases [${aliases.join(',')}] missing`, 404);
  for (const alias of meant)
    await store.setAlias(
      connection,
      alias,
      store.aliasWithin(alias).filter((index) => !found.includes(index)),
    );
}

/** The names that a member of an action holds: one, or a list of them. */
function namesIn(member: string, value: unknown): readonly string[] {
  if (value === undefined) return [];
  const names: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (const name of names)
    if (typeof name !== 'string') throw illegalArgument(`[${member}] of an action must be a name or a list of names`);
  return names as readonly string[];
}

/** Reads an action of `_aliases`; throws a Refusal for one that there is not here. */
function actionOf(action: unknown): AliasAction {
  const [[kind, members] = ['', null], more] = Object.entries((action ?? {}) as Members);
  if (more || (kind !== 'add' && kind !== 'remove'))
    throw illegalArgument(`the action [${kind}] of aliases is not supported, expected one of [add, remove]`);
  if (!isObject(members)) throw illegalArgument(`the action [${kind}] needs an object`);
  const { index, indices, alias, aliases, must_exist: mustExist, ...options } = members;
  const names = [...namesIn('alias', alias), ...namesIn('aliases', aliases)];
  const meant = [...namesIn('index', index), ...namesIn('indices', indices)];
  if (names.length === 0) throw illegalArgument('One of [alias] or [aliases] is required');
  if (meant.length === 0) throw illegalArgument('One of [index] or [indices] is required');
  checkAliasOptions(names.join(','), options);
  return { kind, indices: meant, aliases: names, mustExist: mustExist !== false };
}
