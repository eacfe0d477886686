import { describe, expect, it } from 'vitest';
import { bulk, openStore, serverOver, startServer, type TestServer } from './support.ts';

const day = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * day).toISOString();

/** Writes an event for each of some ages in days. */
async function write(server: TestServer, index: string, days: readonly number[]): Promise<void> {
  const lines = days.flatMap((n) => [{ create: {} }, { '@timestamp': ago(n), days: n }]);
  const { json } = await server.send('POST', `/${index}/_bulk`, bulk(...lines));
  expect(json.errors).toBe(false);
}

async function days(server: TestServer, index: string): Promise<number[]> {
  const { json } = await server.send('POST', '/_query', { query: `FROM ${index} | SORT days | KEEP days` });
  return json.values.flat();
}

const count = async (server: TestServer, index: string): Promise<number> =>
  (await server.send('GET', `/${index}/_count`)).json.count;

describe('retention', () => {
  it.each([
    ['in the template', { template: { lifecycle: { data_retention: '7d' } } }],
    ['in its data stream', { data_stream: { lifecycle: { data_retention: '7d' } } }],
    ['in a component', { composed_of: ['week'] }],
    ['in hours', { template: { lifecycle: { data_retention: '168h', enabled: true } } }],
  ])('deletes what is older: %s', async (_, template) => {
    const server = await startServer();
    await server.send('PUT', '/_component_template/week', { template: { lifecycle: { data_retention: '7d' } } });
    const body = { index_patterns: ['fleet-*'], data_stream: {}, ...template };
    expect((await server.send('PUT', '/_index_template/fleet', body)).status).toBe(200);
    await write(server, 'fleet-1', [0, 1, 6, 8, 400, -3]);
    await write(server, 'other', [0, 400]);
    const { deleted, failed } = await server.retention.run();
    expect([[...deleted], [...failed]]).toEqual([[['fleet-1', 2]], []]);
    expect(await days(server, 'fleet-1')).toEqual([-3, 0, 1, 6]);
    expect([await count(server, 'fleet-1'), await count(server, 'other')]).toEqual([4, 2]);
    // Late events are taken, and go with the next run; a run with nothing to do does nothing.
    await write(server, 'fleet-1', [30]);
    expect(await days(server, 'fleet-1')).toEqual([-3, 0, 1, 6, 30]);
    await server.retention.run();
    expect((await server.retention.run()).deleted.size).toBe(0);
    expect(await days(server, 'fleet-1')).toEqual([-3, 0, 1, 6]);
  });

  it.each([
    ['a data stream', 'logs-a-b', {}],
    ['a plain index', 'plain', {}],
    ['dates in nanoseconds', 'nanos', { '@timestamp': { type: 'date_nanos' } }],
    ['dates in seconds', 'seconds', { '@timestamp': { type: 'date', format: 'strict_date_time' } }],
  ])('is set, shown, applied and taken away: %s', async (_, name, properties) => {
    const server = await startServer();
    if (Object.keys(properties).length > 0) await server.send('PUT', `/${name}`, { mappings: { properties } });
    await write(server, name, [0, 10, 20]);
    const url = `/_data_stream/${name}/_lifecycle`;
    expect((await server.send('PUT', url, { data_retention: '15d' })).json).toEqual({ acknowledged: true });
    const shown = (await server.send('GET', url)).json.data_streams;
    expect(shown).toMatchObject([{ name, lifecycle: { enabled: true, data_retention: '15d' } }]);
    await server.retention.run();
    expect(await days(server, name)).toEqual([0, 10]);
    await server.send('PUT', url, { data_retention: '5d', enabled: false });
    await server.retention.run();
    expect(await days(server, name)).toEqual([0, 10]);
    expect((await server.send('DELETE', url)).status).toBe(200);
    expect((await server.send('GET', url)).json.data_streams).toEqual([{ name }]);
  });

  it('keeps events without a time, and indices without times', async () => {
    const server = await startServer();
    await server.send(
      'POST',
      '/plain/_bulk',
      bulk({ create: {} }, { n: 1 }, { create: {} }, { n: 2, '@timestamp': 5 }),
    );
    await server.send('PUT', '/untimed', { mappings: { properties: { '@timestamp': { type: 'keyword' } } } });
    await server.send('POST', '/untimed/_bulk', bulk({ create: {} }, { '@timestamp': ago(400) }));
    await server.send('PUT', '/_data_stream/plain,untimed/_lifecycle', { data_retention: '1d' });
    expect((await server.retention.run()).failed.size).toBe(0);
    expect([await count(server, 'plain'), await count(server, 'untimed')]).toEqual([2, 1]);
  });

  it.each([
    [{ data_retention: '7' }],
    [{ data_retention: 'soon' }],
    [{ data_retention: 7 }],
    [{ data_retention: '0d' }],
    [{ data_retention: '999999999999d' }],
    [{ enabled: 'perhaps' }],
    [{ retention: '7d' }],
  ])('refuses %j', async (lifecycle) => {
    const server = await startServer();
    await write(server, 'logs-a-b', [0, 400]);
    expect((await server.send('PUT', '/_data_stream/logs-a-b/_lifecycle', lifecycle)).status).toBe(400);
    const template = { index_patterns: ['x'], template: { lifecycle } };
    expect((await server.send('PUT', '/_index_template/x', template)).status).toBe(400);
    expect(await count(server, 'logs-a-b')).toBe(2);
  });

  it('needs a key that may write', async () => {
    const server = await startServer({ keyRequired: true });
    const authorization = async (scopes: ('read' | 'write')[], indices: string[]): Promise<Record<string, string>> => ({
      authorization: `ApiKey ${(await server.keys.create('k', scopes, indices)).encoded}`,
    });
    const [reader, other, writer] = [
      await authorization(['read'], ['*']),
      await authorization(['write'], ['b']),
      await authorization(['write'], ['a']),
    ];
    await server.send('PUT', '/a', {}, writer);
    for (const [headers, status] of [
      [reader, 403],
      [other, 403],
      [writer, 200],
    ] as const)
      expect((await server.send('PUT', '/_data_stream/a/_lifecycle', { data_retention: '1d' }, headers)).status).toBe(
        status,
      );
    // What deletes by a query reads as well.
    const body = { query: { match_all: {} } };
    expect((await server.send('POST', '/a/_delete_by_query', body, writer)).status).toBe(403);
    expect((await server.send('POST', '/a/_delete_by_query', body, reader)).status).toBe(403);
  });
});

describe('_delete_by_query', () => {
  it.each([
    [{ match_all: {} }, []],
    [{ range: { days: { gte: 3 } } }, [0, 1, 2]],
    [{ term: { days: 2 } }, [0, 1, 3, 4]],
    [{ bool: { must_not: [{ terms: { days: [1, 4] } }] } }, [1, 4]],
    [{ term: { absent: 2 } }, [0, 1, 2, 3, 4]],
    [{ range: { '@timestamp': { lt: 'now-36h' } } }, [0, 1]],
  ])('deletes what %j finds', async (query, left) => {
    const server = await startServer();
    for (const index of ['logs-a-b', 'plain']) {
      await write(server, index, [0, 1, 2, 3, 4]);
      const { json } = await server.send('POST', `/${index}/_delete_by_query?refresh=true`, { query });
      expect(json).toMatchObject({ deleted: 5 - left.length, total: 5 - left.length, failures: [] });
      expect(await days(server, index)).toEqual(left);
    }
  });

  it('deletes in several indices, and no more than it is to', async () => {
    const server = await startServer();
    await write(server, 'a-1', [1, 2, 3]);
    await write(server, 'a-2', [4, 5, 6]);
    const { json } = await server.send('POST', '/a-*/_delete_by_query?max_docs=4', { query: { match_all: {} } });
    expect(json.deleted).toBe(4);
    expect((await days(server, 'a-*')).length).toBe(2);
  });

  it.each([
    ['/a/_delete_by_query', {}, 400],
    ['/a/_delete_by_query', { query: { match_all: {} }, script: {} }, 400],
    ['/a/_delete_by_query?wait_for_completion=false', { query: { match_all: {} } }, 400],
    ['/a/_delete_by_query?max_docs=0', { query: { match_all: {} } }, 400],
    ['/missing/_delete_by_query', { query: { match_all: {} } }, 404],
  ])('refuses %s %j', async (url, body, status) => {
    const server = await startServer();
    await write(server, 'a', [1]);
    expect((await server.send('POST', url, body)).status).toBe(status);
    expect(await count(server, 'a')).toBe(1);
  });
});

it('never gives the number of a deleted document to another, also after a restart', async () => {
  const store = await openStore();
  let server = await serverOver(store);
  const put = async (id: string): Promise<number> =>
    (await server.send('PUT', `/plain/_doc/${id}`, { '@timestamp': ago(100) })).json._seq_no;
  const numbers = [await put('a'), await put('b')];
  for (const remove of [
    async () => void (await server.send('DELETE', '/plain/_doc/b')),
    async () => void (await server.send('POST', '/plain/_delete_by_query', { query: { match_all: {} } })),
    async () => {
      await server.send('PUT', '/_data_stream/plain/_lifecycle', { data_retention: '1d' });
      await server.retention.run();
    },
  ]) {
    await remove();
    await server.app.close();
    await server.store.close();
    server = await serverOver(await openStore(store.folder));
    numbers.push(await put(`c${numbers.length}`));
  }
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});
