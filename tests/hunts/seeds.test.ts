import { writeFileSync } from 'node:fs';
import { BlockList, isIPv6 } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { harrier } from '../support/command.ts';
import { hasShared, shared } from '../support/shared.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { type OddEvent, oddEvents, writeEvent } from './odd-events.ts';

/*
 * The seed hunts, and our own that parallel them, on events with every oddity, against their meaning written down in
 * plain code: three-valued logic, several values, groups with null.
 */

const now = Date.parse('2026-03-10T12:00:00Z');
const hour = 3_600_000;

const reserved = new BlockList();
for (const block of '10.0.0.0/8 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.168.0.0/16 192.88.99.0/24 224.0.0.0/4 100.64.0.0/10 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 240.0.0.0/4'.split(
  ' ',
)) {
  const [address, prefix] = block.split('/') as [string, string];
  reserved.addSubnet(address, Number(prefix), 'ipv4');
}
reserved.addSubnet('fe80::', 10, 'ipv6');
reserved.addSubnet('ff00::', 8, 'ipv6');
reserved.addAddress('::1', 'ipv6');

type Truth = boolean | null;
type Value = string | number | boolean;
const and = (...all: Truth[]): Truth => (all.includes(false) ? false : all.includes(null) ? null : true);
const or = (...all: Truth[]): Truth => (all.includes(true) ? true : all.includes(null) ? null : false);
const not = (value: Truth): Truth => (value === null ? null : !value);

/** The one value of a field; null when it has none or several. Keywords count once. */
function single(event: OddEvent, name: string): Value | null {
  const values = event.fields[name] ?? [];
  const different = [...new Set(values)];
  return different.length === 1 ? different[0]! : null;
}
const is = (event: OddEvent, name: string, wanted: Value): Truth => {
  const value = single(event, name);
  return value === null ? null : value === wanted;
};
function external(event: OddEvent): Truth {
  const address = single(event, 'destination.ip');
  if (address === null) return null;
  const text = String(address).replace('::ffff:', '');
  return not(reserved.check(text, isIPv6(text) ? 'ipv6' : 'ipv4'));
}
const startsWith = (event: OddEvent, name: string, prefix: string): Truth => {
  const value = single(event, name);
  return value === null ? null : String(value).startsWith(prefix);
};

/** The groups of an event: each combination of the values of its keys, null where there are none. */
function groupsOf(event: OddEvent, keys: readonly string[]): (Value | null)[][] {
  return keys.reduce<(Value | null)[][]>(
    (groups, key) => {
      const values = [...new Set(event.fields[key] ?? [])];
      return groups.flatMap((group) => (values.length === 0 ? [null] : values).map((value) => [...group, value]));
    },
    [[]],
  );
}

function grouped(
  events: readonly OddEvent[],
  keys: readonly string[],
): { key: (Value | null)[]; events: OddEvent[] }[] {
  const groups = new Map<string, { key: (Value | null)[]; events: OddEvent[] }>();
  for (const event of events) {
    for (const key of groupsOf(event, keys)) {
      const id = JSON.stringify(key);
      const group = groups.get(id) ?? { key, events: [] };
      groups.set(id, group);
      group.events.push(event);
    }
  }
  return [...groups.values()];
}

const bytes = (events: readonly OddEvent[]): number | null => {
  const all = events.flatMap((event) => (event.fields['source.bytes'] ?? []) as number[]);
  return all.length === 0 ? null : all.reduce((a, b) => a + b, 0);
};

function beacons(events: readonly OddEvent[], family: string, leastHours: number): Value[][] {
  const unsigned = (event: OddEvent): Truth =>
    or(is(event, 'process.code_signature.exists', false), not(is(event, 'process.code_signature.trusted', true)));
  const chosen = events.filter((event) => {
    const suspect =
      family === 'windows'
        ? and(
            is(event, 'network.direction', 'egress'),
            or(unsigned(event), startsWith(event, 'process.executable', 'C:\\Users\\Public\\')),
          )
        : unsigned(event);
    return (
      event.time > now - 7 * 24 * hour &&
      and(is(event, 'host.os.family', family), is(event, 'event.category', 'network'), suspect, external(event)) ===
        true
    );
  });
  return grouped(chosen, ['process.entity_id', 'destination.address', 'process.name']).flatMap(
    ({ key, events: members }) => {
      const times = members.map((event) => event.time);
      const hours = Math.floor((Math.max(...times) - Math.min(...times)) / hour + 0.5);
      const perHour = hours === 0 ? null : Math.trunc(members.length / hours);
      const sent = bytes(members);
      const [entity, address, name] = key;
      return hours >= leastHours && perHour !== null && perHour >= 120
        ? [[entity, name, hours, address, sent === null ? null : sent / 1048576, members.length, perHour] as Value[]]
        : [];
    },
  );
}

function volumes(events: readonly OddEvent[], family: string): Value[][] {
  const chosen = events.filter(
    (event) =>
      event.time > now - 8 * hour &&
      and(
        is(event, 'host.os.family', family),
        is(event, 'event.category', 'network'),
        is(event, 'event.action', 'disconnect_received'),
        external(event),
      ) === true,
  );
  return grouped(chosen, ['process.entity_id', 'destination.address', 'process.executable']).flatMap(
    ({ key, events: members }) => {
      const sent = bytes(members);
      return sent !== null && sent >= 1073741824 ? [[sent, ...key] as Value[]] : [];
    },
  );
}

function rare(events: readonly OddEvent[], rootOnly: boolean): Value[][] {
  const chosen = events.filter(
    (event) =>
      event.time > now - 7 * 24 * hour &&
      and(
        is(event, 'host.os.type', 'linux'),
        is(event, 'event.category', 'network'),
        is(event, 'event.type', 'start'),
        is(event, 'event.action', 'connection_attempted'),
        rootOnly ? is(event, 'user.id', '0') : true,
        (event.fields['process.name'] ?? []).length > 0,
        external(event),
      ) === true,
  );
  return grouped(chosen, ['process.name']).flatMap(({ key, events: members }) => {
    const agents = new Set(members.flatMap((event) => event.fields['agent.id'] ?? [])).size;
    return members.length <= 5 && agents === 1 ? [[members.length, agents, ...key] as Value[]] : [];
  });
}

interface Answer {
  readonly hunt: { uuid: string; name: string };
  readonly query: number;
  readonly columns: { name: string; type: string }[];
  readonly values: (Value | null)[][];
  readonly error: string | null;
}

const sorted = (rows: readonly (readonly unknown[])[]): string[] => rows.map((row) => JSON.stringify(row)).sort();

// Another seed makes other events: HARRIER_TEST_SEED=7 npx vitest run tests/hunts
const events = oddEvents(6000, Number(process.env.HARRIER_TEST_SEED ?? 42), now);
let answers: Answer[] = [];
let own: Answer[] = [];

async function run(hunts: string, data: string): Promise<Answer[]> {
  const { code, stdout, stderr } = await harrier([
    'run',
    hunts,
    '--data',
    data,
    '--now',
    new Date(now).toISOString(),
    '--format',
    'json',
  ]);
  expect([code, stderr]).toEqual([0, expect.not.stringMatching(/^(?:error|warning)/m)]);
  return (JSON.parse(stdout) as { results: Answer[] }).results;
}

const ownHunts = new URL('../../hunts/network', import.meta.url).pathname;

beforeAll(async () => {
  const place = temporaryFolder();
  const lines = events.map(writeEvent);
  const half = Math.floor(lines.length / 2);
  writeFileSync(join(place, 'one.ndjson'), `${lines.slice(0, half).join('\n')}\n`);
  writeFileSync(join(place, 'two.ndjson.gz'), gzipSync(lines.slice(half).join('\n')));
  own = await run(ownHunts, place);
  if (hasShared) answers = await run(shared('seeds'), place);
});

const find = (from: readonly Answer[], uuid: string, query = 0): Answer =>
  from.find((answer) => answer.hunt.uuid === uuid && answer.query === query)!;
const columns = (answer: Answer): string => answer.columns.map(({ name, type }) => `${name}:${type}`).join(' ');
const picked = (answer: Answer, names: readonly string[]): (Value | null)[][] =>
  answer.values.map((row) => names.map((name) => row[answer.columns.findIndex((column) => column.name === name)]!));

describe.skipIf(!hasShared)('the seed hunts on odd events', () => {
  const beaconColumns =
    'process.entity_id:keyword process.name:keyword duration_hours:integer destination.address:keyword MB_out:double count_connections:long number_of_con_per_hour:long';
  it.each([
    ['76843f1f-404d-42b8-9c25-fcc14e270240', 0, beaconColumns, () => beacons(events, 'windows', 1), 4],
    ['44aff0e3-e0d7-4dca-a94f-2dd0b96f18bd', 0, beaconColumns, () => beacons(events, 'macos', 8), 1],
    [
      '977d77f9-86e0-4df6-bdc7-aed87c048290',
      0,
      'total_bytes_out:long process.entity_id:keyword destination.address:keyword process.executable:keyword',
      () => volumes(events, 'windows'),
      3,
    ],
    [
      '24925575-defd-4581-bfda-a8753dcfb46e',
      0,
      'total_bytes_out:long process.entity_id:keyword destination.address:keyword process.executable:keyword',
      () => volumes(events, 'windows'),
      3,
    ],
    [
      '12526f14-5e35-4f5f-884c-96c6a353a544',
      0,
      'connection_count:long unique_agent_count:long process.name:keyword',
      () => rare(events, false),
      1,
    ],
    [
      '12526f14-5e35-4f5f-884c-96c6a353a544',
      1,
      'connection_count:long unique_agent_count:long process.name:keyword',
      () => rare(events, true),
      1,
    ],
  ] as const)('%s, query %i', (uuid, query, wanted, expected, least) => {
    const answer = find(answers, uuid, query);
    expect(answer.error).toBeNull();
    expect(columns(answer)).toBe(wanted);
    expect(sorted(answer.values)).toEqual(sorted(expected()));
    // The events are made so that there is something to find.
    expect(answer.values.length).toBeGreaterThanOrEqual(least);
  });
});

describe('our own hunts find the same as the hunts they parallel', () => {
  const conversation = ['process.entity_id', 'process.name', 'destination.address'];
  it.each([
    [
      '894af375-a52f-4d5a-a92d-9d9c279b1489',
      0,
      conversation,
      () => beacons(events, 'windows', 1).map((row) => [row[0], row[1], row[3]]),
    ],
    [
      'a4441acb-e00d-42f9-8207-2df8d55d375d',
      0,
      conversation,
      () => beacons(events, 'macos', 8).map((row) => [row[0], row[1], row[3]]),
    ],
    [
      '41fd9994-9707-4e3b-9bde-b05f7e9d4eb0',
      0,
      ['bytes_sent', 'process.entity_id', 'destination.address', 'process.executable'],
      () => volumes(events, 'windows'),
    ],
    [
      '88aa7909-9b9c-49dc-a54b-28069a6ce7be',
      0,
      ['bytes_sent', 'process.entity_id', 'destination.address', 'process.executable'],
      () => volumes(events, 'macos'),
    ],
    ['b4ef3bb3-b4e7-44b9-90d6-4b6332645335', 0, ['attempts', 'agents', 'process.name'], () => rare(events, false)],
    ['b4ef3bb3-b4e7-44b9-90d6-4b6332645335', 1, ['attempts', 'agents', 'process.name'], () => rare(events, true)],
  ] as const)('%s, query %i', (uuid, query, names, expected) => {
    expect(sorted(picked(find(own, uuid, query), names))).toEqual(sorted(expected()));
  });
});
