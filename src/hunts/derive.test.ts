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
  const derived = (text: string, change: (query: string) => string): string => {
    const hunt = readToml(text, '/h.toml');
    const queries = hunt.queries.map((query) => change(query.text));
    const made = deriveToml(hunt, text, { ...derivation, queries });
    const back = readToml(made, '/h.toml');
    expect([back.uuid, back.name]).toEqual([derivation.uuid, derivation.name]);
    expect(back.queries.map((query) => query.text.trim())).toEqual(queries.map((query) => query.trim()));
    return made;
  };
  it.each([
    ['a literal string', `query = 'FROM a | WHERE n > 1' # stays`, `query = 'FROM a | WHERE n > 5' # stays`],
    ['a basic string', `query = ["FROM a | WHERE n > 1 AND x == \\"y\\""]`, `n > 5 AND x == \\"y\\""]`],
    ['several lines', `query = ["""\nFROM a\n| WHERE n > 1"""]`, `query = ['''\nFROM a\n| WHERE n > 5''']`],
    [
      'brackets and hashes in strings',
      `notes = ["# [x]", "query = ["]\nquery = [ # [\n'FROM a | WHERE n > 1' ]`,
      `query = [ # [\n'FROM a | WHERE n > 5' ]`,
    ],
    [
      'another language',
      `query = ["SELECT n", 'FROM a | WHERE n > 1']`,
      `query = ["SELECT n", 'FROM a | WHERE n > 5']`,
    ],
    [
      'lines that end as on Windows',
      `query = ['''\r\nFROM a\r\n| WHERE n > 1\r\n''']\r\n`,
      `query = ['''\r\nFROM a\r\n| WHERE n > 5\r\n''']\r\n`,
    ],
  ])('keeps comments beside %s', (_, query, expected) => {
    const text = `# first\n[hunt] # head\nname = 'Old' # n\n${query}\n[other]\nquery = 'FROM a | WHERE n > 1'\n`;
    const made = derived(text, (one) => one.replace('n > 1', 'n > 5'));
    expect(made).toContain(expected);
    expect(made).toMatch(/^# first\n\[hunt\] # head\nuuid = "[^"]*"\nname = "New [^\n]*" # n\n/);
    expect(made).toContain("[other]\nquery = 'FROM a | WHERE n > 1'");
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
