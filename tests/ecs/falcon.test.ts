import { expect, test } from 'vitest';
import { expected, type MappedCase, mapped } from './mapped-events.ts';

const falcon = (event_simpleName: string) => ({
  event_simpleName,
  aid: 'a1',
  cid: 'c1',
  event_platform: 'Win',
  timestamp: '1772359200123',
});

test('Falcon names kinds of events that are of several categories, of a state, or of none', async () => {
  const kind = (name: string, category: unknown, type: unknown, outcome: unknown, is = 'event'): MappedCase => ({
    event: falcon(name),
    fields: { 'event.category': category, 'event.type': type, 'event.outcome': outcome, 'event.kind': is },
  });
  const cases = [
    kind('ActiveDirectoryAuthenticationFailure', 'authentication', 'start', 'failure'),
    kind('AssociateIndicator', 'threat', 'indicator', 'unknown'),
    kind('ImageHash', 'library', 'start', 'success'),
    kind('UnsignedModuleLoad', 'library', 'start', 'success'),
    kind('FalconProcessHandleOpDetectInfo', ['malware', 'process'], ['access', 'info'], null, 'alert'),
    kind('ServicesStatusInfo', 'configuration', 'info', null, 'state'),
    kind('SuspiciousPeFileWritten', ['file', 'malware'], ['creation', 'info'], 'success', 'alert'),
    kind('SudoCommandAttempt', 'authentication', 'start', 'unknown'),
    kind('AdditionalHostInfo', 'host', 'info', 'unknown', 'state'),
    kind('AwsEc2Instance', ['configuration', 'host'], 'info', null, 'asset'),
    kind('ActiveDirectoryAuditGroupModified', ['configuration', 'iam'], ['change', 'group'], 'success'),
    kind('SystemdServiceCreated', 'configuration', 'creation', 'success'),
    kind('ZerologonExploitAttempt', ['authentication', 'malware'], 'info', 'unknown', 'alert'),
    kind('NewKindOfFileWritten', 'file', null, null),
    kind('SomethingElse', null, null, null),
  ];
  expect(await mapped(cases)).toEqual(cases.map(expected));
});

test('Falcon names what FileVantage watches, and the users and groups that are behind a process', async () => {
  const watched = (over: object) => ({
    ...falcon('FileIntegrityMonitorRuleMatched'),
    PolicyRuleSeverity: '3',
    PolicyRuleID: 'r1',
    ...over,
  });
  const cases: MappedCase[] = [
    {
      event: watched({
        ObjectType: '1',
        ObjectAccessOperationType: '5',
        ObjectName: '/a/b.txt',
        ObjectNameNew: '/a/c.sh',
      }),
      fields: {
        'event.category': 'file',
        'event.type': 'change',
        'event.severity': 73,
        'file.path': '/a/c.sh',
        'file.name': 'c.sh',
        'file.extension': 'sh',
        'file.type': 'file',
        'file.Ext.original.path': '/a/b.txt',
        'registry.path': null,
        message: null,
      },
    },
    {
      event: watched({
        ObjectType: '3',
        ObjectAccessOperationType: '1',
        ObjectName: '\\REGISTRY\\MACHINE\\SOFTWARE\\Run\\a',
      }),
      fields: {
        'event.category': 'registry',
        'event.type': 'creation',
        'registry.key': 'SOFTWARE\\Run',
        'registry.value': 'a',
        'file.path': null,
        'file.type': null,
      },
    },
    {
      event: { ...falcon('ProcessRollup2'), UID: '0', GID: '0', RUID: '1000', RGID: '1001', UserName: 'mara' },
      fields: {
        'user.id': '0',
        'user.Ext.real.id': '1000',
        'group.Ext.real.id': '1001',
        'process.real_user.id': '1000',
        'process.real_group.id': '1001',
        'process.group.id': '0',
        'related.user': ['0', 'mara'],
      },
    },
  ];
  expect(await mapped(cases)).toEqual(cases.map(expected));
});
