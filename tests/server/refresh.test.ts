import { expect, it, vi } from 'vitest';
import { bulk, startServer } from './support.ts';

const documents = (count: number): string =>
  bulk(...Array.from({ length: count }, (_, n) => [{ create: {} }, { n }]).flat());

it.each([
  ['/', false],
  ['/metrics', false],
  ['/_cat/health', false],
  ['/_cat/nodes?v', false],
  ['/_cluster/health', false],
  ['/_cat/indices', true],
  ['/_cat/count', true],
  ['/a/_count', true],
])('GET %s has acknowledged documents written first: %s', async (url, refreshes) => {
  const server = await startServer();
  await server.send('POST', '/a/_bulk', documents(2));
  await server.send('POST', '/a/_bulk', documents(2));
  const refresh = vi.spyOn(server.store, 'refresh');
  expect((await server.send('GET', url)).status).toBe(200);
  expect(refresh.mock.calls.length > 0).toBe(refreshes);
});

it('a later page of a scroll has nothing written first', async () => {
  const server = await startServer();
  await server.send('POST', '/a/_bulk', documents(4));
  const { json } = await server.send('POST', '/a/_search?scroll=1m', { size: 2 });
  await server.send('POST', '/a/_bulk', documents(2));
  const refresh = vi.spyOn(server.store, 'refresh');
  const page = { scroll_id: json._scroll_id, scroll: '1m' };
  expect((await server.send('POST', '/_search/scroll', page)).json.hits.hits).toHaveLength(2);
  expect((await server.send('DELETE', '/_search/scroll', { scroll_id: json._scroll_id })).json.num_freed).toBe(1);
  expect(refresh).not.toHaveBeenCalled();
});

it.each([
  ['/a/_search', {}],
  ['/_msearch', '{}\n{}\n'],
  ['/a/_count', { query: { match_all: {} } }],
  ['/_query', { query: 'FROM a' }],
])('%s warns of acknowledged documents that it cannot show', async (url, body) => {
  const server = await startServer();
  await server.send('POST', '/a/_bulk', documents(2));
  expect((await server.send('POST', url, body)).headers.warning).not.toEqual(expect.stringContaining('not seen'));
  vi.spyOn(server.store, 'unseen', 'get').mockReturnValue(
    '3 acknowledged documents are not seen yet: the disk is full',
  );
  const { status, headers } = await server.send('POST', url, body);
  expect([status, String(headers.warning)]).toEqual([200, expect.stringContaining('3 acknowledged documents')]);
});
