import { join } from 'node:path';
import { expect, it } from 'vitest';
import { backupOpen } from '../../../src/store/backup.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { startServer } from '../support.ts';

/* Searches beside what is written, and beside the upkeep of the file. */

const documents = (count: number): string => `{"create":{}}\n{"n":1}\n`.repeat(count);
const matchAll = { query: { match_all: {} } };

it.each([
  ['_search', '/a/_search', matchAll],
  ['_search of all', '/_search', matchAll],
  ['_count', '/a/_count', matchAll],
  ['_msearch', '/a/_msearch', `{}\n${JSON.stringify(matchAll)}\n`],
  ['a scroll', '/a/_search?scroll=1m', matchAll],
])('%s finds what was acknowledged before', async (_, url, body) => {
  const server = await startServer();
  await server.send('POST', '/a/_bulk', documents(3));
  await server.send('POST', '/a/_bulk', documents(4));
  const { json } = await server.send('POST', url, body);
  const answer = json.responses?.[0] ?? json;
  expect(answer.count ?? answer.hits.total.value).toBe(7);
});

it('a point in time has what was acknowledged before it, and nothing else', async () => {
  const server = await startServer();
  await server.send('POST', '/a/_bulk', documents(3));
  const { json } = await server.send('POST', '/a/_pit?keep_alive=1m');
  await server.send('POST', '/a/_bulk', documents(4));
  const counted = async (body: object, url: string): Promise<number> =>
    (await server.send('POST', url, body)).json.hits.total.value;
  expect(await counted({ pit: json }, '/_search')).toBe(3);
  expect(await counted({}, '/a/_search')).toBe(7);
  expect(await counted({ pit: json }, '/_search')).toBe(3);
});

// The engine makes no checkpoint of tables that came, went or changed while others still read those that were there.
it.each([
  ['documents', true, 'POST', '/a/_bulk?refresh', documents(4)],
  ['a document that is written again', true, 'PUT', '/a/_doc/1?refresh', { n: 2 }],
  ['a deletion', true, 'DELETE', '/a/_doc/1?refresh', undefined],
  ['a new field', false, 'POST', '/a/_bulk?refresh', '{"create":{}}\n{"m":1}\n'],
  ['a new index', false, 'POST', '/c/_bulk?refresh', documents(2)],
  ['a removed index', false, 'DELETE', '/b', undefined],
] as const)('after %s, a backup beside a point in time is made: %s', async (_, isMade, method, url, body) => {
  const server = await startServer();
  for (const index of ['a', 'b']) await server.send('PUT', `/${index}/_doc/1`, { n: 1 });
  const { json } = await server.send('POST', '/a/_pit?keep_alive=1m');
  expect((await server.send(method, url, body)).status).toBeLessThan(300);
  await server.store.checkpoint();
  const expected = server.store.committed.reduce((sum, index) => sum + index.documents, 0);
  const backup = async (): Promise<number> => (await backupOpen(server.store, join(temporaryFolder(), 'to'))).documents;
  if (isMade) expect(await backup()).toBe(expected);
  else await expect(backup()).rejects.toMatchObject({ status: 429, reason: expect.stringContaining('points in time') });
  expect((await server.send('DELETE', '/_pit', { id: json.id })).json.num_freed).toBe(1);
  expect(await backup()).toBe(expected);
});
