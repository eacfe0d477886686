import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { quietLogs } from '../../src/demo/quiet/quiet-logs.ts';
import { tar, zip } from '../support/archives.ts';
import { harrier } from '../support/command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type Door, ingest, ofFiles, ofStore } from './doors.ts';

/*
 * Raw logs give the same rows through every door, as events in ECS do: in a file or beside others in a folder, compressed
 * or in an archive, on standard input, in a store.
 */

const fields = [
  ...['@timestamp', '_index', 'event.dataset', 'event.action', 'event.category', 'event.outcome', 'event.code'],
  ...['host.name', 'user.name', 'user.id', 'source.ip', 'destination.ip', 'destination.port', 'source.port'],
  ...[
    'process.name',
    'process.pid',
    'process.command_line',
    'process.args',
    'file.path',
    'dns.question.name',
    'message',
  ],
];
const shown = `FROM * METADATA _index | KEEP ${fields.join(', ')} | SORT ${fields.join(', ')}`;
const queries = [
  shown,
  'FROM * METADATA _index | STATS n = COUNT(*), oldest = MIN(@timestamp), newest = MAX(@timestamp) BY _index, event.action | SORT _index, event.action, n',
  'FROM logs-* | WHERE event.category == "process" OR event.outcome == "failure" | STATS n = COUNT(*), people = COUNT_DISTINCT(user.name) BY event.dataset | SORT event.dataset',
  'FROM * | WHERE user.name IS NOT NULL | KEEP @timestamp, user.name, event.dataset | SORT @timestamp, user.name, event.dataset | LIMIT 20',
];

/** Forms that the logs of the office do not have. */
const texts: Readonly<Record<string, string>> = {
  'auth.log': [
    'Mar  9 10:11:12 web-01 sshd[812]: Failed password for invalid user bob from 10.1.2.3 port 4000 ssh2',
    'Mar  9 10:11:13 web-01 sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/bin/cat /etc/shadow',
    'Mar  9 10:11:14 web-01 app[9]: first line',
    '\tand a line that continues it',
    '<38>1 2026-03-09T10:11:15.5Z web-02 sshd 813 - - Accepted password for alice from 2001:db8::7 port 22 ssh2',
  ].join('\n'),
  'conn.log': [
    '#separator \\x09',
    '#set_separator\t,',
    '#empty_field\t(empty)',
    '#unset_field\t-',
    '#path\tconn',
    '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\tconn_state',
    '#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tinterval\tstring',
    '1773050000.123456\tC1\t10.0.0.1\t1025\t93.184.216.34\t443\ttcp\tssl\t1.5\tSF',
    '1773050001.123456\tC2\tfe80::1\t1026\t2001:db8::1\t53\tudp\t-\t-\tS0',
  ].join('\n'),
  'process.csv': [
    'TimeGenerated,Type,DeviceName,ActionType,FileName,ProcessId,ProcessCommandLine,AccountName,Timestamp',
    '2026-03-09T10:00:00.5Z,DeviceProcessEvents,ws1,ProcessCreated,cmd.exe,42,"cmd.exe /c ""echo, x""",alice,2026-03-09T10:00:00.5Z',
    '2026-03-09T10:00:01Z,DeviceProcessEvents,ws1,ProcessCreated,whoami.exe,43,whoami,,2026-03-09T10:00:01Z',
  ].join('\n'),
  'windows.ndjson': [
    '{"EventTime":"2026-03-09 10:00:00","Hostname":"ws1","EventID":4625,"SourceName":"Microsoft-Windows-Security-Auditing","Channel":"Security","SourceModuleType":"im_msvistalog","TargetUserName":"bob","IpAddress":"10.0.0.9","LogonType":"3"}',
    '{"Event":{"System":{"Provider":{"#attributes":{"Name":"Microsoft-Windows-Sysmon"}},"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational","TimeCreated":{"#attributes":{"SystemTime":"2026-03-09T10:00:02Z"}},"Computer":"ws1"},"EventData":{"Image":"C:\\\\a\\\\cmd.exe","ProcessId":7,"CommandLine":"cmd /c \\"x\\""}}}',
  ].join('\n'),
};

const office = [
  'sysmon.ndjson',
  'cloudtrail.ndjson',
  'microsoft-365.ndjson',
  'suricata.ndjson',
  'journal.ndjson',
  'audit.log',
];
const logs = new Map<string, string>([
  ...[...quietLogs()].flatMap(([name, lines]) =>
    office.includes(name) ? [[name, lines.slice(0, 30).join('')] as const] : [],
  ),
  ...Object.entries(texts).map(([name, text]) => [name, `${text}\n`] as const),
]);

type Files = readonly (readonly [name: string, content: string])[];
type Raw = (files: Files) => Door;

function put(folder: string, files: readonly (readonly [name: string, content: string | Uint8Array])[]): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
}
const gzipped = (files: Files): [string, Buffer][] => files.map(([name, text]) => [`${name}.gz`, gzipSync(text)]);
const zipped = (files: Files): Buffer => zip(...files.map(([name, text]) => ({ name, content: Buffer.from(text) })));
const packed = (files: Files): Buffer => gzipSync(tar(...files.map(([name, body]) => ({ name, body, type: '0' }))));

const stored =
  (fill: (folder: string, files: Files) => void): Raw =>
  (files) =>
    ofStore((store, _, folder) => ingest(store, (data) => fill(data, files), folder));

/** Logs on standard input, one after another: those of a kind only. */
const piped: Raw = (files) => async () => ({
  close: async () => {},
  answer: async (query) => {
    const args = [
      'query',
      query,
      '--now',
      '2026-03-10T12:00:00Z',
      '--format',
      'json',
      '--max-rows',
      'all',
      '--data',
      '-',
    ];
    const { stdout, stderr } = await harrier(args, { input: files.map(([, content]) => content).join('') });
    return stdout || stderr;
  },
});

const doors: ReadonlyMap<string, Raw> = new Map<string, Raw>([
  ['a file', (files) => ofFiles((_, folder) => put(folder, files))],
  ['a file, kept', (files) => ofFiles((_, folder) => put(folder, files), true)],
  ['gzip', (files) => ofFiles((_, folder) => put(folder, gzipped(files)))],
  ['zip', (files) => ofFiles((_, folder) => put(folder, [['a.zip', zipped(files)]]))],
  ['tar, kept', (files) => ofFiles((_, folder) => put(folder, [['a.tar.gz', packed(files)]]), true)],
  ['standard input', piped],
  ['ingest', stored(put)],
  ['ingest of gzip', stored((folder, files) => put(folder, gzipped(files)))],
  ['ingest of zip', stored((folder, files) => put(folder, [['a.zip', zipped(files)]]))],
]);

interface Rows {
  readonly columns: readonly string[];
  readonly values: readonly (readonly unknown[])[];
}

/** An answer however the door writes it. */
function rowsOf(answer: string): Rows | string {
  if (!answer.startsWith('{')) return answer;
  const { columns, values } = JSON.parse(answer);
  return {
    columns: columns.map(({ name, type }: { name: string; type: string }) => `${name}:${type}`),
    values: JSON.parse(JSON.stringify(values), (_, value) =>
      /^-?\d+n$/.test(value) ? Number(value.slice(0, -1)) : value,
    ),
  };
}

async function answersOf(name: string, files: Files, asked: readonly string[]): Promise<(Rows | string)[]> {
  const door = await doors.get(name)!(files)([], join(temporaryFolder(), 'door'), [...asked].reverse());
  try {
    const answers: (Rows | string)[] = [];
    for (const query of asked) answers.push(rowsOf(await door.answer(query)));
    return answers;
  } finally {
    await door.close();
  }
}

const others = [...doors.keys()].filter((name) => name !== 'a file');

describe.each([...logs])('%s', (name, content) => {
  const files: Files = [[name, content]];
  let expected: (Rows | string)[];
  beforeAll(async () => {
    expected = await answersOf('a file', files, [shown]);
  });
  it('has rows of a source that is known', () => {
    const { columns, values } = expected[0] as Rows;
    const dataset = columns.indexOf('event.dataset:keyword');
    expect(values.map((row) => row[dataset])).toEqual(values.map(() => expect.any(String)));
    expect(values.length).toBeGreaterThan(0);
  });
  it.each(others)('gives the same rows through %s', async (other) => {
    expect(await answersOf(other, files, [shown])).toEqual(expected);
  });
});

describe('all logs in a folder', () => {
  const files = [...logs];
  let expected: (Rows | string)[];
  beforeAll(async () => {
    expected = await answersOf('a file', files, queries);
  });
  it('give the rows that they give one by one', async () => {
    const alone: string[] = [];
    for (const file of files) {
      const [rows] = (await answersOf('a file', [file], [shown])) as Rows[];
      alone.push(...rows!.values.map((row) => JSON.stringify(row)));
    }
    expect((expected[0] as Rows).values.map((row) => JSON.stringify(row)).sort()).toEqual(alone.sort());
  });
  it.each(others.filter((name) => name !== 'standard input'))('give the same rows through %s', async (other) => {
    expect(await answersOf(other, files, queries)).toEqual(expected);
  });
});
