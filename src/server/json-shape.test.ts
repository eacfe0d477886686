import { expect, it } from 'vitest';
import { checkJsonShape } from './json-shape.ts';

const check = (text: string): void => checkJsonShape(Buffer.from(text));

it.each([
  ['levels', '['.repeat(1000) + ']'.repeat(1000)],
  ['lists beside one another', `[${'[],'.repeat(5000)}[]]`],
  ['signs in texts', `{"a":"${'[{,'.repeat(500_000)}","b":"\\"${'['.repeat(2000)}"}`],
  ['digits in texts', `"${'9'.repeat(5000)}"`],
  ['the longest number', '9'.repeat(1000)],
  ['terms of a filter', `[${Array.from({ length: 65_536 }, (_, i) => i).join(',')}]`],
  ['a text without an end', '{"a'],
])('takes %s', (_, text) => {
  expect(() => check(text)).not.toThrow();
});

it.each([
  ['values nest deeper than 1000 levels', '['.repeat(1001)],
  ['values nest deeper than 1000 levels', '{"a":'.repeat(1001)],
  ['a number is longer than 1000 digits', `[1e${'9'.repeat(1001)}]`],
  ['it has more than 200000 values', `[${'1,'.repeat(400_001)}1]`],
])('refuses a text in which %s', (reason, text) => {
  expect(() => check(text)).toThrow(reason);
});
