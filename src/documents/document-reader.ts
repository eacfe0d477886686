import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { type Bytes, behindLine, openPlaced } from './bytes.ts';
import { columnOf, type Kind, type KindPart, type KindWithColumn, kinds, listOf, ownColumns } from './columns.ts';
import type { Conversion } from './conversion.ts';
import { longestDocument } from './line-texts.ts';
import { type Form, forms, type KnownNames, orders } from './names.ts';
import { type ColumnType, type EncodedColumn, parquetFile, plainColumn } from './parquet.ts';

/** Documents to read: in memory, or lines of a file. */
export type Piece = Documents | Lines;

interface Reading {
  /** Which rows keep their document: all, those of which the columns may not hold everything, or none. */
  readonly keeps: Keeping;
  /** Whether rows that have much in common are put together; else they stay in the order of their documents. */
  readonly together: boolean;
  /** The number of the first document. */
  readonly first: number;
}

/** JSON objects somewhere in memory. */
export interface Documents extends Reading {
  /** In memory of their own, which goes to a worker while it reads them, and comes back here. */
  bytes: Uint8Array;
  /** Where each document begins and ends in the bytes. */
  readonly places: Uint32Array;
  /**
   * What is known of documents beside what they say: columns with a value for each. Their names begin with an underscore,
   * as no field's column does.
   */
  readonly beside?: readonly { readonly name: string; readonly values: readonly string[] | BigInt64Array }[];
}

/** The lines that begin in a stretch of bytes, of which those that are blank are no documents. */
export interface Lines extends Reading {
  bytes: Bytes;
  from: number;
  to: number;
  /** Maximum number of lines read. */
  readonly most: number;
  /** The stretch is no lines yet, but records in memory: they are converted first, and their lines come back instead. */
  conversion?: Conversion | undefined;
}

export type Keeping = 'all' | 'needed' | 'none';

/** Which columns a typed field has; others have no value in them. */
export interface FilledColumns {
  readonly single: boolean;
  readonly list: boolean;
  /** All values of documents in which some are not in the common form, as texts, or as JSON. */
  readonly rest: boolean;
  /** Whether some of those may be several in one document. */
  readonly restHasLists: boolean;
  /** The texts of values that were tried, of which one does not fit, where mappings make the field. */
  readonly unfit?: boolean;
}

/** The columns that there are in any of several pieces. */
export const filledInAny = (pieces: readonly FilledColumns[]): FilledColumns => ({
  single: pieces.some(({ single }) => single),
  list: pieces.some(({ list }) => list),
  rest: pieces.some(({ rest }) => rest),
  restHasLists: pieces.some(({ restHasLists }) => restHasLists),
});

/** Which columns a dynamic field has, and what stands in those that hold several kinds. */
export interface FilledKinds {
  readonly columns: ReadonlySet<KindPart>;
  readonly mixed: ReadonlySet<Kind>;
  /** Its kinds in `_more`, and whether it has several values of a document there. */
  readonly more: ReadonlySet<Kind>;
  readonly moreHasLists: boolean;
  /** Whether a document has several values in `mixed[]`; undefined where nobody looked. */
  readonly mixedHasLists?: boolean;
}

const unionOf = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> => (b.size === 0 ? a : new Set([...a, ...b]));

/** The columns that a dynamic field has in either of two places. */
export const mergeKinds = (a: FilledKinds, b: FilledKinds): FilledKinds => ({
  columns: unionOf(a.columns, b.columns),
  mixed: unionOf(a.mixed, b.mixed),
  more: unionOf(a.more, b.more),
  moreHasLists: a.moreHasLists || b.moreHasLists,
  ...mixedLists(a, b),
});

/** Whether either has several values in `mixed[]`, where both were looked at. */
function mixedLists(a: FilledKinds, b: FilledKinds): Pick<FilledKinds, 'mixedHasLists'> {
  const looked = [a, b].filter(({ mixed }) => mixed.size > 0);
  if (looked.length === 0 || looked.some(({ mixedHasLists }) => mixedHasLists === undefined)) return {};
  return { mixedHasLists: looked.some(({ mixedHasLists }) => mixedHasLists) };
}

/** The columns of dynamic fields that there are in any of several pieces. */
export function kindsInAny(pieces: readonly ReadonlyMap<string, FilledKinds>[]): Map<string, FilledKinds> {
  const all = new Map<string, FilledKinds>();
  for (const piece of pieces)
    for (const [name, found] of piece) {
      const before = all.get(name);
      all.set(name, before ? mergeKinds(before, found) : found);
    }
  return all;
}

/** Lines that were read: how many, where the first begins, and where the one behind the last would. */
export interface ReadLines {
  readonly count: number;
  readonly begin: number;
  readonly end: number;
}

/** What became of a piece. */
export interface ReadPiece {
  readonly rows: number;
  /** Null where documents were in memory. */
  readonly lines: ReadLines | null;
  /** The documents or lines in which something is wrong or refused, by their places in the piece. */
  readonly unread: Uint32Array;
  /** Those that were read but for a member: the second of two alike in one object, or metadata. */
  readonly duplicates: Uint32Array;
  /** The first of those that were read although they look like wrappers of documents. */
  readonly suspects: Uint32Array;
  /** Whether some row keeps its document, or has it because it may have to be kept. */
  readonly keeps: boolean;
  readonly doubts: boolean;
  /** Whether some document has the index or the id of a hit. */
  readonly hasHitIndex: boolean;
  readonly hasHitId: boolean;
  /** By the place of the field; dynamic fields have no such columns. */
  readonly fields: readonly FilledColumns[];
  /** By name: the dynamic fields that have values, those that were asked for and those that were found. */
  readonly kinds: ReadonlyMap<string, FilledKinds>;
  /** What else was found in records that were converted, and how often. */
  readonly findings?: ReadonlyMap<string, number>;
}

/** The functions of reader/reader.ts, where they are described. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  begin(
    documents: number,
    bytes: number,
    keptBytes: number,
    seed: bigint,
    unknown: number,
    textOrder: number,
    mostColumns: number,
    refusesDuplicates: number,
    takesHits: number,
  ): number;
  linesAt(): number;
  window(bytes: number): number;
  findLines(bytes: number, before: number, most: number, isEnd: number): number;
  foundBytes(): number;
  room(bytes: number): number;
  documentNode(): number;
  nameNode(name: number, length: number): number;
  addField(
    node: number,
    form: number,
    order: number,
    takesObjects: number,
    looksInside: number,
    refusesObjects: number,
    least: number,
    most: number,
    longest: number,
  ): number;
  setWhenNull(field: number, text: number, length: number): void;
  setObject(node: number): void;
  setOpaque(node: number): void;
  setIgnored(node: number): void;
  setUnknown(node: number, unknown: number): void;
  settle(): void;
  read(documents: number, keeping: number, first: number, passesBlank: number): void;
  rowCount(): number;
  unreadDocuments(): number;
  duplicateDocuments(): number;
  suspectDocuments(): number;
  keptCount(): number;
  doubtfulCount(): number;
  columnOf(field: number): number;
  restOf(field: number): number;
  restHasLists(field: number): number;
  dynamicFields(): number;
  kindOf(field: number, kind: number): number;
  mixedOf(field: number): number;
  more(): number;
  hitIndices(): number;
  hitIds(): number;
  singleCount(column: number): number;
  listCount(column: number): number;
  arrange(together: number): number;
  singles(column: number): number;
  lists(column: number): number;
  rowNumbers(): number;
  keptLines(): number;
  doubtfulLines(): number;
}

/** A module that used more is not kept: its memory never shrinks. */
const mostMemory = 512 << 20;

/** Turns documents into columns, one piece after the other. */
export class DocumentReader {
  readonly #module: WebAssembly.Module;
  readonly #seed = randomBytes(8).readBigInt64LE();
  #exports: Exports;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
    this.#exports = instantiate(module);
  }

  /**
   * Reads a piece; gives the parts of a file of Parquet, which are valid until the next piece. There are none where
   * nothing is wanted but what became of the documents.
   */
  read(piece: Piece, names: KnownNames, wantsFile = true): { readonly result: ReadPiece; readonly file: Uint8Array[] } {
    if (this.#exports.memory.buffer.byteLength > mostMemory) this.#exports = instantiate(this.#module);
    const { fields, lines } = 'most' in piece ? this.#readLines(piece, names) : this.#readDocuments(piece, names);
    const wasm = this.#exports;
    const rows = wasm.rowCount();
    const dynamic = this.#dynamicFields();
    const result: ReadPiece = {
      rows,
      lines,
      unread: this.#numbers(wasm.unreadDocuments()),
      duplicates: this.#numbers(wasm.duplicateDocuments()),
      suspects: this.#numbers(wasm.suspectDocuments()),
      keeps: wasm.keptCount() > 0,
      doubts: wasm.doubtfulCount() > 0,
      hasHitIndex: wasm.singleCount(wasm.hitIndices()) > 0,
      hasHitId: wasm.singleCount(wasm.hitIds()) > 0,
      fields: fields.map((field) => {
        const column = wasm.columnOf(field);
        return {
          single: wasm.singleCount(column) > 0,
          list: wasm.listCount(column) > 0,
          rest: wasm.restOf(field) !== 0,
          restHasLists: wasm.restHasLists(field) !== 0,
        };
      }),
      kinds: new Map(dynamic.map(({ name, filled }) => [name, filled])),
    };
    return { result, file: rows === 0 || !wantsFile ? [] : this.#encode(piece, result, names, fields, dynamic) };
  }

  #numbers(at: number): Uint32Array {
    const { buffer } = this.#exports.memory;
    const [numbers, count] = new Uint32Array(buffer, address(at), 2);
    return new Uint32Array(buffer, numbers, count).slice();
  }

  /** The dynamic fields that have values. */
  #dynamicFields(): DynamicField[] {
    const numbers = this.#numbers(this.#exports.dynamicFields());
    const { buffer } = this.#exports.memory;
    // Most fields have the same columns as many others.
    const known = new Map<number, FilledKinds>();
    const fields: DynamicField[] = [];
    for (let at = 0; at < numbers.length; at += 4) {
      const about = numbers[at + 3]!;
      let filled = known.get(about);
      if (!filled) {
        filled = filledKinds(about);
        known.set(about, filled);
      }
      const name = Buffer.from(buffer, numbers[at], numbers[at + 1]).toString();
      fields.push({ name, field: numbers[at + 2]!, filled });
    }
    return fields;
  }

  #begin(documents: number, bytes: number, keptBytes: number, names: KnownNames): number {
    const input = this.#exports.begin(
      documents,
      bytes,
      keptBytes,
      this.#seed,
      names.unknown === 'discover' ? unknowns.discovered : unknowns.skipped,
      orders[names.textOrder ?? 'asTheyCome'],
      Math.min(names.mostColumns ?? Infinity, mostNumber),
      Number(names.duplicates === 'refuse'),
      Number(names.hits),
    );
    return address(input);
  }

  #readDocuments({ bytes, places, keeps, first }: Documents, names: KnownNames): Read {
    const wasm = this.#exports;
    const windows = windowsOf(places);
    const largest = windows.reduce((most, { from, to }) => Math.max(most, to - from), 0);
    const kept = keeps === 'all' ? bytes.length + 4 * places.length : 0;
    const input = this.#begin(places.length / 2, largest, kept, names);
    const fields = handNames(wasm, names);
    for (const { begin, end, from, to } of windows) {
      // Memory moves as it grows.
      const { buffer } = wasm.memory;
      const window = new Uint8Array(buffer, input, to - from);
      window.set(bytes.subarray(from, to));
      const own = new Uint32Array(buffer, address(wasm.linesAt()), end - begin);
      for (let at = begin; at < end; at++) own[at - begin] = places[at]! - from;
      spoilUnreadable(window, own);
      wasm.read((end - begin) / 2, keepings[keeps], first, 0);
    }
    return { fields, lines: null };
  }

  #readLines({ bytes, from, to, most, keeps, first }: Lines, names: KnownNames): Read {
    const wasm = this.#exports;
    let room = windowBytes;
    let input = this.#begin(most, room, keeps === 'all' ? to - from + 4 * most : 0, names);
    const fields = handNames(wasm, names);
    const source = openPlaced(bytes);
    try {
      // A line that begins before is not one of these.
      const begin = from === 0 ? 0 : behindLine(source, from - 1);
      let count = 0;
      let end = begin;
      while (end < to && count < most) {
        // Memory moves as it grows.
        const window = new Uint8Array(wasm.memory.buffer, input, room);
        const held = source.read(window, end);
        const isEnd = held < room;
        let found = wasm.findLines(held, Math.min(held, to - end), most - count, Number(isEnd));
        let used = wasm.foundBytes();
        const places = new Uint32Array(window.buffer, address(wasm.linesAt()), 2 * Math.max(1, found));
        if (found === 0) {
          if (isEnd) break;
          used = behindLine(source, end + held) - end;
          if (used <= longestWindow) {
            room = Math.max(room * 2, used + 1);
            input = address(wasm.window(room));
            continue;
          }
          found = 1;
          places.set([0, held]);
        }
        if (used > longestWindow) window[0] = 0;
        else spoilUnreadable(window.subarray(0, used), places);
        wasm.read(found, keepings[keeps], first, 1);
        count += found;
        end += used;
      }
      return { fields, lines: { count, begin, end } };
    } finally {
      source.close();
    }
  }

  #encode(
    piece: Piece,
    result: ReadPiece,
    names: KnownNames,
    fields: readonly number[],
    dynamic: readonly DynamicField[],
  ): Uint8Array[] {
    const wasm = this.#exports;
    const order = address(wasm.arrange(Number(piece.together)));
    // Memory moves as it grows, so pages are looked at when all are made.
    const made: { readonly column: About; readonly at: number }[] = [];
    const add = (name: string, type: ColumnType, at: number, isList = false): void => {
      made.push({ column: { name, type, isList, isOptional: name !== ownColumns.n }, at });
    };
    const addLists = (name: string, type: ColumnType, column: number): void => {
      if (wasm.listCount(column) > 0) add(name, type, wasm.lists(column), true);
    };
    const addSingles = (name: string, type: ColumnType, column: number): void => {
      if (wasm.singleCount(column) > 0) add(name, type, wasm.singles(column));
    };
    add(ownColumns.n, 'whole', wasm.rowNumbers());
    if (result.keeps) add(ownColumns.kept, 'text', wasm.keptLines());
    if (result.doubts) add(ownColumns.doubtful, 'text', wasm.doubtfulLines());
    addSingles(ownColumns.hitIndex, 'text', wasm.hitIndices());
    addSingles(ownColumns.hitId, 'text', wasm.hitIds());
    addLists(ownColumns.more, 'text', wasm.more());
    fields.forEach((field, i) => {
      const { name, form } = names.fields[i]!;
      if (form === 'dynamic') return;
      const column = wasm.columnOf(field);
      addSingles(columnOf(name, 'single'), typeOf(form), column);
      addLists(columnOf(name, 'list'), typeOf(form), column);
      addLists(columnOf(name, 'rest'), 'text', wasm.restOf(field));
    });
    for (const { name, field, filled } of dynamic)
      for (const part of filled.columns) {
        if (part === 'mixed[]') {
          addLists(columnOf(name, part), 'text', wasm.mixedOf(field));
          continue;
        }
        const kind = part.replace('[]', '') as KindWithColumn;
        const column = wasm.kindOf(field, kinds.indexOf(kind));
        const addValues = part === kind ? addSingles : addLists;
        // Dates are kept as they are written.
        addValues(columnOf(name, part), kind === 'date' ? 'text' : kind, column);
      }
    const { buffer } = wasm.memory;
    const columns = made.map(({ column, at }): EncodedColumn => {
      const [dictionary, dictionaryBytes, entries, data, dataBytes, count] = new Uint32Array(buffer, address(at), 6);
      return {
        ...column,
        dictionary: dictionary ? { bytes: new Uint8Array(buffer, dictionary, dictionaryBytes), count: entries! } : null,
        data: new Uint8Array(buffer, data, dataBytes),
        count: count!,
      };
    });
    if ('beside' in piece && piece.beside) {
      const unread = new Set(result.unread);
      const read = new Uint32Array(result.rows);
      for (let n = 0, row = 0; row < result.rows; n++) if (!unread.has(n)) read[row++] = n;
      const places = new Uint32Array(buffer, order, result.rows).map((row) => read[row]!);
      for (const { name, values } of piece.beside) columns.push(plainColumn(name, values, places));
    }
    return parquetFile(columns, result.rows);
  }
}

/** A dynamic field with values. */
interface DynamicField {
  readonly name: string;
  readonly field: number;
  readonly filled: FilledKinds;
}

/** What reader/dynamic.ts says of the kinds of a field. */
function filledKinds(about: number): FilledKinds {
  const among = (group: number): Kind[] => kinds.filter((_, i) => (about >> (group * kinds.length + i)) & 1);
  const columns = new Set<KindPart>();
  for (const kind of among(0)) if (kind !== 'unsigned') columns.add(kind);
  for (const kind of among(1)) if (kind !== 'unsigned') columns.add(listOf(kind));
  if (among(2).length > 0) columns.add('mixed[]');
  return {
    columns,
    mixed: new Set(among(2)),
    more: new Set(among(3)),
    moreHasLists: ((about >> (4 * kinds.length)) & 1) !== 0,
    ...(among(2).length > 0 && { mixedHasLists: about >> (4 * kinds.length + 1) !== 0 }),
  };
}

interface Read {
  readonly fields: readonly number[];
  readonly lines: ReadLines | null;
}

type About = Pick<EncodedColumn, 'name' | 'type' | 'isList' | 'isOptional'>;

const instantiate = (module: WebAssembly.Module): Exports =>
  new WebAssembly.Instance(module, { env: { abort: trap } }).exports as unknown as Exports;

/** A place in the module's memory, which comes with a sign. */
const address = (place: number): number => place >>> 0;

function trap(): never {
  throw new Error('the document reader failed');
}

/** What the columns of a form, or of a kind, hold. */
function typeOf(form: Exclude<Form, 'dynamic'>): ColumnType {
  return form === 'json' || form === 'address' ? 'text' : form;
}

/** What becomes of members that nobody knows; see reader/names.ts. */
const unknowns = { discovered: 0, skipped: 1, refused: 2 } as const;
const mostNumber = 0xffff_ffff;

const keepings: Readonly<Record<Keeping, number>> = { none: 0, needed: 1, all: 2 };

/** How many bytes are put into the module at a time: what stays near the processor. */
const windowBytes = 1 << 20;

/** The longest document with its line end. */
const longestWindow = longestDocument + 2;

/** Documents that are put in together: numbers among the places, and in the bytes. */
function windowsOf(places: Uint32Array): { begin: number; end: number; from: number; to: number }[] {
  const windows: { begin: number; end: number; from: number; to: number }[] = [];
  for (let begin = 0, end = 0; begin < places.length; begin = end) {
    const from = places[begin]!;
    for (end = begin + 2; end < places.length && places[end + 1]! - from <= windowBytes; ) end += 2;
    windows.push({ begin, end, from, to: places[end - 1]! });
  }
  return windows;
}

/** Rejects oversized and non-UTF-8 documents: none begins with a zero. */
function spoilUnreadable(window: Uint8Array, places: Uint32Array): void {
  const areLong = window.length > longestDocument;
  if (!areLong && isUtf8(window)) return;
  for (let at = 0; at < places.length; at += 2) {
    const [from, to] = [places[at]!, places[at + 1]!];
    if (to - from > longestDocument || !isUtf8(window.subarray(from, to))) window[from] = 0;
  }
}

/** Hands names to the module; gives the fields. */
function handNames(wasm: Exports, names: KnownNames): number[] {
  const { fields, objects, opaque, ignored = [], open, strict = [] } = names;
  const nulls = fields.flatMap(({ whenNull }) => whenNull ?? []);
  const texts = [...fields.map(({ name }) => name), ...objects, ...opaque, ...ignored, ...open, ...strict, ...nulls];
  const encoded = Buffer.from(`${texts.join('.')}.`);
  let at = address(wasm.room(encoded.length));
  new Uint8Array(wasm.memory.buffer).set(encoded, at);
  /** The node of the next name. */
  const next = (name: string): number => {
    const length = Buffer.byteLength(name);
    at += length + 1;
    return wasm.nameNode(at - length - 1, length);
  };
  const nextObject = (name: string): number => {
    if (name !== '') return next(name);
    at += 1;
    return wasm.documentNode();
  };
  const added = fields.map(({ name, form, order, takesObjects, looksInside, refusesObjects, least, most, longest }) =>
    wasm.addField(
      next(name),
      forms[form],
      orders[order],
      Number(takesObjects ?? false),
      Number(looksInside ?? false),
      Number(refusesObjects ?? false),
      least ?? -Infinity,
      most ?? Infinity,
      Math.min(longest ?? Infinity, mostNumber - 1),
    ),
  );
  for (const name of objects) wasm.setObject(nextObject(name));
  for (const name of opaque) wasm.setOpaque(next(name));
  for (const name of ignored) wasm.setIgnored(next(name));
  for (const name of open) wasm.setUnknown(nextObject(name), unknowns.skipped);
  for (const name of strict) wasm.setUnknown(nextObject(name), unknowns.refused);
  fields.forEach(({ whenNull }, i) => {
    if (whenNull === undefined) return;
    const length = Buffer.byteLength(whenNull);
    wasm.setWhenNull(added[i]!, at, length);
    at += length + 1;
  });
  wasm.settle();
  return added;
}
