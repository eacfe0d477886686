import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowBounds } from '../../src/engines/elasticsearch/divisible-query.ts';
import { type Ask, Indivisible, inParts } from '../../src/engines/elasticsearch/in-parts.ts';
import type { CellValue } from '../../src/values/types.ts';
import { engineOver, now } from '../support/query.ts';

/*
 * The law of parts: whatever the events, the rows of a query in parts are its rows, each as often as it has it, though
 * no answer has more than a few. A cluster is here an engine that cuts its answers.
 */

/** More than there are characters in ids. */
const limit = 70;

const moments = ['00:00:00.000', '00:00:00.001', '00:00:01.000', '12:00:00.000', '23:59:59.999'];
const moment = fc.constantFrom(...moments).map((time) => `2026-03-0${1 + (time.length % 3)}T${time}Z`);
const anyMoment = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2026-03-10'), noInvalidDate: true })
  .map((date) => date.toISOString());
const event = (time: fc.Arbitrary<unknown>) => fc.record({ '@timestamp': time, n: fc.nat(5) });
const anyTime = fc.oneof(
  { weight: 6, arbitrary: moment },
  { weight: 6, arbitrary: anyMoment },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.array(moment, { minLength: 2, maxLength: 3 }) },
);

interface Cluster {
  readonly whole: Ask;
  readonly cut: Ask;
}

async function clusterOf(docs: readonly object[], mappings: object): Promise<Cluster & { close(): Promise<void> }> {
  const numbered = docs.map((doc, i) => ({ ...doc, i }));
  const engine = await engineOver([
    { name: 'events', mappings: { properties: mappings } as never, docs: numbered as never },
  ]);
  const whole: Ask = (query) => engine.query(query, { now, maxRows: null });
  const cut: Ask = async (query) => {
    const result = await whole(query);
    return { ...result, values: result.values.slice(0, limit) };
  };
  return { whole, cut, close: () => engine.close() };
}

const long = { type: 'long' };
const times = { '@timestamp': { type: 'date' }, n: long, i: long };
const key = (row: readonly CellValue[]): string =>
  JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? String(value) : value));

async function partsOf(query: string, { cut }: Cluster): Promise<(readonly CellValue[])[]> {
  const rows: (readonly CellValue[])[] = [];
  for await (const { values } of inParts(rowBounds(query)!.division!, cut, limit)) {
    expect(values.length).toBeLessThan(limit);
    rows.push(...values);
  }
  return rows;
}

describe('parts of a query', () => {
  it.each([
    'FROM events',
    'FROM events METADATA _index | WHERE n < 4 AND @timestamp < NOW() OR n == 2 // some\n| KEEP i, n, _index',
    'FROM events | EVAL twice = [1, 2] | MV_EXPAND twice | DROP @timestamp',
    'FROM events METADATA _id | RENAME @timestamp AS t | EVAL has = _id IS NOT NULL | KEEP i, t, has | LIMIT 100000',
  ])('are its rows: %s', async (query) => {
    await fc.assert(
      fc.asyncProperty(fc.array(event(anyTime), { minLength: limit, maxLength: 260 }), async (docs) => {
        const cluster = await clusterOf(docs, times);
        const rows = await partsOf(query, cluster);
        const { values } = await cluster.whole(query);
        expect(rows.map(key).sort()).toEqual(values.map(key).sort());
        await cluster.close();
      }),
      { numRuns: 3 },
    );
  });

  it('are its rows where events have no time', async () => {
    const docs = Array.from({ length: 200 }, (_, n) => ({ n }));
    const cluster = await clusterOf(docs, { n: long, i: long });
    expect((await partsOf('FROM events', cluster)).map(key).sort()).toEqual(
      (await cluster.whole('FROM events')).values.map(key).sort(),
    );
    await cluster.close();
  });

  it.each(['ASC', 'DESC'])('follow each other in time: %s', async (order) => {
    const query = `FROM events | KEEP @timestamp | SORT @timestamp ${order}`;
    await fc.assert(
      fc.asyncProperty(fc.array(event(anyMoment), { minLength: limit, maxLength: 260 }), async (docs) => {
        const cluster = await clusterOf(docs, times);
        expect(await partsOf(query, cluster)).toEqual((await cluster.whole(query)).values);
        await cluster.close();
      }),
      { numRuns: 3 },
    );
  });

  it.each([
    [
      'an event makes too many rows',
      'FROM events | EVAL a = [1, 2, 3, 4, 5, 6, 7, 8, 9], b = a | MV_EXPAND a | MV_EXPAND b',
      moments,
    ],
    ['too many have the same time, and the order is by time', 'FROM events | SORT @timestamp', ['00:00:00.000']],
  ])('are not made where %s', async (_, query, at) => {
    const docs = Array.from({ length: 150 }, (__, n) => ({ '@timestamp': `2026-03-01T${at[n % at.length]}Z`, n }));
    const cluster = await clusterOf(docs, times);
    await expect(partsOf(query, cluster)).rejects.toThrow(Indivisible);
    await cluster.close();
  });
});
