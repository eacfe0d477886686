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
