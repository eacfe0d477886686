import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnOf, kinds, listOf, moreKey, ownColumns, type Part } from './columns.ts';

const parts: readonly Part[] = [
  'single',
  'list',
  'rest',
  'mixed[]',
  ...kinds.flatMap((kind): Part[] => (kind === 'unsigned' ? [] : [kind, listOf(kind)])),
];

describe('columnOf', () => {
  it.each<[string, Part, string]>([
    ['host.name', 'single', 'host.name'],
    ['host.name', 'list', 'host.name[]'],
    ['host.name', 'rest', 'host.name:rest[]'],
    ['port', 'whole', 'port:whole'],
    ['port', 'whole[]', 'port:whole[]'],
    ['port', 'mixed[]', 'port:mixed[]'],
    ['EventID', 'single', '^event^i^d'],
    ['a:b', 'single', 'a^.b'],
    ['a[0]', 'list', 'a^(0][]'],
    ['^', 'single', '^^'],
    ['_n', 'single', '^_n'],
    ['a_n', 'single', 'a_n'],
    ['a\0\u001f\u007f', 'text', 'a^00^1f^7f:text'],
    ['X00', 'single', '^x00'],
    ['', 'text[]', '^-:text[]'],
    ['Ä', 'single', 'Ä'],
  ])('names the column of %j, %s', (field, part, column) => {
    expect(columnOf(field, part)).toBe(column);
  });

  const suffixes = parts
    .map((part) => [part, columnOf('', part).slice('^-'.length)] as const)
    .sort(([, a], [, b]) => b.length - a.length);

  /** The field and the part of a column, found from its name. */
  function read(column: string): [string, Part] {
    const [part, suffix] = suffixes.find(([, end]) => column.endsWith(end))!;
    const name = column.slice(0, column.length - suffix.length);
    const marks: Readonly<Record<string, string>> = { '^': '^', '.': ':', '(': '[', _: '_', '-': '' };
    const field = name.replace(/\^(?:([017][0-9a-f])|(.))/gsu, (_, code: string | undefined, mark: string) =>
      code ? String.fromCharCode(parseInt(code, 16)) : (marks[mark] ?? mark.toUpperCase()),
    );
    return [field, part];
  }

  it('gives every field and part a column of its own, whatever the case of its letters', () => {
    const name = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'aAxX^:[]_.-0w\0\u001f\u007fä'), maxLength: 6 }),
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom('__proto__', ':whole', 'a[]', ...Object.values(ownColumns)),
    );
    fc.assert(
      fc.property(name, fc.constantFrom(...parts), (field, part) => {
        const column = columnOf(field, part);
        expect(column).toBe(column.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
        expect(column).not.toMatch(/^_|^$/);
        expect(read(column)).toEqual([field, part]);
      }),
      { numRuns: 500 },
    );
  });
});

it('distinguishes the fields in `_more`', () => {
  const name = fc.string({ unit: fc.constantFrom('a', '^', '0', '\0'), maxLength: 6 });
  fc.assert(
    fc.property(name, name, (a, b) => {
      if (a !== b) expect(moreKey(a).startsWith(moreKey(b))).toBe(false);
    }),
    { numRuns: 500 },
  );
});
