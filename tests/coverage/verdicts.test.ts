import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { coverHunts } from '../../src/app/coverage.ts';
import { jobsOf } from '../../src/app/jobs.ts';
import { silent } from '../../src/app/observer.ts';
import { runHunts } from '../../src/app/run-hunts.ts';
import type { QueryCoverage, Verdict } from '../../src/coverage/coverage.ts';
import { writeQuietLogs } from '../../src/demo/quiet/quiet-logs.ts';
import { readFolder } from '../../src/hunts/library.ts';
import { noOverrides } from '../../src/overrides/override.ts';
import type { Outcome } from '../../src/report/report.ts';
import { eventsOf, huntOf } from '../cluster/served.ts';
import { now } from '../investigate/support.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/*
 * Hunts and data of which it is known whether the data could have shown a hit. A log that records what a hunt is about,
 * and in which nobody did it, is an answer; data that could not have shown it is none. Never is "none" said of the
 * second, and of the first "cannot tell" in two of a hundred at most.
 */

const folder = temporaryFolder();
const signal = new AbortController().signal;
let files = 0;

type Event = Record<string, unknown>;

/** Writes events and gives what asks them. */
function dataOf(events: readonly Event[]) {
  const file = join(folder, `${++files}.ndjson`);
  writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  return eventsOf({ kind: 'files', data: [file], cache: false, strict: false, copies: false });
}

/** Fifty events over the last seven days, the n-th of them by `make`. */
const log = (dataset: string, make: (n: number) => Event): Event[] =>
  Array.from({ length: 50 }, (_, n) => ({
    '@timestamp': new Date(now - n * 3.3 * 3_600_000 - 60_000).toISOString(),
    data_stream: { type: 'logs', dataset, namespace: 'default' },
    'event.dataset': dataset,
    ...make(n),
  }));

const pick = <T>(n: number, ...all: readonly T[]): T => all[n % all.length]!;

const cloudtrail = log('aws.cloudtrail', (n) => ({
  'event.provider': pick(n, 'ec2.amazonaws.com', 's3.amazonaws.com', 'signin.amazonaws.com'),
  'event.action': pick(n, 'DescribeInstances', 'ListBuckets', 'ConsoleLogin'),
  'event.outcome': 'success',
  'aws.cloudtrail.user_identity.type': pick(n, 'IAMUser', 'AssumedRole'),
  'aws.cloudtrail.user_identity.arn': `arn:aws:iam::1:user/${n % 5}`,
  'aws.cloudtrail.request_parameters': '{a=1}',
  'cloud.account.id': '1',
  'cloud.region': 'eu-central-1',
  'source.ip': `10.0.0.${n % 9}`,
  'user_agent.original': 'console',
}));
const okta = log('okta.system', (n) => ({
  'event.action': pick(n, 'user.session.start', 'user.session.end', 'user.authentication.sso'),
  'event.outcome': 'success',
  'okta.actor.alternate_id': `u${n % 6}@example.com`,
  'okta.actor.type': 'User',
  'okta.outcome.result': 'SUCCESS',
  'okta.client.ip': `10.0.1.${n % 4}`,
  'source.ip': `10.0.1.${n % 4}`,
  'client.geo.country_name': 'Austria',
}));
const onWindows = (n: number): Event => ({
  'host.id': `h${n % 3}`,
  'host.name': `ws-${n % 3}`,
  'host.os.type': 'windows',
  'host.os.family': 'windows',
  'user.name': 'ann',
});
const sysmon = log('windows.sysmon_operational', (n) => ({
  ...onWindows(n),
  ...pick<Event>(
    n,
    { 'event.code': '1', 'event.category': 'process', 'event.action': 'Process creation', 'event.type': 'start' },
    { 'event.code': '11', 'event.category': 'file', 'event.action': 'FileCreate', 'file.path': 'C:\\a.txt' },
    {
      ...{ 'event.code': '10', 'event.category': 'process', 'event.action': 'ProcessAccess' },
      'winlog.event_data.TargetImage': 'C:\\Windows\\System32\\svchost.exe',
    },
  ),
  'process.name': 'svchost.exe',
  'process.executable': 'C:\\Windows\\System32\\svchost.exe',
  'process.command_line': 'svchost.exe -k',
  'process.parent.name': 'services.exe',
}));
const defend = [
  ...log('endpoint.events.process', (n) => ({
    ...onWindows(n),
    ...{ 'event.category': 'process', 'event.action': pick(n, 'start', 'end'), 'event.type': 'start' },
    ...{ 'process.name': 'cmd.exe', 'process.command_line': 'cmd /c', 'process.parent.name': 'explorer.exe' },
  })),
  ...log('endpoint.events.network', (n) => ({
    ...onWindows(n),
    ...{ 'event.category': 'network', 'event.action': pick(n, 'connection_attempted', 'disconnect_received') },
    ...{ 'process.name': 'chrome.exe', 'destination.ip': '203.0.113.7', 'source.bytes': 400 },
  })),
];

const aws = 'FROM logs-aws.cloudtrail-* | WHERE @timestamp > NOW() - 7 days';
const inOkta = 'FROM logs-okta.system-* | WHERE @timestamp > NOW() - 7 days';
const inSysmon = 'FROM logs-windows.sysmon_operational-* | WHERE @timestamp > NOW() - 7 days';
const inProcesses = 'FROM logs-endpoint.events.process-* | WHERE @timestamp > NOW() - 7 days';
const inNetwork = 'FROM logs-endpoint.events.network-* | WHERE @timestamp > NOW() - 7 days';

/** Data with hunts that could have hit in it, had anyone done it; and hunts that could not. */
const cases: readonly {
  readonly name: string;
  readonly events: readonly Event[];
  readonly none: readonly string[];
  readonly blind: readonly string[];
}[] = [
  {
    name: 'CloudTrail',
    events: cloudtrail,
    none: [
      `${aws} AND event.provider == "sns.amazonaws.com" AND event.action == "Subscribe" | STATS n = COUNT(*) BY aws.cloudtrail.user_identity.arn, cloud.region | WHERE n == 1`,
      `${aws} AND event.provider == "iam.amazonaws.com" AND event.action IN ("CreateUser", "AttachUserPolicy") AND event.outcome == "success" | STATS n = COUNT_DISTINCT(event.action) BY user.target.name | WHERE n == 2`,
      `${aws} AND event.provider == "ssm.amazonaws.com" AND event.action == "SendCommand" | DISSECT aws.cloudtrail.request_parameters "%{}documentName=%{document},%{}" | WHERE document == "AWS-RunShellScript" | STATS n = COUNT(*) BY source.ip`,
      `${aws} AND event.provider == "lambda.amazonaws.com" AND event.action RLIKE "AddPermission.*" | KEEP @timestamp, aws.cloudtrail.request_parameters`,
      `${aws} AND event.action LIKE "Delete*Trail*" OR event.action == "StopLogging" | STATS n = COUNT(*) BY event.action`,
      `${aws} AND event.action == "GetFederationToken" | DISSECT aws.cloudtrail.request_parameters "%{}durationSeconds=%{seconds}," | EVAL minutes = TO_INTEGER(seconds) / 60 | WHERE minutes > 1440`,
      `${aws} AND aws.cloudtrail.error_code == "AccessDenied" | STATS n = COUNT(*) BY aws.cloudtrail.user_identity.arn | WHERE n > 20`,
      `${aws} AND aws.cloudtrail.user_identity.type == "Root" | STATS n = COUNT(*) BY source.ip`,
      `${aws} AND event.action == "ConsoleLogin" AND event.outcome == "failure" | STATS n = COUNT(*) BY source.ip | WHERE n > 5`,
      `${aws} | EVAL call = TO_LOWER(event.action) | WHERE call == "putbucketpolicy" | STATS n = COUNT(*) BY cloud.account.id`,
      `${aws} | STATS stopped = COUNT(*) WHERE event.action == "StopLogging", n = COUNT(*) BY cloud.account.id | WHERE stopped > 0`,
      `${aws} | STATS s = SUM(CASE(event.action == "DeleteTrail", 1, 0)) BY cloud.account.id | WHERE s > 0`,
      `${aws} AND event.action : "CreateAccessKey" | STATS n = COUNT(*) BY source.ip`,
      `${aws} | FORK (WHERE event.action == "CreateUser") (WHERE event.action == "DeleteUser") | STATS n = COUNT(*) BY event.action`,
      `${aws} | INLINE STATS n = COUNT(*) BY event.action | WHERE event.action == "PutUserPolicy" AND n < 5`,
      `${aws} | STATS n = COUNT(*) BY event.action, source.ip | WHERE event.action == "CreateLoginProfile"`,
      `${aws} AND event.category == "iam" AND event.outcome == "failure" | STATS n = COUNT(*) BY source.ip`,
      `${aws} AND user.target.name == "admin" | STATS n = COUNT(*) BY source.ip`,
      `${aws} | STATS made = COUNT(*) WHERE event.category == "iam" BY source.ip | WHERE made > 3`,
      `${aws} AND NOT aws.cloudtrail.user_identity.arn LIKE "*user*" | STATS n = COUNT(*) BY source.ip`,
    ],
    blind: [
      inOkta.concat(' | STATS n = COUNT(*) BY source.ip | WHERE n > 900'),
      `${aws} AND event.action == "user.session.start" | STATS n = COUNT(*) BY source.ip`,
      `${aws} AND event.provider == "okta.com" | STATS n = COUNT(*) BY source.ip`,
      `${aws} AND event.category == "registry" | STATS n = COUNT(*) BY source.ip`,
      `${aws} AND event.action == "ConsoleLogin" AND user_agent.name == "x" | STATS n = COUNT(*) BY source.ip`,
      `${aws} AND event.action == "ConsoleLogin" AND user.name == "x" | STATS n = COUNT(*) BY source.ip`,
      `${aws} AND event.dataset == "aws.vpcflow" | STATS n = COUNT(*) BY source.ip`,
      `${aws} | STATS n = COUNT(*) WHERE event.action == "user.session.start" BY source.ip | WHERE n > 0`,
      `${aws} | STATS s = SUM(CASE(event.category == "registry", 1, 0)) BY source.ip | WHERE s > 0`,
      `${aws} AND user.name : "root" | STATS n = COUNT(*) BY source.ip`,
    ],
  },
  {
    name: 'Okta',
    events: okta,
    none: [
      `${inOkta} AND event.action == "user.mfa.okta_verify.deny_push" | STATS n = COUNT(*) BY okta.actor.alternate_id | WHERE n >= 5`,
      `${inOkta} AND event.action == "app.oauth2.as.token.grant" AND okta.actor.type == "PublicClientApp" AND okta.outcome.reason == "no_matching_scope" | KEEP okta.actor.display_name`,
      `${inOkta} AND event.action == "user.session.start" AND okta.outcome.reason == "INVALID_CREDENTIALS" | STATS n = COUNT_DISTINCT(okta.actor.alternate_id) BY okta.client.ip | WHERE n >= 10`,
      `${inOkta} AND event.action IN ("system.api_token.create", "policy.rule.delete") | STATS n = COUNT(*) BY okta.actor.alternate_id`,
      `${inOkta} AND event.action LIKE "user.account.*" AND okta.target.type == "User" | STATS n = COUNT(*) BY user.target.full_name`,
      `${inOkta} | STATS countries = COUNT_DISTINCT(client.geo.country_name) BY okta.actor.alternate_id | WHERE countries > 1`,
      `${inOkta} AND event.action == "user.risk.detect" AND okta.debug_context.debug_data.risk_level == "HIGH" | KEEP source.ip`,
    ],
    blind: [
      `${inOkta} AND event.action == "ConsoleLogin" | STATS n = COUNT(*) BY source.ip`,
      `${inOkta} AND event.action == "user.session.start" AND okta.security_context.is_proxy == true | STATS n = COUNT(*) BY source.ip`,
      `${inOkta} AND event.action == "user.authentication.sso" AND okta.debug_context.debug_data.request_uri LIKE "*/app/*" | STATS n = COUNT(*) BY source.ip`,
      `${inOkta} AND host.os.type == "windows" | STATS n = COUNT(*) BY source.ip`,
    ],
  },
  {
    name: 'Sysmon',
    events: sysmon,
    none: [
      `${inSysmon} AND host.os.family == "windows" AND event.action == "ProcessAccess" AND winlog.event_data.TargetImage LIKE "*\\\\\\\\lsass.exe" | STATS n = COUNT(*) BY process.executable`,
      `${inSysmon} AND event.action == "CreateRemoteThread" | STATS n = COUNT(*) BY process.executable | WHERE n < 3`,
      `${inSysmon} AND event.code == "22" | STATS n = COUNT_DISTINCT(dns.question.name) BY process.name | WHERE n > 100`,
      `${inSysmon} AND event.category == "driver" | STATS n = COUNT(*) BY host.id`,
      `${inSysmon} AND event.category == "process" AND process.name == "powershell.exe" AND process.command_line LIKE "*-enc*" | KEEP host.name`,
      `${inSysmon} AND event.action == "Process creation" | STATS n = COUNT(*) BY process.parent.name | WHERE n > 900`,
      `${inSysmon} AND MV_CONTAINS(event.category, "registry") AND registry.path LIKE "*Run*" | STATS n = COUNT(*) BY host.id`,
    ],
    blind: [
      `${inSysmon} AND event.action == "logged-in" | STATS n = COUNT(*) BY host.id`,
      `${inSysmon} AND event.category == "registry" | STATS n = COUNT(*) BY registry.path`,
      `${inSysmon} AND event.category == "network" AND event.action == "FileCreate" | STATS n = COUNT(*) BY host.id`,
      `${inSysmon} AND host.os.family == "macos" | STATS n = COUNT(*) BY host.id`,
      `${inSysmon} AND event.category == "process" AND process.code_signature.trusted == false | STATS n = COUNT(*) BY host.id`,
      `${inSysmon} AND event.category == "authentication" | STATS n = COUNT(*) BY host.id`,
      `${inProcesses} AND process.name == "x" | STATS n = COUNT(*) BY host.id`,
    ],
  },
  {
    name: 'Defend',
    events: defend,
    none: [
      `${inProcesses} AND host.os.type == "windows" AND event.action == "start" AND process.name == "psexec.exe" | STATS n = COUNT(*) BY host.id`,
      `${inProcesses} AND event.action == "already_running" | STATS n = COUNT(*) BY process.parent.name`,
      `${inNetwork} AND event.action == "lookup_requested" AND dns.question.name LIKE "*.onion" | STATS n = COUNT(*) BY host.id`,
      `${inNetwork} AND event.action == "disconnect_received" | STATS s = SUM(source.bytes) BY destination.ip | WHERE s > 1000000`,
      `${inNetwork} AND event.action == "connection_accepted" | STATS n = COUNT(*) BY process.name | WHERE n == 1`,
      `${inNetwork} | EVAL os = host.os.type | STATS n = COUNT(*) BY os, process.name | WHERE os == "windows" AND n > 900`,
      `${inNetwork} AND CIDR_MATCH(destination.ip, "198.51.100.0/24") | STATS n = COUNT(*) BY process.name`,
    ],
    blind: [
      `${inProcesses} AND host.os.type == "windows" AND event.action == "fork" | STATS n = COUNT(*) BY host.id`,
      `${inNetwork} AND host.os.type == "linux" | STATS n = COUNT(*) BY host.id`,
      `${inNetwork} | STATS n = COUNT(*) BY host.os.type, host.id | WHERE host.os.type == "macos"`,
      `${inNetwork} AND event.category == "file" | STATS n = COUNT(*) BY host.id`,
      `${inNetwork} | STATS s = SUM(destination.bytes) BY process.name | WHERE s > 1000`,
      `${inNetwork} | STATS n = COUNT(*) WHERE host.os.type == "linux" BY process.name | WHERE n > 0`,
      'FROM logs-endpoint.events.registry-* | STATS n = COUNT(*) BY registry.path | WHERE n < 5',
      `${inNetwork} AND event.action == "disconnect_received" AND network.direction == "egress" | STATS n = COUNT(*) BY host.id`,
    ],
  },
];

async function outcomesOf(events: readonly Event[], texts: readonly string[]): Promise<Outcome[]> {
  const request = { jobs: texts.flatMap((text) => jobsOf(huntOf(text))), events: dataOf(events) };
  const { results } = await runHunts(request, silent, signal);
  return results.map(({ outcome }) => outcome);
}

async function coverageOf(events: readonly Event[], text: string): Promise<QueryCoverage> {
  const request = { hunts: [huntOf(text)], events: dataOf(events), overrides: noOverrides };
  const [hunt] = (await coverHunts(request, silent, signal)).hunts;
  expect(hunt!.error).toBeNull();
  return hunt!.queries[0]!;
}

describe('hunts over logs in which nothing of the kind happened', () => {
  it.each(cases)(
    '$name: none where it could have been seen, cannot tell where not',
    { timeout: 120_000 },
    async (one) => {
      const { events, none, blind } = one;
      const found = await outcomesOf(events, [...none, ...blind]);
      const wrong = [...none, ...blind].filter((_, i) => found[i] !== (i < none.length ? 'none' : 'cannot tell'));
      expect(wrong).toEqual([]);
    },
  );

  it('without a field that all events of the source carry, hunts that need it cannot tell', {
    timeout: 120_000,
  }, async () => {
    const without = (events: readonly Event[], field: string): Event[] => events.map(({ [field]: _, ...rest }) => rest);
    const asked: readonly [events: Event[], text: string][] = [
      [without(cloudtrail, 'source.ip'), `${aws} AND event.action == "ConsoleLogin" AND source.ip == "10.9.9.9"`],
      [without(cloudtrail, 'event.outcome'), `${aws} AND event.action == "ListBuckets" AND event.outcome == "failure"`],
      [without(okta, 'okta.outcome.result'), `${inOkta} AND okta.outcome.result == "FAILURE"`],
      [without(sysmon, 'process.parent.name'), `${inSysmon} AND event.code == "1" AND process.parent.name == "x"`],
      [without(defend, 'source.bytes'), `${inNetwork} | STATS s = SUM(source.bytes) BY host.id | WHERE s > 1`],
      [without(defend, 'event.action'), `${inNetwork} AND event.action == "lookup_result"`],
    ];
    for (const [events, text] of asked)
      expect([text, ...(await outcomesOf(events, [text]))]).toEqual([text, 'cannot tell']);
  });
});

it('our own hunts over the raw logs of a quiet office are blind only where Elastic Defend is asked for', {
  timeout: 280_000,
}, async () => {
  const data = join(folder, 'quiet');
  await writeQuietLogs(data);
  const folders = ['aws', 'azure', 'linux', 'o365', 'okta', 'traffic', 'windows'];
  const hunts = (await Promise.all(folders.map((name) => readFolder(`hunts/${name}`)))).flatMap((one) => one.hunts);
  const source = { kind: 'files', data: [join(data, '*')], cache: false, strict: false, copies: false } as const;
  const request = { hunts, events: { ...eventsOf(source), now: 'latest' } as const, overrides: noOverrides };
  const covered = await coverHunts(request, silent, signal);
  const judged = covered.hunts.flatMap(({ hunt, queries }) =>
    queries.map(({ verdict, missingIndices }, i): [name: string, verdict: Verdict] => [
      `${hunt.name}, query ${i + 1}`,
      missingIndices.some((index) => index.startsWith('logs-endpoint')) ? 'ready' : verdict,
    ]),
  );
  expect(judged.length).toBeGreaterThan(60);
  expect(judged.filter(([, verdict]) => verdict === 'blind')).toEqual([]);
});

describe('what is worth knowing', () => {
  const notesOf = async (events: readonly Event[], text: string): Promise<string[]> =>
    ((await coverageOf(events, text)).notes ?? []).map(({ message }) => message);

  it.each<[string, Event, string, string | null]>([
    [
      'letter case',
      { 'process.executable': 'c:\\windows\\CMD.exe' },
      'process.executable == "C:\\\\Windows\\\\cmd.exe"',
      'letter case',
    ],
    ['case in LIKE', { 'process.name': 'PowerShell.exe' }, 'process.name LIKE "powershell*"', 'letter case'],
    ['case of a call', { 'process.name': 'PSEXEC.exe' }, 'STARTS_WITH(process.name, "psexec")', 'letter case'],
    [
      'a volume for a drive',
      { 'process.executable': '\\Device\\HarddiskVolume3\\Windows\\cmd.exe' },
      'process.executable == "C:\\\\Windows\\\\cmd.exe"',
      'the beginning of the path',
    ],
    [
      'a drive for a volume, in LIKE',
      { 'process.executable': 'C:\\Users\\a\\x.exe' },
      'process.executable LIKE "\\\\\\\\Device\\\\\\\\HarddiskVolume?\\\\\\\\Users\\\\\\\\*"',
      'the beginning of the path',
    ],
    ['a slash', { 'url.path': '/admin/' }, 'url.path == "/admin"', 'a slash or blanks at the end'],
    ['a blank', { 'user.name': 'root ' }, 'user.name IN ("root", "admin")', 'a slash or blanks at the end'],
    [
      'zeros',
      { 'winlog.event_data.LogonType': '03' },
      'winlog.event_data.LogonType == "3"',
      'how the number is written',
    ],
    ['base sixteen', { 'winlog.logon.id': '0x3E7' }, 'winlog.logon.id == "999"', 'how the number is written'],
    ['several values', { 'process.args': ['-a', '-enc'] }, 'process.args == "-enc"', 'their several values'],
    ['one of several conditions', { 'user.name': 'ANN' }, '(user.name == "ann" OR user.name == "bob")', 'letter case'],
    ['nothing near', { 'user.name': 'eve' }, 'user.name == "ann"', null],
    ['an exclusion', { 'user.name': 'ANN' }, 'user.name != "ANN"', null],
    [
      'other conditions that fail',
      { 'user.name': 'ANN', 'host.name': 'b' },
      'user.name == "ann" AND host.name == "a"',
      null,
    ],
  ])('counts events that fulfil all but: %s', async (_, more, condition, miss) => {
    const events = log('test', () => more);
    const notes = await notesOf(events, `FROM logs-test-* | WHERE ${condition} | STATS n = COUNT(*) BY @timestamp`);
    const near = notes.filter((note) => note.includes('but for'));
    expect(near).toEqual(
      miss === null ? [] : [expect.stringMatching(new RegExp(`^50 events fulfil .* but for ${miss}$`))],
    );
  });

  it('counts an event that several conditions miss by little', async () => {
    const events = log('test', () => ({ 'user.name': 'ANN', 'host.name': 'WS ' }));
    const notes = await notesOf(events, 'FROM logs-test-* | WHERE user.name == "ann" AND host.name == "ws"');
    expect(notes).toEqual([expect.stringMatching(/^50 events fulfil all conditions but for/)]);
  });

  it.each<[string, string, boolean]>([
    ['an exclusion', 'NOT user.name == "x"', true],
    ['unlike', 'user.name != "x"', true],
    ['a list', 'NOT user.name IN ("x", "y")', true],
    ['a pattern', 'NOT user.name LIKE "x*"', true],
    ['blocks', 'NOT CIDR_MATCH(source.ip, "10.0.0.0/8")', true],
    ['two at once', 'NOT user.name == "x" AND NOT user.email == "y"', true],
    ['an exclusion that keeps what has none', 'NOT user.name == "x" OR user.name IS NULL', false],
    ['a value that must be there', 'user.name != ""', false],
    ['a condition', 'user.name == "x"', false],
    ['a field that all have', 'NOT host.name == "x"', false],
  ])(
    'puts an answer in doubt where nearly all events are dropped for want of a field: %s',
    async (_, condition, doubt) => {
      const events = log('test', (n) => ({
        ...{ 'host.name': 'h' },
        ...(n === 7 && { 'user.name': 'ann', 'user.email': 'y', 'source.ip': '192.0.2.1' }),
      }));
      const text = `FROM logs-test-* | WHERE ${condition} | STATS n = COUNT(*) BY host.name | WHERE n > 60`;
      const { gaps } = await coverageOf(events, text);
      expect(gaps.filter(({ isDoubtful }) => isDoubtful).map(({ message }) => message)).toEqual(
        doubt
          ? condition
              .split(' AND NOT ')
              .map(() => expect.stringMatching(/ drops \d+ of (?:49|50) events, which have no /))
          : [],
      );
      expect(await outcomesOf(events, [text])).toEqual([doubt ? 'cannot tell' : 'none']);
    },
  );

  it('names the time to hunt as of, and what has no time', async () => {
    const text = `${inNetwork} | STATS n = COUNT(*) BY host.name`;
    const old = log('endpoint.events.network', () => ({ '@timestamp': '2019-05-20T11:59:00.250Z' }));
    const { verdict, gaps } = await coverageOf(old, text);
    expect([verdict, gaps[0]!.remedy]).toEqual(['blind', expect.stringContaining('--now 2019-05-20T11:59:01Z')]);
    const timeless = log('endpoint.events.network', (n) => ({
      ...(n > 3 && { '@timestamp': undefined }),
      'event.created': '2026-03-10T11:00:00Z',
    }));
    const { gaps: some } = await coverageOf(
      timeless,
      `${inNetwork} AND event.created IS NOT NULL AND process.name == "x"`,
    );
    expect(some.map(({ message }) => message)).toContain('46 of 50 events have no @timestamp, and lie in no window');
    expect(some.map(({ remedy }) => remedy).join()).toContain('--time-field event.created');
  });
});
