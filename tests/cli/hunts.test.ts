import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lintRules } from '../../src/app/lint-hunts.ts';
import { harrier } from '../support/command.ts';
import { hasShared, shared } from '../support/shared.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const uuid = (n: number): string => `0d4f8d8e-7f6c-4b0e-9a51-${String(n).padStart(12, '0')}`;

/** A hunt's TOML; its query begins on line 9. */
const toml = (n: number, query: string, { mitre = '["T1078"]', more = '', name = `Hunt ${n}` } = {}): string =>
  `[hunt]\nname = ${JSON.stringify(name)}\nuuid = "${uuid(n)}"\ndescription = "Looks."\nintegration = ["system"]\nlanguage = ["ES|QL"]\nmitre = ${mitre}\n${more}query = ['''\n${query}\n''']\n`;

const good = 'FROM logs-system.auth-*\n| WHERE @timestamp > NOW() - 1 day AND host.os.type == "linux"';

function hunts(files: Record<string, string>): string {
  const place = temporaryFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(place, name, '..'), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  return place;
}

interface Found {
  rule: string;
  severity: string;
  line: number;
  column: number;
  message: string;
  hint: string | null;
}

async function lint(files: Record<string, string>, args: readonly string[] = []): Promise<[number | null, Found[]]> {
  const { code, stdout } = await harrier(['hunts', 'lint', hunts(files), '--format', 'json', ...args]);
  return [code, JSON.parse(stdout)];
}

describe('help', () => {
  it('lists every rule in the documentation', () => {
    const text = readFileSync(new URL('../../docs/hunts.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `(.*)` \| (.*) \| (.*) \|$/gm)].map(([, ...cells]) => cells);
    const rules = Object.entries(lintRules).map(([id, { severity, about }]) => [
      id,
      severity,
      about.replace('|', '\\|'),
    ]);
    expect(rows).toEqual(rules);
  });
});

describe('list and search', () => {
  const place = hunts({
    'linux.toml': toml(1, good, { mitre: '["T1110.003"]' }),
    'windows/queries/b.toml': toml(2, 'FROM logs-endpoint.events.process-*', { mitre: '["T1055", "TA0011"]' }),
    'sql.toml': toml(3, 'SELECT Needle FROM t').replace('"ES|QL"', '"SQL"'),
    'host-macos.toml': toml(4, 'FROM x | WHERE NOT host.os.type == "linux" AND host.os.family IN ("darwin")'),
  });
  const names = async (...args: string[]): Promise<string[]> => {
    const { stdout, code } = await harrier(['hunts', ...args, '--format', 'json']);
    expect(code).toBe(0);
    return JSON.parse(stdout).map(({ name }: { name: string }) => name);
  };
  it('says what each hunt is about', async () => {
    const { stdout } = await harrier(['hunts', 'list', place]);
    expect(stdout).toMatch(/name +uuid +platforms +techniques +data sources +queries +file/);
    expect(stdout).toMatch(/Hunt 1 +0d4f8d8e +linux +T1110.003 +system +1 /);
    expect(stdout).toMatch(/Hunt 2 +0d4f8d8e +windows /);
    expect(stdout).toMatch(/Hunt 4 +0d4f8d8e +macos /);
  });
  it('lists the library where nothing is named', async () => {
    expect(await names()).toContain('Exfiltration by volume (Windows)');
  });
  it.each<[string[], string[]]>([
    [['needle'], ['Hunt 3']],
    [['--technique', 'T1110'], ['Hunt 1']],
    [['--technique', 't1110.003'], ['Hunt 1']],
    [['--technique', 'T1110.001'], []],
    [['--tactic', 'TA0011'], ['Hunt 2']],
    [['--tactic', 'Command and Control'], ['Hunt 2']],
    [['--tactic', 'credential-access'], ['Hunt 1']],
    [['--platform', 'Windows'], ['Hunt 2']],
    [['--platform', 'macos'], ['Hunt 4']],
    [['--data-source', 'endpoint'], ['Hunt 2']],
    [['--data-source', 'logs-system.auth-default'], ['Hunt 1']],
    [['--language', 'sql'], ['Hunt 3']],
    [['hunt', '--language', 'ES|QL', '--platform', 'linux'], ['Hunt 1']],
  ])('search %j', async (args, expected) => {
    const found = await names('search', ...args, '--library', place);
    expect(found.filter((name) => /^Hunt \d$/.test(name))).toEqual(expected);
  });
  it('names the tactics where there is no such one', async () => {
    const { code, stderr } = await harrier(['hunts', 'search', '--tactic', 'comand and control']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean Command and Control?')]);
  });
  it('takes tactics and names from the data that the settings name', async () => {
    const bundle = {
      objects: [
        {
          type: 'x-mitre-tactic',
          name: 'Made-up Tactic',
          x_mitre_shortname: 'made-up',
          external_references: [{ external_id: 'TA0001' }],
        },
        { type: 'attack-pattern', name: 'Made-up Technique', external_references: [{ external_id: 'T1110' }] },
        {
          type: 'attack-pattern',
          name: 'Part',
          external_references: [{ external_id: 'T1110.003' }],
          kill_chain_phases: [{ phase_name: 'made-up' }],
        },
        { type: 'attack-pattern', name: 'Old', revoked: true, external_references: [{ external_id: 'T1055' }] },
      ],
    };
    writeFileSync(join(place, 'attack.json'), JSON.stringify(bundle));
    const config = join(place, 'harrier.toml');
    writeFileSync(config, 'libraries = ["."]\nattack = "attack.json"\n');
    const found = await names('search', '--tactic', 'TA0001', '--config', config);
    expect(found.filter((name: string) => name.startsWith('Hunt'))).toEqual(['Hunt 1']);
    const { stdout } = await harrier(['hunts', 'show', uuid(1), '--config', config]);
    expect(stdout).toContain('T1110.003  Made-up Technique: Part');
    const linted = await harrier(['hunts', 'lint', place, '--config', config]);
    expect(linted.stdout).toMatch(
      /windows\/queries\/b\.toml:7:11: warning: T1055 is retired: Old \[unknown-technique\]/,
    );
    expect(linted.stdout).toMatch(/b\.toml:7:20: warning: TA0011 is not in ATT&CK/);
  });
  it('finds hunts of a library by name in run and check', async () => {
    const { code, stdout } = await harrier(['check', 'host-macos', '--library', place]);
    expect([code, stdout]).toEqual([0, expect.stringContaining('nothing is wrong')]);
    const { stderr, ...failed } = await harrier(['run', 'host-maco', '--library', place, '--data', place]);
    expect([failed.code, stderr]).toEqual([2, expect.stringContaining('did you mean host-macos')]);
  });
});

const hostile = 'a\u001b[31m\u202e | <img src=x onerror=alert(1)> [x](javascript:alert(1)) ```\\n# b';

describe('show and docs', () => {
  const place = hunts({
    'odd.toml': toml(5, `FROM x // \u202e ${'`'.repeat(4)}\n| LIMIT 1`, {
      name: hostile,
      more: `notes = [${JSON.stringify(hostile)}]\nreferences = ["javascript:alert(1)", "https://example.org/a>b|c?d=<e>"]\n`,
    }),
    '-index.md': `# Two\n\n## Metadata\n\n- **UUID:** ${uuid(6)}\n\n## Query\n\n\`\`\`sql\nFROM y\n\`\`\`\n`,
  });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that there are none is what is tested
  const controls = /[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/;
  it('shows a hunt with the line numbers of its file', async () => {
    const { stdout } = await harrier(['hunts', 'show', join(place, 'odd.toml')]);
    expect(stdout).not.toMatch(controls);
    expect(stdout).toMatch(/^ {2}11 \| FROM x \/\/ <U\+202E> ````$/m);
    expect(stdout).toContain('12 | | LIMIT 1');
    const { stdout: json } = await harrier(['hunts', 'show', join(place, 'odd.toml'), '--format', 'json']);
    expect(JSON.parse(json)).toMatchObject({ name: hostile, techniques: [{ id: 'T1078', name: 'Valid Accounts' }] });
  });
  it('writes pages in which hostile text stays text', async () => {
    const output = join(temporaryFolder(), 'docs');
    expect((await harrier(['hunts', 'docs', place, '--output', output])).code).toBe(0);
    expect(readdirSync(output).sort()).toEqual(['index-2.md', 'index.md', 'odd.md']);
    for (const name of ['odd.md', 'index.md']) {
      const page = readFileSync(join(output, name), 'utf8');
      expect(page).not.toMatch(controls);
      expect(page).not.toMatch(/<img|\]\(javascript|^# b/m);
    }
    const page = readFileSync(join(output, 'odd.md'), 'utf8');
    expect(page).toContain('\n`````esql\nFROM x');
    expect(page).toContain('](<https://example.org/a%3Eb%7Cc?d=%3Ce%3E>)');
    expect(page).toContain('[T1078 Valid Accounts](https://attack.mitre.org/techniques/T1078)');
    const again = await harrier(['hunts', 'docs', place, '--output', output]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('--force')]);
    const forced = await harrier(['hunts', 'docs', place, '--output', output, '--by', 'platform', '--force']);
    expect(forced.code).toBe(0);
    expect(readFileSync(join(output, 'index.md'), 'utf8')).toContain('## No platform');
  });
});

describe('new', () => {
  it('writes a hunt that passes lint, and overwrites nothing', async () => {
    const file = join(temporaryFolder(), 'odd.toml');
    const args = ['hunts', 'new', 'Odd "logins" \\ \u007f', '--platform', 'linux', '--technique', 'T1078', '-o', file];
    expect(await harrier(args)).toMatchObject({ code: 0, stdout: `${file}\n` });
    const linted = await harrier(['hunts', 'lint', file]);
    expect([linted.code, linted.stdout]).toEqual([0, '1 file: no errors, no warnings\n']);
    const before = readFileSync(file, 'utf8');
    expect(await harrier(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') });
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect((await harrier([...args, '--force'])).code).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toBe(before);
  });
});

describe('lint', () => {
  it.each<[string, string, Partial<Found>]>([
    [
      'a query that is no ES|QL',
      toml(1, 'FROM x\n| WHERE @timestamp > 1 AND a = 1'),
      { rule: 'esql-syntax', line: 10, column: 30, hint: 'equality is written ==' },
    ],
    [
      'a query on the line of its key',
      toml(1, good).replace(/'''[\s\S]*'''/, '"FROM x | WHRE a"'),
      { rule: 'esql-syntax', line: 8, column: 20 },
    ],
    ['types that do not fit', toml(1, `${good} AND host.name > 1`), { rule: 'esql-meaning', line: 10, column: 68 }],
    [
      'the word of a fence',
      toml(1, good).replace("'''\nFROM", "'''sql\nFROM"),
      { rule: 'stray-fence-word', severity: 'warning', line: 8, column: 13 },
    ],
    ['an id that is none', toml(1, good, { mitre: '["T1078", "T12"]' }), { rule: 'attack-id', line: 7, column: 20 }],
    [
      'a key that is missing',
      toml(1, good).replace(/^description.*\n/m, ''),
      { rule: 'hunt-schema', line: 1, message: 'hunt.description is missing' },
    ],
    [
      'a value of the wrong kind',
      toml(1, good).replace('"Looks."', '3'),
      { rule: 'hunt-schema', line: 4, message: 'hunt.description must be a text' },
    ],
    [
      'a UUID that is none',
      toml(1, good).replace(/uuid = ".*"/, 'uuid = "123"'),
      { rule: 'hunt-schema', line: 3, message: 'hunt.uuid does not fit' },
    ],
    [
      'a key that nobody reads',
      toml(1, good, { more: 'reference = []\n' }),
      { rule: 'unknown-key', severity: 'warning', line: 8, hint: 'did you mean references?' },
    ],
    ['no TOML', '[hunt]\nname = "a\n', { rule: 'toml-syntax', line: 2 }],
    ['no hunt', 'name = "a"\n', { rule: 'hunt-schema', message: 'hunt is missing' }],
    [
      'no ES|QL',
      toml(1, 'SELECT 1').replace('"ES|QL"', '"SQL"'),
      { rule: 'no-esql-query', severity: 'advice', line: 8, message: 'no query in ES|QL, only SQL' },
    ],
    [
      'advice on a query',
      toml(1, 'FROM x\n| WHERE @timestamp > NOW() - 1 day\n| LIMIT 1\n| SORT a'),
      { rule: 'limit-before-sort', severity: 'advice', line: 11, column: 3 },
    ],
  ])('%s', async (_, text, expected) => {
    const [code, found] = await lint({ 'a.toml': text });
    expect(found).toEqual([expect.objectContaining(expected)]);
    expect(code).toBe((expected.severity ?? 'error') === 'error' ? 1 : 0);
  });
  it('reports UUIDs that stand twice, but not in the Markdown made from a hunt', async () => {
    const page = `# Hunt 1\n\n## Metadata\n\n- **UUID:** \`${uuid(1)}\`\n\n## Query\n\n\`\`\`sql\n${good}\n\`\`\`\n`;
    const [code, found] = await lint({ 'a.toml': toml(1, good), 'b.toml': toml(1, good), 'docs/a.md': page });
    expect(found.map(({ rule, line, column }) => [rule, line, column])).toEqual([['duplicate-uuid', 3, 9]]);
    expect(code).toBe(1);
  });
  it('asks of rules only what is asked of queries', async () => {
    const rule = (language: string): string =>
      `[rule]\nname = "r"\nrule_id = "${uuid(9)}"\nlanguage = "${language}"\nquery = '''\nFROM x | WHERE a == null\n'''\n`;
    const [, found] = await lint({ 'a.toml': rule('esql'), 'b.toml': rule('eql') });
    expect(found.map(({ rule: id }) => id)).toEqual(['null-comparison']);
  });
  it('writes SARIF that code scanning takes', async () => {
    const place = hunts({
      'a b.toml': toml(1, 'FROM x\n| WHERE a = 1'),
      'c.toml': toml(2, 'FROM x | LIMIT 1 | SORT a'),
    });
    const { code, stdout } = await harrier(['hunts', 'lint', place, '--format', 'sarif']);
    const { version, runs } = JSON.parse(stdout);
    const [{ tool, results }] = runs;
    expect([code, version, runs.length]).toEqual([1, '2.1.0', 1]);
    const ids = tool.driver.rules.map(({ id }: { id: string }) => id);
    for (const result of results) {
      expect(ids[result.ruleIndex]).toBe(result.ruleId);
      expect(['error', 'warning', 'note']).toContain(result.level);
      const { region, artifactLocation } = result.locations[0].physicalLocation;
      expect(Math.min(...(Object.values(region) as number[]))).toBeGreaterThan(0);
      expect(artifactLocation.uri).toMatch(/^file:\/\/\/.*\/(?:a%20b|c)\.toml$/);
    }
    expect(results.map(({ ruleId, level }: { ruleId: string; level: string }) => [ruleId, level])).toEqual([
      ['esql-syntax', 'error'],
      ['no-time-window', 'note'],
      ['limit-before-sort', 'note'],
    ]);
  });
  it('has no errors or warnings for Harrier’s own hunts', async () => {
    const { code, stdout } = await harrier(['hunts', 'lint', '--format', 'json']);
    expect(code).toBe(0);
    expect((JSON.parse(stdout) as Found[]).filter(({ severity }) => severity !== 'advice')).toEqual([]);
  });
  it('says what there is not', async () => {
    expect(await harrier(['hunts', 'lint', 'no-such-place'])).toMatchObject({ code: 2 });
    expect(await harrier(['hunts', 'lint', temporaryFolder()])).toMatchObject({ code: 2 });
  });
});

describe.skipIf(!hasShared)('published hunts', () => {
  it.each([['list'], ['lint'], ['docs', '--output', join(temporaryFolder(), 'docs')]])('%s', async (...args) => {
    const [command, ...rest] = args as [string, ...string[]];
    const { code, stderr } = await harrier(['hunts', command, shared('seeds'), ...rest]);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  });
  it('show', async () => {
    for (const name of readdirSync(shared('seeds'))) {
      const { code, stdout } = await harrier(['hunts', 'show', join(shared('seeds'), name)]);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/uuid .*[\s\S]*platforms +\w+[\s\S]*query/)]);
    }
  });
});

/* Elastic's public library, where HARRIER_CORPUS names a copy of github.com/elastic/detection-rules. */
const corpus = `${process.env.HARRIER_CORPUS}/hunting`;

describe.skipIf(!existsSync(corpus))('Elastic’s own library', () => {
  it('is searchable as a whole, and its faults are found where they are', async () => {
    const { stderr } = await harrier(['hunts', 'list', corpus]);
    expect(stderr).toMatch(/^\d+ hunts\n$/);
    const { code, stdout } = await harrier(['hunts', 'lint', corpus, '--format', 'json']);
    const syntax = (JSON.parse(stdout) as (Found & { file: string })[]).filter(({ rule }) => rule === 'esql-syntax');
    expect(code).toBe(1);
    for (const platform of ['aws', 'okta', 'windows'])
      expect(syntax.some(({ file, column }) => file.includes(`/${platform}/`) && column > 1)).toBe(true);
  });
});
