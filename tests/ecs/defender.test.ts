import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { expected, type MappedCase, mapped } from './mapped-events.ts';

/** A row of a table, as Defender streams it. */
const row = (table: string, properties: object) => ({
  time: '2026-03-01T10:00:05Z',
  tenantId: 't1',
  category: `AdvancedHunting-${table}`,
  operationName: 'Publish',
  properties: { Timestamp: '2026-03-01T10:00:00.1234567Z', DeviceId: 'd1', DeviceName: 'PC-1', ...properties },
});

const known = (text: string): string => createHash('sha1').update(`\0${text}`).digest('base64');

const initiating = {
  InitiatingProcessFileName: 'wscript.exe',
  InitiatingProcessFolderPath: 'c:\\windows\\system32\\wscript.exe',
  InitiatingProcessId: 43,
  InitiatingProcessCreationTime: '2026-03-01T09:59:59Z',
  InitiatingProcessCommandLine: 'wscript.exe a.js',
  InitiatingProcessParentFileName: 'explorer.exe',
  InitiatingProcessParentId: 42,
  InitiatingProcessParentCreationTime: '2026-03-01T09:00:00.5Z',
  InitiatingProcessAccountSid: 'S-1-5-21-7',
  InitiatingProcessAccountName: 'mara',
  InitiatingProcessIntegrityLevel: 'Medium',
};

async function holds(cases: readonly MappedCase[]): Promise<void> {
  expect(await mapped(cases)).toEqual(cases.map(expected));
}

test('processes are known by their number, the time to the millisecond and the device', async () => {
  const started = { ActionType: 'ProcessCreated', FileName: 'cmd.exe', ProcessId: 44, ...initiating };
  await holds([
    {
      event: row('DeviceProcessEvents', { ...started, ProcessCreationTime: '2026-03-01T10:00:00.1234567Z' }),
      fields: {
        'process.entity_id': known('44|2026-03-01T10:00:00.123Z|d1'),
        'process.parent.entity_id': known('43|2026-03-01T09:59:59.000Z|d1'),
        'process.parent.group_leader.name': 'explorer.exe',
        'host.hostname': 'pc-1',
      },
    },
    {
      event: row('DeviceNetworkEvents', { ActionType: 'ConnectionSuccess', ...initiating }),
      fields: {
        'process.entity_id': known('43|2026-03-01T09:59:59.000Z|d1'),
        'process.parent.entity_id': known('42|2026-03-01T09:00:00.500Z|d1'),
      },
    },
    { event: row('DeviceProcessEvents', started), fields: { 'process.entity_id': null, 'process.pid': 44 } },
    {
      event: row('CloudProcessEvents', { DeviceId: null, ActionType: 'ProcessCreated', ProcessId: 1 }),
      fields: { 'process.entity_id': '1', 'event.type': 'start' },
    },
  ]);
});

test('kinds of actions are known by what their names contain, files by their whole names', async () => {
  const type = (table: string, action: string, wanted: unknown, fields: object = {}): MappedCase => ({
    event: row(table, { ActionType: action, ...initiating }),
    fields: { 'event.type': wanted, ...fields },
  });
  await holds([
    type('DeviceNetworkEvents', 'ConnectionSuccessAggregatedReport', 'start'),
    type('DeviceNetworkEvents', 'ConnectionFailedAggregatedReport', 'denied'),
    type('DeviceNetworkEvents', 'ConnectionFound', 'info'),
    type('DeviceNetworkEvents', 'DnsConnectionInspected', 'protocol', { 'network.protocol': 'dns' }),
    type('DeviceProcessEvents', 'ProcessCreatedAggregatedReport', 'start'),
    type('DeviceProcessEvents', 'OpenProcess', null, { 'event.action': 'openprocess' }),
    type('DeviceEvents', 'ProcessCreatedUsingWmiQuery', ['info', 'start'], { 'event.category': 'host' }),
    type('DeviceEvents', 'OpenProcessApiCall', 'access', { 'process.Ext.token.integrity_level_name': null }),
    type('DeviceEvents', 'DpapiAccessed', 'info', { 'process.Ext.token.integrity_level_name': 'Medium' }),
    type('DeviceRegistryEvents', 'RegistryKeyDeleted', 'deletion', { 'event.action': 'registrykeydeleted' }),
    type('DeviceRegistryEvents', 'RegistryKeyQueried', null),
    type('DeviceFileEvents', 'FileDeleted', 'deletion', { 'event.action': 'deletion' }),
    type('DeviceFileEvents', 'FileCreatedAggregatedReport', 'info', { 'event.action': null }),
  ]);
});

test('a folder gets the name of the program where it is a folder alone', async () => {
  const call = (folder: string, action = 'ReadProcessMemoryApiCall') =>
    row('DeviceEvents', { ...initiating, ActionType: action, InitiatingProcessFolderPath: folder });
  await holds([
    { event: call('c:\\windows\\system32'), fields: { 'process.executable': 'c:\\windows\\system32\\wscript.exe' } },
    { event: call('C:\\Windows\\WScript.exe'), fields: { 'process.executable': 'C:\\Windows\\WScript.exe' } },
    { event: call('c:\\tools', 'CreateRemoteThreadApiCall'), fields: { 'process.executable': 'c:\\tools' } },
    {
      event: row('DeviceEvents', { ActionType: 'OpenProcessApiCall', FolderPath: '/usr/bin/vim', FileName: 'vim' }),
      fields: { 'Target.process.executable': '/usr/bin/vim' },
    },
  ]);
});

test('the name of a process comes from its command line where nothing else names it', async () => {
  const run = (line: string) => row('DeviceEvents', { ActionType: 'SomethingNew', ProcessCommandLine: line });
  await holds([
    { event: run('"cmd.exe" /c dir'), fields: { 'process.name': 'cmd.exe' } },
    { event: run(' /opt/tools/run -x'), fields: { 'process.name': 'run' } },
    {
      event: row('AlertEvidence', { AlertId: 'a', ProcessCommandLine: 'C:\\a\\b.exe -x' }),
      fields: { 'process.name': 'C:\\a\\b.exe' },
    },
  ]);
});

test('alerts, identities and registry keys have the fields of their kind', async () => {
  const evidence = {
    AlertId: 'a1',
    FileName: 'x.dll',
    RegistryKey: 'HKEY_LOCAL_MACHINE\\Software\\A',
    RegistryValueName: 'v',
  };
  await holds([
    {
      event: row('AlertInfo', { AlertId: 'a1', Category: 'Persistence' }),
      fields: { 'event.category': null, 'event.type': 'info' },
    },
    {
      event: row('AlertEvidence', { ...evidence, Category: 'Persistence' }),
      fields: {
        'event.category': 'threat',
        'event.type': 'indicator',
        'file.name': null,
        'threat.indicator.file.name': 'x.dll',
      },
    },
    {
      event: row('AlertEvidence', { ...evidence, EntityType: 'File' }),
      fields: {
        'file.name': 'x.dll',
        'registry.key': 'HKEY_LOCAL_MACHINE\\Software\\A',
        'registry.path': null,
        'registry.hive': null,
      },
    },
    {
      event: row('AlertEvidence', { ...evidence, EntityType: 'Ip' }),
      fields: { 'file.name': null, 'registry.key': null },
    },
    {
      event: row('IdentityInfo', {
        DeviceId: null,
        AccountObjectId: 'o1',
        AccountDisplayName: 'Mara B',
        EmailAddress: 'mara@example.org',
      }),
      fields: {
        'event.kind': 'asset',
        'event.category': 'iam',
        'event.type': ['info', 'user'],
        'user.id': 'o1',
        'user.email': 'mara@example.org',
        'user.name': 'Mara B',
      },
    },
    {
      event: row('CloudAppEvents', {
        ActionType: 'FileDownloaded',
        AccountDisplayName: 'Mara B',
        RawEventData: { UserId: 'mara@example.org' },
        IPAddress: '198.51.100.7',
      }),
      fields: { 'user.name': 'mara@example.org', 'client.ip': null, 'host.ip': '198.51.100.7' },
    },
    { event: row('CloudAuditEvents', { IPAddress: '198.51.100.7' }), fields: { 'client.ip': '198.51.100.7' } },
    {
      event: row('DeviceRegistryEvents', {
        ActionType: 'RegistryValueSet',
        RegistryKey: '\\REGISTRY\\A\\{1}',
        RegistryValueName: 'v',
      }),
      fields: { 'registry.hive': null, 'registry.path': '\\\\REGISTRY\\A\\{1}\\v' },
    },
    {
      event: row('DeviceNetworkEvents', {
        ActionType: 'HttpConnectionInspected',
        LocalIP: '10.0.0.5',
        LocalPort: 80,
        RemoteIP: '203.0.113.9',
        RemotePort: 4711,
        AdditionalFields: '{"direction":"In"}',
      }),
      fields: {
        'source.ip': '203.0.113.9',
        'source.port': 80,
        'destination.ip': '10.0.0.5',
        'destination.port': 80,
        'network.direction': 'inbound',
      },
    },
  ]);
});
