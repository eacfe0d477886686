// How fast raw logs are read: the whole command, from the file to the answer, without a cache. Of sources that mappings know
// also five fields of ECS, all fields, and an ingest. Beside it DuckDB's readers of CSV and JSON, and jq.
//
//   node bench/formats.mjs [megabytes of each file] [--only NAME] [--harrier PATH]
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    harrier: { type: 'string', default: fileURLToPath(new URL('../dist/harrier.js', import.meta.url)) },
  },
});
const bin = options.harrier;
const bytes = Number(positionals[0] ?? 64) << 20;
const folder = mkdtempSync(join(tmpdir(), 'harrier-bench-formats-'));

const two = (n) => String(n).padStart(2, '0');
const clock = (i) => `${two(((i / 3600) % 24) | 0)}:${two(((i / 60) % 60) | 0)}:${two(i % 60)}`;
const address = (i) => `10.${i % 7}.${i % 251}.${i % 13}`;
const id = (i) => ((i * 2654435761) >>> 0).toString(36);
const zeekFields =
  'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state local_orig local_resp missed_bytes history orig_pkts orig_ip_bytes resp_pkts resp_ip_bytes tunnel_parents';
const zeekTypes =
  'time string addr port addr port enum string interval count count string bool bool count string count count count count set[string]';
const csvCells = (i) => [
  `2026-03-10T${clock(i)}.000Z`,
  `ws-${i % 97}`,
  'powershell.exe',
  (i * 31) % 65536,
  `powershell.exe -enc ${id(i)} C:\\Windows\\Temp`,
  `user${i % 50}`,
  address(i),
  443,
];
const csvHeader =
  '@timestamp,host.name,process.name,process.pid,process.command_line,user.name,source.ip,destination.port\n';

/** A connection, as Zeek's JSON has it. */
const connection = (i) => ({
  _path: 'conn',
  ts: 1773144000 + i / 64,
  uid: `C${id(i)}${i}`,
  ...{
    'id.orig_h': address(i),
    'id.orig_p': 1024 + (i % 60000),
    'id.resp_h': `203.0.113.${i % 256}`,
    'id.resp_p': 443,
  },
  ...{ proto: 'tcp', service: 'ssl', duration: (i % 1000) / 8, orig_bytes: i % 5000, resp_bytes: i % 9000 },
  ...{ conn_state: 'SF', local_orig: true, local_resp: false, missed_bytes: 0, history: 'ShADadFf' },
  ...{ orig_pkts: i % 30, orig_ip_bytes: i % 7000, resp_pkts: i % 40, resp_ip_bytes: i % 8000 },
});

const calls = [
  'DescribeInstances',
  'AssumeRole',
  'GetObject',
  'ListBuckets',
  'PutObject',
  'ConsoleLogin',
  'CreateUser',
];

/** A call, as CloudTrail records it. */
const apiCall = (i) => ({
  eventVersion: '1.08',
  userIdentity: {
    ...{ type: 'IAMUser', principalId: `AIDA${id(i % 500)}`, accountId: '123456789012', userName: `u${i % 500}` },
    ...{ arn: `arn:aws:iam::123456789012:user/u${i % 500}`, accessKeyId: `AKIA${id(i % 900)}` },
  },
  eventTime: `2026-03-10T${clock(i)}Z`,
  ...{ eventSource: 'ec2.amazonaws.com', eventName: calls[i % 7], awsRegion: 'us-east-1', sourceIPAddress: address(i) },
  userAgent: 'aws-cli/2.13.5 Python/3.11.4 Linux/4.14',
  requestParameters: { instancesSet: { items: [{ instanceId: `i-${id(i)}` }] }, filterSet: {} },
  responseElements: i % 4 === 0 ? null : { requestId: id(i), ok: true },
  ...{ requestID: `${id(i)}-r-${i}`, eventID: `${id(i)}-e-${i}`, readOnly: i % 2 === 0, eventType: 'AwsApiCall' },
  ...{ managementEvent: true, recipientAccountId: '123456789012', eventCategory: 'Management' },
});

const jsonLine = (event) => `${JSON.stringify(event)}\n`;

/** Queries for five fields of ECS over files that mappings know. */
const ofMapped = {
  'zeek conn.log':
    'FROM logs-* | STATS n = COUNT(*), b = SUM(network.bytes) BY source.ip, destination.ip, destination.port, network.transport | SORT b DESC',
  'cloudtrail.json':
    'FROM logs-* | STATS n = COUNT(*) BY event.action, event.outcome, user.name, source.ip, cloud.region | SORT n DESC',
};
ofMapped['zeek conn.json'] = ofMapped['zeek conn.log'];

/** What a file begins with, and its records. */
const files = {
  'zeek conn.log': [
    `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n#fields\t${zeekFields.replaceAll(' ', '\t')}\n#types\t${zeekTypes.replaceAll(' ', '\t')}\n`,
    (i) =>
      `${1773144000 + (i >> 6)}.${String((i * 7919) % 1e6).padStart(6, '0')}\tC${id(i)}${i}\t${address(i)}\t${1024 + (i % 60000)}\t203.0.113.${i % 256}\t443\ttcp\tssl\t${(i % 1000) / 8}\t${i % 5000}\t${i % 9000}\tSF\tT\tF\t0\tShADadFf\t${i % 30}\t${i % 7000}\t${i % 40}\t${i % 8000}\t-\n`,
  ],
  'zeek conn.json': ['', (i) => jsonLine(connection(i))],
  'cloudtrail.json': ['', (i) => jsonLine(apiCall(i))],
  'plain.csv': [csvHeader, (i) => `${csvCells(i).join(',')}\n`],
  'quoted.csv': [
    csvHeader,
    (i) =>
      `${csvCells(i)
        .map((cell) => `"${cell}"`)
        .join(',')}\n`,
  ],
  'auth.log': [
    '',
    (i) =>
      `Mar 10 ${clock(i)} web-${i % 9} sshd[${i % 30000}]: Failed password for invalid user u${i % 99} from ${address(i)} port ${1024 + (i % 60000)} ssh2\n`,
  ],
  'audit.log': [
    '',
    (i) => {
      const at = `msg=audit(${1773144000 + (i >> 4)}.${String(i % 1000).padStart(3, '0')}:${i}): `;
      return `type=SYSCALL ${at}arch=c000003e syscall=59 success=yes exit=0 a0=55d1${i % 99} a1=7ffe a2=0 a3=8 items=1 ppid=${i % 999} pid=${i % 30000} auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=3 comm="id" exe="/usr/bin/id" key="exec"\ntype=EXECVE ${at}argc=2 a0="id" a1="-u"\ntype=CWD ${at}cwd="/root"\ntype=PATH ${at}item=0 name="/usr/bin/id" inode=5 dev=08:01 mode=0100755 ouid=0 ogid=0 rdev=00:00 nametype=NORMAL\ntype=PROCTITLE ${at}proctitle=6964002D75\n`;
    },
  ],
  'iis.log': [
    '#Software: IIS\n#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port c-ip cs(User-Agent) sc-status time-taken\n',
    (i) =>
      `2026-03-10 ${clock(i)} 10.0.0.1 GET /index.html q=${i} 443 ${address(i)} Mozilla/5.0+(X11;+Linux) 200 ${i % 999}\n`,
  ],
  'events.ndjson': [
    '',
    (i) =>
      `${JSON.stringify(Object.fromEntries(csvCells(i).map((cell, n) => [csvHeader.trim().split(',')[n], cell])))}\n`,
  ],
};

function write(path, begin, record) {
  const file = openSync(path, 'w');
  let text = begin;
  let size = 0;
  for (let i = 0; size + text.length < bytes; i++) {
    text += record(i);
    if (text.length > 1 << 20) {
      size += writeSync(file, text);
      text = '';
    }
  }
  writeSync(file, text);
  closeSync(file);
}

/** Seconds of the wall and of processors; null where the program is not installed or failed. */
function timed(command, args, env = {}) {
  // GNU time says what the children took.
  const began = performance.now();
  const { status, stderr } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="%U %S"; time "$@" > /dev/null', '-', command, ...args],
    {
      env: { ...process.env, ...env },
      encoding: 'utf8',
    },
  );
  const [user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return status === 0 ? { wall: (performance.now() - began) / 1000, cpu: user + system } : null;
}

const duckdb = `import('@duckdb/node-api').then(async ({ DuckDBInstance }) => {
  const connection = await (await DuckDBInstance.create()).connect();
  await connection.runAndReadAll('SELECT count(COLUMNS(*)) FROM ' + process.argv[2] + "('" + process.argv[1] + "')");
})`;

const speed = (size, result) =>
  result === null
    ? 'cannot'
    : `${(size / 1e6 / result.wall).toFixed(0).padStart(5)} MB/s  ${(size / 1e6 / result.cpu).toFixed(0).padStart(5)} MB a processor second`;

const cache = { HARRIER_CACHE_DIR: join(folder, 'cache') };
const store = join(folder, 'store');

function measure(name, what, size, command, args) {
  console.log(name.padEnd(16), what.padEnd(20), speed(size, timed(command, args, cache)));
  for (const made of [cache.HARRIER_CACHE_DIR, store]) rmSync(made, { recursive: true, force: true });
}

try {
  for (const [name, [begin, record]] of Object.entries(files)) {
    if (!name.includes(options.only)) continue;
    const path = join(folder, name);
    write(path, begin, record);
    const { size } = statSync(path);
    const query = (text) => [bin, 'query', text, '--data', path];
    measure(name, 'harrier, count', size, process.execPath, query('FROM * | STATS n = COUNT(*)'));
    if (ofMapped[name]) {
      measure(name, 'harrier, five fields', size, process.execPath, query(ofMapped[name]));
      measure(name, 'harrier, all fields', size, process.execPath, query('FROM * | LIMIT 3'));
      measure(name, 'harrier, ingest', size, process.execPath, [bin, 'ingest', path, '--store', store]);
    }
    const reader = name.endsWith('.csv') ? 'read_csv' : name.endsWith('json') ? 'read_json' : null;
    if (reader) measure(name, 'duckdb', size, process.execPath, ['-e', duckdb, path, reader]);
    if (name.endsWith('json')) measure(name, 'jq', size, 'jq', ['-c', 'select(.nothing)', path]);
    rmSync(path);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
