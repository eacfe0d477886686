import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { engineOver, now } from '../support/query.ts';

/*
 * A LIMIT behind a SORT over events in several tables cuts each of these first, so that only the rows that are left are read
 * whole. What comes out is the beginning of what comes out without it.
 */

const fields = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
let engine: DuckDBEngine;
beforeAll(async () => {
  const index = (name: string, count: number, more: Record<string, unknown>, document: (n: number) => object) => ({
    name,
    mappings: {
      properties: {
        '@timestamp': { type: 'date' },
        n: { type: 'long' },
        ...Object.fromEntries(fields.map((field) => [field, { type: 'keyword' }])),
        ...more,
      } as never,
    },
    docs: Array.from({ length: count }, (_, n) => ({
      '@timestamp': new Date(now - ((n * 7) % 11) * 60_000).toISOString(),
      n: n % 5 === 0 ? null : n % 6,
      ...Object.fromEntries(fields.map((field, i) => [field, (n + i) % 4 === 0 ? null : `${field}${n % (i + 2)}`])),
      ...document(n),
    })),
  });
  engine = await engineOver([
    index('logs-one', 40, {}, () => ({ tags: ['x', 'y'] })),
    index('logs-two', 25, { own: { type: 'ip' } }, (n) => ({ own: `10.0.0.${n}`, a: ['p', 'q'] })),
    index('logs-three', 3, { n: { type: 'long' } }, () => ({})),
  ]);
});

const all = { now, maxRows: null };

it('gives the beginning of the sorted rows', async () => {
  let cut = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('FROM logs-*', 'FROM logs-* METADATA _index, _id', 'FROM logs-one, logs-two', 'FROM logs-two'),
      fc.subarray([
        'WHERE n > 1 OR a IS NULL',
        'EVAL k = CONCAT(b, c), half = n / 0',
        'WHERE own IS NULL',
        'RENAME d AS dd',
      ]),
      fc.constantFrom(
        'SORT @timestamp DESC',
        'SORT n NULLS FIRST, a DESC',
        'SORT a',
        'SORT n + 1, g',
        'SORT @timestamp, b NULLS LAST',
      ),
      fc.subarray(['EVAL z = CONCAT(e, "!")', 'WHERE f IS NOT NULL', 'DROP n', 'WHERE g != "g1"']),
      fc.integer({ min: 0, max: 80 }),
      async (from, before, sort, after, limit) => {
        const text = [from, ...before, sort, ...after].join(' | ');
        const limited = `${text} | LIMIT ${limit}`;
        const whole = await engine.query(text, all);
        const { values, columns } = await engine.query(limited, all);
        expect(columns, limited).toEqual(whole.columns);
        expect(values, limited).toEqual(whole.values.slice(0, limit));
        if (engine.statement(limited, all).split(`LIMIT ${limit}`).length > 2) cut += 1;
      },
    ),
    { numRuns: 300 },
  );
  expect(cut).toBeGreaterThan(100);
}, 240_000);

it('leaves narrow rows and rows beyond ten thousand as they are', () => {
  const times = (text: string): number => engine.statement(text, all).split(/LIMIT \d/).length - 1;
  expect(times('FROM logs-* | SORT @timestamp | LIMIT 10')).toBe(4);
  expect(times('FROM logs-* | SORT @timestamp | KEEP a, n | LIMIT 10')).toBe(1);
  expect(times('FROM logs-* | SORT @timestamp | LIMIT 10001')).toBe(1);
  expect(times('FROM logs-* | STATS n = COUNT(*) BY a, b, c, d, e, f, g | SORT n | LIMIT 10')).toBe(1);
});

it('sees kept rows as one table', async () => {
  const { analysis, source } = engine.prepare('FROM logs-* | WHERE n > 0', all);
  const kept = await engine.materialise([analysis.plan], source);
  const [scan] = kept.scans;
  const { values } = await kept.engine.run({ kind: 'limit', input: scan!, count: 5n, output: scan!.output }, source);
  expect(values).toHaveLength(5);
  await kept.drop();
});
