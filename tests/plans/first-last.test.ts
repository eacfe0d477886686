import { expect, it } from 'vitest';
import { engineOver, now } from '../support/query.ts';

it('takes the value of the first and the last row by time, nulls and lists included', async () => {
  const at = (minute: number): string => new Date(now + minute * 60_000).toISOString();
  const docs = [
    { g: 'latest is null', t: at(1), v: 'a', m: ['a', 'b'] },
    { g: 'latest is null', t: at(2) },
    { g: 'no time comes last', v: 'x', m: ['x', 'y'] },
    { g: 'no time comes last', t: at(5), v: 'z', m: 'z' },
    { g: 'no times', v: 'only', m: ['o', 'p'] },
    { g: 'lists', t: at(1), v: 'a', m: ['a', 'b'] },
    { g: 'lists', t: at(3), v: 'c', m: ['c', 'd'] },
  ];
  const keyword = { type: 'keyword' };
  const properties = { g: keyword, v: keyword, m: keyword, t: { type: 'date' } };
  const engine = await engineOver([{ name: 'e', mappings: { properties }, docs }]);
  const text =
    'FROM e | STATS f = FIRST(v, t), l = LAST(v, t), fm = FIRST(m, t), lm = LAST(m, t), w = LAST(v, t) WHERE v IS NOT NULL BY g | SORT g';
  const { values } = await engine.query(text, { now, maxRows: null });
  expect(values).toEqual([
    ['a', null, ['a', 'b'], null, 'a', 'latest is null'],
    ['a', 'c', ['a', 'b'], ['c', 'd'], 'c', 'lists'],
    ['z', 'z', 'z', 'z', 'z', 'no time comes last'],
    ['only', 'only', ['o', 'p'], ['o', 'p'], 'only', 'no times'],
  ]);
});
