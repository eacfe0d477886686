import { codeOf, textAt } from './dictionary';
import {
  clearScratch,
  dictionaryOf,
  Field,
  Form,
  Member,
  scratchOf,
  spellingsOf,
  Value,
} from './field';
import { nothing, same } from './memory';
import { writeRow } from './rows';
import {
  deepest,
  digitCount,
  digits,
  escaped,
  exponent,
  isClosed,
  isWhole,
  negative,
  scanNumber,
  scanText,
  scanValue,
  scanWord,
  skipSpace,
  toNext,
  unescape,
} from './scan';
import { Edge, edgeOf, matches, Node } from './trie';
import { addressDigits, addressText, exactDouble, instant, isExact, readAddress, readInstant } from './values';

/*
 * A document, member by member. What it says of fields is gathered first and becomes a row when all of it turns out to
 * be known.
 */

let end: usize = 0;
/** Numbers objects, so that a member that stands in one twice is noticed. */
let object: u32 = 0;
let touched: Field | null = null;
let isKept: bool = false;
let isDoubtful: bool = false;

/** Reads a document into a row; false where something in it is unknown or wrong, and nothing is written then. */
export function readDocument(from: usize, to: usize, root: Node, row: u32): bool {
  end = to;
  touched = null;
  isKept = false;
  isDoubtful = false;
  clearScratch();
  let p = skipSpace(from, to);
  if (load<u8>(p) == 123) p = readObject(p, root, 0);
  else p = 0;
  const isRead = p != 0 && skipSpace(p, to) == to;
  let field = touched;
  while (field) {
    if (isRead && writeRow(field, row)) isDoubtful = true;
    field.isTouched = false;
    field = field.nextTouched;
  }
  return isRead;
}

/** Whether the document that was read last has parts that are not looked into. */
export function mustBeKept(): bool {
  return isKept;
}

/** Whether it has values that are not in the common form, of which the columns may not hold everything. */
export function mayHaveToBeKept(): bool {
  return isDoubtful;
}

function readObject(p: usize, node: Node, depth: u32): usize {
  if (depth == deepest) return 0;
  const self = ++object;
  p = skipSpace(p + 1, end);
  if (load<u8>(p) == 125) return p + 1;
  let before: Edge | null = null;
  do {
    if (load<u8>(p) != 34) return 0;
    p++;
    // Members mostly come in the order in which they came before.
    let edge = before ? before.next : node.first;
    if (edge && matches(edge, p)) p += edge.length + 1;
    else {
      const from = p;
      p = scanText(p);
      if (p == 0) return 0;
      const length = <u32>(p - from);
      if (escaped) {
        const key = scratchOf(length + 16);
        edge = edgeOf(node, key, unescape(from, p, key));
      } else {
        edge = edgeOf(node, from, length);
        // Looked for as it stands in documents, so it must stand there without escapes.
        if (edge && edge.key != 0) {
          if (before) before.next = edge;
          else node.first = edge;
        }
      }
      p++;
    }
    p = skipSpace(p, end);
    if (load<u8>(p) != 58) return 0;
    p = skipSpace(p + 1, end);
    if (edge) {
      if (edge.object == self) return 0;
      edge.object = self;
      before = edge;
      const child = edge.child;
      if (child && child.isIgnored) p = scanValue(p, end);
      else if (child && !child.isOpaque) p = readMember(p, child, depth);
      else {
        if (load<u32>(p) != 0x6c6c756e) isKept = true;
        p = scanValue(p, end);
      }
    } else p = scanValue(p, end, true);
    if (p == 0) return 0;
    p = toNext(p, end, 125);
    if (p == 0) return 0;
  } while (!isClosed);
  return p;
}

function readMember(p: usize, node: Node, depth: u32): usize {
  const field = node.field;
  if (!field) return readObjects(p, node, depth + 1);
  const c = <u32>load<u8>(p);
  if (c == 110) return scanWord(p);
  const to = readValues(p, field, 0);
  if (to == 0) return 0;
  const length = <u32>(to - p);
  if (!field.isTouched) return to;
  if (field.length == 0) {
    field.from = p;
    field.length = length;
  } else {
    const member = changetype<Member>(scratchOf(offsetof<Member>()));
    member.from = p;
    member.length = length;
    member.next = field.more;
    field.more = member;
  }
  return to;
}

/** An object, or arrays of objects. */
function readObjects(p: usize, node: Node, depth: u32): usize {
  const c = <u32>load<u8>(p);
  if (c == 123) return node.isObject ? readObject(p, node, depth) : 0;
  if (c == 110) return scanWord(p);
  if (c != 91 || depth >= deepest) return 0;
  p = skipSpace(p + 1, end);
  if (load<u8>(p) == 93) return p + 1;
  do {
    p = readObjects(p, node, depth + 1);
    if (p == 0) return 0;
    p = toNext(p, end, 93);
    if (p == 0) return 0;
  } while (!isClosed);
  return p;
}

@inline
function touch(field: Field): void {
  if (field.isTouched) return;
  field.isTouched = true;
  field.isCommon = field.form != Form.any;
  field.count = 0;
  field.first = null;
  field.length = 0;
  field.more = null;
  field.nextTouched = touched;
  touched = field;
}

@inline
function add(field: Field, bits: u64): void {
  const value = changetype<Value>(scratchOf(offsetof<Value>()));
  value.bits = bits;
  value.next = null;
  if (field.count++ == 0) field.first = value;
  else field.last!.next = value;
  field.last = value;
}

/** A value, or arrays of values. */
function readValues(p: usize, field: Field, depth: u32): usize {
  const c = <u32>load<u8>(p);
  if (c == 34) {
    touch(field);
    return readText(p + 1, field);
  }
  if (c == 91) {
    if (depth == deepest) return 0;
    // Arrays in arrays are opened by the engine to the first level, and a pair of numbers may be a point.
    if (depth > 0 || field.takesObjects) {
      touch(field);
      field.isCommon = false;
    }
    p = skipSpace(p + 1, end);
    if (load<u8>(p) == 93) return p + 1;
    do {
      p = readValues(p, field, depth + 1);
      if (p == 0) return 0;
      p = toNext(p, end, 93);
      if (p == 0) return 0;
    } while (!isClosed);
    return p;
  }
  if (c == 110) return scanWord(p);
  if (c == 123) {
    if (!field.takesObjects) return 0;
    touch(field);
    field.isCommon = false;
    return scanValue(p, end);
  }
  touch(field);
  if (c == 116 || c == 102) {
    if (field.form == Form.boolean) add(field, c == 116 ? 1 : 0);
    else field.isCommon = false;
    return scanWord(p);
  }
  p = scanNumber(p);
  if (p == 0) return 0;
  if (field.form == Form.whole) {
    const value = negative ? -<i64>digits : <i64>digits;
    const fits = isWhole && digitCount <= 18 && <f64>value >= field.least && <f64>value <= field.most;
    if (fits) add(field, value);
    else field.isCommon = false;
  } else if (field.form == Form.decimal && isExact(digitCount, exponent)) {
    const value = exactDouble(digits, exponent);
    add(field, reinterpret<u64>(negative ? -value : value));
  } else field.isCommon = false;
  return p;
}

function readText(p: usize, field: Field): usize {
  const form = field.form;
  if (form == Form.text) {
    const length = field.lastLength;
    if (length != nothing && load<u8>(p + length) == 34) {
      if (same(textAt(field.dictionary!, field.lastCode), p, length)) {
        add(field, field.lastCode);
        return p + length + 1;
      }
    }
  }
  const to = scanText(p);
  if (to == 0) return 0;
  let length = <u32>(to - p);
  if (form == Form.text) {
    let from = p;
    const isPlain = !escaped;
    if (escaped) {
      from = scratchOf(length + 16);
      length = unescape(p, to, from);
    }
    if (length > field.longest) field.isCommon = false;
    else {
      const code = codeOf(dictionaryOf(field), from, length);
      if (isPlain) {
        field.lastLength = length;
        field.lastCode = code;
      }
      add(field, code);
    }
  } else if (form == Form.address) {
    if (escaped || length > 39) field.isCommon = false;
    else {
      const meaning = addressOf(field, p, length);
      if (meaning == nothing) field.isCommon = false;
      else add(field, meaning);
    }
  } else if (form == Form.date || form == Form.dateNanos) {
    if (!escaped && readInstant(p, length, form == Form.dateNanos)) add(field, instant);
    else field.isCommon = false;
  } else field.isCommon = false;
  return to + 1;
}

/** The number of an address; few of them are written in more than one way. */
function addressOf(field: Field, p: usize, length: u32): u32 {
  const spellings = spellingsOf(field);
  const before = spellings.count;
  const code = codeOf(spellings, p, length);
  const meaning = spellings.meanings + (<usize>code << 2);
  if (spellings.count > before)
    store<u32>(meaning, readAddress(p, length) ? codeOf(dictionaryOf(field), addressText, addressDigits) : nothing);
  return load<u32>(meaning);
}
