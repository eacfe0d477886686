import type { FastifyRequest } from 'fastify';
import { isWildcard } from '../catalogue/index-pattern.ts';
import type { IndexSnapshot } from '../store/index-table.ts';
import { indexNotFound } from '../store/refusal.ts';
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

/**
 * The indices that the path of a request names, all of them without one, as far as it may use them: wildcards only find
 * those, and names must be among them.
 */
export function foundIndices(store: Store, request: FastifyRequest<IndexParams>, action: Action): IndexSnapshot[] {
  const expression = request.params.index ?? '*';
  const plain = request as FastifyRequest;
  if (/^_(?!all$)/.test(expression)) throw noHandler(request.method, request.url);
  if (action !== 'describe') authorizeScope(plain, action);
  for (const name of expression.split(',')) if (!isWildcard(name) && name !== '_all') authorize(plain, action, name);
  const options = request.query as { ignore_unavailable?: string; allow_no_indices?: string };
  const found = store
    .match(expression, isTrue(options.ignore_unavailable))
    .filter(({ name }) => mayUse(plain, action, name));
  if (found.length === 0 && options.allow_no_indices === 'false') throw indexNotFound(expression);
  return found;
}

/** Whether a parameter of a URL that may also stand alone is set. */
export const isTrue = (parameter: string | undefined): boolean => parameter !== undefined && parameter !== 'false';
