import { describe, expect, test } from 'vitest';
import { expected, type MappedCase, mapped, rowsOf } from './mapped-events.ts';

const trail = (over: object) => ({
  eventVersion: '1.09',
  eventTime: '2026-03-01T10:00:00Z',
  eventSource: 'iam.amazonaws.com',
  eventName: 'GetUser',
  awsRegion: 'eu-north-1',
  sourceIPAddress: '198.51.100.7',
  userAgent: 'aws-cli/2.15',
  eventID: 'e-1',
  eventType: 'AwsApiCall',
  recipientAccountId: '000123456789',
  userIdentity: { type: 'IAMUser', accountId: '000123456789', userName: 'mara', arn: 'arn:aws:iam::1:user/mara' },
  ...over,
});

const signIn = (over: object, properties: object = {}) => ({
  time: '2026-03-01T10:00:00.1234567Z',
  category: 'SignInLogs',
  operationName: 'Sign-in activity',
  resourceId: '/tenants/t1/providers/Microsoft.aadiam',
  tenantId: 't1',
  resultType: '0',
  properties: {
    id: 'p1',
    userPrincipalName: 'mara@example.org',
    appId: 'a1',
    ipAddress: '198.51.100.7',
    status: { errorCode: 0 },
    ...properties,
  },
  ...over,
});

const audited = (over: object) => ({
  CreationTime: '2026-03-01T10:00:00',
  Id: 'r1',
  Operation: 'UserLoggedIn',
  RecordType: 15,
  Workload: 'AzureActiveDirectory',
  UserId: 'mara@example.org',
  OrganizationId: 'AAAA-1',
  ...over,
});

describe('who acts, and on what', () => {
  test('CloudTrail names the role that is assumed, not its session', async () => {
    const assumed = {
      type: 'AssumedRole',
      principalId: 'AROA1:mara@example.org',
      arn: 'arn:aws:sts::1:assumed-role/audit/mara@example.org',
      accessKeyId: 'ASIA1',
      sessionContext: { sessionIssuer: { arn: 'arn:aws:iam::1:role/audit', userName: 'audit' } },
    };
    const cases: MappedCase[] = [
      {
        event: trail({ eventName: 'AttachRolePolicy', requestParameters: { policyArn: 'arn:p', roleName: 'r' } }),
        fields: {
          'user.entity.id': 'arn:aws:iam::1:user/mara',
          'related.entity': ['arn:aws:iam::1:user/mara', 'arn:p', 'mara', 'r'],
          'service.name': null,
        },
      },
      {
        event: trail({ userIdentity: assumed }),
        fields: {
          'user.entity.id': 'arn:aws:iam::1:role/audit',
          'related.entity': [
            'ASIA1',
            'arn:aws:iam::1:role/audit',
            'arn:aws:sts::1:assumed-role/audit/mara@example.org',
            'audit',
          ],
          'related.user': ['AROA1:mara@example.org', 'audit', 'mara', 'mara@example.org'],
        },
      },
      {
        event: trail({ userIdentity: { type: 'AWSService', invokedBy: 'ec2.amazonaws.com' } }),
        fields: { 'user.entity.id': null, 'service.name': 'ec2.amazonaws.com' },
      },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });

  test('Microsoft 365 names the mails that alerts, reports and investigations are about', async () => {
    const alert = { UserId: 'SecurityComplianceAlerts', RecordType: 40, Operation: 'AlertEntityGenerated' };
    const mail = { P1Sender: 'eve@example.com', P2Sender: 'boss@example.org', Recipient: 'mara@example.org' };
    const cases: MappedCase[] = [
      {
        event: audited({ ...alert, Data: '{"f3u":"mara@example.org","tsd":"eve@example.com","ms":"Invoice"}' }),
        fields: {
          'event.kind': 'alert',
          'user.email': 'mara@example.org',
          'email.sender.address': 'eve@example.com',
          'email.subject': 'Invoice',
        },
      },
      {
        event: audited({ ...alert, Data: '{"f3u":"Unknown"}' }),
        fields: { 'user.email': null, 'email.subject': null },
      },
      {
        event: audited({
          RecordType: 29,
          Operation: 'UserSubmission',
          P1Sender: 'eve@example.com',
          Recipients: '[mara@example.org, ann@example.org]',
          Subject: 'Invoice',
        }),
        fields: {
          'email.sender.address': 'eve@example.com',
          'email.to.address': ['ann@example.org', 'mara@example.org'],
          'email.subject': 'Invoice',
        },
      },
      {
        event: audited({
          RecordType: 64,
          Operation: 'AirInvestigationData',
          Data: JSON.stringify({ Entities: [{ Url: 'https://x.example' }, { ...mail, Subject: 'Invoice' }, mail] }),
        }),
        fields: {
          'email.sender.address': 'eve@example.com',
          'email.from.address': 'boss@example.org',
          'email.to.address': 'mara@example.org',
          'email.subject': 'Invoice',
        },
      },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });

  test('Entra ID says why, and what is no address stays text', async () => {
    const cases: MappedCase[] = [
      {
        event: {
          time: '2026-03-01T10:00:00Z',
          category: 'AuditLogs',
          operationName: 'Add member to role',
          resourceId: '/tenants/t1/providers/Microsoft.aadiam',
          callerIpAddress: '::2001:db8:1:2:3:4:5:6',
          properties: { id: 'd1', result: 'failure', resultReason: 'The quota is exceeded.' },
        },
        fields: {
          'event.outcome': 'failure',
          'event.reason': 'The quota is exceeded.',
          'source.address': '::2001:db8:1:2:3:4:5:6',
          'source.ip': null,
        },
      },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });
});

describe('odd events', () => {
  test('values that are numbers in some events and texts in others count in both', async () => {
    const cases: MappedCase[] = [
      {
        event: audited({ UserType: '0', Target: 'x' }),
        fields: { 'o365.audit.UserType': '0', 'event.action': 'UserLoggedIn' },
      },
      {
        event: audited({ UserType: 4, RecordType: '15' }),
        fields: { 'o365.audit.UserType': '4', 'event.code': 'AzureActiveDirectoryStsLogon' },
      },
      {
        event: signIn({ resultType: 50126 }, { status: { errorCode: '50126' } }),
        fields: { 'azure.signinlogs.properties.status.error_code': 50126, 'event.outcome': 'failure' },
      },
      {
        event: trail({ requestParameters: 'none', userIdentity: 'x' }),
        fields: { 'event.action': 'GetUser', 'aws.cloudtrail.request_parameters': null },
      },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });

  test('null, empty texts and empty lists are no values', async () => {
    const empty = {
      eventSource: 's',
      eventName: 'E',
      awsRegion: 'r',
      errorCode: null,
      errorMessage: '',
      resources: [],
      requestParameters: {},
      responseElements: null,
      userIdentity: {},
      sourceIPAddress: '',
      additionalEventData: { a: [], b: { c: null } },
    };
    const cases: MappedCase[] = [
      {
        event: empty,
        fields: {
          'event.action': 'E',
          'event.outcome': 'success',
          'source.ip': null,
          'aws.cloudtrail.request_parameters': null,
          'aws.cloudtrail.additional_eventdata': null,
          'aws.cloudtrail.resources.arn': null,
          'user.name': null,
        },
      },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });

  test('text that only looks like JSON gives nothing', async () => {
    const cases: MappedCase[] = [
      { event: { message: '{"eventSource": broken "eventName"' }, fields: { 'event.action': null } },
      { event: { AuditData: '{"Operation": ' }, fields: { 'event.action': null } },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });

  test('large objects are written whole', async () => {
    const tags = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`k${i}`, 'v'.repeat(20)]));
    const rows = await rowsOf('FROM * | EVAL n = LENGTH(aws.cloudtrail.request_parameters) | KEEP n', {
      'large.ndjson': `${JSON.stringify(trail({ requestParameters: { tags } }))}\n`,
    });
    expect(rows.map(({ n }) => Number(n))).toEqual([
      '{tags={}}'.length + Object.keys(tags).reduce((sum, key) => sum + key.length + 1 + 20, 0) + 2 * (3000 - 1),
    ]);
  });

  test('events that are ECS already stay as they are', async () => {
    const cases: MappedCase[] = [
      {
        event: { ...trail({}), event: { category: ['iam'], action: 'mine' } },
        fields: { 'event.action': 'mine', 'event.provider': null },
      },
    ];
    expect(await mapped(cases)).toEqual(cases.map(expected));
  });
});
