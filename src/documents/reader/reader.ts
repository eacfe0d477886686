import { encodeLists, encodeNumbers, encodeRest, encodeSingles, encodeStretches, Pages } from './encode';
import { Field, Form, newField, Order, resetScratch } from './field';
import { allocate, reset, setSeed } from './memory';
import { mayHaveToBeKept, mustBeKept, readDocument } from './read';
import { resetRows } from './rows';
import { newEdge, newNode, Node, resetTrie } from './trie';
import { forgetAddress } from './values';

/*
 * JSON documents to columns of Parquet. For each piece: `begin`, the fields and the names that lead to them, `read`, and
 * then the columns one by one. What is given stays until the next `begin`.
 */

let documents: u32 = 0;
let input: usize = 0;
/** Where each document begins and ends in the input. */
let lines: usize = 0;
let rows: u32 = 0;
/** The document of each row. */
let numbers: usize = 0;
/** Documents that are kept: where they begin, and their lengths; 0 for others. */
let kept: usize = 0;
let keptCount: u32 = 0;
/** The same for those that may have to be kept, as the engine finds out. */
let doubtful: usize = 0;
let doubtfulCount: u32 = 0;
/** The documents of which something is unknown or wrong. */
let unread: usize = 0;
let unreadCount: u32 = 0;

/** Makes room for a piece: gives where its bytes go. */
export function begin(count: u32, bytes: u32, seed: u64): usize {
  reset();
  setSeed(seed);
  resetTrie();
  resetScratch();
  resetRows(count);
  forgetAddress();
  documents = count;
  input = allocate(<usize>bytes + 64);
  lines = allocate(<usize>count << 3);
  numbers = allocate(<usize>count << 3);
  kept = allocate(<usize>count << 3);
  doubtful = allocate(<usize>count << 3);
  unread = allocate(<usize>count << 2);
  return input;
}

/** Where the beginning and the end of each document go, as two numbers of 32 bits within the input. */
export function linesAt(): usize {
  return lines;
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
  return changetype<usize>(newField(form, order, takesObjects, least, most, longest));
}

export function addNode(field: usize, isObject: bool, isOpaque: bool, isIgnored: bool, takesUnknown: bool): usize {
  return changetype<usize>(
    newNode(changetype<Field | null>(field), isObject, isOpaque, isIgnored, takesUnknown),
  );
}

export function addEdge(node: usize, key: usize, length: u32, child: usize): void {
  newEdge(changetype<Node>(node), key, length, changetype<Node>(child));
}

/** Reads the documents, which are numbered from `first` on; gives the number of rows. With `keepsAll` each is kept. */
export function read(root: usize, keepsAll: bool, first: f64): u32 {
  rows = 0;
  keptCount = 0;
  doubtfulCount = 0;
  unreadCount = 0;
  for (let n: u32 = 0; n < documents; n++) {
    const from = input + load<u32>(lines + (<usize>n << 3));
    const to = input + load<u32>(lines + (<usize>n << 3) + 4);
    // Every document ends with a line end, whatever stood there.
    const behind = load<u8>(to);
    store<u8>(to, 10);
    if (readDocument(from, to, changetype<Node>(root), rows)) {
      const keeps = keepsAll || mustBeKept();
      const doubts = !keeps && mayHaveToBeKept();
      store<u64>(numbers + (<usize>rows << 3), <u64>first + n);
      note(kept, from, to, keeps);
      note(doubtful, from, to, doubts);
      if (keeps) keptCount++;
      if (doubts) doubtfulCount++;
      rows++;
    } else {
      store<u32>(unread + (<usize>unreadCount << 2), n);
      unreadCount++;
    }
    store<u8>(to, behind);
  }
  return rows;
}

function note(stretches: usize, from: usize, to: usize, isNoted: bool): void {
  const at = stretches + (<usize>rows << 3);
  store<u32>(at, <u32>from);
  store<u32>(at + 4, isNoted ? <u32>(to - from) : 0);
}

export function unreadAt(): usize {
  return unread;
}

export function unreadDocuments(): u32 {
  return unreadCount;
}

export function keptDocuments(): u32 {
  return keptCount;
}

export function doubtfulDocuments(): u32 {
  return doubtfulCount;
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

export function singles(field: usize): Pages {
  return encodeSingles(changetype<Field>(field), rows);
}

export function lists(field: usize): Pages {
  return encodeLists(changetype<Field>(field), rows);
}

export function rest(field: usize): Pages {
  return encodeRest(changetype<Field>(field), rows);
}

/** The document of each row. */
export function rowNumbers(): Pages {
  return encodeNumbers(numbers, rows);
}

export function keptLines(): Pages {
  return encodeStretches(kept, rows);
}

export function doubtfulLines(): Pages {
  return encodeStretches(doubtful, rows);
}
