import { describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support.ts';

const mappings = {
  properties: {
    '@timestamp': { type: 'date' },
    host: { type: 'keyword' },
    tags: { type: 'keyword' },
    bytes: { type: 'long' },
    ratio: { type: 'double' },
    ok: { type: 'boolean' },
    ip: { type: 'ip' },
    note: { type: 'text' },
  },
};
const day = '2026-03-10T';
const events = [
  {
    '@timestamp': `${day}10:00:00Z`,
    host: 'a',
    tags: ['x', 'y'],
    bytes: 10,
    ratio: 0.5,
    ok: true,
    ip: '10.0.0.1',
    note: 'n',
  },
  { '@timestamp': `${day}10:20:00Z`, host: 'a', tags: ['x'], bytes: 30, ratio: 1.5, ok: false, ip: '10.0.0.2' },
  { '@timestamp': `${day}12:10:00Z`, host: 'b', tags: ['y'], bytes: 100, ok: true, ip: '10.0.0.1' },
  { '@timestamp': `${day}12:50:00Z`, host: 'a', bytes: 5 },
  { '@timestamp': `${day}23:30:00Z`, host: 'c', tags: ['z'], bytes: [1, 2] },
  { bytes: 1000 },
];

async function filled(): Promise<TestServer> {
  const server = await startServer();
  await server.send('PUT', '/events', { mappings });
  const lines = events.flatMap((event, i) => [{ index: { _index: 'events', _id: `e${i}` } }, event]);
  await server.send('POST', '/_bulk', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
  return server;
}

const at = (time: string): number => Date.parse(`${day}${time}Z`);
const hour = (time: string, doc_count: number, more: object = {}) => ({
  key_as_string: `${day}${time}:00.000Z`,
  key: at(`${time}:00`),
  doc_count,
  ...more,
});

/** An aggregation, and what it answers about the events above. */
const cases: readonly (readonly [name: string, aggregation: object, answer: object])[] = [
  [
    'terms',
    { terms: { field: 'host' } },
    terms([
      ['a', 3],
      ['b', 1],
      ['c', 1],
    ]),
  ],
  [
    'terms of several values',
    { terms: { field: 'tags' } },
    terms([
      ['x', 2],
      ['y', 2],
      ['z', 1],
    ]),
  ],
  ['the first terms', { terms: { field: 'host', size: 1 } }, terms([['a', 3]], 2)],
  [
    'terms by key',
    { terms: { field: 'host', order: { _key: 'desc' } } },
    terms([
      ['c', 1],
      ['b', 1],
      ['a', 3],
    ]),
  ],
  ['terms of some documents', { terms: { field: 'host', min_doc_count: 2 } }, terms([['a', 3]])],
  ['terms that are named', { terms: { field: 'host', include: ['b', 'c'], exclude: 'c.*' } }, terms([['b', 1]])],
  ['terms of the missing', { terms: { field: 'host', missing: 'none', include: 'n.*' } }, terms([['none', 1]])],
  ['terms of no field', { terms: { field: 'nope' } }, terms([])],
  [
    'terms of truth values',
    { terms: { field: 'ok' } },
    {
      buckets: [
        { key: 1, key_as_string: 'true', doc_count: 2 },
        { key: 0, key_as_string: 'false', doc_count: 1 },
      ],
    },
  ],
  [
    'terms of addresses',
    { terms: { field: 'ip' } },
    terms([
      ['10.0.0.1', 2],
      ['10.0.0.2', 1],
    ]),
  ],
  [
    'terms by a metric',
    { terms: { field: 'host', order: { 'all.max': 'desc' } }, aggs: { all: { stats: { field: 'bytes' } } } },
    {
      buckets: [
        { key: 'b', doc_count: 1, all: { count: 1, min: 100, max: 100, avg: 100, sum: 100 } },
        { key: 'a', doc_count: 3, all: { count: 3, min: 5, max: 30, avg: 15, sum: 45 } },
        { key: 'c', doc_count: 1, all: { count: 2, min: 1, max: 2, avg: 1.5, sum: 3 } },
      ],
    },
  ],
  [
    'hours, empty ones too',
    { date_histogram: { field: '@timestamp', calendar_interval: 'hour', hard_bounds: { max: at('13:00:00') } } },
    { buckets: [hour('10:00', 2), hour('11:00', 0), hour('12:00', 2)] },
  ],
  [
    'hours with documents',
    { date_histogram: { field: '@timestamp', fixed_interval: '60m', min_doc_count: 1 } },
    { buckets: [hour('10:00', 2), hour('12:00', 2), hour('23:00', 1)] },
  ],
  [
    'hours beyond those found',
    {
      date_histogram: {
        field: '@timestamp',
        fixed_interval: '12h',
        extended_bounds: { min: at('00:00:00'), max: `${day}23:59:59Z` },
      },
    },
    { buckets: [hour('00:00', 2), hour('12:00', 3)] },
  ],
  [
    'days of a zone',
    { date_histogram: { field: '@timestamp', calendar_interval: '1d', time_zone: '+02:00', format: 'yyyy-MM-dd' } },
    {
      buckets: [
        { key_as_string: '2026-03-10', key: Date.parse('2026-03-09T22:00:00Z'), doc_count: 4 },
        { key_as_string: '2026-03-11', key: Date.parse('2026-03-10T22:00:00Z'), doc_count: 1 },
      ],
    },
  ],
  [
    'days that begin later',
    {
      date_histogram: {
        field: '@timestamp',
        fixed_interval: '1d',
        offset: '+11h',
        keyed: true,
        format: 'epoch_millis',
      },
    },
    {
      buckets: {
        [Date.parse('2026-03-09T11:00:00Z')]: { key: Date.parse('2026-03-09T11:00:00Z'), doc_count: 2 },
        [Date.parse('2026-03-10T11:00:00Z')]: { key: Date.parse('2026-03-10T11:00:00Z'), doc_count: 3 },
      },
    },
  ],
  [
    'intervals of numbers',
    { histogram: { field: 'bytes', interval: 25, offset: 5, hard_bounds: { max: 120 } } },
    {
      buckets: [
        { key: -20, doc_count: 1 },
        { key: 5, doc_count: 2 },
        { key: 30, doc_count: 1 },
        { key: 55, doc_count: 0 },
        { key: 80, doc_count: 1 },
      ],
    },
  ],
  [
    'ranges that overlap',
    {
      range: {
        field: 'bytes',
        ranges: [{ from: 10, to: 100 }, { to: 30 }, { key: 'many', from: 100 }, { from: 5000 }],
      },
    },
    {
      buckets: [
        { key: '*-30.0', to: 30, doc_count: 3 },
        { key: '10.0-100.0', from: 10, to: 100, doc_count: 2 },
        { key: 'many', from: 100, doc_count: 2 },
        { key: '5000.0-*', from: 5000, doc_count: 0 },
      ],
    },
  ],
  [
    'ranges of dates',
    {
      date_range: {
        field: '@timestamp',
        keyed: true,
        format: 'HH:mm',
        ranges: [{ to: `${day}12:00:00Z` }, { from: `${day}12:00:00Z||+1h/h` }],
      },
    },
    {
      buckets: {
        '*-12:00': { to: at('12:00:00'), to_as_string: '12:00', doc_count: 2 },
        '13:00-*': { from: at('13:00:00'), from_as_string: '13:00', doc_count: 1 },
      },
    },
  ],
  [
    'a filter',
    { filter: { term: { host: 'a' } }, aggs: { n: { sum: { field: 'bytes' } } } },
    { doc_count: 3, n: { value: 45 } },
  ],
  [
    'a filter of nothing',
    { filter: { term: { host: 'z' } }, aggs: { t: { terms: { field: 'host' } } } },
    { doc_count: 0, t: { buckets: [] } },
  ],
  ['the missing', { missing: { field: 'host' } }, { doc_count: 1 }],
  [
    'filters',
    {
      filters: { other_bucket_key: 'rest', filters: { a: { term: { host: 'a' } }, x: { term: { tags: 'x' } } } },
      aggs: { m: { max: { field: 'bytes' } } },
    },
    {
      buckets: {
        a: { doc_count: 3, m: { value: 30 } },
        x: { doc_count: 2, m: { value: 30 } },
        rest: { doc_count: 3, m: { value: 1000 } },
      },
    },
  ],
  [
    'filters without names',
    { filters: { filters: [{ term: { host: 'a' } }, { match_none: {} }] } },
    { buckets: [{ doc_count: 3 }, { doc_count: 0 }] },
  ],
  ['different values', { cardinality: { field: 'tags' } }, { value: 3 }],
  ['how many values', { value_count: { field: 'bytes' } }, { value: 7 }],
  [
    'the first date',
    { min: { field: '@timestamp' } },
    { value: at('10:00:00'), value_as_string: `${day}10:00:00.000Z` },
  ],
  ['the mean of the missing too', { avg: { field: 'ratio', missing: 0 } }, { value: 2 / 6 }],
  ['percentiles', { percentiles: { field: 'ratio', percents: [0, 100] } }, { values: { '0.0': 0.5, '100.0': 1.5 } }],
  [
    'percentiles in a list',
    { percentiles: { field: 'ratio', percents: [50], keyed: false } },
    { values: [{ key: 50, value: 1 }] },
  ],
  ['numbers of nothing', { stats: { field: 'nope' } }, { count: 0, min: null, max: null, avg: null, sum: 0 }],
  [
    'the first documents',
    { top_hits: { size: 1, sort: [{ bytes: 'desc' }], _source: ['bytes'] } },
    {
      hits: {
        total: { value: 6, relation: 'eq' },
        max_score: null,
        hits: [{ _id: 'e5', _source: { bytes: 1000 }, sort: [1000] }],
      },
    },
  ],
  [
    'buckets in buckets',
    {
      terms: { field: 'host', size: 2, order: { _key: 'asc' } },
      aggs: {
        hours: {
          date_histogram: { field: '@timestamp', fixed_interval: '1h' },
          aggs: {
            tags: { terms: { field: 'tags', size: 1 } },
            last: { top_hits: { size: 1, sort: [{ '@timestamp': 'desc' }], _source: false } },
          },
        },
      },
    },
    {
      sum_other_doc_count: 1,
      buckets: [
        {
          key: 'a',
          doc_count: 3,
          hours: {
            buckets: [
              hour('10:00', 2, {
                tags: terms([['x', 2]], 1),
                last: { hits: { total: { value: 2 }, hits: [{ _id: 'e1' }] } },
              }),
              hour('11:00', 0, { tags: terms([]), last: { hits: { total: { value: 0 }, hits: [] } } }),
              hour('12:00', 1, { tags: terms([]), last: { hits: { hits: [{ _id: 'e3' }] } } }),
            ],
          },
        },
        { key: 'b', doc_count: 1, hours: { buckets: [hour('12:00', 1, { tags: terms([['y', 1]]) })] } },
      ],
    },
  ],
  [
    'what comes back with the answer',
    { max: { field: 'bytes' }, meta: { panel: 7 } },
    { meta: { panel: 7 }, value: 1000 },
  ],
];

function terms(buckets: readonly (readonly [unknown, number])[], others = 0): object {
  return {
    doc_count_error_upper_bound: 0,
    sum_other_doc_count: others,
    buckets: buckets.map(([key, doc_count]) => ({ key, doc_count })),
  };
}

const refusals: readonly (readonly [aggregation: object, type: string, reason: RegExp])[] = [
  [{ termz: { field: 'host' } }, 'parsing_exception', /Unknown aggregation type \[termz\]/],
  [{ composite: {} }, 'illegal_argument_exception', /\[composite\] is not supported/],
  [{ terms: { field: 'host', szie: 1 } }, 'parsing_exception', /\[szie\]/],
  [{ terms: { field: 'note' } }, 'illegal_argument_exception', /Fielddata is disabled on \[note\]/],
  [{ terms: { field: 'host', order: { nope: 'asc' } } }, 'illegal_argument_exception', /\[nope\]/],
  [
    { avg: { field: 'host' } },
    'illegal_argument_exception',
    /\[host\] of type \[keyword\] is not supported for aggregation \[avg\]/,
  ],
  [{ date_histogram: { field: '@timestamp', calendar_interval: '2d' } }, 'illegal_argument_exception', /\[2d\]/],
  [
    { max: { field: 'bytes' }, aggs: { a: { min: { field: 'bytes' } } } },
    'parsing_exception',
    /cannot accept sub-aggregations/,
  ],
];

describe('aggregations', () => {
  it('answer as Elasticsearch does', async () => {
    const server = await filled();
    for (const [name, aggregation, answer] of cases) {
      const { status, text, json } = await server.send('POST', '/events/_search', {
        size: 0,
        aggs: { it: aggregation },
      });
      expect(status, `${name}: ${text}`).toBe(200);
      expect(json.aggregations.it, name).toMatchObject(answer);
      const { buckets } = answer as { buckets?: unknown[] };
      if (Array.isArray(buckets)) expect(json.aggregations.it.buckets, name).toHaveLength(buckets.length);
    }
  });

  it('look at what the query finds, not at the filter of hits', async () => {
    const server = await filled();
    const { json } = await server.send('POST', '/events/_search?typed_keys', {
      query: { exists: { field: 'ip' } },
      post_filter: { term: { host: 'b' } },
      aggs: { hosts: { terms: { field: 'host' } }, n: { max: { field: 'bytes' } } },
    });
    expect(json.hits.total.value).toBe(1);
    expect(json.aggregations).toMatchObject({
      'sterms#hosts': terms([
        ['a', 2],
        ['b', 1],
      ]),
      'max#n': { value: 100 },
    });
  });

  it('are refused by what is wrong with them', async () => {
    const server = await filled();
    for (const [aggregation, type, reason] of refusals) {
      const { status, json } = await server.send('POST', '/events/_search', { aggs: { it: aggregation } });
      expect(status, JSON.stringify(aggregation)).toBe(400);
      expect(json.error, JSON.stringify(aggregation)).toMatchObject({ type, reason: expect.stringMatching(reason) });
    }
  });

  it('make no more buckets than Elasticsearch lets them', async () => {
    const server = await filled();
    const aggs = { it: { date_histogram: { field: '@timestamp', fixed_interval: '100ms' } } };
    const { status, json } = await server.send('POST', '/events/_search', { size: 0, aggs });
    expect([status, json.error.type]).toEqual([400, 'too_many_buckets_exception']);
  });
});
