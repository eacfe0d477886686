import { expect, it } from 'vitest';
import { conditionText } from './condition-text.ts';
import type { Condition } from './mapping.ts';

it.each<[string, Condition]>([
  ['a is 1', { a: 1 }],
  ['a is x, y or z', { a: ['x', 'y', 'z'] }],
  ['it has a, and it has no b', { a: { exists: true }, b: { exists: false } }],
  ['a is not x', { a: { not: 'x' } }],
  ['a is like x* or y*', { a: { like: ['x*', 'y*'] } }],
  ['a is the same as b', { a: { 'same as': 'b' } }],
  ['a ends with b', { a: { 'ends with': 'b' } }],
  ['a has 1 element, and b has 2 elements', { a: { count: 1 }, b: { count: 2 } }],
  ['a is over 3, and b is under 4', { a: { over: 3 }, b: { under: 4 } }],
  ['(a is 1, or b is 2 and it has c)', { any: [{ a: 1 }, { b: 2, c: { exists: true } }] }],
  ['not (a is 1)', { not: { a: 1 } }],
])('%s', (text, condition) => {
  expect(conditionText(condition)).toBe(text);
});
