import { Column, Content, countOf, Entries, isCoded, spread } from './column';
import { Dictionary } from './dictionary';
import { allocate, giveBack, nothing } from './memory';
import { Texts } from './texts';

/*
 * Columns as pages of Parquet (https://parquet.apache.org/docs/file-format/data-pages/encodings/): levels say which rows
 * have a value or several, texts are numbers of a dictionary, other values stand as they are.
 */

/** A column that was encoded; texts have a dictionary page before their data page. */
@unmanaged
export class Pages {
  dictionary: usize;
  dictionaryBytes: u32;
  dictionaryCount: u32;
  data: usize;
  dataBytes: u32;
  /** Values with those that are not there. */
  count: u32;
}

let out: usize = 0;
/** The rows in the order in which they are written. */
let order: usize = 0;
let rows: u32 = 0;

export function writeInOrder(arranged: usize, count: u32): void {
  order = arranged;
  rows = count;
  byRow = allocate(<usize>rows << 2);
  valuesRoom = 0;
  levelsRoom = 0;
}

/** Memory that one column after the other uses: a number for each row, values, and levels. */
let byRow: usize = 0;
let values: usize = 0;
let valuesRoom: usize = 0;
let repetition: usize = 0;
let definition: usize = 0;
let levelsRoom: usize = 0;

function needValues(bytes: usize): void {
  if (bytes <= valuesRoom) return;
  valuesRoom = max(bytes, valuesRoom << 1);
  values = allocate(valuesRoom);
}

function needLevels(entries: usize): void {
  if (entries <= levelsRoom) return;
  levelsRoom = max(entries, levelsRoom << 1);
  repetition = allocate(levelsRoom << 2);
  definition = allocate(levelsRoom << 2);
}

/** What a column has for each row. */
function byRowOf(entries: Entries): usize {
  if (countOf(entries) < rows) memory.fill(byRow, 255, <usize>rows << 2);
  spread(entries, byRow);
  return byRow;
}

/** What a column has for the row that is written at a place. */
@inline
function at(column: usize, place: u32): u32 {
  return load<u32>(column + (<usize>load<u32>(order + (<usize>place << 2)) << 2));
}

/** Begins a column with at most this number of bytes; what it does not use is given back, so nothing is allocated meanwhile. */
function newPages(bytes: usize): Pages {
  const pages = changetype<Pages>(allocate(offsetof<Pages>()));
  pages.dictionary = 0;
  pages.dictionaryBytes = 0;
  pages.dictionaryCount = 0;
  out = allocate(bytes + 256);
  pages.data = out;
  return pages;
}

function finish(pages: Pages, count: u32): Pages {
  pages.count = count;
  pages.dataBytes = <u32>(out - pages.data);
  giveBack(out);
  return pages;
}

function useDictionary(pages: Pages, dictionary: Dictionary): void {
  pages.dictionary = dictionary.heap;
  pages.dictionaryBytes = dictionary.used;
  pages.dictionaryCount = dictionary.count;
}

/** One value a row. */
export function encodeSingles(column: Column): Pages {
  const count = countOf(column);
  const entries = byRowOf(column);
  needValues(<usize>count << 3);
  const pages = newPages((<usize>count << 3) + (rows >> 3));
  presence(entries, count);
  if (isCoded(column)) {
    codesInOrder(entries);
    useDictionary(pages, column.dictionary!);
    codes(values, count, column.dictionary!.count);
  } else {
    wordsInOrder(entries);
    if (column.content == Content.boolean) booleans(values, count);
    else words(values, count);
  }
  return finish(pages, rows);
}

/** Several values a row. */
export function encodeLists(column: Column): Pages {
  const lists = countOf(column.lists);
  const items = column.itemCount - lists;
  const entries = items + rows - lists;
  const starts = byRowOf(column.lists);
  needLevels(entries);
  needValues(<usize>items << 3);
  const isCode = isCoded(column);
  let entry: usize = 0;
  let item: usize = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const list = at(starts, row);
    if (list == nothing) {
      store<u32>(repetition + (entry << 2), 0);
      store<u32>(definition + (entry << 2), 0);
      entry++;
      continue;
    }
    const first = column.items + (<usize>list << 3);
    const count = <u32>load<u64>(first);
    for (let i: u32 = 0; i < count; i++) {
      store<u32>(repetition + (entry << 2), i == 0 ? 0 : 1);
      store<u32>(definition + (entry << 2), 2);
      entry++;
      const value = load<u64>(first + 8 + (<usize>i << 3));
      if (isCode) store<u32>(values + (item << 2), <u32>value);
      else store<u64>(values + (item << 3), value);
      item++;
    }
  }
  const pages = newPages((<usize>items << 3) + entries);
  levels(repetition, entries, 1);
  levels(definition, entries, 2);
  if (isCode) {
    useDictionary(pages, column.dictionary!);
    codes(values, items, column.dictionary!.count);
  } else if (column.content == Content.boolean) booleans(values, items);
  else words(values, items);
  return finish(pages, entries);
}

/** Numbers of 64 bits, one a row. */
export function encodeNumbers(numbers: usize): Pages {
  const pages = newPages(<usize>rows << 3);
  for (let i: u32 = 0; i < rows; i++) {
    const row = load<u32>(order + (<usize>i << 2));
    store<u64>(out, load<u64>(numbers + (<usize>row << 3)));
    out += 8;
  }
  return finish(pages, rows);
}

/** Texts of some rows, without a dictionary. */
export function encodeTexts(texts: Texts): Pages {
  const entries = byRowOf(texts.rows);
  const pages = newPages(<usize>texts.used + (rows >> 3));
  presence(entries, countOf(texts.rows));
  for (let i: u32 = 0; i < rows; i++) {
    const begin = at(entries, i);
    if (begin == nothing) continue;
    const bytes = load<u32>(texts.bytes + begin) + 4;
    memory.copy(out, texts.bytes + begin, bytes);
    out += bytes;
  }
  return finish(pages, rows);
}

/** The numbers of the rows that have one, in the order in which they are written. */
function codesInOrder(entries: usize): void {
  let to = values;
  for (let i: u32 = 0; i < rows; i++) {
    const code = at(entries, i);
    if (code == nothing) continue;
    store<u32>(to, code);
    to += 4;
  }
}

/** The values of the rows that have one, in the order in which they are written. */
function wordsInOrder(entries: usize): void {
  let to = values;
  for (let i: u32 = 0; i < rows; i++) {
    const place = at(entries, i);
    if (place == nothing) continue;
    store<u64>(to, load<u64>(place));
    to += 8;
  }
}

function varint(value: u32): void {
  while (value >= 128) {
    store<u8>(out++, (value & 127) | 128);
    value >>= 7;
  }
  store<u8>(out++, value);
}

/** Whether each row has a value, after the length of that. */
function presence(column: usize, present: u32): void {
  const from = out;
  out += 4;
  if (present == rows || present == 0) {
    varint(rows << 1);
    store<u8>(out++, present == 0 ? 0 : 1);
  } else {
    varint((((rows + 7) >> 3) << 1) | 1);
    for (let row: u32 = 0; row < rows; row += 8) {
      const left = min<u32>(8, rows - row);
      let bits: u32 = 0;
      for (let i: u32 = 0; i < left; i++)
        if (at(column, row + i) != nothing) bits |= 1 << i;
      store<u8>(out++, bits);
    }
  }
  store<u32>(from, <u32>(out - from - 4));
}

function levels(column: usize, count: u32, width: u32): void {
  const from = out;
  out += 4;
  pack(column, count, width);
  store<u32>(from, <u32>(out - from - 4));
}

/** Numbers of a dictionary's entries. */
function codes(column: usize, count: u32, different: u32): void {
  const width = different <= 1 ? 1 : 32 - clz(different - 1);
  store<u8>(out++, width);
  if (count > 0 && different == 1) {
    varint(count << 1);
    store<u8>(out++, 0);
  } else pack(column, count, width);
}

/** Numbers of `width` bits behind one another; the last eight are filled up. */
function pack(column: usize, count: u32, width: u32): void {
  const groups = (count + 7) >> 3;
  varint((groups << 1) | 1);
  const last = out + <usize>groups * width;
  let bits: u64 = 0;
  let used: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    bits |= <u64>load<u32>(column + (<usize>i << 2)) << used;
    used += width;
    while (used >= 8) {
      store<u8>(out++, <u8>bits);
      bits >>= 8;
      used -= 8;
    }
  }
  while (out < last) {
    store<u8>(out++, <u8>bits);
    bits >>= 8;
  }
}

function words(values: usize, count: u32): void {
  memory.copy(out, values, <usize>count << 3);
  out += <usize>count << 3;
}

function booleans(values: usize, count: u32): void {
  let byte: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    if (load<u64>(values + (<usize>i << 3)) != 0) byte |= 1 << (i & 7);
    if ((i & 7) == 7 || i == count - 1) {
      store<u8>(out++, byte);
      byte = 0;
    }
  }
}
