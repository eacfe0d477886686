import { describe, expect, it } from 'vitest';
import { bulk, startServer, type TestServer } from './support.ts';

async function filled(): Promise<TestServer> {
  const server = await startServer();
  const properties = {
    id: { type: 'keyword' },
    at: { type: 'date' },
    exact: { type: 'date_nanos' },
    ip: { type: 'ip' },
    n: { type: 'long' },
    tag: { type: 'keyword' },
    message: { type: 'text' },
    ok: { type: 'boolean' },
  };
  await server.send('PUT', '/x', { mappings: { properties } });
  const documents = [
    {
      id: 'a',
      at: '2026-03-01T10:00:00Z',
      exact: '2026-03-01T10:00:00.123456789Z',
      ip: '10.0.0.1',
      n: 1,
      tag: 'red',
      message: 'Failed password for root',
      ok: true,
    },
    {
      id: 'b',
      at: '2026-03-02T10:00:00Z',
      ip: ['10.1.0.1', '::1'],
      n: [2, 5],
      tag: ['red', 'Green'],
      message: 'Accepted password',
      ok: false,
    },
    { id: 'c', at: '2026-03-03T10:00:00Z', ip: '192.168.0.1', n: 3, message: ['password', 'root failed'] },
    { id: 'd' },
  ];
  await server.send(
    'POST',
    '/x/_bulk',
    bulk(...documents.flatMap((document) => [{ index: { _id: document.id } }, document])),
  );
  return server;
}

describe('a filter beside the query', () => {
  // One server for all: a server for each would cost more than the filters.
  const found: readonly (readonly [unknown, string])[] = [
    [{ match_all: {} }, 'abcd'],
    [{ match_none: {} }, ''],
    [{ term: { tag: 'red' } }, 'ab'],
    [{ term: { tag: { value: 'green', case_insensitive: true } } }, 'b'],
    [{ term: { n: 5 } }, 'b'],
    [{ term: { ip: '10.0.0.0/8' } }, 'ab'],
    [{ term: { ok: true } }, 'a'],
    [{ terms: { n: [1, 3] } }, 'ac'],
    [{ terms: { tag: [] } }, ''],
    [{ range: { n: { gte: 2, lt: 5 } } }, 'bc'],
    [{ range: { n: { gt: 5 } } }, ''],
    [{ range: { at: { gte: '2026-03-02', format: 'strict_date_optional_time' } } }, 'bc'],
    [{ range: { at: { lte: '2026-03-02' } } }, 'ab'],
    [{ range: { at: { gte: '2026-03-03||-1d/d', lt: 1772532000000 } } }, 'b'],
    [{ range: { at: { gte: 'now-100y' } } }, 'abc'],
    [{ range: { exact: { gte: '2026-03-01', lte: '2026-03-01' } } }, 'a'],
    [{ range: { exact: { gt: '2026-03-01T10:00:00.123456788Z', lte: '2026-03-01T10:00:00.123456789Z' } } }, 'a'],
    [{ range: { exact: { gt: '2026-03-01T10:00:00.123' } } }, ''],
    [{ term: { exact: '2026-03-01T10:00:00.123' } }, 'a'],
    [{ terms: { at: ['2026-03-01', '2026-03-03'] } }, 'ac'],
    [{ terms: { ip: ['192.168.0.0/16', '::1', 'nonsense'] } }, 'bc'],
    [{ terms: { n: Array.from({ length: 60_000 }, (_, i) => i + 3) } }, 'bc'],
    [{ bool: { should: Array.from({ length: 4000 }, (_, i) => ({ term: { n: i + 3 } })) } }, 'bc'],
    [{ range: { ip: { gte: '10.1.0.0' } } }, 'bc'],
    [{ exists: { field: 'tag' } }, 'ab'],
    [{ exists: { field: 'nope' } }, ''],
    [{ term: { nope: 1 } }, ''],
    [{ ids: { values: ['c', 'd'] } }, 'cd'],
    [{ bool: { must: [{ term: { tag: 'red' } }], must_not: [{ term: { n: 1 } }] } }, 'b'],
    [{ bool: { should: [{ term: { n: 1 } }, { term: { n: 3 } }] } }, 'ac'],
    [{ bool: { should: [{ term: { n: 1 } }], filter: { exists: { field: 'n' } } } }, 'abc'],
    [
      {
        bool: {
          should: [{ term: { tag: 'red' } }, { term: { n: 1 } }, { term: { ok: false } }],
          minimum_should_match: 2,
        },
      },
      'ab',
    ],
    [{ bool: { must_not: { exists: { field: 'n' } } } }, 'd'],
    [{ match: { message: 'root accepted' } }, 'abc'],
    [{ match: { message: { query: 'root password', operator: 'and' } } }, 'a'],
    [{ match_phrase: { message: 'failed password' } }, 'a'],
    [{ match_phrase: { message: 'root failed' } }, 'c'],
    [{ match_phrase: { tag: 'red' } }, 'ab'],
    [{ prefix: { tag: 're' } }, 'ab'],
    [{ wildcard: { tag: { value: '*re*' } } }, 'ab'],
    [{ regexp: { tag: 'gr.*|Gr.+' } }, 'b'],
    [{ query_string: { query: 'tag:red AND NOT n:1' } }, 'b'],
    [{ query_string: { query: 'message:"failed password" OR n:[3 TO *]' } }, 'abc'],
    [{ query_string: { query: 'n:>=3' } }, 'bc'],
    [{ query_string: { query: 'tag:(red OR blue)' } }, 'ab'],
    [{ query_string: { query: 'accepted' } }, 'b'],
    [{ query_string: { query: 'tag:gr* tag:Gr*' } }, 'b'],
    [{ query_string: { query: '_exists_:ok' } }, 'ab'],
    [{ query_string: { query: '*' } }, 'abcd'],
    [{ multi_match: { query: 'accepted', type: 'phrase', lenient: true } }, 'b'],
  ];
  it('finds what fits', async () => {
    const server = await filled();
    for (const [filter, expected] of found) {
      const query = 'FROM x | SORT id | KEEP id | LIMIT 100';
      const { json } = await server.send('POST', '/_query', { query, filter });
      expect.soft(json.values?.flat().join('') ?? json, JSON.stringify(filter).slice(0, 200)).toBe(expected);
    }
  });

  it('comes before everything else, and changes no columns', async () => {
    const server = await filled();
    const ask = async (query: string, filter: unknown): Promise<unknown> =>
      (await server.send('POST', '/_query', { query, filter })).json.values;
    expect(await ask('FROM x | LIMIT 1 | STATS c = COUNT(*)', { term: { id: 'c' } })).toEqual([[1]]);
    expect(await ask('FROM x | STATS c = COUNT(*)', { range: { n: { gte: 2 } } })).toEqual([[2]]);
    expect(await ask('ROW a = 1', { term: { id: 'c' } })).toEqual([[1]]);
  });

  const refused: readonly (readonly [unknown, RegExp])[] = [
    [{ script: { source: 'x' } }, /unknown query \[script\]/],
    [{ term: {} }, /requires one field/],
    [{ range: { at: { gte: 'yesterday' } } }, /failed to parse \[yesterday\]/],
    [{ bool: { nonsense: [] } }, /does not support \[nonsense\]/],
    ['x', /malformed/],
    [{ terms: { n: Array.from({ length: 65_537 }, (_, i) => i) } }, /maximum of \[65536\]/],
    [
      { bool: { should: Array.from({ length: 4096 }, (_, i) => ({ term: { n: i } })) } },
      /maxClauseCount is set to 4096/,
    ],
  ];
  it('is refused where it is not understood', async () => {
    const server = await filled();
    for (const [filter, reason] of refused) {
      const { status, json } = await server.send('POST', '/_query', { query: 'FROM x', filter });
      expect
        .soft([status, json.error?.reason], JSON.stringify(filter).slice(0, 200))
        .toEqual([400, expect.stringMatching(reason)]);
    }
  });
});
