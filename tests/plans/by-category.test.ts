import { expect, it } from 'vitest';
import { engineOver, now } from '../support/query.ts';

const texts = [
  'logon of alice failed',
  'logon of bob failed',
  'logon of u1 from 10.0.0.1 failed',
  '42',
  '',
  '--',
  'ä ö',
  'disk full',
];
const docs = Array.from({ length: 200 }, (_, i) => ({
  i,
  ...(i % 9 > 0 && { m: texts[(i * 7) % texts.length] }),
  ...(i % 5 > 0 && { k: `k${i % 3}` }),
  several: i % 4 === 0 ? ['a', 'b'] : 'a',
  x: i / 3,
}));
const properties = {
  i: { type: 'long' },
  m: { type: 'keyword' },
  k: { type: 'keyword' },
  several: { type: 'keyword' },
  x: { type: 'double' },
};

it.each([
  ['n = COUNT(*)', 'CATEGORIZE(m)'],
  ['n = COUNT(m), lo = MIN(i), hi = MAX(x)', 'CATEGORIZE(m)'],
  ['n = COUNT(*), some = COUNT(*) WHERE x > 20, l = MAX(LENGTH(m))', 'CATEGORIZE(m, {"output_format": "tokens"})'],
  ['n = COUNT(several)', 'CATEGORIZE(m, {"similarity_threshold": 100})'],
])('STATS %s BY %s puts groups of tokens together as rows', async (aggregates, by) => {
  const engine = await engineOver([{ name: 'e', mappings: { properties }, docs }]);
  const options = { now, maxRows: null };
  const names = [...aggregates.matchAll(/(\w+) = /g)].map(([, name]) => name).join(', ');
  const parts = `FROM e | STATS ${aggregates} BY c = ${by} | KEEP ${names}, c | SORT ${names}, c`;
  // What cannot be put together of parts takes a row at a time.
  const rows = `FROM e | STATS ${aggregates}, s = SUM(i) BY c = ${by} | KEEP ${names}, c, s | SORT ${names}, c`;
  expect(engine.statement(parts, options)).toContain('harrier_category_of_each');
  expect(engine.statement(rows, options)).not.toContain('harrier_category_of_each');
  const { values } = await engine.query(parts, options);
  expect(values.length).toBeGreaterThan(2);
  expect(values).toEqual((await engine.query(rows, options)).values.map((row) => row.slice(0, -1)));
});

it('gives no category where there are no rows', async () => {
  const engine = await engineOver([{ name: 'e', mappings: { properties }, docs }]);
  const options = { now, maxRows: null };
  expect((await engine.query('FROM e | WHERE i < 0 | STATS n = COUNT(*) BY CATEGORIZE(m)', options)).values).toEqual(
    [],
  );
  const nothing = await engine.query('FROM e | WHERE m IS NULL | STATS n = COUNT(*) BY CATEGORIZE(m)', options);
  expect(nothing.values.map((row) => row.map(String))).toEqual([['23', 'null']]);
});
