import type { QueryCoverage } from '../../src/coverage/coverage.ts';
import type { Hunt } from '../../src/hunts/hunt.ts';
import type { Evidence } from '../../src/investigate/evidence.ts';
import type { ProcessNode } from '../../src/investigate/process-tree.ts';
import type { HuntResult, RunReport } from '../../src/report/report.ts';
import type { CellValue, QueryResult } from '../../src/values/types.ts';

/** A run in which every part of a report has something to show. */

export const hour = 3_600_000;
export const now = new Date('2026-03-10T12:00:00Z');
const start = now.getTime() - 30 * hour;

export function hunt(name: string, more: Partial<Hunt> = {}): Hunt {
  return {
    uuid: '894af375-a52f-4d5a-a92d-9d9c279b1489',
    name,
    author: 'Harrier',
    description:
      'Finds processes that are not signed by a trusted signer and that keep up a steady conversation\nwith one outside address for hours.',
    integration: ['endpoint'],
    language: ['ES|QL'],
    license: 'Apache-2.0',
    notes: [
      'Tuning: raise `connections_per_hour` where chatty tools drown the result.',
      'Pivot: by `process.entity_id`.',
    ],
    mitre: ['T1071.001', 'T1571'],
    references: ['https://attack.mitre.org/techniques/T1071/001/'],
    queries: [{ text: 'FROM logs-*', line: 1 }],
    file: `/hunts/${name}.toml`,
    ...more,
  };
}

const text = `FROM logs-endpoint.events.network-*
| WHERE @timestamp > NOW() - 7 days // a week
| WHERE network.direction == "egress" AND process.executable LIKE """C:\\Users\\*"""
| STATS connections = COUNT(*), bytes_sent = SUM(source.bytes) BY process.entity_id, process.name, destination.ip
| WHERE connections > 120
| SORT connections DESC`;

export function result(of: Hunt | null, more: Partial<HuntResult>): HuntResult {
  return {
    hunt: of,
    query: 0,
    text,
    outcome: 'none',
    result: null,
    error: null,
    notes: [],
    coverage: null,
    hidden: [],
    drillDown: null,
    evidence: null,
    ...more,
  };
}

const beaconColumns = [
  { name: 'process.entity_id', type: 'keyword' },
  { name: 'process.name', type: 'keyword' },
  { name: 'destination.ip', type: 'ip' },
  { name: 'connections', type: 'long' },
  { name: 'megabytes_sent', type: 'double' },
  { name: 'first_seen', type: 'date' },
  { name: 'process.command_line', type: 'keyword' },
] as const;

const commandLine = '"C:\\Users\\jdoe\\AppData\\Roaming\\sync\\synchelper.exe" --profile default --interval 25 --quiet';
const beacons: QueryResult = {
  columns: beaconColumns,
  values: [
    [
      'YWRjMjdiZGEtYWJhNy0yODFhLWIwZWEtMmNmMjUyNzEzOWJhLTQy',
      'synchelper.exe',
      '185.220.101.34',
      720n,
      0.21,
      '2026-03-10T04:00:00.000Z',
      commandLine,
    ],
    [
      'Y2Y5Mzk1MjUtODUwYy1jZTU0LTUzZDQtMmI4ZjZhZTkyNmEwLTI4',
      'gfxsvc.exe',
      '9.9.9.9',
      9007199254740993n,
      12.5,
      '2026-03-10T06:00:00.000Z',
      'gfxsvc.exe -k netsvcs',
    ],
    [
      'NmY0ZGIxMTgtMzUwYi0wOTBhLTUyZjEtZmQ3ZmI0YTg0MzhkLTQ3',
      'rundll32.exe',
      '91.92.240.11',
      9007199254740992n,
      1e7,
      '2026-03-09T05:00:00.000Z',
      null,
    ],
    [
      'YjgyYTAwMmItY2Y5NS1lNTc3LTVkNWUtZDgyOTljZjU3Nzk1LTI2',
      'edge-exact.exe',
      '2a0e:97c0:3e3:1::7',
      99n,
      null,
      '2026-03-10T07:00:00.000Z',
      ['edge-exact.exe', 'second value'],
    ],
  ],
  warnings: [
    'No limit defined, adding default limit of [1000]',
    'Line 6:9: evaluation of [connections] failed, treating result as null. Only first 20 failures recorded.',
  ],
  notes: [],
  tookMs: 41,
};

const process = (name: string, pid: bigint, more: Partial<ProcessNode> = {}): ProcessNode => ({
  entityId: `entity-${pid}`,
  name,
  executable: `C:\\Windows\\System32\\${name}`,
  commandLine: `${name} -k`,
  user: 'NT AUTHORITY\\SYSTEM',
  sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  signature: 'Microsoft Windows',
  pid,
  started: '2026-03-10T03:58:11.204Z',
  ended: null,
  events: 12,
  firstSeen: '2026-03-10T03:58:11.204Z',
  lastSeen: '2026-03-10T11:58:11.204Z',
  isFocus: false,
  children: [],
  ...more,
});

const focus = process('synchelper.exe', 4471n, {
  executable: 'C:\\Users\\jdoe\\AppData\\Roaming\\sync\\synchelper.exe',
  commandLine,
  user: 'CORP\\jdoe',
  signature: 'unsigned',
  isFocus: true,
  children: [
    process('cmd.exe', 4480n, { children: [process('whoami.exe', 4492n, { sha256: null })] }),
    process('conhost.exe', 4481n),
  ],
});

const counts = Array.from({ length: 60 }, (_, i) => (i < 22 ? (i % 5 === 0 ? 3 : 0) : 55 + ((i * 37) % 23)));

export const evidence: Evidence = {
  timeline: { start, span: hour / 2, counts },
  bytesByDestination: [
    { destination: '185.220.101.34', bytes: 2_410_000_000 },
    { destination: '91.92.240.11', bytes: 610_000_000 },
    { destination: 'an-uncommonly-long-name.cdn.storage.files.example.com', bytes: 120_400_000 },
    { destination: '2a0e:97c0:3e3:1::7', bytes: 3_200 },
  ],
  rhythms: [
    {
      row: 0,
      label: 'synchelper.exe to 185.220.101.34',
      intervals: [2, 9, 611, 88, 7, 2].map((count, i) => ({ fromSeconds: 22 + i * 2, toSeconds: 24 + i * 2, count })),
    },
    {
      row: 2,
      label: 'rundll32.exe to 91.92.240.11',
      intervals: [40, 160, 310, 70, 20].map((count, i) => ({
        fromSeconds: 300 + i * 60,
        toSeconds: 360 + i * 60,
        count,
      })),
    },
  ],
  trees: [
    {
      row: 0,
      root: process('userinit.exe', 880n, {
        children: [
          process('explorer.exe', 1032n, {
            children: [process('OUTLOOK.EXE', 3310n, { children: [focus] }), process('chrome.exe', 2204n)],
          }),
        ],
      }),
    },
  ],
};

export const partialCoverage: QueryCoverage = {
  verdict: 'partial',
  missingIndices: ['logs-endpoint.events.dns-*'],
  missingFields: ['process.Ext.ancestry'],
  emptyFields: [
    {
      field: 'source.bytes',
      index: 'logs-endpoint.events.network-default',
      platform: 'windows',
      share: 0.18,
      events: 45_120,
    },
    {
      field: 'process.code_signature.trusted',
      index: 'logs-endpoint.events.network-default',
      platform: null,
      share: 0.0004,
      events: 61_000,
    },
  ],
  absentValues: ['event.action == "connection_attempted"'],
  window: { from: now.getTime() - 168 * hour, to: now.getTime(), covered: 0.43 },
  gaps: [
    {
      verdict: 'partial',
      message: 'The events cover 3 of the 7 days that the query looks at.',
      remedy: 'Export more days, or read the answer as one about 3 days.',
    },
  ],
};
const blindCoverage: QueryCoverage = {
  ...partialCoverage,
  verdict: 'blind',
  emptyFields: [],
  absentValues: [],
  window: { from: null, to: now.getTime(), covered: null },
  gaps: [
    {
      verdict: 'blind',
      message: 'No event carries `registry.path`.',
      remedy: 'Turn on registry events in the integration policy of Elastic Defend.',
    },
  ],
};
const readyCoverage: QueryCoverage = {
  ...partialCoverage,
  verdict: 'ready',
  missingIndices: [],
  missingFields: [],
  emptyFields: [],
  absentValues: [],
  window: { from: now.getTime() - 168 * hour, to: now.getTime(), covered: 1 },
  gaps: [],
};

const beaconing = hunt('Beaconing by unsigned processes (Windows)');
const rare = hunt('Rare external connections by process and agent (Linux)', {
  uuid: null,
  mitre: ['T1105', 'TA0011', 'AML.T0051', 'odd'],
});
const empty: QueryResult = { ...beacons, values: [], warnings: [], tookMs: 3 };

export const results: readonly HuntResult[] = [
  result(hunt('Exfiltration by volume (macOS)'), { result: empty, coverage: readyCoverage }),
  result(hunt('Persistence through run keys (Windows)', { mitre: ['T1547.001'] }), {
    outcome: 'cannot tell',
    result: empty,
    coverage: blindCoverage,
    notes: ['the query looks at events from 2026-03-03, but the data covers 2026-03-07 to 2026-03-10'],
  }),
  result(beaconing, {
    outcome: 'hits',
    result: beacons,
    evidence,
    coverage: partialCoverage,
    hidden: [
      { entry: 'process.name: backup-agent', reason: 'our backup talks to its vault all night', rows: 9 },
      { entry: 'destination.ip: 162.125.0.0/16', reason: 'file sharing that is allowed', rows: 3 },
    ],
    drillDown: "harrier pivot 894af375 --row N --data 'fleet/*.ndjson' --now 2026-03-10T12:00:00Z",
  }),
  result(rare, {
    outcome: 'hits',
    result: { ...beacons, values: Array.from({ length: 5 }, () => beacons.values[0]!), warnings: [] },
    notes: ['there are more than 5 rows, and the rest is left out: raise --max-rows, or end the query with LIMIT'],
  }),
  result(rare, { query: 1, result: empty }),
  result(hunt('Lateral movement by remote services'), {
    outcome: 'failed',
    error: 'line 3:9: Unknown column [process.nmae], did you mean [process.name]?',
  }),
  result(hunt('Masquerading (Linux)'), { outcome: 'interrupted' }),
];

export const runReport: RunReport = {
  now,
  engine: 'duckdb',
  results,
  load: {
    files: [
      {
        path: 'fleet/network.ndjson',
        format: 'NDJSON',
        read: 'part',
        events: 60_000,
        indices: [['logs-endpoint.events.network-default', 60_000]],
        reason: '3 lines could not be read as an event',
        cause: 'malformed',
      },
      {
        path: 'fleet/process.ndjson',
        format: 'NDJSON',
        read: 'all',
        events: 995,
        indices: [['logs-endpoint.events.process-default', 995]],
        reason: null,
        cause: null,
      },
      {
        path: 'fleet/Security.evtx',
        format: null,
        read: 'none',
        events: 0,
        indices: [],
        reason: 'a Windows event log (EVTX)',
        cause: 'foreign',
      },
    ],
    bytes: 1_812_345_678,
    events: 60_995,
    fromCache: false,
    malformed: {
      count: 3,
      first: [{ file: 'fleet/network.ndjson', line: 4711, reason: 'cut off', preview: '{"@timestamp":"2026-03-' }],
    },
    ignored: {
      count: 1,
      first: [{ file: 'fleet/process.ndjson', line: 12, field: 'process.pid', type: 'long', preview: 'n/a' }],
    },
    duplicates: { count: 0, first: [], members: [] },
    notes: ['fleet/old.ndjson.gz ends early: 1,204 events of it are here'],
  },
  unread: '3 lines could not be read as an event',
  eventFacts: { events: 61000, duplicate: 12, future: 3, outsideEveryWindow: 4500 },
  partial: true,
  provenance: {
    version: '0.1.0',
    command:
      "harrier run hunts/network --data 'fleet/*.ndjson' --now 2026-03-10T12:00:00Z --format html --output report.html",
    files: [
      {
        path: 'fleet/network.ndjson',
        bytes: 1_612_345_678,
        sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      },
      { path: 'fleet/process.ndjson', bytes: 200_000_000, sha256: null },
    ],
  },
};

/** Everywhere that a value can stand, one that would do harm as markup, script, link or direction of writing. */
export function hostileReport(): RunReport {
  const tag = '<script>alert(1)</script><img src=x onerror=alert(2)>';
  const out = `"></script><svg onload=alert(3)>${tag}`;
  const evil = `${out}\u202egpj.exe\u0000`;
  const address = 'javascript:alert(4)';
  const of = hunt(evil, {
    uuid: evil,
    author: evil,
    description: evil,
    integration: [evil],
    license: evil,
    mitre: [evil, 'T1071'],
    notes: [evil, `[here](${address}) \`${evil}\``],
    references: [
      address,
      `https://example.org/${out}`,
      'https://example.org/"onmouseover="alert(5)',
      'https://example.org/fine',
    ],
  });
  const row: CellValue[] = [evil, evil, '::1', 1n, 2, evil, evil];
  const node = process(evil, 1n, {
    entityId: evil,
    executable: evil,
    commandLine: evil,
    user: evil,
    sha256: evil,
    signature: evil,
    started: evil,
    isFocus: true,
  });
  return {
    ...runReport,
    results: [
      result(of, {
        text: `FROM logs-* // ${evil}\n| WHERE a == "${evil}"`,
        outcome: 'hits',
        result: {
          ...beacons,
          columns: beaconColumns.map((column, i) => (i === 0 ? { ...column, name: evil } : column)),
          values: [row],
          warnings: [evil],
        },
        notes: [evil],
        hidden: [{ entry: evil, reason: evil, rows: 1 }],
        drillDown: `harrier pivot ${evil} --row N --data ${evil}`,
        coverage: {
          ...partialCoverage,
          missingIndices: [evil],
          missingFields: [evil],
          emptyFields: [{ field: evil, index: evil, platform: evil, share: 0.5, events: 2 }],
          absentValues: [evil],
          gaps: [{ verdict: 'partial', message: evil, remedy: evil }],
        },
        evidence: {
          timeline: evidence.timeline,
          bytesByDestination: [{ destination: evil, bytes: 5 }],
          rhythms: [{ row: 0, label: evil, intervals: [{ fromSeconds: 1, toSeconds: 2, count: 3 }] }],
          trees: [{ row: 0, root: { ...node, children: [{ ...node, isFocus: false }] } }],
        },
      }),
      result({ ...of, file: '/other' }, { outcome: 'failed', error: evil }),
    ],
    load: {
      ...runReport.load!,
      files: [
        { path: evil, format: evil, read: 'part', events: 1, indices: [[evil, 1]], reason: evil, cause: 'damaged' },
      ],
      duplicates: { count: 1, first: [{ file: evil, line: 1, reason: evil, preview: evil }], members: [[evil, 1]] },
      malformed: { count: 1, first: [{ file: evil, line: 1, reason: evil, preview: evil }] },
      ignored: { count: 1, first: [{ file: evil, line: 1, field: evil, type: evil, preview: evil }] },
      notes: [evil],
    },
    provenance: { version: '0.1.0', command: evil, files: [{ path: evil, bytes: 1, sha256: null }] },
  };
}

/** One hunt with many hits: eight columns of every kind. */
export function largeReport(rows: number): RunReport {
  const values = Array.from({ length: rows }, (_, i): CellValue[] => [
    `NmY0ZGIxMTgtMzUwYi0wOTBhLTUyZjEtZmQ3ZmI0YTg0MzhkLTQ3${i}`,
    `process-${(i * 7919) % rows}.exe`,
    `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`,
    BigInt((i * 7919) % rows),
    i / 7,
    new Date(start + ((i * 104_729) % rows) * 1000).toISOString(),
    `C:\\Users\\user${i % 97}\\AppData\\Local\\Temp\\process-${i}.exe --flag ${i} --another-flag value`,
    i % 3 === 0 ? null : `ws-${i % 500}`,
  ]);
  const columns = [...beaconColumns, { name: 'host.name', type: 'keyword' } as const];
  return {
    ...runReport,
    partial: false,
    results: [result(beaconing, { outcome: 'hits', result: { ...beacons, columns, values, warnings: [] } })],
  };
}
