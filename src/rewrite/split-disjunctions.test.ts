import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { engineOver, now } from '../../tests/support/query.ts';
import type { DuckDBEngine } from '../engines/duckdb/engine.ts';
import { rewritePlan } from '../plan/nodes.ts';
import { planText } from '../plan/text.ts';

const words = ['a', 'b', 'ab', null];
let engine: DuckDBEngine;
beforeAll(async () => {
  const docs = Array.from({ length: 300 }, (_, n) => ({
    one: words[n % 4],
    two: words[(n >> 2) % 4],
    three: words[(n >> 4) % 4],
    flag: [true, false, null][n % 3],
    number: n % 5 === 0 ? null : n % 7,
    group: `group ${n % 11}`,
  }));
  const keyword = { type: 'keyword' };
  const properties = {
    one: keyword,
    two: keyword,
    three: keyword,
    flag: { type: 'boolean' },
    number: { type: 'integer' },
    group: keyword,
  };
  engine = await engineOver([{ name: 'events', mappings: { properties }, docs }]);
});

const field = fc.constantFrom('one', 'two', 'three');
const test = fc.oneof(
  fc.tuple(field, fc.constantFrom('a', 'b')).map(([name, word]) => `${name} == "${word}"`),
  fc.tuple(field, fc.constantFrom('a', 'b')).map(([name, word]) => `STARTS_WITH(${name}, "${word}")`),
  fc.tuple(field, fc.constantFrom('a*', '*b')).map(([name, pattern]) => `${name} LIKE "${pattern}"`),
  field.map((name) => `${name} IN ("b", "ab")`),
  field.map((name) => `${name} IS NULL`),
  fc.constantFrom('flag == false', 'flag != true', 'number == 3', 'number IN (1, 2)'),
);
const other = fc.oneof(
  test,
  fc.constantFrom('number > 2', 'one != "a"', 'NOT (two == "b")', 'three IS NOT NULL', 'one == two'),
);
const part = fc.oneof(
  test,
  fc.tuple(test, other).map(([a, b]) => `(${a} AND ${b})`),
);
const condition = fc
  .tuple(fc.array(part, { minLength: 2, maxLength: 4 }), fc.option(other))
  .map(([parts, also]) => `(${parts.join(' OR ')})${also === null ? '' : ` AND ${also}`}`);

it('finds the same rows', async () => {
  let split = 0;
  await fc.assert(
    fc.asyncProperty(condition, async (where) => {
      const grouped = `FROM events | WHERE ${where} | STATS c = COUNT(*) BY group`;
      const { rewritten, whole, source } = engine.prepare(grouped, { now, maxRows: 1000 });
      if (planText(rewritten).includes('union of')) split += 1;
      // Without groups nothing is taken apart.
      const rows = await engine.query(`FROM events | WHERE ${where} | KEEP group`, { now, maxRows: 1000 });
      const counts = new Map<unknown, number>();
      for (const [group] of rows.values) counts.set(group, (counts.get(group) ?? 0) + 1);
      const answer = await engine.query(grouped, { now, maxRows: 1000 });
      const counted = ({ values }: typeof answer) => new Map(values.map(([c, group]) => [group, Number(c)]));
      expect(counted(answer)).toEqual(counts);
      // Columns may be read that the nodes below do not show.
      const hiding = rewritePlan(whole, (node) =>
        node.kind === 'filter' || node.kind === 'scan' ? { ...node, output: [] } : node,
      );
      expect(counted(await engine.run(hiding, source))).toEqual(counts);
    }),
    { numRuns: 300 },
  );
  expect(split).toBeGreaterThan(150);
});
