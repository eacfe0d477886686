import { Dictionary } from './dictionary';
import { Field, Form, isCoded } from './field';
import { allocate, nothing } from './memory';
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
  return pages;
}

function useDictionary(pages: Pages, dictionary: Dictionary): void {
  pages.dictionary = dictionary.heap;
  pages.dictionaryBytes = dictionary.used;
  pages.dictionaryCount = dictionary.count;
}

/** One value a row. */
export function encodeSingles(field: Field, rows: u32): Pages {
  const pages = newPages((<usize>rows << 3) + (rows >> 3));
  presence(field.singles, rows, field.singleCount);
  if (isCoded(field)) {
    useDictionary(pages, field.dictionary!);
    codes(field.singles, rows, field.singleCount, field.dictionary!.count);
  } else if (field.form == Form.boolean) booleans(field.values, field.valueCount);
  else words(field.values, field.valueCount);
  return finish(pages, rows);
}

/** What is not in the common form, as JSON. */
export function encodeRest(field: Field, rows: u32): Pages {
  const pages = newPages((<usize>rows << 2) + (rows >> 3));
  presence(field.rest, rows, field.restCount);
  useDictionary(pages, field.restDictionary!);
  codes(field.rest, rows, field.restCount, field.restDictionary!.count);
  return finish(pages, rows);
}

/** Several values a row. */
export function encodeLists(field: Field, rows: u32): Pages {
  const items = field.itemCount - field.listCount;
  const entries = items + rows - field.listCount;
  const repetition = allocate(<usize>entries << 2);
  const definition = allocate(<usize>entries << 2);
  const values = allocate(<usize>items << 3);
  let entry: usize = 0;
  let item: usize = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const list = load<u32>(field.lists + (<usize>row << 2));
    if (list == nothing) {
      store<u32>(repetition + (entry << 2), 0);
      store<u32>(definition + (entry << 2), 0);
      entry++;
      continue;
    }
    const at = field.items + (<usize>list << 3);
    const count = <u32>load<u64>(at);
    for (let i: u32 = 0; i < count; i++) {
      store<u32>(repetition + (entry << 2), i == 0 ? 0 : 1);
      store<u32>(definition + (entry << 2), 2);
      entry++;
      const value = load<u64>(at + 8 + (<usize>i << 3));
      if (isCoded(field)) store<u32>(values + (item << 2), <u32>value);
      else store<u64>(values + (item << 3), value);
      item++;
    }
  }
  const pages = newPages((<usize>items << 3) + entries);
  levels(repetition, entries, 1);
  levels(definition, entries, 2);
  if (isCoded(field)) {
    useDictionary(pages, field.dictionary!);
    codes(values, items, items, field.dictionary!.count);
  } else if (field.form == Form.boolean) booleans(values, items);
  else words(values, items);
  return finish(pages, entries);
}

/** Numbers of 64 bits, one a row. */
export function encodeNumbers(numbers: usize, rows: u32): Pages {
  const pages = newPages(<usize>rows << 3);
  words(numbers, rows);
  return finish(pages, rows);
}

/** Texts of some rows, without a dictionary. */
export function encodeTexts(texts: Texts, rows: u32): Pages {
  const pages = newPages(<usize>texts.used + (rows >> 3));
  presence(texts.rows, rows, texts.count);
  memory.copy(out, texts.bytes, texts.used);
  out += texts.used;
  return finish(pages, rows);
}

function varint(value: u32): void {
  while (value >= 128) {
    store<u8>(out++, (value & 127) | 128);
    value >>= 7;
  }
  store<u8>(out++, value);
}

/** Whether each row has a value, after the length of that. */
function presence(column: usize, rows: u32, present: u32): void {
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
        if (load<u32>(column + (<usize>(row + i) << 2)) != nothing) bits |= 1 << i;
      store<u8>(out++, bits);
    }
  }
  store<u32>(from, <u32>(out - from - 4));
}

function levels(column: usize, count: u32, width: u32): void {
  const from = out;
  out += 4;
  pack(column, count, count, width);
  store<u32>(from, <u32>(out - from - 4));
}

/** Numbers of a dictionary's entries, of those rows that have one. */
function codes(column: usize, rows: u32, present: u32, different: u32): void {
  const width = different <= 1 ? 1 : 32 - clz(different - 1);
  store<u8>(out++, width);
  if (present > 0 && different == 1) {
    varint(present << 1);
    store<u8>(out++, 0);
  } else pack(column, rows, present, width);
}

/** Numbers of `width` bits behind one another, of those rows that have one; the last eight are filled up. */
function pack(column: usize, rows: u32, present: u32, width: u32): void {
  const groups = (present + 7) >> 3;
  varint((groups << 1) | 1);
  const last = out + <usize>groups * width;
  let bits: u64 = 0;
  let used: u32 = 0;
  for (let row: u32 = 0; row < rows; row++) {
    const value = load<u32>(column + (<usize>row << 2));
    if (value == nothing) continue;
    bits |= <u64>value << used;
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
