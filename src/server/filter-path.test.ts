import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filterPath } from './filter-path.ts';

const name = fc.constantFrom('a', 'b', 'ab', 'ba');
const tree = fc.letrec((tie) => ({
  node: fc.oneof({ depthSize: 'small' }, fc.constant(1), fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 3 })),
})).node;
const path = fc.array(fc.constantFrom('a', 'b', '*', 'a*', '**', '*b'), { minLength: 1, maxLength: 4 });

/** The dotted names of all leaves. */
function leaves(value: unknown, at: string[] = []): string[] {
  if (typeof value !== 'object' || value === null) return [at.join('.')];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, [...at, key]));
}

/** What a path means, as a regular expression over dotted names: it takes what it names and all below. */
const meaning = (parts: readonly string[], ends: string): RegExp =>
  new RegExp(
    `^${parts.map((part) => (part === '**' ? '(?:\\w+\\.)*' : `${part.replaceAll('*', '\\w*')}\\.`)).join('')}${ends}`,
  );

it('keeps the leaves that some path names, and drops those that one takes away', () => {
  fc.assert(
    fc.property(tree, path, path, (value, wanted, unwanted) => {
      fc.pre(typeof value === 'object' && unwanted.at(-1) !== '**');
      const kept = filterPath(value, wanted.join('.'));
      const isMeant = wanted.at(-1) === '**' ? meaning(wanted.slice(0, -1), '') : meaning(wanted, '');
      const expected = leaves(value).filter((leaf) => isMeant.test(`${leaf}.`));
      expect(leaves(kept).filter((leaf) => leaf !== '')).toEqual(expected);
      const left = filterPath(value, `-${unwanted.join('.')}`);
      const dropped = meaning(unwanted, '');
      expect(leaves(left).filter((leaf) => leaf !== '' && leaves(value).includes(leaf))).toEqual(
        leaves(value).filter((leaf) => !dropped.test(`${leaf}.`)),
      );
    }),
  );
});

it('refuses paths of too many parts, but not the same one many times', () => {
  expect(() => filterPath({ a: 1 }, `${'*.'.repeat(600)}a`)).toThrow('more than 500 parts');
  expect(filterPath({ a: 1 }, 'a,'.repeat(10_000))).toEqual({ a: 1 });
  expect(filterPath({ a: { b: 1 } }, `${'**.'.repeat(5000)}b`)).toEqual({ a: { b: 1 } });
});
