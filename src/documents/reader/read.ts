import { dictionaryOf } from './column';
import { codeOf, textAt } from './dictionary';
import { addWritten, discoverField, endMore, Kind, writeDynamic } from './dynamic';
import { addBits, addMember, Field, Form, spellingsOf, takeTouched, touch } from './field';
import { readHit, takeHitMember, takeHitText, writeHit } from './hits';
import { nothing, same } from './memory';
import { Action, Edge, edgeOf, endPassing, hitNode, Mark, matches, Node, rootNode, Unknown } from './names';
import { writeRow } from './rows';
import {
  deepest,
  digitCount,
  digits,
  escaped,
  exponent,
  hasExponent,
  isClosed,
  isHuge,
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
import { clearScratch, scratchOf } from './scratch';
import { addressDigits, addressText, exactDouble, instant, isDate, isExact, readAddress, readInstant } from './values';

/*
 * A document, member by member. What it says of fields is gathered first and becomes a row when all of it was read.
 */

let end: usize = 0;
/** Numbers objects, so that a member that stands in one twice is noticed. */
let object: u32 = 0;
/** Whether such a member makes the document one that is not read; else its first value counts. */
let refusesDuplicates: bool = false;
let isKept: bool = false;
let isDoubtful: bool = false;
/** Whether it has members that are not read: the second of two alike, and metadata. */
let hasUnread: bool = false;
let isSuspect: bool = false;
/** The text of the document, which is a part of a hit. */
let textFrom: usize = 0;
let textTo: usize = 0;

/** How members are read that say something of the document as a whole. */
export const enum Level {
  /** Those of a hit end reading. */
  watched,
  /** Those of a hit are taken where they are texts. */
  taken,
  /** They are those of a hit. */
  hit,
  /** They are members of a document within a hit, like any others. */
  inner,
}
let level: Level = Level.watched;
let foundHit: bool = false;

export function resetReading(refuses: bool): void {
  object = 0;
  refusesDuplicates = refuses;
}

/** Reads a document into a row; false where something in it is wrong or refused, and nothing is written then. */
export function readDocument(from: usize, to: usize, row: u32): bool {
  end = to;
  isDoubtful = false;
  foundHit = false;
  textFrom = from;
  textTo = to;
  level = Level.watched;
  forget();
  const begin = skipSpace(from, to);
  let p: usize = 0;
  if (load<u8>(begin) == 123) {
    p = readObject(begin, rootNode(), 0);
    if (foundHit) {
      forget();
      p = readHit(begin);
    }
  }
  if (p == 0 || skipSpace(p, to) != to) {
    untouch();
    return false;
  }
  let field = takeTouched();
  while (field) {
    field.isTouched = false;
    if (field.form == Form.dynamic) writeDynamic(field, row);
    else if (writeRow(field, row)) isDoubtful = true;
    field = field.nextTouched;
  }
  endMore(row);
  if (foundHit) writeHit(row);
  return true;
}

function untouch(): void {
  let field = takeTouched();
  while (field) {
    field.isTouched = false;
    field = field.nextTouched;
  }
}

/** Forgets what was read of the document. */
export function forget(): void {
  isKept = false;
  hasUnread = false;
  isSuspect = false;
  untouch();
  endPassing();
  clearScratch();
}

/** Reads the document that stands within a hit. */
export function readWithin(p: usize): usize {
  level = Level.inner;
  textFrom = p;
  textTo = readObject(p, rootNode(), 0);
  level = Level.hit;
  return textTo;
}

/** Reads the members of what may be a hit. */
export function readAround(p: usize): usize {
  level = Level.hit;
  return readObject(p, hitNode(), 0);
}

/** Reads a document that turned out to be no hit. */
export function readPlain(p: usize): usize {
  forget();
  level = Level.taken;
  textFrom = p;
  textTo = end;
  return readObject(p, rootNode(), 0);
}

/** Where the text begins and ends of the document that was read last. */
export function documentFrom(): usize {
  return textFrom;
}

export function documentTo(): usize {
  return textTo;
}

/** Whether the document that was read last has parts that are not looked into. */
export function mustBeKept(): bool {
  return isKept;
}

/** Whether it has values that are not in the common form, of which the columns may not hold everything. */
export function mayHaveToBeKept(): bool {
  return isDoubtful;
}

export function hasUnreadMembers(): bool {
  return hasUnread;
}

/** Whether it looks like something that has documents in it. */
export function maybeWrapper(): bool {
  return isSuspect;
}

/** Where the key ended that was looked up last. */
let keyEnd: usize = 0;

/** The edge of a key that is not the one expected after `before`; null where it is no key. */
function edgeAt(p: usize, node: Node, before: Edge | null): Edge | null {
  const to = scanText(p);
  if (to == 0) return null;
  keyEnd = to;
  const length = <u32>(to - p);
  if (escaped) {
    const key = scratchOf(<usize>length + 16);
    return edgeOf(node, key, unescape(p, to, key));
  }
  const edge = edgeOf(node, p, length);
  // Expected as it stands in documents, so only keys without escapes are.
  if (edge.isLasting) {
    if (before) before.next = edge;
    else node.first = edge;
  }
  return edge;
}

/** From behind a key's closing quote to its value. */
@inline
function toValue(p: usize, end: usize): usize {
  p = skipSpace(p, end);
  return load<u8>(p) == 58 ? skipSpace(p + 1, end) : 0;
}

function readObject(p: usize, node: Node, depth: u32): usize {
  if (depth >= deepest) return 0;
  const self = ++object;
  p = skipSpace(p + 1, end);
  if (load<u8>(p) == 125) return p + 1;
  let before: Edge | null = null;
  do {
    if (load<u8>(p) != 34) return 0;
    p++;
    // Members mostly come in the order in which they came before.
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
    if (edge.object == self) {
      if (refusesDuplicates) return 0;
      hasUnread = true;
      p = scanValue(p, end, false, depth + 1);
    } else {
      edge.object = self;
      const child = edge.child;
      if (edge.mark != Mark.none) p = readMarked(p, edge, depth + 1);
      else if (child) p = readMember(p, child, depth + 1);
      else p = readOther(p, edge, depth + 1);
    }
    if (p == 0) return 0;
    p = toNext(p, end, 125);
    if (p == 0) return 0;
  } while (!isClosed);
  return p;
}

function readMarked(p: usize, edge: Edge, depth: u32): usize {
  const c = <u32>load<u8>(p);
  const mark = <Mark>edge.mark;
  if (level == Level.hit) return takeHitMember(p, mark, end);
  switch (mark) {
    case Mark.index:
    case Mark.id:
    case Mark.source:
      if (level == Level.watched) {
        foundHit = true;
        return 0;
      }
      if (level == Level.taken && c == 34 && mark != Mark.source) return takeHitText(p, mark);
      if (c != 123) return passMetadata(p, depth);
      break;
    case Mark.odd:
      hasUnread = true;
      break;
    case Mark.metadata:
      if (refusesDuplicates) return 0;
      if (c != 123) return passMetadata(p, depth);
      break;
    case Mark.object:
    case Mark.objects: {
      const isOne = mark == Mark.object && c == 123;
      if (level != Level.inner && (isOne || (c == 91 && load<u8>(skipSpace(p + 1, end)) == 123))) isSuspect = true;
      break;
    }
    default:
      break;
  }
  const child = edge.child;
  return child ? readMember(p, child, depth) : readOther(p, edge, depth);
}

/** A value that no query would find, for what stands under its name is something else. */
function passMetadata(p: usize, depth: u32): usize {
  if (load<u8>(p) != 110) hasUnread = true;
  return scanValue(p, end, false, depth);
}

@inline
function readMember(p: usize, node: Node, depth: u32): usize {
  const field = node.field;
  if (!field || field.form <= Form.json) return readLoose(p, node, depth);
  if (load<u8>(p) == 110 && field.whenNull == 0) return scanWord(p);
  const to = readValues(p, node, field, depth);
  if (to != 0 && field.isTouched) addMember(field, p, <u32>(to - p));
  return to;
}

/** A member without a field, or with one whose values have no common form. */
function readLoose(p: usize, node: Node, depth: u32): usize {
  const field = node.field;
  if (!field || field.form == Form.dynamic) return readAny(p, node, depth);
  if (load<u8>(p) == 110) return scanWord(p);
  const isBelow = load<u8>(p) == 123 && !field.takesObjects;
  if (isBelow) return readBelow(p, node, depth);
  const to = scanValue(p, end, false, depth);
  if (to == 0) return 0;
  touch(field);
  field.isCommon = false;
  addMember(field, p, <u32>(to - p));
  return field.looksInside && !readInside(p, node, depth) ? 0 : to;
}

/** Reads the objects of a value that is kept as a whole; false where something in them is refused. */
function readInside(p: usize, node: Node, depth: u32): bool {
  if (depth >= deepest) return false;
  const c = <u32>load<u8>(p);
  if (c == 123) return readObject(p, node, depth) != 0;
  if (c != 91) return true;
  p = skipSpace(p + 1, end);
  while (load<u8>(p) != 93) {
    if (!readInside(p, node, depth + 1)) return false;
    // The whole value was scanned before.
    p = toNext(scanValue(p, end, false, depth + 1), end, 93);
    if (p == 0) return false;
    if (isClosed) return true;
  }
  return true;
}

/** A member that is not read. */
function readOther(p: usize, edge: Edge, depth: u32): usize {
  if (edge.action == Action.refuse) return 0;
  if (edge.action == Action.keep && load<u32>(p) != 0x6c6c756e) isKept = true;
  return scanValue(p, end, edge.action == Action.beEmpty, depth);
}

/** An object where values of a field may stand, or an object at a name that is no field. */
function readBelow(p: usize, node: Node, depth: u32): usize {
  const field = node.field;
  if (field) {
    if (field.refusesObjects) return 0;
    if (!node.hasBelow && node.unknown == Unknown.skipped) {
      isKept = true;
      return scanValue(p, end, false, depth);
    }
  }
  return readObject(p, node, depth);
}

/** A value, or arrays of values, of a field that is known. */
function readValues(p: usize, node: Node, field: Field, depth: u32): usize {
  const c = <u32>load<u8>(p);
  if (c == 34) {
    touch(field);
    return readText(p + 1, field);
  }
  if (c == 91) {
    if (depth >= deepest) return 0;
    p = skipSpace(p + 1, end);
    if (load<u8>(p) == 93) return p + 1;
    do {
      p = readValues(p, node, field, depth + 1);
      if (p == 0) return 0;
      p = toNext(p, end, 93);
      if (p == 0) return 0;
    } while (!isClosed);
    return p;
  }
  if (c == 110) {
    if (field.whenNull != 0) {
      touch(field);
      field.isCommon = false;
    }
    return scanWord(p);
  }
  if (c == 123) return readBelow(p, node, depth);
  touch(field);
  const form = field.form;
  if (c == 116 || c == 102) {
    const to = scanWord(p);
    if (to == 0) return 0;
    if (form == Form.boolean) addBits(field, c == 116 ? 1 : 0);
    else if (form == Form.text) addText(field, p, <u32>(to - p));
    else field.isCommon = false;
    return to;
  }
  const to = scanNumber(p);
  if (to == 0) return 0;
  if (form == Form.whole) {
    const value = negative ? -<i64>digits : <i64>digits;
    if (isLong() && <f64>value >= field.least && <f64>value <= field.most) addBits(field, value);
    else field.isCommon = false;
  } else if (form == Form.text) addText(field, p, <u32>(to - p));
  else if (form == Form.decimal && isExact(digits, digitCount, exponent)) {
    const value = exactDouble(digits, exponent);
    addBits(field, reinterpret<u64>(negative ? -value : value));
  } else field.isCommon = false;
  return to;
}

/** Whether the number that was scanned last is whole and fits into 64 bits with a sign. */
@inline
function isLong(): bool {
  return isWhole && !isHuge && digits <= <u64>i64.MAX_VALUE + (negative ? 1 : 0);
}

function addText(field: Field, from: usize, length: u32): void {
  if (length > field.longest) field.isCommon = false;
  else addBits(field, codeOf(dictionaryOf(field.column!), from, length));
}

/** Whether the text that stands at `p` is the one that the field had last. */
@inline
function isSameAsLast(field: Field, p: usize): bool {
  const length = field.lastLength;
  if (length == nothing || p + length >= end || load<u8>(p + length) != 34) return false;
  return same(textAt(field.lastDictionary!, field.lastCode), p, length);
}

function readText(p: usize, field: Field): usize {
  const form = field.form;
  if (form == Form.text && isSameAsLast(field, p)) {
    addBits(field, field.lastCode);
    return p + field.lastLength + 1;
  }
  const to = scanText(p);
  if (to == 0) return 0;
  let length = <u32>(to - p);
  if (form == Form.text) {
    if (escaped) {
      const from = scratchOf(<usize>length + 16);
      addText(field, from, unescape(p, to, from));
    } else if (length > field.longest) field.isCommon = false;
    else {
      const dictionary = dictionaryOf(field.column!);
      const code = codeOf(dictionary, p, length);
      field.lastLength = length;
      field.lastCode = code;
      field.lastDictionary = dictionary;
      addBits(field, code);
    }
  } else if (form == Form.address) {
    const meaning = escaped || length > 39 ? nothing : addressOf(field, p, length);
    if (meaning == nothing) field.isCommon = false;
    else addBits(field, meaning);
  } else if (form == Form.date || form == Form.dateNanos) {
    if (!escaped && readInstant(p, length, form == Form.dateNanos)) addBits(field, instant);
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
  if (spellings.count > before) {
    const isAddress = readAddress(p, length);
    store<u32>(meaning, isAddress ? codeOf(dictionaryOf(field.column!), addressText, addressDigits) : nothing);
  }
  return load<u32>(meaning);
}

/** A value, or arrays of values, where a dynamic field stands, or none yet. */
function readAny(p: usize, node: Node, depth: u32): usize {
  const c = <u32>load<u8>(p);
  if (c == 91) {
    if (depth >= deepest) return 0;
    p = skipSpace(p + 1, end);
    if (load<u8>(p) == 93) return p + 1;
    do {
      p = readAny(p, node, depth + 1);
      if (p == 0) return 0;
      p = toNext(p, end, 93);
      if (p == 0) return 0;
    } while (!isClosed);
    return p;
  }
  if (c == 123) return readBelow(p, node, depth);
  if (c == 110) return scanWord(p);
  let field = node.field;
  if (!field) {
    if (node.isObject || node.ownUnknown == Unknown.refused) return 0;
    if (node.ownUnknown == Unknown.skipped) {
      isKept = true;
      return scanValue(p, end, false, depth);
    }
    field = discoverField(node.name, node.length);
    node.field = field;
  }
  if (c == 34) return readAnyText(p + 1, field);
  if (c == 116 || c == 102) {
    const to = scanWord(p);
    if (to != 0) addWritten(field, Kind.boolean, true, c == 116 ? 1 : 0, p, <u32>(to - p));
    return to;
  }
  const to = scanNumber(p);
  if (to != 0) addNumberOf(field, p, to);
  return to;
}

/** Numbers from 1e308 on may be no finite doubles: they are kept as texts, which lose nothing. */
const mostMagnitude: i32 = 308;

/** The number that was scanned last, by its kind. */
function addNumberOf(field: Field, from: usize, to: usize): void {
  const length = <u32>(to - from);
  if (isLong()) {
    const value = negative ? -<i64>digits : <i64>digits;
    addWritten(field, Kind.whole, value != 0 || !negative, value, from, length);
  } else if (isWhole && !isHuge && !negative) addWritten(field, Kind.unsigned, false, 0, from, length);
  else if (<i32>digitCount + exponent > mostMagnitude) addWritten(field, Kind.text, false, 0, from, length);
  else {
    const isCanonical = isCanonicalDecimal(to);
    const value = isCanonical ? exactDouble(digits, exponent) : 0;
    addWritten(field, Kind.decimal, isCanonical, reinterpret<u64>(negative ? -value : value), from, length);
  }
}

/**
 * Whether the decimal that was scanned last, and ends at `to`, is how its double is written: with a point, no exponent, no
 * superfluous zeros, and no more digits than a double holds.
 */
function isCanonicalDecimal(to: usize): bool {
  // With more, two of them may be one double.
  if (isWhole || hasExponent || digitCount > 16 || digits > 4_500_000_000_000_000) return false;
  if (exponent < -1 && load<u8>(to - 1) == 48) return false;
  if (digits == 0) return !negative;
  return exactDouble(digits, exponent) >= 1e-4;
}

function readAnyText(p: usize, field: Field): usize {
  if (isSameAsLast(field, p)) {
    const length = field.lastLength;
    addWritten(field, field.dynamic!.lastKind, true, field.lastCode, p, length, true);
    return p + length + 1;
  }
  const to = scanText(p);
  if (to == 0) return 0;
  let from = p;
  let length = <u32>(to - p);
  const isPlain = !escaped;
  if (escaped) {
    from = scratchOf(<usize>length + 16);
    length = unescape(p, to, from);
  }
  addWritten(field, isDate(from, length) ? Kind.date : Kind.text, true, nothing, from, length, isPlain);
  return to + 1;
}
