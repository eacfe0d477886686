import { kindOfEvent, peer } from './event-kind.ts';
import { count, every, from, type Question, type Row, text, texts, whole } from './question.ts';
import { type Rhythm, rhythmOf } from './rhythm.ts';
import { ownEvents, type Subject } from './subject.ts';

/** An address that a process talked to, or that talked to it. Times are ISO 8601. */
export interface NetworkPeer {
  readonly address: string;
  readonly ips: readonly string[];
  /** Of the service: on this machine where others came to it. */
  readonly ports: readonly bigint[];
  readonly domains: readonly string[];
  /** As the events have it, such as `egress`; null where they do not. */
  readonly direction: string | null;
  readonly events: number;
  /** By the process; null when no event carries it. */
  readonly bytesSent: bigint | null;
  readonly bytesReceived: bigint | null;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** Of the newest connections: beginnings where events record these, else ends. */
  readonly rhythm: Rhythm;
}

/** The newest times of one address that its interval pattern is judged by. */
const mostTimes = 2000;

const isBeginning = 'MV_CONTAINS(event.type, "start") OR NOT MV_CONTAINS(event.type, "end")';

export function peersQuestion(subject: Subject, limit: number): Question {
  const own = ownEvents(subject);
  return {
    text: `${from(subject.scope.pattern)}
| WHERE ${own.text}
| EVAL kind = ${kindOfEvent}
| WHERE kind == "network"
| EVAL address = ${peer.address}, peer_ip = ${peer.ip}, peer_domain = ${peer.domain}, sent = ${peer.sent}, received = ${peer.received}
| STATS
  n = COUNT(*),
  ips = VALUES(peer_ip),
  ports = VALUES(${peer.port}),
  domains = VALUES(peer_domain),
  bytes_sent = SUM(sent),
  bytes_received = SUM(received),
  first_seen = MIN(@timestamp),
  last_seen = MAX(@timestamp),
  beginnings = TOP(@timestamp, ${mostTimes}, "desc") WHERE ${isBeginning},
  ends = TOP(@timestamp, ${mostTimes}, "desc") WHERE NOT (${isBeginning})
  BY address, direction = network.direction
| INLINE STATS different = COUNT(*), all_events = SUM(n)
| SORT n DESC, address
| LIMIT ${limit}`,
    values: own.values,
  };
}

export function readPeer(row: Row): NetworkPeer {
  const beginnings = texts(row.beginnings);
  const times = beginnings.length > 0 ? beginnings : texts(row.ends);
  return {
    address: text(row.address) ?? '',
    ips: texts(row.ips),
    ports: every(row.ports).flatMap((port) => whole(port) ?? []),
    domains: texts(row.domains),
    direction: text(row.direction),
    events: count(row.n),
    bytesSent: whole(row.bytes_sent),
    bytesReceived: whole(row.bytes_received),
    firstSeen: text(row.first_seen),
    lastSeen: text(row.last_seen),
    rhythm: rhythmOf(times.map((time) => Date.parse(time))),
  };
}
