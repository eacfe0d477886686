import { Column, Content, dictionaryOf, newColumn, writeSingle } from './column';
import { codeOf } from './dictionary';
import { Edge, hitNode, Mark, matches } from './names';
import { edgeAt, isFirst, keyEnd, mayBeTwice, newObject, readPlain, readWithin, toValue } from './read';
import { escaped, isClosed, scanText, scanValue, skipSpace, toNext, unescape } from './scan';
import { scratchOf } from './scratch';

/*
 * Hits of searches: the document stands in `_source`, or in `fields`, beside its index and its id.
 */

let indices: Column = changetype<Column>(0);
let ids: Column = changetype<Column>(0);
/** The index and the id of the hit that is being read; 0 where it has none. */
let index: usize = 0;
let indexLength: u32 = 0;
let id: usize = 0;
let idLength: u32 = 0;

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
export function readHit(begin: usize, end: usize): usize {
  index = 0;
  id = 0;
  let hasSource = false;
  let fields: usize = 0;
  const node = hitNode();
  const self = newObject();
  let before: Edge | null = null;
  let p = skipSpace(begin + 1, end);
  do {
    if (load<u8>(p) != 34) return 0;
    p++;
    let edge = before ? before.next : node.first;
    if (edge && matches(edge, p, end)) p += edge.length + 1;
    else {
      edge = edgeAt(p, node, before);
      if (!edge) return 0;
      p = keyEnd + 1;
    }
    before = edge;
    p = toValue(p, end);
    if (p == 0) return 0;
    const c = <u32>load<u8>(p);
    if (!isFirst(edge, self)) {
      if (!mayBeTwice()) return 0;
      p = scanValue(p, end, false, 1);
    } else if (edge.mark == Mark.source && c == 123) {
      hasSource = true;
      p = readWithin(p);
    } else {
      if (edge.mark == Mark.fields && c == 123) fields = p;
      const isText = c == 34 && (edge.mark == Mark.index || edge.mark == Mark.id);
      p = isText ? takeHitText(p, <Mark>edge.mark) : scanValue(p, end, false, 1);
    }
    if (p == 0) return 0;
    p = toNext(p, end, 125);
    if (p == 0) return 0;
  } while (!isClosed);
  if (hasSource) return p;
  if (fields != 0 && (index != 0 || id != 0)) return readWithin(fields) == 0 ? 0 : p;
  index = 0;
  id = 0;
  return readPlain(begin);
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
