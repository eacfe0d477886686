import { beforeAll, expect, it } from 'vitest';
import { QueryError } from '../../src/diagnostics/diagnostic.ts';
import type { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { indices } from '../cases/indices.ts';
import { engineOver, now } from '../support/query.ts';

/* No golden case: the rows that stand for empty buckets have no words in ES|QL, so that such a plan is not printed. */

let engine: DuckDBEngine;
beforeAll(async () => {
  engine = await engineOver(indices);
});

const rows = async (query: string): Promise<unknown> => (await engine.query(query, { now, maxRows: 1000 })).values;

const day = 'BUCKET(@timestamp, 5, "2026-03-08", "2026-03-12", {"include_empty_buckets": true})';
const wide = 'BUCKET(score, 4, -4, 4, {"include_empty_buckets": true})';
const at = (date: string): string => `${date}T00:00:00.000Z`;

it.each<[string, string, unknown]>([
  [
    'a row for each bucket between the bounds',
    `FROM logs-net-a | STATS n = COUNT(*), b = SUM(bytes) BY d = ${day} | WHERE d != "2026-03-10" | SORT d`,
    [
      [0n, null, at('2026-03-08')],
      [1n, 0n, at('2026-03-09')],
      [0n, null, at('2026-03-11')],
    ],
  ],
  [
    'rows outside of the bounds, and those without a value, stay',
    `FROM logs-* | STATS n = COUNT(*), x = COUNT(*) + 1 BY b = ${wide} | SORT b`,
    [
      [1n, 2n, -5],
      [0n, 1n, 0],
      [2n, 3n, null],
    ].flatMap((row) => (row[2] === 0 ? [[2n, 3n, 0]] : [row])),
  ],
  [
    'each with every combination of the other keys',
    `FROM logs-net-a | STATS n = COUNT(*) WHERE bytes > 50 BY d = ${day}, host | STATS COUNT(*), SUM(n)`,
    [[12n, 3n]],
  ],
  [
    'also where there are no rows',
    `FROM logs-net-a | WHERE bytes < -1 | STATS n = COUNT(*) BY d = ${day} | STATS COUNT(*), SUM(n)`,
    [[4n, 0n]],
  ],
  [
    'none between bounds that have nothing between them',
    'FROM logs-net-a | WHERE bytes < -1 | STATS COUNT(*) BY BUCKET(bytes, 4, 8, 8, {"include_empty_buckets": true})',
    [],
  ],
  [
    'none that nanoseconds cannot hold',
    'ROW n = "2026-03-10"::date_nanos | STATS COUNT(*) BY b = BUCKET(n, 3, "1600-01-01", "2400-01-01", {"include_empty_buckets": true}) | STATS COUNT(*), MIN(b)',
    [[585n, at('1678-01-01')]],
  ],
  ['none in INLINE STATS', `FROM logs-net-a | INLINE STATS n = COUNT(*) BY d = ${day} | STATS COUNT(*)`, [[4n]]],
  [
    'without the option only those that have rows',
    `FROM logs-net-a | STATS n = COUNT(*) BY d = ${day.replace('true', 'false')} | STATS COUNT(*)`,
    [[2n]],
  ],
])('include_empty_buckets gives %s', async (_, query, values) => {
  expect(await rows(query)).toEqual(values);
});

it.each([
  ['BUCKET(@timestamp, 1 day, {"include_empty_buckets": true})', 'needs a number of buckets and two bounds'],
  ['BUCKET(bytes, 100000000, 0, 100000000, {"include_empty_buckets": true})', 'comes to 100000000 buckets'],
  ['BUCKET(bytes, 10, {"empty": true})', 'Invalid option [empty]'],
])('%s is refused', async (key, message) => {
  await expect(rows(`FROM logs-net-a | STATS COUNT(*) BY ${key}`)).rejects.toThrow(QueryError);
  await expect(rows(`FROM logs-net-a | STATS COUNT(*) BY ${key}`)).rejects.toThrow(message);
});
