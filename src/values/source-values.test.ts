import { expect, it } from 'vitest';
import { sourceValues } from './source-values.ts';

const values = (document: unknown, name: string) => sourceValues(JSON.stringify(document), name);

it('finds values by dotted and nested names', () => {
  const document = { a: { b: 'x', 'c.d': 'y' }, 'a.e': true, n: null };
  expect(values(document, 'a.b')).toEqual(['x']);
  expect(values(document, 'a.c.d')).toEqual(['y']);
  expect(values(document, 'a.e')).toEqual(['true']);
  for (const name of ['a', 'b', 'n', 'a.b.c', 'a.', '']) expect(values(document, name), name).toBe(null);
});

it('takes the values of lists, and of the objects in them', () => {
  expect(values({ a: ['x', ['y', null], 'x'] }, 'a')).toEqual(['x', 'y', 'x']);
  expect(values({ a: [{ b: 1 }, { b: [2, 3] }, { c: 4 }] }, 'a.b')).toEqual(['1', '2', '3']);
});

it('gives numbers as they are written', () => {
  const document = '{"a": [1.0, 12345678901234567890, -1e5], "b\\": 7": 8, "c": "9"}';
  expect(sourceValues(document, 'a')).toEqual(['1.0', '12345678901234567890', '-1e5']);
  expect(sourceValues(document, 'b": 7')).toEqual(['8']);
  expect(sourceValues(document, 'c')).toEqual(['9']);
});
