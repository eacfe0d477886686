import { isCanonicalNumber } from '../json/numbers.ts';
import { Prefixes, type TextWriter } from '../json/text-writer.ts';
import type { LayoutText } from './layouts.ts';

const space = 0x20;
const quote = 0x22;
const dash = 0x2d;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/** How the value of a column stands in a line; `either` where nobody said. */
type Wrap = 'bare' | 'quoted' | 'bracketed' | 'either';

/** Columns behind the known ones that are read, at most. */
const mostUnknown = 12;

const wrapOf = (column: string): Wrap =>
  column.startsWith('"') ? 'quoted' : column.startsWith('[') ? 'bracketed' : 'bare';

/** A layout, prepared to find the values of lines. */
export class Layout {
  readonly names: readonly string[];
  readonly #wraps: readonly Wrap[];
  readonly #least: number;
  /** Where each value of the last line begins and ends. */
  readonly #spans: Int32Array;

  constructor({ columns, isOpen = false }: Pick<LayoutText, 'columns' | 'isOpen'>) {
    const written = columns.split(' ');
    const optional = written.indexOf('|');
    const known = written.filter((column) => column !== '|');
    this.#least = optional < 0 ? known.length : optional;
    const unknown = isOpen ? Array.from({ length: mostUnknown }, (_, i) => `column${known.length + i + 1}`) : [];
    this.names = [...known.map((column) => column.replace(/^["[]|["\]]$/g, '')), ...unknown];
    this.#wraps = [...known.map(wrapOf), ...unknown.map((): Wrap => 'either')];
    this.#spans = new Int32Array(2 * this.names.length);
  }

  /** How many values a line has; 0 if it is not of this layout. */
  find(text: Uint8Array, from: number, to: number): number {
    const spans = this.#spans;
    const wraps = this.#wraps;
    let column = 0;
    for (let at = from; ; at++) {
      if (column === wraps.length) return 0;
      const first = text[at];
      const isUnset = first === dash && (at + 1 === to || text[at + 1] === space);
      const wrap = isUnset ? 'bare' : wraps[column]!;
      let begin = at;
      let end: number;
      if (wrap === 'bare') end = at = blankBehind(text, at, to);
      else if (wrap === 'quoted' || (wrap === 'either' && first === quote)) {
        end = first === quote ? closeBehind(text, at + 1, to, quote) : -1;
        begin = at + 1;
        at = end + 1;
      } else if (wrap === 'bracketed') {
        end = first === openBracket ? closeBehind(text, at + 1, to, closeBracket) : -1;
        begin = at + 1;
        at = end + 1;
      } else end = at = wordBehind(text, at, to);
      if (end < 0) return 0;
      spans[2 * column] = begin;
      spans[2 * column + 1] = end;
      column++;
      if (at >= to) return column >= this.#least ? column : 0;
    }
  }

  /** The value of a column of the last line. */
  value(text: Buffer, column: number): string {
    return text.toString('utf8', this.#spans[2 * column]!, this.#spans[2 * column + 1]!);
  }

  /** Writes the values of the last line that are asked for, each behind a comma; unset ones are left out. */
  write(out: TextWriter, prefixes: Prefixes, asked: Uint8Array, text: Buffer, count: number): void {
    const spans = this.#spans;
    for (let column = 0; column < count; column++) {
      if (asked[column] === 0) continue;
      const begin = spans[2 * column]!;
      const end = spans[2 * column + 1]!;
      if (end === begin || (end === begin + 1 && text[begin] === dash)) continue;
      prefixes.write(out, column);
      if (this.#wraps[column] === 'bare' && isCanonicalNumber(text, begin, end)) out.copy(text, begin, end);
      else out.string(text, begin, end);
    }
  }
}

/** Where a bare value ends; -1 if a quote in it is open, as of a value in quotes that was cut at a quote of its own. */
function blankBehind(text: Uint8Array, from: number, to: number): number {
  let isOpen = false;
  let at = from;
  for (; at < to && text[at] !== space; at++) if (text[at] === quote) isOpen = !isOpen;
  return isOpen ? -1 : at;
}

/** Where a word ends in which quotes may hold blanks, as in `X-Forwarded-For="192.0.2.1, 192.0.2.2"`; -1 if one is open. */
function wordBehind(text: Uint8Array, from: number, to: number): number {
  let isOpen = false;
  let at = from;
  for (; at < to && (isOpen || text[at] !== space); at++) if (text[at] === quote) isOpen = !isOpen;
  return isOpen ? -1 : at;
}

/**
 * Where the mark stands that closes a value: before a blank or the end of the line, for what clients sent may hold such a
 * mark, too, and not behind a backslash. -1 if there is none.
 */
function closeBehind(text: Uint8Array, from: number, to: number, mark: number): number {
  for (let at = from; at < to; at++) {
    if (text[at] === backslash) at++;
    else if (text[at] === mark && (at + 1 === to || text[at + 1] === space)) return at;
  }
  return -1;
}

/** What is needed to write the lines of a layout. */
export class Row {
  readonly layout: Layout;
  readonly #prefixes: Prefixes;
  readonly #asked: Uint8Array;
  readonly #lead: Uint8Array;
  readonly #room: number;

  constructor(layout: Layout, name: string, asked: (names: readonly string[]) => readonly boolean[]) {
    this.layout = layout;
    this.#prefixes = new Prefixes(layout.names);
    this.#asked = Uint8Array.from(asked(layout.names), Number);
    this.#lead = Buffer.from(`{"log_format":${JSON.stringify(name)}`);
    this.#room = this.#prefixes.room + this.#lead.length + 16;
  }

  /** Writes the document of a line; false, and nothing, if the line is not of the layout. */
  write(out: TextWriter, text: Buffer, from: number, to: number): boolean {
    const count = this.layout.find(text, from, to);
    if (count === 0) return false;
    out.reserve(to - from, this.#room);
    out.literal(this.#lead);
    this.layout.write(out, this.#prefixes, this.#asked, text, count);
    out.byte(0x7d);
    out.byte(0x0a);
    return true;
  }
}
