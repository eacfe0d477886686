import { createHash } from 'node:crypto';
import { parseIp } from './ip.ts';

/*
 * Community ID, version 1 with the seed 0: a hash that two sensors give to the same flow, whichever side they name first
 * (https://github.com/corelight/community-id-spec).
 */

/** Numbers of protocols by the names that logs give them. */
const protocols = new Map([
  ['icmp', 1],
  ['igmp', 2],
  ['tcp', 6],
  ['udp', 17],
  ['gre', 47],
  ['icmp6', 58],
  ['icmpv6', 58],
  ['ipv6-icmp', 58],
  ['eigrp', 88],
  ['ospf', 89],
  ['pim', 103],
  ['sctp', 132],
]);

const withPorts: ReadonlySet<number> = new Set([6, 17, 132]);

/** Types of messages of ICMP by that of what answers them. */
const answers = new Map<number, ReadonlyMap<number, number>>([
  [1, bothWays([8, 0], [9, 10], [13, 14], [15, 16], [17, 18])],
  [58, bothWays([128, 129], [130, 131], [133, 134], [135, 136], [139, 140], [144, 145])],
]);

function bothWays(...pairs: readonly (readonly [number, number])[]): ReadonlyMap<number, number> {
  return new Map(pairs.flatMap(([a, b]) => [[a, b] as const, [b, a] as const]));
}

/** One end of a flow. */
interface End {
  readonly address: bigint;
  readonly port: number;
}

/**
 * The Community ID of a flow; null where it has none. Ports are texts of numbers; for ICMP, the type of the message stands in
 * the place of the source's and its code in that of the destination's, and both are 0 where they are missing.
 */
export function communityId(
  source: string,
  sourcePort: string,
  destination: string,
  destinationPort: string,
  transport: string,
): string | null {
  const [from, to] = [parseIp(source), parseIp(destination)];
  const protocol = protocols.get(transport.toLowerCase()) ?? numberIn(transport, 1, 255);
  if (from === null || to === null || protocol === null || isIpv4(from) !== isIpv4(to)) return null;
  const replies = answers.get(protocol);
  if (replies) {
    const type = numberIn(sourcePort, 0, 255) ?? 0;
    const reply = replies.get(type);
    const [begin, end] = [
      { address: from, port: type },
      { address: to, port: reply ?? numberIn(destinationPort, 0, 255) ?? 0 },
    ];
    return hashed(protocol, reply === undefined ? [begin, end] : ordered(begin, end), true);
  }
  if (!withPorts.has(protocol))
    return hashed(protocol, ordered({ address: from, port: 0 }, { address: to, port: 0 }), false);
  const [here, there] = [numberIn(sourcePort, 1, 65535), numberIn(destinationPort, 1, 65535)];
  if (here === null || there === null) return null;
  return hashed(protocol, ordered({ address: from, port: here }, { address: to, port: there }), true);
}

function numberIn(text: string, least: number, most: number): number | null {
  if (!/^\d{1,5}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}

const isIpv4 = (address: bigint): boolean => address >> 32n === 0xffffn;

const ordered = (a: End, b: End): readonly [End, End] =>
  a.address < b.address || (a.address === b.address && a.port < b.port) ? [a, b] : [b, a];

function hashed(protocol: number, ends: readonly [End, End], hasPorts: boolean): string {
  const digits = isIpv4(ends[0].address) ? 8 : 32;
  const addresses = ends.map(({ address }) => address.toString(16).padStart(32, '0').slice(-digits)).join('');
  const bytes = Buffer.alloc(2 + digits + 2 + (hasPorts ? 4 : 0));
  bytes.write(addresses, 2, 'hex');
  bytes[2 + digits] = protocol;
  if (hasPorts) for (const [i, { port }] of ends.entries()) bytes.writeUInt16BE(port, 2 + digits + 2 + 2 * i);
  return `1:${createHash('sha1').update(bytes).digest('base64')}`;
}
