import { ident, join, type Sql, sql, text } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import { began, type MatchOptions, tables } from './match.ts';

/** A field of the joined events. */
interface JoinedField {
  readonly name: string;
  readonly type: EsqlType;
}

/** What is written beside the matched connections. */
export interface JoinedExtent {
  /** The beginning of each connection too, as an event of its own. */
  readonly starts: boolean;
  /** Connections that only one of the sources has. */
  readonly unmatched: boolean;
}

/** The index of the joined events: hunts over Elastic Defend's network events read it, and the namespace says what it is. */
export const joinedIndex = { type: 'logs', dataset: 'endpoint.events.network', namespace: 'joined' } as const;

/** How a field is made: of a matched pair, or of either side alone. `null` where it has none. */
interface Definition extends JoinedField {
  readonly pair: Sql;
  readonly host: Sql;
  readonly sensor: Sql;
}

const none = sql`NULL`;
const of = (table: 'h' | 's', name: string): Sql => sql`${ident(table)}.${ident(name)}`;

const both = (name: string, type: EsqlType, value: Sql): Definition => ({
  ...{ name, type, pair: value, host: value, sensor: value },
});
/** A field that the host's event says. */
const ofHost = (name: string, type: EsqlType = 'keyword', sensor: Sql = none): Definition => ({
  ...{ name, type, pair: of('h', name), host: of('h', name), sensor },
});
/** A field that the sensor's connection says. */
const ofSensor = (name: string, type: EsqlType = 'keyword', host: Sql = none): Definition => ({
  ...{ name, type, pair: of('s', name), host, sensor: of('s', name) },
});
/** A field that the host's event says first, and else the sensor's connection. */
const ofEither = (name: string, type: EsqlType = 'keyword'): Definition => ({
  ...{
    name,
    type,
    pair: sql`coalesce(${of('h', name)}, ${of('s', name)})`,
    host: of('h', name),
    sensor: of('s', name),
  },
});

/** An address under another name as well. */
const address = (name: string, from: string): Definition => ({
  ...{ name, type: 'ip', pair: of('h', from), host: of('h', from), sensor: of('s', from) },
});

/** Sizes of IP packets, and of what was in them where the log has no other. */
const sizes = {
  source: sql`coalesce(s."source.bytes", s."zeek.connection.orig_bytes")`,
  destination: sql`coalesce(s."destination.bytes", s."zeek.connection.resp_bytes")`,
};
const packets = { source: of('s', 'source.packets'), destination: of('s', 'destination.packets') };

/** A count of one end: the sensor may have taken the other for the one that began. */
const counted = (name: string, own: Sql, other: Sql): Definition => ({
  ...{ name, type: 'long', pair: sql`CASE WHEN swapped THEN ${other} ELSE ${own} END`, host: none, sensor: own },
});

/** What the sensor's side of a translation has in the place of an address or a port. */
const translated = (end: 'source' | 'destination', part: 'ip' | 'port'): Definition => ({
  ...{ name: `${end}.nat.${part}`, type: part === 'ip' ? 'ip' : 'long', host: none, sensor: none },
  pair: sql`CASE WHEN method = 'nat' THEN nullif(${of('s', `${end}.${part}`)}, ${of('h', `${end}.${part}`)}) END`,
});

function definitions({ clockOffset }: MatchOptions): Definition[] {
  const start = began(clockOffset);
  const ended = sql`make_timestamp(${start} + coalesce(s."event.duration", 0) // 1000)`;
  const started = sql`CASE WHEN h."network.direction" = 'ingress' THEN 'connection_accepted' ELSE 'connection_attempted' END`;
  return [
    {
      ...{ name: '@timestamp', type: 'date' },
      ...{ pair: sql`greatest(h."@timestamp", ${ended})`, host: of('h', '@timestamp'), sensor: ended },
    },
    ...Object.entries(joinedIndex).map(([name, value]) => both(`data_stream.${name}`, 'keyword', text(value))),
    both('event.kind', 'keyword', sql`'event'`),
    both('event.category', 'keyword', sql`'network'`),
    {
      ...{ name: 'event.action', type: 'keyword' },
      ...{ pair: sql`'disconnect_received'`, host: started, sensor: sql`'disconnect_received'` },
    },
    { ...{ name: 'event.type', type: 'keyword' }, ...{ pair: sql`'end'`, host: sql`'start'`, sensor: sql`'end'` } },
    both('event.dataset', 'keyword', text(joinedIndex.dataset)),
    both('event.provider', 'keyword', sql`'harrier join'`),
    {
      ...{ name: 'event.start', type: 'date' },
      pair: of('h', '@timestamp'),
      host: of('h', '@timestamp'),
      sensor: sql`make_timestamp(${start})`,
    },
    {
      ...{ name: 'event.end', type: 'date' },
      pair: sql`greatest(h."@timestamp", ${ended})`,
      host: none,
      sensor: ended,
    },
    ofSensor('event.duration', 'long'),
    ...['host.name', 'host.id', 'host.os.family', 'host.os.type', 'agent.id'].map((name) => ofHost(name)),
    ...['process.entity_id', 'process.executable', 'process.name'].map((name) => ofHost(name)),
    ofHost('process.pid', 'long'),
    ...['user.name', 'user.domain', 'user.id', 'rule.name'].map((name) => ofHost(name)),
    address('source.ip', 'source.ip'),
    address('source.address', 'source.ip'),
    ofEither('source.port', 'long'),
    ofHost('source.domain'),
    counted('source.bytes', sizes.source, sizes.destination),
    counted('source.packets', packets.source, packets.destination),
    translated('source', 'ip'),
    translated('source', 'port'),
    address('destination.ip', 'destination.ip'),
    address('destination.address', 'destination.ip'),
    ofEither('destination.port', 'long'),
    ofHost('destination.domain'),
    counted('destination.bytes', sizes.destination, sizes.source),
    counted('destination.packets', packets.destination, packets.source),
    translated('destination', 'ip'),
    translated('destination', 'port'),
    ofEither('network.direction'),
    ofHost('network.type'),
    {
      ...{ name: 'network.transport', type: 'keyword' },
      ...{ pair: sql`h.transport`, host: sql`h.transport`, sensor: sql`s.transport` },
    },
    {
      ...{ name: 'network.protocol', type: 'keyword', pair: sql`coalesce(s."network.protocol", h."network.protocol")` },
      ...{ host: of('h', 'network.protocol'), sensor: of('s', 'network.protocol') },
    },
    ofSensor('network.community_id'),
    {
      ...{ name: 'network.bytes', type: 'long', host: none },
      ...{ pair: sql`${sizes.source} + ${sizes.destination}`, sensor: sql`${sizes.source} + ${sizes.destination}` },
    },
    {
      ...{ name: 'network.packets', type: 'long', host: none },
      ...{
        pair: sql`${packets.source} + ${packets.destination}`,
        sensor: sql`${packets.source} + ${packets.destination}`,
      },
    },
    ...['zeek.session_id', 'zeek.connection.state', 'zeek.connection.history', 'observer.hostname'].map((name) =>
      ofSensor(name),
    ),
    {
      ...{ name: 'harrier.join.method', type: 'keyword' },
      ...{ pair: sql`method`, host: sql`method`, sensor: sql`method` },
    },
    { ...{ name: 'harrier.join.reason', type: 'keyword' }, pair: none, host: sql`reason`, sensor: sql`reason` },
    // Positive where the sensor says that it began later.
    {
      ...{ name: 'harrier.join.difference_ms', type: 'long', host: none, sensor: none },
      pair: sql`(${start} - h.t) // 1000`,
    },
    { ...{ name: 'harrier.join.candidates', type: 'long', host: none, sensor: none }, pair: sql`candidates` },
    {
      ...{ name: 'harrier.join.ends_swapped', type: 'boolean', host: none, sensor: none },
      pair: sql`CASE WHEN swapped THEN true END`,
    },
  ];
}

/** Matched connections with both sides, `method`, how many candidates there were, and whether the ends are swapped. */
export const pairs = sql`(SELECT m.*, coalesce(f.candidates, 1) AS candidates,
    m.method <> 'nat' AND h.forward <> s.forward AND (h.low_ip, h.low_port) <> (h.high_ip, h.high_port) AS swapped
  FROM ${tables.matches} AS m JOIN ${tables.hosts} AS h ON h.n = m.h JOIN ${tables.sensors} AS s ON s.n = m.s
  LEFT JOIN (SELECT h, method, count(*) AS candidates FROM ${tables.fits} GROUP BY h, method) AS f
    ON f.h = m.h AND f.method = m.method)`;

/** How the engine holds values of a type, and writes them as text. */
export interface Values {
  readonly storage: (type: EsqlType) => Sql;
  readonly text: (value: Sql, type: EsqlType) => Sql;
}

/** A value as JSON; a time as Elasticsearch writes it. */
function json(type: EsqlType, value: Sql, values: Values): Sql {
  switch (type) {
    case 'long':
    case 'boolean':
      return sql`(${value})::VARCHAR`;
    case 'date':
      return sql`strftime(${value}, '"%Y-%m-%dT%H:%M:%S.%gZ"')`;
    case 'ip':
      return sql`'"' || ${values.text(value, type)} || '"'`;
    default:
      return sql`to_json((${value})::VARCHAR)::VARCHAR`;
  }
}

/** Selects the joined events as lines of JSON, in the order of time. Fields without a value are left out. */
export function joinedEvents(options: MatchOptions, extent: JoinedExtent, values: Values): Sql {
  const all = definitions(options);
  const select = (side: 'pair' | 'host' | 'sensor', rows: Sql): Sql => {
    const fields = all.filter((field) => field[side] !== none);
    const columns = fields.map(
      ({ [side]: value, type }, i) => sql`(${value})::${values.storage(type)} AS ${ident(`c${i}`)}`,
    );
    const members = fields.map(
      ({ name, type }, i) => sql`${text(`${JSON.stringify(name)}:`)} || ${json(type, ident(`c${i}`), values)}`,
    );
    return sql`SELECT ${ident('c0')} AS moment, '{' || concat_ws(',', ${join(members, ', ')}) || '}' AS line
      FROM (SELECT ${join(columns, ', ')} FROM ${rows})`;
  };
  const withSides = sql`${pairs} AS p JOIN ${tables.hosts} AS h ON h.n = p.h JOIN ${tables.sensors} AS s ON s.n = p.s`;
  const hosts = (those: Sql): Sql => select('host', sql`(${those}) AS p JOIN ${tables.hosts} AS h USING (n)`);
  const sensors = (those: Sql): Sql => select('sensor', sql`(${those}) AS p JOIN ${tables.sensors} AS s USING (n)`);
  const parts = [
    select('pair', withSides),
    ...(extent.starts ? [hosts(sql`SELECT h AS n, method, NULL::VARCHAR AS reason FROM ${tables.matches}`)] : []),
    ...(extent.unmatched
      ? [
          hosts(sql`SELECT *, 'sysmon only' AS method FROM ${tables.hostsLeft}`),
          sensors(sql`SELECT *, 'zeek only' AS method FROM ${tables.sensorsLeft}`),
        ]
      : []),
  ];
  const rows = parts.reduce((above, part) => sql`${above} UNION ALL ${part}`);
  return sql`SELECT line FROM (${rows}) ORDER BY moment NULLS LAST, line`;
}
