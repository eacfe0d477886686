import { describe, expect, it } from 'vitest';
import { apiOf } from '../../src/server/url-parameters.ts';
import { startServer, type TestServer } from './support.ts';

async function filled(): Promise<TestServer> {
  const server = await startServer();
  await server.send('PUT', '/plain/_doc/1', { n: 1 });
  await server.send('PUT', '/_index_template/s', { index_patterns: ['stream-*'], data_stream: {} });
  await server.send('POST', '/stream-1/_doc', { '@timestamp': '2026-03-10T00:00:00Z' });
  return server;
}

const cases: readonly (readonly [url: string, status: number, answer: unknown])[] = [
  ['/_alias', 200, { plain: { aliases: {} }, 'stream-1': { aliases: {} } }],
  ['/plain/_alias', 200, { plain: { aliases: {} } }],
  ['/_alias/nope', 404, { error: 'alias [nope] missing', status: 404 }],
  [
    '/_resolve/index/*',
    200,
    {
      indices: [{ name: 'plain', attributes: ['open'] }],
      aliases: [],
      data_streams: [{ name: 'stream-1', timestamp_field: '@timestamp' }],
    },
  ],
  ['/_resolve/index/nope', 404, { error: { type: 'index_not_found_exception' } }],
  ['/_resolve/index/nope*', 200, { indices: [], data_streams: [] }],
  ['/_cluster/settings?include_defaults=true', 200, { persistent: {}, transient: {} }],
  ['/_nodes', 200, { cluster_name: 'harrier', _nodes: { total: 1 } }],
  ['/_nodes/stats/jvm,fs', 200, { _nodes: { total: 1 } }],
  ['/_cat/nodes?format=json', 200, [{ name: 'harrier', master: '*' }]],
  ['/_cat/shards/plain?format=json&h=index,state,docs', 200, [{ index: 'plain', state: 'STARTED', docs: '1' }]],
  ['/_cat/health?format=json', 200, [{ cluster: 'harrier' }]],
  ['/_cat/aliases?format=json', 200, []],
];

describe('small APIs', () => {
  it('answer what clients ask besides', async () => {
    const server = await filled();
    for (const [url, status, answer] of cases) {
      const response = await server.send('GET', url);
      expect(response.status, `${url}: ${response.text}`).toBe(status);
      expect(response.json, url).toMatchObject(answer as object);
    }
  });

  it('say how the node is', async () => {
    const server = await filled();
    const { nodes } = (await server.send('GET', '/_nodes/_local/stats')).json;
    const [node] = Object.values(nodes) as {
      indices: { docs: { count: number } };
      fs: { total: { total_in_bytes: number } };
    }[];
    expect(node!.indices.docs.count).toBe(2);
    expect(node!.fs.total.total_in_bytes).toBeGreaterThan(0);
  });
});

/** What is unknown is refused by name. */
const refusals: readonly (readonly [method: string, url: string, reason: string])[] = [
  ['GET', '/plain/_search?siez=1', 'request [/plain/_search] contains unrecognized parameter: [siez]'],
  ['POST', '/_bulk?refresh&nope=1&nor=2', 'request [/_bulk] contains unrecognized parameters: [nope], [nor]'],
  ['GET', '/?nope', 'request [/] contains unrecognized parameter: [nope]'],
  ['PUT', '/made?nope=1', 'request [/made] contains unrecognized parameter: [nope]'],
  ['GET', '/_cat/indices?nope', 'request [/_cat/indices] contains unrecognized parameter: [nope]'],
  ['GET', '/plain/_search?__proto__=1', 'request [/plain/_search] contains unrecognized parameter: [__proto__]'],
  ['POST', '/plain/_doc/_search', 'no handler found for uri [/plain/_doc/_search] and method [POST]'],
  ['PUT', '/plain/_doc/_mapping', 'no handler found for uri [/plain/_doc/_mapping] and method [PUT]'],
  ['GET', '/plain/_doc/_count', 'no handler found for uri [/plain/_doc/_count] and method [GET]'],
  [
    'POST',
    '/plain/_create/_update_by_query',
    'no handler found for uri [/plain/_create/_update_by_query] and method [POST]',
  ],
  ['GET', '/plain/_nope', 'no handler found for uri [/plain/_nope] and method [GET]'],
  ['GET', '/_nope', 'no handler found for uri [/_nope] and method [GET]'],
  ['POST', '/_aliases', 'No action specified'],
];

describe('what is unknown', () => {
  it('is refused by name', async () => {
    const server = await filled();
    for (const [method, url, reason] of refusals) {
      const { status, json } = await server.send(method, url, method === 'GET' ? undefined : {});
      expect([url, status, json.error.reason]).toEqual([url, 400, reason]);
    }
    // Nothing of it has been done.
    expect((await server.send('GET', '/_cat/count?format=json')).json[0].count).toBe('2');
    expect((await server.send('HEAD', '/made')).status).toBe(404);
  });

  it('is known by the path without its names', () => {
    expect(apiOf('/')).toBe('/');
    expect(apiOf('/:index')).toBe('/:index');
    expect(apiOf('/:index/_doc/:id')).toBe('/_doc');
    expect(apiOf('/_query/async/:id/stop')).toBe('/_query/async/stop');
    expect(apiOf('/_nodes/:node/stats/:metric')).toBe('/_nodes/stats');
  });
});
