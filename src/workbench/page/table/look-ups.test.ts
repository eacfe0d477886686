import { expect, it } from 'vitest';
import { lookUpsOf } from './look-ups.ts';

const at = (fields: readonly string[]) => [
  { name: 'Names', url: 'https://names.example/?q={value}&again={value}', fields },
];

it.each([
  [[], 'process.name', true],
  [['process.name'], 'process.name', true],
  [['process.name'], 'processXname', false],
  [['*.ip'], 'destination.ip', true],
  [['*.ip'], 'destination.ipx', false],
  [['a.b', 'dns.*'], 'dns.question.name', true],
])('fields %j take %s: %s', (fields, field, takes) => {
  expect(lookUpsOf(at(fields), field, 'x')).toHaveLength(takes ? 1 : 0);
});

it.each([
  ['a b', 'a%20b'],
  ['x&y=z#../', 'x%26y%3Dz%23..%2F'],
  ['$&', '%24%26'],
  ['javascript:1', 'javascript%3A1'],
  ['\ud800x', '%EF%BF%BDx'],
])('%j becomes %s in the address', (value, text) => {
  expect(lookUpsOf(at([]), 'f', value)[0]!.address).toBe(`https://names.example/?q=${text}&again=${text}`);
});
