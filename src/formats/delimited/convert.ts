import type { AskedMembers } from '../../documents/conversion.ts';
import { parseObject } from '../../values/plain-json.ts';
import { count } from '../../values/quantities.ts';
import { isCanonicalNumber } from '../json/numbers.ts';
import { isEscaped, Prefixes, TextWriter, validUtf8 } from '../json/text-writer.ts';
import { kibanaDate, kibanaNumber } from './kibana.ts';
import { type CellKind, carriageReturn, type DelimitedPlan, longestQuoted, quote } from './plan.ts';
import { behindLine, behindQuoted, RecordEnds } from './scan.ts';

const hash = 0x23;
const apostrophe = 0x27;
const minus = 0x2d;
const space = 0x20;

/** Cuts bytes behind the last record that is whole. */
export function delimitedCutter(first: DelimitedPlan) {
  let { skip } = first;
  const ends = new RecordEnds(first);
  return {
    take(bytes: Uint8Array, isEnd: boolean): { readonly length: number; readonly plan: DelimitedPlan } {
      const plan = { ...first, skip };
      if (bytes.length < skip && !isEnd) return { length: 0, plan };
      const before = Math.min(skip, bytes.length);
      const text = Buffer.from(bytes.buffer, bytes.byteOffset + before, bytes.length - before);
      skip = 0;
      return { length: before + ends.lastEnd(text, isEnd), plan };
    },
  };
}

/** The documents of records, one a line. `onLine` hears where among the bytes behind `skip` the record of each line begins. */
export function convertDelimited(
  bytes: Uint8Array,
  plan: DelimitedPlan,
  asked: AskedMembers,
  onLine: (begin: number) => void = () => undefined,
): Uint8Array {
  const text = validUtf8(bytes.subarray(Math.min(plan.skip, bytes.length)));
  const records = new Records(text, plan, asked, onLine);
  for (let at = 0; at < text.length; ) at = records.write(at);
  return records.out.written();
}

const kindCodes: readonly CellKind[] = ['any', 'object', 'kibana-date', 'list'];
const [isObject, isDate, isList] = [1, 2, 3];

class Records {
  readonly out: TextWriter;
  readonly #prefixes: Prefixes;
  readonly #kinds: Uint8Array;
  readonly #asked: readonly boolean[];
  readonly #header: Buffer;
  readonly #special: Uint8Array;

  constructor(
    private readonly text: Buffer,
    private readonly plan: DelimitedPlan,
    asked: AskedMembers,
    private readonly onLine: (begin: number) => void,
  ) {
    const { columns, delimiter, lineEnd } = plan;
    this.out = new TextWriter(text.length * 3);
    const names = columns.map(({ name }) => name);
    this.#prefixes = new Prefixes(names);
    this.#asked = asked(names);
    this.#kinds = Uint8Array.from(columns, ({ kind }) => kindCodes.indexOf(kind));
    this.#header = Buffer.from(plan.header);
    this.#special = Uint8Array.from({ length: 256 }, (_, byte) =>
      Number(isEscaped(byte) || byte === delimiter || byte === lineEnd),
    );
  }

  /** Writes the record that begins there; gives where the next one does. */
  write(from: number): number {
    const { out, text, plan } = this;
    const { delimiter, lineEnd } = plan;
    if (text[from] === lineEnd) return from + 1;
    if (text[from] === hash && plan.hasDirectives) return behindLine(text, from, lineEnd);
    const kinds = this.#kinds;
    const special = this.#special;
    const columns = kinds.length;
    const begin = out.at;
    this.#reserve(0);
    out.byte(0x7b);
    const { length } = text;
    let column = 0;
    let at = from;
    for (; ; column++) {
      let end = at;
      if (text[at] === quote) {
        const behind = behindQuoted(text, at + 1, length, from + longestQuoted);
        if (behind < 0) {
          out.at = begin;
          const next = behindLine(text, from, lineEnd);
          this.onLine(from);
          out.refuse('a quote that is never closed', text, from, textEnd(text, from, next, lineEnd));
          return next;
        }
        end = cellEnd(text, behind, length, delimiter, lineEnd);
        if (this.#asked[column]) this.#quoted(column, at + 1, behind - 1, textEnd(text, behind, end, lineEnd));
      } else {
        while (end < length && special[text[end]!] === 0) end++;
        const isPlain = end === length || text[end] === delimiter || text[end] === lineEnd;
        if (!isPlain) end = cellEnd(text, end, length, delimiter, lineEnd);
        if (this.#asked[column]) {
          const to = isPlain ? end : textEnd(text, at, end, lineEnd);
          if (to > at) this.#cell(column, text, at, to);
        }
      }
      at = end + 1;
      if (end >= length || text[end] === lineEnd) break;
    }
    const end = Math.min(at, length);
    const to = textEnd(text, from, end, lineEnd);
    const cells = column + 1;
    if (to === from || this.#isHeader(from, to)) out.at = begin;
    else if (cells !== columns) {
      this.onLine(from);
      out.at = begin;
      out.refuse(`a row of ${count(columns, 'column')} has ${count(cells, 'cell')}`, text, from, to);
    } else {
      this.onLine(from);
      out.reserve(0, 16);
      // A comma stands before the first member.
      if (out.at > begin + 1) out.bytes[begin + 1] = space;
      out.byte(0x7d);
      out.byte(10);
    }
    return at;
  }

  #reserve(bytes: number): void {
    this.out.reserve(bytes, this.#prefixes.room + 64);
  }

  #isHeader(from: number, to: number): boolean {
    const header = this.#header;
    return (
      to - from === header.length && header.length > 0 && this.text.compare(header, 0, header.length, from, to) === 0
    );
  }

  /** A cell between quotes; what stands behind the second of them belongs to it too. */
  #quoted(column: number, from: number, to: number, end: number): void {
    const { text } = this;
    const isPlain = end === to + 1;
    let doubled = from;
    while (doubled < to && text[doubled] !== quote) doubled++;
    if (doubled === to && isPlain) {
      if (to > from) this.#cell(column, text, from, to);
      return;
    }
    const bytes = Buffer.allocUnsafe(end - from);
    let length = 0;
    for (let at = from; at < to; at++) {
      bytes[length++] = text[at]!;
      if (text[at] === quote) at++;
    }
    for (let at = to + 1; at < end; at++) bytes[length++] = text[at]!;
    if (length > 0) this.#cell(column, bytes, 0, length);
  }

  /** Writes the member of a cell that is not empty. */
  #cell(column: number, bytes: Buffer, begin: number, to: number): void {
    const { out, plan } = this;
    const first = bytes[begin]!;
    if (plan.isKibana && to - begin === 1 && first === minus) return;
    const isGuard = first === apostrophe && plan.isGuarded && beginsFormula(bytes[begin + 1]);
    const from = isGuard && begin + 1 < to ? begin + 1 : begin;
    this.#reserve(to - from);
    this.#prefixes.write(out, column);
    const kind = this.#kinds[column]!;
    if (kind !== 0 && this.#specialCell(kind, bytes, from, to)) return;
    const grouped = plan.isKibana && !isGuard ? kibanaNumber(bytes, from, to) : null;
    if (grouped !== null) out.json(grouped);
    else if (!isGuard && isCanonicalNumber(bytes, from, to)) out.copy(bytes, from, to);
    else out.string(bytes, from, to);
  }

  /** Writes a cell of a column of a kind of its own; false if the cell is not of that kind. */
  #specialCell(kind: number, bytes: Buffer, from: number, to: number): boolean {
    const { out, plan } = this;
    if (kind === isObject) {
      if (bytes[from] !== 0x7b || bytes[to - 1] !== 0x7d) return false;
      const text = bytes.toString('utf8', from, to);
      if (!parseObject(text)) return false;
      // Line ends in it stand between its members: in strings they are escaped.
      out.json(text.replace(/[\r\n]/g, ' '));
      return true;
    }
    if (kind === isDate) {
      const date = kibanaDate(bytes.toString('latin1', from, to));
      if (date !== null) out.json(`"${date}"`);
      return date !== null;
    }
    if (kind !== isList) return false;
    const text = bytes.toString('utf8', from, to);
    const inner = /^\[(.*)\]$/s.exec(text)?.[1] ?? (plan.isKibana ? text : null);
    if (inner === null) return false;
    out.json(JSON.stringify(inner.split(', ')));
    return true;
  }
}

/** What spreadsheets take for the beginning of a formula. */
export const beginsFormula = (byte: number | undefined): boolean =>
  byte === 0x3d || byte === 0x2b || byte === minus || byte === 0x40 || byte === 9 || byte === carriageReturn;

/** Where the cell ends that no quote encloses any more. */
function cellEnd(text: Uint8Array, from: number, to: number, delimiter: number, lineEnd: number): number {
  let end = from;
  while (end < to && text[end] !== delimiter && text[end] !== lineEnd) end++;
  return end;
}

/** The end of a text without its line end. */
function textEnd(text: Uint8Array, from: number, end: number, lineEnd: number): number {
  let to = end;
  if (to > from && text[to - 1] === lineEnd) to--;
  return to > from && text[to - 1] === carriageReturn && (text[to] === lineEnd || to === text.length) ? to - 1 : to;
}
