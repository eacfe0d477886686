import { describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support.ts';

async function filled(): Promise<TestServer> {
  const server = await startServer();
  for (const [index, n] of [
    ['one', 1],
    ['one', 2],
    ['two', 3],
  ])
    await server.send('PUT', `/${index}/_doc/d${n}`, { n, deep: { a: n, b: 1 } });
  return server;
}

const lines = (...parts: object[]): string => parts.map((part) => `${JSON.stringify(part)}\n`).join('');

describe('several searches', () => {
  it('have an answer each, or an error', async () => {
    const server = await filled();
    const body = lines(
      { index: 'one' },
      { size: 1, sort: [{ n: 'desc' }] },
      { index: ['one', 'two'], ignore_unavailable: true },
      { size: 0 },
      {},
      { size: 0, aggs: { n: { max: { field: 'n' } } } },
      { index: 'nope' },
      {},
      { index: 'one' },
      { nope: 1 },
    );
    const { status, json } = await server.send('POST', '/_msearch', body);
    expect(status).toBe(200);
    expect(json.responses).toMatchObject([
      { status: 200, hits: { total: { value: 2 }, hits: [{ _id: 'd2' }] } },
      { status: 200, hits: { total: { value: 3 } } },
      { status: 200, aggregations: { n: { value: 3 } } },
      { status: 404, error: { type: 'index_not_found_exception' } },
      { status: 400, error: { type: 'parsing_exception' } },
    ]);
    const inPath = await server.send('GET', '/two/_msearch?rest_total_hits_as_int=true', lines({}, {}));
    expect(inPath.json.responses[0].hits.total).toBe(1);
  });

  it('are refused as a whole where their lines are', async () => {
    const server = await filled();
    const error = async (body: string): Promise<unknown> =>
      (await server.send('POST', '/_msearch', body)).json.error.reason;
    expect(await error('{}\n{}')).toMatch(/terminated by a newline/);
    expect(await error(lines({ indx: 'one' }, {}))).toMatch(/\[indx\]/);
    expect(await error('\n')).toMatch(/no requests added/);
  });
});

describe('several documents', () => {
  it('are found by their ids, or not', async () => {
    const server = await filled();
    const { json } = await server.send('POST', '/_mget', {
      docs: [
        { _index: 'one', _id: 'd1' },
        { _index: 'two', _id: 'd1' },
        { _index: 'nope', _id: 'd1' },
        { _index: 'two', _id: 'd3', _source: ['deep.a'] },
        { _index: 'one', _id: 'd2', _source: false },
      ],
    });
    expect(json.docs).toMatchObject([
      { _index: 'one', _id: 'd1', found: true, _source: { n: 1 } },
      { _index: 'two', _id: 'd1', found: false },
      { _index: 'nope', _id: 'd1', error: { type: 'index_not_found_exception' } },
      { found: true, _source: { deep: { a: 3 } } },
      { _id: 'd2', found: true },
    ]);
    expect(json.docs[3]._source).toEqual({ deep: { a: 3 } });
    expect(json.docs[4]).not.toHaveProperty('_source');
    const byIds = await server.send('GET', '/one/_mget?_source_excludes=deep', { ids: ['d2', 'd9', 'd2'] });
    expect(byIds.json.docs).toMatchObject([
      { _id: 'd2', _source: { n: 2 } },
      { _id: 'd9', found: false },
      { _id: 'd2', found: true },
    ]);
  });

  it('are those that the key may read', async () => {
    const server = await startServer({ keyRequired: true });
    const header = async (indices: string[]): Promise<Record<string, string>> => ({
      authorization: `ApiKey ${(await server.keys.create(indices.join(), ['read', 'write'], indices)).encoded}`,
    });
    const [all, some] = [await header(['*']), await header(['open'])];
    for (const index of ['open', 'shut']) await server.send('PUT', `/${index}/_doc/1`, { n: 1 }, all);
    const docs = ['open', 'shut'].map((_index) => ({ _index, _id: '1' }));
    const { json } = await server.send('POST', '/_mget', { docs }, some);
    expect(json.docs).toMatchObject([{ found: true }, { error: { type: 'security_exception' } }]);
    const searches = lines({ index: 'open' }, {}, { index: 'shut' }, {}, { index: 's*' }, {});
    const { responses } = (await server.send('POST', '/_msearch', searches, some)).json;
    expect(responses).toMatchObject([{ status: 200 }, { status: 403 }, { hits: { total: { value: 0 } } }]);
  });

  it('show the parts that are wanted', async () => {
    const server = await filled();
    expect((await server.send('GET', '/one/_doc/d1?_source_includes=deep.b')).json._source).toEqual({ deep: { b: 1 } });
    expect((await server.send('GET', '/one/_source/d1?_source_excludes=deep')).json).toEqual({ n: 1 });
  });
});
