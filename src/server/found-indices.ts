import type { FastifyRequest } from 'fastify';
import { type Aliases, aliasesLike, isWildcard } from '../catalogue/index-pattern.ts';
import { visibleAliases } from '../store/alias.ts';
import type { IndexSnapshot } from '../store/index-table.ts';
import { illegalArgument, indexNotFound } from '../store/refusal.ts';
import type { Store } from '../store/store.ts';
import { noHandler } from './errors.ts';
import { type Action, authorize, authorizeScope, mayUse } from './security.ts';

/** Requests that may name indices in their path. */
export interface IndexParams {
  readonly Params: { readonly index?: string };
}

/** How many documents indices have together. */
export const documentsOf = (indices: readonly IndexSnapshot[]): number =>
  indices.reduce((sum, { documents }) => sum + documents, 0);

/** How names are resolved, as parameters of a URL or members of a header have it. */
export interface IndicesOptions {
  readonly ignore_unavailable?: string | boolean;
  readonly allow_no_indices?: string | boolean;
  readonly expand_wildcards?: string | readonly string[];
}

/**
 * The indices that the path of a request names, all of them without one, as far as it may use them: wildcards only find
 * those, and names must be among them.
 */
export function foundIndices(store: Store, request: FastifyRequest<IndexParams>, action: Action): IndexSnapshot[] {
  const expression = request.params.index ?? '*';
  if (/^_(?!all$)/.test(expression)) throw noHandler(request.method, request.url);
  return indicesNamed(store, request as FastifyRequest, expression, request.query as IndicesOptions, action);
}

/** The same for names that stand elsewhere in a request. */
export function indicesNamed(
  store: Store,
  request: FastifyRequest,
  expression: string,
  options: IndicesOptions,
  action: Action,
): IndexSnapshot[] {
  if (action !== 'describe') authorizeScope(request, action);
  const aliases = aliasesFor(store, request, action);
  const names = expression.split(',').flatMap((name) => withoutAliases(name, aliases));
  for (const name of names) if (!isWildcard(name) && name !== '_all') authorize(request, action, name);
  // Where wildcards stand for no index that is open, they stand for none: here all are.
  const states = [options.expand_wildcards ?? 'open'].flat().flatMap((one) => one.split(','));
  for (const state of states)
    if (!expandable.has(state))
      throw illegalArgument(
        `No valid expand wildcard value [${state}], expected one of [open, closed, hidden, none, all]`,
      );
  const expands = states.includes('open') || states.includes('all');
  const wanted = expands ? names : names.filter((name) => !isWildcard(name) && name !== '_all' && name !== '');
  const found = wanted.length === 0 ? [] : store.match(wanted.join(','), isSet(options.ignore_unavailable));
  const usable = found.filter(({ name }) => mayUse(request, action, name));
  if (usable.length === 0 && String(options.allow_no_indices) === 'false') throw indexNotFound(expression);
  return usable;
}

/** The aliases that the key of a request may use. */
export const aliasesFor = (store: Store, request: FastifyRequest, action: Action): Aliases =>
  visibleAliases(store.aliases, (index) => mayUse(request, action, index));

/** The index that a request for single documents names, by its own name or by an alias that has no other. */
export function indexNamed(store: Store, request: FastifyRequest, name: string, action: Action): IndexSnapshot {
  const indices = aliasesFor(store, request, action).get(name) ?? [name];
  if (indices.length > 1)
    throw illegalArgument(
      `alias [${name}] has more than one index associated with it [${indices.join(', ')}], can't execute a single index op`,
    );
  const [index] = indices as [string];
  authorize(request, action, index);
  const found = store.committed.find((one) => one.name === index);
  if (!found) throw indexNotFound(name);
  return found;
}

/** A name or pattern with aliases replaced by, or extended with, their indices. */
function withoutAliases(pattern: string, aliases: Aliases): readonly string[] {
  const [sign, name] = pattern.startsWith('-') ? ['-', pattern.slice(1)] : ['', pattern];
  const like = aliasesLike(name, aliases);
  const indices = like.flatMap((alias) => aliases.get(alias)!.map((index) => `${sign}${index}`));
  return like.length > 0 && !isWildcard(name) ? indices : [pattern, ...indices];
}

const expandable = new Set(['open', 'closed', 'hidden', 'none', 'all']);

const isSet = (option: string | boolean | undefined): boolean => option !== undefined && String(option) !== 'false';

/** Whether a parameter of a URL that may also stand alone is set. */
export const isTrue = (parameter: string | undefined): boolean => parameter !== undefined && parameter !== 'false';
