/** What events are about, by the fields that they carry. */
export const eventKinds = ['dns', 'registry', 'library', 'file', 'network', 'process', 'other'] as const;
export type EventKind = (typeof eventKinds)[number];

/** The fields that make an event one of a kind. */
export const fieldsOfKind: Readonly<Record<Exclude<EventKind, 'other'>, readonly string[]>> = {
  dns: ['dns.question.name'],
  registry: ['registry.path', 'registry.key'],
  library: ['dll.path', 'dll.name'],
  file: ['file.path', 'file.name'],
  network: ['destination.address', 'destination.ip', 'destination.domain'],
  process: ['event.category'],
};

/** The ES|QL of an event's kind. */
export const kindOfEvent = `CASE(${eventKinds
  .flatMap((kind) => {
    if (kind === 'other') return [];
    if (kind === 'process') return [`MV_CONTAINS(event.category, "process"), "process"`];
    return [`${fieldsOfKind[kind].map((field) => `${field} IS NOT NULL`).join(' OR ')}, "${kind}"`];
  })
  .join(', ')}, "other")`;

/** Whether others came to the process, rather than it to them; ES|QL. */
const incoming = 'network.direction IN ("ingress", "inbound")';

/** The ES|QL of who is at the other end of a connection, and of what went each way. */
export const peer = {
  address: `CASE(${incoming}, COALESCE(source.address, TO_STRING(source.ip), source.domain), COALESCE(destination.address, TO_STRING(destination.ip), destination.domain))`,
  ip: `CASE(${incoming}, source.ip, destination.ip)`,
  /** The port of the service: on this machine where others came to it. */
  port: 'destination.port',
  domain: `CASE(${incoming}, source.domain, destination.domain)`,
  sent: `CASE(${incoming}, destination.bytes, source.bytes)`,
  received: `CASE(${incoming}, source.bytes, destination.bytes)`,
} as const;
