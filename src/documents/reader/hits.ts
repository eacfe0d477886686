import { Column, Content, dictionaryOf, newColumn, writeSingle } from './column';
import { codeOf } from './dictionary';
import { Mark } from './names';
import { readAround, readPlain, readWithin } from './read';
import { escaped, scanText, scanValue, skipSpace, unescape } from './scan';
import { scratchOf } from './scratch';

/*
 * Hits of searches: the document stands in `_source`, or in `fields`, beside its index, its id and other members that only
 * hits have. With any other member an object is a document itself.
 */

let indices: Column = changetype<Column>(0);
let ids: Column = changetype<Column>(0);
/** The index and the id of the hit that is being read; 0 where it has none. */
let index: usize = 0;
let indexLength: u32 = 0;
let id: usize = 0;
let idLength: u32 = 0;
/** Whether it has a document, or an empty one; where its fields stand, 0 where it has none; whether it is no hit. */
let hasSource: bool = false;
let isEmpty: bool = false;
let fields: usize = 0;
let isForeign: bool = false;

export function resetHits(): void {
  indices = newColumn(Content.text);
  ids = newColumn(Content.text);
}

export function indexColumn(): Column {
  return indices;
}

export function idColumn(): Column {
  return ids;
}

/** Reads a hit, or a document that has names which only hits have at first sight. */
export function readHit(begin: usize): usize {
  index = 0;
  id = 0;
  hasSource = false;
  isEmpty = false;
  fields = 0;
  isForeign = false;
  const p = readAround(begin);
  if (!isForeign) {
    if (p == 0) return 0;
    const isOfFields = fields != 0 && (hasSource ? isEmpty : index != 0 || id != 0);
    if (isOfFields) return readWithin(fields) == 0 ? 0 : p;
    if (hasSource) return p;
  }
  index = 0;
  id = 0;
  return readPlain(begin);
}

/** Takes a member of what may be a hit; gives where it ends. */
export function takeHitMember(p: usize, mark: Mark, end: usize): usize {
  const c = <u32>load<u8>(p);
  if (c == 34 && (mark == Mark.index || mark == Mark.id)) return takeHitText(p, mark);
  if (mark == Mark.source && c == 123) {
    hasSource = true;
    isEmpty = load<u8>(skipSpace(p + 1, end)) == 125;
    return readWithin(p);
  }
  if (mark == Mark.fields && c == 123) fields = p;
  isForeign = mark == Mark.foreign;
  return isForeign ? 0 : scanValue(p, end, false, 1);
}

/** Takes the text of an index or an id; gives where it ends. */
export function takeHitText(p: usize, mark: Mark): usize {
  const to = scanText(p + 1);
  if (to == 0) return 0;
  let from = p + 1;
  let length = <u32>(to - from);
  if (escaped) {
    from = scratchOf(<usize>length + 16);
    length = unescape(p + 1, to, from);
  }
  if (mark == Mark.index) {
    index = from;
    indexLength = length;
  } else {
    id = from;
    idLength = length;
  }
  return to + 1;
}

/** Writes index and id as a row. */
export function writeHit(row: u32): void {
  if (index != 0) writeSingle(indices, row, codeOf(dictionaryOf(indices), index, indexLength));
  if (id != 0) writeSingle(ids, row, codeOf(dictionaryOf(ids), id, idLength));
}
