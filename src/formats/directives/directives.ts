import { isUtf8 } from 'node:buffer';
import type { AskedMembers } from '../../documents/conversion.ts';
import { count } from '../../values/quantities.ts';
import { LineEnds } from '../json/lines.ts';
import { isCanonicalNumber, isJsonNumber } from '../json/numbers.ts';
import { isEscaped, Prefixes, TextWriter, validUtf8 } from '../json/text-writer.ts';

/*
 * Logs of rows of values between separators, whose columns are named by lines that begin with `#`: Zeek's own logs and W3C
 * extended logs. Such lines come again wherever a log was rotated or joined to another, and may name other columns.
 */

/** How the values of a column are written. */
export type Kind = 'text' | 'number' | 'boolean' | 'any';

/** A column. `isList`: several values between separators of their own. */
export interface Column {
  readonly name: string;
  readonly kind: Kind;
  readonly isList: boolean;
}

/** What must be known to read rows. */
export interface DirectivePlan {
  /** The byte between values. */
  readonly separator: number;
  readonly setSeparator: string;
  readonly empty: string;
  readonly unset: string;
  /** Whether `\xNN` in a value is a byte. */
  readonly hasEscapes: boolean;
  /** A member that every document begins with; its name, and its value. */
  readonly lead: readonly [string, string] | null;
  /** Empty until they were named: rows before that cannot be read. */
  readonly columns: readonly Column[];
}

/** What a line that begins with `#` makes of a plan. */
export type ReadDirective = (plan: DirectivePlan, line: string) => DirectivePlan;

const lineFeed = 10;
const carriageReturn = 13;
const hash = 0x23;
const backslash = 0x5c;
const comma = 0x2c;
const quote = 0x22;
const space = 0x20;
const closeObject = 0x7d;

/** Cuts bytes behind the last line end, and reads the directives on the way. */
export function directiveCutter(first: DirectivePlan, readDirective: ReadDirective) {
  let plan = first;
  const ends = new LineEnds();
  return {
    take(bytes: Uint8Array, isEnd: boolean): { readonly length: number; readonly plan: DirectivePlan } {
      const length = ends.lastEnd(bytes, isEnd);
      const begin = plan;
      const text = Buffer.from(bytes.buffer, bytes.byteOffset, length);
      for (let at = text[0] === hash ? 0 : nextDirective(text, 0); at >= 0; ) {
        const end = lineEnd(text, at);
        plan = readDirective(plan, directiveText(text, at, end));
        at = nextDirective(text, end);
      }
      return { length, plan: begin };
    },
  };
}

/** Where the first line behind `from` begins that begins with `#`; -1 if there is none. */
function nextDirective(text: Buffer, from: number): number {
  const found = text.indexOf('\n#', from);
  return found < 0 ? -1 : found + 1;
}

function lineEnd(text: Buffer, from: number): number {
  const found = text.indexOf(lineFeed, from);
  return found < 0 ? text.length : found;
}

/** A directive is a short line: what is behind this is none. */
const longestDirective = 1 << 20;

const directiveText = (text: Buffer, from: number, to: number): string =>
  text.toString('utf8', from, Math.min(text[to - 1] === carriageReturn ? to - 1 : to, from + longestDirective));

/** A plan, prepared for many rows. */
class Rows {
  readonly prefixes: Prefixes;
  readonly kinds: Uint8Array;
  /** By column: 0 where nobody looks at it. */
  readonly asked: Uint8Array;
  readonly lead: Uint8Array;
  readonly unset: Uint8Array;
  readonly empty: Uint8Array;
  readonly setSeparator: Uint8Array;
  /** By byte: 0 for what stands in a string as it is. */
  readonly special: Uint8Array;
  /** What a row needs beside its values. */
  readonly room: number;

  constructor(
    readonly plan: DirectivePlan,
    asked: AskedMembers,
  ) {
    const { columns, lead } = plan;
    const names = columns.map(({ name }) => name);
    this.prefixes = new Prefixes(names);
    this.asked = Uint8Array.from(asked(names), Number);
    this.kinds = Uint8Array.from(columns, ({ kind, isList }) => (isList ? listOf : 0) + kindCodes.indexOf(kind));
    this.lead = Buffer.from(lead ? `{${JSON.stringify(lead[0])}:${JSON.stringify(lead[1])}` : '{');
    this.unset = Buffer.from(plan.unset);
    this.empty = Buffer.from(plan.empty);
    this.setSeparator = Buffer.from(plan.setSeparator);
    this.special = Uint8Array.from({ length: 256 }, (_, byte) => Number(isEscaped(byte) || byte === plan.separator));
    this.room = this.prefixes.room + this.lead.length + 16;
  }
}

const kindCodes: readonly Kind[] = ['text', 'number', 'boolean', 'any'];
const isNumber = 1;
const isBoolean = 2;
const isAny = 3;
/** Added to the kind of the elements. */
const listOf = 4;

/** The documents of rows, one a line. */
export function convertRows(
  bytes: Uint8Array,
  first: DirectivePlan,
  readDirective: ReadDirective,
  asked: AskedMembers,
): Uint8Array {
  const text = validUtf8(bytes);
  const out = new TextWriter(text.length * 4);
  let plan = first;
  let rows: Rows | null = null;
  for (let from = 0; from < text.length; ) {
    const end = lineEnd(text, from);
    const to = end > from && text[end - 1] === carriageReturn ? end - 1 : end;
    if (text[from] === hash) {
      plan = readDirective(plan, directiveText(text, from, end));
      rows = null;
    } else if (to > from) {
      rows ??= new Rows(plan, asked);
      writeRow(out, rows, text, from, to);
    }
    from = end + 1;
  }
  return out.written();
}

function writeRow(out: TextWriter, rows: Rows, text: Buffer, from: number, to: number): void {
  const { prefixes, kinds, asked, unset, special, plan } = rows;
  const { separator } = plan;
  const columns = kinds.length;
  const unsetLength = unset.length;
  const firstUnset = unset[0];
  // Each element of a list has a byte of its own in the text, and takes two quotes; those are within the room for escapes.
  out.reserve(to - from, rows.room);
  const begin = out.at;
  out.literal(rows.lead);
  let column = 0;
  for (let at = from; at <= to; column++) {
    if (asked[column] === 1 && text[at] !== separator) {
      const isPerhapsUnset =
        text[at] === firstUnset && (at + unsetLength === to || text[at + unsetLength] === separator);
      if (at < to && !(isPerhapsUnset && isAll(text, at, at + unsetLength, unset))) {
        prefixes.write(out, column);
        const bytes = out.bytes;
        const start = out.at;
        const kind = kinds[column]!;
        let next = at;
        // Plain values are copied while their ends are looked for; what is not plain is written again with care.
        if (kind === isNumber) {
          let end = start;
          for (; next < to && text[next]! >= 0x30 && text[next]! <= 0x39; next++) bytes[end++] = text[next]!;
          if ((next === to || text[next] === separator) && (text[at] !== 0x30 || next === at + 1)) {
            out.at = end;
            at = next + 1;
            continue;
          }
        } else if (kind === 0) {
          let end = start;
          bytes[end++] = quote;
          for (; next < to && special[text[next]!] === 0; next++) bytes[end++] = text[next]!;
          if ((next === to || text[next] === separator) && text[at] !== rows.empty[0]) {
            bytes[end++] = quote;
            out.at = end;
            at = next + 1;
            continue;
          }
        }
        const end = valueEnd(text, next, to, separator);
        writeWithCare(out, rows, kind, text, at, end);
        at = end + 1;
        continue;
      }
    }
    at = valueEnd(text, at, to, separator) + 1;
  }
  if (column !== columns) {
    out.at = begin;
    const reason =
      columns === 0
        ? 'a row before the line that names the columns'
        : `a row of ${count(columns, 'column')} has ${count(column, 'value')}`;
    out.refuse(reason, text, from, to);
    return;
  }
  // Without a lead, a comma stands before the first member.
  if (plan.lead === null && out.at > begin + 1) out.bytes[begin + 1] = space;
  out.byte(closeObject);
  out.byte(lineFeed);
}

function valueEnd(text: Uint8Array, from: number, to: number, separator: number): number {
  let end = from;
  while (end < to && text[end] !== separator) end++;
  return end;
}

function writeWithCare(out: TextWriter, rows: Rows, kind: number, text: Buffer, from: number, to: number): void {
  if (kind >= listOf) writeList(out, rows, kind - listOf, text, from, to);
  else if (isAll(text, from, to, rows.empty)) out.string(text, from, from);
  else if (rows.plan.hasEscapes && hasBackslash(text, from, to)) writeEscaped(out, text, from, to);
  else writeValue(out, kind, text, from, to);
}

function hasBackslash(text: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (text[at] === backslash) return true;
  return false;
}

/** Whether bytes are those, and some. */
function isAll(text: Uint8Array, from: number, to: number, all: Uint8Array): boolean {
  const { length } = all;
  if (to - from !== length || length === 0) return false;
  for (let at = 0; at < length; at++) if (text[from + at] !== all[at]) return false;
  return true;
}

function writeValue(out: TextWriter, kind: number, text: Uint8Array, from: number, to: number): void {
  if (kind === isNumber ? isJsonNumber(text, from, to) : kind === isAny && isCanonicalNumber(text, from, to))
    out.copy(text, from, to);
  else if (kind === isBoolean && to - from === 1 && (text[from] === 0x54 || text[from] === 0x46))
    out.literal(text[from] === 0x54 ? trueText : falseText);
  else out.string(text, from, to);
}

const trueText = Buffer.from('true');
const falseText = Buffer.from('false');
const nullText = Buffer.from('null');

function writeList(out: TextWriter, rows: Rows, kind: number, text: Buffer, from: number, to: number): void {
  const { setSeparator, unset, empty, plan } = rows;
  out.byte(0x5b);
  if (!isAll(text, from, to, empty))
    for (let at = from; at <= to; ) {
      const found = setSeparator.length === 0 ? -1 : text.subarray(at, to).indexOf(setSeparator);
      const end = found < 0 ? to : at + found;
      if (at > from) out.byte(comma);
      // An unset element keeps its place: lists beside one another, as answers and their TTLs, have one length.
      if (isAll(text, at, end, unset)) out.literal(nullText);
      else if (isAll(text, at, end, empty)) out.string(text, at, at);
      else if (plan.hasEscapes && hasBackslash(text, at, end)) writeEscaped(out, text, at, end);
      else writeValue(out, kind, text, at, end);
      if (found < 0) break;
      at = end + setSeparator.length;
    }
  out.byte(0x5d);
}

/**
 * A value with backslashes. Zeek writes bytes that do not print as `\xNN`, and a backslash as two; older versions leave a
 * backslash alone, so two are one only where every backslash is part of such an escape. Bytes that are no UTF-8 stay as they
 * are written, as in Zeek's JSON.
 */
function writeEscaped(out: TextWriter, text: Buffer, from: number, to: number): void {
  const written = text.toString('latin1', from, to);
  const isDoubled = !/\\/.test(written.replace(/\\(?:\\|x[0-9a-fA-F]{2})/g, ''));
  const value = written.replace(isDoubled ? /\\\\|(?:\\x[0-9a-fA-F]{2})+/g : /(?:\\x[0-9a-fA-F]{2})+/g, (found) => {
    if (found === '\\\\') return '\\';
    const bytes = Buffer.from(found.replaceAll('\\x', ''), 'hex');
    return isUtf8(bytes) ? bytes.toString('latin1') : found;
  });
  const bytes = Buffer.from(value, 'latin1');
  out.string(bytes, 0, bytes.length);
}
