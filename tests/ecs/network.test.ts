import { expect, test } from 'vitest';
import { examplesOf, rowsOf } from './mapped-events.ts';

test('records of audit.log become events of ECS', async () => {
  const id = (serial: number) => `msg=audit(1772359200.123:${serial}):`;
  const lines = [
    `type=SYSCALL ${id(10)} arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=11 pid=12 auid=1000 uid=0 gid=0 euid=0 egid=0 tty=pts0 ses=3 comm="curl" exe="/usr/bin/curl" key="exec"`,
    `type=EXECVE ${id(10)} argc=3 a0="curl" a1="-o" a2=2F746D702F612062`,
    `type=CWD ${id(10)} cwd="/root"`,
    `type=PATH ${id(10)} item=0 name="/usr/bin/curl" inode=5 mode=0100755 ouid=0 ogid=0 nametype=NORMAL`,
    `type=PROCTITLE ${id(10)} proctitle=6375726C002D6F`,
    `type=SYSCALL ${id(11)} arch=c000003e syscall=42 success=no exit=-13 a0=3 items=0 ppid=11 pid=12 auid=4294967295 uid=33 comm="curl" exe="/usr/bin/curl"`,
    `type=SOCKADDR ${id(11)} saddr=020001BBC63364070000000000000000`,
    `type=USER_AUTH ${id(12)} pid=20 uid=0 auid=1000 ses=3 msg='op=PAM:authentication acct="root" exe="/usr/bin/su" hostname=? addr=? terminal=pts/0 res=failed'`,
    `type=USER_LOGIN ${id(13)} pid=21 uid=0 auid=1000 ses=4 msg='op=login id=1000 exe="/usr/sbin/sshd" hostname=198.51.100.7 addr=198.51.100.7 terminal=ssh res=success'`,
  ];
  const kept = [
    'event.sequence',
    'event.action',
    'event.category',
    'event.type',
    'event.outcome',
    'process.name',
    'process.args',
    'process.parent.pid',
    'process.working_directory',
    'file.path',
    'destination.ip',
    'destination.port',
    'source.ip',
    'user.id',
    'user.effective.name',
    'auditd.data.syscall',
    'auditd.data.exit',
    'host.os.type',
  ];
  const rows = await rowsOf(`FROM logs-auditd_manager.auditd-* | SORT event.sequence | KEEP ${kept.join(', ')}`, {
    'audit.log': `${lines.join('\n')}\n`,
  });
  const none = Object.fromEntries(kept.map((name) => [name, null]));
  expect(rows.map((row) => ({ ...row, 'event.sequence': Number(row['event.sequence']) }))).toMatchObject([
    {
      ...none,
      'event.sequence': 10,
      'event.action': 'executed',
      'event.category': 'process',
      'event.type': 'start',
      'event.outcome': 'success',
      'process.name': 'curl',
      'process.args': ['-o', '/tmp/a b', 'curl'],
      'process.parent.pid': 11n,
      'process.working_directory': '/root',
      'file.path': '/usr/bin/curl',
      'user.id': '0',
      'auditd.data.syscall': 'execve',
      'auditd.data.exit': '0',
      'host.os.type': 'linux',
    },
    {
      ...none,
      'event.sequence': 11,
      'event.action': 'connected-to',
      'event.category': 'network',
      'event.type': ['connection', 'start'],
      'event.outcome': 'failure',
      'process.name': 'curl',
      'process.parent.pid': 11n,
      'destination.ip': '198.51.100.7',
      'destination.port': 443n,
      'user.id': '33',
      'auditd.data.syscall': 'connect',
      'auditd.data.exit': 'EACCES',
      'host.os.type': 'linux',
    },
    {
      ...none,
      'event.sequence': 12,
      'event.action': 'authenticated',
      'event.category': 'authentication',
      'event.type': 'info',
      'event.outcome': 'failure',
      'user.id': '1000',
      'user.effective.name': 'root',
      'host.os.type': 'linux',
    },
    {
      ...none,
      'event.sequence': 13,
      'event.action': 'logged-in',
      'event.category': 'authentication',
      'event.type': 'start',
      'event.outcome': 'success',
      'source.ip': '198.51.100.7',
      'user.id': '1000',
      'host.os.type': 'linux',
    },
  ]);
});

test('all fields of events can be asked at once, those without a type too', async () => {
  const events = ['zeek-connection', 'suricata-eve'].flatMap(examplesOf);
  const rows = await rowsOf('FROM * METADATA _index | LIMIT 1000', {
    'events.ndjson': `${events.map((event) => JSON.stringify({ ...event, 'untyped.number': 1.5, untyped: 'a' })).join('\n')}\n`,
  });
  expect(rows).toHaveLength(events.length);
  expect(rows.filter(({ _index: index }) => !String(index).startsWith('logs-'))).toEqual([]);
}, 240_000);
