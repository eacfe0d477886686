import { describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support.ts';

const mappings = {
  properties: {
    '@timestamp': { type: 'date' },
    n: { type: 'long' },
    name: { type: 'keyword' },
    flag: { type: 'boolean' },
    address: { type: 'ip' },
    note: { type: 'text' },
  },
};
const events = [
  '{"@timestamp":"2026-03-10T12:00:00.000Z","n":1,"name":"a","flag":true,"address":"10.0.0.9","note":"one two","host":{"name":"x","id":7}}',
  '{"@timestamp":"2026-03-10T12:00:01.500Z","n":2,"name":["b","c"],"flag":false,"address":"10.0.0.10","host":{"name":"y","id":8}}',
  '{"n":9007199254740993,"name":"d","host":{"name":"x","id":9}}',
];

async function filled(): Promise<TestServer> {
  const server = await startServer();
  await server.send('PUT', '/events', { mappings });
  const lines = events.flatMap((event, i) => [JSON.stringify({ index: { _index: 'events', _id: `e${i}` } }), event]);
  await server.send('POST', '/_bulk', `${lines.join('\n')}\n`);
  return server;
}

/** What of the hits a case looks at. */
const cases: readonly { readonly name: string; readonly body: object; readonly hits: readonly unknown[] }[] = [
  { name: 'all, in the order of the documents', body: { _source: false }, hits: ids('e0', 'e1', 'e2') },
  { name: 'nothing of them', body: { size: 0 }, hits: [] },
  {
    name: 'dates as milliseconds, the missing last',
    body: { sort: [{ '@timestamp': 'desc' }] },
    hits: sorts([1773144001500], [1773144000000], ['-9223372036854775808']),
  },
  {
    name: 'the missing first',
    body: { sort: { '@timestamp': { order: 'asc', missing: '_first', format: 'yyyy-MM-dd HH:mm' } } },
    hits: sorts(['-9223372036854775808'], ['2026-03-10 12:00'], ['2026-03-10 12:00']),
  },
  {
    name: 'a value for the missing',
    body: { sort: [{ flag: { missing: 'true' } }] },
    hits: sorts([false], [true], [true]),
  },
  { name: 'the least of several values', body: { sort: 'name' }, hits: sorts(['a'], ['b'], ['d']) },
  {
    name: 'the largest of them',
    body: { sort: { name: { order: 'asc', mode: 'max' } } },
    hits: sorts(['a'], ['c'], ['d']),
  },
  {
    name: 'addresses as numbers',
    body: { sort: { address: 'desc' } },
    hits: sorts(['10.0.0.10'], ['10.0.0.9'], [null]),
  },
  {
    name: 'a field that no index maps',
    body: { sort: [{ nope: { unmapped_type: 'long' } }, '_doc'] },
    hits: sorts([null, 0], [null, 1], [null, 2]),
  },
  {
    name: 'every digit of a long',
    body: { sort: { n: 'desc' }, size: 1, fields: ['n'] },
    hits: [{ _id: 'e2', fields: { n: ['9007199254740993'] } }],
  },
  {
    name: 'hits behind some values',
    body: { sort: [{ n: 'asc' }], search_after: [1], size: 1 },
    hits: sorts([2]),
  },
  {
    name: 'parts of the documents',
    body: { size: 1, _source: ['host.*', 'n'] },
    hits: [{ _source: { n: 1, host: { name: 'x', id: 7 } } }],
  },
  {
    name: 'the documents without parts',
    body: { size: 1, _source: { includes: ['host', 'flag'], excludes: '*.id' } },
    hits: [{ _source: { flag: true, host: { name: 'x' } } }],
  },
  {
    name: 'fields, dates in a format',
    body: {
      size: 2,
      _source: false,
      fields: ['name', 'host.*', { field: '@timestamp', format: 'epoch_millis' }, 'nope'],
    },
    hits: [
      { _id: 'e0', fields: { name: ['a'], 'host.name': ['x'], 'host.id': [7], '@timestamp': ['1773144000000'] } },
      { _id: 'e1', fields: { name: ['b', 'c'], 'host.name': ['y'], 'host.id': [8], '@timestamp': ['1773144001500'] } },
    ],
  },
  {
    name: 'doc values, no stored fields',
    body: { size: 1, stored_fields: '_none_', docvalue_fields: [{ field: '@timestamp', format: 'strict_date_time' }] },
    hits: [{ _id: 'e0', fields: { '@timestamp': ['2026-03-10T12:00:00.000Z'] } }],
  },
  {
    name: 'versions and numbers',
    body: { size: 1, version: true, seq_no_primary_term: true, _source: false },
    hits: [{ _id: 'e0', _version: 1, _seq_no: 0, _primary_term: 1 }],
  },
  { name: 'a query', body: { query: { term: { name: 'c' } }, _source: false }, hits: ids('e1') },
  {
    name: 'a query, and a filter of hits',
    body: { query: { exists: { field: 'flag' } }, post_filter: { term: { flag: false } }, _source: false },
    hits: ids('e1'),
  },
  {
    name: 'the whole value of a field without mapping',
    body: { query: { term: { 'host.name.keyword': 'y' } }, _source: false, sort: 'host.name.keyword' },
    hits: sorts(['y']),
  },
  {
    name: 'words alike',
    body: { query: { fuzzy: { name: { value: 'aa', fuzziness: 1 } } }, _source: false },
    hits: ids('e0'),
  },
  {
    name: 'words and the beginning of one',
    body: { query: { match_bool_prefix: { note: 'two on' } }, _source: false },
    hits: ids('e0'),
  },
];

function ids(...wanted: string[]): unknown[] {
  return wanted.map((_id) => ({ _id }));
}
function sorts(...wanted: unknown[][]): unknown[] {
  return wanted.map((sort) => ({ sort }));
}

describe('hits', () => {
  it('are what a search asks for', async () => {
    const server = await filled();
    for (const { name, body, hits } of cases) {
      const response = await server.send('POST', '/events/_search', body);
      expect(response.status, `${name}: ${response.text}`).toBe(200);
      // Numbers that a double does not hold are compared as they are written.
      const read = JSON.parse(response.text.replace(/(?<=[[:,])-?\d{16,}(?=[\],}])/g, '"$&"'));
      expect(read.hits.hits, name).toMatchObject(hits);
      expect(read.hits.hits, name).toHaveLength(hits.length);
    }
  });

  it('are counted up to a number', async () => {
    const server = await filled();
    const total = async (body: object, url = '/events/_search'): Promise<unknown> =>
      (await server.send('POST', url, { size: 0, ...body })).json.hits.total;
    expect(await total({})).toEqual({ value: 3, relation: 'eq' });
    expect(await total({ track_total_hits: 2 })).toEqual({ value: 2, relation: 'gte' });
    expect(await total({ track_total_hits: true })).toEqual({ value: 3, relation: 'eq' });
    expect(await total({ track_total_hits: false })).toBeUndefined();
    expect(await total({}, '/events/_search?rest_total_hits_as_int=true')).toBe(3);
  });

  it('come from indices as their names say', async () => {
    const server = await filled();
    const found = async (url: string): Promise<unknown> => {
      const { status, json } = await server.send('GET', url);
      return status === 200 ? json.hits.total.value : [status, json.error.type];
    };
    expect(await found('/ev*,-other/_search')).toBe(3);
    expect(await found('/nope*/_search')).toBe(0);
    expect(await found('/nope*/_search?allow_no_indices=false')).toEqual([404, 'index_not_found_exception']);
    expect(await found('/nope/_search')).toEqual([404, 'index_not_found_exception']);
    expect(await found('/nope,events/_search?ignore_unavailable=true')).toBe(3);
    expect(await found('/events/_search?q=name:a')).toBe(1);
    expect(await found('/events/_search?q=nope&df=name')).toBe(0);
  });

  it('are only those that a key may read', async () => {
    const server = await startServer({ keyRequired: true });
    const key = async (scopes: ('read' | 'write')[], indices: string[]): Promise<Record<string, string>> => ({
      authorization: `ApiKey ${(await server.keys.create(indices.join(), scopes, indices)).encoded}`,
    });
    const all = await key(['read', 'write'], ['*']);
    const some = await key(['read'], ['open-*']);
    const writer = await key(['write'], ['*']);
    for (const index of ['open-1', 'shut-1']) await server.send('PUT', `/${index}/_doc/1`, { n: 1 }, all);
    const search = (url: string, headers: Record<string, string>, body: object = {}) =>
      server.send('POST', url, body, headers);
    expect((await search('/_search', some)).json.hits.total.value).toBe(1);
    expect((await search('/*/_search', some)).json.hits.total.value).toBe(1);
    expect((await search('/shut-1/_search', some)).status).toBe(403);
    expect((await search('/_search', writer)).status).toBe(403);
    const { _scroll_id: id } = (await search('/_search?scroll=1m', all)).json;
    expect((await search('/_search/scroll', some, { scroll_id: id })).status).toBe(404);
    expect((await search('/_search/scroll', all, { scroll_id: id })).status).toBe(200);
  });
});

it('lets documents be deleted while a scroll reads them', async () => {
  const server = await filled();
  const { _scroll_id: id } = (await server.send('POST', '/events/_search?scroll=1m', { size: 1 })).json;
  const deleted = await server.send('POST', '/events/_delete_by_query', { query: { match_all: {} } });
  expect(deleted.json).toMatchObject({ deleted: 3 });
  expect((await server.send('POST', '/events/_search', {})).json.hits.total.value).toBe(0);
  expect((await server.send('POST', '/_search/scroll', { scroll_id: id })).json.hits.hits).toMatchObject([
    { _id: 'e1' },
  ]);
  expect((await server.send('DELETE', '/_search/scroll/_all')).json.num_freed).toBe(1);
});

/** What is refused, and the words that say so. */
const refusals: readonly (readonly [url: string, body: unknown, type: string, reason: RegExp])[] = [
  ['/events/_search', { qeury: {} }, 'parsing_exception', /^Unknown key for a START_OBJECT in \[qeury\]\.$/],
  ['/events/_search', { highlight: { fields: { name: {} } } }, 'illegal_argument_exception', /highlight/],
  [
    '/events/_search',
    { query: { nested: { path: 'host', query: { match_all: {} } } } },
    'parsing_exception',
    /\[nested\]/,
  ],
  ['/events/_search', { query: { kql: { query: 'name: a' } } }, 'parsing_exception', /\[kql\]/],
  ['/events/_search', { query: { nope: {} } }, 'parsing_exception', /unknown query \[nope\]/],
  ['/events/_search', { sort: [{ name: { ordr: 'asc' } }] }, 'parsing_exception', /\[ordr\]/],
  ['/events/_search', { sort: ['nope'] }, 'query_shard_exception', /No mapping found for \[nope\] in order to sort on/],
  ['/events/_search', { sort: ['note'] }, 'illegal_argument_exception', /Fielddata is disabled on \[note\]/],
  [
    '/events/_search',
    { sort: ['n'], search_after: [1, 2] },
    'illegal_argument_exception',
    /2 value\(s\) but sort has 1/,
  ],
  ['/events/_search', { search_after: [1] }, 'illegal_argument_exception', /Sort must contain at least one field/],
  ['/events/_search', { sort: ['n'], search_after: [1], from: 1 }, 'illegal_argument_exception', /\[from\]/],
  ['/events/_search', { from: 9_999, size: 2 }, 'illegal_argument_exception', /Result window is too large/],
  ['/events/_search', { size: -1 }, 'illegal_argument_exception', /\[size\] parameter cannot be negative/],
  ['/events/_search?scroll=1m', { size: 0 }, 'action_request_validation_exception', /\[size\] cannot be \[0\]/],
  ['/events/_search?scroll=2d', {}, 'illegal_argument_exception', /Keep alive for request \(2d\) is too large/],
  ['/events/_search?scroll=soon', {}, 'illegal_argument_exception', /\[scroll\] with value \[soon\]/],
  ['/_search/scroll', { scroll_id: 'nope' }, 'search_context_missing_exception', /\[nope\]/],
  ['/_search', { pit: { id: 'nope' } }, 'search_context_missing_exception', /\[nope\]/],
  [
    '/events/_search',
    { pit: { id: 'nope' } },
    'illegal_argument_exception',
    /\[indices\] cannot be used with point in time/,
  ],
  ['/events/_search', 'no json', 'x_content_parse_exception', /no valid JSON/],
];

it('refuses a search by what is wrong with it', async () => {
  const server = await filled();
  for (const [url, body, type, reason] of refusals) {
    const { status, json } = await server.send('POST', url, body);
    const what = `${url} ${JSON.stringify(body)}`;
    expect(status, what).toBe(type === 'search_context_missing_exception' ? 404 : 400);
    expect(json.error, what).toMatchObject({ type, reason: expect.stringMatching(reason) });
  }
});
