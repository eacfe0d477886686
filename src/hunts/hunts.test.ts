import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasShared, shared } from '../../tests/support/shared.ts';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { findHunts, ownLibrary, readHunt } from './library.ts';
import { testsFileOf } from './testing/hunt-tests.ts';

const place = (contents: Record<string, string>): string => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'sub'));
  for (const [name, text] of Object.entries(contents)) writeFileSync(join(folder, name), text);
  return folder;
};
const toml = (query: string): string =>
  `[hunt]\nname = "Odd logins"\nuuid = "0d4f8d8e-7f6c-4b0e-9a51-111111111111"\nauthor = "me"\nlanguage = ["ES|QL"]\nintegration = ["system"]\nmitre = ["T1078"]\nnotes = ["one", "two"]\nreferences = ["https://example.org"]\nquery = [${query}]\n`;

const markdown = `# Odd logins

---

## Metadata

- **Author:** me
- **Description:** Looks at logins,
over two lines.

- **UUID:** \`0d4f8d8e-7f6c-4b0e-9a51-222222222222\`
- **Integration:** [system](https://example.org), [endpoint](https://example.org)
- **Language:** \`[ES|QL]\`

## Query

\`\`\`sql
from logs-system.auth-*
| limit 1
\`\`\`

\`\`\`esql
FROM logs-endpoint.events.process-*
| STATS c = COUNT(*)
\`\`\`

## Notes

- First \`note\`.
- Second.

## MITRE ATT&CK Techniques

- [T1078](https://attack.mitre.org/techniques/T1078)
- [T1110.003](https://attack.mitre.org/techniques/T1110/003)

## References

- https://example.org/a

## License

- \`Some License\`
`;

describe('files of tests', () => {
  it('are no hunts, and no mistake beside hunts', async () => {
    const [hunt, tests] = ['.toml', '.test.toml'].map((end) => `hunts/network/exfiltration-by-volume-linux${end}`) as [
      string,
      string,
    ];
    expect((await findHunts([hunt, tests])).hunts).toHaveLength(1);
    await expect(findHunts([tests])).rejects.toThrow('holds the tests of a hunt');
  });
});

describe('Markdown', () => {
  const read = async (text: string, name = 'h.md') => readHunt(join(place({ [name]: text }), name));
  it('keeps everything', async () => {
    const { file, ...hunt } = await read(markdown);
    expect(hunt).toEqual({
      uuid: '0d4f8d8e-7f6c-4b0e-9a51-222222222222',
      name: 'Odd logins',
      author: 'me',
      description: 'Looks at logins, over two lines.',
      integration: ['system', 'endpoint'],
      language: ['ES|QL'],
      license: 'Some License',
      notes: ['First `note`.', 'Second.'],
      mitre: ['T1078', 'T1110.003'],
      references: ['https://example.org/a'],
      queries: [
        { text: 'from logs-system.auth-*\n| limit 1', line: 18 },
        { text: 'FROM logs-endpoint.events.process-*\n| STATS c = COUNT(*)', line: 23 },
      ],
    });
    expect(file).toMatch(/h\.md$/);
  });
  it('reads it without fences, with Windows line ends and a byte order mark', async () => {
    const bare = `\ufeff${markdown.replace(/```\w*\n/g, '').replaceAll('\n', '\r\n')}`;
    const { queries, name } = await read(bare);
    expect(name).toBe('Odd logins');
    expect(queries.map((query) => query.text)).toEqual([
      'from logs-system.auth-*\n| limit 1',
      'FROM logs-endpoint.events.process-*\n| STATS c = COUNT(*)',
    ]);
  });
  it('reads what is left of a page', async () => {
    const page = markdown
      .replace(/^#+ /gm, '')
      .replace(/```\w*\n/g, '')
      .replace(/\*\*|`/g, '')
      .replace(/^- (\w+):/gm, '  • $1:')
      .replaceAll('\n\n', '\n\n\n');
    const { uuid, name, queries, notes } = await read(`Skip to content\n\nHistory\n\n${page}`, 'h.txt');
    expect([uuid, name, queries.length, notes]).toEqual([
      '0d4f8d8e-7f6c-4b0e-9a51-222222222222',
      'Odd logins',
      2,
      ['First note.', 'Second.'],
    ]);
  });
  const section = (query: string): string =>
    `# Odd logins\n\n## Metadata\n\n- **Language:** \`[ES|QL, SQL]\`\n\n## Query\n\n${query}\n\n## Notes\n\n- From here on, notes.\n`;
  it.each<[string, string, [string, number][]]>([
    [
      'two queries, one line after the other',
      'from a\n| limit 1\nFROM b\n| limit 2',
      [
        ['from a\n| limit 1', 9],
        ['FROM b\n| limit 2', 11],
      ],
    ],
    [
      'two queries with a rule between them',
      'from a\n\n---\n\nfrom b | limit 2',
      [
        ['from a', 9],
        ['from b | limit 2', 13],
      ],
    ],
    [
      'settings belong to the query after them',
      'SET x = 1;\n\nFROM a\n| limit 1',
      [['SET x = 1;\n\nFROM a\n| limit 1', 9]],
    ],
    ['indices on lines of their own', 'FROM\n  a,\n  b\n| limit 1', [['FROM\n  a,\n  b\n| limit 1', 9]]],
    [
      'no query begins in a comment',
      'from a\n/* look\n\nfrom the start */\n| limit 1',
      [['from a\n/* look\n\nfrom the start */\n| limit 1', 9]],
    ],
    ['nor in a string', 'row x = """\n\nfrom b\n"""', [['row x = """\n\nfrom b\n"""', 9]]],
    ['nor in an open pipe', 'from a |\nwhere x > 1 and\n\nrow == 1', [['from a |\nwhere x > 1 and\n\nrow == 1', 9]]],
    ['nor in parentheses', 'from a\n| where (x > 1\n\nfrom == 2)', [['from a\n| where (x > 1\n\nfrom == 2)', 9]]],
    [
      'prose before a query is none',
      'From here we look at logins.\n\nFROM a METADATA _id\n| limit 1',
      [['FROM a METADATA _id\n| limit 1', 11]],
    ],
    ['a query with a fault stays a query', 'from a where x == 1', [['from a where x == 1', 9]]],
    [
      'headings below the heading Query',
      '### One\n\nfrom a\n\n### Two\n\nfrom b',
      [
        ['from a', 11],
        ['from b', 15],
      ],
    ],
    ['queries in other languages', '```sql\nSELECT * FROM t\n```\n\n```sql\nfrom a\n```', [['from a', 14]]],
    ['a word left over from a fence is blanked', '```sql\nsql\nfrom a\n```', [['   \nfrom a', 10]]],
    [
      'a query ends where SQL begins',
      'from a\n| limit 1\n\nSELECT x\nFROM t\n\nfrom b',
      [
        ['from a\n| limit 1', 9],
        ['from b', 15],
      ],
    ],
    ['a word before the query on its line', 'sql from a\n| limit 1', [['    from a\n| limit 1', 9]]],
    ['fences of tildes', '~~~esql\nfrom a\n~~~', [['from a', 10]]],
  ])('%s', async (_, query, expected) => {
    const { queries, language } = await read(section(query));
    expect(queries.map(({ text, line }) => [text, line])).toEqual(expected);
    expect(language).toEqual(['ES|QL', 'SQL']);
  });
  it('takes a bare query, and calls it by its file', async () => {
    const { name, queries } = await read('// logins\nfrom a\n| limit 1\n', 'odd-logins.txt');
    expect([name, queries]).toEqual(['odd-logins', [{ text: 'from a\n| limit 1', line: 2 }]]);
  });
  it('is Markdown though it shows a hunt in TOML', async () => {
    const { queries } = await read(`${markdown}\n~~~toml\n[hunt]\nname = "x"\n~~~\n`);
    expect(queries).toHaveLength(2);
  });
  it('says where a query was looked for, and does not take prose for one', async () => {
    const eql = section('```\nprocess where true\n```').replace('ES|QL, SQL', 'EQL');
    await expect(read(`${eql}\nFrom the start of the attack on.\n`)).rejects.toMatchObject({
      message: expect.stringMatching(/h\.md:7: no ES\|QL query, only EQL$/),
      hint: expect.stringContaining('begins with FROM'),
    });
  });
  it('says which language it is in otherwise', async () => {
    await expect(
      read(markdown.replace('[ES|QL]', 'EQL').replace(/```[\s\S]*```/, '```\nprocess where true\n```')),
    ).rejects.toThrow('no ES|QL query, only EQL');
  });
});

describe('TOML', () => {
  it('keeps everything, and knows the lines of queries', async () => {
    const { file, ...hunt } = await readHunt(
      join(place({ 'h.toml': toml("'''\nFROM a\n| LIMIT 1\n''', 'FROM b'") }), 'h.toml'),
    );
    expect(hunt.queries).toEqual([
      { text: 'FROM a\n| LIMIT 1\n', line: 11 },
      { text: 'FROM b', line: 13 },
    ]);
    expect([hunt.name, hunt.author, hunt.mitre, hunt.notes, hunt.references, hunt.integration]).toEqual([
      'Odd logins',
      'me',
      ['T1078'],
      ['one', 'two'],
      ['https://example.org'],
      ['system'],
    ]);
    expect(file).toMatch(/h\.toml$/);
  });
  it.each([
    [
      'after a description that says the same',
      toml("'FROM a'").replace('author', 'description = "FROM a"\nauthor'),
      11,
    ],
    ['with Windows line ends', toml("'''\nFROM a\n| LIMIT 1\n'''").replaceAll('\n', '\r\n'), 11],
    ['with escapes', toml('\n"FROM a | WHERE x == \\"y\\""'), 11],
    ['with a byte order mark', `\ufeff${toml("'FROM a'")}`, 10],
  ])('knows the line of a query %s', async (_, text, line) => {
    const { queries } = await readHunt(join(place({ 'h.toml': text }), 'h.toml'));
    expect(queries.map((query) => query.line)).toEqual([line]);
  });
  it('says the line and the language when no query is ES|QL', async () => {
    const text = toml("'process where true'").replace('ES|QL', 'EQL');
    await expect(readHunt(join(place({ 'h.toml': text }), 'h.toml'))).rejects.toThrow(
      /h\.toml:10: no ES\|QL query, only EQL$/,
    );
  });
  it.each([
    ['no query', toml(''), ':10: the hunt has no query'],
    ['invalid TOML', '[hunt]\nname = "x\n', ':2:10: invalid TOML'],
    ['no table', 'name = "x"\n', 'no [hunt] table'],
  ])('%s', async (_, text, message) => {
    await expect(readHunt(join(place({ 'h.toml': text }), 'h.toml'))).rejects.toThrow(message);
  });
});

describe('finding hunts', () => {
  it('by file, folder, UUID, its beginning, and name', async () => {
    const folder = place({
      'a.toml': toml("'FROM a'"),
      'sub/b.md': markdown,
      'bad.toml': 'x',
      'README.md': '# no hunt',
    });
    const inFolder = await findHunts([folder]);
    expect(inFolder.hunts.map((hunt) => hunt.name)).toEqual(['Odd logins', 'Odd logins']);
    expect(inFolder.problems).toHaveLength(1);
    for (const selector of ['0d4f8d8e-7f6c-4b0e-9a51-222222222222', '0d4f8d8e-7f6c-4b0e-9a51-2', 'b', 'B.md']) {
      expect((await findHunts([selector], [folder])).hunts[0]!.uuid).toBe('0d4f8d8e-7f6c-4b0e-9a51-222222222222');
    }
    await expect(findHunts(['0d4f8d8e'], [folder])).rejects.toThrow('fits 2 hunts');
    await expect(findHunts(['exfiltration-by-volume-window'])).rejects.toMatchObject({
      hint: expect.stringContaining('exfiltration-by-volume-windows'),
    });
    await expect(findHunts([join(folder, 'bad.toml')])).rejects.toThrow('bad.toml');
  });
  it('knows its own library', async () => {
    const { hunts, problems } = await findHunts([ownLibrary]);
    expect(problems).toEqual([]);
    expect(new Set(hunts.map((hunt) => hunt.uuid)).size).toBe(hunts.length);
    expect(new Set(hunts.map((hunt) => hunt.name)).size).toBe(hunts.length);
    const readme = readFileSync(join(ownLibrary, 'README.md'), 'utf8');
    for (const hunt of hunts) {
      expect(readme).toContain(`](${relative(ownLibrary, hunt.file)}) | ${hunt.name} | ${hunt.mitre.join(', ')} |`);
      expect(existsSync(testsFileOf(hunt.file)), `tests of ${hunt.file}`).toBe(true);
      expect(hunt).toMatchObject({
        author: 'Harrier',
        license: 'Apache-2.0',
        notes: expect.arrayContaining([expect.stringContaining('Unusable sources'), expect.stringContaining('Tuning')]),
      });
    }
  });
  it.skipIf(!hasShared)('reads the seeds as they were found', async () => {
    const { hunts, problems } = await findHunts([shared('seeds')]);
    expect(problems).toEqual([]);
    expect(hunts.map((hunt) => [hunt.uuid!.slice(0, 8), hunt.queries.length])).toEqual([
      ['76843f1f', 1],
      ['977d77f9', 1],
      ['44aff0e3', 1],
      ['24925575', 1],
      ['12526f14', 2],
    ]);
    for (const hunt of hunts)
      expect(hunt).toMatchObject({ author: 'Elastic', language: ['ES|QL'], license: 'Elastic License v2' });
  });
});
