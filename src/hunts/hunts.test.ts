import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasShared, shared } from '../../tests/support/shared.ts';
import { findHunts, ownLibrary, readHunt } from './library.ts';

const place = (contents: Record<string, string>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'harrier-hunts-'));
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
    ['no query', toml(''), 'the hunt has no query'],
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
    for (const selector of ['0d4f8d8e-7f6c-4b0e-9a51-222222222222', '0d4f8d8e-7f6c-4b0e-9a51-2', 'b']) {
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
    expect(hunts.flatMap((hunt) => hunt.queries)).toHaveLength(8);
    expect(new Set(hunts.map((hunt) => hunt.uuid)).size).toBe(7);
    for (const hunt of hunts)
      expect(hunt).toMatchObject({
        author: 'Harrier',
        license: 'Apache-2.0',
        notes: expect.arrayContaining([expect.stringContaining('Unusable sources'), expect.stringContaining('Tuning')]),
      });
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
