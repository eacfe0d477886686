import { Column, Content, countOf, dictionaryOf, newColumn, Order, writeList, writeValues } from './column';
import { codeOf } from './dictionary';
import { addValue, Field, Form, newField, touch, Value } from './field';
import { allocate, filled, Numbers, addNumber, newNumbers, nothing } from './memory';
import { scratchOf } from './scratch';

/*
 * Fields of which nothing is known: their values are kept by kind, so that what is written can be had back. A document
 * fills the column of a kind where all values are of that kind and canonical, that is, their text follows from the value;
 * or else `mixed`, where each value is a text behind the letter of its kind. Fields beyond a number have no columns of
 * their own but stand in `_more`, each value behind the name of its field.
 */

export const enum Kind {
  boolean,
  /** Fits into 64 bits with a sign. */
  whole,
  /** Fits into 64 bits without one. */
  unsigned,
  decimal,
  /** A text that is a date. */
  date,
  text,
}
const kinds: u32 = 6;

/** A value of a dynamic field; `bits` of a text is its number in the dictionary where that is known, or `nothing`. */
@unmanaged
class Written extends Value {
  /** The value as written; a text without its escapes. */
  from: usize;
  length: u32;
  kind: Kind;
  /** Whether a text stands in the document as it is. */
  isPlain: bool;
}

const enum Place {
  undecided,
  columns,
  more,
}

/** What a dynamic field has beside what every field has. */
@unmanaged
export class Dynamic {
  /** The name, behind which a dot stands. */
  name: usize;
  nameLength: u32;
  place: Place;
  /** The kinds of the values of the document that is being read. */
  kinds: u32;
  /** The kind of the text that was read last. */
  lastKind: Kind;
  /** The columns by kind; null without values. */
  columns: usize;
  mixed: Column | null;
  mixedKinds: u32;
  moreKinds: u32;
  moreHasLists: bool;
  mixedHasLists: bool;
}

/** Longer names, in bytes, are not made names of columns unless they are asked for. */
const longestColumn: u32 = 65_536;

/** All dynamic fields. */
let fields: Numbers = changetype<Numbers>(0);
/** How many fields that nobody asked for may have columns, how many have, and how their lists of texts are ordered. */
let mostColumns: u32 = 0;
let newColumns: u32 = 0;
let textOrder: Order = Order.asTheyCome;
/** What the document has in `_more`, as numbers of a dictionary. */
let more: Column = changetype<Column>(0);
let moreFirst: Value | null = null;
let moreLast: Value | null = null;
let moreCount: u32 = 0;
/** Where texts are put together. */
let buffer: usize = 0;
let bufferRoom: usize = 0;

export function resetDynamic(most: u32, order: Order): void {
  fields = newNumbers();
  mostColumns = most;
  newColumns = 0;
  textOrder = order;
  more = newColumn(Content.text);
  moreFirst = null;
  moreCount = 0;
  buffer = 0;
  bufferRoom = 0;
}

/** Makes a field dynamic. One that was asked for always has columns. */
export function makeDynamic(field: Field, name: usize, nameLength: u32, isWanted: bool): void {
  const dynamic = changetype<Dynamic>(filled(offsetof<Dynamic>(), 0));
  dynamic.name = name;
  dynamic.nameLength = nameLength;
  dynamic.place = isWanted ? Place.columns : Place.undecided;
  dynamic.columns = filled(kinds * sizeof<usize>(), 0);
  field.dynamic = dynamic;
  addNumber(fields, <u32>changetype<usize>(field));
}

/** A field that nobody asked for. */
export function discoverField(name: usize, nameLength: u32): Field {
  const field = newField(Form.dynamic, textOrder, false, false, 0, 0, 0);
  makeDynamic(field, name, nameLength, false);
  return field;
}

/** A value of the document; `isCanonical` is whether its text follows from `bits`, or from the text itself. */
@inline
export function addWritten(
  field: Field,
  kind: Kind,
  isCanonical: bool,
  bits: u64,
  from: usize,
  length: u32,
  isPlain: bool = false,
): void {
  const dynamic = field.dynamic!;
  if (!field.isTouched) {
    touch(field);
    dynamic.kinds = 0;
  }
  if (!isCanonical) field.isCommon = false;
  dynamic.kinds |= 1 << kind;
  const value = changetype<Written>(scratchOf(offsetof<Written>()));
  value.bits = bits;
  value.from = from;
  value.length = length;
  value.kind = kind;
  value.isPlain = isPlain;
  addValue(field, value, field.count == 0);
}

/** Writes what a document has of a field. */
export function writeDynamic(field: Field, row: u32): void {
  const dynamic = field.dynamic!;
  if (dynamic.place == Place.undecided) {
    const hasColumns = newColumns < mostColumns && dynamic.nameLength <= longestColumn;
    if (hasColumns) newColumns++;
    dynamic.place = hasColumns ? Place.columns : Place.more;
  }
  if (dynamic.place == Place.more) {
    writeMore(field, dynamic);
    return;
  }
  const kind = <Kind>ctz(dynamic.kinds);
  if (field.isCommon && dynamic.kinds == 1 << kind && kind != Kind.unsigned) writeKind(field, dynamic, kind, row);
  else writeMixed(field, dynamic, row);
}

export function columnOfKind(dynamic: Dynamic, kind: Kind): Column | null {
  return changetype<Column | null>(load<usize>(dynamic.columns + <usize>kind * sizeof<usize>()));
}

function writeKind(field: Field, dynamic: Dynamic, kind: Kind, row: u32): void {
  let column = columnOfKind(dynamic, kind);
  if (!column) {
    column = newColumn(contentOf(kind));
    store<usize>(dynamic.columns + <usize>kind * sizeof<usize>(), changetype<usize>(column));
  }
  const count = field.count;
  const values = scratchOf(<usize>count << 3);
  let at = values;
  let value = changetype<Written | null>(field.others);
  while (value) {
    store<u64>(at, kind < Kind.date || value.bits != nothing ? value.bits : codeOfText(field, column, value));
    at += 8;
    value = changetype<Written | null>(value.next);
  }
  const order = kind == Kind.text ? field.order : kind == Kind.date ? Order.asTheyCome : Order.sorted;
  writeValues(column, row, values, count, count == 1 ? Order.asTheyCome : order);
}

function codeOfText(field: Field, column: Column, value: Written): u32 {
  const dictionary = dictionaryOf(column);
  const code = codeOf(dictionary, value.from, value.length);
  if (value.isPlain) {
    field.lastLength = value.length;
    field.lastCode = code;
    field.lastDictionary = dictionary;
    field.dynamic!.lastKind = value.kind;
  }
  return code;
}

function contentOf(kind: Kind): Content {
  return kind == Kind.boolean
    ? Content.boolean
    : kind == Kind.whole
      ? Content.whole
      : kind == Kind.decimal
        ? Content.decimal
        : Content.text;
}

function writeMixed(field: Field, dynamic: Dynamic, row: u32): void {
  let column = dynamic.mixed;
  if (!column) {
    column = newColumn(Content.text);
    dynamic.mixed = column;
  }
  dynamic.mixedKinds |= dynamic.kinds;
  if (field.count > 1) dynamic.mixedHasLists = true;
  const values = scratchOf(<usize>field.count << 3);
  let at = values;
  let value = changetype<Written | null>(field.others);
  while (value) {
    const end = writeTagged(bufferOf(<usize>value.length + 17), value);
    store<u64>(at, codeOf(dictionaryOf(column), buffer, <u32>(end - buffer)));
    at += 8;
    value = changetype<Written | null>(value.next);
  }
  writeList(column, row, values, field.count);
}

/** The letters of the kinds, in their order. */
const tags: StaticArray<u8> = [98, 105, 117, 100, 116, 115];

/** Writes a value behind the letter of its kind; gives where it ends. */
function writeTagged(to: usize, value: Written): usize {
  store<u8>(to, unchecked(tags[value.kind]));
  memory.copy(to + 1, value.from, value.length);
  return to + 1 + value.length;
}

function bufferOf(bytes: usize): usize {
  if (bytes > bufferRoom) {
    bufferRoom = max(bytes, bufferRoom << 1);
    buffer = allocate(bufferRoom);
  }
  return buffer;
}

/** Puts the values of a field among those of the document that stand in `_more`. */
function writeMore(field: Field, dynamic: Dynamic): void {
  dynamic.moreKinds |= dynamic.kinds;
  if (field.count > 1) dynamic.moreHasLists = true;
  let value = changetype<Written | null>(field.others);
  while (value) {
    const from = bufferOf(<usize>dynamic.nameLength * 3 + value.length + 18);
    const behind = writeName(from, dynamic);
    store<u8>(behind, 0);
    const end = writeTagged(behind + 1, value);
    const entry = changetype<Value>(scratchOf(offsetof<Value>()));
    entry.bits = codeOf(dictionaryOf(more), from, <u32>(end - from));
    entry.next = null;
    if (moreCount++ == 0) moreFirst = entry;
    else moreLast!.next = entry;
    moreLast = entry;
    value = changetype<Written | null>(value.next);
  }
}

/** Writes a name so that no zero stands in it: as `^00`, and `^` as `^^`; gives where it ends. */
function writeName(to: usize, dynamic: Dynamic): usize {
  for (let i: u32 = 0; i < dynamic.nameLength; i++) {
    const c = load<u8>(dynamic.name + i);
    if (c == 0) {
      store<u8>(to, 94);
      store<u8>(to, 48, 1);
      store<u8>(to, 48, 2);
      to += 3;
      continue;
    }
    if (c == 94) store<u8>(to++, 94);
    store<u8>(to++, c);
  }
  return to;
}

/** Ends a row: writes what the document has in `_more`. */
export function endMore(row: u32): void {
  if (moreCount == 0) return;
  const values = scratchOf(<usize>moreCount << 3);
  let at = values;
  let entry = moreFirst;
  while (entry) {
    store<u64>(at, entry.bits);
    at += 8;
    entry = entry.next;
  }
  writeList(more, row, values, moreCount);
  moreFirst = null;
  moreCount = 0;
}

export function moreColumn(): Column {
  return more;
}

/**
 * Four numbers for each dynamic field with values: where its name stands, how long that is, the field, and its kinds, six
 * bits each: those with single values, with lists, in `mixed` and in `_more`, and then whether a document has several in
 * `_more`, and in `mixed`.
 */
export function describeDynamic(): Numbers {
  const found = newNumbers();
  for (let i: u32 = 0; i < fields.count; i++) {
    const field = load<u32>(fields.at + (<usize>i << 2));
    const dynamic = changetype<Field>(<usize>field).dynamic!;
    let about = (dynamic.mixedKinds << (2 * kinds)) | (dynamic.moreKinds << (3 * kinds));
    for (let kind: u32 = 0; kind < kinds; kind++) {
      const column = columnOfKind(dynamic, kind);
      if (!column) continue;
      if (countOf(column) > 0) about |= 1 << kind;
      if (countOf(column.lists) > 0) about |= 1 << (kinds + kind);
    }
    if (about == 0) continue;
    addNumber(found, <u32>dynamic.name);
    addNumber(found, dynamic.nameLength);
    addNumber(found, field);
    addNumber(found, about | (<u32>dynamic.moreHasLists << (4 * kinds)) | (<u32>dynamic.mixedHasLists << (4 * kinds + 1)));
  }
  return found;
}
