import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { files } from '../files/support.ts';
import { harrier } from '../support/command.ts';

/* How raw logs get the names of ECS, by the real command. */

const lines = (events: readonly object[]): string => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const door = [
  { opened: '2026-03-10 12:00:01,500', clientIp: '192.0.2.1', who: 'ann', gate: 'A', step: 1 },
  { opened: '2026-03-10 12:00:02', clientIp: '192.0.2.2', who: 'bob', gate: 'B', step: 2 },
];
const acme = `name: acme-doors
title: Acme doors
index: logs-acme.doors-default
when: {gate: {exists: true}, opened: {exists: true}}
fields:
  "@timestamp": {from: opened, then: [time]}
  source.ip: clientIp
  user.name: who
  event.category: {is: [authentication]}
tests:
  - name: an entry
    event: {opened: "2026-03-10 12:00:01", clientIp: 192.0.2.1, who: ann, gate: A}
    expect: {"@timestamp": "2026-03-10T12:00:01Z", user.name: ann, user.id: null, _index: logs-acme.doors-default}
`;
const place = files({ 'door.json': lines(door), 'mine/acme.yml': acme });
const here = { cwd: place };
const rows = async (args: readonly string[], cwd = place): Promise<unknown> => {
  const { code, stdout, stderr } = await harrier([...args, '--format', 'json', '--no-cache'], { cwd });
  expect([code, code === 0 ? '' : stderr]).toEqual([0, '']);
  return (JSON.parse(stdout) as { values: unknown }).values;
};
const mappedRows = [
  ['logs-acme.doors-default', '2026-03-10T12:00:01.500Z', '192.0.2.1', 'ann'],
  ['logs-acme.doors-default', '2026-03-10T12:00:02.000Z', '192.0.2.2', 'bob'],
];
const query = 'FROM logs-* METADATA _index | KEEP _index, @timestamp, source.ip, user.name | SORT @timestamp';

describe('mappings of the user', () => {
  it.each(['mine/acme.yml', 'mine'])('come from %s', async (path) => {
    expect(await rows(['query', query, '--data', 'door.json', '--mapping', path])).toEqual(mappedRows);
  });

  it('come from harrier.toml', async () => {
    const other = files({ 'door.json': lines(door), 'mine/acme.yml': acme, 'harrier.toml': 'mapping = ["mine"]\n' });
    expect(await rows(['query', query, '--data', 'door.json'], other)).toEqual(mappedRows);
  });

  it('come before the shipped ones, and take the place of one of the same name', async () => {
    const event = { eventVersion: '1.08', eventSource: 'a', eventName: 'GetUser', eventTime: '2026-03-10T12:00:00Z' };
    const own = acme
      .replace(/^when: .*$/m, 'when: {eventVersion: {exists: true}}')
      .replace('user.name: who', 'user.name: {is: mine}');
    const folder = files({ 'trail.json': lines([event]), 'acme.yml': own });
    const asked = ['query', 'FROM * METADATA _index | KEEP _index, user.name', '--data', 'trail.json'];
    expect(await rows([...asked, '--mapping', 'acme.yml'], folder)).toEqual([['logs-acme.doors-default', 'mine']]);
  });

  it('give a store the same fields', async () => {
    const ingest = ['ingest', 'door.json', '--mapping', 'mine', '--store', 'events'];
    expect(await harrier(ingest, here)).toMatchObject({ code: 0 });
    const { stdout } = await harrier(['query', query, '--store', 'events', '--format', 'json'], here);
    expect((JSON.parse(stdout) as { values: unknown }).values).toEqual(mappedRows);
  });

  it.each([
    ['--mapping', 'none.yml', /^error: cannot read the mapping none\.yml: no such file or directory$/m],
    [
      '--mapping',
      'bad.yml',
      /^error: bad\.yml:5:25: unknown op lwer in fields\.x\.y\.then\[0\]; did you mean lower\?$/m,
    ],
    ['--mapping', '.git', /^error: cannot read the mapping \.git/m],
  ])('%s %s is an error', async (option, value, message) => {
    const bad = `${acme
      .split('\n')
      .slice(0, 4)
      .join('\n')
      .replace(/^title.*\n/m, '')}\nfields:\n  x.y: {from: a, then: [lwer]}\n`;
    writeFileSync(join(place, 'bad.yml'), bad);
    const { code, stderr } = await harrier(['query', 'FROM *', '--data', 'door.json', option, value], here);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it.each([
    ['--mapping', 'mine'],
    ['--time-field', 'opened'],
  ])('%s is refused over a store', async (option, value) => {
    const { code, stderr } = await harrier(['query', 'FROM *', '--store', 'events', option, value], here);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${option} is about reading files`)]);
  });
});

describe('check', () => {
  it('takes mappings of raw logs with data, and those of Elasticsearch without', async () => {
    writeFileSync(join(place, 'fields.json'), '{"properties":{"gate":{"type":"keyword"}}}');
    const checked = (...args: string[]) => harrier(['check', 'FROM logs-* | WHERE gate == "A"', ...args], here);
    expect(await checked('--mapping', 'fields.json')).toMatchObject({ code: 0 });
    expect(await checked('--mapping', 'mine', '--data', 'door.json')).toMatchObject({ code: 0 });
    expect(await checked('--mapping', 'mine')).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('--mapping mine is about reading files, and none is read') },
    });
  });
});

describe('events of a source that no mapping knows', () => {
  it('are reported, with the field that looks like their time', async () => {
    const { stderr } = await harrier(['query', 'FROM * | LIMIT 1', '--data', 'door.json'], here);
    expect(stderr).toContain(
      'note: door.json: 2 events of a source that no mapping knows keep their own field names; harrier inspect shows them\n',
    );
    expect(stderr).toContain(
      'note: door.json: 2 events have no @timestamp; --time-field opened would take it from there (2026-03-10 12:00:01,500)\n',
    );
  });

  it.each<[string, object]>([
    ['event.category', { event: { category: ['process'] }, x: 1, y: 2, z: 3 }],
    ['event.kind', { 'event.kind': 'event', x: 1, y: 2, z: 3 }],
    ['data_stream.dataset', { data_stream: { dataset: 'a.b' }, x: 1, y: 2, z: 3 }],
    ['ecs.version', { ecs: { version: '8.0.0' }, x: 1, y: 2, z: 3 }],
    ['names that are mostly those of ECS', { 'user.name': 'a', 'host.name': 'b', message: 'm', x: 1 }],
  ])('but not where they are in ECS by %s', async (_, event) => {
    const folder = files({ 'e.json': lines([event]) });
    const { stderr } = await harrier(['query', 'FROM * | KEEP message', '--data', 'e.json'], { cwd: folder });
    expect(stderr).not.toContain('no mapping knows');
  });

  it('are reported by an ingest as by a query, and once', async () => {
    const folder = files({
      'a.json': lines([
        { n: 1, odd: 'x', opened: '2026-03-10 12:00:01' },
        { n: 2, odd: 'y', opened: '2026-03-10 12:00:02' },
      ]),
      'b.json': lines([{ n: 3, odd: 'x', '@timestamp': '2026-03-10T12:00:01Z', own: { y: 1 } }]),
      'ecs.json': lines([{ n: 4, event: { category: ['process'] }, odd: 'x' }]),
      'raw.json': lines([
        { eventSource: 'iam.amazonaws.com', eventName: 'GetUser', awsRegion: 'r', eventTime: '2026-03-10T12:00:01Z' },
      ]),
    });
    const notes = (stderr: string): string[] =>
      stderr
        .split('\n')
        .filter((line) => line.startsWith('note: '))
        .sort();
    for (const option of [[], ['--time-field', 'opened'], ['--time-field', 'nothing']]) {
      const asked = await harrier(['query', 'FROM * | LIMIT 1 | KEEP n', '--data', '.', '--no-cache', ...option], {
        cwd: folder,
      });
      const store = join(files({}), 'store');
      const added = await harrier(['ingest', '.', '--store', store, ...option], { cwd: folder });
      expect(notes(added.stderr)).toEqual(notes(asked.stderr));
      expect(notes(added.stderr).length).toBeGreaterThan(1);
      const again = await harrier(['ingest', '.', '--store', store, ...option], { cwd: folder });
      expect(notes(again.stderr)).toEqual([]);
    }
  });

  it('are summed up where many files have them', async () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`f${n}.json`, lines([{ n, odd: 'x' }])]));
    const { stderr } = await harrier(['query', 'FROM * | KEEP n', '--data', '.'], { cwd: files(many) });
    expect(stderr.match(/no mapping knows/g)).toHaveLength(3);
    expect(stderr).toContain('… and 6 more like it');
  });
});

describe('--time-field', () => {
  const times: [unknown, string | null][] = [
    ['2026-03-10T12:00:00.5Z', '2026-03-10T12:00:00.500Z'],
    ['2026-03-10 13:00:00 +0100', '2026-03-10T12:00:00.000Z'],
    ['2026-03-10 12:00:00,250', '2026-03-10T12:00:00.250Z'],
    ['10/Mar/2026:13:00:00 +0100', '2026-03-10T12:00:00.000Z'],
    ['Tue, 10 Mar 2026 12:00:00 +0000', '2026-03-10T12:00:00.000Z'],
    ['2026/03/10 12:00:00', '2026-03-10T12:00:00.000Z'],
    [1773144000, '2026-03-10T12:00:00.000Z'],
    [1773144000.5, '2026-03-10T12:00:00.500Z'],
    [1773144000123, '2026-03-10T12:00:00.123Z'],
    ['1773144000123456', '2026-03-10T12:00:00.123Z'],
    ['1773144000123456789', '2026-03-10T12:00:00.123Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    ['', null],
    ['at noon', null],
  ];
  const events = [
    ...times.map(([ts], n) => ({ n, ts })),
    { n: 100, ts: 1773144000, '@timestamp': '2020-01-01T00:00:00Z' },
    { n: 101, ts: 1773144000, event: { category: ['process'] } },
    { n: 102, log: { ts: 5 } },
  ];
  const wanted = [
    ...times.map(([, time], n) => [n, time]),
    [100, '2020-01-01T00:00:00.000Z'],
    [101, '2026-03-10T12:00:00.000Z'],
    [102, null],
  ];
  const asked = ['query', 'FROM * | KEEP n, @timestamp | SORT n', '--data', 'times.ndjson'];
  const folder = files({ 'times.ndjson': lines(events) });

  it('makes times of all forms @timestamp, where an event has none', async () => {
    expect(await rows([...asked, '--time-field', 'ts'], folder)).toEqual(wanted);
  });

  it('does so in harrier.toml', async () => {
    const other = files({ 'times.ndjson': lines(events), 'harrier.toml': 'time_field = "ts"\n' });
    expect(await rows(asked, other)).toEqual(wanted);
  });

  it('gives the same from the cache', async () => {
    const cached = [...asked, '--time-field', 'ts', '--format', 'json'];
    for (const _ of ['first', 'again']) {
      const { stdout } = await harrier(cached, { cwd: folder });
      expect((JSON.parse(stdout) as { values: unknown }).values).toEqual(wanted);
    }
    // Without the option, what was kept with it is not used.
    const { stdout } = await harrier([...asked, '--format', 'json'], { cwd: folder });
    expect((JSON.parse(stdout) as { values: unknown[][] }).values[6]).toEqual([6, null]);
  });

  it('says where no event has the field', async () => {
    const { stderr } = await harrier(['query', 'FROM *', '--data', 'door.json', '--time-field', 'opend'], here);
    expect(stderr).toContain(
      'note: --time-field opend gave no event a time: harrier inspect shows which fields there are',
    );
  });

  it('takes a name within objects, and serves mapped events without a time', async () => {
    const noTime = acme.slice(0, acme.indexOf('tests:')).replace(/^ {2}"@timestamp".*\n/m, '');
    const other = files({ 'door.json': lines([{ ...door[0], at: { time: 1773144000 } }]), 'a.yml': noTime });
    const mapped = ['query', 'FROM logs-* | KEEP @timestamp, user.name', '--data', 'door.json', '--mapping', 'a.yml'];
    expect(await rows([...mapped, '--time-field', 'at.time'], other)).toEqual([['2026-03-10T12:00:00.000Z', 'ann']]);
  });
});

describe('inspect', () => {
  it('shows events before and after, what is not mapped, and how they were recognised', async () => {
    const { code, stdout } = await harrier(['inspect', 'door.json', '--mapping', 'mine'], here);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^door\.json +NDJSON +Acme doors +logs-acme\.doors-default +2 +all$/m);
    expect(stdout).toContain(
      'Acme doors (acme-doors), 2 events in logs-acme.doors-default: it has gate, and it has opened',
    );
    expect(stdout).toContain('event 1 as the file has it\n  {"opened":"2026-03-10 12:00:01,500"');
    expect(stdout).toMatch(
      /event 1 as Acme doors, in logs-acme\.doors-default\n {2}@timestamp +2026-03-10T12:00:01\.500Z$/m,
    );
    expect(stdout).toMatch(/^ {2}user\.name +ann$/m);
    expect(stdout).toMatch(/^not mapped \(of 2 events.*: step$/m);
    expect(stdout).toMatch(/hunts? of the library can use these events/);
  });

  it('says the same as JSON', async () => {
    const { stdout } = await harrier(['inspect', 'door.json', '--mapping', 'mine', '--format', 'json'], here);
    const document = JSON.parse(stdout) as { files: Record<string, unknown>[]; hunts: unknown[] };
    expect(document.files).toEqual([
      expect.objectContaining({
        ...{ path: 'door.json', format: 'NDJSON', source: 'Acme doors', index: 'logs-acme.doors-default' },
        ...{ events: 2, read: 'all', reason: null, unknown: null, unmapped_fields: ['step'] },
        sources: [expect.objectContaining({ name: 'acme-doors', events: 2, index: 'logs-acme.doors-default' })],
        samples: door.map((raw) =>
          expect.objectContaining({
            raw,
            fields: expect.objectContaining({ 'user.name': raw.who, 'source.ip': raw.clientIp }),
          }),
        ),
      }),
    ]);
    expect(document.hunts.length).toBeGreaterThan(0);
  });

  it('names all the sources of a file', async () => {
    const trail = { eventVersion: '1.08', eventSource: 'a', eventName: 'Get', eventTime: '2026-03-10T12:00:00Z' };
    const folder = files({ 'mixed.json': lines([door[0]!, trail, { odd: 1, strange: 2 }]), 'a.yml': acme });
    const { stdout } = await harrier(['inspect', 'mixed.json', '--mapping', 'a.yml', '-f', 'json'], { cwd: folder });
    const [file] = (JSON.parse(stdout) as { files: Record<string, unknown>[] }).files;
    expect(file).toMatchObject({
      source: 'Acme doors, AWS CloudTrail',
      sources: [
        { source: 'Acme doors', events: 1 },
        { source: 'AWS CloudTrail', events: 1 },
      ],
      unknown: { events: 1 },
    });
  });

  it('tells how to map what no mapping knows', async () => {
    const { stdout } = await harrier(['inspect', 'door.json'], here);
    expect(stdout).toContain('No mapping knows 2 events');
    expect(stdout).toContain('harrier mapping new door.json');
    expect(stdout).toContain('--time-field opened would take it from there');
  });

  it('fits a folder of many files on one screen, unless all are asked for', async () => {
    const folder = files(
      Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`logs/${n}.json`, lines([{ n, odd: n }])])),
    );
    mkdirSync(join(folder, 'empty'));
    const one = await harrier(['inspect', 'logs'], { cwd: folder });
    expect(one.stdout.split('\n').length).toBeLessThan(10);
    expect(one.stdout).toMatch(/^60 files: logs\/0\.json, … +NDJSON +unknown +0,1,10,… +60 +all$/m);
    const all = await harrier(['inspect', 'logs', '--all'], { cwd: folder });
    expect(all.stdout.match(/^logs\//gm)).toHaveLength(60);
  });
});

describe('formats', () => {
  it('lists what is read, and the mapped sources', async () => {
    const { code, stdout } = await harrier(['formats', '--format', 'json'], here);
    const { formats, compressions, archives, sources } = JSON.parse(stdout) as Record<string, { name?: string }[]>;
    expect(code).toBe(0);
    expect(formats!.map(({ name }) => name)).toEqual(expect.arrayContaining(['NDJSON', 'Windows event log (EVTX)']));
    expect([compressions, archives]).toEqual([expect.arrayContaining(['gzip']), expect.arrayContaining(['zip'])]);
    expect(sources).toContainEqual(
      expect.objectContaining({
        ...{ name: 'sysmon', title: 'Sysmon', index: 'logs-windows.sysmon_operational-default' },
        when: expect.stringContaining('winlog.channel is Microsoft-Windows-Sysmon/Operational'),
      }),
    );
    const { stdout: table } = await harrier(['formats', '--mapping', 'mine'], here);
    expect(table).toMatch(/^Acme doors +logs-acme\.doors-default +it has gate, and it has opened$/m);
  });
});

describe('mapping', () => {
  it('new writes a draft that works at once', async () => {
    const made = await harrier(['mapping', 'new', 'door.json', '--output', 'door.yml'], here);
    expect([made.code, made.stdout]).toEqual([0, '']);
    expect(readFileSync(join(place, 'door.yml'), 'utf8')).toContain(
      'source.ip: {from: clientIp, then: [ip]}  # guess: review',
    );
    expect(await harrier(['mapping', 'test', 'door.yml'], here)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 mapping checked, 1 example: all as expected'),
    });
    const asked = 'FROM logs-door-default | KEEP @timestamp, source.ip, user.name | SORT @timestamp';
    expect(await rows(['query', asked, '--data', 'door.json', '--mapping', 'door.yml'])).toEqual(
      mappedRows.map(([, ...row]) => row),
    );
    expect(await harrier(['mapping', 'new', 'door.json', '--output', 'door.yml'], here)).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('door.yml is there already') },
    });
  });

  it('new says where there is nothing to map', async () => {
    const folder = files({ 'none.json': '', 'ecs.json': lines([{ event: { category: ['process'] } }]) });
    expect(await harrier(['mapping', 'new', 'none.json'], { cwd: folder })).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('there are no events in none.json') },
    });
    expect(await harrier(['mapping', 'new', 'ecs.json'], { cwd: folder })).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('are in the names of ECS already') },
    });
  });

  it('test reports what is not as expected, with exit code 1', async () => {
    const folder = files({
      'a.yml': `${acme}  - name: wrong
    events: [{opened: "2026-03-10", gate: A, who: ann}, {opened: "2026-03-10", who: ann}]
    expect: {user.name: bob}
`,
    });
    const { code, stdout } = await harrier(['mapping', 'test', 'a.yml'], { cwd: folder });
    expect([code, stdout]).toEqual([
      1,
      `acme-doors a.yml
  ok      an entry
  failed  wrong
          event 1: user.name is "ann", not "bob"
          event 2: user.name is absent, not "bob"
          event 2: the mapping does not know the event: see its when
1 mapping checked, 2 examples: 1 not as expected
`,
    ]);
    const json = await harrier(['mapping', 'test', 'a.yml', '--format', 'json'], { cwd: folder });
    expect(JSON.parse(json.stdout)).toMatchObject({
      mappings: [{ results: [{ outcome: 'ok' }, { outcome: 'failed' }] }],
    });
  });

  it('list and show have the shipped ones and the own', async () => {
    const { stdout } = await harrier(['mapping', 'list', '--mapping', 'mine'], here);
    expect(stdout).toMatch(/^acme-doors +Acme doors +logs-acme\.doors-default +mine\/acme\.yml$/m);
    expect(stdout).toMatch(/^sysmon +Sysmon +logs-windows\.sysmon_operational-default +shipped$/m);
    expect((await harrier(['mapping', 'show', 'acme-doors', '--mapping', 'mine'], here)).stdout).toBe(acme);
    expect((await harrier(['mapping', 'show', 'sysmon'], here)).stdout).toMatch(/^name: sysmon$/m);
    expect(await harrier(['mapping', 'show', 'sysmo'], here)).toMatchObject({
      ...{ code: 2, stderr: expect.stringContaining('did you mean sysmon?') },
    });
  });
});
