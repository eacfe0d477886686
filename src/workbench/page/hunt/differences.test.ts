import fc from 'fast-check';
import { expect, it } from 'vitest';
import { differences } from './differences.ts';

it.each([
  ['FROM a | LIMIT 1', 'FROM a | LIMIT 1', 'FROM a | LIMIT 1'],
  ['FROM a\n| LIMIT 1', 'FROM a\n| WHERE b == 2\n| LIMIT 1', 'FROM a[+\n| WHERE b == 2]\n| LIMIT 1'],
  ['FROM a | WHERE n > 20', 'FROM a | WHERE n > 500', 'FROM a | WHERE n >[- 20][+ 500]'],
])('shows what differs between %j and %j', (before, after, shown) => {
  const marks = { same: ['', ''], added: ['[+', ']'], removed: ['[-', ']'] };
  const text = differences(before, after).map(({ kind, text }) => marks[kind][0] + text + marks[kind][1]);
  expect(text.join('')).toBe(shown);
});

it('has all of the second text, and every word of the first', () => {
  const text = fc
    .array(fc.constantFrom('FROM', 'a', '|', 'WHERE', '==', '"x y"', '1', '//c\n'), { maxLength: 12 })
    .map((w) => w.join(' '));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const pieces = differences(before, after);
      const of = (kind: string): string =>
        pieces
          .filter((piece) => piece.kind !== kind)
          .map((piece) => piece.text)
          .join('');
      expect(of('removed')).toBe(after);
      expect(of('added').replace(/\s|\/\/c/g, '')).toBe(before.replace(/\s|\/\/c/g, ''));
    }),
  );
});
