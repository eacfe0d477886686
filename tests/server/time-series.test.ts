import { describe, expect, it } from 'vitest';
import { bulk, startServer, type TestServer } from './support.ts';

const dimension = { time_series_dimension: true };
const mappings = {
  properties: {
    '@timestamp': { type: 'date' },
    host: { type: 'keyword', ...dimension },
    ip: { type: 'ip', ...dimension },
    port: { type: 'long', ...dimension },
    load: { type: 'double', time_series_metric: 'gauge' },
  },
};
const settings = { index: { mode: 'time_series', routing_path: ['host'] } };

async function seriesServer(): Promise<TestServer> {
  const server = await startServer();
  expect((await server.send('PUT', '/pods', { settings, mappings })).status).toBe(200);
  return server;
}

const time = '2026-03-01T00:00:00Z';
const statuses = (items: Record<string, { status: number }>[]): number[] =>
  items.map((item) => Object.values(item)[0]!.status);
const rows = async (server: TestServer): Promise<unknown> =>
  (await server.send('POST', '/_query', { query: 'FROM pods | SORT load | KEEP load' })).json.values;

describe('an index of time series', () => {
  it('refuses to create a second document of the same dimensions and time', async () => {
    const server = await seriesServer();
    const first = bulk({ create: {} }, { '@timestamp': time, host: 'a', load: 1 });
    expect(statuses((await server.send('POST', '/pods/_bulk?refresh=true', first)).json.items)).toEqual([201]);
    const { json } = await server.send(
      'POST',
      '/pods/_bulk?refresh=true',
      bulk(
        { create: {} },
        { '@timestamp': time, host: 'a', load: 2 },
        { create: {} },
        { '@timestamp': time, host: 'b', load: 3 },
        { create: {} },
        { '@timestamp': time, host: 'b', load: 4 },
        { create: {} },
        { '@timestamp': '2026-03-01T00:00:01Z', host: 'b', load: 5 },
      ),
    );
    expect(statuses(json.items)).toEqual([409, 201, 409, 201]);
    expect(json.items[0].create.error).toMatchObject({
      type: 'version_conflict_engine_exception',
      reason: expect.stringContaining('version conflict, document already exists (current version [1])'),
    });
    expect(await rows(server)).toEqual([[1], [3], [5]]);
  });

  it('replaces it where it is indexed, and gives the same document the same id', async () => {
    const server = await seriesServer();
    const ids = new Set<string>();
    for (const [load, result] of [
      [1, 'created'],
      [2, 'updated'],
      [3, 'updated'],
    ] as const) {
      const document = { '@timestamp': time, host: 'a', load };
      const { json } = await server.send('POST', '/pods/_bulk?refresh=true', bulk({ index: {} }, document));
      expect(json.items[0].index).toMatchObject({ result, _version: load });
      ids.add(json.items[0].index._id);
    }
    expect(ids.size).toBe(1);
    expect(await rows(server)).toEqual([[3]]);
    const [id] = ids;
    expect((await server.send('GET', `/pods/_doc/${id}`)).json._source.load).toBe(3);
    expect((await server.send('PUT', `/pods/_doc/${id}`, { '@timestamp': time, host: 'a', load: 4 })).status).toBe(200);
    expect((await server.send('DELETE', `/pods/_doc/${id}`)).json.result).toBe('deleted');
    expect((await server.send('POST', '/pods/_doc', { '@timestamp': time, host: 'a', load: 5 })).status).toBe(201);
    expect((await server.send('POST', '/pods/_doc', { '@timestamp': time, host: 'a', load: 6 })).status).toBe(409);
    const indexed = await server.send('POST', '/pods/_doc?op_type=index', { '@timestamp': time, host: 'a', load: 7 });
    expect(indexed.json).toMatchObject({ result: 'updated', _version: 2, _id: id });
  });

  it.each<readonly [what: string, one: object, other: object, isSame: boolean]>([
    ['a time in another form', {}, { '@timestamp': '2026-03-01T01:00:00+01:00' }, true],
    ['a time as a number', {}, { '@timestamp': Date.parse(time) }, true],
    ['a millisecond later', {}, { '@timestamp': '2026-03-01T00:00:00.001Z' }, false],
    ['an address in another form', { ip: '2001:db8::1' }, { ip: '2001:0DB8:0:0::1' }, true],
    ['a number as text', { port: 443 }, { port: '443' }, true],
    ['neighbours of 64 bits', { port: '9007199254740993' }, { port: '9007199254740992' }, false],
    ['a dimension that the other lacks', { port: 1 }, {}, false],
    ['a dimension that is null', {}, { port: null }, true],
    ['several values', { host: ['a', 'b'] }, { host: ['a, b'] }, false],
    ['values that run into one another', { host: 'a1:1', port: 1 }, { host: 'a', port: 11 }, false],
    ['a metric', { load: 1 }, { load: 2 }, true],
    ['another field', { note: 'x' }, { note: 'y' }, true],
  ])('compares documents by dimensions and time alone: %s', async (_, one, other, isSame) => {
    const server = await seriesServer();
    const documents = [one, other].map((more) => ({ '@timestamp': time, host: 'a', ...more }));
    const body = bulk({ create: {} }, documents[0]!, { create: {} }, documents[1]!);
    expect(statuses((await server.send('POST', '/pods/_bulk', body)).json.items)).toEqual([201, isSame ? 409 : 201]);
  });

  it('refuses ids of its own, updates and documents without a time, and nothing else beside them', async () => {
    const server = await seriesServer();
    const { json } = await server.send(
      'POST',
      '/pods/_bulk',
      bulk(
        { create: { _id: 'mine' } },
        { '@timestamp': time, host: 'a' },
        { update: { _id: 'x' } },
        { doc: { load: 1 } },
        { create: {} },
        { host: 'a' },
        { create: {} },
        { '@timestamp': time, host: 'a', load: 'no number' },
        { create: {} },
        { '@timestamp': time, host: 'a', load: 1 },
        { delete: { _id: 'gone' } },
      ),
    );
    expect(statuses(json.items)).toEqual([400, 400, 400, 400, 201, 404]);
    expect(json.items[0].create.error.reason).toContain('_id must be unset or set to');
    expect(json.items[1].update.error.reason).toContain('update is not supported');
    expect(json.items[2].create.error.reason).toContain('@timestamp');
  });

  it('keeps documents without any dimension, of which nothing says that they are one', async () => {
    const server = await seriesServer();
    const body = bulk({ create: {} }, { '@timestamp': time, load: 1 }, { create: {} }, { '@timestamp': time, load: 2 });
    expect(statuses((await server.send('POST', '/pods/_bulk?refresh=true', body)).json.items)).toEqual([201, 201]);
    expect(await rows(server)).toEqual([[1], [2]]);
  });
});

it('an index with the same mapping and no mode keeps all documents', async () => {
  const server = await startServer();
  await server.send('PUT', '/pods', { mappings });
  const document = { '@timestamp': time, host: 'a', load: 1 };
  const body = bulk({ create: {} }, document, { create: {} }, document);
  expect(statuses((await server.send('POST', '/pods/_bulk?refresh=true', body)).json.items)).toEqual([201, 201]);
});
