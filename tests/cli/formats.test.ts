import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { beforeAll, describe, expect, it } from 'vitest';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/* Files that are no JSON, read by the command. */

const zeek = [
  '#separator \\x09',
  '#set_separator\t,',
  '#empty_field\t(empty)',
  '#unset_field\t-',
  '#path\tconn',
  '#fields\tts\tid.orig_h\tid.resp_p\tservice\tlocal_orig',
  '#types\ttime\taddr\tport\tset[string]\tbool',
  '1773144000.5\t192.0.2.7\t443\tssl,http\tT',
  '1773144001.5\t192.0.2.8\t53\t-\tF',
  '#close\t2026-03-10-13-00-00',
  '',
].join('\n');
const csv =
  '"@timestamp","user.name","process.pid"\r\n"2026-03-10T12:00:00Z","a ""b""\r\nc",7\r\n"2026-03-10T12:00:01Z",d,8\r\n';
const auth = [
  'Mar 10 11:59:59 web-1 sshd[7]: Accepted password for root from 192.0.2.7 port 1 ssh2',
  'Dec 31 23:59:59 web-1 CRON[8]: (root) CMD (x)',
  '',
].join('\n');
const audit = [
  'type=SYSCALL msg=audit(1773144000.123:77): arch=c000003e syscall=59 pid=11 exe="/usr/bin/id"',
  'type=EXECVE msg=audit(1773144000.123:77): argc=2 a0="id" a1="-u"',
  'type=EOE msg=audit(1773144000.123:77):',
  '',
].join('\n');
const iis =
  '#Software: IIS\r\n#Fields: date time c-ip sc-status\r\n2026-03-10 12:00:00 192.0.2.7 404\r\n2026-03-10 12:00:01 - 200\r\n';

function folder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const place = temporaryFolder();
  mkdirSync(place, { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(place, name), content);
    utimesSync(join(place, name), new Date('2026-03-10T13:00:00Z'), new Date('2026-03-10T13:00:00Z'));
  }
  return place;
}

const rowsOf = async (query: string, cwd: string, ...more: string[]): Promise<unknown[]> => {
  const { code, stdout, stderr } = await harrier(['query', query, '--format', 'ndjson', ...more], { cwd });
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('could not be read')]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
};

describe('events come out of', () => {
  it.each<[string, string, string | Uint8Array, string, unknown[]]>([
    [
      'a Zeek log',
      'conn.log',
      zeek,
      'FROM * | KEEP _path, id.orig_h, id.resp_p, service, local_orig | SORT id.resp_p DESC',
      [
        { _path: 'conn', 'id.orig_h': '192.0.2.7', 'id.resp_p': 443, service: ['http', 'ssl'], local_orig: true },
        { _path: 'conn', 'id.orig_h': '192.0.2.8', 'id.resp_p': 53, service: null, local_orig: false },
      ],
    ],
    [
      'CSV',
      'events.csv',
      csv,
      'FROM * | SORT @timestamp | KEEP @timestamp, user.name, process.pid',
      [
        { '@timestamp': '2026-03-10T12:00:00.000Z', 'user.name': 'a "b"\r\nc', 'process.pid': 7 },
        { '@timestamp': '2026-03-10T12:00:01.000Z', 'user.name': 'd', 'process.pid': 8 },
      ],
    ],
    [
      'CSV in UTF-16, compressed',
      'events.csv.gz',
      gzipSync(Buffer.from(`\ufeff${csv}`, 'utf16le')),
      'FROM * | STATS n = SUM(process.pid)',
      [{ n: 15 }],
    ],
    [
      'syslog, with the year of the file',
      'auth.log',
      auth,
      'FROM * | EVAL t = syslog.timestamp::STRING | SORT t | KEEP t, syslog.program, syslog.pid',
      [
        { t: '2025-12-31T23:59:59.000Z', 'syslog.program': 'CRON', 'syslog.pid': 8 },
        { t: '2026-03-10T11:59:59.000Z', 'syslog.program': 'sshd', 'syslog.pid': 7 },
      ],
    ],
    [
      'audit.log',
      'audit.log',
      audit,
      'FROM * | KEEP sequence, syscall.syscall_name, execve.args',
      [{ sequence: 77, 'syscall.syscall_name': 'execve', 'execve.args': ['-u', 'id'] }],
    ],
    [
      'W3C extended logs',
      'u_ex260310.log',
      iis,
      'FROM * | KEEP c-ip, sc-status | SORT sc-status',
      [
        { 'c-ip': null, 'sc-status': 200 },
        { 'c-ip': '192.0.2.7', 'sc-status': 404 },
      ],
    ],
  ])('%s', async (_, name, content, query, expected) => {
    const found = await rowsOf(
      query.replaceAll('c-ip', '`c-ip`').replaceAll('sc-status', '`sc-status`'),
      folder({ [name]: content }),
      '--data',
      name,
    );
    const sorted = (value: unknown): unknown => (Array.isArray(value) ? [...value].sort() : value);
    expect(
      found.map((row) => Object.fromEntries(Object.entries(row as object).map(([key, value]) => [key, sorted(value)]))),
    ).toEqual(expected);
  });

  it('Parquet, whatever its path is called', async () => {
    const place = folder({});
    mkdirSync(join(place, "a [1]* it's"));
    const path = join(place, "a [1]* it's", 'x?.parquet');
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    await connection.run(
      `COPY (SELECT i AS n, 'x' || i AS "user.name", TIMESTAMP '2026-03-10 12:00:00.5' + INTERVAL (i) SECOND AS "@timestamp", {'a': i, 'b': [i, 2]} AS o, NULL::INT AS nothing FROM range(3) t(i)) TO '${join(place, 'x.parquet')}' (FORMAT parquet)`,
    );
    connection.closeSync();
    instance.closeSync();
    execFileSync('mv', [join(place, 'x.parquet'), path]);
    const query = 'FROM * | WHERE n == 2 | KEEP @timestamp, n, user.name, o.a, o.b';
    const expected = [{ '@timestamp': '2026-03-10T12:00:02.500Z', n: 2, 'user.name': 'x2', 'o.a': 2, 'o.b': [2, 2] }];
    expect(await rowsOf(query, place, '--data', path)).toEqual(expected);
    const ingested = await harrier(['ingest', path, '--store', 'st'], { cwd: place });
    expect([ingested.code, ingested.stdout]).toEqual([0, expect.stringContaining('added 3 events')]);
    expect(await rowsOf(query, place, '--store', 'st')).toEqual(expected);
  });

  it('a store into which they were ingested', async () => {
    const place = folder({ 'conn.log': zeek, 'events.csv': csv, 'auth.log': auth, 'audit.log': audit, 'iis.log': iis });
    const { code, stdout } = await harrier(
      ['ingest', 'conn.log', 'events.csv', 'auth.log', 'audit.log', 'iis.log', '--store', 'st'],
      { cwd: place },
    );
    expect([code, stdout]).toEqual([0, expect.stringContaining('added 9 events')]);
    expect(await rowsOf('FROM * | STATS n = COUNT(*)', place, '--store', 'st')).toEqual([{ n: 9 }]);
  });

  it('its own CSV', async () => {
    const place = folder({
      'ev.ndjson': '{"@timestamp":"2026-03-10T12:00:00Z","process.command_line":"-enc AAA","n":1}\n',
    });
    const written = await harrier(
      ['query', 'FROM ev', '--data', 'ev.ndjson', '--format', 'csv', '--output', 'out.csv'],
      { cwd: place },
    );
    expect(written.code).toBe(0);
    expect(await rowsOf('FROM * | KEEP @timestamp, process.command_line, n', place, '--data', 'out.csv')).toEqual([
      { '@timestamp': '2026-03-10T12:00:00.000Z', 'process.command_line': '-enc AAA', n: 1 },
    ]);
  });
});

describe('Parquet of which a query reads some columns', () => {
  const place = folder({});
  beforeAll(async () => {
    const instance = await DuckDBInstance.create(':memory:');
    const connection = await instance.connect();
    const rows = `SELECT TIMESTAMP '2026-03-10 12:00:00' + INTERVAL (i) SECOND AS "@timestamp", {'name': 'p' || (i % 3), 'pid': i} AS process, i * 10 AS "source.bytes", 'logs-a-' || (i % 2) AS _index, repeat(md5(i::VARCHAR), 20) AS "message" FROM range(2000) t(i)`;
    await connection.run(`COPY (${rows}) TO '${join(place, 'x.parquet')}' (FORMAT parquet)`);
    await connection.run(`COPY (${rows}) TO '${join(place, 'x.ndjson')}' (FORMAT json)`);
    connection.closeSync();
    instance.closeSync();
    // The footer stays whole: that rows cannot be read shows when they are.
    const bytes = readFileSync(join(place, 'x.parquet'));
    bytes.fill(0xff, 200, bytes.length - 4000);
    writeFileSync(join(place, 'damaged.parquet'), bytes);
  });

  it.each([
    'FROM * | STATS n = COUNT(*)',
    'FROM * | STATS n = COUNT(*), b = SUM(source.bytes) BY process.name | SORT process.name',
    'FROM * METADATA _index | WHERE process.pid >= 1998 | KEEP @timestamp, _index, process.* | SORT process.pid',
    'FROM * | WHERE message LIKE "c4ca4238*" | KEEP process.pid',
    'FROM * | SORT @timestamp | LIMIT 2',
  ])('%s', async (query) => {
    const run = (name: string) => harrier(['query', query, '--data', name, '--format', 'csv'], { cwd: place });
    const [table, lines] = await Promise.all([run('x.parquet'), run('x.ndjson')]);
    expect([table.code, table.stdout]).toEqual([lines.code, lines.stdout]);
  });

  it('says that rows are damaged', async () => {
    const { code, stderr } = await harrier(
      ['query', 'FROM * | STATS n = COUNT(message)', '--data', 'damaged.parquet', '--data', 'x.ndjson'],
      { cwd: place },
    );
    expect([code, stderr]).toEqual([0, expect.stringMatching(/damaged\.parquet: the engine cannot read it/)]);
  });
});

it('says where rows cannot be read', async () => {
  const rows = 'a,b,c\n1,2,3\n'.padEnd(200, '4,5,6\n').slice(0, 198);
  const place = folder({ 'x.csv': `${rows}7,8\n`, 'broken.parquet': `PAR1${'x'.repeat(100)}` });
  const { code, stderr } = await harrier(
    ['query', 'FROM * | STATS n = COUNT(*)', '--data', 'x.csv', '--data', 'broken.parquet'],
    {
      cwd: place,
    },
  );
  expect(code).toBe(0);
  expect(stderr).toMatch(/x\.csv:\d+: a row of 3 columns has 2 cells: 7,8/);
  expect(stderr).toContain('broken.parquet: the engine cannot read it');
});
