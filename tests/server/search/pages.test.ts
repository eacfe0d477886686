import {
  type Arbitrary,
  array,
  asyncProperty,
  assert as check,
  constantFrom,
  integer,
  option,
  record,
} from 'fast-check';
import { expect, it } from 'vitest';
import { startServer, type TestServer } from '../support.ts';

/*
 * Hits by `from`, by `search_after`, over a point in time and by scroll: the same documents in the same order, each once.
 */

const word = constantFrom('a', 'b', 'c', 'ä', '');
const documents = array(
  record({
    index: constantFrom('one', 'two'),
    n: option(integer({ min: -3, max: 3 }), { nil: undefined }),
    d: option(constantFrom(-1.5, 0, 2.5), { nil: undefined }),
    k: option(array(word, { maxLength: 3 }), { nil: undefined }),
    t: option(integer({ min: 1_700_000_000_000, max: 1_700_000_000_005 }), { nil: undefined }),
    ip: option(constantFrom('10.0.0.1', '10.0.0.2', '::1'), { nil: undefined }),
  }),
  { maxLength: 40 },
);
const order = constantFrom('asc', 'desc');
const sortKey: Arbitrary<unknown> = record({
  field: constantFrom('n', 'd', 'k', 't', 'ip', 'nowhere'),
  order,
  missing: constantFrom('_first', '_last'),
}).map(({ field, ...options }) => ({ [field]: { ...options, unmapped_type: 'keyword' } }));
const query: Arbitrary<unknown> = constantFrom(
  { match_all: {} },
  { range: { n: { gte: 0 } } },
  { bool: { must_not: [{ term: { k: 'a' } }] } },
  { exists: { field: 't' } },
);

interface Answer {
  readonly _scroll_id?: string;
  readonly hits: { readonly total: unknown };
}

interface Hit {
  readonly _id: string;
  readonly sort: readonly unknown[];
}

const mappings = {
  properties: {
    n: { type: 'long' },
    d: { type: 'double' },
    k: { type: 'keyword' },
    t: { type: 'date' },
    ip: { type: 'ip' },
  },
};

async function fill(server: TestServer, events: readonly { readonly index: string }[]): Promise<void> {
  for (const index of ['one', 'two']) {
    await server.send('DELETE', `/${index}`);
    await server.send('PUT', `/${index}`, { mappings });
  }
  const lines = events.flatMap(({ index, ...event }, i) => [{ index: { _index: index, _id: `d${i}` } }, event]);
  if (lines.length > 0)
    await server.send('POST', '/_bulk', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
}

it('gives each document once and in one order, however it is paged', async () => {
  const server = await startServer();
  const search = async (url: string, body: unknown): Promise<{ json: Answer; hits: Hit[] }> => {
    const { status, json } = await server.send('POST', url, body);
    expect(status, JSON.stringify(json)).toBe(200);
    return { json, hits: json.hits.hits };
  };
  const idsOf = (hits: readonly Hit[]): string[] => hits.map(({ _id }) => _id);
  await check(
    asyncProperty(
      documents,
      array(sortKey, { maxLength: 2 }),
      query,
      integer({ min: 1, max: 7 }),
      async (events, keys, wanted, size) => {
        await fill(server, events);
        const sort = [...keys, '_doc'];
        const body = { query: wanted, sort, size };
        const { hits: all, json } = await search('/one,two/_search', { ...body, size: 100 });
        expect(json.hits.total).toEqual({ value: all.length, relation: 'eq' });
        expect(new Set(idsOf(all)).size).toBe(all.length);

        const byFrom: Hit[] = [];
        for (let from = 0; from <= all.length; from += size)
          byFrom.push(...(await search('/one,two/_search', { ...body, from })).hits);
        expect(idsOf(byFrom)).toEqual(idsOf(all));

        const after = async (url: string, more: object): Promise<Hit[]> => {
          const found: Hit[] = [];
          for (let last: Hit | undefined; ; last = found.at(-1)) {
            const { hits } = await search(url, { ...body, ...more, ...(last && { search_after: last.sort }) });
            if (hits.length === 0) return found;
            found.push(...hits);
          }
        };
        expect(idsOf(await after('/one,two/_search', {}))).toEqual(idsOf(all));

        const opened = await server.send('POST', '/one,two/_pit?keep_alive=1m');
        const { hits: first, json: begun } = await search('/one,two/_search?scroll=1m', body);
        // What is written from here on neither of them sees.
        await server.send('POST', '/one/_doc?refresh', { n: 1, t: 1_700_000_000_001 });
        await server.send('DELETE', '/one/_doc/d0');
        await server.send('DELETE', '/two');
        const { id } = opened.json;
        expect(idsOf(await after('/_search', { sort: keys.length > 0 ? keys : ['_shard_doc'], pit: { id } }))).toEqual(
          idsOf(all),
        );
        const scrolled = [...first];
        const scrollId = begun._scroll_id;
        for (let hits = first; hits.length > 0; scrolled.push(...hits))
          ({ hits } = await search('/_search/scroll', { scroll_id: scrollId, scroll: '1m' }));
        expect(idsOf(scrolled)).toEqual(idsOf(all));
        expect((await server.send('DELETE', '/_search/scroll', { scroll_id: [scrollId] })).json.num_freed).toBe(1);
        expect((await server.send('DELETE', '/_pit', { id })).json.num_freed).toBe(1);
      },
    ),
    { numRuns: 12 },
  );
});

it('a scroll whose first page is too large does not stay open', async () => {
  const server = await startServer({ limits: { answerBytes: 1000 } });
  await server.send('POST', '/large/_bulk?refresh', `{"create":{}}\n{"text":"${'x'.repeat(2000)}"}\n`);
  const { status } = await server.send('POST', '/large/_search?scroll=1m', {});
  expect(status).toBe(429);
  // One that is open is closed by this.
  expect((await server.send('DELETE', '/_search/scroll/_all')).json.num_freed).toBe(0);
});
