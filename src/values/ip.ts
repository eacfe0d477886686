/*
 * IP addresses as the numbers of their 16-byte form; IPv4 is mapped (::ffff:a.b.c.d), so that addresses of both
 * families order and compare as Elasticsearch has it.
 */

const mapped = 0xffffn << 32n;

const dot = '.'.charCodeAt(0);
const zero = '0'.charCodeAt(0);
const nine = '9'.charCodeAt(0);

/** Reads an address; null when the text is none. Parts of an IPv4 address have no leading zeros. */
export function parseIp(text: string): bigint | null {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text, mapped);
}

function parseIpv4(text: string, base: bigint): bigint | null {
  let value = 0;
  let dots = 0;
  let part = 0;
  let digits = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : dot;
    if (code === dot) {
      if (digits === 0 || dots === 4) return null;
      value = value * 256 + part;
      dots += 1;
      part = 0;
      digits = 0;
      continue;
    }
    const leadingZero = digits > 0 && part === 0;
    if (code < zero || code > nine || leadingZero) return null;
    part = part * 10 + code - zero;
    digits += 1;
    if (part > 255) return null;
  }
  return dots === 4 ? base + BigInt(value) : null;
}

function parseIpv6(text: string): bigint | null {
  let head = text;
  let tail = 0n;
  let groupsLeft = 8;
  const embedded = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
  if (embedded) {
    const v4 = parseIpv4(embedded[2]!, 0n);
    if (v4 === null) return null;
    tail = v4;
    groupsLeft = 6;
    // The colon before the dotted part ends the groups, unless it belongs to a `::`.
    head = embedded[1]!.endsWith('::') ? embedded[1]! : embedded[1]!.slice(0, -1);
  }
  const halves = head.split('::');
  if (halves.length > 2) return null;
  const left = groups(halves[0]!);
  const right = groups(halves[1] ?? '');
  if (!left || !right) return null;
  const missing = groupsLeft - left.length - right.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  let value = 0n;
  for (const group of [...left, ...new Array<number>(halves.length === 1 ? 0 : missing).fill(0), ...right]) {
    value = (value << 16n) | BigInt(group);
  }
  return groupsLeft === 6 ? (value << 32n) | tail : value;
}

function groups(text: string): number[] | null {
  if (text === '') return [];
  const parts = text.split(':');
  return parts.every((part) => /^[0-9A-Fa-f]{1,4}$/.test(part)) ? parts.map((part) => Number.parseInt(part, 16)) : null;
}

/** The canonical text (RFC 5952); mapped addresses are written as IPv4. */
export function formatIp(address: bigint): string {
  if (address >> 32n === 0xffffn) {
    const v4 = Number(address & 0xffffffffn);
    return `${v4 >>> 24}.${(v4 >>> 16) & 255}.${(v4 >>> 8) & 255}.${v4 & 255}`;
  }
  const parts = groupsOf(address);
  const { start, length } = longestZeros(parts);
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (length >= 2 && i === start) {
      text += '::';
      i += length - 1;
    } else {
      if (text !== '' && !text.endsWith(':')) text += ':';
      text += parts[i]!.toString(16);
    }
  }
  return text;
}

/** The eight groups of an address. Shifts of 128 bits take most of the time: there are three. */
function groupsOf(address: bigint): number[] {
  const parts: number[] = [];
  for (const shift of [96n, 64n, 32n, 0n]) {
    const two = Number(BigInt.asUintN(32, address >> shift));
    parts.push(two >>> 16, two & 0xffff);
  }
  return parts;
}

function longestZeros(parts: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let i = 0; i < parts.length; i++) {
    let length = 0;
    while (parts[i + length] === 0) length++;
    if (length > best.length) best = { start: i, length };
  }
  return best;
}

/** An address whose IPv4 parts have leading zeros, read as `octal` or `decimal` numbers; others stay as they are. */
export function withoutLeadingZeros(text: string, zeros: string): string {
  if (zeros !== 'octal' && zeros !== 'decimal') return text;
  return text.replace(/\b0+(\d+)\b(?=\.|$)/g, (whole, digits: string) => {
    if (zeros === 'decimal') return digits;
    return /^[0-7]+$/.test(digits) ? String(Number.parseInt(digits, 8)) : whole;
  });
}
