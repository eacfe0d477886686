import { expect, it } from 'vitest';
import { defendSources } from '../catalogue/defend-source.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { recordedSources } from '../ecs/recorded-sources.ts';
import { shippedMappings } from '../ecs/shipped-mappings.ts';
import { analyze } from '../languages/esql/analyze/analyze.ts';
import { OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import { parse } from '../languages/esql/parse.ts';
import { scansOf } from '../plan/nodes.ts';
import { conditionsOf } from '../plan/time-bounds.ts';
import { type Recording, recordingOf } from './recording.ts';

const sources = [...defendSources, ...recordedSources(await shippedMappings())];
const trail = 'logs-aws.cloudtrail-default';
const okta = 'logs-okta.system-default';
const sysmon = 'logs-windows.sysmon_operational-default';
const security = 'logs-system.security-default';
const network = 'logs-endpoint.events.network-default';
const custom = 'logs-acme.door-default';

async function recording(indices: readonly string[], condition: string): Promise<Recording['how']> {
  const source = new SourceText(`FROM a | WHERE ${condition}`);
  const { query } = parse(source);
  const { plan } = analyze(query!, source, await OpenCatalogue.of(['a'], query), { now: 0, defaultLimit: null });
  const names = new Map(
    scansOf(plan!).flatMap(({ columns }) =>
      columns.flatMap(({ column, source: of }) => (typeof of === 'object' ? [[column.id, of.name] as const] : [])),
    ),
  );
  const asked = conditionsOf(plan!).map((one) => ({ condition: one, isSeen: false }));
  return recordingOf(asked, indices, sources, (column) => names.get(column)).how;
}

it.each<[Recording['how'], string[], string]>([
  ['recorded', [trail], 'event.action == "CreateTopic" AND event.provider == "sns.amazonaws.com"'],
  ['recorded', [trail], 'event.action IN ("CreateTopic", "nothing.of.this")'],
  ['recorded', [trail], 'event.action LIKE "Create*"'],
  ['recorded', [trail], 'event.action RLIKE "AddPermission.*"'],
  ['recorded', [trail], 'STARTS_WITH(event.action, "Add")'],
  ['recorded', [trail], 'TO_LOWER(event.action) == "createtopic"'],
  ['recorded', [trail], 'event.action == "CreateUser" AND event.category == "iam"'],
  ['recorded', [trail], 'event.action : "CreateTopic"'],
  ['recorded', [trail], 'NOT event.action IN ("DescribeInstances")'],
  ['never', [trail], 'event.action == "CreateUser" AND event.category == "authentication"'],
  ['never', [trail], 'event.action == "user.session.start"'],
  ['never', [trail], 'event.action LIKE "user.*"'],
  ['never', [trail], 'event.provider == "Microsoft-Windows-Sysmon"'],
  ['never', [trail], 'event.category == "registry"'],
  ['never', [trail], 'event.dataset == "okta.system"'],
  ['if set up', [trail], 'event.provider == "s3.amazonaws.com" AND event.action == "GetObject"'],
  ['if set up', [trail], 'event.provider == "sns.amazonaws.com" AND event.action == "Publish"'],
  ['recorded', [trail], 'event.provider == "iot.amazonaws.com" AND event.action == "Publish"'],
  ['recorded', [okta], 'event.action == "user.mfa.okta_verify.deny_push"'],
  ['never', [okta], 'event.action == "ConsoleLogin"'],
  ['recorded', [trail, okta], 'event.action == "user.mfa.okta_verify.deny_push"'],
  ['recorded', [custom, okta], 'event.action == "user.mfa.okta_verify.deny_push"'],
  ['unknown', [custom], 'event.action == "opened"'],
  ['unknown', [custom, trail], 'event.action == "user.session.start"'],
  ['if set up', [sysmon], 'event.action == "ProcessAccess"'],
  ['if set up', [sysmon], 'event.code == "22"'],
  ['recorded', [sysmon], 'event.action == "Process creation" AND event.category == "process"'],
  ['never', [sysmon], 'event.action == "Process creation" AND event.category == "file"'],
  ['never', [sysmon], 'event.action == "logged-in"'],
  ['never', [sysmon], 'event.code == "4624"'],
  ['never', [sysmon], 'event.category == "registry"'],
  ['if set up', [sysmon], 'MV_CONTAINS(event.category, "registry")'],
  ['never', [sysmon], 'host.os.type == "linux"'],
  ['recorded', [security], 'event.code == "4720"'],
  ['if set up', [security], 'event.code == "4688"'],
  ['if set up', [security], 'event.action == "created-process"'],
  ['recorded', [network], 'event.action == "lookup_requested" AND host.os.type == "windows"'],
  ['never', [network], 'event.action == "lookup_requested" AND host.os.type == "macos"'],
  ['never', [network], 'event.category == "file"'],
])('%s by %j: %s', async (how, indices, condition) => {
  expect(await recording(indices, condition)).toBe(how);
});
