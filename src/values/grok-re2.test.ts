import { expect, it } from 'vitest';
import { grokToRe2 } from './grok-re2.ts';

const expressionOf = (pattern: string): string | null => grokToRe2(pattern)?.expression ?? null;

it.each([
  ['Service %{NOTSPACE:name} is', /^Service \(\[\^\\s/],
  ['%{DATA:a} %{GREEDYDATA:b}', /^\^\(\.\*\?\) \(\.\*\)$/],
  ['took %{NUMBER:n:int} ms', /^took /],
  ['pid=%{POSINT:pid:int} (done)?', /^pid=\(\\b\(\?:\[1-9\]\[0-9\]\*\)\\b\) \(\?:done\)\?$/],
])('translates %s', (pattern, expected) => expect(expressionOf(pattern)).toMatch(expected));

it.each([
  // A digit might stand before the number.
  '%{NUMBER:n} ms',
  '%{DATA:a}%{NUMBER:n} ms',
  // The same name twice gives several values.
  '%{WORD:a} %{WORD:a}',
  '(?<a>x)(?=y)',
  // RE2 takes longer for the forms of an address than JavaScript.
  'from %{IP:a} port',
  '%{UNKNOWN:a}',
])('leaves %s to JavaScript', (pattern) => expect(expressionOf(pattern)).toBeNull());

it('counts the groups that have names', () => {
  expect([...grokToRe2('(a|b)%{WORD:x}(?<y>c)')!.groups]).toEqual([
    ['x', 1],
    ['y', 2],
  ]);
});
