import { type AddressRange, mergeRanges, parseCidr } from './cidr.ts';
import { own } from './own.ts';

/*
 * NETWORK_DIRECTION: whether traffic stays inside of networks, leaves them, enters them, or has nothing to do with them.
 */

const blocks = (...texts: string[]): AddressRange[] => texts.map((text) => parseCidr(text) as AddressRange);

const named: Readonly<Record<string, readonly AddressRange[]>> = {
  loopback: blocks('127.0.0.0/8', '::1'),
  link_local_unicast: blocks('169.254.0.0/16', 'fe80::/10'),
  interface_local_multicast: blocks('ff01::/16'),
  link_local_multicast: blocks('224.0.0.0/24', 'ff02::/16'),
  multicast: blocks('224.0.0.0/4', 'ff00::/8'),
  unspecified: blocks('0.0.0.0', '::'),
  private: blocks('10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fd00::/8'),
};
const broadcast = blocks('255.255.255.255');
const notPublic = [
  ...[
    'private',
    'loopback',
    'unspecified',
    'link_local_unicast',
    'link_local_multicast',
    'interface_local_multicast',
  ].flatMap((name) => own(named, name)!),
  ...broadcast,
];
const notUnicast = [
  ...named.unspecified!,
  ...named.loopback!,
  ...named.multicast!,
  ...named.link_local_unicast!,
  ...broadcast,
];

const within = (address: bigint, ranges: readonly AddressRange[]): boolean =>
  ranges.some(({ low, high }) => address >= low && address <= high);

const everything: AddressRange = { low: 0n, high: (1n << 128n) - 1n };

/** What lies outside of ranges. */
function outside(ranges: readonly AddressRange[]): AddressRange[] {
  const gaps: AddressRange[] = [];
  let next = everything.low;
  for (const { low, high } of mergeRanges(ranges)) {
    if (low > next) gaps.push({ low: next, high: low - 1n });
    next = high + 1n;
  }
  return next > everything.high ? gaps : [...gaps, { low: next, high: everything.high }];
}

/** The addresses of all these networks as ranges; null where one of them is none. */
export function rangesOfNetworks(names: readonly unknown[]): readonly AddressRange[] | null {
  const found: AddressRange[] = [];
  for (const name of names) {
    const ranges = typeof name === 'string' ? rangesOf(name) : 'no text';
    if (typeof ranges === 'string') return null;
    found.push(...ranges);
  }
  return mergeRanges(found);
}

/** A test of addresses; a text says why it is none. */
type Network = ((address: bigint) => boolean) | string;
const cache = new Map<string, Network>();

function network(name: string): Network {
  const known = cache.get(name);
  if (known !== undefined) return known;
  if (cache.size > 1000) cache.clear();
  const made = readNetwork(name);
  cache.set(name, made);
  return made;
}

function readNetwork(name: string): Network {
  const ranges = rangesOf(name);
  return typeof ranges === 'string' ? ranges : (address) => within(address, ranges);
}

/** The addresses of a network; a text says why it is none. */
function rangesOf(name: string): readonly AddressRange[] | string {
  if (name === 'public') return outside(notPublic);
  if (name === 'unicast' || name === 'global_unicast') return outside(notUnicast);
  const ranges = own(named, name);
  if (ranges) return ranges;
  const block = parseCidr(name);
  return 'error' in block ? block.error : [block];
}

/** `internal`, `outbound`, `inbound` or `external`; `!` and the reason where a network cannot be read. */
export function networkDirection(source: bigint, destination: bigint, networks: readonly string[]): string {
  const tests: ((address: bigint) => boolean)[] = [];
  for (const name of networks) {
    const test = network(name);
    if (typeof test === 'string') return `!${test}`;
    tests.push(test);
  }
  const from = tests.some((test) => test(source));
  const to = tests.some((test) => test(destination));
  return from ? (to ? 'internal' : 'outbound') : to ? 'inbound' : 'external';
}
