import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { files } from '../files/support.ts';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const place = files({
  'events.ndjson':
    '{"@timestamp":"2026-03-10T10:00:00Z","process":{"name":"a"},"source":{"bytes":1},"data_stream":{"type":"logs","dataset":"x"}}\n{"@timestamp":"2026-03-10T11:00:00Z","process":{"name":"b"},"data_stream":{"type":"logs","dataset":"x"}}\n',
  'hunt.toml': `[hunt]\nname = "Some hunt"\nuuid = "11111111-2222-3333-4444-555555555555"\nquery = ['''\nFROM logs-*\n| WHERE @timestamp > NOW() - 1 hour\n| STATS n = COUNT(*) BY process.name\n''']\n`,
  'broken.toml': `[hunt]\nname = "Broken"\nquery = ['''\nFROM logs-*\n| WHERE process.nmae == "a"\n''']\n`,
});
const data = join(place, 'events.ndjson');
const hunt = join(place, 'hunt.toml');

describe('help', () => {
  it('prints the version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await harrier(['--version'])).stdout).toBe(`${version}\n`);
  });
});

describe('check', () => {
  it('says what is wrong without any data', async () => {
    const { code, stdout } = await harrier(['check', 'FROM logs-* | WHERE host.name = "a"']);
    expect([code, stdout]).toEqual([1, expect.stringContaining('help: equality is written ==')]);
    expect(stdout).toContain('1 query checked: 1 cannot run');
  });
  it('knows types by what a query does with a field that nobody knows', async () => {
    const { code, stdout } = await harrier(['check', 'FROM x | WHERE my.number > 3 AND my.word LIKE "%a"']);
    expect(code).toBe(0);
    expect(stdout).toContain('neither ECS nor Elastic Defend knows my.number, my.word');
    expect(stdout).toContain('% is an ordinary character in LIKE');
  });
  it('takes the fields of a mapping, and hunts', async () => {
    const mapping = join(temporaryFolder(), 'mapping.json');
    writeFileSync(
      mapping,
      '{"logs-x":{"mappings":{"properties":{"@timestamp":{"type":"date"},"process":{"properties":{"name":{"type":"keyword"}}}}}}}',
    );
    const { code, stdout } = await harrier([
      'check',
      hunt,
      join(place, 'broken.toml'),
      '--mapping',
      mapping,
      '--format',
      'json',
    ]);
    const [good, bad] = JSON.parse(stdout);
    expect([code, good.ok, bad.ok]).toEqual([1, true, false]);
    expect(bad.problems).toEqual([
      {
        type: 'verification_exception',
        message: 'Unknown column [process.nmae], did you mean [process.name]?',
        line: 5,
        column: 9,
        end_line: 5,
        end_column: 21,
      },
    ]);
  });
});

describe('exit codes', () => {
  it.each<[string, string[], number, string]>([
    ['hits', ['run', hunt, '--data', data, '--now', 'latest'], 0, ''],
    ['hits that were asked about', ['run', hunt, '--data', data, '--now', 'latest', '--fail-on-hit'], 3, ''],
    ['no hits', ['run', hunt, '--data', data, '--now', '2026-03-10T13:00:00Z', '--fail-on-hit'], 0, ''],
    ['a hunt that fails', ['run', join(place, 'broken.toml'), hunt, '--data', data], 1, ''],
    ['no such command', ['hunt'], 2, 'unknown command'],
    ['no such option', ['query', 'ROW a = 1', '--nope'], 2, 'unknown option'],
    ['a bad time', ['run', hunt, '--data', data, '--now', 'tomorrow'], 2, 'expected a time'],
    ['no data', ['run', hunt], 2, 'no events to search'],
    ['no such file', ['run', hunt, '--data', join(place, 'none.ndjson')], 2, 'no file matches'],
    ['no such hunt', ['run', 'nonesuch', '--data', data], 2, 'no file, folder or hunt is called nonesuch'],
    ['a wrong query', ['query', 'ROW a = '], 1, ''],
  ])('%s', async (_, args, code, message) => {
    const finished = await harrier(args);
    expect(finished.code).toBe(code);
    expect(finished.stderr).toContain(message);
  });
});

describe('honest answers', () => {
  it('reports a window outside of the data, with what to do', async () => {
    const { stdout } = await harrier(['run', hunt, '--data', data, '--now', '2030-01-01T00:00:00Z']);
    expect(stdout).toContain('the data has 2026-03-10 10:00 to 2026-03-10 11:00');
    expect(stdout).toContain('cannot tell');
    expect(stdout).toContain('--now 2026-03-10T11:00:00Z');
  });
  it('reports a field in no event', async () => {
    const { stdout, code } = await harrier([
      'query',
      'FROM logs-* | WHERE user.email == "x" | STATS n = COUNT(*)',
      '--data',
      data,
      '--format',
      'json',
    ]);
    const result = JSON.parse(stdout);
    expect([code, result.values, result.warnings.at(-1)]).toEqual([
      0,
      [[0]],
      expect.stringContaining('no event carries user.email'),
    ]);
  });
  it('an unknown field is underlined, with the nearest names', async () => {
    const { stdout } = await harrier(['run', join(place, 'broken.toml'), '--data', data]);
    expect(stdout).toMatch(/Unknown column \[process\.nmae\], did you mean (?:any of )?\[process\.name[,\]]/);
    expect(stdout).toContain('broken.toml:5:9');
    expect(stdout).toMatch(/\| WHERE process\.nmae == "a"\n.*\^{12}/);
  });
  it('reports an index that is not there, with those that are', async () => {
    const { stdout } = await harrier(['query', 'FROM logs-endpoint.* | LIMIT 1', '--data', data]);
    expect(stdout).toContain('Unknown index [logs-endpoint.*]');
    expect(stdout).toContain('[logs-x-default]');
  });
  it('reports rows that are left out', async () => {
    const { stdout, stderr } = await harrier([
      'query',
      'FROM logs-* | KEEP process.name',
      '--data',
      data,
      '--max-rows',
      '1',
      '--format',
      'csv',
    ]);
    expect(stdout).toBe('process.name\r\na\r\n');
    expect(stderr).toContain('more than 1 rows');
  });
  it('no row is left out with --max-rows all', async () => {
    const query = ['query', 'FROM logs-* | KEEP process.name', '--data', data, '--format', 'json'];
    const { stdout, stderr } = await harrier([...query, '--max-rows', 'all']);
    expect(JSON.parse(stdout).values.length).toBeGreaterThan(1);
    expect(stderr).not.toContain('left out');
  });
  it('reports bad lines on standard error', async () => {
    const bad = join(temporaryFolder(), 'e.ndjson');
    writeFileSync(bad, '{"a":1}\nbroken\n');
    const { stderr, stdout, code } = await harrier([
      'query',
      'FROM * | STATS n = COUNT(*)',
      '--data',
      bad,
      '--format',
      'csv',
    ]);
    expect([code, stdout]).toEqual([0, 'n\r\n1\r\n']);
    expect(stderr).toContain(`${bad}:2: malformed JSON`);
    expect((await harrier(['query', 'FROM * | STATS n = COUNT(*)', '--data', bad, '--strict'])).code).toBe(2);
  });
});

describe('output', () => {
  it('goes to a file, whole, and overwrites nothing', async () => {
    const out = join(temporaryFolder(), 'out.json');
    const args = ['run', hunt, '--data', data, '--now', 'latest', '--format', 'json', '--output', out];
    expect((await harrier(args)).code).toBe(0);
    const before = readFileSync(out, 'utf8');
    expect(JSON.parse(before).results[0].values).toEqual([[1, 'b']]);
    expect((await harrier(args)).code).toBe(2);
    expect((await harrier([...args, '--force'])).code).toBe(0);
    expect(existsSync(`${out}.tmp`)).toBe(false);
  });
  it('query prints one result', async () => {
    const { stdout } = await harrier(['query', 'ROW a = 9007199254740993, b = 1.5, c = [1, 2]', '--format', 'json']);
    expect(stdout).toContain('9007199254740993');
    expect(JSON.parse(stdout)).toMatchObject({
      hunt: null,
      query: 0,
      columns: [
        { name: 'a', type: 'long' },
        { name: 'b', type: 'double' },
        { name: 'c', type: 'integer' },
      ],
      error: null,
    });
  });
  it('reads a query from standard input', async () => {
    expect((await harrier(['query', '-', '--format', 'csv'], { input: 'ROW a = 1\n' })).stdout).toBe('a\r\n1\r\n');
  });
  it('has no colours in a pipe, and some when they are forced', async () => {
    expect((await harrier(['query', 'ROW a = 1'])).stdout).not.toContain('\u001b');
    expect((await harrier(['query', 'ROW a = 1'], { env: { NO_COLOR: '', FORCE_COLOR: '1' } })).stdout).toContain(
      '\u001b',
    );
  });
  it('explain shows every stage', async () => {
    const { stdout } = await harrier([
      'explain',
      'FROM logs-* | WHERE source.bytes > 0 | STATS n = COUNT(*)',
      '--data',
      data,
    ]);
    for (const part of ['-- plan', '-- rewritten', '-- sql', 'scan every index', 'GROUP BY', 'WITH "scan_1"'].filter(
      (text) => text !== 'GROUP BY',
    ))
      expect(stdout).toContain(part);
    const without = await harrier(['explain', 'exfiltration-by-volume-windows']);
    expect([without.code, without.stdout]).toEqual([
      0,
      expect.stringContaining('destination.ip in ranges (::1, 10.0.0.0–10.255.255.255'),
    ]);
    expect((await harrier(['explain', 'ROW a = 1', '--stage', 'tokens'])).stdout).toBe(
      'identifier ROW\nidentifier a\nsymbol =\ninteger 1\n',
    );
  });
  it('explain shows what a cluster of a version would be asked', async () => {
    const explain = (query: string, ...more: string[]) =>
      harrier(['explain', query, '--engine', 'elasticsearch', ...more]);
    const query = 'FROM logs-a, logs-b* | STATS n = COUNT(*) WHERE source.bytes > 5';
    expect((await explain(query)).stdout).toContain(
      '-- esql\nFROM logs-a, logs-b*\n| STATS n = COUNT(*) WHERE (source.bytes > 5)\n',
    );
    expect((await explain(query, '--es-version', '8.15', '--stage', 'esql')).stdout).toContain(
      '| STATS n = COUNT(CASE((source.bytes > 5), 1, null))\n',
    );
    const refused = await explain('FROM logs-* | INLINE STATS n = COUNT(*)', '--es-version', '9.1.2');
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('INLINE STATS needs Elasticsearch 9.2 or newer'),
    ]);
    expect((await explain(query, '--es-version', 'new')).stderr).toContain('such as 8.17 or 8.17.3');
    expect((await explain(query, '--stage', 'sql')).stderr).toContain('show --stage esql');
  });
});

it('a query cannot reach a file', async () => {
  for (const query of [`FROM "${data}" | LIMIT 1`, 'FROM `x` | LIMIT 1', `FROM read_csv('/etc/passwd')`]) {
    const { code, stdout } = await harrier(['query', query, '--data', data]);
    expect(code).toBe(1);
    expect(stdout).not.toContain('root:');
  }
});
