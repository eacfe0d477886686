import { atWork, everyNight, iso, Log, officeAddress, people, pick, type Random, randomFrom } from './office.ts';

/** What cloud services record in an ordinary month, in the form of their own records. */
export function cloudLogs(): Map<string, string[]> {
  return new Map([
    ['cloudtrail.ndjson', cloudtrail(randomFrom(31))],
    ['okta.ndjson', okta(randomFrom(32))],
    ['entra-signins.ndjson', entraSignIns(randomFrom(33))],
    ['entra-audit.ndjson', entraAudit(randomFrom(34))],
    ['microsoft-365.ndjson', microsoft365(randomFrom(35))],
  ]);
}

const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) Browser/133.0';

function cloudtrail(random: Random): string[] {
  const log = new Log();
  const add = (time: number, source: string, name: string, identity: object, more: object = {}): void =>
    log.add(time, {
      eventVersion: '1.09',
      eventTime: iso(time),
      eventSource: `${source}.amazonaws.com`,
      eventName: name,
      awsRegion: 'eu-central-1',
      sourceIPAddress: officeAddress,
      userAgent: browser,
      eventID: `e-${Math.floor(random() * 2 ** 48).toString(16)}`,
      userIdentity: { accountId: '210987654321', ...identity },
      ...more,
    });
  const reads: readonly [source: string, name: string][] = [
    ['ec2', 'DescribeInstances'],
    ['s3', 'ListBuckets'],
    ['cloudwatch', 'GetMetricData'],
    ['iam', 'ListRoles'],
  ];
  for (const { name, isAdministrator } of people.slice(8)) {
    const identity = { type: 'IAMUser', userName: name, arn: `arn:aws:iam::210987654321:user/${name}` };
    for (const time of atWork(random, 30, 2)) {
      add(time, 'signin', 'ConsoleLogin', identity, {
        responseElements: { ConsoleLogin: 'Success' },
        additionalEventData: { MFAUsed: 'Yes', MobileVersion: 'No', LoginTo: 'https://console.aws.example' },
      });
      for (const [source, action] of reads) add(time + 1000, source, action, identity);
      // The console asks for more than a person may see.
      if (!isAdministrator && random() < 0.3)
        for (const action of ['GetCostAndUsage', 'ListAccounts'])
          add(time + 2000, 'ce', action, identity, { errorCode: 'AccessDenied' });
    }
  }
  const deploy = {
    type: 'IAMUser',
    userName: 'deploy',
    arn: 'arn:aws:iam::210987654321:user/deploy',
    accessKeyId: 'AKIAEXAMPLEQUIET0001',
  };
  for (const time of everyNight(29, 3))
    add(time, 's3', 'PutObject', deploy, { requestParameters: { bucketName: 'backups', key: 'db.gz' } });
  const [joined] = atWork(random, 7, 1);
  add(
    joined!,
    'iam',
    'CreateUser',
    { type: 'IAMUser', userName: 'kern', arn: 'arn:aws:iam::210987654321:user/kern' },
    {
      requestParameters: { userName: 'moser' },
    },
  );
  return log.lines();
}

function okta(random: Random): string[] {
  const log = new Log();
  const add = (time: number, type: string, person: (typeof people)[number], result: string, more: object = {}): void =>
    log.add(time, {
      uuid: `u-${Math.floor(random() * 2 ** 48).toString(16)}`,
      published: iso(time),
      eventType: type,
      displayMessage: type,
      outcome: { result },
      actor: { id: `00u${person.name}`, type: 'User', alternateId: person.mail, displayName: person.name },
      client: {
        ipAddress: officeAddress,
        geographicalContext: { country: 'Germany', city: 'Bonn' },
        userAgent: { rawUserAgent: browser, os: 'Windows 10', browser: 'BROWSER' },
      },
      authenticationContext: { externalSessionId: `102${person.name}${Math.floor(time / 86_400_000)}` },
      ...more,
    });
  for (const person of people)
    for (const time of atWork(random, 14, 2)) {
      if (random() < 0.1)
        add(time - 20_000, 'user.session.start', person, 'FAILURE', {
          outcome: { result: 'FAILURE', reason: 'INVALID_CREDENTIALS' },
        });
      add(time, 'user.session.start', person, 'SUCCESS');
      add(time + 3000, 'system.push.send_factor_verify_push', person, 'SUCCESS');
      if (random() < 0.03) add(time + 8000, 'user.mfa.okta_verify.deny_push', person, 'SUCCESS');
      add(time + 9000, 'user.authentication.auth_via_mfa', person, 'SUCCESS');
      add(time + 20_000, 'user.authentication.sso', person, 'SUCCESS');
    }
  return log.lines();
}

function entraSignIns(random: Random): string[] {
  const log = new Log();
  const apps = ['Office 365 Exchange Online', 'Microsoft Teams', 'Office 365 SharePoint Online'];
  for (const { mail, name } of people)
    for (const time of atWork(random, 14, 4)) {
      const signIn = (at: number, code: number): void =>
        log.add(at, {
          time: iso(at),
          category: 'SignInLogs',
          operationName: 'Sign-in activity',
          tenantId: '22222222-2222-2222-2222-222222222222',
          resultType: String(code),
          location: 'DE',
          callerIpAddress: officeAddress,
          properties: {
            id: `s-${Math.floor(random() * 2 ** 48).toString(16)}`,
            userPrincipalName: mail,
            userDisplayName: name,
            ipAddress: officeAddress,
            appDisplayName: pick(random, apps),
            sessionId: `0073${name}${Math.floor(at / 86_400_000)}`,
            userAgent: browser,
            status: { errorCode: code },
          },
        });
      if (random() < 0.05) signIn(time - 30_000, 50126);
      if (random() < 0.05) signIn(time - 20_000, 500121);
      signIn(time, 0);
    }
  return log.lines();
}

function entraAudit(random: Random): string[] {
  const log = new Log();
  const operations = [
    'Update user',
    'Add member to group',
    'Reset user password',
    'Update device',
    'Update application',
  ];
  for (const time of atWork(random, 14, 6)) {
    const { mail, name } = pick(random, people);
    log.add(time, {
      time: iso(time),
      category: 'AuditLogs',
      operationName: pick(random, operations),
      tenantId: '22222222-2222-2222-2222-222222222222',
      properties: {
        id: `a-${Math.floor(random() * 2 ** 48).toString(16)}`,
        result: 'success',
        initiatedBy: { user: { userPrincipalName: 'kern@office.example', ipAddress: officeAddress } },
        targetResources: [{ id: `t-${name}`, type: 'User', displayName: name, userPrincipalName: mail }],
      },
    });
  }
  return log.lines();
}

function microsoft365(random: Random): string[] {
  const log = new Log();
  const add = (time: number, workload: string, operation: string, user: string, more: object): void =>
    log.add(time, {
      Id: `m-${Math.floor(random() * 2 ** 48).toString(16)}`,
      CreationTime: iso(time).slice(0, 19),
      Workload: workload,
      Operation: operation,
      UserId: user,
      UserType: 0,
      ClientIP: officeAddress,
      ...more,
    });
  for (const { mail, name } of people) {
    for (const time of atWork(random, 14, 8))
      add(time, 'SharePoint', pick(random, ['FileAccessed', 'FileModified', 'FileDownloaded']), mail, {
        RecordType: 6,
        SiteUrl: 'https://office.sharepoint.example/sites/teams/',
        ObjectId: `https://office.sharepoint.example/sites/teams/Documents/${name}-${Math.floor(random() * 50)}.docx`,
      });
    const [once] = atWork(random, 7, 1);
    add(once!, 'Exchange', 'New-InboxRule', mail, {
      RecordType: 1,
      ResultStatus: 'True',
      Parameters: [
        { Name: 'Name', Value: 'Newsletters' },
        { Name: 'MoveToFolder', Value: 'Newsletters' },
      ],
    });
  }
  return log.lines();
}
