// The hunts as SQL by hand. Each is known by the UUID of the hunt and the place of the query in it: of the project's own
// hunts, and of those of Elastic's that they parallel, which --hunts may bring.
//
// `keys` are the columns by which answers are compared.

const beacon = (condition, hours) => ({
  keys: ['process.entity_id', 'process.name', 'destination.address'],
  sql: (
    s,
    since,
  ) => `SELECT "process.entity_id", "process.name", "destination.address", hours, c, floor(c / hours) AS per_hour, b / 1048576.0 AS megabytes FROM (
    SELECT *, floor(${s.millisBetween('first', 'last')} / 3600000.0 + 0.5) AS hours FROM (
      SELECT ${s.field('process.entity_id')} AS "process.entity_id", ${s.field('process.name')} AS "process.name", ${s.field('destination.address')} AS "destination.address",
        count(*) AS c, sum(${s.field('source.bytes')}) AS b, min(${s.field('@timestamp')}) AS first, max(${s.field('@timestamp')}) AS last
      FROM ${s.table} WHERE ${s.field('@timestamp')} > ${since(7 * 24)} AND ${condition(s)} AND ${s.equals('event.category', 'network')} AND ${s.external}
      GROUP BY 1, 2, 3) AS grouped) AS timed WHERE hours >= ${hours} AND c >= 120 * hours ORDER BY per_hour DESC LIMIT 1000`,
});

const volume = (condition) => ({
  keys: ['process.entity_id', 'process.executable', 'destination.address'],
  sql: (
    s,
    since,
  ) => `SELECT ${s.field('process.entity_id')} AS "process.entity_id", ${s.field('process.executable')} AS "process.executable", ${s.field('destination.address')} AS "destination.address", sum(${s.field('source.bytes')}) AS b
    FROM ${s.table} WHERE ${s.field('@timestamp')} > ${since(8)} AND ${condition(s)} AND ${s.equals('event.category', 'network')} AND ${s.equals('event.action', 'disconnect_received')} AND ${s.external}
    GROUP BY 1, 2, 3 HAVING b >= 1073741824 ORDER BY b DESC LIMIT 1000`,
});

const rare = (condition) => ({
  keys: ['process.name'],
  sql: (
    s,
    since,
  ) => `SELECT ${s.field('process.name')} AS "process.name", count(*) AS c, count(DISTINCT ${s.field('agent.id')}) AS agents
    FROM ${s.table} WHERE ${s.field('@timestamp')} > ${since(7 * 24)} AND ${s.equals('host.os.type', 'linux')} AND ${s.equals('event.category', 'network')} AND ${s.equals('event.type', 'start')}
    AND ${s.equals('event.action', 'connection_attempted')} AND ${condition(s)} AND ${s.field('process.name')} IS NOT NULL AND ${s.external}
    GROUP BY 1 HAVING c <= 5 AND agents = 1 ORDER BY c, "process.name" LIMIT 100`,
});

const is = (name, value) => (s) => s.equals(name, value);
const unsigned = (s) =>
  `${s.isFalse(s.field('process.code_signature.exists'))} OR ${s.isFalse(s.field('process.code_signature.trusted'))}`;
const outgoing = is('network.direction', 'egress');

const beaconWindows = beacon(
  (s) =>
    `${is('host.os.family', 'windows')(s)} AND ${outgoing(s)} AND (${unsigned(s)} OR ${s.startsWith(s.field('process.executable'), 'C:\\Users\\Public\\')})`,
  1,
);
const beaconMacos = beacon((s) => `${is('host.os.family', 'macos')(s)} AND (${unsigned(s)})`, 8);
const beaconLinux = beacon((s) => {
  const executable = s.field('process.executable');
  const places = ['/tmp/', '/var/tmp/', '/dev/shm/', '/run/user/'].map((place) => s.startsWith(executable, place));
  return `${is('host.os.type', 'linux')(s)} AND ${outgoing(s)} AND (${[...places, s.contains(executable, '/.')].join(' OR ')})`;
}, 1);
const volumeWindows = volume(is('host.os.family', 'windows'));
const rareAll = rare(() => '1 = 1');
const rareRoot = rare(is('user.id', '0'));

const byHunt = {
  '894af375-a52f-4d5a-a92d-9d9c279b1489': { name: 'beaconing, Windows', queries: [beaconWindows] },
  'a4441acb-e00d-42f9-8207-2df8d55d375d': { name: 'beaconing, macOS', queries: [beaconMacos] },
  '12fc59e7-ba94-4992-aedd-cd8a02bcf5b1': { name: 'beaconing, Linux', queries: [beaconLinux] },
  '41fd9994-9707-4e3b-9bde-b05f7e9d4eb0': { name: 'volume, Windows', queries: [volumeWindows] },
  '88aa7909-9b9c-49dc-a54b-28069a6ce7be': { name: 'volume, macOS', queries: [volume(is('host.os.family', 'macos'))] },
  '176a1946-c289-463f-a0d0-8636dec79f51': { name: 'volume, Linux', queries: [volume(is('host.os.type', 'linux'))] },
  'b4ef3bb3-b4e7-44b9-90d6-4b6332645335': { name: 'rare programs', queries: [rareAll, rareRoot] },
  // Elastic's
  '76843f1f-404d-42b8-9c25-fcc14e270240': { name: 'beaconing, Windows', queries: [beaconWindows] },
  '44aff0e3-e0d7-4dca-a94f-2dd0b96f18bd': { name: 'beaconing, macOS', queries: [beaconMacos] },
  '977d77f9-86e0-4df6-bdc7-aed87c048290': { name: 'volume, Windows', queries: [volumeWindows] },
  '24925575-defd-4581-bfda-a8753dcfb46e': { name: 'volume, Windows, again', queries: [volumeWindows] },
  '12526f14-5e35-4f5f-884c-96c6a353a544': { name: 'rare programs', queries: [rareAll, rareRoot] },
};

/** The hunts whose queries are the six that targets speak of, where --hunts does not bring others. */
export const six = [
  'beaconing-unsigned-process-windows.toml',
  'beaconing-unsigned-process-macos.toml',
  'exfiltration-by-volume-windows.toml',
  'exfiltration-by-volume-macos.toml',
  'rare-external-connections-linux.toml',
];

/** A query of a hunt by hand; null for hunts that nobody wrote as SQL. */
export function byHand({ uuid, query }, now) {
  const known = byHunt[uuid];
  const found = known?.queries[query];
  if (!found) return null;
  const since = (s) => (hours) => s.time(new Date(Date.parse(now) - hours * 3_600_000).toISOString());
  const name = known.queries.length > 1 ? `${known.name} ${query + 1}` : known.name;
  return { name, keys: found.keys, sql: (shape) => found.sql(shape, since(shape)) };
}
