import { Dictionary, lengthAt, newDictionary, textAt } from './dictionary';
import { allocate, compare, enlarged, filled } from './memory';

/*
 * Columns as they are gathered: rows come in ascending order, and only those with a value take memory, so that a column
 * costs what it holds however many rows there are.
 */

/** A row and a number for each entry, or a row and a word of 64 bits; in chunks that never move. */
@unmanaged
export class Entries {
  /** Where the next entry goes, and where the chunk ends. */
  at: usize;
  end: usize;
  /** How many entries the chunks before hold, and where the entries of this one begin. */
  before: u32;
  from: usize;
  first: Chunk | null;
  last: Chunk | null;
  hasWords: bool;
}

@unmanaged
class Chunk {
  next: Chunk | null;
  /** How many entries it has room for. */
  room: u32;
}

const smallestChunk: u32 = 8;
const largestChunk: u32 = 4096;

export function newEntries(): Entries {
  return changetype<Entries>(filled(offsetof<Entries>(), 0));
}

@inline
function bytesOf(entries: Entries): usize {
  return entries.hasWords ? 12 : 8;
}

export function countOf(entries: Entries): u32 {
  return entries.before + <u32>((entries.at - entries.from) / bytesOf(entries));
}

@inline
export function addEntry(entries: Entries, row: u32, value: u32): void {
  if (entries.at == entries.end) addChunk(entries);
  const at = entries.at;
  store<u64>(at, <u64>row | (<u64>value << 32));
  entries.at = at + 8;
}

@inline
function addWord(entries: Entries, row: u32, value: u64): void {
  if (entries.at == entries.end) addChunk(entries);
  const at = entries.at;
  store<u32>(at, row);
  store<u64>(at, value, 4);
  entries.at = at + 12;
}

function addChunk(entries: Entries): void {
  const last = entries.last;
  const room = last ? min(last.room << 1, largestChunk) : smallestChunk;
  const chunk = changetype<Chunk>(allocate(offsetof<Chunk>() + <usize>room * bytesOf(entries)));
  chunk.next = null;
  chunk.room = room;
  if (last) {
    last.next = chunk;
    entries.before += last.room;
  } else entries.first = chunk;
  entries.last = chunk;
  entries.from = changetype<usize>(chunk) + offsetof<Chunk>();
  entries.at = entries.from;
  entries.end = entries.from + <usize>room * bytesOf(entries);
}

/** Writes for each row its number, or where its word stands, into `dense`, which has 32 bits a row. */
export function spread(entries: Entries, dense: usize): void {
  let left = countOf(entries);
  const bytes = bytesOf(entries);
  let chunk = entries.first;
  while (chunk) {
    const count = min(left, chunk.room);
    const from = changetype<usize>(chunk) + offsetof<Chunk>();
    const to = from + <usize>count * bytes;
    if (entries.hasWords)
      for (let at = from; at < to; at += 12) store<u32>(dense + (<usize>load<u32>(at) << 2), <u32>at + 4);
    else for (let at = from; at < to; at += 8) store<u32>(dense + (<usize>load<u32>(at) << 2), load<u32>(at, 4));
    left -= count;
    chunk = chunk.next;
  }
}

/** What the values of a column are; texts and addresses are numbers of a dictionary. */
export const enum Content {
  text,
  /** Texts that are the digits of numbers. */
  address,
  whole,
  decimal,
  boolean,
}

/** What becomes of several values in one document. */
export const enum Order {
  asTheyCome,
  sorted,
  sortedOnce,
}

/** The entries of a column are the rows with one value: a number of the dictionary, or else the value itself. */
@unmanaged
export class Column extends Entries {
  content: Content;
  dictionary: Dictionary | null;
  /** The column that was made before. */
  next: Column | null;
  /** Rows with several values: where they begin in `items`, which holds their count before them. */
  lists: Entries;
  items: usize;
  itemCount: u32;
  itemRoom: u32;
}

const firstRoom: u32 = 16;

/** The column that was made last. */
export let lastColumn: Column | null = null;
export let columnCount: u32 = 0;

export function resetColumns(): void {
  lastColumn = null;
  columnCount = 0;
}

export function newColumn(content: Content): Column {
  const column = changetype<Column>(filled(offsetof<Column>(), 0));
  column.content = content;
  column.hasWords = content > Content.address;
  column.lists = newEntries();
  column.next = lastColumn;
  lastColumn = column;
  columnCount++;
  return column;
}

@inline
export function isCoded(column: Column): bool {
  return !column.hasWords;
}

@inline
export function dictionaryOf(column: Column): Dictionary {
  return column.dictionary || addDictionary(column);
}

function addDictionary(column: Column): Dictionary {
  const dictionary = newDictionary();
  column.dictionary = dictionary;
  return dictionary;
}

@inline
export function writeSingle(column: Column, row: u32, bits: u64): void {
  if (column.hasWords) addWord(column, row, bits);
  else addEntry(column, row, <u32>bits);
}

export function writeList(column: Column, row: u32, values: usize, count: u32): void {
  const needed = column.itemCount + count + 1;
  if (needed > column.itemRoom) {
    column.itemRoom = max(max(firstRoom, column.itemRoom << 1), needed);
    column.items = enlarged(column.items, <usize>column.itemCount << 3, <usize>column.itemRoom << 3);
  }
  const at = column.items + (<usize>column.itemCount << 3);
  store<u64>(at, count);
  memory.copy(at + 8, values, <usize>count << 3);
  addEntry(column.lists, row, column.itemCount);
  column.itemCount = needed;
}

/** Writes values as a row: one as a single value, several as a list. */
export function writeValues(column: Column, row: u32, values: usize, count: u32, order: Order): void {
  const left = order == Order.asTheyCome ? count : arrange(column, values, count, order == Order.sortedOnce);
  if (left == 1) writeSingle(column, row, load<u64>(values));
  else writeList(column, row, values, left);
}

/** Sorts values, and leaves out repeated ones where each counts once; gives how many stay. */
function arrange(column: Column, values: usize, count: u32, isOnce: bool): u32 {
  let gap: u32 = 1;
  while (gap < count / 3) gap = gap * 3 + 1;
  for (; gap > 0; gap /= 3)
    for (let i = gap; i < count; i++) {
      const value = load<u64>(values + (<usize>i << 3));
      let j = i;
      while (j >= gap && compareValues(column, load<u64>(values + (<usize>(j - gap) << 3)), value) > 0) {
        store<u64>(values + (<usize>j << 3), load<u64>(values + (<usize>(j - gap) << 3)));
        j -= gap;
      }
      store<u64>(values + (<usize>j << 3), value);
    }
  if (!isOnce) return count;
  let kept: u32 = 1;
  for (let i: u32 = 1; i < count; i++) {
    const value = load<u64>(values + (<usize>i << 3));
    if (compareValues(column, load<u64>(values + (<usize>(kept - 1) << 3)), value) == 0) continue;
    store<u64>(values + (<usize>kept << 3), value);
    kept++;
  }
  return kept;
}

function compareValues(column: Column, a: u64, b: u64): i32 {
  if (a == b) return 0;
  if (column.content == Content.decimal) {
    const x = reinterpret<f64>(a);
    const y = reinterpret<f64>(b);
    return x < y ? -1 : x > y ? 1 : 0;
  }
  if (!isCoded(column)) return <i64>a < <i64>b ? -1 : 1;
  const dictionary = column.dictionary!;
  const x = <u32>a;
  const y = <u32>b;
  // Addresses are written as numbers without leading zeros.
  if (column.content == Content.address && lengthAt(dictionary, x) != lengthAt(dictionary, y))
    return lengthAt(dictionary, x) < lengthAt(dictionary, y) ? -1 : 1;
  return compare(textAt(dictionary, x), lengthAt(dictionary, x), textAt(dictionary, y), lengthAt(dictionary, y));
}
