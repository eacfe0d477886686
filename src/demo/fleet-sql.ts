import { join, number, type Sql, sql, text } from '../sql/sql.ts';
import { planted } from './planted.ts';
import { type Profile, programs } from './programs.ts';

/*
 * The sample fleet as SQL: hosts, the processes on them, the conversations (flows) of each process, and the events of
 * each flow. Everything comes from hashes of the seed, so that the same options give the same bytes. JSON is put together
 * from fragments that are made once per host and process; events are then a matter of joining texts.
 */

export interface FleetParameters {
  readonly hosts: number;
  readonly days: number;
  /** Network events that the benign fleet makes, at least. */
  readonly benignEvents: number;
  readonly seed: number;
  /** The time of the newest event, in milliseconds since the epoch. */
  readonly end: number;
  /** Leave out what is planted. */
  readonly benign: boolean;
}

const day = 86_400_000;

/** Traffic of a benign program: conversations per process, their share of all events, and what they carry. */
const profiles: Readonly<
  Record<
    Profile,
    {
      flows: number;
      weight: number;
      least: number;
      mode: string;
      reach: 'public' | 'lan';
      bytes: number;
      port: number;
      transport: 'tcp' | 'udp';
    }
  >
> = {
  browser: {
    flows: 12,
    weight: 10,
    least: 12,
    mode: 'pairs',
    reach: 'public',
    bytes: 60_000,
    port: 443,
    transport: 'tcp',
  },
  updater: {
    flows: 2,
    weight: 8,
    least: 12,
    mode: 'pairs',
    reach: 'public',
    bytes: 2_000,
    port: 443,
    transport: 'tcp',
  },
  // Calls come close to the volume hunts' GiB, and stay below it.
  call: {
    flows: 2,
    weight: 4,
    least: 12,
    mode: 'pairs',
    reach: 'public',
    bytes: 1_000_000_000,
    port: 3478,
    transport: 'udp',
  },
  backup: {
    flows: 1,
    weight: 2,
    least: 12,
    mode: 'pairs',
    reach: 'lan',
    bytes: 2_000_000_000,
    port: 10_006,
    transport: 'tcp',
  },
  sync: { flows: 3, weight: 5, least: 12, mode: 'pairs', reach: 'public', bytes: 900_000, port: 443, transport: 'tcp' },
  packages: {
    flows: 3,
    weight: 4,
    least: 12,
    mode: 'pairs',
    reach: 'public',
    bytes: 4_000,
    port: 443,
    transport: 'tcp',
  },
  internal: { flows: 2, weight: 4, least: 12, mode: 'pairs', reach: 'lan', bytes: 3_000, port: 8443, transport: 'tcp' },
  occasional: {
    flows: 1,
    weight: 0,
    least: 8,
    mode: 'pairs',
    reach: 'public',
    bytes: 9_000,
    port: 443,
    transport: 'tcp',
  },
  server: {
    flows: 3,
    weight: 3,
    least: 12,
    mode: 'connection_accepted',
    reach: 'lan',
    bytes: 0,
    port: 22,
    transport: 'tcp',
  },
  mail: { flows: 2, weight: 3, least: 12, mode: 'pairs', reach: 'public', bytes: 50_000, port: 443, transport: 'tcp' },
};

/** No conversation of the benign fleet sends more than this. */
const benignMost = 1_020_000_000;

function values(
  rows: readonly (readonly (string | number | bigint | boolean | null)[])[],
  columns: readonly string[],
): Sql {
  const cell = (value: string | number | bigint | boolean | null): Sql =>
    value === null
      ? sql`NULL`
      : typeof value === 'boolean'
        ? value
          ? sql`true`
          : sql`false`
        : typeof value === 'string'
          ? text(value)
          : number(value);
  const names = join(
    columns.map((name) => name as Sql),
    ', ',
  );
  return sql`(VALUES ${join(
    rows.map((row) => sql`(${join(row.map(cell), ', ')})`),
    ', ',
  )}) AS v(${names})`;
}

const uuid = (value: Sql): Sql =>
  sql`regexp_replace(md5(${value}), '(.{8})(.{4})(.{4})(.{4})(.{12})', '\\1-\\2-\\3-\\4-\\5')`;

/** An entity id as Elastic Defend makes them: agent, process id and start time, in base64. */
const entityId = (agent: Sql, pid: Sql, started: Sql): Sql =>
  sql`to_base64((${agent} || '-' || ${pid} || '-' || ${started})::BLOB)`;

/** The statements that make the tables of the fleet, in order. */
export function fleetTables({ hosts, days, benignEvents, seed, end, benign }: FleetParameters): Sql[] {
  const s = number(seed);
  const from = number(end - days * day);
  const hostCount = number(hosts);
  return [
    // Of twenty hosts twelve run Windows, five Linux, three macOS.
    sql`CREATE OR REPLACE TABLE demo_hosts AS
      WITH h AS (SELECT i::INTEGER AS i, CASE WHEN i % 20 IN (1, 4, 7, 10, 14) THEN 'linux' WHEN i % 20 IN (2, 8, 16) THEN 'macos' ELSE 'windows' END AS platform FROM range(${hostCount}) t(i)),
      n AS (SELECT *, (row_number() OVER (PARTITION BY platform ORDER BY i) - 1)::INTEGER AS nth, ${uuid(sql`'agent' || ${s} || '/' || i`)} AS agent_id,
        '10.20.' || (i // 250) || '.' || (i % 250 + 2) AS ip,
        CASE platform WHEN 'windows' THEN 'ws-' WHEN 'linux' THEN 'srv-' ELSE 'mac-' END || lpad(i::VARCHAR, 4, '0') AS hostname FROM h)
      SELECT *, '"agent":{"id":"' || agent_id || '","type":"endpoint","version":"8.17.1"},"data_stream":{"namespace":"default","type":"logs","dataset":"' AS before_dataset,
        '"},"ecs":{"version":"8.10.0"},"elastic":{"agent":{"id":"' || agent_id || '"}},"host":{"architecture":"x86_64","hostname":"' || hostname || '","name":"' || hostname ||
        '","id":"' || md5('host' || ${s} || i) || '","ip":["' || ip || '","127.0.0.1","::1","fe80::' || lower(to_hex(i % 65536)) || ':aff:fe4d:1"],"mac":["00-00-5e-00-53-' || lpad(lower(to_hex(i % 256)), 2, '0') ||
        '"],"os":' || CASE platform
          WHEN 'windows' THEN '{"Ext":{"variant":"Windows 11 Enterprise"},"family":"windows","full":"Windows 11 Enterprise 23H2 (10.0.22631.4751)","kernel":"23H2 (10.0.22631.4751)","name":"Windows","platform":"windows","type":"windows","version":"23H2 (10.0.22631.4751)"}}'
          WHEN 'linux' THEN '{"Ext":{"variant":"Debian"},"family":"debian","full":"Debian 12.9","kernel":"6.1.0-30-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.124-1","name":"Linux","platform":"debian","type":"linux","version":"12.9"}}'
          ELSE '{"Ext":{"variant":"macOS"},"family":"macos","full":"macOS 15.3.1","kernel":"Darwin Kernel Version 24.3.0","name":"macOS","platform":"macos","type":"macos","version":"15.3.1"}}' END AS host_json
      FROM n`,
    sql`CREATE OR REPLACE TABLE demo_programs AS SELECT * FROM ${values(
      programs.map((program, i) => [
        i,
        program.platform,
        program.name,
        program.executable,
        program.signer,
        program.signer === null ? 'none' : 'trusted',
        program.user,
        program.profile,
        program.commandLine,
      ]),
      ['program', 'platform', 'name', 'executable', 'signer', 'signature', 'account', 'profile', 'command_line'],
    )}`,
    sql`CREATE OR REPLACE TABLE demo_planted AS SELECT * FROM ${values(
      planted.map((entry, i) => [
        i,
        entry.platform,
        entry.host,
        /[^\\/]+$/.exec(entry.executable)![0],
        entry.executable,
        entry.signature,
        entry.user,
        entry.commandLine,
        Math.max(...entry.flows.map((flow) => flow.endsHoursAgo * 60 + flow.minutes)),
      ]),
      ['planted', 'platform', 'nth', 'name', 'executable', 'signature', 'account', 'command_line', 'minutes_ago'],
    )} WHERE ${benign ? sql`false` : sql`true`}`,
    processTable(s, from, end),
    flowTable(s, days, end, benignEvents),
    eventTable(s, end),
  ];
}

function processTable(s: Sql, from: Sql, end: number): Sql {
  const userJson = sql`CASE
    WHEN platform = 'windows' AND account = 'system' THEN '{"domain":"NT AUTHORITY","id":"S-1-5-18","name":"SYSTEM"}'
    WHEN platform = 'windows' THEN '{"domain":"CORP","id":"S-1-5-21-1004336348-1177238915-682003330-' || (1100 + i) || '","name":"user' || i || '"}'
    WHEN account = 'system' THEN '{"Ext":{"real":{"id":"0","name":"root"}},"id":"0","name":"root"}'
    ELSE '{"Ext":{"real":{"id":"1000","name":"user' || i || '"}},"id":"1000","name":"user' || i || '"}' END`;
  const signatureBody = sql`CASE signature
    WHEN 'none' THEN '{"exists":false}'
    WHEN 'untrusted' THEN '{"exists":true,"status":"errorUntrustedRoot","subject_name":"Acme Test Signing","trusted":false}'
    ELSE '{"exists":true,"status":"trusted","subject_name":' || to_json(coalesce(signer, 'Microsoft Corporation'))::VARCHAR || ',"trusted":true}' END`;
  return sql`CREATE OR REPLACE TABLE demo_processes AS
    WITH benign AS (SELECT h.i, h.platform, h.agent_id, p.name, p.executable, p.signer, p.signature, p.account, p.profile, p.command_line, p.program, NULL::INTEGER AS planted,
        ${from} - 3600000 - (hash(${s}, h.i, p.program, 'start') % 86400000)::BIGINT AS started FROM demo_hosts h JOIN demo_programs p USING (platform)),
      bad AS (SELECT h.i, h.platform, h.agent_id, p.name, p.executable, NULL AS signer, p.signature, p.account, NULL AS profile, p.command_line, 1000 + p.planted AS program, p.planted,
        ${number(end)} - (p.minutes_ago * 60000)::BIGINT - 60000 AS started FROM demo_planted p JOIN demo_hosts h USING (platform, nth)),
      roots AS (SELECT h.i, h.platform, h.agent_id, CASE h.platform WHEN 'windows' THEN 'explorer.exe' WHEN 'linux' THEN 'systemd' ELSE 'launchd' END AS name,
        CASE h.platform WHEN 'windows' THEN 'C:\\Windows\\explorer.exe' WHEN 'linux' THEN '/usr/lib/systemd/systemd' ELSE '/sbin/launchd' END AS executable,
        CASE h.platform WHEN 'windows' THEN 'Microsoft Windows' ELSE 'Software Signing' END AS signer, 'trusted' AS signature, 'system' AS account, NULL AS profile,
        CASE h.platform WHEN 'windows' THEN 'C:\\Windows\\Explorer.EXE' WHEN 'linux' THEN '/usr/lib/systemd/systemd --system' ELSE '/sbin/launchd' END AS command_line, -1 AS program, NULL::INTEGER AS planted, ${from} - 90000000 AS started FROM demo_hosts h),
      everyone AS (SELECT *, CASE WHEN program = -1 AND platform <> 'windows' THEN 1 ELSE 1000 + (hash(${s}, i, program, 'pid') % 60000)::INTEGER END AS pid FROM (SELECT * FROM benign UNION ALL SELECT * FROM bad UNION ALL SELECT * FROM roots)),
      known AS (SELECT *, ${entityId(sql`agent_id`, sql`pid`, sql`started`)} AS entity_id FROM everyone),
      family AS (SELECT k.*, r.entity_id AS parent_entity_id, r.name AS parent_name, r.executable AS parent_executable, r.pid AS parent_pid FROM known k LEFT JOIN known r ON r.i = k.i AND r.program = -1 AND k.program <> -1)
    SELECT row_number() OVER (ORDER BY i, program)::INTEGER AS process, *, ${userJson} AS user_json, ${signatureBody} AS signature_json,
      '"Ext":{"ancestry":[' || coalesce('"' || parent_entity_id || '"', '') || ']' || CASE platform WHEN 'windows' THEN ',"code_signature":[' || ${signatureBody} || ']' ELSE '' END || '},' ||
        CASE platform WHEN 'linux' THEN '"command_line":' || to_json(command_line)::VARCHAR || ',' ELSE '"code_signature":' || ${signatureBody} || ',' END AS process_head,
      '"entity_id":"' || entity_id || '","executable":' || to_json(executable)::VARCHAR || ',"name":' || to_json(name)::VARCHAR || CASE WHEN platform = 'windows' OR parent_entity_id IS NULL THEN '' ELSE ',"parent":{"entity_id":"' || parent_entity_id || '"}' END || ',"pid":' || pid || '}' AS process_tail
    FROM family`;
}

function flowTable(s: Sql, days: number, end: number, benignEvents: number): Sql {
  const profileRows = Object.entries(profiles).map(([name, p]) => [
    name,
    p.flows,
    p.weight,
    p.least,
    p.mode,
    p.reach,
    p.bytes,
    p.port,
    p.transport,
  ]);
  const plantedRows = planted.flatMap((entry, i) =>
    entry.flows.map((flow, j) => [
      i,
      j,
      flow.destination,
      end - Math.round((flow.endsHoursAgo * 60 + flow.minutes) * 60_000),
      flow.minutes * 60_000,
      flow.events,
      flow.mode,
      flow.bytes,
      flow.user ?? null,
    ]),
  );
  const key = sql`${s}, p.i, p.program, j`;
  const address = sql`CASE
    WHEN f.reach = 'lan' THEN '10.0.' || (hash(${s}, p.program, 'lan') % 4) || '.' || (hash(${key}, 'lan') % 20 + 10)
    WHEN hash(${key}, 'six') % 8 = 0 THEN '2606:4700:' || lower(to_hex((hash(${key}, 'a') % 65535 + 1)::INTEGER)) || '::' || lower(to_hex((hash(${key}, 'b') % 65535 + 1)::INTEGER))
    ELSE (CASE (hash(${key}, 'net') % 4)::INTEGER WHEN 0 THEN '142.250' WHEN 1 THEN '52.96' WHEN 2 THEN '151.101' ELSE '17.253' END) || '.' || (hash(${key}, 'a') % 256) || '.' || (hash(${key}, 'b') % 254 + 1) END`;
  return sql`CREATE OR REPLACE TABLE demo_flows AS
    WITH shapes AS (SELECT * FROM ${values(profileRows, ['profile', 'flows', 'weight', 'least', 'mode', 'reach', 'bytes', 'port', 'transport'])}),
      raw AS (SELECT p.process, j, f.mode, f.least, f.weight, f.bytes, f.port, f.transport, f.reach, ${address} AS destination
        FROM demo_processes p JOIN shapes f USING (profile), range(f.flows) r(j)),
      lookups AS (SELECT p.process, 100 AS j, 'dns' AS mode, 4 AS least, 2 AS weight, 0 AS bytes, 53 AS port, 'udp' AS transport, 'lan' AS reach, '10.0.0.53' AS destination
        FROM demo_processes p JOIN shapes f USING (profile) WHERE f.reach = 'public' AND f.weight > 0),
      every AS (SELECT * FROM raw UNION ALL SELECT * FROM lookups),
      counted AS (SELECT *, greatest(least, 2 * round(weight * ${number(benignEvents)} / (sum(weight) OVER ()) / 2))::BIGINT AS events FROM every),
      benign AS (SELECT process, destination, ${number(end - days * day)}::BIGINT AS starts, ${number(days * day - 7_200_000)}::BIGINT AS lasts, events, mode,
        CASE WHEN reach = 'lan' THEN bytes * (events // 2) ELSE least(bytes * (events // 2), ${number(benignMost)}) END::BIGINT AS bytes, port, transport, NULL AS account, true AS benign, j FROM counted),
      bad AS (SELECT p.process, v.destination, v.starts::BIGINT AS starts, v.lasts::BIGINT AS lasts, v.events::BIGINT AS events, v.mode, v.bytes::BIGINT AS bytes, 443 AS port, 'tcp' AS transport, v.account, false AS benign, v.j
        FROM ${values(plantedRows, ['planted', 'j', 'destination', 'starts', 'lasts', 'events', 'mode', 'bytes', 'account'])} JOIN demo_processes p USING (planted))
    SELECT *, row_number() OVER (ORDER BY process, j)::BIGINT AS flow, (sum(events) OVER (ORDER BY process, j) - events)::BIGINT AS first FROM (SELECT * FROM benign UNION ALL SELECT * FROM bad)`;
}

const stamp = (millis: Sql, fraction: Sql): Sql =>
  sql`strftime(make_timestamp_ms(${millis}), '%Y-%m-%dT%H:%M:%S.%g') || ${fraction} || 'Z'`;

/** Every network event by its flow, its place in the flow, and its time; in the order of time. */
function eventTable(s: Sql, end: number): Sql {
  const within = sql`(k + (hash(${s}, f.flow, k) % 1000) / 1000.0) * f.lasts / f.events`;
  const time = sql`CASE
    WHEN f.flow = 1 AND k = f.events - 1 THEN ${number(end)}
    WHEN f.benign THEN f.starts + (${within})::BIGINT
    WHEN f.events = 1 THEN f.starts
    ELSE f.starts + round(k * (f.lasts / (f.events - 1)::DOUBLE))::BIGINT END`;
  return sql`CREATE OR REPLACE TABLE demo_events AS SELECT f.flow, k, ${time} AS millis FROM demo_flows f, range(f.events) r(k) ORDER BY millis, f.flow, k`;
}

/** A part of the network events as lines of JSON, in the order of time. */
export function networkLines(seed: number, part: { from: number; to: number }): Sql {
  const s = number(seed);
  const sends = sql`greatest(f.events // CASE f.mode WHEN 'pairs' THEN 2 ELSE 1 END, 1)`;
  const share = sql`((f.bytes // ${sends}) + CASE WHEN k >= f.events - 2 THEN f.bytes % ${sends} ELSE 0 END)`;
  const action = sql`CASE WHEN f.mode = 'pairs' THEN CASE WHEN k % 2 = 0 THEN 'connection_attempted' ELSE 'disconnect_received' END WHEN f.mode = 'dns' THEN CASE p.platform WHEN 'windows' THEN 'lookup_requested' ELSE 'lookup_result' END ELSE f.mode END`;
  return sql`SELECT '{"@timestamp":"' || moment || '",' || h.before_dataset || 'endpoint.events.network' || h.host_json ||
      CASE WHEN mode = 'dns' THEN CASE p.platform WHEN 'windows' THEN ',"destination":{"port":53}' ELSE ',"destination":{"address":"10.0.0.53","ip":"10.0.0.53","port":53}' END || ',"dns":{"question":{"name":"' || lower(to_hex((hash(${s}, flow, 'dns') % 1000000)::INTEGER)) || '.example.com","type":"A"}}'
        WHEN action = 'connection_accepted' THEN ',"destination":{"address":"' || h.ip || '","ip":"' || h.ip || '","port":' || port || '}'
        ELSE ',"destination":{"address":"' || destination || '"' || CASE WHEN action = 'disconnect_received' THEN ',"bytes":' || (sent // 3 + 120) ELSE '' END || ',"ip":"' || destination || '","port":' || port || '}' END ||
      ',"event":{"action":"' || action || '","agent_id_status":"verified","category":["network"],"created":"' || moment || '","dataset":"endpoint.events.network","id":"N' || lower(to_hex(hash(${s}, 'id', first + k))) || '++++' || lower(to_hex(first + k)) ||
      '","kind":"event","module":"endpoint","outcome":"success","sequence":' || (first + k) || ',"type":[' || CASE action WHEN 'disconnect_received' THEN '"end"' WHEN 'lookup_requested' THEN '"protocol","start"' WHEN 'lookup_result' THEN '"protocol","info"' ELSE '"start"' END || ']}' ||
      ',"message":"Endpoint network event","network":{' || CASE WHEN mode = 'dns' THEN '"protocol":"dns","transport":"udp"' ELSE '"direction":"' || CASE action WHEN 'connection_accepted' THEN 'ingress' ELSE 'egress' END || '","transport":"' || transport || '","type":"' || CASE WHEN contains(destination, ':') THEN 'ipv6' ELSE 'ipv4' END || '"' END || '}' ||
      ',"process":{' || p.process_head || p.process_tail ||
      CASE WHEN mode = 'dns' AND p.platform = 'windows' THEN '' WHEN action = 'connection_accepted' THEN ',"source":{"address":"' || destination || '","ip":"' || destination || '","port":' || local_port || '}'
        ELSE ',"source":{"address":"' || h.ip || '"' || CASE WHEN action = 'disconnect_received' THEN ',"bytes":' || sent ELSE '' END || ',"ip":"' || h.ip || '","port":' || local_port || '}' END ||
      ',"user":' || CASE WHEN e.account = 'system' THEN '{"Ext":{"real":{"id":"0","name":"root"}},"id":"0","name":"root"}' ELSE p.user_json END || '}' AS line
    FROM (SELECT f.*, k, ${action} AS action, ${share} AS sent, (49152 + hash(${s}, f.flow, k, 'port') % 16000)::INTEGER AS local_port,
        ${stamp(sql`n.millis`, sql`CASE WHEN f.benign AND f.flow > 1 THEN lpad((hash(${s}, f.flow, k, 'ns') % 10000)::VARCHAR, 4, '0') ELSE '0000' END`)} AS moment
        FROM demo_events n JOIN demo_flows f ON f.flow = n.flow JOIN demo_processes p ON p.process = f.process WHERE n.rowid >= ${number(part.from)} AND n.rowid < ${number(part.to)}) e
      JOIN demo_processes p ON p.process = e.process JOIN demo_hosts h ON h.i = p.i`;
}

/** The start events of every process, as lines of JSON. */
export function processLines(seed: number): Sql {
  const s = number(seed);
  const moment = stamp(sql`p.started`, sql`lpad((hash(${s}, p.process, 'ns') % 10000)::VARCHAR, 4, '0')`);
  const action = sql`CASE WHEN p.parent_entity_id IS NULL THEN 'already_running' WHEN p.platform = 'windows' THEN 'start' ELSE 'exec' END`;
  return sql`SELECT '{"@timestamp":"' || ${moment} || '",' || h.before_dataset || 'endpoint.events.process' || h.host_json ||
      ',"event":{"action":"' || ${action} || '","agent_id_status":"verified","category":["process"],"created":"' || ${moment} || '","dataset":"endpoint.events.process","id":"P' || lower(to_hex(hash(${s}, 'process', p.process))) || '++++","kind":"event","module":"endpoint","outcome":"unknown","sequence":' || p.process || ',"type":["' || CASE WHEN p.parent_entity_id IS NULL THEN 'info' ELSE 'start' END || '"]}' ||
      ',"message":"Endpoint process event","process":{"Ext":{"ancestry":[' || coalesce('"' || p.parent_entity_id || '"', '') || ']' || CASE p.platform WHEN 'windows' THEN ',"code_signature":[' || p.signature_json || ']' ELSE '' END || '}' ||
      ',"args":' || to_json(string_split(p.command_line, ' '))::VARCHAR || ',"args_count":' || len(string_split(p.command_line, ' ')) ||
      CASE p.platform WHEN 'linux' THEN '' ELSE ',"code_signature":' || p.signature_json END || ',"command_line":' || to_json(p.command_line)::VARCHAR ||
      ',"entity_id":"' || p.entity_id || '","executable":' || to_json(p.executable)::VARCHAR || ',"hash":{"md5":"' || md5(p.executable || ${s}) || '","sha256":"' || sha256(p.executable || ${s}) || '"},"name":' || to_json(p.name)::VARCHAR ||
      CASE WHEN p.parent_entity_id IS NULL THEN '' ELSE ',"parent":{"entity_id":"' || p.parent_entity_id || '","executable":' || to_json(p.parent_executable)::VARCHAR || ',"name":' || to_json(p.parent_name)::VARCHAR || ',"pid":' || p.parent_pid || '}' END ||
      ',"pid":' || p.pid || '},"user":' || p.user_json || '}' AS line
    FROM demo_processes p JOIN demo_hosts h ON h.i = p.i ORDER BY p.process`;
}
