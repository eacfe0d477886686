import { Content, dictionaryOf, newColumn, writeList } from './column';
import { codeOf, Dictionary } from './dictionary';
import { Field, Form, Member, Value } from './field';
import { scratchOf } from './scratch';
import { escaped, isClosed, scanText, scanValue, skipSpace, toNext, unescape } from './scan';

/*
 * Values of which some are not in the common form of their field: all of a document are read once more, as texts.
 */

let dictionary: Dictionary = changetype<Dictionary>(0);
let first: Value | null = null;
let last: Value | null = null;
let count: u32 = 0;
let whenNull: usize = 0;
let whenNullLength: u32 = 0;

/** Writes what a document has of a field as a list of texts: the texts of scalars, or the JSON of each member. */
export function writeRest(field: Field, row: u32): void {
  let column = field.rest;
  if (!column) {
    column = newColumn(Content.text);
    field.rest = column;
  }
  dictionary = dictionaryOf(column);
  count = 0;
  whenNull = field.whenNull;
  whenNullLength = field.whenNullLength;
  const isJson = field.form == Form.json;
  addMember(field.from, field.length, isJson);
  let member = inOrder(field.more);
  while (member) {
    addMember(member.from, member.length, isJson);
    member = member.next;
  }
  // Arrays in JSON may hold several values.
  if (count > 1 || (isJson && load<u8>(field.from) == 91)) field.restHasLists = true;
  const values = scratchOf(<usize>count << 3);
  let at = values;
  let value = first;
  for (let i: u32 = 0; i < count; i++) {
    store<u64>(at, value!.bits);
    at += 8;
    value = value!.next;
  }
  writeList(column, row, values, count);
}

function addMember(from: usize, length: u32, isJson: bool): void {
  if (isJson) add(from, length);
  else addScalars(from, from + length);
}

/** Members of which the last stands first, the other way round. */
function inOrder(last: Member | null): Member | null {
  let first: Member | null = null;
  while (last) {
    const before = last.next;
    last.next = first;
    first = last;
    last = before;
  }
  return first;
}

function add(from: usize, length: u32): void {
  const value = changetype<Value>(scratchOf(offsetof<Value>()));
  value.bits = codeOf(dictionary, from, length);
  value.next = null;
  if (count++ == 0) first = value;
  else last!.next = value;
  last = value;
}

/** Adds the scalars of a value that was read before; gives where it ends. Objects hold values of other fields. */
function addScalars(p: usize, end: usize): usize {
  const c = <u32>load<u8>(p);
  if (c == 91) {
    p = skipSpace(p + 1, end);
    if (load<u8>(p) == 93) return p + 1;
    do {
      p = toNext(addScalars(p, end), end, 93);
    } while (!isClosed);
    return p;
  }
  if (c != 34) {
    const to = scanValue(p, end);
    if (c == 110) {
      if (whenNull != 0) add(whenNull, whenNullLength);
    } else if (c != 123) add(p, <u32>(to - p));
    return to;
  }
  const to = scanText(p + 1);
  const length = <u32>(to - p - 1);
  if (escaped) {
    const text = scratchOf(<usize>length + 16);
    add(text, unescape(p + 1, to, text));
  } else add(p + 1, length);
  return to + 1;
}
