import { isUtf8 } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { type Bytes, behindLine, openPlaced } from './bytes.ts';
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
  /** What is known of documents beside what they say: columns with a value for each. */
  readonly beside?: readonly { readonly name: string; readonly values: readonly string[] | BigInt64Array }[];
}

/** The lines that begin in a stretch of bytes, of which those that are blank are no documents. */
export interface Lines extends Reading {
  bytes: Bytes;
  from: number;
  readonly to: number;
  /** No more than so many are read. */
  readonly most: number;
}

export type Keeping = 'all' | 'needed' | 'none';

/** Which columns a field has; others have no value in them. */
export interface FilledColumns {
  readonly single: boolean;
  readonly list: boolean;
  /** Values that are not in the common form, as JSON. */
  readonly rest: boolean;
  /** Whether some of those may be several in one document. */
  readonly restHasLists: boolean;
}

/** The columns that there are in any of several pieces. */
export const filledInAny = (pieces: readonly FilledColumns[]): FilledColumns => ({
  single: pieces.some(({ single }) => single),
  list: pieces.some(({ list }) => list),
  rest: pieces.some(({ rest }) => rest),
  restHasLists: pieces.some(({ restHasLists }) => restHasLists),
});

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
  /** The documents or lines in which something is unknown or wrong, by their places in the piece. */
  readonly unread: Uint32Array;
  /** Whether some row keeps its document, or has it because it may have to be kept. */
  readonly keeps: boolean;
  readonly doubts: boolean;
  /** By the place of the field. */
  readonly fields: readonly FilledColumns[];
}

/** The columns of a file: `n` is a document's number, `kept` and `doubtful` its text where that is kept or may be. */
export const columnNames = {
  n: 'n',
  kept: 'kept',
  doubtful: 'doubtful',
  single: (field: number): string => `single ${field}`,
  list: (field: number): string => `list ${field}`,
  rest: (field: number): string => `rest ${field}`,
};

/** The functions of reader/reader.ts, where they are described. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  begin(documents: number, bytes: number, keptBytes: number, seed: bigint): number;
  linesAt(): number;
  window(bytes: number): number;
  findLines(bytes: number, before: number, most: number, isEnd: number): number;
  foundBytes(): number;
  room(bytes: number): number;
  addField(form: number, order: number, objects: number, least: number, most: number, longest: number): number;
  addNode(field: number, isObject: number, isOpaque: number, isIgnored: number, takesUnknown: number): number;
  addEdge(node: number, key: number, length: number, child: number): void;
  read(documents: number, root: number, keeping: number, first: number, passesBlank: number): void;
  rowCount(): number;
  unreadAt(): number;
  unreadDocuments(): number;
  keptDocuments(): number;
  doubtfulDocuments(): number;
  singlesOf(field: number): number;
  listsOf(field: number): number;
  restOf(field: number): number;
  restHasLists(field: number): number;
  arrange(together: number): number;
  singles(field: number): number;
  lists(field: number): number;
  rest(field: number): number;
  rowNumbers(): number;
  keptLines(): number;
  doubtfulLines(): number;
}

/** Longer documents are not read: the columns of one must fit into the 4 GB of a module, several times over. */
export const longestDocument = 256 << 20;
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

  /** Reads a piece; gives the parts of a file of Parquet, which are valid until the next piece. */
  read(piece: Piece, names: KnownNames): { readonly result: ReadPiece; readonly file: Uint8Array[] } {
    if (this.#exports.memory.buffer.byteLength > mostMemory) this.#exports = instantiate(this.#module);
    const { fields, lines } = 'most' in piece ? this.#readLines(piece, names) : this.#readDocuments(piece, names);
    const wasm = this.#exports;
    const rows = wasm.rowCount();
    const result: ReadPiece = {
      rows,
      lines,
      unread: new Uint32Array(wasm.memory.buffer, wasm.unreadAt(), wasm.unreadDocuments()).slice(),
      keeps: wasm.keptDocuments() > 0,
      doubts: wasm.doubtfulDocuments() > 0,
      fields: fields.map((field) => ({
        single: wasm.singlesOf(field) > 0,
        list: wasm.listsOf(field) > 0,
        rest: wasm.restOf(field) > 0,
        restHasLists: wasm.restHasLists(field) !== 0,
      })),
    };
    return { result, file: rows === 0 ? [] : this.#encode(piece, result, names, fields) };
  }

  #readDocuments({ bytes, places, keeps, first }: Documents, names: KnownNames): Read {
    const wasm = this.#exports;
    const windows = windowsOf(places);
    const largest = windows.reduce((most, { from, to }) => Math.max(most, to - from), 0);
    const kept = keeps === 'all' ? bytes.length + 4 * places.length : 0;
    const input = wasm.begin(places.length / 2, largest, kept, this.#seed);
    const { fields, root } = new Trie(wasm).build(names);
    for (const { begin, end, from, to } of windows) {
      // Memory moves as it grows.
      const { buffer } = wasm.memory;
      const window = new Uint8Array(buffer, input, to - from);
      window.set(bytes.subarray(from, to));
      const own = new Uint32Array(buffer, wasm.linesAt(), end - begin);
      for (let at = begin; at < end; at++) own[at - begin] = places[at]! - from;
      spoilUnreadable(window, own);
      wasm.read((end - begin) / 2, root, keepings[keeps], first, 0);
    }
    return { fields, lines: null };
  }

  #readLines({ bytes, from, to, most, keeps, first }: Lines, names: KnownNames): Read {
    const wasm = this.#exports;
    let room = windowBytes;
    let input = wasm.begin(most, room, keeps === 'all' ? to - from + 4 * most : 0, this.#seed);
    const { fields, root } = new Trie(wasm).build(names);
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
        const places = new Uint32Array(window.buffer, wasm.linesAt(), 2 * Math.max(1, found));
        if (found === 0) {
          if (isEnd) break;
          if (room < longestWindow) {
            room = Math.min(room * 2, longestWindow);
            input = wasm.window(room);
            continue;
          }
          used = behindLine(source, end + held) - end;
          found = 1;
          places.set([0, held]);
        }
        spoilUnreadable(window.subarray(0, Math.min(used, held)), places);
        wasm.read(found, root, keepings[keeps], first, 1);
        count += found;
        end += used;
      }
      return { fields, lines: { count, begin, end } };
    } finally {
      source.close();
    }
  }

  #encode(piece: Piece, result: ReadPiece, names: KnownNames, fields: readonly number[]): Uint8Array[] {
    const wasm = this.#exports;
    const order = wasm.arrange(Number(piece.together));
    // Memory moves as it grows, so pages are looked at when all are made.
    const made: { readonly column: About; readonly at: number }[] = [];
    const add = (name: string, type: ColumnType, at: number, isList = false): void => {
      made.push({ column: { name, type, isList, isOptional: name !== columnNames.n }, at });
    };
    add(columnNames.n, 'whole', wasm.rowNumbers());
    if (result.keeps) add(columnNames.kept, 'text', wasm.keptLines());
    if (result.doubts) add(columnNames.doubtful, 'text', wasm.doubtfulLines());
    fields.forEach((field, i) => {
      const type = typeOf(names.fields[i]!.form);
      const filled = result.fields[i]!;
      if (filled.single) add(columnNames.single(i), type, wasm.singles(field));
      if (filled.list) add(columnNames.list(i), type, wasm.lists(field), true);
      if (filled.rest) add(columnNames.rest(i), 'text', wasm.rest(field));
    });
    const { buffer } = wasm.memory;
    const columns = made.map(({ column, at }): EncodedColumn => {
      const [dictionary, dictionaryBytes, entries, data, dataBytes, count] = new Uint32Array(buffer, at, 6);
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

interface Read {
  readonly fields: readonly number[];
  readonly lines: ReadLines | null;
}

type About = Pick<EncodedColumn, 'name' | 'type' | 'isList' | 'isOptional'>;

const instantiate = (module: WebAssembly.Module): Exports =>
  new WebAssembly.Instance(module, { env: { abort: trap } }).exports as unknown as Exports;

function trap(): never {
  throw new Error('the document reader failed');
}

const typeOf = (form: Form): ColumnType => (form === 'any' || form === 'address' ? 'text' : form);

const keepings: Readonly<Record<Keeping, number>> = { none: 0, needed: 1, all: 2 };

/** So much is put into the module at a time: what stays near the processor. */
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

/** Sees to it that nothing is read that is too long or no UTF-8: no document begins with nought. */
function spoilUnreadable(window: Uint8Array, places: Uint32Array): void {
  const areLong = window.length > longestDocument;
  if (!areLong && isUtf8(window)) return;
  for (let at = 0; at < places.length; at += 2) {
    const [from, to] = [places[at]!, places[at + 1]!];
    if (to - from > longestDocument || !isUtf8(window.subarray(from, to))) window[from] = 0;
  }
}

interface Branch {
  readonly children: Map<string, Branch>;
  field: number;
  isObject: boolean;
  isOpaque: boolean;
  isIgnored: boolean;
  isOpen: boolean;
}

const branch = (): Branch => ({
  children: new Map(),
  field: 0,
  isObject: false,
  isOpaque: false,
  isIgnored: false,
  isOpen: false,
});

/** Hands names to the module, part by part. */
class Trie {
  constructor(private readonly wasm: Exports) {}

  build(names: KnownNames): { readonly fields: readonly number[]; readonly root: number } {
    const root = branch();
    root.isObject = true;
    const at = (name: string): Branch => {
      let node = root;
      for (const part of name === '' ? [] : name.split('.')) {
        node.isObject = true;
        let child = node.children.get(part);
        if (!child) {
          child = branch();
          node.children.set(part, child);
        }
        node = child;
      }
      return node;
    };
    const fields = names.fields.map(({ name, form, order, takesObjects, least, most, longest }) => {
      const field = this.wasm.addField(
        forms[form],
        orders[order],
        Number(takesObjects ?? false),
        least ?? -Infinity,
        most ?? Infinity,
        longest ?? 0xffff_fffe,
      );
      at(name).field = field;
      return field;
    });
    for (const name of names.objects) at(name).isObject = true;
    for (const name of names.opaque) at(name).isOpaque = true;
    for (const name of names.ignored ?? []) at(name).isIgnored = true;
    for (const name of names.open) {
      const node = at(name);
      node.isObject = true;
      node.isOpen = true;
    }
    return { fields, root: this.#add(root) };
  }

  #add({ field, isObject, isOpaque, isIgnored, isOpen, children }: Branch): number {
    const flags = [isObject, isOpaque, isIgnored, isOpen].map(Number) as [number, number, number, number];
    const node = this.wasm.addNode(field, ...flags);
    for (const [key, child] of children) {
      const below = this.#add(child);
      const bytes = Buffer.from(key);
      const at = this.wasm.room(bytes.length);
      new Uint8Array(this.wasm.memory.buffer).set(bytes, at);
      this.wasm.addEdge(node, at, bytes.length, below);
    }
    return node;
  }
}
