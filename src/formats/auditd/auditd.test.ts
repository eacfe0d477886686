import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutAnywhere, documentsOf, expectNoHarm } from '../../../tests/support/importing.ts';
import { TextWriter } from '../json/text-writer.ts';
import { auditd, objectText } from './auditd.ts';
import { readFields } from './fields.ts';
import { Headers, recordHeader } from './join.ts';
import { PlainRecords } from './plain-records.ts';
import { systemCallName } from './tables.ts';

const documents = (text: string): unknown[] => documentsOf(auditd, Buffer.from(text));
const at = 'msg=audit(1773144000.123:77)';
const about = { time: '2026-03-10T12:00:00.123Z', sequence: 77 };
/** A record without what all of the event have. */
const record = (type: string, body: string): unknown => {
  const [found] = documents(`type=${type} ${at}: ${body}\n`) as Record<string, unknown>[];
  return found![type.toLowerCase()];
};
const hex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

describe('records', () => {
  it('are joined to one event', () => {
    const text = [
      `type=SYSCALL ${at}: arch=c000003e syscall=59 success=yes exit=0 a0=55d1 a1=7ffe a2=0 a3=8 items=2 ppid=10 pid=11 auid=1000 uid=0 tty=pts0 ses=3 comm="id" exe="/usr/bin/id" key="exec"\x1dARCH=x86_64 SYSCALL=execve AUID="alice" UID="root"`,
      `type=EXECVE ${at}: argc=3 a0="id" a1=${hex('a b')} a2=""`,
      `type=CWD ${at}: cwd="/root"`,
      `type=PATH ${at}: item=0 name="/usr/bin/id" inode=5 mode=0100755 ouid=0 nametype=NORMAL cap_fp=0\x1dOUID="root"`,
      `type=PATH ${at}: item=1 name="/lib64/ld-linux-x86-64.so.2" inode=6 nametype=NORMAL`,
      `type=PROCTITLE ${at}: proctitle=${hex('id\0a b')}`,
      `type=EOE ${at}: `,
    ].join('\n');
    expect(documents(`${text}\n`)).toEqual([
      {
        ...about,
        type: 'syscall',
        syscall: {
          ...{ arch: 'c000003e', syscall: 59, success: 'yes', exit: 0, a0: '55d1', a1: '7ffe', a2: '0', a3: '8' },
          ...{ items: 2, ppid: 10, pid: 11, auid: 1000, uid: 0, tty: 'pts0', ses: 3, comm: 'id', exe: '/usr/bin/id' },
          ...{ key: 'exec', ARCH: 'x86_64', SYSCALL: 'execve', AUID: 'alice', UID: 'root' },
          ...{ arch_name: 'x86_64', syscall_name: 'execve' },
        },
        execve: { argc: 3, args: ['id', 'a b', ''] },
        cwd: { cwd: '/root' },
        path: [
          {
            item: 0,
            name: '/usr/bin/id',
            inode: 5,
            mode: '0100755',
            ouid: 0,
            nametype: 'NORMAL',
            cap_fp: '0',
            OUID: 'root',
          },
          { item: 1, name: '/lib64/ld-linux-x86-64.so.2', inode: 6, nametype: 'NORMAL' },
        ],
        proctitle: { proctitle: 'id a b' },
      },
    ]);
  });

  it('of several events stand among one another', () => {
    const line = (serial: number, type: string, body: string): string =>
      `type=${type} msg=audit(1773144000.123:${serial}): ${body}\n`;
    const text = `${line(1, 'SYSCALL', 'pid=1')}${line(2, 'SYSCALL', 'pid=2')}${line(1, 'CWD', 'cwd="/a"')}${line(2, 'CWD', 'cwd="/b"')}`;
    expect(documents(text)).toMatchObject([
      { sequence: 1, syscall: { pid: 1 }, cwd: { cwd: '/a' } },
      { sequence: 2, syscall: { pid: 2 }, cwd: { cwd: '/b' } },
    ]);
  });

  it('of other nodes are other events', () => {
    const line = (node: string): string => `node=${node} type=LOGIN ${at}: pid=1\n`;
    expect(documents(line('a') + line('b') + line('a'))).toEqual([
      { node: 'a', ...about, type: 'login', login: [{ pid: 1 }, { pid: 1 }] },
      { node: 'b', ...about, type: 'login', login: { pid: 1 } },
    ]);
  });

  it('of user space hold another message', () => {
    const body = `pid=812 uid=0 auid=4294967295 ses=4294967295 msg='op=PAM:authentication grantors=? acct="root" exe="/usr/sbin/sshd" hostname=192.0.2.7 addr=192.0.2.7 terminal=ssh res=failed'\x1dUID="root" AUID="unset"`;
    expect(record('USER_AUTH', body)).toEqual({
      ...{ pid: 812, uid: 0, auid: 4294967295, ses: 4294967295, op: 'PAM:authentication', acct: 'root' },
      ...{ exe: '/usr/sbin/sshd', hostname: '192.0.2.7', addr: '192.0.2.7', terminal: 'ssh', res: 'failed' },
      ...{ UID: 'root', AUID: 'unset' },
    });
  });

  it.each<[string, string, string, unknown]>([
    [
      'a command',
      'USER_CMD',
      `pid=1 msg='cwd="/root" cmd=${hex('cat /etc/shadow')} terminal=pts/0 res=success'`,
      { pid: 1, cwd: '/root', cmd: 'cat /etc/shadow', terminal: 'pts/0', res: 'success' },
    ],
    ['a name that only looks encoded', 'USER_ACCT', "msg='acct=ABBA res=success'", { acct: 'ABBA', res: 'success' }],
    ['a name in digits', 'USER_ACCT', `msg='acct=${hex('alice b')} res=success'`, { acct: 'alice b', res: 'success' }],
    ['several keys', 'SYSCALL', `key=${hex('k1\x01k2')}`, { key: ['k1', 'k2'] }],
    ['no key', 'SYSCALL', 'key=(null) tty=(none)', {}],
    [
      'an error',
      'SYSCALL',
      'arch=c00000b7 syscall=221 exit=-13',
      { arch: 'c00000b7', syscall: 221, exit: -13, arch_name: 'aarch64', syscall_name: 'execve', exit_name: 'EACCES' },
    ],
    [
      'another architecture',
      'SYSCALL',
      'arch=40000003 syscall=11\x1dSYSCALL=execve',
      { arch: '40000003', syscall: 11, SYSCALL: 'execve', arch_name: 'i386', syscall_name: 'execve' },
    ],
    [
      'a long argument in parts',
      'EXECVE',
      `argc=2 a0="x" a1_len=8 a1[0]=${hex('a b')} a1[1]=${hex('c d')}`,
      { argc: 2, args: ['x', 'a bc d'] },
    ],
    ['an argument that only looks encoded', 'EXECVE', 'argc=2 a0="x" a1="20"', { argc: 2, args: ['x', '20'] }],
    ['many arguments', 'EXECVE', 'argc=12 a0="0" a10="10" a11="11" a2="2"', { argc: 12, args: ['0', '2', '10', '11'] }],
    [
      'an address',
      'SOCKADDR',
      'saddr=020001BBC00002070000000000000000',
      { saddr: '020001BBC00002070000000000000000', family: 'inet', addr: '192.0.2.7', port: 443 },
    ],
    [
      'an address of IPv6',
      'SOCKADDR',
      `saddr=0A000016${'00000000'}20010DB8000000000000000000000001${'00000000'}`,
      {
        saddr: '0A0000160000000020010DB800000000000000000000000100000000',
        family: 'inet6',
        addr: '2001:db8::1',
        port: 22,
      },
    ],
    [
      'a socket with a path',
      'SOCKADDR',
      `saddr=0100${hex('/run/x')}00`,
      { saddr: '01002F72756E2F7800', family: 'unix', path: '/run/x' },
    ],
    ['an abstract socket', 'SOCKADDR', `saddr=010000${hex('x')}`, { saddr: '01000078', family: 'unix', path: '@x' }],
    [
      'a netlink socket',
      'SOCKADDR',
      'saddr=100000000000000000000000',
      { saddr: '100000000000000000000000', family: 'netlink' },
    ],
    ['an address cut off', 'SOCKADDR', 'saddr=0200', { saddr: '0200', family: 'inet' }],
    [
      'a denial',
      'AVC',
      'avc:  denied  { read write } for  pid=1 comm="x" scontext=a:b:c',
      { seresult: 'denied', seperms: ['read', 'write'], pid: 1, comm: 'x', scontext: 'a:b:c' },
    ],
    ['what was typed', 'TTY', `data=${hex('ls\r')}`, { data: 'ls\r' }],
    ['names of nothing', 'X', '__proto__=1 constructor=2', JSON.parse('{"__proto__":"1","constructor":"2"}')],
  ])('of %s', (_, type, body, expected) => {
    expect(record(type, body)).toEqual(expected);
  });

  it('have numbers for types in the log of the kernel', () => {
    expect(documents('Mar 10 12:00:00 h kernel: audit: type=1300 audit(1773144000.123:77): pid=1\n')).toEqual([
      { ...about, type: 'syscall', syscall: { pid: 1 } },
    ]);
    expect(documents(`type=UNKNOWN[9999] ${at}: pid=1\n`)).toEqual([
      { ...about, type: 'record_9999', record_9999: { pid: 1 } },
    ]);
  });

  it('do not take the place of members of the event', () => {
    expect(documents(`type=TIME ${at}: pid=1\n`)).toEqual([{ ...about, type: 'record_time', record_time: { pid: 1 } }]);
  });

  it('are refused where they are none', () => {
    const good = `type=LOGIN ${at}: pid=1\n`;
    expect(documents(`${good.repeat(4)}x\n`).at(-1)).toEqual(['no audit record', 'x']);
  });
});

it.each([
  ['c000003e', 0, 'read'],
  ['c000003e', 42, 'connect'],
  ['c000003e', 257, 'openat'],
  ['c000003e', 319, 'memfd_create'],
  ['c000003e', 322, 'execveat'],
  ['c000003e', 435, 'clone3'],
  ['c00000b7', 56, 'openat'],
  ['c00000b7', 117, 'ptrace'],
  ['c00000b7', 203, 'connect'],
  ['c00000b7', 281, 'execveat'],
  ['c00000b7', 291, 'statx'],
  ['c000003e', 100_000, null],
])('names call %s %d %s', (arch, number, name) => {
  expect(systemCallName(arch, number)).toBe(name);
});

it.each(['', 'x\n', 'type=x msg=audit(1:2): y\n', `type=LOGIN ${at}: pid=1\nx\n`])('is not %j', (text) => {
  expect(auditd.detect(Buffer.from(text), true, 0)).toBeNull();
});

/** As the kernel writes text. */
const written = (text: string): string => (/^[!#-~]*$/.test(text) ? `"${text}"` : hex(text));
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter((one) => !/\p{Cc}/u.test(one));
const event = fc.record({ exe: text, args: fc.array(text, { maxLength: 4 }), cwd: text, pid: fc.nat() });

it('gives the values that were written, however events mingle and the text is cut', () => {
  fc.assert(
    fc.property(
      fc.array(event, { minLength: 1, maxLength: 12 }),
      fc.infiniteStream(fc.nat()),
      fc.infiniteStream(fc.integer({ min: 1, max: 400 })),
      (events, picks, steps) => {
        const queues = events.map(({ exe, args, cwd, pid }, i) => {
          const begin = (type: string): string => `type=${type} msg=audit(1773144000.123:${i}): `;
          return [
            `${begin('SYSCALL')}pid=${pid} exe=${written(exe)}\n`,
            `${begin('EXECVE')}argc=${args.length}${args.map((one, n) => ` a${n}=${written(one)}`).join('')}\n`,
            `${begin('CWD')}cwd=${written(cwd)}\n`,
          ];
        });
        const order: number[] = [];
        let lines = '';
        // Three events at once, each with its records in order.
        for (let from = 0; from < queues.length; from += 3) {
          const some = queues.slice(from, from + 3);
          for (const pick of picks) {
            const left = some.filter((queue) => queue.length > 0);
            if (left.length === 0) break;
            const queue = left[pick % left.length]!;
            const i = queues.indexOf(queue);
            if (!order.includes(i)) order.push(i);
            lines += queue.shift();
          }
        }
        const expected = order.map((i) => {
          const { exe, args, cwd, pid } = events[i]!;
          const time = { time: '2026-03-10T12:00:00.123Z', sequence: i, type: 'syscall' };
          return { ...time, syscall: { pid, exe }, execve: { argc: args.length, args }, cwd: { cwd } };
        });
        expect(documents(lines)).toEqual(expected);
        expect(cutAnywhere(auditd, Buffer.from(lines), steps)).toEqual(expected);
      },
    ),
    { numRuns: 200 },
  );
});

it('cuts long logs between events', () => {
  const line = (type: string, i: number): string => `type=${type} msg=audit(1773144000.123:${i}): pid=${i}\n`;
  // Eight events at a time, their first records before all of their second.
  const log = Array.from({ length: 500 }, (_, i) => Array.from({ length: 8 }, (_, n) => 8 * i + n))
    .map((eight) => eight.map((i) => line('SYSCALL', i)).join('') + eight.map((i) => line('CWD', i)).join(''))
    .join('');
  const whole = documents(log);
  expect(whole).toHaveLength(4000);
  expect(
    cutAnywhere(
      auditd,
      Buffer.from(log),
      Array.from({ length: 1000 }, (_, i) => 1000 + ((i * 7919) % 60_000)),
    ),
  ).toEqual(whole);
  const { length } = auditd.cutter(null).take(Buffer.from(log), false);
  expect(length).toBeGreaterThan(log.length / 2);
  expect(length).toBeLessThan(log.length);
});

it('reads any bytes without harm', () => {
  const good = `type=LOGIN ${at}: pid=1\n`.repeat(80);
  expectNoHarm(auditd, Buffer.from(good));
  expectNoHarm(auditd, Buffer.from(`${good}type=EXECVE ${at}: argc=2 a0="`));
  expectNoHarm(auditd, Buffer.from(`${good}type=USER_AUTH ${at}: pid=1 msg='a=`));
});

it.each(['a', 'a=', 'a="', 'a={', "a='", 'a[1]=', '{ ', ' ', 'audit: ', '00'])(
  'reads a line of a megabyte of %j',
  (part) => {
    const good = `type=LOGIN ${at}: pid=1\n`.repeat(80);
    const line = `type=SOCKADDR ${at}: avc: denied saddr=${part.repeat(1_000_000 / part.length)}`;
    expect(documents(`${good}${line}\n`)).toHaveLength(1);
  },
);

/** Fields as they stand in records, and what is odd. */
const fieldText = fc.oneof(
  fc.constantFrom(
    ...[
      'arch=c000003e',
      'syscall=59',
      'exit=-13',
      'exit=0',
      'pid=007',
      'pid=-0',
      'pid=12345678901234567',
      'a0=55d1',
      'a0="x"',
      'argc=1',
    ],
    ...[
      'comm="id"',
      'comm=6964',
      'comm=612062',
      'key=(null)',
      'key=6B31016B32',
      'tty=(none)',
      'addr=?',
      'exe=""',
      'x=',
      'x=1,',
      'x=1:',
    ],
    ...[
      'a1="y"',
      'a1=612062',
      'a1=',
      'a1_len=2',
      'a1[0]=6120',
      'data=6C73',
      'SYSCALL=execve',
      'AUID="alice"',
      'msg=x',
      "msg='a=1'",
      'x={a b}',
      'x=é',
    ],
    ...[
      'proctitle=6964002D75',
      'cwd="/é"',
      '\x1d',
      'word',
      '"',
      "'",
      'x="a\x1db"',
      'x="a b"y',
      'x\t=1',
      '__proto__=1',
      'arch="q"',
      'syscall=999999',
    ],
  ),
  fc
    .tuple(fc.constantFrom('pid', 'exe', 'x', 'arch', 'a0', 'name'), fc.string({ maxLength: 5 }))
    .map(([name, value]) => `${name}=${value}`),
);

it('reads plain records as it reads all others', () => {
  let plain = 0;
  const out = new TextWriter(16);
  const records = new PlainRecords(out);
  fc.assert(
    fc.property(
      fc.constantFrom('syscall', 'execve', 'path', 'sockaddr', 'user_auth'),
      fc.array(fieldText, { maxLength: 6 }),
      fc.constantFrom(' ', '  '),
      (type, parts, blank) => {
        const body = (type === 'execve' ? ['argc=2', ...parts] : parts).join(blank);
        const bytes = Buffer.from(body);
        out.at = 0;
        if (!records.write(type, bytes, 0, bytes.length)) {
          expect(out.at).toBe(0);
          return;
        }
        plain += 1;
        expect(Buffer.from(out.written()).toString()).toBe(objectText(readFields(type, bytes.toString())));
      },
    ),
    { numRuns: 10_000 },
  );
  expect(plain).toBeGreaterThan(1000);
});

it('reads the header of a line as it stands there, whatever came before it', () => {
  const type = fc.constantFrom('SYSCALL', 'CWD', 'X Y', '1300', 'é', 'type=', '');
  const lead = fc.constantFrom('type=', 'node=a type=', 'audit: type=', 'tape=', 'node=é type=');
  const stamp = fc.constantFrom(
    ' msg=audit(1.123:7): ',
    ' msg=audit(1.123:7):',
    ' msg=audit(1.123:8): ',
    ' audit(1.1:7): ',
    ' msg=audit(1.123:7) ',
  );
  const line = fc.tuple(lead, type, stamp, fc.constantFrom('pid=1', ' pid=1', '', 'é')).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const headers = new Headers();
      for (const one of lines) {
        const bytes = Buffer.from(`x${one}`);
        const found = headers.read(bytes, 1, bytes.length);
        const expected = recordHeader(one);
        expect(found).toEqual(expected && { ...expected, at: Buffer.byteLength(one.slice(0, expected.at)) });
      }
    }),
    { numRuns: 2000 },
  );
});

it('joins the arguments of several records', () => {
  const text = `type=EXECVE ${at}: argc=3 a0="a" a1="b"\ntype=EXECVE ${at}: a2=${hex('c d')}\n`;
  expect(documents(text)).toEqual([{ ...about, type: 'execve', execve: { argc: 3, args: ['a', 'b', 'c d'] } }]);
});
