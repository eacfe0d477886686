import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Refusal } from '../store/refusal.ts';
import { type ApiKey, type ApiKeys, allows, type Scope } from './api-keys.ts';
import { refuseOtherSites } from './own-site.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The key that the request came with; null where the server asks for none. */
    apiKey: ApiKey | null;
  }
}

export interface SecurityOptions {
  readonly keys: ApiKeys;
  /** Whether requests need a key. */
  readonly keyRequired: boolean;
  /** Host names by which the server may be called; null for any. A page of another site calls it by its own name. */
  readonly hostNames: ReadonlySet<string> | null;
}

/** Headers of every answer: what clients know Elasticsearch by, and what keeps browsers from making anything of it. */
export const ownHeaders: Readonly<Record<string, string>> = {
  'x-elastic-product': 'Elasticsearch',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cache-control': 'no-store',
};

/** Refuses requests without a key where one is needed, and such as a web page of another site can make a browser send. */
export function addSecurity(app: FastifyInstance, { keys, keyRequired, hostNames }: SecurityOptions): void {
  app.decorateRequest('apiKey', null);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(ownHeaders);
    refuseOtherSites(request, hostNames);
    if (!keyRequired) return;
    request.apiKey = await keys.verify(request.headers.authorization);
    if (request.apiKey === null) {
      reply.header('www-authenticate', 'ApiKey');
      throw new Refusal(
        'security_exception',
        request.headers.authorization === undefined
          ? `missing authentication credentials for REST request [${request.url.split('?')[0]}]`
          : 'unable to authenticate with the API key that was sent',
        401,
      );
    }
  });
}

const forbidden = (reason: string): Refusal => new Refusal('security_exception', reason, 403);

/** What a request does: it needs a key with one of the scopes. */
export type Action = Scope | 'describe';

/** Who writes to an index or reads it may also know what it is like. */
const scopesFor: Readonly<Record<Action, readonly Scope[]>> = {
  read: ['read'],
  write: ['write'],
  describe: ['read', 'write'],
};

/** Whether the key of a request is good for an index; null stands for what belongs to no index. */
export function mayUse({ apiKey }: FastifyRequest, action: Action, index: string | null): boolean {
  return apiKey === null || scopesFor[action].some((scope) => allows(apiKey, scope, index));
}

/** The refusal for an index that the key of a request is not good for; null when it is. */
export function authorizeIndex(request: FastifyRequest, action: Action, index: string | null): Refusal | null {
  if (mayUse(request, action, index)) return null;
  const what = index === null ? '' : ` on indices [${index}]`;
  return forbidden(`action [${action}] is unauthorized for API key [${request.apiKey!.name}]${what}`);
}

/** Throws the refusal for a key that allows something with no index at all. */
export function authorizeScope(request: FastifyRequest, scope: Scope): void {
  const { apiKey } = request;
  if (apiKey !== null && !apiKey.scopes.includes(scope))
    throw forbidden(`action [${scope}] is unauthorized for API key [${apiKey.name}]`);
}

/** Throws a Refusal unless the request has the key that the server left in the folder of its store. */
export async function requireOwner({ headers }: FastifyRequest, keys: ApiKeys): Promise<void> {
  const key = await keys.verify(headers.authorization);
  if (key === null || !keys.isOwn(key))
    throw forbidden('this is for those who have the folder of the store: use the command line there');
}

/** Throws the refusal where there is one; `index` may be several names with commas between them. */
export function authorize(request: FastifyRequest, action: Action, index: string | null): void {
  for (const name of index === null ? [null] : index.split(',')) {
    const refusal = authorizeIndex(request, action, name);
    if (refusal) throw refusal;
  }
}
