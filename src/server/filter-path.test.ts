import fc from 'fast-check';
import { expect, it } from 'vitest';
import { filteredJson } from './filter-path.ts';

const name = fc.constantFrom('a', 'b', 'ab', 'ba');
const tree = fc.letrec((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(1, 'a', '{"a"', '\\', null),
    fc.dictionary(name, tie('node'), { minKeys: 1, maxKeys: 3 }),
  ),
})).node;
const path = fc.array(fc.constantFrom('a', 'b', '*', 'a*', '**', '*b'), { minLength: 1, maxLength: 4 });

const filtered = async (value: unknown, expression: string): Promise<unknown> =>
  JSON.parse((await filteredJson(Buffer.from(JSON.stringify(value)), expression)).toString());

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

it('keeps the leaves that some path names, and drops those that one takes away', async () => {
  await fc.assert(
    fc.asyncProperty(tree, path, path, async (value, wanted, unwanted) => {
      fc.pre(typeof value === 'object' && value !== null && unwanted.at(-1) !== '**');
      const isMeant = wanted.at(-1) === '**' ? meaning(wanted.slice(0, -1), '') : meaning(wanted, '');
      const dropped = meaning(unwanted, '');
      const own = (found: unknown): string[] => leaves(found).filter((leaf) => leaves(value).includes(leaf));
      const kept = leaves(value).filter((leaf) => isMeant.test(`${leaf}.`));
      const left = leaves(value).filter((leaf) => !dropped.test(`${leaf}.`));
      expect(own(await filtered(value, wanted.join('.')))).toEqual(kept);
      expect(own(await filtered(value, `-${unwanted.join('.')}`))).toEqual(left);
      const both = `${wanted.join('.')},-${unwanted.join('.')}`;
      expect(own(await filtered(value, both))).toEqual(kept.filter((leaf) => left.includes(leaf)));
    }),
  );
});

it.each([
  ['{"a":[{"b":1,"c":2},{"c":3},4],"d":[]}', 'a.b', '{"a":[{"b":1}]}'],
  ['{"a":[{"b":1,"c":2},{"c":3},4],"d":[]}', '-a.b', '{"a":[{"c":2},{"c":3},4],"d":[]}'],
  ['{"a":{"b":{"c":1}}}', 'a.b,-a.b', '{"a":{}}'],
  ['{"a":{"b":{"c":1}}}', 'a.b.c,-a.b', '{"a":{}}'],
  ['{"a":{"b":{"c":1}}}', 'a.b.d,-a.b', '{}'],
  ['{"a":{},"b":[]}', 'a,b', '{"a":{},"b":[]}'],
  ['{"a":{},"b":[]}', 'a.x', '{}'],
  ['[{"a":1},{"b":2}]', 'b', '[{"b":2}]'],
  ['{ "a" : 12345678901234567890.10 ,\n"b":[ 1 , 2 ] }', 'a', '{"a":12345678901234567890.10}'],
  ['{"\\u0061":1,"q\\"":{"}":"{\\\\"}}', 'a,q*', '{"\\u0061":1,"q\\"":{"}":"{\\\\"}}'],
  ['{"a":1}', '', '{"a":1}'],
  ['{"a":1}', '**', '{"a":1}'],
  ['1', 'a', '{}'],
  ['1', '-a', '1'],
])('of %s the path %j leaves %s', async (json, expression, expected) => {
  expect((await filteredJson(Buffer.from(json), expression)).toString()).toBe(expected);
});

it('refuses paths of too many parts, but not the same one many times', async () => {
  await expect(async () => filtered({ a: 1 }, `${'*.'.repeat(600)}a`)).rejects.toThrow('more than 500 parts');
  expect(await filtered({ a: 1 }, 'a,'.repeat(10_000))).toEqual({ a: 1 });
  expect(await filtered({ a: { b: 1 } }, `${'**.'.repeat(5000)}b`)).toEqual({ a: { b: 1 } });
});
