import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const cwd = temporaryFolder();
const write = (name: string, text: string | Buffer): void => writeFileSync(join(cwd, name), text);

const event = (minute: number, ip: string, name: string, host: string): string =>
  JSON.stringify({
    '@timestamp': `2026-03-10T10:0${minute}:00Z`,
    ...{ destination: { ip }, dns: { question: { name } }, host: { name: host } },
    data_stream: { type: 'logs', dataset: 'net', namespace: 'default' },
  });

const hunt = `[hunt]
name = "Connections to listed networks"
uuid = "5f0e3c58-91a5-4d0e-8a56-d1b7a0a00001"
author = "Tests"
description = "Connections to networks of a list."
integration = ["endpoint"]
language = ["ES|QL"]
license = "none"
notes = []
mitre = []
references = []
query = ['''
from logs-*
| where @timestamp > now() - 1 hour
| harrier_lookup nets on destination.ip == network by cidr
| where network is not null
| stats n = count(*) by network, destination.ip
''']
`;

beforeAll(() => {
  write(
    'events.ndjson',
    [
      event(1, '10.1.2.3', 'A.evil.example', 'srv-1'),
      event(2, '8.8.8.8', 'notevil.example', 'srv-2'),
      event(3, '2001:db8::7', 'evil.example', 'ws-1'),
    ].join('\n'),
  );
  write('nets.csv', 'network,why\n10.0.0.0/8,inside\n2001:db8::/64,six\n');
  write('hunt.toml', hunt);
});

const answer = async (query: string, ...more: string[]) => {
  const finished = await harrier(['query', query, '--format', 'json', '--data', 'events.ndjson', ...more], { cwd });
  expect(finished).toMatchObject({ code: 0 });
  const { values, warnings } = JSON.parse(finished.stdout) as { values: unknown[][]; warnings: string[] };
  return { values, warnings: warnings.filter((one) => !one.startsWith('No limit')), stderr: finished.stderr };
};

const byNetwork = (list: string): string =>
  `FROM logs-* | HARRIER_LOOKUP ${list} ON destination.ip == network BY cidr | KEEP destination.ip, network | SORT destination.ip`;

it.each([
  ['a BOM, comments, blank lines', 'a.csv', '\ufeff# feed\r\n\r\nnetwork,why\r\n\r\n10.0.0.0/8,x\r\n# end\r\n'],
  ['a single column', 'a.txt', 'network\n10.0.0.0/8\n'],
  ['semicolons', 'a.csv', 'why;network\n"a;b";10.0.0.0/8\n'],
  ['tabs', 'a.tsv', 'why\tnetwork\nx\t10.0.0.0 - 10.255.255.255\n'],
  ['NDJSON, several networks in a row', 'a.ndjson', '{"network":["10.0.0.0/8","192.0.2.1"],"why":"x"}\n'],
  ['a JSON array', 'a.json', '[{"network":"10.0.0.0/8"}]'],
  ['gzip', 'a.csv.gz', gzipSync('network\n10.0.0.0/8\n')],
  ['odd names', 'a.csv', 'network,"it\'s ""odd""; DROP TABLE x",_index,Network,place,key\n10.0.0.0/8,1,2,3,4,5\n'],
])('reads a list with %s', async (_, file, text) => {
  write(file, text);
  const name = file === 'a.txt' || file === 'a.json' ? ['--lookup', `other=${file}`] : ['--lookup', file];
  const { values, warnings } = await answer(byNetwork(name[1]!.startsWith('other') ? 'other' : 'a'), ...name);
  expect(values).toEqual([
    ['8.8.8.8', null],
    ['10.1.2.3', expect.anything()],
    ['2001:db8::7', null],
  ]);
  expect(warnings).toEqual([]);
});

it('keeps columns by the names that a list gives them, whatever these are', async () => {
  write('odd.csv', 'network,"it\'s ""odd""; DROP TABLE x",_place\n10.0.0.0/8,one,two\n');
  const { values } = await answer(
    'FROM logs-* | HARRIER_LOOKUP odd ON destination.ip == network BY cidr | WHERE network IS NOT NULL | KEEP `it\'s "odd"; DROP TABLE x`, _place',
    ...['--lookup', 'odd.csv'],
  );
  expect(values).toEqual([['one', 'two']]);
});

it('finds domains below those of a list, and patterns', async () => {
  write('domains.txt', 'domain\nevil.example\n');
  const domains = await answer(
    'FROM logs-* | HARRIER_LOOKUP domains ON dns.question.name == domain BY suffix | WHERE domain IS NOT NULL | KEEP dns.question.name | SORT dns.question.name',
    ...['--lookup', 'domains.txt'],
  );
  expect(domains.values).toEqual([['A.evil.example'], ['evil.example']]);
  write('patterns.txt', 'pattern\nSRV-?\n');
  const patterns = await answer(
    'FROM logs-* | HARRIER_LOOKUP patterns ON host.name == pattern BY wildcard | WHERE pattern IS NOT NULL | KEEP host.name | SORT host.name',
    ...['--lookup', 'patterns.txt'],
  );
  expect(patterns.values).toEqual([['srv-1'], ['srv-2']]);
});

it('joins a list as LOOKUP JOIN joins an index, by types of ECS where a column has a name of it', async () => {
  write('assets.csv', 'destination.ip,owner\n10.1.2.3,Ops\n10.1.2.3,Web\n');
  const { values } = await answer(
    'FROM logs-* | LOOKUP JOIN assets ON destination.ip | KEEP destination.ip, owner | SORT owner | LIMIT 2',
    ...['--lookup', 'assets.csv'],
  );
  expect(values).toEqual([
    ['10.1.2.3', 'Ops'],
    ['10.1.2.3', 'Web'],
  ]);
});

it('reads networks in a column that is of addresses in ECS', async () => {
  write('ecs.csv', 'destination.ip\n10.0.0.0/8\n8.8.8.8\n');
  const { values, warnings } = await answer(
    'FROM logs-* | RENAME destination.ip AS ip | HARRIER_LOOKUP ecs ON ip == destination.ip BY cidr | KEEP ip, destination.ip | SORT ip',
    ...['--lookup', 'ecs.csv'],
  );
  expect(values.map(([ip, found]) => `${ip} ${found}`).sort()).toEqual([
    '10.1.2.3 10.0.0.0/8',
    '2001:db8::7 null',
    '8.8.8.8 8.8.8.8',
  ]);
  expect(warnings).toEqual([]);
});

it('counts what is no network, with the lines, and rows that cannot be read', async () => {
  write('bad.csv', '# made today\nnetwork,why\n10.0.0.0/8,"two\nlines"\nnone,x\n1.2.3.4/99,x\nalone\n');
  const { warnings, stderr } = await answer(byNetwork('bad'), '--lookup', 'bad.csv');
  expect(warnings).toEqual([
    'Line 1:55: 2 of 3 values in [network] of the list [bad] are no networks and match nothing: line 5 [none], line 6 [1.2.3.4/99]',
  ]);
  expect(stderr).toContain('list bad: 1 row could not be read: line 7: a row of 2 columns has 1 cell: alone');
  const other = await answer(
    'FROM logs-* | HARRIER_LOOKUP bad ON destination.ip == why BY cidr | KEEP why | LIMIT 1',
    ...['--lookup', 'bad.csv'],
  );
  expect(other.warnings).toEqual(['Line 1:55: [why] of the list [bad] does not hold networks: nothing is found in it']);
});

it('takes a header alone for a list without rows, and says so', async () => {
  write('none.csv', 'network,why\n');
  const { values, warnings } = await answer(`${byNetwork('none')} | LIMIT 1`, '--lookup', 'none.csv');
  expect(values).toEqual([['8.8.8.8', null]]);
  expect(warnings).toEqual(['Line 1:30: the list [none] has no rows: nothing is found in it']);
});

it('prefers a list to an index of the same name, in lookups alone', async () => {
  const list = ['--lookup', 'logs-net-default=nets.csv'];
  const { values } = await answer(
    'FROM logs-net-default | HARRIER_LOOKUP logs-net-default ON destination.ip == network BY cidr | STATS n = COUNT(*), found = COUNT(why)',
    ...list,
  );
  expect(values).toEqual([[3, 2]]);
  expect((await answer('FROM * | STATS n = COUNT(*)', ...list)).values).toEqual([[3]]);
});

it.each([
  [['--lookup', 'empty.csv'], 'the list empty.csv is empty'],
  [['--lookup', 'headless.txt'], 'the list headless.txt begins with "192.0.2.1", which is no name of a column'],
  [['--lookup', 'nobody.csv'], 'nobody.csv'],
  [['--lookup', 'nets.csv', '--lookup', 'nets=events.ndjson'], '--lookup names two lists nets'],
  [['--lookup', 'folder'], 'the list folder is 2 files'],
  [['--lookup', '-'], 'the list - needs a name for queries'],
  [['--lookup', 'binary.csv'], 'the list binary.csv'],
])('refuses %j', async (options, message) => {
  write('empty.csv', '');
  write('headless.txt', '192.0.2.1\n192.0.2.2\n');
  write('binary.csv', Buffer.from([0, 1, 2, 3, 255, 254, 0, 0, 9, 10]));
  mkdirSync(join(cwd, 'folder'), { recursive: true });
  write('folder/a.csv', 'a\n1\n');
  write('folder/b.csv', 'a\n1\n');
  const { code, stderr } = await harrier(['query', 'ROW a = 1', ...options], { cwd });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
});

it('refuses lists over a cluster with the reason, and what to do instead', async () => {
  const cluster = ['--engine', 'elasticsearch', '--url', 'http://127.0.0.1:1'];
  const { code, stderr } = await harrier(['query', 'FROM a', ...cluster, '--lookup', 'nets.csv'], { cwd });
  expect(code).toBe(2);
  expect(stderr).toContain('--lookup reads lists into the engine of this process');
  expect(stderr).toContain('"index.mode": "lookup"');
});

it('reads lists from standard input', async () => {
  const query = 'ROW a = "10.0.0.1"::ip | HARRIER_LOOKUP piped ON a == network BY cidr';
  const { stdout } = await harrier(['query', query, '--lookup', 'piped=-', '--format', 'csv'], {
    cwd,
    input: 'network\n10.0.0.0/8\n',
  });
  expect(stdout).toBe('a,network\r\n10.0.0.1,10.0.0.0/8\r\n');
});

const rows = async (args: readonly string[]): Promise<string> => {
  const { stdout, stderr, code } = await harrier(args, { cwd });
  expect({ stderr, code }).toMatchObject({ code: 0 });
  return stdout;
};
const state = ['--state', 'state'];
const over = ['--data', 'events.ndjson', '--now', 'latest', '--lookup', 'nets.csv'];

it('runs, traces, repeats and compares hunts over a list', async () => {
  const { results } = JSON.parse(
    await rows(['run', 'hunt.toml', ...over, '--format', 'json', '--save', 'first', ...state]),
  ) as {
    results: { outcome: string; values: unknown[][] }[];
  };
  expect(results[0]).toMatchObject({ outcome: 'hits' });
  expect(results[0]!.values).toHaveLength(2);
  expect(await rows(['run', 'hunt.toml', ...over])).toContain('--lookup nets.csv');
  expect(await rows(['events', 'hunt.toml', '--row', '1', ...over])).toContain('srv-1');
  expect(await rows(['backfill', 'hunt.toml', ...over, '--step', '1h'])).toContain('10.0.0.0/8 · 10.1.2.3');
  expect(await rows(['diff', 'first', ...state])).toContain('2 unchanged');
});

it('reads lists beside a store, and those that harrier.toml names', async () => {
  await rows(['ingest', 'events.ndjson', '--store', 'store']);
  write('harrier.toml', 'lookup = ["nets.csv"]\n');
  expect(await rows(['run', 'hunt.toml', '--store', 'store', '--now', 'latest', '--format', 'csv'])).toContain(
    '10.1.2.3',
  );
  expect(await rows(['run', 'hunt.toml', '--data', 'events.ndjson', '--now', 'latest'])).toContain('2 hits');
  write('harrier.toml', '');
});

it('says what a hunt lacks for want of a list', async () => {
  const coverage = async (...list: string[]): Promise<unknown> => {
    const args = ['coverage', 'hunt.toml', '--data', 'events.ndjson', '--now', 'latest', '--window', '5m'];
    return JSON.parse(await rows([...args, ...list, '--format', 'json']));
  };
  const hunts = (verdict: string, reason: unknown) => ({
    hunts: [{ verdict, reasons: expect.arrayContaining([reason]) }],
  });
  write('none.csv', 'network,why\n');
  write('blank.csv', 'network,why\n,x\n,y\n');
  const window = expect.stringContaining('of the window');
  expect(await coverage('--lookup', 'nets.csv')).toMatchObject(hunts('partial', window));
  expect(await coverage('--lookup', 'nets=none.csv')).toMatchObject(
    hunts('blind', 'the list nets has no rows: nothing is found in it'),
  );
  expect(await coverage('--lookup', 'nets=blank.csv')).toMatchObject(
    hunts('blind', 'the column network of the list nets has no values'),
  );
  expect(await coverage()).toMatchObject(hunts('blind', 'no index and no list is called nets'));
});

it('checks and lints hunts over a list, with it and without', async () => {
  expect(await rows(['check', 'hunt.toml'])).toContain('1 query checked: nothing is wrong');
  expect(await rows(['check', 'hunt.toml', '--lookup', 'nets.csv'])).toContain('1 query checked: nothing is wrong');
  await rows(['hunts', 'lint', 'hunt.toml', '--lookup', 'nets.csv']);
  const other = ['--lookup', 'nets=events.ndjson'];
  for (const command of [['check'], ['hunts', 'lint']]) {
    const { code, stdout } = await harrier([...command, 'hunt.toml', ...other], { cwd });
    expect({ code, stdout }).toEqual({
      code: 1,
      stdout: expect.stringContaining('Unknown column [network] in [nets]'),
    });
  }
});
