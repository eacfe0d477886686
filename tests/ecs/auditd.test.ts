import { expect, test } from 'vitest';
import type { CellValue } from '../../src/values/types.ts';
import { rowsOf } from './mapped-events.ts';

const unset = '4294967295';

/** Records of one event, and fields that it has; null for none. */
interface Case {
  readonly records: readonly string[];
  readonly fields: Readonly<Record<string, CellValue | readonly CellValue[]>>;
}

const call = (number: number, over = 'uid=0 euid=0'): string =>
  `SYSCALL arch=c000003e syscall=${number} success=yes exit=0 items=2 ppid=1 pid=7 auid=${unset} ${over} comm="a" exe="/bin/a"`;

const path = (item: number, name: string, kind: string): string =>
  `PATH item=${item} name="${name}" inode=${100 + item} mode=0100644 nametype=${kind}`;

/** What a program writes of a session or an account. */
const userRecord = (type: string, inner: string, auid = '1000'): string =>
  `${type} pid=9 uid=0 auid=${auid} ses=3 msg='op=x ${inner} exe="/usr/sbin/sshd" res=success'`;

const cases: Readonly<Record<string, Case>> = {
  'a call that has no name of its own is a process that does something': {
    records: [call(157)],
    fields: { 'event.action': null, 'event.category': 'process', 'event.type': 'info', 'auditd.data.syscall': 'prctl' },
  },
  'a device that is made': {
    records: [call(133), path(0, '/run/', 'PARENT'), path(1, '/run/x', 'CREATE')],
    fields: { 'event.action': 'make-device', 'event.type': 'creation', 'file.path': '/run/x', 'file.inode': '101' },
  },
  'times that are changed change no content': { records: [call(132)], fields: { 'event.type': 'info' } },
  'what is renamed has its former name': {
    records: [
      call(82),
      path(0, '/etc/', 'PARENT'),
      path(1, '/etc/', 'PARENT'),
      path(2, '/etc/a', 'DELETE'),
      path(3, '/etc/b', 'CREATE'),
    ],
    fields: { 'event.action': 'renamed', 'file.path': '/etc/a' },
  },
  'a program that is executed is the file, whatever its interpreter is called': {
    records: [call(59), path(0, '/usr/bin/z', 'NORMAL'), path(1, '/lib/ld.so', 'NORMAL')],
    fields: { 'event.action': 'executed', 'file.path': '/usr/bin/z' },
  },
  'a file without a kind of name is the first': {
    records: [call(133), 'PATH item=0 name="/run/" inode=1 objtype=PARENT', 'PATH item=1 name="/run/x" inode=2'],
    fields: { 'file.path': '/run/' },
  },
  'a refused call has what refused it, and no file': {
    records: ['AVC apparmor="DENIED" operation="unlink" name="/tmp/x"', call(87), path(0, '/tmp/x', 'DELETE')],
    fields: { 'event.action': 'violated-apparmor-policy', 'event.category': 'file', 'file.path': null },
  },
  'an effective user who is another': {
    records: [call(59, 'uid=1000 gid=1000 euid=0 egid=0')],
    fields: { 'user.id': '1000', 'user.effective.id': '0', 'user.effective.group.id': '0' },
  },
  'an effective user who is the user': {
    records: [call(59, 'uid=0 gid=0 euid=0 egid=0')],
    fields: { 'user.id': '0', 'user.effective.id': null, 'user.effective.group.id': null },
  },
  'root has its name where a log that is not enriched has none': {
    records: [
      call(59, 'uid=0 gid=0 euid=1000 egid=0'),
      'PATH item=0 name="/bin/a" inode=1 ouid=0 ogid=1000 nametype=NORMAL',
    ],
    fields: {
      'user.name': 'root',
      'user.group.name': 'root',
      'user.effective.name': null,
      'file.owner': 'root',
      'file.group': null,
    },
  },
  'another user has none': {
    records: [call(59, 'uid=1000 gid=1000 euid=0 egid=0')],
    fields: { 'user.name': null, 'user.effective.name': 'root', 'user.effective.group.name': 'root' },
  },
  'an enriched log says what the user of number 0 is called': {
    records: [`${call(59, 'uid=0 gid=0 euid=0 egid=0')}\x1dUID="toor" GID="wheel"`],
    fields: { 'user.name': 'toor', 'user.group.name': 'wheel' },
  },
  'an address that a socket is bound to is neither source nor destination': {
    records: [call(49), 'SOCKADDR saddr=020000167F0000010000000000000000'],
    fields: { 'event.action': 'bound-socket', 'source.ip': null, 'destination.ip': null, 'network.direction': null },
  },
  'what is sent goes out': {
    records: [call(44), 'SOCKADDR saddr=02000016CB0071090000000000000000'],
    fields: { 'destination.ip': '203.0.113.9', 'destination.address': null, 'network.direction': 'egress' },
  },
  'whose session it is, and whom the program names': {
    records: [userRecord('USER_START', 'acct="root" addr=203.0.113.9')],
    fields: { 'user.id': '1000', 'user.effective.name': 'root', 'user.effective.id': null, 'source.ip': '203.0.113.9' },
  },
  'nobody yet': {
    records: [userRecord('USER_LOGIN', 'id=1001 addr=203.0.113.9', unset)],
    fields: { 'user.id': null, 'user.effective.id': '1001', 'event.id': '1001', 'event.action': 'logged-in' },
  },
  'a session that is left': {
    records: [userRecord('USER_LOGOUT', 'id=1000')],
    fields: { 'event.action': 'logged-out', 'event.category': 'authentication', 'event.type': 'end' },
  },
  'a session that gets its user': {
    records: [`LOGIN pid=9 uid=0 old-auid=${unset} auid=1000 old-ses=${unset} ses=4 res=1`],
    fields: { 'user.id': null, 'user.effective.id': '1000', 'event.outcome': 'success' },
  },
  'an account that root makes for somebody': {
    records: [userRecord('ADD_USER', 'id=1004')],
    fields: { 'user.id': '1000', 'user.effective.id': '0', 'user.target.id': '1004', 'event.id': '1004' },
  },
  'a key of a session that is negotiated': {
    records: [userRecord('CRYPTO_SESSION', 'addr=203.0.113.9')],
    fields: {
      'event.action': 'started-crypto-session',
      'source.ip': '203.0.113.9',
      'network.direction': 'ingress',
      'user.id': '0',
    },
  },
  'an anomaly without a result': {
    records: [`ANOM_ABEND auid=1000 uid=1000 ses=1 pid=3 comm="httpd" sig=11`],
    fields: {
      'event.action': 'crashed-program',
      'event.category': ['intrusion_detection', 'process'],
      'event.type': ['end', 'info'],
      'event.outcome': 'unknown',
    },
  },
};

test.each(Object.entries(cases))('%s', async (_, { records, fields }) => {
  const lines = records.map((record) => {
    const blank = record.indexOf(' ');
    return `type=${record.slice(0, blank)} msg=audit(1772359200.123:42):${record.slice(blank)}\n`;
  });
  const kept = Object.keys(fields).map((name) => `\`${name}\``);
  const [row] = await rowsOf(`FROM logs-auditd_manager.auditd-* | KEEP ${kept.join(', ')}`, {
    'audit.log': lines.join(''),
  });
  expect(row).toEqual(fields);
});
