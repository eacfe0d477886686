/*
 * Events with every oddity that logs have: values in arrays, missing fields, dotted keys, both address families,
 * numbers as text, several values where one is usual. Deterministic.
 */

/** What one event says, before it is written in one of many ways. Lists stand for several values. */
export interface OddEvent {
  readonly time: number;
  readonly fields: Readonly<Record<string, readonly (string | number | boolean)[]>>;
}

/** A small generator of numbers, the same for the same seed. */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const outside = [
  '185.220.101.1',
  '45.61.136.2',
  '2a0e:97c0::5',
  '2606:4700::1111',
  '172.32.0.1',
  '11.0.0.1',
  '100.128.0.1',
  'fd00::7',
  '::ffff:9.9.9.9',
];
const inside = [
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.9',
  '127.0.0.1',
  '::1',
  'fe80::1',
  'ff02::1',
  '100.64.0.1',
  '198.19.255.255',
  '192.0.0.170',
];

/** Events around the thresholds of the seed hunts, with noise. */
export function oddEvents(count: number, seed: number, now: number): OddEvent[] {
  const next = numbers(seed);
  const pick = <T>(items: readonly T[]): T => items[next(items.length)]!;
  const maybe = <T>(chance: number, value: T): T[] => (next(100) < chance ? [value] : []);
  const events: OddEvent[] = [];
  const add = (time: number, fields: Record<string, (string | number | boolean)[]>): void => {
    events.push({ time, fields: Object.fromEntries(Object.entries(fields).filter(([, values]) => values.length > 0)) });
  };
  const common = (): Record<string, (string | number | boolean)[]> => {
    const address = next(4) === 0 ? pick(inside) : pick(outside);
    const family = pick(['windows', 'macos', 'debian']);
    return {
      'host.os.family': maybe(97, family),
      'host.os.type': maybe(97, family === 'debian' ? 'linux' : family),
      'event.category': next(50) === 0 ? ['network', 'session'] : maybe(98, 'network'),
      'event.type': next(50) === 0 ? ['start', 'protocol'] : [pick(['start', 'end'])],
      'event.action': [pick(['connection_attempted', 'disconnect_received', 'connection_accepted'])],
      'network.direction': maybe(97, pick(['egress', 'egress', 'egress', 'ingress'])),
      'process.code_signature.exists': maybe(80, pick([true, false, false])),
      'process.code_signature.trusted': next(60) === 0 ? [true, false] : maybe(60, pick([true, false])),
      'process.executable': maybe(
        95,
        pick(['C:\\Users\\Public\\a.exe', 'C:\\Windows\\b.exe', '/usr/bin/c', 'C:\\Users\\Publicity\\d.exe']),
      ),
      'process.name': maybe(93, `p${next(12)}`),
      'process.entity_id': next(80) === 0 ? [`e${next(20)}`, `e${next(20)}`] : maybe(97, `e${next(20)}`),
      'destination.ip': next(70) === 0 ? [address, pick(outside)] : maybe(95, address),
      'destination.address': maybe(96, address),
      'source.bytes':
        next(60) === 0 ? [next(1000), next(1000)] : maybe(90, next(10) === 0 ? 400_000_000 + next(1000) : next(5000)),
      'agent.id': maybe(97, `agent-${next(3)}`),
      'user.id': maybe(90, pick(['0', '1000'])),
    };
  };
  for (let i = 0; i < count; i++) add(now - next(9 * 24 * 3_600_000), common());
  const base = {
    'host.os.family': ['windows'],
    'host.os.type': ['windows'],
    'event.category': ['network'],
    'event.type': ['start'],
    'event.action': ['connection_attempted'],
    'network.direction': ['egress'],
    'process.code_signature.exists': [false],
    'process.executable': ['C:\\x.exe'],
    'agent.id': ['agent-9'],
    'source.bytes': [7],
  };
  const steady = (
    name: string,
    events: number,
    minutes: number,
    fields: Record<string, (string | number | boolean)[]>,
  ): void => {
    for (let k = 0; k < events; k++) {
      const at = now - 5 * 3_600_000 - minutes * 60_000 + Math.round((k * minutes * 60_000) / (events - 1));
      add(at, {
        ...base,
        'process.name': [name],
        'process.entity_id': [`id-${name}`],
        'destination.ip': ['45.61.136.77'],
        'destination.address': ['45.61.136.77'],
        ...fields,
      });
    }
  };
  steady('exact', 240, 120, {});
  steady('below', 239, 120, {});
  steady('half-up', 240, 90, {});
  steady('too-short', 300, 29, {});
  steady('six', 240, 120, { 'destination.ip': ['2a0e:97c0::5'], 'destination.address': ['2a0e:97c0::5'] });
  steady('signed-public', 240, 120, {
    'process.code_signature.exists': [true],
    'process.code_signature.trusted': [true],
    'process.executable': ['C:\\Users\\Public\\t.exe'],
  });
  steady('unknown-signature', 240, 120, { 'process.code_signature.exists': [] });
  steady('mac-exact', 960, 480, { 'host.os.family': ['macos'], 'network.direction': [] });
  steady('mac-short', 900, 448, { 'host.os.family': ['macos'] });
  const volume = (name: string, parts: (number[] | number)[]): void => {
    parts.forEach((bytes, k) => {
      add(now - (k + 1) * 600_000, {
        ...base,
        'process.name': [name],
        'process.entity_id': [`id-${name}`],
        'event.action': ['disconnect_received'],
        'destination.ip': ['45.61.136.78'],
        'destination.address': ['45.61.136.78'],
        'source.bytes': Array.isArray(bytes) ? bytes : [bytes],
      });
    });
  };
  volume('gib', [2 ** 29, 2 ** 29]);
  volume('gib-less-one', [2 ** 29, 2 ** 29 - 1]);
  volume('beyond-32-bits', [3_000_000_000, 3_000_000_000]);
  volume('in-arrays', [[2 ** 29, 2 ** 29 - 5], 5]);
  const rare = (
    name: string,
    attempts: number,
    agents: number,
    fields: Record<string, (string | number | boolean)[]> = {},
  ): void => {
    for (let k = 0; k < attempts; k++) {
      add(now - (k + 1) * 3_600_000, {
        ...base,
        'host.os.family': ['ubuntu'],
        'host.os.type': ['linux'],
        'process.name': [name],
        'process.entity_id': [`id-${name}`],
        'agent.id': [`agent-${k % agents}`],
        'destination.ip': ['179.43.175.1'],
        'user.id': ['1000'],
        ...fields,
      });
    }
  };
  rare('five', 5, 1);
  rare('six-attempts', 6, 1);
  rare('two-agents', 2, 2);
  rare('root', 3, 1, { 'user.id': ['0'] });
  rare('no-agent', 2, 1, { 'agent.id': [] });
  return events;
}

/** Writes an event as JSON, nested, dotted or both, lists of one as lists or not, times in several forms. */
export function writeEvent(event: OddEvent, index: number): string {
  const next = numbers(index * 7919 + 13);
  const document: Record<string, unknown> = {};
  const put = (name: string, value: unknown): void => {
    const parts = name.split('.');
    let at = document;
    while (parts.length > 1) {
      const joined = next(12) === 0 ? 2 : 1;
      if (joined >= parts.length) break;
      const key = parts.splice(0, joined).join('.');
      at[key] ??= {};
      at = at[key] as Record<string, unknown>;
    }
    at[parts.join('.')] = value;
  };
  const millis = new Date(event.time).toISOString().slice(0, -1);
  put(
    '@timestamp',
    next(5) === 0
      ? event.time
      : next(5) === 0
        ? `${new Date(event.time + 7_200_000).toISOString().slice(0, -1)}+02:00`
        : `${millis}${String(next(10_000)).padStart(4, '0')}Z`,
  );
  for (const [name, values] of Object.entries(event.fields)) {
    const written = values.map((value) => (typeof value === 'number' && next(20) === 0 ? String(value) : value));
    put(name, written.length === 1 && next(3) > 0 ? written[0] : next(10) === 0 ? [...written, null] : written);
  }
  put('data_stream.type', 'logs');
  put('data_stream.dataset', 'endpoint.events.network');
  put('data_stream.namespace', next(2) === 0 ? 'default' : 'prod');
  if (next(9) === 0) put('message', 'a "quoted" text, with [brackets] {braces} and ünïcode');
  return JSON.stringify(document);
}
