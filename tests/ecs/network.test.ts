import { describe, expect, test } from 'vitest';
import { expected, type MappedCase, mapped, rowsOf } from './mapped-events.ts';

const zeek = (over: object) => ({
  ts: 1_772_359_200.123456,
  uid: 'C1',
  'id.orig_h': '10.0.0.5',
  'id.orig_p': 51_000,
  'id.resp_h': '198.51.100.7',
  'id.resp_p': 443,
  ...over,
});

const eve = (over: object) => ({
  timestamp: '2026-03-01T10:00:00.123456+0000',
  flow_id: 1_234_567_890_123_456,
  src_ip: '10.0.0.5',
  src_port: 51_000,
  dest_ip: '198.51.100.7',
  dest_port: 80,
  proto: 'TCP',
  ...over,
});

const syslog = (program: string, message: string, over: object = {}) => ({
  syslog: { timestamp: '2026-03-01T10:00:00Z', hostname: 'web1', program, pid: 312, ...over },
  message,
});

const sources: Record<string, MappedCase[]> = {
  'Zeek connections': [
    {
      event: zeek({
        proto: 'tcp',
        service: 'ssl',
        duration: 1.5,
        orig_bytes: 1,
        resp_bytes: 2,
        conn_state: 'SF',
        local_orig: true,
        local_resp: false,
        orig_pkts: 3,
        orig_ip_bytes: 120,
        resp_pkts: 4,
        resp_ip_bytes: 240,
      }),
      fields: {
        _index: 'logs-zeek.connection-default',
        '@timestamp': '2026-03-01T10:00:00.123Z',
        'event.id': 'C1',
        'event.type': ['connection', 'start', 'end'],
        'event.duration': 1_500_000_000,
        'event.category': 'network',
        'source.ip': '10.0.0.5',
        'source.port': 51_000,
        'source.bytes': 120,
        'destination.ip': '198.51.100.7',
        'network.bytes': 360,
        'network.packets': 7,
        'network.direction': 'outbound',
        'network.protocol': 'ssl',
        'network.transport': 'tcp',
        'zeek.connection.state': 'SF',
      },
    },
    {
      // ICMP has a type and a code in the place of ports; ids may be nested, times may be dates.
      event: {
        _path: 'conn',
        ts: '2026-03-01T10:00:00.123456Z',
        uid: 'C2',
        id: { orig_h: '10.0.0.5', orig_p: 8, resp_h: 'fe80::1', resp_p: 0 },
        proto: 'icmp',
        conn_state: 'OTH',
      },
      fields: {
        '@timestamp': '2026-03-01T10:00:00.123Z',
        'event.type': ['connection', 'info'],
        'source.port': null,
        'destination.port': null,
        'destination.ip': 'fe80::1',
        'zeek.connection.icmp.type': 8,
        'network.direction': null,
        'network.bytes': null,
      },
    },
  ],
  'Zeek protocols': [
    {
      event: zeek({
        proto: 'udp',
        trans_id: 77,
        rtt: 0.0025,
        query: 'www.example.org',
        qclass: 1,
        qtype_name: 'A',
        rcode_name: 'NOERROR',
        AA: false,
        RD: true,
        RA: true,
        answers: ['edge.example.net', '203.0.113.4', '2001:db8::4'],
        TTLs: [60, 30, 30],
      }),
      fields: {
        _index: 'logs-zeek.dns-default',
        'dns.id': '77',
        'dns.type': 'answer',
        'dns.question.name': 'www.example.org',
        'dns.question.type': 'A',
        'dns.question.class': 'IN',
        'dns.response_code': 'NOERROR',
        'dns.answers.data': ['203.0.113.4', '2001:db8::4', 'edge.example.net'],
        'dns.resolved_ip': ['203.0.113.4', '2001:db8::4'],
        'dns.header_flags': ['RA', 'RD'],
        'event.duration': 2_500_000,
        'event.outcome': 'success',
      },
    },
    {
      event: zeek({
        trans_depth: 1,
        method: 'GET',
        host: 'www.example.org',
        uri: '/a/b.php?q=1',
        status_code: 404,
        request_body_len: 0,
        response_body_len: 12,
        user_agent: 'curl/8',
        username: 'mara',
      }),
      fields: {
        _index: 'logs-zeek.http-default',
        'event.category': ['network', 'web'],
        'event.outcome': 'failure',
        'http.request.method': 'GET',
        'http.response.status_code': 404,
        'http.response.body.bytes': 12,
        'url.domain': 'www.example.org',
        'url.path': '/a/b.php',
        'url.query': 'q=1',
        'url.original': '/a/b.php?q=1',
        'user.name': 'mara',
        'user_agent.original': 'curl/8',
      },
    },
    {
      event: zeek({
        version: 'TLSv12',
        cipher: 'TLS_X',
        server_name: 'www.example.org',
        resumed: false,
        established: true,
        subject: 'CN=*.example.org,O=Example\\, Inc.,L=Oslo,C=NO',
        ja3: 'j',
      }),
      fields: {
        _index: 'logs-zeek.ssl-default',
        'tls.version': '1.2',
        'tls.version_protocol': 'tls',
        'tls.client.ja3': 'j',
        'tls.client.server_name': 'www.example.org',
        'tls.server.x509.subject.common_name': '*.example.org',
        'tls.server.x509.subject.organization': 'Example Inc.',
        'tls.server.x509.subject.country': 'NO',
      },
    },
    {
      event: {
        _path: 'files',
        ts: 1_772_359_200,
        fuid: 'F1',
        tx_hosts: ['198.51.100.7'],
        rx_hosts: ['10.0.0.5'],
        conn_uids: ['C1'],
        filename: 'a.exe',
        total_bytes: 9,
        sha1: 'aa',
      },
      fields: {
        _index: 'logs-zeek.files-default',
        'event.category': 'file',
        'file.name': 'a.exe',
        'file.size': 9,
        'file.hash.sha1': 'aa',
        'server.ip': '198.51.100.7',
        'client.ip': '10.0.0.5',
        'zeek.session_id': 'C1',
      },
    },
    {
      event: zeek({ action: 'SMB::FILE_DELETE', path: '\\\\srv\\c$', name: 'a.txt', 'times.modified': 1_772_359_200 }),
      fields: {
        _index: 'logs-zeek.smb_files-default',
        'event.type': ['connection', 'protocol', 'deletion', 'info'],
        'file.path': '\\\\srv\\c$\\a.txt',
        'file.mtime': '2026-03-01T10:00:00.000Z',
      },
    },
    {
      event: zeek({ endpoint: 'svcctl', operation: 'CreateServiceW' }),
      fields: { _index: 'logs-zeek.dce_rpc-default', 'event.action': 'CreateServiceW', 'network.protocol': 'dce_rpc' },
    },
    {
      event: zeek({
        request_type: 'TGS',
        client: 'mara/EXAMPLE.ORG',
        service: 'cifs/srv',
        success: false,
        till: 1_772_359_200,
      }),
      fields: {
        _index: 'logs-zeek.kerberos-default',
        'event.action': 'TGS',
        'event.outcome': 'failure',
        'user.name': 'mara',
        'user.domain': 'EXAMPLE.ORG',
      },
    },
    {
      event: zeek({ note: 'Scan::Port_Scan', msg: 'scanned', src: '10.0.0.9', dropped: false, 'id.orig_h': null }),
      fields: {
        _index: 'logs-zeek.notice-default',
        'event.kind': 'alert',
        'event.type': ['info', 'allowed'],
        'rule.name': 'Scan::Port_Scan',
        'source.ip': '10.0.0.9',
      },
    },
  ],
  'Suricata EVE': [
    {
      event: eve({
        event_type: 'alert',
        app_proto: 'http',
        alert: { action: 'blocked', signature_id: 2_000_001, signature: 'Bad', category: 'Trojan', severity: 1 },
        http: { hostname: 'www.example.org', url: '/x?y=1', http_method: 'POST', status: 200, length: 7 },
        flow: { bytes_toserver: 10, bytes_toclient: 20, pkts_toserver: 1, pkts_toclient: 2, state: 'new' },
      }),
      fields: {
        _index: 'logs-suricata.eve-default',
        '@timestamp': '2026-03-01T10:00:00.123Z',
        'event.kind': 'alert',
        'event.category': ['network', 'intrusion_detection'],
        'event.type': ['start', 'denied'],
        'event.severity': 1,
        'rule.id': '2000001',
        'rule.name': 'Bad',
        'source.ip': '10.0.0.5',
        'network.transport': 'tcp',
        'network.protocol': 'http',
        'network.bytes': 30,
        'url.path': '/x',
        'url.query': 'y=1',
        'url.domain': 'www.example.org',
        'http.request.method': 'POST',
        'suricata.eve.flow_id': '1234567890123456',
      },
    },
    {
      event: eve({
        event_type: 'dns',
        dns: {
          version: 2,
          type: 'answer',
          id: 5,
          rrname: 'www.example.org',
          rrtype: 'A',
          rcode: 'NOERROR',
          rd: true,
          answers: [
            { rrname: 'www.example.org', rrtype: 'CNAME', rdata: 'edge.example.net' },
            { rrname: 'edge.example.net', rrtype: 'A', rdata: '203.0.113.4', ttl: 3 },
          ],
        },
      }),
      fields: {
        'event.type': 'protocol',
        'dns.id': '5',
        'dns.question.name': 'www.example.org',
        'dns.resolved_ip': '203.0.113.4',
        'dns.answers.type': ['A', 'CNAME'],
        'dns.header_flags': 'RD',
      },
    },
    {
      // Version 1 has an event for each answer, which does not repeat the question.
      event: eve({
        event_type: 'dns',
        dns: { type: 'answer', rrname: 'www.example.org', rrtype: 'A', rdata: '203.0.113.5' },
      }),
      fields: { 'dns.question.name': null, 'dns.answers.name': 'www.example.org', 'dns.resolved_ip': '203.0.113.5' },
    },
    {
      event: eve({
        event_type: 'tls',
        tls: {
          sni: 'www.example.org.',
          version: 'TLS 1.3',
          subject: 'C=NO, O=Example, CN=www.example.org',
          fingerprint: 'ab:cd',
        },
      }),
      fields: {
        'tls.client.server_name': 'www.example.org',
        'destination.domain': 'www.example.org',
        'tls.version': '1.3',
        'tls.version_protocol': 'tls',
        'tls.server.hash.sha1': 'ABCD',
        'tls.server.x509.subject.common_name': 'www.example.org',
      },
    },
    {
      event: eve({
        event_type: 'flow',
        flow: {
          start: '2026-03-01T10:00:00.000000+0000',
          end: '2026-03-01T10:00:02.500000+0000',
          state: 'closed',
        },
      }),
      fields: {
        'event.type': ['connection', 'end'],
        'event.duration': 2_500_000_000,
        'event.start': '2026-03-01T10:00:00.000Z',
      },
    },
  ],
  'Linux sign-ins and syslog': [
    {
      event: syslog('sshd', 'Accepted publickey for mara from 198.51.100.7 port 50022 ssh2: ED25519 SHA256:abc'),
      fields: {
        _index: 'logs-system.auth-default',
        'event.action': 'ssh_login',
        'event.category': ['authentication', 'session'],
        'event.outcome': 'success',
        'host.name': 'web1',
        'host.os.type': 'linux',
        'process.name': 'sshd',
        'process.pid': 312,
        'source.ip': '198.51.100.7',
        'source.port': 50_022,
        'system.auth.ssh.method': 'publickey',
        'system.auth.ssh.signature': 'ED25519 SHA256:abc',
        'user.name': 'mara',
      },
    },
    {
      event: syslog('sshd', 'Failed password for invalid user ad min from 2001:db8::7 port 50022 ssh2'),
      fields: {
        'event.outcome': 'failure',
        'user.name': 'ad min',
        'source.ip': '2001:db8::7',
        'event.action': 'ssh_login',
      },
    },
    {
      event: syslog('sshd', 'Invalid user oracle from 198.51.100.7 port 4000'),
      fields: {
        'event.outcome': 'failure',
        'user.name': 'oracle',
        'source.ip': '198.51.100.7',
        'system.auth.ssh.event': 'Invalid',
      },
    },
    {
      event: syslog('sudo', '    mara : TTY=pts/0 ; PWD=/home/mara ; USER=root ; COMMAND=/bin/sh -c id ; ls'),
      fields: {
        'event.category': 'process',
        'user.name': 'mara',
        'user.effective.name': 'root',
        'system.auth.sudo.command': '/bin/sh -c id ; ls',
        'system.auth.sudo.pwd': '/home/mara',
      },
    },
    {
      event: syslog(
        'useradd',
        'new user: name=eve, UID=1001, GID=1001, home=/home/eve, shell=/bin/bash, from=/dev/pts/0',
      ),
      fields: {
        'event.category': 'iam',
        'event.type': ['user', 'creation'],
        'event.outcome': 'success',
        'user.name': 'eve',
        'user.id': '1001',
        'group.id': '1001',
        'system.auth.useradd.shell': '/bin/bash',
      },
    },
    {
      event: syslog('su', 'pam_unix(su-l:session): session opened for user root by mara(uid=1000)'),
      fields: {
        'event.action': 'logged-on',
        'event.category': 'session',
        'user.name': 'mara',
        'user.id': '1000',
        'user.effective.name': 'root',
      },
    },
    {
      event: syslog('kernel', 'bpf_probe_write_user helper was used', { pid: undefined }),
      fields: {
        _index: 'logs-system.syslog-default',
        'process.name': 'kernel',
        'process.pid': null,
        message: 'bpf_probe_write_user helper was used',
        'event.dataset': 'system.syslog',
      },
    },
    {
      event: {
        __REALTIME_TIMESTAMP: '1772359200123456',
        _HOSTNAME: 'web2',
        SYSLOG_IDENTIFIER: 'sshd',
        _PID: '7',
        _MACHINE_ID: 'm1',
        MESSAGE: 'Accepted password for eve from 198.51.100.8 port 22 ssh2',
      },
      fields: {
        _index: 'logs-system.auth-default',
        '@timestamp': '2026-03-01T10:00:00.123Z',
        'host.id': 'm1',
        'host.name': 'web2',
        'process.pid': 7,
        'user.name': 'eve',
      },
    },
  ],
};

describe.each(Object.entries(sources))('%s', (_, cases) => {
  test('events have the fields of ECS', async () => {
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });
});

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
  const events = ['Zeek connections', 'Suricata EVE'].flatMap((name) => sources[name]!.map(({ event }) => event));
  const rows = await rowsOf('FROM * METADATA _index | LIMIT 1000', {
    'events.ndjson': `${events.map((event) => JSON.stringify({ ...event, 'untyped.number': 1.5, untyped: 'a' })).join('\n')}\n`,
  });
  expect(rows).toHaveLength(events.length);
  expect(rows.filter(({ _index: index }) => !String(index).startsWith('logs-'))).toEqual([]);
}, 240_000);
