import { array, asyncProperty, assert as check, constantFrom, integer, option, record } from 'fast-check';
import { expect, it } from 'vitest';
import { startServer, type TestServer } from '../support.ts';

/* Aggregations ask the engine what STATS of ES|QL asks it: over the same documents both give the same numbers. */

const documents = array(
  record({
    k: option(array(constantFrom('a', 'b', 'c', 'd'), { maxLength: 3 }), { nil: undefined }),
    h: option(constantFrom('x', 'y', 'z'), { nil: undefined }),
    t: option(
      integer({ min: 0, max: 200 }).map((hours) => new Date(Date.UTC(2026, 2, 26) + hours * 3_333_333).toISOString()),
      { nil: undefined },
    ),
    n: option(integer({ min: -5, max: 9 }), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 40 },
);

const mappings = {
  properties: { k: { type: 'keyword' }, h: { type: 'keyword' }, t: { type: 'date' }, n: { type: 'long' } },
};

async function fill(server: TestServer, events: readonly object[]): Promise<void> {
  await server.send('DELETE', '/events');
  await server.send('PUT', '/events', { mappings });
  const lines = events.flatMap((event, i) => [{ index: { _index: 'events', _id: `d${i}` } }, event]);
  await server.send('POST', '/_bulk', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
}

const metrics = {
  low: { min: { field: 'n' } },
  high: { max: { field: 'n' } },
  mean: { avg: { field: 'n' } },
  all: { sum: { field: 'n' } },
  kinds: { cardinality: { field: 'n' } },
  values: { value_count: { field: 'n' } },
};
const stats =
  'c = COUNT(*), low = MIN(n), high = MAX(n), mean = AVG(n), all = SUM(n), kinds = COUNT_DISTINCT(n), values = COUNT(n)';

interface Bucket {
  readonly key: string | number;
  readonly doc_count: number;
  readonly [metric: string]: unknown;
}

/** The numbers of a bucket in the order of `stats`. A sum of nothing is nought, where ES|QL has null. */
const numbersOf = (bucket: Bucket): unknown[] => [
  bucket.doc_count,
  ...Object.keys(metrics).map((name) => (bucket[name] as { value: number | null }).value),
];
const withSum = (row: readonly unknown[]): unknown[] => row.map((cell, i) => (i === 4 ? (cell ?? 0) : cell));

it('gives the numbers of STATS', async () => {
  const server = await startServer();
  const zones = constantFrom('UTC', '+05:30', 'Europe/Berlin', 'America/New_York');
  const intervals = constantFrom(
    { aggregation: { fixed_interval: '3h' }, span: '3 hours' },
    { aggregation: { calendar_interval: 'day' }, span: '1 day' },
    { aggregation: { calendar_interval: 'week' }, span: '1 week' },
    { aggregation: { calendar_interval: 'month' }, span: '1 month' },
  );
  await check(
    asyncProperty(documents, zones, intervals, constantFrom('k', 'h'), async (events, zone, interval, field) => {
      await fill(server, events);
      const search = async (aggs: object): Promise<Record<string, { buckets: Bucket[] }>> => {
        const { status, json } = await server.send('POST', '/events/_search', {
          size: 0,
          query: { range: { n: { gte: -3 } } },
          aggs,
        });
        expect(status, JSON.stringify(json)).toBe(200);
        return json.aggregations;
      };
      const esql = async (query: string): Promise<unknown[][]> => {
        const { status, json } = await server.send('POST', '/_query', {
          query: `FROM events | WHERE n >= -3 | ${query}`,
          time_zone: zone,
        });
        expect(status, JSON.stringify(json)).toBe(200);
        return json.values.map((row: unknown[]) => withSum(row));
      };
      const times = {
        date_histogram: { field: 't', ...interval.aggregation, time_zone: zone, min_doc_count: 1 },
        aggs: metrics,
      };

      const byTerm = (await search({ it: { terms: { field, size: 2, order: { _key: 'desc' } }, aggs: metrics } })).it!
        .buckets;
      expect(byTerm.map((bucket) => [...numbersOf(bucket), bucket.key])).toEqual(
        await esql(`STATS ${stats} BY ${field} | WHERE ${field} IS NOT NULL | SORT ${field} DESC | LIMIT 2`),
      );

      const byTime = (await search({ it: times })).it!.buckets;
      expect(byTime.map((bucket) => [...numbersOf(bucket), new Date(bucket.key).toISOString()])).toEqual(
        await esql(`STATS ${stats} BY t = DATE_TRUNC(${interval.span}, t) | WHERE t IS NOT NULL | SORT t`),
      );

      const both = (await search({ it: { terms: { field, size: 100, order: { _key: 'asc' } }, aggs: { times } } })).it!
        .buckets;
      const rows = both.flatMap((bucket) =>
        (bucket.times as { buckets: Bucket[] }).buckets.map((inner) => [
          ...numbersOf(inner),
          bucket.key,
          new Date(inner.key).toISOString(),
        ]),
      );
      expect(rows).toEqual(
        await esql(
          `STATS ${stats} BY ${field}, t = DATE_TRUNC(${interval.span}, t) | WHERE ${field} IS NOT NULL AND t IS NOT NULL | SORT ${field}, t`,
        ),
      );

      // Empty intervals stand between those that have documents, and change nothing about them.
      const filled = (await search({ it: { ...times, date_histogram: { ...times.date_histogram, min_doc_count: 0 } } }))
        .it!.buckets;
      expect(filled.filter(({ doc_count: count }) => count > 0)).toEqual(byTime);
      expect(filled.map(({ key }) => key)).toEqual(
        [...filled.map(({ key }) => key)].sort((a, b) => Number(a) - Number(b)),
      );
    }),
    { numRuns: 15 },
  );
});
