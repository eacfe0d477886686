import { Column, countOf, Order, resetColumns } from './column';
import { columnOfKind, describeDynamic, Kind, makeDynamic, moreColumn, resetDynamic } from './dynamic';
import { encodeLists, encodeNumbers, encodeSingles, encodeTexts, Pages, writeInOrder } from './encode';
import { Field, Form, newField, resetTouched } from './field';
import { idColumn, indexColumn, resetHits } from './hits';
import { addNumber, allocate, newNumbers, Numbers, reset, setSeed } from './memory';
import { addName, Node, resetNames, rootNode, settleNames, Unknown } from './names';
import { rowsAsTheyCame, rowsTogether } from './order';
import {
  documentFrom,
  documentTo,
  hasUnreadMembers,
  maybeWrapper,
  mayHaveToBeKept,
  mustBeKept,
  readDocument,
  resetReading,
} from './read';
import { resetScratch } from './scratch';
import { addText, newTexts, Texts } from './texts';
import { forgetAddress } from './values';

/*
 * JSON documents to columns of Parquet. For each piece: `begin`, names and what is known of them, `settle`, `read` as
 * often as it takes, with some documents each time so that they stay near the processor, and then the columns one by one.
 * What is given stays until the next `begin`.
 */

/** Where documents are put, some at a time. */
let input: usize = 0;
/** Where each of those begins and ends in the input. */
let lines: usize = 0;
let documents: u32 = 0;
let rows: u32 = 0;
/** The number of the document of each row. */
let numbers: usize = 0;
/** Documents that are kept, and those that may have to be, as the engine finds out. */
let kept: Texts = changetype<Texts>(0);
let doubtful: Texts = changetype<Texts>(0);
/** The documents that were not read, those in which a member was not, and those that look like wrappers. */
let unread: Numbers = changetype<Numbers>(0);
let duplicates: Numbers = changetype<Numbers>(0);
let suspects: Numbers = changetype<Numbers>(0);
const mostSuspects: u32 = 50;

/**
 * Makes room for a number of documents, of which some bytes are put in at a time, and some will be kept. `unknown` is what
 * becomes of members that nobody knows: `mostColumns` of them have columns, and `textOrder` is the order of their texts.
 */
export function begin(
  count: u32,
  bytes: u32,
  keptBytes: u32,
  seed: u64,
  unknown: Unknown,
  textOrder: Order,
  mostColumns: u32,
  refusesDuplicates: bool,
  takesHits: bool,
): usize {
  reset();
  setSeed(seed);
  resetNames(unknown, refusesDuplicates, takesHits);
  resetScratch();
  resetColumns();
  resetTouched();
  resetDynamic(mostColumns, textOrder);
  resetHits();
  resetReading(refusesDuplicates);
  forgetAddress();
  input = allocate(<usize>bytes + 64);
  lines = allocate(<usize>count << 3);
  numbers = allocate(<usize>count << 3);
  unread = newNumbers();
  duplicates = newNumbers();
  suspects = newNumbers();
  kept = newTexts(keptBytes);
  doubtful = newTexts(0);
  documents = 0;
  rows = 0;
  return input;
}

/** Where the beginning and the end of each document go, as two numbers of 32 bits within the input. */
export function linesAt(): usize {
  return lines;
}

/** Where lines are put that are longer than what there was room for. */
export function window(bytes: u32): usize {
  input = allocate(<usize>bytes + 64);
  return input;
}

/** Where the lines end that were found last. */
let found: u32 = 0;

/**
 * Finds lines in the bytes that were put in: those that begin before a place, and no more than `most`; gives how many. What
 * has no line end is a line only where everything ends.
 */
export function findLines(bytes: u32, before: u32, most: u32, isEnd: bool): u32 {
  const to = input + bytes;
  let from = input;
  let count: u32 = 0;
  while (count < most && from < input + before) {
    const end = lineEnd(from, to);
    if (end == to && !isEnd) break;
    // A carriage return before a line end is part of it.
    const last = end > from && load<u8>(end - 1) == 13 ? end - 1 : end;
    store<u32>(lines + (<usize>count << 3), <u32>(from - input));
    store<u32>(lines + (<usize>count << 3) + 4, <u32>(last - input));
    count++;
    from = min(end + 1, to);
  }
  found = <u32>(from - input);
  return count;
}

export function foundBytes(): u32 {
  return found;
}

/** The first line end; `to` where there is none. */
function lineEnd(from: usize, to: usize): usize {
  for (let p = from; p < to; p += 16) {
    const ends = i8x16.bitmask(i8x16.eq(v128.load(p), i8x16.splat(10)));
    if (ends != 0) return min(p + ctz(ends), to);
  }
  return to;
}

function isBlank(from: usize, to: usize): bool {
  while (from < to && (load<u8>(from) == 32 || load<u8>(from) == 9)) from++;
  return from == to;
}

/** Room for names. */
export function room(bytes: u32): usize {
  return allocate(<usize>bytes + 16);
}

/** The document itself, of which nothing is known yet. */
export function documentNode(): usize {
  return changetype<usize>(rootNode());
}

/** What stands at a name, of which nothing is known yet; a dot stands behind the name. */
export function nameNode(name: usize, length: u32): usize {
  return changetype<usize>(addName(name, length));
}

/** Makes what stands at a name a field. */
export function addField(
  node: usize,
  form: Form,
  order: Order,
  takesObjects: bool,
  looksInside: bool,
  refusesObjects: bool,
  least: f64,
  most: f64,
  longest: u32,
): usize {
  const at = changetype<Node>(node);
  const field = newField(form, order, takesObjects, refusesObjects, least, most, longest);
  field.looksInside = looksInside;
  if (form == Form.dynamic) makeDynamic(field, at.name, at.length, true);
  at.field = field;
  return changetype<usize>(field);
}

/** Has null stand for a text at a field. */
export function setWhenNull(field: usize, text: usize, length: u32): void {
  changetype<Field>(field).whenNull = text;
  changetype<Field>(field).whenNullLength = length;
}

export function setObject(node: usize): void {
  const at = changetype<Node>(node);
  at.isObject = true;
  at.hasUnknown = true;
}

export function setOpaque(node: usize): void {
  changetype<Node>(node).isOpaque = true;
}

export function setIgnored(node: usize): void {
  changetype<Node>(node).isIgnored = true;
}

export function setUnknown(node: usize, unknown: Unknown): void {
  const at = changetype<Node>(node);
  at.unknown = unknown;
  at.hasUnknown = true;
}

/** Ends what is known of names. */
export function settle(): void {
  settleNames();
}

/** Which rows keep their document. */
const enum Keeping {
  none,
  needed,
  all,
}

/**
 * Reads the documents that were put in; those of the piece are numbered from `first` on. Blank ones may be passed over, which
 * have a number all the same.
 */
export function read(count: u32, keeping: Keeping, first: f64, passesBlank: bool): void {
  for (let i: u32 = 0; i < count; i++) {
    const from = input + load<u32>(lines + (<usize>i << 3));
    const to = input + load<u32>(lines + (<usize>i << 3) + 4);
    const n = documents++;
    // Every document ends with a line end, whatever stood there.
    const behind = load<u8>(to);
    store<u8>(to, 10);
    if (readDocument(from, to, rows)) {
      store<u64>(numbers + (<usize>rows << 3), <u64>first + n);
      if (keeping != Keeping.none) keep(keeping);
      if (hasUnreadMembers()) addNumber(duplicates, n);
      if (maybeWrapper() && suspects.count < mostSuspects) addNumber(suspects, n);
      rows++;
    } else if (!passesBlank || !isBlank(from, to)) addNumber(unread, n);
    store<u8>(to, behind);
  }
}

/** Keeps the text of the document that was read last, where it has to be kept or may have to. */
function keep(keeping: Keeping): void {
  const texts = keeping == Keeping.all || mustBeKept() ? kept : doubtful;
  if (texts == kept || mayHaveToBeKept()) addText(texts, rows, documentFrom(), <u32>(documentTo() - documentFrom()));
}

export function rowCount(): u32 {
  return rows;
}

export function unreadDocuments(): Numbers {
  return unread;
}

export function duplicateDocuments(): Numbers {
  return duplicates;
}

export function suspectDocuments(): Numbers {
  return suspects;
}

export function keptCount(): u32 {
  return countOf(kept.rows);
}

export function doubtfulCount(): u32 {
  return countOf(doubtful.rows);
}

/** The column of a field whose type is known. */
export function columnOf(field: usize): Column | null {
  return changetype<Field>(field).column;
}

/** The column of values that are not in the common form. */
export function restOf(field: usize): Column | null {
  return changetype<Field>(field).rest;
}

export function restHasLists(field: usize): bool {
  return changetype<Field>(field).restHasLists;
}

/** The dynamic fields with values: see document-reader.ts. */
export function dynamicFields(): Numbers {
  return describeDynamic();
}

export function kindOf(field: usize, kind: Kind): Column | null {
  return columnOfKind(changetype<Field>(field).dynamic!, kind);
}

export function mixedOf(field: usize): Column | null {
  return changetype<Field>(field).dynamic!.mixed;
}

export function more(): Column {
  return moreColumn();
}

export function hitIndices(): Column {
  return indexColumn();
}

export function hitIds(): Column {
  return idColumn();
}

/** How many rows have one value in a column, or several; there is no column without any. */
export function singleCount(column: usize): u32 {
  return column == 0 ? 0 : countOf(changetype<Column>(column));
}

export function listCount(column: usize): u32 {
  return column == 0 ? 0 : countOf(changetype<Column>(column).lists);
}

/** Ends reading; gives the rows in the order in which columns will have them, `together` those that are alike. */
export function arrange(together: bool): usize {
  const order = together ? rowsTogether(rows) : rowsAsTheyCame(rows);
  writeInOrder(order, rows);
  return order;
}

export function singles(column: usize): Pages {
  return encodeSingles(changetype<Column>(column));
}

export function lists(column: usize): Pages {
  return encodeLists(changetype<Column>(column));
}

/** The document of each row. */
export function rowNumbers(): Pages {
  return encodeNumbers(numbers);
}

export function keptLines(): Pages {
  return encodeTexts(kept);
}

export function doubtfulLines(): Pages {
  return encodeTexts(doubtful);
}
