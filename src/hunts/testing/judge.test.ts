import { describe, expect, it } from 'vitest';
import type { CellValue, EsqlType } from '../../values/types.ts';
import type { FieldValue } from './fields.ts';
import type { Expectation } from './hunt-tests.ts';
import { judge } from './judge.ts';

const result = (columns: Record<string, EsqlType>, ...values: CellValue[][]) => ({
  columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
  values,
});
const rows = (...wanted: Record<string, FieldValue>[]): Expectation => ({
  least: wanted.length,
  most: wanted.length,
  rows: wanted.map((row) => new Map(Object.entries(row))),
});
const none: Expectation = { least: 0, most: 0, rows: [] };
const some: Expectation = { least: 1, most: Number.POSITIVE_INFINITY, rows: [] };

describe('judging a result', () => {
  const two = result({ a: 'long' }, [1n], [2n]);
  const empty = result({ a: 'long' });
  it.each<[string, Expectation, typeof two, string[]]>([
    ['none and none', none, empty, []],
    ['none and some', none, two, ['expected no hits, came 2 hits']],
    ['some and none', some, empty, ['expected 1 hit or more, came no hits']],
    ['some and some', some, two, []],
    ['a budget that is kept', { least: 0, most: 2, rows: [] }, two, []],
    ['a budget that is not', { least: 0, most: 1, rows: [] }, two, ['expected at most 1 hit, came 2 hits']],
    ['rows in any order', rows({ a: 2 }, { a: 1 }), two, []],
    ['one row twice', rows({ a: 1 }, { a: 1 }), two, ['no row has a = 1']],
    ['a row more', rows({ a: 1 }), two, ['expected 1 hit, came 2 hits']],
    ['a column that is not there', rows({ aa: 1 }, { a: 1 }), two, ['the query has no column aa; did you mean a?']],
  ])('%s', (_, expected, came, faults) => {
    expect(judge(expected, came)).toEqual(faults);
  });
  it('gives each expected row one of its own', () => {
    const came = result({ a: 'keyword', n: 'long' }, ['x', 1n], ['x', 2n], ['y', 2n]);
    // The first two would take the rows that only the others fit.
    expect(judge(rows({ a: 'x' }, { n: 2 }, { a: 'x', n: 1 }), came)).toEqual([]);
    expect(judge(rows({ a: 'x' }, { a: 'x' }, { a: 'x', n: 1 }), came)).toEqual(['no row has a = "x", n = 1']);
  });
  it.each<[EsqlType, CellValue, FieldValue, boolean]>([
    ['long', 9007199254740993n, 9007199254740993n, true],
    ['long', 9007199254740993n, 9007199254740992n, false],
    ['double', 0.1 + 0.2, 0.3, true],
    ['double', 2, 2, true],
    ['double', 2.01, 2, false],
    ['date', '2026-03-10T12:00:00.000Z', '2026-03-10T12:00:00Z', true],
    ['date', '2026-03-10T12:00:00.000Z', '2026-03-10T13:00:00+01:00', true],
    ['date', '2026-03-10T12:00:00.000Z', '2026-03-10', false],
    ['boolean', true, true, true],
    ['boolean', true, false, false],
    ['keyword', null, [], true],
    ['keyword', null, '', false],
    ['keyword', 'a', [], false],
    ['keyword', ['a', 'b'], ['b', 'a'], true],
    ['keyword', ['a', 'b'], ['a', 'a'], false],
    ['keyword', ['a', 'b'], 'a', false],
    ['keyword', 'a', ['a'], true],
    ['ip', '10.0.0.1', '10.0.0.1', true],
  ])('%s %s and %s', (type, cell, expected, same) => {
    expect(judge(rows({ a: expected }), result({ a: type }, [cell]))).toHaveLength(same ? 0 : 1);
  });
});
