import { expect, it } from 'vitest';
import { engineOver, now } from '../support/query.ts';

const properties = { i: { type: 'long' }, k: { type: 'keyword' }, gone: { type: 'boolean' } };
const docs = Array.from({ length: 60 }, (_, i) => ({ i, k: `k${i % 4}`, ...(i % 5 > 0 && { s: i % 3 }) }));

/** Conditions that hold of some events, of none, and whose value is null for some or for all of them. */
const conditions = Array.from(
  { length: 40 },
  (_, n) => [`i > ${n}`, `s == ${n % 3}`, 'gone', 'NOT gone', `i > ${1000 + n}`, `gone AND i > ${n}`][n % 6]!,
);

it.each([
  ['of all events', ''],
  ['of none', '| WHERE i > 5000'],
])('many counts under conditions are each what it is alone, %s', async (_, filter) => {
  const engine = await engineOver([
    { name: 'e', mappings: { properties: { ...properties, s: { type: 'long' } } }, docs },
  ]);
  const count = (asked: readonly string[], by: string): string =>
    `FROM e ${filter} | STATS ${asked.map((condition, n) => `n${n} = COUNT(*) WHERE ${condition}`).join(', ')} ${by}`;
  const options = { now, maxRows: null };
  for (const by of ['', 'BY k | SORT k']) {
    const { values } = await engine.query(count(conditions, by), options);
    for (const [n, condition] of conditions.entries()) {
      const alone = await engine.query(count([condition], by), options);
      expect({ condition, counts: values.map((row) => row[n]) }).toEqual({
        condition,
        counts: alone.values.map(([only]) => only),
      });
    }
  }
});
