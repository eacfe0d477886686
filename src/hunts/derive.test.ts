import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveToml } from './derive.ts';
import type { Hunt } from './hunt.ts';
import { readToml } from './read-toml.ts';
import { huntToml } from './write-toml.ts';

const file = `# A comment that stays
[hunt]
name = "Old" # so does this one
uuid = "0d4f8d8e-7f6c-4b0e-9a51-111111111111"
notes = [ "uuid = 1" ]
query = [
'''
FROM a // n > 1
| STATS n = COUNT(*)
| WHERE n > 1
''',
  "FROM b | WHERE x == \\"y\\"",
]
`;
const derivation = {
  uuid: '0d4f8d8e-7f6c-4b0e-9a51-222222222222',
  name: 'New "one" \\ $1',
  overrides: `--set 'n=5' --only 'a == "$&"'`,
};

describe('derive', () => {
  it('changes name, UUID and queries, and nothing else', () => {
    const hunt = readToml(file.replace(/ {2}"FROM b.*\n/, ''), '/h.toml');
    const text = deriveToml(hunt, file.replace(/ {2}"FROM b.*\n/, ''), {
      ...derivation,
      queries: [hunt.queries[0]!.text.replace('WHERE n > 1', () => "WHERE n > 5 AND m == 'x$&'")],
    });
    expect(text).toBe(`# A comment that stays
[hunt]
name = "New \\"one\\" \\\\ $1" # so does this one
uuid = "0d4f8d8e-7f6c-4b0e-9a51-222222222222"
notes = [ "uuid = 1" ]
query = [
'''
FROM a // n > 1
| STATS n = COUNT(*)
| WHERE n > 5 AND m == 'x$&'
''',
]

# Where this hunt comes from
[derived]
from_uuid = "0d4f8d8e-7f6c-4b0e-9a51-111111111111"
from_name = "Old"
overrides = "--set 'n=5' --only 'a == \\"$&\\"'"
`);
  });
  it('writes a new file where a query is escaped', () => {
    const hunt = readToml(file, '/h.toml');
    const queries = hunt.queries.map((query) => query.text.replace('"y"', '"z"'));
    const back = readToml(deriveToml(hunt, file, { ...derivation, queries }), '/h.toml');
    expect(back.queries.map((query) => query.text.trim())).toEqual(queries.map((query) => query.trim()));
    expect([back.uuid, back.name]).toEqual([derivation.uuid, derivation.name]);
  });
  it('can be derived from again', () => {
    const hunt = readToml(file, '/h.toml');
    const queries = hunt.queries.map((query) => query.text);
    const once = deriveToml(hunt, file, { ...derivation, queries });
    const twice = deriveToml(readToml(once, '/h.toml'), once, { ...derivation, queries });
    expect(twice.match(/\[derived\]/g)).toHaveLength(1);
  });
});

describe('a hunt as TOML', () => {
  it('reads back the same', () => {
    const text = fc
      .string({ unit: 'grapheme' })
      .map((value) => value.trim())
      .filter((value) => value !== '' && !/\r/.test(value));
    const texts = fc.array(text, { maxLength: 3 });
    const hunt = fc.record({
      uuid: fc.uuid(),
      name: text,
      author: text,
      description: text,
      integration: texts,
      license: text,
      notes: texts,
      mitre: texts,
      references: texts,
      queries: fc.array(
        text.map((value) => `FROM a\n| WHERE x == "${value}"`),
        { minLength: 1, maxLength: 3 },
      ),
    });
    fc.assert(
      fc.property(hunt, (made) => {
        const back: Hunt = readToml(huntToml({ ...made, language: ['ES|QL'] }), '/h.toml');
        const { queries, file: _, language: __, ...rest } = back;
        expect({ ...rest, queries: queries.map((query) => query.text.trim()) }).toEqual({
          ...made,
          queries: made.queries.map((query) => query.trim()),
        });
      }),
    );
  });
});
