import { longestDocument } from '../../documents/line-texts.ts';
import type { Cutter } from '../importer.ts';

/*
 * Which records are one event: those of one node, time and serial number. Records of several events may stand among one
 * another, but not far: what follows more than some hundred lines behind is another event. So a file can be cut in between.
 */

/** Records of an event follow one another within this many lines. */
export const farthest = 256;

/** How many lines are looked at to find a place between events. */
const lookedAt = 4 * farthest;

/** An event of more bytes is cut. */
const longestEvent = longestDocument / 4;

/** What a line begins with up to its body. */
const header =
  /^(?:node=(\S{1,255}) )?(?:.{0,120}?\baudit(?:\[\d+\])?: )?type=(\S{1,64}) (?:msg=)?audit\((\d{1,12})\.(\d{1,3}):(\d{1,20})\): ?/;

/** A record without its fields. */
export interface RecordHeader {
  readonly node: string | null;
  readonly type: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly serial: string;
  readonly key: string;
  /** Where its fields begin in the line. */
  readonly at: number;
}

/** The latest time that dates can say. */
const latest = 8.64e15;

/** What a line says of its record before the fields; null if it is none. */
export function recordHeader(line: string): RecordHeader | null {
  const found = header.exec(line);
  if (!found) return null;
  const [all, node = null, type, seconds, fraction, serial] = found;
  const time = Number(seconds) * 1000 + Number(fraction!.padEnd(3, '0'));
  if (time > latest) return null;
  return { node, type: type!, time, serial: serial!, key: `${node ?? ''} ${time} ${serial}`, at: all.length };
}

/** How much of a line is enough to know its event. */
const headerBytes = 512;

/** Reads what lines say of their records: mostly what the line before said, but for the type. */
export class Headers {
  #before: RecordHeader | null = null;
  /** What stood between the type and the fields there. */
  #same: Uint8Array = new Uint8Array(0);

  /** As recordHeader, of a line in valid UTF-8; `at` is in bytes. */
  read(text: Buffer, from: number, to: number): RecordHeader | null {
    const before = this.#before;
    const blank = text[from] === 0x74 ? text.indexOf(0x20, from) : -1;
    const typeAt = from + 'type='.length;
    if (before && blank > typeAt && blank - typeAt <= longestType && blank < to && this.#isSame(text, from, blank, to))
      return { ...before, type: text.toString('latin1', typeAt, blank), at: blank + this.#same.length - from };
    const line = text.toString('utf8', from, Math.min(to, from + headerBytes));
    const found = recordHeader(line);
    if (!found) return null;
    const header = { ...found, at: Buffer.byteLength(line.slice(0, found.at)) };
    const isPlain = blank > 0 && line.startsWith('type=') && /^[!-~]{1,64}$/.test(found.type);
    this.#before = isPlain ? header : null;
    if (isPlain) this.#same = Uint8Array.from(text.subarray(blank, from + header.at));
    return header;
  }

  #isSame(text: Buffer, from: number, blank: number, to: number): boolean {
    const same = this.#same;
    if (blank + same.length > to) return false;
    for (let i = 0; i < same.length; i++) if (text[blank + i] !== same[i]) return false;
    // The end of the header takes a blank with it where there is one.
    if (same[same.length - 1] !== 0x20 && text[blank + same.length] === 0x20) return false;
    for (let at = from + 5; at < blank; at++) if (text[at]! < 0x21 || text[at]! > 0x7e) return false;
    return text[from + 1] === 0x79 && text[from + 2] === 0x70 && text[from + 3] === 0x65 && text[from + 4] === 0x3d;
  }
}

const longestType = 64;

/** Cuts bytes between events. */
export function eventCutter<Plan>(plan: Plan): Cutter<Plan> {
  return {
    take: (bytes, isEnd) => ({ length: isEnd ? bytes.length : placeBetween(bytes), plan }),
  };
}

/** The last place in bytes that no event reaches over, whatever follows; 0 if there is none. */
function placeBetween(bytes: Uint8Array): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  /** Where the last lines begin, backwards, and behind the last of them. */
  const begins = [text.lastIndexOf(10) + 1];
  if (begins[0] === 0) return bytes.length >= longestDocument ? bytes.length : 0;
  while (begins.at(-1)! > 0 && begins.length <= lookedAt) {
    const end = begins.at(-1)! - 1;
    begins.push(end === 0 ? 0 : text.lastIndexOf(10, end - 1) + 1);
  }
  begins.reverse();
  const lines = begins.length - 1;
  /** By line: how many events have a record before it and another from it on. */
  const open = new Int32Array(lines + 1);
  const last = new Map<string, number>();
  for (let i = 0; i < lines; i++) {
    const line = text.toString('latin1', begins[i], Math.min(begins[i + 1]! - 1, begins[i]! + headerBytes));
    const key = recordHeader(line)?.key;
    if (key === undefined) continue;
    const before = last.get(key);
    last.set(key, i);
    if (before === undefined || i - before > farthest) continue;
    open[before + 1]! += 1;
    open[i + 1]! -= 1;
  }
  let reaching = 0;
  let place = 0;
  // The first of these lines may belong to records before them.
  const first = begins[0] === 0 ? 0 : farthest;
  for (let i = 0; i <= lines - farthest; i++) {
    reaching += open[i]!;
    if (reaching === 0 && i >= first) place = begins[i]!;
  }
  return place === 0 && bytes.length >= longestEvent ? begins[lines]! : place;
}
