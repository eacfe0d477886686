import { beforeAll, describe, expect, it } from 'vitest';
import { ask, files } from '../files/support.ts';
import { forms, type WindowsRecord } from './windows-forms.ts';

/* One record of Windows has the same fields in whichever form a tool exports it. Records are made up. */

const sysmon = {
  channel: 'Microsoft-Windows-Sysmon/Operational',
  provider: 'Microsoft-Windows-Sysmon',
  guid: '{5770385f-c22a-43e0-bf4c-06f5698ffbd9}',
  time: '2026-02-03T04:05:06.789Z',
  computer: 'ws1.lab.example',
  user: 'S-1-5-18',
} as const;
const security = {
  channel: 'Security',
  provider: 'Microsoft-Windows-Security-Auditing',
  guid: '{54849625-5478-4994-a5ba-3e3b0328c30d}',
  time: '2026-02-03T04:05:06.789Z',
  computer: 'dc1.lab.example',
  keywords: '0x8020000000000000',
  level: 0,
} as const;
const powershell = {
  channel: 'Microsoft-Windows-PowerShell/Operational',
  provider: 'Microsoft-Windows-PowerShell',
  guid: '{a0c1853b-5c40-4b15-8766-3cf1c58f985a}',
  time: '2026-02-03T04:05:06.789Z',
  computer: 'ws1.lab.example',
  user: 'S-1-5-21-1-2-3-1001',
  pid: 4321,
  keywords: '0x0',
} as const;
const md5 = 'AABBCCDDEEFF00112233445566778899';
const sha256 = `${md5}${md5}`;

interface Case {
  readonly title: string;
  readonly record: WindowsRecord;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Forms that lose what the fields are made of. */
  readonly notIn?: readonly string[];
}

const context = `        Severity = Informational
        Host Name = ConsoleHost
        Host Version = 5.1.1
        Host ID = aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee
        Host Application = powershell.exe -nop "a b"
        Engine Version = 5.1.1
        Runspace ID = 11111111-2222-3333-4444-555555555555
        Pipeline ID = 3
        Command Name = Get-Item
        Command Type = Cmdlet
        Script Name =
        Command Path =
        Sequence Number = 34
        User = LAB\\alice
        Connected User =
        Shell ID = Microsoft.PowerShell
`;

const cases: readonly Case[] = [
  {
    title: 'Sysmon 1',
    record: {
      ...sysmon,
      id: 1,
      data: {
        RuleName: '-',
        UtcTime: '2026-02-03 04:05:05.111',
        ProcessGuid: '{0a1b2c3d-0001-0002-0003-0000000000ff}',
        ProcessId: '4242',
        Image: 'C:\\Windows\\System32\\cmd.exe',
        FileVersion: '10.0 (x)',
        Company: 'Example',
        OriginalFileName: 'Cmd.Exe',
        CommandLine: '"C:\\Windows\\System32\\cmd.exe" /c "echo \\"hi\\"" x',
        CurrentDirectory: 'C:\\Users\\alice\\',
        User: 'LAB\\alice',
        LogonId: '0x3e7',
        IntegrityLevel: 'High',
        Hashes: `SHA256=${sha256},MD5=${md5},IMPHASH=00000000000000000000000000000000`,
        ParentProcessGuid: '{0a1b2c3d-0001-0002-0003-0000000000aa}',
        ParentProcessId: '77',
        ParentImage: 'System',
        ParentCommandLine: 'parent.exe a',
      },
    },
    fields: {
      _index: 'logs-windows.sysmon_operational-default',
      '@timestamp': '2026-02-03T04:05:05.111Z',
      'event.created': '2026-02-03T04:05:06.789Z',
      'event.code': '1',
      'event.category': 'process',
      'event.type': 'start',
      'event.action': 'Process creation',
      'event.module': 'windows',
      'event.dataset': 'windows.sysmon_operational',
      'event.provider': 'Microsoft-Windows-Sysmon',
      'host.name': 'ws1.lab.example',
      'host.os.type': 'windows',
      'log.level': 'information',
      'rule.name': null,
      'process.entity_id': '{0a1b2c3d-0001-0002-0003-0000000000ff}',
      'process.pid': 4242,
      'process.executable': 'C:\\Windows\\System32\\cmd.exe',
      'process.name': 'cmd.exe',
      'process.command_line': '"C:\\Windows\\System32\\cmd.exe" /c "echo \\"hi\\"" x',
      'process.args': ['/c', 'C:\\Windows\\System32\\cmd.exe', 'echo "hi"', 'x'],
      'process.args_count': 4,
      'process.working_directory': 'C:\\Users\\alice\\',
      'process.pe.original_file_name': 'Cmd.Exe',
      'process.hash.md5': md5.toLowerCase(),
      'process.hash.sha256': sha256.toLowerCase(),
      'process.pe.imphash': null,
      'process.parent.pid': 77,
      'process.parent.executable': 'System',
      'process.parent.name': null,
      'process.parent.args': ['a', 'parent.exe'],
      'user.name': 'alice',
      'user.domain': 'LAB',
      'winlog.event_data.IntegrityLevel': 'High',
    },
  },
  {
    title: 'Sysmon 3',
    record: {
      ...sysmon,
      id: 3,
      data: {
        UtcTime: '2026-02-03 04:05:05.111',
        ProcessGuid: '{0a1b2c3d-0001-0002-0003-0000000000ff}',
        Image: 'C:\\a\\b.exe',
        User: 'NT AUTHORITY\\SYSTEM',
        Protocol: 'tcp',
        Initiated: 'true',
        SourceIsIpv6: 'false',
        SourceIp: '10.0.0.5',
        SourceHostname: '-',
        SourcePort: '50123',
        SourcePortName: '-',
        DestinationIp: '203.0.113.9',
        DestinationHostname: 'x.example',
        DestinationPort: '443',
        DestinationPortName: 'https',
      },
    },
    fields: {
      'event.category': 'network',
      'event.type': ['connection', 'protocol', 'start'],
      'network.transport': 'tcp',
      'network.protocol': 'https',
      'network.direction': 'egress',
      'network.type': 'ipv4',
      'source.ip': '10.0.0.5',
      'source.port': 50123,
      'source.domain': null,
      'destination.ip': '203.0.113.9',
      'destination.port': 443,
      'destination.domain': 'x.example',
      'user.domain': 'NT AUTHORITY',
    },
  },
  {
    title: 'Sysmon 7',
    record: {
      ...sysmon,
      id: 7,
      data: {
        Image: 'C:\\a\\b.exe',
        ImageLoaded: 'C:\\dir.x\\lib.dll',
        OriginalFileName: 'LIB.DLL',
        Hashes: `MD5=${md5}`,
        Signed: 'true',
        Signature: 'Example Inc',
        SignatureStatus: 'Valid',
      },
    },
    fields: {
      'event.action': 'Image loaded',
      '@timestamp': '2026-02-03T04:05:06.789Z',
      'process.name': 'b.exe',
      'file.path': 'C:\\dir.x\\lib.dll',
      'file.name': 'lib.dll',
      'file.directory': 'C:\\dir.x',
      'file.extension': 'dll',
      'file.hash.md5': md5.toLowerCase(),
      'process.hash.md5': null,
      'file.pe.original_file_name': 'LIB.DLL',
      'process.pe.original_file_name': null,
      'file.code_signature.status': 'Valid',
      'file.code_signature.subject_name': 'Example Inc',
      'file.code_signature.valid': true,
      'dll.path': 'C:\\dir.x\\lib.dll',
      'dll.name': 'lib.dll',
      'dll.hash.md5': md5.toLowerCase(),
      'dll.pe.original_file_name': 'LIB.DLL',
      'dll.code_signature.subject_name': 'Example Inc',
      'dll.code_signature.status': 'Valid',
    },
  },
  {
    title: 'Sysmon 10',
    record: {
      ...sysmon,
      id: 10,
      data: {
        SourceProcessGUID: '{0a1b2c3d-0001-0002-0003-0000000000ff}',
        SourceProcessId: '42',
        SourceThreadId: '43',
        SourceImage: 'C:\\a\\b.exe',
        TargetProcessGUID: '{0a1b2c3d-0001-0002-0003-0000000000aa}',
        TargetImage: 'C:\\Windows\\system32\\lsass.exe',
        GrantedAccess: '0x1010',
        CallTrace: 'C:\\x.dll+1|UNKNOWN(0)',
      },
    },
    fields: {
      'event.action': 'ProcessAccess',
      'event.type': 'access',
      'process.entity_id': '{0a1b2c3d-0001-0002-0003-0000000000ff}',
      'process.pid': 42,
      'process.thread.id': 43,
      'process.executable': 'C:\\a\\b.exe',
      'winlog.event_data.TargetImage': 'C:\\Windows\\system32\\lsass.exe',
      'winlog.event_data.TargetProcessGUID': '{0a1b2c3d-0001-0002-0003-0000000000aa}',
      'winlog.event_data.GrantedAccess': '0x1010',
      'winlog.event_data.CallTrace': 'C:\\x.dll+1|UNKNOWN(0)',
    },
  },
  {
    title: 'Sysmon 13, DWORD',
    record: {
      ...sysmon,
      id: 13,
      data: {
        EventType: 'SetValue',
        Image: 'C:\\a\\b.exe',
        TargetObject: 'HKLM\\System\\CurrentControlSet\\Services\\x\\Start',
        Details: 'DWORD (0x00000004)',
      },
    },
    fields: {
      'event.category': ['configuration', 'registry'],
      'registry.path': 'HKLM\\System\\CurrentControlSet\\Services\\x\\Start',
      'registry.hive': 'HKLM',
      'registry.key': 'System\\CurrentControlSet\\Services\\x\\Start',
      'registry.value': 'Start',
      'registry.data.type': 'SZ_DWORD',
      'registry.data.strings': '4',
      'winlog.event_data.EventType': 'SetValue',
    },
  },
  {
    title: 'Sysmon 13, QWORD',
    record: { ...sysmon, id: 13, data: { TargetObject: 'HKU\\a', Details: 'QWORD (0x00000001-0x00000002)' } },
    fields: { 'registry.data.type': 'SZ_QWORD', 'registry.data.strings': '258', 'registry.key': 'a' },
  },
  {
    title: 'Sysmon 13, binary',
    record: { ...sysmon, id: 13, data: { TargetObject: 'other', Details: 'Binary Data' } },
    fields: {
      'registry.data.type': 'REG_BINARY',
      'registry.hive': null,
      'registry.key': null,
      'registry.value': 'other',
    },
  },
  {
    title: 'Sysmon 22',
    record: {
      ...sysmon,
      id: 22,
      data: {
        Image: 'C:\\a\\b.exe',
        QueryName: 'www.x.example',
        QueryStatus: '0',
        QueryResults: 'type:  5 c.x.example;::ffff:192.0.2.7;2001:db8::1;',
      },
    },
    fields: {
      'event.action': 'DNSEvent (DNS query)',
      'network.protocol': 'dns',
      'dns.question.name': 'www.x.example',
      'dns.resolved_ip': ['192.0.2.7', '2001:db8::1'],
      'dns.answers.data': ['192.0.2.7', '2001:db8::1', 'c.x.example'],
      'dns.answers.type': ['A', 'AAAA', 'CNAME'],
      'sysmon.dns.status': 'SUCCESS',
    },
  },
  {
    title: 'Security 4624',
    record: {
      ...security,
      id: 4624,
      task: 12544,
      data: {
        SubjectUserSid: 'S-1-0-0',
        SubjectUserName: '-',
        SubjectDomainName: '-',
        SubjectLogonId: '0x0',
        TargetUserSid: 'S-1-5-21-1-2-3-1105',
        TargetUserName: 'alice@LAB.EXAMPLE',
        TargetDomainName: 'LAB',
        TargetLogonId: '0x1f2e',
        LogonType: '3',
        LogonProcessName: 'Kerberos',
        WorkstationName: '-',
        LogonGuid: '{00000000-0000-0000-0000-000000000000}',
        ProcessId: '0x0',
        ProcessName: '-',
        IpAddress: '::ffff:10.0.0.7',
        IpPort: '50111',
        ElevatedToken: '%%1842',
      },
    },
    notIn: ['get-winevent'],
    fields: {
      _index: 'logs-system.security-default',
      '@timestamp': '2026-02-03T04:05:06.789Z',
      'event.module': 'system',
      'event.action': 'logged-in',
      'event.category': 'authentication',
      'event.type': 'start',
      'event.outcome': 'success',
      'user.id': 'S-1-5-21-1-2-3-1105',
      'user.name': 'alice',
      'user.domain': 'LAB',
      'source.ip': '10.0.0.7',
      'source.port': 50111,
      'source.domain': null,
      'process.pid': 0,
      'process.executable': null,
      'winlog.logon.type': 'Network',
      'winlog.logon.id': '0x0',
      'winlog.event_data.LogonType': '3',
      'winlog.event_data.LogonGuid': null,
      'winlog.event_data.SubjectUserName': null,
      'winlog.event_data.ElevatedToken': '%%1842',
    },
  },
  {
    title: 'Security 4625',
    record: {
      ...security,
      id: 4625,
      keywords: '0x8010000000000000',
      data: {
        TargetUserName: 'bob',
        Status: '0xc000006d',
        SubStatus: '0xC000006A',
        FailureReason: '%%2313',
        LogonType: '0',
        IpAddress: '-',
      },
    },
    notIn: ['get-winevent'],
    fields: {
      'event.action': 'logon-failed',
      'event.outcome': 'failure',
      'user.name': 'bob',
      'source.ip': null,
      'winlog.logon.type': null,
      'winlog.event_data.Status': '0xc000006d',
      'winlog.logon.failure.reason': 'Unknown user name or bad password.',
      'winlog.logon.failure.sub_status': 'User logon with misspelled or bad password',
    },
  },
  {
    title: 'Security 4688',
    record: {
      ...security,
      channel: 'security',
      id: 4688,
      data: {
        SubjectUserSid: 'S-1-5-21-1-2-3-1001',
        SubjectUserName: 'carol',
        SubjectDomainName: 'LAB',
        SubjectLogonId: '0x99',
        NewProcessId: '0x10',
        NewProcessName: 'C:\\Windows\\System32\\cmd.exe',
        ProcessId: '0x20',
        ParentProcessName: 'C:\\Windows\\explorer.exe',
        CommandLine: '"C:\\Windows\\System32\\cmd.exe" /c x',
        TargetUserSid: 'S-1-0-0',
        TargetUserName: '-',
      },
    },
    notIn: ['get-winevent'],
    fields: {
      _index: 'logs-system.security-default',
      'event.action': 'created-process',
      'process.pid': 16,
      'process.name': 'cmd.exe',
      'process.args': ['"C:\\Windows\\System32\\cmd.exe"', '/c', 'x'],
      'process.parent.pid': 32,
      'process.parent.name': 'explorer.exe',
      'user.name': 'carol',
      'user.id': 'S-1-5-21-1-2-3-1001',
      'user.effective.name': null,
      'winlog.logon.id': '0x99',
    },
  },
  {
    title: 'Security 4728',
    record: {
      ...security,
      id: 4728,
      data: {
        MemberName: 'CN=Dave,OU=x,OU=y,DC=lab,DC=example',
        MemberSid: 'S-1-5-21-1-2-3-7',
        TargetUserName: 'Domain Admins',
        TargetDomainName: 'LAB',
        TargetSid: 'S-1-5-21-1-2-3-512',
        SubjectUserName: 'carol',
      },
    },
    notIn: ['get-winevent'],
    fields: {
      'event.action': 'added-member-to-group',
      'event.type': ['change', 'group'],
      'group.name': 'Domain Admins',
      'group.id': 'S-1-5-21-1-2-3-512',
      'user.name': 'carol',
      'user.target.name': 'Dave',
      'user.target.domain': 'lab',
      'user.target.group.name': 'Domain Admins',
    },
  },
  {
    title: 'Security 4769',
    record: {
      ...security,
      id: 4769,
      data: {
        TargetUserName: 'alice@LAB.EXAMPLE',
        ServiceName: 'svc$',
        TicketOptions: '0x40810000',
        TicketEncryptionType: '0x17',
        IpAddress: '::ffff:10.0.0.9',
        Status: '0x0',
      },
    },
    notIn: ['get-winevent'],
    fields: {
      'user.name': 'alice',
      'source.ip': '10.0.0.9',
      'service.name': 'svc$',
      'winlog.event_data.TicketOptions': '0x40810000',
      'winlog.event_data.TicketOptionsDescription': ['Forwardable', 'Name-canonicalize', 'Renewable'],
      'winlog.event_data.TicketEncryptionTypeDescription': 'RC4-HMAC',
      'winlog.event_data.StatusDescription': 'KDC_ERR_NONE',
    },
  },
  {
    title: 'Security 5145',
    record: {
      ...security,
      id: 5145,
      data: {
        ShareName: '\\\\*\\C$',
        ShareLocalPath: '\\??\\C:\\',
        RelativeTargetName: 'Windows\\Temp\\x.exe',
        AccessMask: '0x6',
        AccessList: '%%4417\r\n\t\t\t\t%%4418\r\n\t\t\t\t',
        IpAddress: '10.0.0.9',
        IpPort: '445',
      },
    },
    notIn: ['get-winevent'],
    fields: {
      'event.category': ['file', 'network'],
      'file.name': 'x.exe',
      'file.path': 'C:\\Windows\\Temp\\x.exe',
      'file.directory': 'C:\\Windows\\Temp',
      'file.extension': 'exe',
      'file.target_path': '\\\\*\\C$\\Windows\\Temp\\x.exe',
      'winlog.event_data.AccessMaskDescription': ['Delete Child', 'List Contents'],
      'winlog.event_data.AccessListDescription': [
        'AppendData (or AddSubdirectory or CreatePipeInstance)',
        'WriteData (or AddFile)',
      ],
    },
  },
  {
    title: 'Security 5145 of a file at the top of a share',
    record: {
      ...security,
      id: 5145,
      data: { ShareName: '\\\\*\\pub', ShareLocalPath: 'D:\\pub', RelativeTargetName: '\\readme' },
    },
    notIn: ['get-winevent'],
    fields: {
      'file.name': 'readme',
      'file.path': 'D:\\pub\\readme',
      'file.directory': 'D:\\pub',
      'file.extension': null,
    },
  },
  {
    title: 'Security 5140 of a share as a whole',
    record: { ...security, id: 5140, data: { ShareName: '\\\\*\\C$', ShareLocalPath: '\\??\\C:\\' } },
    notIn: ['get-winevent'],
    fields: { 'file.name': null, 'file.path': null, 'file.directory': 'C:' },
  },
  {
    title: 'Security 5136 of a user',
    record: {
      ...security,
      id: 5136,
      data: {
        ObjectDN: 'CN=Mara\\, Lab,OU=Staff,DC=lab,DC=test',
        ObjectClass: 'user',
        OperationType: '%%14674',
        SubjectUserName: 'eve',
      },
    },
    notIn: ['get-winevent'],
    fields: {
      'event.reason': '%%14674',
      'user.name': 'eve',
      'user.target.name': 'Mara, Lab',
      'group.name': null,
    },
  },
  {
    title: 'Security 5136 of a group',
    record: {
      ...security,
      id: 5136,
      data: { ObjectDN: 'CN=Operators,DC=lab,DC=test', ObjectClass: 'group', OperationType: '%%14675' },
    },
    notIn: ['get-winevent'],
    fields: { 'event.reason': '%%14675', 'user.target.name': null, 'group.name': 'Operators' },
  },
  {
    title: 'Security 4663 of a key',
    record: {
      ...security,
      id: 4663,
      data: { ObjectType: 'Key', ObjectName: '\\REGISTRY\\MACHINE\\SYSTEM\\lab', AccessMask: '0x2' },
    },
    notIn: ['get-winevent'],
    fields: { 'registry.path': '\\REGISTRY\\MACHINE\\SYSTEM\\lab', 'winlog.event_data.AccessMask': '0x2' },
  },
  {
    title: 'Security 4663 of a file',
    record: { ...security, id: 4663, data: { ObjectType: 'File', ObjectName: 'C:\\lab' } },
    notIn: ['get-winevent'],
    fields: { 'registry.path': null },
  },
  {
    title: 'Security 4674 with rights by number',
    record: { ...security, id: 4674, data: { AccessMask: '%%1537\r\n\t\t\t\t%%4242' } },
    notIn: ['get-winevent'],
    fields: { 'winlog.event_data.AccessMask': ['4242', 'DELETE'] },
  },
  {
    title: 'Security 4625 for a reason that has no words',
    record: { ...security, id: 4625, data: { FailureReason: '%%2399', Status: '0xc0000371' } },
    notIn: ['get-winevent'],
    fields: {
      'winlog.logon.failure.reason': '2399',
      'winlog.logon.failure.status':
        'The local account store does not contain secret material for the specified account',
    },
  },
  {
    title: 'Security 1102',
    record: {
      ...security,
      provider: 'Microsoft-Windows-Eventlog',
      id: 1102,
      keywords: '0x4020000000000000',
      userData: {
        root: 'LogFileCleared',
        data: { SubjectUserSid: 'S-1-5-21-1-2-3-500', SubjectUserName: 'admin', SubjectLogonId: '0x77' },
      },
    },
    notIn: ['get-winevent'],
    fields: {
      'event.action': 'audit-log-cleared',
      'event.outcome': 'success',
      'user.id': 'S-1-5-21-1-2-3-500',
      'user.name': 'admin',
      'winlog.logon.id': '0x77',
    },
  },
  {
    title: 'Security, a code that no table has',
    record: { ...security, id: 4999, task: 12810, data: { Odd: '1', LogonType: '99' } },
    notIn: ['winlogbeat', 'get-winevent', 'hayabusa'],
    fields: {
      _index: 'logs-system.security-default',
      'event.code': '4999',
      'event.category': null,
      'event.type': null,
      'event.action': 'Filtering Platform Connection',
      'user.name': null,
      'winlog.event_data.Odd': '1',
    },
  },
  {
    title: 'PowerShell 4104',
    record: {
      ...powershell,
      id: 4104,
      level: 5,
      message:
        'Creating Scriptblock text (2 of 3):\r\nGet-Item "x"\r\nexit\r\n\r\nScriptBlock ID: aaaaaaaa-0000-0000-0000-000000000001\r\nPath: C:\\tmp\\s.ps1',
      data: {
        MessageNumber: '2',
        MessageTotal: '3',
        ScriptBlockText: 'Get-Item "x"\r\nexit',
        ScriptBlockId: 'aaaaaaaa-0000-0000-0000-000000000001',
        Path: 'C:\\tmp\\s.ps1',
      },
    },
    // Its texts are escaped once more, and it has no user.
    notIn: ['wazuh', 'nxlog', 'hayabusa'],
    fields: {
      _index: 'logs-windows.powershell_operational-default',
      'event.category': 'process',
      'event.type': 'info',
      'powershell.file.script_block_text': 'Get-Item "x"\r\nexit',
      'powershell.file.script_block_id': 'aaaaaaaa-0000-0000-0000-000000000001',
      'powershell.file.script_block_length': 18,
      'powershell.file.script_block_unique_symbols': 12,
      'powershell.sequence': 2,
      'powershell.total': 3,
      'file.path': 'C:\\tmp\\s.ps1',
      'file.name': 's.ps1',
      'file.directory': 'C:\\tmp',
      'file.extension': 'ps1',
      'user.id': 'S-1-5-21-1-2-3-1001',
      'process.pid': 4321,
      'log.level': 'verbose',
    },
  },
  {
    title: 'PowerShell 4103',
    record: {
      ...powershell,
      id: 4103,
      data: { ContextInfo: context, Payload: 'CommandInvocation(Get-Item): "Get-Item"\n' },
    },
    notIn: ['get-winevent', 'wazuh'],
    fields: {
      'process.command_line': 'powershell.exe -nop "a b"',
      'process.args': ['-nop', 'a b', 'powershell.exe'],
      'process.title': 'ConsoleHost',
      'powershell.engine.version': '5.1.1',
      'powershell.command.name': 'Get-Item',
      'powershell.command.path': null,
      'powershell.id': 'Microsoft.PowerShell',
      'event.sequence': 34,
      'user.name': 'alice',
      'user.domain': 'LAB',
      'source.user.name': null,
      'file.path': null,
      'powershell.command.invocation_details.type': 'CommandInvocation',
      'powershell.command.invocation_details.related_command': 'Get-Item',
    },
  },
  {
    title: 'Windows PowerShell 400',
    record: {
      channel: 'Windows PowerShell',
      provider: 'PowerShell',
      id: 400,
      time: '2026-02-03T04:05:06.789Z',
      computer: 'ws1',
      keywords: '0x80000000000000',
      message:
        'Engine state is changed.\r\n\r\nDetails: \r\n\tNewEngineState=Available\r\n\tPreviousEngineState=None\r\n\r\n\tSequenceNumber=13\r\n\r\n\tHostName=ConsoleHost\r\n\tHostApplication=powershell -c "x\r\n y"\r\n\tEngineVersion=5.1\r\n\tRunspaceId=r1\r\n\tPipelineId=\r\n\tCommandLine=',
      unnamed: [
        'Available',
        'None',
        '\tNewEngineState=Available\r\n\tPreviousEngineState=None\r\n\r\n\tSequenceNumber=13\r\n\r\n\tHostName=ConsoleHost\r\n\tHostApplication=powershell -c "x\r\n y"\r\n\tEngineVersion=5.1\r\n\tRunspaceId=r1\r\n\tPipelineId=\r\n\tCommandLine=',
      ],
    },
    notIn: ['velociraptor', 'wazuh'],
    fields: {
      _index: 'logs-windows.powershell-default',
      'event.type': 'start',
      'event.sequence': 13,
      'process.title': 'ConsoleHost',
      'process.command_line': 'powershell -c "x\r\n y"',
      'powershell.engine.version': '5.1',
      'powershell.engine.new_state': 'Available',
      'powershell.runspace_id': 'r1',
      'powershell.pipeline_id': null,
      'powershell.command.value': null,
    },
  },
  {
    title: 'System 7045',
    record: {
      channel: 'System',
      provider: 'Service Control Manager',
      id: 7045,
      time: '2026-02-03T04:05:06.789Z',
      computer: 'ws1',
      keywords: '0x8080000000000000',
      data: { ServiceName: 'evil', ImagePath: '%SystemRoot%\\evil.exe', ServiceType: 'user mode service' },
    },
    notIn: ['get-winevent'],
    fields: {
      _index: 'logs-system.system-default',
      'event.code': '7045',
      'event.category': null,
      'winlog.event_data.ImagePath': '%SystemRoot%\\evil.exe',
      'winlog.event_data.ServiceType': 'user mode service',
    },
  },
  {
    title: 'another channel',
    record: {
      channel: 'Microsoft-Windows-TaskScheduler/Operational',
      provider: 'Microsoft-Windows-TaskScheduler',
      id: 106,
      time: '2026-02-03T04:05:06.789Z',
      computer: 'ws1',
      level: 3,
      data: { TaskName: '\\evil' },
    },
    notIn: ['get-winevent', 'nxlog'],
    fields: {
      _index: 'logs-winlog.winlog-default',
      'event.code': '106',
      'log.level': 'warning',
      'winlog.channel': 'Microsoft-Windows-TaskScheduler/Operational',
      'winlog.event_data.TaskName': '\\evil',
    },
  },
  {
    title: 'Sysmon 7 of an image whose signature cannot be checked',
    record: {
      ...sysmon,
      id: 7,
      data: { ImageLoaded: 'C:\\a\\b.dll', Signed: 'failed: Unknown', Signature: '-', SignatureStatus: '-' },
    },
    fields: {
      'dll.code_signature.subject_name': null,
      'dll.code_signature.status': 'failed: Unknown',
      'file.code_signature.status': null,
    },
  },
];

/** What records have in their head that a form leaves out. */
const lacking: Readonly<Record<string, readonly string[]>> = { hayabusa: ['log.level'] };

/** The fields of each event of a file, in its order. */
async function fieldsOf(lines: readonly string[], names: readonly string[]): Promise<Record<string, unknown>[]> {
  const numbered = lines.map((line, i) => line.replace('{', `{"line_number":${i},`));
  const folder = files({ 'events.ndjson': `${numbered.join('\n')}\n` });
  const kept = names.map((name) => `\`${name}\``).join(', ');
  const query = `FROM * METADATA _index | SORT line_number | KEEP ${kept}`;
  const { values } = await ask(query, `${folder}/events.ndjson`);
  return values.map((row) => Object.fromEntries(names.map((name, i) => [name, asText(row[i])])));
}

/** A value without the members of a name, however it is written. */
function without(name: string, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => without(name, one));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => key.toLowerCase() !== name);
  return Object.fromEntries(kept.map(([key, one]) => [key, without(name, one)]));
}

const asText = (value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);

for (const [form, write] of Object.entries(forms))
  describe(form, () => {
    const own = cases.filter(({ notIn }) => !notIn?.includes(form));
    const names = [...new Set(own.flatMap(({ fields }) => Object.keys(fields)))];
    // All in one file: that events of several channels are told apart is tested as well.
    let events: Record<string, unknown>[];
    beforeAll(async () => {
      const lines = own.map(({ record }) => write(record));
      events = await fieldsOf(lines, names);
    }, 240_000);
    it.each(own.map((one, i) => ({ ...one, i })))('$title', ({ fields, i }) => {
      const event = events[i]!;
      const said = Object.entries(fields).filter(([name]) => !lacking[form]?.includes(name));
      expect(Object.fromEntries(said.map(([name]) => [name, event[name]]))).toEqual(Object.fromEntries(said));
    });
  });

describe('what is odd', () => {
  it('keeps the sources of a file in several forms and channels apart', async () => {
    const lines = [
      forms.nxlog!(cases[0]!.record),
      forms.evtx_dump!(cases[8]!.record),
      forms.winlogbeat!(cases[9]!.record),
    ];
    const rows = await fieldsOf(lines, ['_index', 'event.action', 'event.code']);
    expect(rows).toEqual([
      { _index: 'logs-windows.sysmon_operational-default', 'event.action': 'Process creation', 'event.code': '1' },
      { _index: 'logs-system.security-default', 'event.action': 'logged-in', 'event.code': '4624' },
      { _index: 'logs-system.security-default', 'event.action': 'logon-failed', 'event.code': '4625' },
    ]);
  });

  it('gives fields of a record without event data, and of one with values of other kinds', async () => {
    const { data: _, ...none } = cases[0]!.record;
    const odd = {
      ...cases[0]!.record,
      data: { ProcessId: 'many', Hashes: 'nothing', CommandLine: '""', User: 'a\\b\\c' },
    };
    const rows = await fieldsOf(
      [
        forms.nxlog!(none),
        forms.nxlog!(odd),
        '{"EventID":"1","Channel":"MICROSOFT-WINDOWS-SYSMON/OPERATIONAL","EventTime":"x"}',
      ],
      ['event.action', 'process.pid', 'process.hash.md5', 'user.name'],
    );
    const empty = { 'process.pid': null, 'process.hash.md5': null, 'user.name': null };
    expect(rows).toEqual(Array(3).fill({ 'event.action': 'Process creation', ...empty }));
  });

  // Sessions of tracing (ETW) write the same records, with no channel: the provider says what they are.
  const written = [
    'evtx_dump',
    'evtx_dump with attributes beside',
    'chainsaw',
    'xmltodict',
    'velociraptor',
    'winlogbeat',
  ];
  it.each(written)('takes records of tracing sessions, which have no channel, as %s', async (form) => {
    const some = ['Sysmon 1', 'Security 4624', 'PowerShell 4104'].map(
      (title) => cases.find((one) => one.title === title)!,
    );
    const lines = some.map(({ record }) => forms[form]!(record));
    const names = ['_index', 'event.code', 'event.action', 'event.outcome', 'user.id', 'process.pid', 'process.name'];
    const bare = lines.map((line) => JSON.stringify(without('channel', JSON.parse(line))));
    const rows = await fieldsOf(bare, names);
    expect(rows).toEqual(await fieldsOf(lines, names));
    expect(rows.map((row) => row._index)).toEqual(some.map(({ fields }) => fields._index));
  });

  it('maps what Elastic Agent sent before any pipeline, in the data stream that it says', async () => {
    const sent = { data_stream: { type: 'logs', dataset: 'windows.forwarded', namespace: 'lab' } };
    const shipped = ['Sysmon 1', 'Security 4624'].map((title) => {
      const { record } = cases.find((one) => one.title === title)!;
      return { ...JSON.parse(forms.winlogbeat!(record)), ...sent };
    });
    const done = [
      { ...shipped[0], event: { ...shipped[0].event, ingested: '2026-03-01T10:00:05Z' } },
      { ...shipped[0], event: { ...shipped[0].event, type: ['start'] } },
    ];
    const rows = await fieldsOf(
      [...shipped, ...done].map((event) => JSON.stringify(event)),
      ['_index', 'event.category', 'event.dataset', 'event.module', 'process.command_line'],
    );
    const mapped = {
      _index: 'logs-windows.forwarded-lab',
      'event.dataset': 'windows.forwarded',
      'event.module': 'windows',
    };
    const left = { _index: 'logs-windows.forwarded-lab', 'event.category': null, 'event.dataset': null };
    expect(rows).toEqual([
      { ...mapped, 'event.category': 'process', 'process.command_line': cases[0]!.fields['process.command_line'] },
      { ...mapped, 'event.category': 'authentication', 'process.command_line': null },
      ...Array(2).fill({ ...left, 'event.module': null, 'process.command_line': null }),
    ]);
  });

  it('leaves events alone that a module made ECS of before', async () => {
    const rows = await fieldsOf(
      [
        JSON.stringify({
          event: { category: ['process'], action: 'own' },
          winlog: { channel: 'Security', event_id: '4624' },
        }),
      ],
      ['event.action', 'event.dataset'],
    );
    expect(rows).toEqual([{ 'event.action': 'own', 'event.dataset': null }]);
  });
});
