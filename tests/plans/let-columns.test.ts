import { expect, it } from 'vitest';
import { engineOver, now } from '../support/query.ts';

const days = [
  '2026-03-10',
  '2026-02-30',
  '',
  'x',
  '0001-01-01',
  '9999-12-31',
  '2026-3-1',
  ' 2026-03-10',
  '２０26-01-01',
];
const addresses = ['10.0.0.1', '010.0.0.1', '256.1.1.1', '1.2.3', '1.2.3.4.5', '::1', '::ffff:1.2.3.4', ' 1.2.3.4', ''];
const numbers = [0, -0, 1.5, 1e308, -1e308, 3];
const docs = Array.from({ length: 90 }, (_, i) => ({
  i,
  ...(i % 10 > 0 && { day: days[i % days.length] }),
  ...(i % 7 > 0 && { address: addresses[i % addresses.length] }),
  a: numbers[i % numbers.length],
  b: i % 11 === 0 ? [1, 2] : numbers[(i + 1) % 5],
  tags: i % 4 === 0 ? ['p', 'q'] : 'p',
}));
const properties = {
  i: { type: 'long' },
  day: { type: 'keyword' },
  address: { type: 'keyword' },
  a: { type: 'double' },
  b: { type: 'double' },
  tags: { type: 'keyword' },
};

// Long arguments that are read several times, some beside an argument that has several values.
const parsed = 'DATE_PARSE("yyyy-MM-dd", CONCAT(SUBSTRING(day, 1, 4), SUBSTRING(day, 5, 3), SUBSTRING(day, 8, 9)))';
it.each([
  `DATE_DIFF("days", ${parsed}, "2026-03-10T00:00:00Z"::date)`,
  'TO_IP(CONCAT(SUBSTRING(address, 1, 3), SUBSTRING(address, 4, 3), SUBSTRING(address, 7, 30)))',
  '((a - b) / b - (b - a) / a) / ((a - b) / b)',
  `CONCAT(tags, TO_STRING(${parsed}))`,
  'REPLACE(CONCAT(tags, "x"), "p", TO_STRING(TO_LONG(CONCAT(SUBSTRING(day, 1, 2), SUBSTRING(day, 3, 2)))))',
  `MV_APPEND(TO_STRING(${parsed}), tags)`,
])('%s is worked out in steps as it is in one', async (expression) => {
  const engine = await engineOver([{ name: 'e', mappings: { properties }, docs }]);
  const options = { now, maxRows: null };
  const inSteps = `FROM e | EVAL x = ${expression} | SORT i | KEEP i, x`;
  // What CASE evaluates for some rows only is no column of its own.
  const inOne = `FROM e | EVAL x = CASE(i >= 0, ${expression}, null) | SORT i | KEEP i, x`;
  expect(engine.statement(inSteps, options)).toContain('"let');
  expect(engine.statement(inOne, options)).not.toContain('AS "let');
  const [steps, one] = [await engine.query(inSteps, options), await engine.query(inOne, options)];
  expect(steps.values).toEqual(one.values);
  const withoutPlace = (warnings: readonly string[]): string[] =>
    warnings.map((warning) => warning.replace(/^Line \d+:\d+: /, '')).sort();
  expect(withoutPlace(steps.warnings)).toEqual(withoutPlace(one.warnings));
});

// What a condition names often is worked out once as well, but for what may be reported of rows that are gone by then.
it.each([
  [`DATE_DIFF("days", ${parsed}, "2026-03-10T00:00:00Z"::date) > 3`, true],
  [
    'TO_IP(CONCAT(SUBSTRING(address, 1, 3), SUBSTRING(address, 4, 3), SUBSTRING(address, 7, 30))) == "10.0.0.1"::ip',
    true,
  ],
  ['((a - b) / b - (b - a) / a) / ((a - b) / b) > 0', false],
  ['TO_LONG(CONCAT(SUBSTRING(day, 1, 2), SUBSTRING(day, 3, 2), SUBSTRING(day, 5, 0))) > 1 AND i > 20', true],
  ['NOT (TO_LONG(CONCAT(SUBSTRING(day, 1, 2), SUBSTRING(day, 3, 2), SUBSTRING(day, 5, 0))) > 1) OR tags == "q"', true],
  ['MV_COUNT(SPLIT(CONCAT(day, "-", address, SUBSTRING(day, 1, 4), SUBSTRING(day, 5, 3)), "-")) > 3', false],
])('WHERE %s asks of steps what it asks of expressions', async (condition, isStep) => {
  const engine = await engineOver([{ name: 'e', mappings: { properties }, docs }]);
  const options = { now, maxRows: null };
  const inSteps = `FROM e | WHERE ${condition} | SORT i | KEEP i`;
  const inOne = `FROM e | EVAL c = CASE(i >= 0, ${condition}, null) | WHERE c | SORT i | KEEP i`;
  expect(engine.statement(inSteps, options).includes('AS "let"')).toBe(isStep);
  const [steps, one] = [await engine.query(inSteps, options), await engine.query(inOne, options)];
  expect(steps.values).toEqual(one.values);
  // In groups, whose order does not matter, several values are looked for apart.
  const counted = await engine.query(`FROM e | WHERE ${condition} | STATS n = COUNT(*)`, options);
  expect(counted.values.map(([n]) => Number(n))).toEqual([one.values.length]);
});
