/** What stands before the content of a tar entry. */
export interface TarHeader {
  readonly name: string;
  readonly size: number;
  /** One character, as the format has them. */
  readonly type: string;
}

export const blockBytes = 512;

const text = (block: Buffer, from: number, length: number): string => {
  const bytes = block.subarray(from, from + length);
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? length : end);
};

/** A number: octal digits, or bytes where the first has its highest bit. Null if it is neither. */
function numberAt(block: Buffer, from: number, length: number): number | null {
  const bytes = block.subarray(from, from + length);
  if (bytes[0] === 0x80) return bytes.subarray(1).reduce((value, byte) => value * 256 + byte, 0);
  const digits = /^ *([0-7]*)[ \0]*$/.exec(text(block, from, length));
  return digits ? Number.parseInt(digits[1] || '0', 8) : null;
}

const checksumAt = 148;
const checksumBytes = 8;
const space = 32;

/** Whether the checksum of a header is its own; old programs took bytes for signed numbers. */
export function isTarHeader(block: Buffer): boolean {
  if (block.length < blockBytes || block[0] === 0) return false;
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < blockBytes; at++) {
    const byte = at >= checksumAt && at < checksumAt + checksumBytes ? space : block[at]!;
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const written = numberAt(block, checksumAt, checksumBytes);
  return written === unsigned || written === signed;
}

/** Reads a header; null if it is damaged. */
export function tarHeader(block: Buffer): TarHeader | null {
  const size = numberAt(block, 124, 12);
  if (!isTarHeader(block) || size === null || !Number.isSafeInteger(size)) return null;
  // GNU's own headers, "ustar  ", have other things where POSIX has the first part of a long name.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  return { name: prefix ? `${prefix}/${name}` : name, size, type: String.fromCharCode(block[156] || 0x30) };
}

/** Attributes of the entry behind them: lines of their length, a name and a value. */
export function paxAttributes(content: Buffer): Map<string, string> {
  const attributes = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const length = Number.parseInt(content.toString('latin1', at, at + 20), 10);
    if (!(length > 0)) break;
    const [, name, value] = /^\d+ ([^=]*)=(.*)\n$/s.exec(content.toString('utf8', at, at + length)) ?? [];
    if (name !== undefined) attributes.set(name, value!);
    at += length;
  }
  return attributes;
}

/** A name that stands in a content of its own, with a zero behind it. */
export const longName = (content: Buffer): string => text(content, 0, content.length);
