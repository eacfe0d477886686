import { encodeLists, encodeNumbers, encodeRest, encodeSingles, encodeTexts, Pages, writeInOrder } from './encode';
import { Field, Form, newField, Order, resetScratch } from './field';
import { allocate, reset, setSeed } from './memory';
import { rowsAsTheyCame, rowsTogether } from './order';
import { mayHaveToBeKept, mustBeKept, readDocument } from './read';
import { resetRows } from './rows';
import { addText, newTexts, Texts } from './texts';
import { newEdge, newNode, Node, resetTrie } from './trie';
import { forgetAddress } from './values';

/*
 * JSON documents to columns of Parquet. For each piece: `begin`, the fields and the names that lead to them, `read` as
 * often as it takes, with some documents each time so that they stay near the processor, and then the columns one by one.
 * What is given stays until the next `begin`.
 */

/** Where documents are put, some at a time. */
let input: usize = 0;
/** Where each of those begins and ends in the input. */
let lines: usize = 0;
/** The field that was added last, and how many there are. */
let lastField: Field | null = null;
let fields: u32 = 0;
let documents: u32 = 0;
let rows: u32 = 0;
/** The number of the document of each row. */
let numbers: usize = 0;
/** Documents that are kept, and those that may have to be, as the engine finds out. */
let kept: Texts = changetype<Texts>(0);
let doubtful: Texts = changetype<Texts>(0);
/** The documents of which something is unknown or wrong. */
let unread: usize = 0;
let unreadCount: u32 = 0;

/** Makes room for so many documents, of which so many bytes are put in at a time, and so many bytes will be kept. */
export function begin(count: u32, bytes: u32, keptBytes: u32, seed: u64): usize {
  reset();
  setSeed(seed);
  resetTrie();
  resetScratch();
  resetRows(count);
  forgetAddress();
  input = allocate(<usize>bytes + 64);
  lines = allocate(<usize>count << 3);
  numbers = allocate(<usize>count << 3);
  unread = allocate(<usize>count << 2);
  kept = newTexts(count, keptBytes);
  doubtful = newTexts(count, 0);
  lastField = null;
  fields = 0;
  documents = 0;
  rows = 0;
  unreadCount = 0;
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

/** Room for a key. */
export function room(bytes: u32): usize {
  return allocate(<usize>bytes + 16);
}

export function addField(
  form: Form,
  order: Order,
  takesObjects: bool,
  least: f64,
  most: f64,
  longest: u32,
): usize {
  const field = newField(form, order, takesObjects, least, most, longest, lastField);
  lastField = field;
  fields++;
  return changetype<usize>(field);
}

export function addNode(field: usize, isObject: bool, isOpaque: bool, isIgnored: bool, takesUnknown: bool): usize {
  return changetype<usize>(
    newNode(changetype<Field | null>(field), isObject, isOpaque, isIgnored, takesUnknown),
  );
}

export function addEdge(node: usize, key: usize, length: u32, child: usize): void {
  newEdge(changetype<Node>(node), key, length, changetype<Node>(child));
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
export function read(count: u32, root: usize, keeping: Keeping, first: f64, passesBlank: bool): void {
  for (let i: u32 = 0; i < count; i++) {
    const from = input + load<u32>(lines + (<usize>i << 3));
    const to = input + load<u32>(lines + (<usize>i << 3) + 4);
    const n = documents++;
    // Every document ends with a line end, whatever stood there.
    const behind = load<u8>(to);
    store<u8>(to, 10);
    if (readDocument(from, to, changetype<Node>(root), rows)) {
      store<u64>(numbers + (<usize>rows << 3), <u64>first + n);
      if (keeping == Keeping.all || (keeping == Keeping.needed && mustBeKept())) addText(kept, rows, from, <u32>(to - from));
      else if (keeping == Keeping.needed && mayHaveToBeKept()) addText(doubtful, rows, from, <u32>(to - from));
      rows++;
    } else if (!passesBlank || !isBlank(from, to)) {
      store<u32>(unread + (<usize>unreadCount << 2), n);
      unreadCount++;
    }
    store<u8>(to, behind);
  }
}

export function rowCount(): u32 {
  return rows;
}

export function unreadAt(): usize {
  return unread;
}

export function unreadDocuments(): u32 {
  return unreadCount;
}

export function keptDocuments(): u32 {
  return kept.count;
}

export function doubtfulDocuments(): u32 {
  return doubtful.count;
}

export function singlesOf(field: usize): u32 {
  return changetype<Field>(field).singleCount;
}

export function listsOf(field: usize): u32 {
  return changetype<Field>(field).listCount;
}

export function restOf(field: usize): u32 {
  return changetype<Field>(field).restCount;
}

export function restHasLists(field: usize): bool {
  return changetype<Field>(field).restHasLists;
}

/** Ends reading; gives the rows in the order in which columns will have them, `together` those that are alike. */
export function arrange(together: bool): usize {
  const order = together ? rowsTogether(lastField, fields, rows) : rowsAsTheyCame(rows);
  writeInOrder(order, rows);
  return order;
}

export function singles(field: usize): Pages {
  return encodeSingles(changetype<Field>(field));
}

export function lists(field: usize): Pages {
  return encodeLists(changetype<Field>(field));
}

export function rest(field: usize): Pages {
  return encodeRest(changetype<Field>(field));
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
