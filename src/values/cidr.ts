import { formatIp, parseIp } from './ip.ts';

/** Addresses from `low` to `high`, both included, as the numbers of their 16-byte form. */
export interface AddressRange {
  readonly low: bigint;
  readonly high: bigint;
}

/** Blocks that were read: hunts list the same reserved networks again and again. */
const known = new Map<string, AddressRange>();
const mostKnown = 1000;

/** Reads a block as `parseCidr` does, from memory where it has been read before. */
export function knownCidr(block: string): AddressRange | { readonly error: string } {
  const before = known.get(block);
  if (before) return before;
  const range = parseCidr(block);
  if (!('error' in range) && known.size < mostKnown) known.set(block, range);
  return range;
}

const knownLists = new Map<string, readonly AddressRange[]>();
const mostLists = 100;

/** Blocks as ranges that do not touch, from memory where the same list was read before; null where one of them is no block. */
export function knownRanges(blocks: readonly string[]): readonly AddressRange[] | null {
  const key = JSON.stringify(blocks);
  const before = knownLists.get(key);
  if (before) return before;
  const ranges: AddressRange[] = [];
  for (const block of blocks) {
    const range = knownCidr(block);
    if ('error' in range) return null;
    ranges.push(range);
  }
  const merged = mergeRanges(ranges);
  if (knownLists.size < mostLists) knownLists.set(key, merged);
  return merged;
}

/**
 * Reads a CIDR block or a single address as CIDR_MATCH takes it: host bits may be set, the prefix of an IPv4 text is
 * 0 to 32, and IPv4-mapped IPv6 texts take no prefix. The error is Elasticsearch's text.
 */
export function parseCidr(block: string): AddressRange | { readonly error: string } {
  const slash = block.indexOf('/');
  const addressText = slash < 0 ? block : block.slice(0, slash);
  const address = parseIp(addressText);
  if (address === null) return { error: `'${addressText}' is not an IP string literal.` };
  if (slash < 0) return { low: address, high: address };
  const isV4 = !addressText.includes(':');
  const prefixText = block.slice(slash + 1);
  if (!/^\d+$/.test(prefixText)) return { error: `Expected [ip/prefix] but was [${block}]` };
  const prefix = Number(prefixText);
  if (prefix > (isV4 ? 32 : 128)) {
    return {
      error: `Illegal prefix length [${prefixText}] in [${block}]. Must be 0-32 for IPv4 ranges, 0-128 for IPv6 ranges`,
    };
  }
  if (!isV4 && address >> 32n === 0xffffn) {
    return {
      error: `CIDR notation is not allowed with IPv6-mapped IPv4 address [${addressText}] as it introduces ambiguity as to whether the prefix length should be interpreted as a v4 prefix length or a v6 prefix length`,
    };
  }
  const hostMask = (1n << BigInt((isV4 ? 32 : 128) - prefix)) - 1n;
  const high = address | hostMask;
  return { low: high ^ hostMask, high };
}

/** Sorts ranges and joins those that overlap or touch. */
export function mergeRanges(ranges: readonly AddressRange[]): AddressRange[] {
  const sorted = [...ranges].sort((a, b) => (a.low < b.low ? -1 : a.low > b.low ? 1 : 0));
  const merged: AddressRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (!last || range.low > last.high + 1n) merged.push(range);
    else if (range.high > last.high) merged[merged.length - 1] = { low: last.low, high: range.high };
  }
  return merged;
}

/**
 * Reads a network as lists have it: a CIDR block, an address, or the first and the last address of a range (`10.0.0.5 -
 * 10.0.0.9`), with blanks around them. Null for anything else.
 */
export function parseNetwork(text: string): AddressRange | null {
  const [first, last, ...others] = text.split('-').map((part) => part.trim());
  if (last === undefined) {
    const block = parseCidr(first!);
    return 'error' in block ? null : block;
  }
  const [low, high] = [parseIp(first!), parseIp(last)];
  if (low === null || high === null || others.length > 0 || low > high) return null;
  // No range holds addresses of both families.
  return isV4(low) === isV4(high) ? { low, high } : null;
}

const isV4 = (address: bigint): boolean => address >> 32n === 0xffffn;

/** The blocks that hold exactly the addresses of a range, in their order: their first address, and the bits that vary. */
export function* blocksOf({ low, high }: AddressRange): Generator<{ readonly from: bigint; readonly bits: number }> {
  for (let from = low; from <= high; ) {
    let bits = 0;
    const fits = (size: bigint): boolean => (from & (size - 1n)) === 0n && from + size - 1n <= high;
    while (bits < 128 && fits(1n << BigInt(bits + 1))) bits++;
    yield { from, bits };
    from += 1n << BigInt(bits);
  }
}

/** The same as texts. */
export const cidrBlocks = (range: AddressRange): string[] =>
  [...blocksOf(range)].map(({ from, bits }) =>
    bits === 0 ? formatIp(from) : `${formatIp(from)}/${(isV4(from) && bits <= 32 ? 32 : 128) - bits}`,
  );

const allBits = (1n << 128n) - 1n;

/** A network as the bits that its addresses share and which these are: `mask:address`, several with commas between them. */
export function networkBits(text: string): string {
  const range = parseNetwork(text);
  if (!range) return '';
  return [...blocksOf(range)].map(({ from, bits }) => `${allBits ^ ((1n << BigInt(bits)) - 1n)}:${from}`).join(',');
}
