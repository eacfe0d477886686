import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellValue, EsqlType } from '../values/types.ts';
import { diffResults } from './diff.ts';
import { groupKeysOf } from './group-keys.ts';

const rows = (names: string, ...values: CellValue[][]) => ({
  columns: names.split(' ').map((text) => {
    const [name, type = 'keyword'] = text.split(':') as [string, EsqlType?];
    return { name, type };
  }),
  values,
});

describe('diffResults', () => {
  it('matches rows by their keys, and shows old and new values', () => {
    const before = rows('k n:long x', ['a', 1n, 'p'], ['b', 9007199254740993n, 'q'], ['c', 3n, 'r']);
    const after = rows('k n:long x', ['d', 4n, 's'], ['b', 9007199254740992n, 'q'], ['a', 1n, 'p']);
    expect(diffResults(before, after, ['k'])).toMatchObject({
      keys: ['k'],
      added: [['d', 4n, 's']],
      gone: [['c', 3n, 'r']],
      changed: [{ before: ['b', 9007199254740993n, 'q'], after: ['b', 9007199254740992n, 'q'], places: [1] }],
      unchanged: 1,
    });
  });
  it('takes whole rows where there are no keys, as often as they are there', () => {
    const diff = diffResults(rows('a b', ['1', 'x'], ['1', 'x']), rows('a b', ['1', 'x'], ['1', 'y']), null);
    expect(diff).toMatchObject({ added: [['1', 'y']], gone: [['1', 'x']], changed: [], unchanged: 1 });
  });
  it('matches rows by keys that the answers do not show', () => {
    const before = { ...rows('n:long', [1n], [2n]), hiddenKeys: rows('k', ['a'], ['b']) };
    const after = { ...rows('n:long', [1n], [1n], [3n]), hiddenKeys: rows('k', ['b'], ['c'], ['a']) };
    expect(diffResults(before, after, null)).toMatchObject({
      keys: ['k'],
      added: [[1n]],
      changed: [
        { before: [2n], after: [1n] },
        { before: [1n], after: [3n] },
      ],
      gone: [],
    });
    // A side that does not know them is compared by what both show.
    expect(diffResults(rows('n:long', [1n]), after, null)).toMatchObject({ keys: null, unchanged: 1 });
  });
  it('calls no row gone that a LIMIT may have cut off', () => {
    const after = { ...rows('k', ['c'], ['a']), isCut: true };
    expect(diffResults(rows('k', ['a'], ['b']), after, ['k'])).toMatchObject({
      added: [['c']],
      gone: [],
      beyond: [['b']],
      unchanged: 1,
    });
  });
  it('calls no row gone that may stand in data that was not searched', () => {
    const after = { ...rows('k', ['c'], ['a']), isCut: true };
    expect(diffResults(rows('k', ['a'], ['b']), after, ['k'], true)).toMatchObject({
      ...{ added: [['c']], gone: [], beyond: [], unknown: [['b']], unchanged: 1 },
    });
  });
  it('keys that several rows share: equal rows first, then one by one, then what is left', () => {
    const before = rows('k v', ['a', '1'], ['a', '2'], ['a', '2']);
    const after = rows('k v', ['a', '3'], ['a', '2']);
    expect(diffResults(before, after, ['k'])).toMatchObject({
      added: [],
      gone: [['a', '2']],
      changed: [{ before: ['a', '1'], after: ['a', '3'], places: [1] }],
      unchanged: 1,
    });
  });
  it('a single row of totals changes', () => {
    expect(diffResults(rows('n:long', [1n]), rows('n:long', [2n]), []).changed).toHaveLength(1);
  });
  it('null, texts and numbers are different keys, and several values have no order', () => {
    const before = rows('k', [null], ['null'], [['a', 'b']]);
    expect(diffResults(before, rows('k', [['b', 'a']], [null], ['']), ['k'])).toMatchObject({
      added: [['']],
      gone: [['null']],
      unchanged: 2,
    });
  });
  it('columns of one side are reported and not compared; a key among them makes the whole row the key', () => {
    const diff = diffResults(rows('k old', ['a', 'x']), rows('k new', ['a', 'y']), ['k']);
    expect(diff).toMatchObject({ unchanged: 1, columnsAdded: ['new'], columnsGone: ['old'] });
    expect(diff.columns.map(({ name }) => name)).toEqual(['k', 'new', 'old']);
    expect(diffResults(rows('k v', ['a', 'x']), rows('v', ['x']), ['k'])).toMatchObject({ keys: null, unchanged: 1 });
  });

  const cell = fc.oneof(fc.constantFrom(null, 'a', 'b'), fc.uniqueArray(fc.constantFrom('a', 'b'), { minLength: 2 }));
  const answer = fc.array(fc.tuple(cell, cell), { maxLength: 8 }).map((values) => rows('k v', ...values));
  const keys = fc.constantFrom(null, ['k'], ['k', 'v'], []);
  const sorted = (found: readonly unknown[]): string[] => found.map((row) => JSON.stringify(row)).sort();
  it('an answer is the same as itself, whatever the order of its rows', () => {
    fc.assert(
      fc.property(answer, keys, (a, names) => {
        const diff = diffResults(a, { ...a, values: [...a.values].reverse() }, names);
        expect(diff).toMatchObject({ added: [], gone: [], changed: [], unchanged: a.values.length });
      }),
    );
  });
  it('the way back is the way there in a mirror, and no row is lost', () => {
    fc.assert(
      fc.property(answer, answer, keys, (a, b, names) => {
        const [there, back] = [diffResults(a, b, names), diffResults(b, a, names)];
        expect(sorted(there.added)).toEqual(sorted(back.gone));
        expect(sorted(there.gone)).toEqual(sorted(back.added));
        expect(sorted(there.changed)).toEqual(
          sorted(back.changed.map(({ before, after, places }) => ({ before: after, after: before, places }))),
        );
        expect(there.unchanged).toBe(back.unchanged);
        expect(there.unchanged + there.changed.length + there.added.length).toBe(b.values.length);
        expect(there.unchanged + there.changed.length + there.gone.length).toBe(a.values.length);
        for (const { places } of there.changed) expect(places.length).toBeGreaterThan(0);
      }),
    );
  });
});

it.each<[string, readonly string[] | null]>([
  ['FROM logs-* | STATS n = COUNT(*) BY process.name, host.name | WHERE n > 1', ['process.name', 'host.name']],
  ['FROM logs-* | STATS n = COUNT(*) BY process.name | RENAME process.name AS p | KEEP p, n', ['p']],
  ['FROM logs-* | STATS n = COUNT(*) BY process.name, host.name | KEEP n, host.name | SORT n', ['host.name']],
  ['FROM logs-* | STATS n = COUNT(*) BY a.b, c | STATS m = MAX(n) BY c', ['c']],
  ['FROM logs-* | STATS n = COUNT(*) BY process.name | KEEP n', null],
  ['FROM logs-* | STATS n = COUNT(*)', []],
  ['FROM logs-* | STATS v = VALUES(host.name) BY user.name | MV_EXPAND v', ['v', 'user.name']],
  ['FROM logs-* | WHERE process.name == "x" | KEEP process.name', null],
  ['FROM logs-* | INLINE STATS n = COUNT(*) BY host.name | KEEP host.name, n', null],
  ['not a query', null],
])('keys of %s', async (query, keys) => {
  expect(await groupKeysOf(query)).toEqual(keys);
});
