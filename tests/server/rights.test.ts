import { describe, expect, it } from 'vitest';
import type { Scope } from '../../src/server/api-keys.ts';
import { startServer, type TestServer } from './support.ts';

/*
 * What a key needs for each route. A route without a line here fails the test: decide what it needs, and write it down.
 *
 *   anyone    any key: says nothing of indices
 *   index     the scope, for the index that the path names
 *   items     the same, for each item of the body: the answer is 200, and each item has its own status
 *   visible   the scope, for any index: answers with those that the key is good for
 *   query     the scope: the others are as if they were not there
 *   all       the scope for every index: templates, policies and pipelines belong to none
 *   owner     no key of the store: only the one that the server leaves in the folder of its store
 *   own       what was started with the same key; for any other it is not there
 */
type Need = 'anyone' | 'index' | 'items' | 'visible' | 'query' | 'all' | 'own' | 'owner';
type Action = Scope | 'describe' | 'read and write' | '';

const rights: readonly (readonly [routes: string, Need, Action])[] = [
  ['GET /', 'anyone', ''],
  ['GET /_cluster/health', 'anyone', ''],
  ['GET /_cluster/health/:index', 'anyone', ''],
  ['GET /_license', 'anyone', ''],
  ['GET /_xpack', 'anyone', ''],
  ['GET /_nodes', 'anyone', ''],
  ['GET /_nodes/http', 'anyone', ''],
  ['GET /_nodes/_all/http', 'anyone', ''],
  ['GET /_nodes/_local', 'anyone', ''],
  ['GET /_nodes/stats', 'all', 'read'],
  ['GET /_nodes/stats/:metric', 'all', 'read'],
  ['GET /_nodes/:node/stats', 'all', 'read'],
  ['GET /_nodes/:node/stats/:metric', 'all', 'read'],
  ['GET /_cluster/settings', 'anyone', ''],
  // An alias belongs to no index, and says nothing of those that a key is not good for.
  ['POST /_aliases', 'all', 'write'],
  ['PUT POST DELETE /:index/_alias/:name', 'all', 'write'],
  ['PUT POST DELETE /:index/_aliases/:name', 'all', 'write'],
  ['GET /_cat/health', 'anyone', ''],
  ['GET /_cat/nodes', 'anyone', ''],
  ['GET /_cat/aliases', 'visible', 'describe'],
  ['POST PUT /_bulk', 'items', 'write'],
  ['POST PUT /:index/_bulk', 'items', 'write'],
  ['POST PUT /:index/:type/_bulk', 'items', 'write'],
  ['POST /_query', 'query', 'read'],
  ['POST /_query/async', 'query', 'read'],
  ['GET POST /_search', 'visible', 'read'],
  ['GET POST /_msearch', 'visible', 'read'],
  ['GET POST /:index/_msearch', 'visible', 'read'],
  ['GET POST /_mget', 'visible', 'read'],
  ['GET POST /:index/_mget', 'visible', 'read'],
  ['GET /_alias', 'visible', 'describe'],
  ['GET /:index/_alias', 'index', 'describe'],
  ['GET /_alias/:name', 'visible', 'describe'],
  ['GET /:index/_alias/:name', 'index', 'describe'],
  ['GET /_resolve/index/:index', 'index', 'describe'],
  ['GET /_cat/shards', 'visible', 'read'],
  ['GET /_cat/shards/:index', 'index', 'read'],
  ['GET POST /:index/_search', 'index', 'read'],
  ['GET POST DELETE /_search/scroll', 'anyone', ''],
  ['GET POST DELETE /_search/scroll/:id', 'own', ''],
  ['POST /:index/_pit', 'index', 'read'],
  ['DELETE /_pit', 'anyone', ''],
  ['GET DELETE /_query/async/:id', 'own', ''],
  ['POST /_query/async/:id/stop', 'own', ''],
  ...[
    '_index_template',
    '_component_template',
    '_template',
    '_ilm/policy',
    '_enrich/policy',
    '_ingest/pipeline',
  ].flatMap(
    (kind) =>
      [
        [`GET /${kind}`, 'all', 'describe'],
        [`GET /${kind}/:name`, 'all', 'describe'],
        [`PUT POST DELETE /${kind}/:name`, 'all', 'write'],
      ] as const,
  ),
  ['PUT POST /_enrich/policy/:name/_execute', 'all', 'write'],
  // A view has no rights of its own: it is read with those of the key.
  ['GET /_query/view', 'all', 'describe'],
  ['GET /_query/view/:name', 'all', 'describe'],
  ['PUT DELETE /_query/view/:name', 'all', 'write'],
  ['GET /_data_stream', 'visible', 'describe'],
  ['GET /_data_stream/:index', 'index', 'describe'],
  ['PUT DELETE /_data_stream/:index', 'index', 'write'],
  ['GET /_mapping', 'visible', 'describe'],
  ['GET POST /_refresh', 'visible', 'describe'],
  ['GET POST /_flush', 'visible', 'describe'],
  ['GET POST /_forcemerge', 'visible', 'describe'],
  ['GET POST /_count', 'visible', 'read'],
  ['GET POST /_field_caps', 'visible', 'read'],
  ['GET /_stats', 'visible', 'read'],
  ['GET /_stats/:metric', 'visible', 'read'],
  ['GET /_cat/indices', 'visible', 'read'],
  ['GET /_cat/count', 'visible', 'read'],
  ['GET /_cat/indices/:index', 'index', 'read'],
  ['GET /_cat/count/:index', 'index', 'read'],
  ['GET /_data_stream/:index/_lifecycle', 'index', 'describe'],
  ['PUT DELETE /_data_stream/:index/_lifecycle', 'index', 'write'],
  ['GET /_health_report', 'all', 'describe'],
  ['GET /_health_report/:indicator', 'all', 'describe'],
  ['GET /metrics', 'all', 'describe'],
  ['GET /_harrier/unread', 'owner', ''],
  ['POST /_harrier/forget', 'owner', ''],
  ['POST /_harrier/backup', 'owner', ''],
  ['GET /:index', 'index', 'describe'],
  ['PUT DELETE /:index', 'index', 'write'],
  ['GET /:index/_mapping', 'index', 'describe'],
  ['GET /:index/_mappings', 'index', 'describe'],
  ['PUT POST /:index/_mapping', 'index', 'write'],
  ['GET /:index/_settings', 'index', 'describe'],
  ['GET POST /:index/_refresh', 'index', 'describe'],
  ['GET POST /:index/_flush', 'index', 'describe'],
  ['GET POST /:index/_forcemerge', 'index', 'describe'],
  ['GET POST /:index/_count', 'index', 'read'],
  ['GET POST /:index/_field_caps', 'index', 'read'],
  ['GET /:index/_stats', 'index', 'read'],
  ['GET /:index/_stats/:metric', 'index', 'read'],
  ['POST /:index/_delete_by_query', 'index', 'read and write'],
  ['GET /:index/_doc/:id', 'index', 'read'],
  ['GET /:index/_source/:id', 'index', 'read'],
  ['POST /:index/_doc', 'index', 'write'],
  ['PUT POST DELETE /:index/_doc/:id', 'index', 'write'],
  ['PUT POST /:index/_create/:id', 'index', 'write'],
  ['POST /:index/_update/:id', 'index', 'write'],
];

interface Route {
  readonly method: string;
  readonly url: string;
  readonly need: Need;
  readonly action: Action;
}

const routes: readonly Route[] = rights.flatMap(([text, need, action]) => {
  const parts = text.split(' ');
  const url = parts.pop()!;
  return parts.map((method) => ({ method, url, need, action }));
});

/** The routes that a server has, by its own account; every GET has its HEAD. */
function routesOf(server: TestServer): string[] {
  const open: string[] = [];
  const found: string[] = [];
  for (const line of server.app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, indent, name, methods] = /^([│ ]*)[├└]── (\S*) \(([A-Z, ]+)\)$/.exec(line) ?? [];
    if (methods === undefined) continue;
    const depth = indent!.length / 4;
    open.length = depth;
    // Routes whose parameters have different names stand in one line.
    open.push(name!.replace(/:\w+\|:(\w+)/, ':$1'));
    const url = open.join('').replace(/^\/\//, '/');
    for (const method of methods.split(', ')) if (method !== 'HEAD') found.push(`${method} ${url}`);
  }
  return found;
}

const open = 'a-open';
const hidden = 'a-secret';

/** Keys, and whether they are good for the index that is open; for the hidden one, only those for all are. */
const keys: readonly { name: string; scopes: readonly Scope[]; indices: readonly string[] }[] = [
  { name: 'reader of all', scopes: ['read'], indices: ['*'] },
  { name: 'writer of all', scopes: ['write'], indices: ['*'] },
  { name: 'reader with an exclusion', scopes: ['read'], indices: ['*', '-*secret*'] },
  { name: 'writer with an exclusion', scopes: ['write'], indices: ['a-*', '-a-secret'] },
  { name: 'both of all', scopes: ['read', 'write'], indices: ['*'] },
  { name: 'both of others', scopes: ['read', 'write'], indices: ['b-*'] },
];

function allowsAction(scopes: readonly Scope[], action: Action): boolean {
  if (action === 'read and write') return scopes.length === 2;
  return action === '' || action === 'describe' || scopes.includes(action);
}

/** A server with both indices, and what requests with each key send. */
async function filled(): Promise<{ server: TestServer; headers: Map<string, Record<string, string>> }> {
  const server = await startServer({ keyRequired: true });
  const headers = new Map<string, Record<string, string>>();
  const all = { name: 'all', scopes: ['read', 'write'], indices: ['*'] } as const;
  for (const { name, scopes, indices } of [all, ...keys]) {
    const { encoded } = await server.keys.create(name, scopes, indices);
    headers.set(name, { authorization: `ApiKey ${encoded}` });
  }
  for (const index of [open, hidden]) await server.send('PUT', `/${index}/_doc/1`, { v: index }, headers.get('all'));
  return { server, headers };
}

describe('what a key needs', () => {
  it('stands in the table for every route of the server', async () => {
    const { server } = await filled();
    expect(routesOf(server).sort()).toEqual(routes.map(({ method, url }) => `${method} ${url}`).sort());
  });

  it('is demanded by every route', async () => {
    const { server } = await filled();
    for (const { method, url } of routes) {
      const { status, text } = await server.send(method, url.replaceAll(/:\w+/g, open), {});
      expect.soft([method, url, status, text.includes('secret')]).toEqual([method, url, 401, false]);
    }
  });

  it.each(keys)('$name may do what the table says, and nothing else', async ({ name, scopes, indices }) => {
    const { server, headers } = await filled();
    const seesAll = indices.length === 1 && indices[0] === '*';
    // Whatever is removed is removed last.
    const inOrder = [...routes].sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'));
    for (const { method, url, need, action } of inOrder) {
      const hasScope = allowsAction(scopes, action);
      for (const index of [open, hidden]) {
        const path = url.replace(':index', index).replaceAll(/:\w+/g, 'x1');
        const body = need === 'items' ? `{"create":{"_index":"${index}"}}\n{"v":1}\n` : {};
        const { status, json, text } = await server.send(method, path, body, headers.get(name));
        const mayUse = hasScope && (index === open ? !indices.includes('b-*') : seesAll);
        const about = `${method} ${path}: ${status} ${text.slice(0, 200)}`;
        if (need === 'items') {
          const [item] = json.items as { create: { status: number } }[];
          expect.soft(item!.create.status === 403, about).toBe(!mayUse);
          continue;
        }
        if (need === 'owner') {
          expect.soft(status, about).toBe(403);
          continue;
        }
        const isRefused = need === 'index' ? !mayUse : need === 'all' ? !(hasScope && seesAll) : !hasScope;
        expect.soft(status === 403, about).toBe(isRefused);
        expect.soft(status, about).not.toBe(401);
        if (need === 'own') expect.soft(status, about).toBe(404);
        if (need === 'visible' && !seesAll) expect.soft(text, about).not.toContain(hidden);
      }
    }
  });
});
