import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatedMembers } from './repeated-members.ts';

const members = (document: string): string[] => repeatedMembers(Buffer.from(document)).map(({ name }) => name);

describe('members that stand more than once', () => {
  it.each<[string, string[]]>([
    ['{}', []],
    ['{"a":1,"b":{"a":2}}', []],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['{"a":{"b":1},"a":{"b":2}}', ['a']],
    ['{"a":{"b.c":1,"x":[{"y":1},{"y":2}],"b.c":2}}', ['a.b.c']],
    ['{"a":[{"b":1,"b":2},[{"c":1,"c":1}]],"d":0,"d":0}', ['a.b', 'a.c', 'd']],
    ['{"a\\"":"\\\\","a\\"":1}', ['a"']],
    ['{"\\u0061":"{\\"a\\":1,","a":","}', ['a']],
    ['{"__proto__":1,"__proto__":2,"":1,"":2}', ['__proto__', '']],
  ])('%s', (document, expected) => {
    expect(members(document)).toEqual(expected);
  });

  it('are none in what JSON.stringify writes, and are those that are added', () => {
    const anyKey = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a', 'b', '"', '\\', 'ä'));
    const anything = fc.object({ key: anyKey, maxDepth: 2, maxKeys: 4 });
    fc.assert(
      fc.property(anything, anyKey, (object, key) => {
        const text = JSON.stringify(object);
        expect(members(text)).toEqual([]);
        const member = `${JSON.stringify(key)}:${text}`;
        expect(members(`{${member}, ${member}}`)).toEqual([key]);
      }),
    );
  });
});
