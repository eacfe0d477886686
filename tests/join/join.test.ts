import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JoinRequest, joinConnections } from '../../src/app/join.ts';
import type { JoinedSide, JoinReport } from '../../src/join/join-report.ts';
import '../support/property-seed.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { connLog, type SysmonConnection, sysmonLine, type ZeekConnection } from './logs.ts';

const folder = temporaryFolder();
const silent = { progress: () => undefined, note: () => undefined };

type Event = Readonly<Record<string, unknown>>;
type Options = Partial<JoinRequest['matching'] & JoinRequest['extent']>;
let made = 0;

/** Joins logs that are made of connections. */
async function joined(
  hosts: readonly SysmonConnection[],
  sensors: readonly ZeekConnection[],
  options: Options = {},
): Promise<{ events: Event[]; report: JoinReport }> {
  const { tolerance = 10_000, clockOffset = 0, nat = false, starts = false, unmatched = false } = options;
  const at = join(folder, String(++made));
  mkdirSync(at);
  writeFileSync(join(at, 'sysmon.ndjson'), hosts.map((host) => `${sysmonLine(host)}\n`).join(''));
  writeFileSync(join(at, 'conn.log'), connLog(sensors));
  const source = { kind: 'files', data: [at], cache: false, strict: false, copies: false } as const;
  const events: Event[] = [];
  const report = await joinConnections(
    {
      ...{ source, events: { source, now: null, maxRows: null, outputs: [] } },
      ...{ matching: { tolerance, clockOffset, nat }, extent: { starts, unmatched } },
    },
    async (lines) => {
      for await (const text of lines) for (const line of text.trimEnd().split('\n')) events.push(JSON.parse(line));
    },
    silent,
    new AbortController().signal,
  );
  accounted(report.hosts);
  accounted(report.sensors);
  return { events, report };
}

/** Every connection is matched, a copy, or unmatched for a reason. */
function accounted({ connections, copies, matched, unmatched }: JoinedSide): void {
  expect(copies + matched + unmatched.reduce((sum, [, n]) => sum + n, 0)).toBe(connections);
}

const ends = { source: '10.0.0.5', sourcePort: 50_000, destination: '203.0.113.9', destinationPort: 443 };
const turned = {
  ...{ source: ends.destination, sourcePort: ends.destinationPort },
  ...{ destination: ends.source, destinationPort: ends.sourcePort },
};
const v6 = { source: 'fe80::1:2', sourcePort: 50_000, destination: '2001:db8::9', destinationPort: 443 };

it('joins the process of one log with the bytes of the other', async () => {
  const { events } = await joined(
    [{ at: 1500, ...ends }],
    [{ at: 1000, uid: 'C1', ...ends, duration: 60.5, sent: 5_000_000 }],
  );
  expect(events).toEqual([
    {
      ...{ '@timestamp': '2026-03-10T08:01:01.500Z', 'event.start': '2026-03-10T08:00:01.500Z' },
      ...{ 'event.end': '2026-03-10T08:01:01.500Z', 'event.duration': 60_500_000_000 },
      ...{ 'data_stream.type': 'logs', 'data_stream.dataset': 'endpoint.events.network' },
      ...{ 'data_stream.namespace': 'joined', 'event.dataset': 'endpoint.events.network' },
      ...{ 'event.kind': 'event', 'event.category': 'network', 'event.action': 'disconnect_received' },
      ...{ 'event.type': 'end', 'event.provider': 'harrier join' },
      ...{ 'host.name': 'ws-1', 'host.id': 'ws-1', 'agent.id': 'ws-1' },
      ...{ 'host.os.family': 'windows', 'host.os.type': 'windows' },
      'process.entity_id': '{00000000-0000-0000-0000-000000004242}',
      ...{ 'process.executable': 'C:\\Users\\Public\\agent.exe', 'process.name': 'agent.exe', 'process.pid': 4242 },
      ...{ 'user.name': 'ann', 'user.domain': 'ACME' },
      ...{ 'source.ip': '10.0.0.5', 'source.address': '10.0.0.5', 'source.port': 50_000 },
      ...{ 'source.bytes': 5_000_000, 'source.packets': 10 },
      ...{ 'destination.ip': '203.0.113.9', 'destination.address': '203.0.113.9', 'destination.port': 443 },
      ...{ 'destination.bytes': 2000, 'destination.packets': 10 },
      ...{ 'network.direction': 'egress', 'network.type': 'ipv4', 'network.transport': 'tcp' },
      ...{
        'network.bytes': 5_002_000,
        'network.packets': 20,
        'network.community_id': '1:hwtMYH3d4a7umjHMzIOlGdTgdjc=',
      },
      ...{ 'zeek.session_id': 'C1', 'zeek.connection.state': 'SF', 'zeek.connection.history': 'ShADadFf' },
      ...{ 'harrier.join.method': 'start', 'harrier.join.difference_ms': -500, 'harrier.join.candidates': 1 },
    },
  ]);
});

interface Case {
  readonly hosts: readonly SysmonConnection[];
  readonly sensors: readonly ZeekConnection[];
  readonly options?: Options;
  /** Of each event, in order: how it was matched, the process and the connection. */
  readonly events: readonly string[];
  readonly left?: { readonly hosts?: object; readonly sensors?: object };
}

const cases: Record<string, Case> = {
  'IPv6 addresses, however they are written': {
    hosts: [{ at: 0, ...v6, source: 'fe80:0:0:0:0:0:1:2' }],
    sensors: [{ at: 0, uid: 'C1', ...v6 }],
    events: ['start 4242 C1'],
  },
  'an IPv4 address that Sysmon writes as mapped to IPv6': {
    hosts: [{ at: 0, ...ends, source: '::ffff:10.0.0.5' }],
    sensors: [{ at: 0, uid: 'C1', ...ends }],
    events: ['start 4242 C1'],
  },
  'a protocol in capitals': {
    hosts: [{ at: 0, ...ends, protocol: 'TCP' }],
    sensors: [{ at: 0, uid: 'C1', ...ends }],
    events: ['start 4242 C1'],
  },
  'not TCP with UDP': {
    hosts: [{ at: 0, ...ends, protocol: 'udp' }],
    sensors: [{ at: 0, uid: 'C1', ...ends }],
    events: [],
    left: { hosts: { unseen: 1 }, sensors: { unseen: 1 } },
  },
  'times up to the tolerance apart, and no more': {
    hosts: [
      { at: 10_000, ...ends },
      { at: 110_001, ...ends, sourcePort: 50_001 },
    ],
    sensors: [
      { at: 0, uid: 'C1', ...ends },
      { at: 100_000, uid: 'C2', ...ends, sourcePort: 50_001, duration: null },
    ],
    events: ['start 4242 C1'],
    left: { hosts: { apart: 1 }, sensors: { apart: 1 } },
  },
  'a sensor whose clock is an hour ahead': {
    hosts: [{ at: 0, ...ends }],
    sensors: [{ at: 3_601_000, uid: 'C1', ...ends }],
    options: { clockOffset: 3_600_000 },
    events: ['start 4242 C1'],
  },
  'a port that is used again goes to the nearest in time': {
    hosts: [
      { at: 0, ...ends, pid: 1 },
      { at: 4000, ...ends, pid: 2 },
      { at: 8000, ...ends, pid: 3 },
    ],
    sensors: [
      { at: 8400, uid: 'C3', ...ends },
      { at: 300, uid: 'C1', ...ends },
      { at: 4100, uid: 'C2', ...ends },
    ],
    events: ['start 1 C1', 'start 2 C2', 'start 3 C3'],
  },
  'a process whose nearest is taken has the next': {
    hosts: [
      { at: 1000, ...ends, pid: 1 },
      { at: 2000, ...ends, pid: 2 },
    ],
    sensors: [
      { at: 2100, uid: 'C2', ...ends },
      { at: 2900, uid: 'C3', ...ends },
    ],
    events: ['start 2 C2', 'start 1 C3'],
  },
  'the same events read twice': {
    hosts: [
      { at: 0, ...ends },
      { at: 0, ...ends },
    ],
    sensors: [
      { at: 0, uid: 'C1', ...ends },
      { at: 0, uid: 'C1', ...ends, duration: 300, sent: 9000 },
    ],
    events: ['start 4242 C1'],
  },
  'Zeek lines without a uid': {
    hosts: [{ at: 0, ...ends }],
    sensors: [
      { at: 0, uid: null, ...ends },
      { at: 0, uid: null, ...ends },
    ],
    events: ['start 4242 undefined'],
  },
  'both hosts of a connection are watched': {
    hosts: [
      { at: 0, ...ends, pid: 1 },
      { at: 500, ...ends, pid: 2, host: 'srv-1', initiated: false },
    ],
    sensors: [{ at: 0, uid: 'C1', ...ends }],
    events: ['start 1 C1', 'start 2 C1'],
  },
  'a process that Sysmon reports again': {
    hosts: [
      { at: 0, ...ends, protocol: 'udp' },
      { at: 7000, ...ends, protocol: 'udp' },
      { at: 90_000, ...ends, protocol: 'udp' },
    ],
    sensors: [{ at: 0, uid: 'C1', ...ends, protocol: 'udp', duration: 120 }],
    events: ['start 4242 C1'],
    left: { hosts: { repeated: 2 } },
  },
  'another process on a connection that is taken': {
    hosts: [
      { at: 0, ...ends },
      { at: 5000, ...ends, pid: 7 },
    ],
    sensors: [{ at: 0, uid: 'C1', ...ends }],
    events: ['start 4242 C1'],
    left: { hosts: { taken: 1 } },
  },
  'an event in the middle of a connection': {
    hosts: [{ at: 60_000, ...ends, protocol: 'udp' }],
    sensors: [{ at: 0, uid: 'C1', ...ends, protocol: 'udp', duration: 120 }],
    events: ['during 4242 C1'],
  },
  'what Zeek cannot see, or recorded at no such time': {
    hosts: [
      { at: 0, ...ends },
      { at: 0, ...ends, source: '127.0.0.1', destination: '127.0.0.1' },
      { at: 0, ...ends, source: '::1', destination: '::1' },
      { at: -86_400_000, ...ends, sourcePort: 50_001 },
      { at: 0, ...ends, sourcePort: 50_002, destination: '-' },
    ],
    sensors: [
      { at: 0, uid: 'C1', ...ends },
      { at: 1000, uid: 'C2', ...ends, source: '10.0.0.77' },
      { at: 1000, uid: 'C3', ...ends, protocol: 'icmp' },
      { at: 90_000_000, uid: 'C4', ...ends, sourcePort: 50_003 },
    ],
    events: ['start 4242 C1'],
    left: {
      hosts: { loopback: 2, outside: 1, incomplete: 1 },
      sensors: { 'no host': 1, incomplete: 1, outside: 1 },
    },
  },
  'an address that is translated, where it is asked for': {
    hosts: [
      { at: 0, ...ends },
      { at: 60_000, ...ends, sourcePort: 50_001 },
    ],
    sensors: [
      { at: 0, uid: 'C1', ...ends, source: '198.51.100.1', sourcePort: 61_000 },
      { at: 60_000, uid: 'C2', ...ends, source: '198.51.100.1', sourcePort: 50_001 },
      { at: 60_500, uid: 'C3', ...ends, source: '198.51.100.1', sourcePort: 61_001 },
    ],
    options: { nat: true },
    events: ['nat 4242 C1', 'nat 4242 C2'],
    left: { sensors: { 'no host': 1 } },
  },
  'several candidates behind a translation are left': {
    hosts: [
      { at: 0, ...ends },
      { at: 100, ...ends, sourcePort: 50_001 },
    ],
    sensors: [{ at: 0, uid: 'C1', ...ends, source: '198.51.100.1', sourcePort: 61_000 }],
    options: { nat: true },
    events: [],
    left: { hosts: { ambiguous: 2 }, sensors: { ambiguous: 1 } },
  },
};

describe('matches', () => {
  it.each(Object.entries(cases))('%s', async (_, { hosts, sensors, options, events, left = {} }) => {
    const found = await joined(hosts, sensors, options);
    expect(
      found.events.map(
        (event) => `${event['harrier.join.method']} ${event['process.pid']} ${event['zeek.session_id']}`,
      ),
    ).toEqual(events);
    expect(Object.fromEntries(found.report.hosts.unmatched)).toEqual(left.hosts ?? {});
    expect(Object.fromEntries(found.report.sensors.unmatched)).toEqual(left.sensors ?? {});
  });
});

it('gives the bytes to the addresses, whichever end Zeek names first', async () => {
  const { events, report } = await joined(
    [{ at: 0, ...ends }],
    [{ at: 0, uid: 'C1', ...turned, sent: 7, received: 9 }],
  );
  expect(events).toMatchObject([
    { 'source.ip': ends.source, 'source.bytes': 9, 'destination.bytes': 7, 'harrier.join.ends_swapped': true },
  ]);
  expect(report.swapped).toBe(1);
});

it('keeps of several reports of a connection the last', async () => {
  const { events, report } = await joined(
    [{ at: 0, ...ends }],
    [
      { at: 0, uid: 'C1', ...ends, duration: 600, sent: 9000 },
      { at: 0, uid: 'C1', ...ends, duration: 300, sent: 4000 },
    ],
  );
  expect(events).toMatchObject([{ 'source.bytes': 9000 }]);
  expect(report.sensors).toMatchObject({ connections: 2, copies: 1, matched: 1 });
});

it('writes starts and what is not matched where asked to', async () => {
  const hosts = [
    { at: 0, ...ends },
    { at: 9000, ...ends, sourcePort: 1, initiated: false },
  ];
  const sensors = [
    { at: 0, uid: 'C1', ...ends, duration: 5 },
    { at: 20_000, uid: 'C2', ...ends, sourcePort: 2 },
  ];
  const { events } = await joined(hosts, sensors, { starts: true, unmatched: true });
  expect(
    events.map((event) => [event['event.action'], event['harrier.join.method'], event['harrier.join.reason']]),
  ).toEqual([
    ['connection_attempted', 'start', undefined],
    ['disconnect_received', 'start', undefined],
    ['connection_accepted', 'sysmon only', 'unseen'],
    ['disconnect_received', 'zeek only', 'outside'],
  ]);
});

it('names the offset that most unmatched connections share', async () => {
  const at = (i: number): { at: number; sourcePort: number } => ({ at: i * 60_000, sourcePort: 50_000 + i });
  const hosts = Array.from({ length: 9 }, (_, i) => ({ ...ends, ...at(i) }));
  const sensors = hosts.map((host, i) => ({ ...host, at: host.at - 7_200_000 + (i % 3) * 100, uid: `C${i}` }));
  const { report } = await joined(hosts, sensors);
  expect(report.likelyOffset).toEqual({ milliseconds: -7_199_900, connections: 9 });
  const again = await joined(hosts, sensors, { clockOffset: -7_199_900 });
  expect([again.report.hosts.matched, again.report.likelyOffset]).toEqual([9, null]);
});

it.each([
  ['neither', [], [], 'neither a network connection'],
  ['no Sysmon', [], [{ at: 0, uid: 'C1', ...ends }], 'no network connection of Sysmon'],
  ['no Zeek', [{ at: 0, ...ends }], [], 'no line of Zeek'],
])('%s is refused', async (_, hosts, sensors, reason) => {
  await expect(joined(hosts, sensors)).rejects.toThrow(reason);
});

it('pairs so that no two connections would rather have each other', async () => {
  const moment = fc.integer({ min: 0, max: 60 }).map((n) => n * 500);
  const port = fc.integer({ min: 1, max: 3 });
  const some = { minLength: 1, maxLength: 40 };
  const hostArbitrary = fc.record({ at: moment, sourcePort: port, initiated: fc.boolean() });
  const sensorArbitrary = fc.record({ at: moment, sourcePort: port, isTurned: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(fc.array(hostArbitrary, some), fc.array(sensorArbitrary, some), async (some, others) => {
      const hosts = some.map((host, i) => ({ ...ends, ...host, pid: i + 1 }));
      const sensors = others.map(({ at, sourcePort, isTurned }, i) => ({
        ...(isTurned ? { ...turned, destinationPort: sourcePort } : { ...ends, sourcePort }),
        ...{ at, port: sourcePort, uid: `C${i}`, duration: 0 },
      }));
      const { events } = await joined(hosts, sensors, { tolerance: 3000 });
      const pairs = events.map((event) => ({
        host: hosts[Number(event['process.pid']) - 1]!,
        sensor: sensors[Number(String(event['zeek.session_id']).slice(1))]!,
      }));
      const gap = (host: { at: number }, sensor: { at: number }): number => Math.abs(host.at - sensor.at);
      for (const { host, sensor } of pairs) {
        expect(host.sourcePort).toBe(sensor.port);
        expect(gap(host, sensor)).toBeLessThanOrEqual(3000);
      }
      const ofHost = new Map(pairs.map((pair) => [pair.host, pair.sensor]));
      expect(ofHost.size).toBe(pairs.length);
      const sides = [true, false].map((side) => pairs.filter(({ host }) => host.initiated === side));
      for (const side of sides) expect(new Set(side.map(({ sensor }) => sensor)).size).toBe(side.length);
      for (const host of hosts)
        for (const sensor of sensors) {
          if (host.sourcePort !== sensor.port || gap(host, sensor) > 3000) continue;
          const own = ofHost.get(host);
          const other = pairs.find((pair) => pair.sensor === sensor && pair.host.initiated === host.initiated)?.host;
          const wantsOther = own === undefined || gap(host, sensor) < gap(host, own);
          expect([wantsOther && (other === undefined || gap(host, sensor) < gap(other, sensor))]).toEqual([false]);
        }
    }),
    { numRuns: 20 },
  );
}, 60_000);
