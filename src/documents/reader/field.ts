import { Column, Content, newColumn, Order } from './column';
import { Dictionary, newDictionary } from './dictionary';
import { Dynamic } from './dynamic';
import { filled, nothing } from './memory';
import { scratchOf } from './scratch';

/** The form that the values of a field nearly always have. */
export const enum Form {
  /** In any: values are kept by their kind. */
  dynamic,
  /** In any: values are kept as JSON. */
  json,
  text,
  whole,
  decimal,
  boolean,
  date,
  dateNanos,
  address,
}

/** A value of the document that is being read. */
@unmanaged
export class Value {
  /** The number of a text or an address in the dictionary, or else the value itself. */
  bits: u64;
  next: Value | null;
}

/** A member of the document that holds values of a field, after the first such member. */
@unmanaged
export class Member {
  from: usize;
  length: u32;
  next: Member | null;
}

/** A field and its columns. What is used for every value stands together. */
@unmanaged
export class Field {
  form: Form;
  // The document that is being read.
  isTouched: bool;
  /** Whether all values are in the common form. */
  isCommon: bool;
  count: u32;
  nextTouched: Field | null;
  /** The first value, of fields that are not dynamic. */
  bits: u64;
  /** The first member with values, of such fields. */
  from: usize;
  length: u32;

  /** Values in the common form. */
  column: Column | null;
  /** The text that was read last, for the next is often the same. */
  lastLength: u32;
  lastCode: u32;
  lastDictionary: Dictionary | null;

  /** The other values and members of the document; the last member stands first. */
  others: Value | null;
  lastOther: Value | null;
  more: Member | null;

  order: Order;
  /** Whether a value may be an object, which is then kept as JSON. */
  takesObjects: bool;
  /** Whether what stands in such an object, or in those of a list, is read for other fields as well. */
  looksInside: bool;
  /** Whether an object where the field stands makes a document one that is not read. */
  refusesObjects: bool;
  least: f64;
  most: f64;
  /** How many bytes a text may have. */
  longest: u32;
  /** The text that null stands for; 0 where that is no value. */
  whenNull: usize;
  whenNullLength: u32;
  /** The texts of addresses as they came, each with the number of what it means. */
  spellings: Dictionary | null;
  /** The values of documents in which some are not in the common form, as texts. */
  rest: Column | null;
  restHasLists: bool;
  /** What dynamic fields have instead of these. */
  dynamic: Dynamic | null;
}

export function newField(
  form: Form,
  order: Order,
  takesObjects: bool,
  refusesObjects: bool,
  least: f64,
  most: f64,
  longest: u32,
): Field {
  const field = changetype<Field>(filled(offsetof<Field>(), 0));
  field.form = form;
  field.order = order;
  field.takesObjects = takesObjects;
  field.refusesObjects = refusesObjects;
  field.least = least;
  field.most = most;
  field.longest = longest;
  field.lastLength = nothing;
  if (form > Form.json) field.column = newColumn(contentOf(form));
  return field;
}

function contentOf(form: Form): Content {
  switch (form) {
    case Form.text:
      return Content.text;
    case Form.address:
      return Content.address;
    case Form.decimal:
      return Content.decimal;
    case Form.boolean:
      return Content.boolean;
    default:
      return Content.whole;
  }
}

export function spellingsOf(field: Field): Dictionary {
  let spellings = field.spellings;
  if (!spellings) {
    spellings = newDictionary(true);
    field.spellings = spellings;
  }
  return spellings;
}

/** Before the first of the fields that the document has values of, which follow in the order in which they came. */
let before: Field = changetype<Field>(0);
let last: Field = changetype<Field>(0);

export function resetTouched(): void {
  before = changetype<Field>(filled(offsetof<Field>(), 0));
  last = before;
}

/** The fields that the document has values of; they are forgotten. */
export function takeTouched(): Field | null {
  const first = before.nextTouched;
  before.nextTouched = null;
  last = before;
  return first;
}

@inline
export function touch(field: Field): void {
  if (field.isTouched) return;
  field.isTouched = true;
  field.isCommon = true;
  field.count = 0;
  field.length = 0;
  field.nextTouched = null;
  last.nextTouched = field;
  last = field;
}

@inline
export function addBits(field: Field, bits: u64): void {
  if (field.count == 0) {
    field.count = 1;
    field.bits = bits;
  } else addOther(field, bits);
}

function addOther(field: Field, bits: u64): void {
  const value = changetype<Value>(scratchOf(offsetof<Value>()));
  value.bits = bits;
  addValue(field, value, field.count == 1);
}

/** Puts a value behind the others. */
@inline
export function addValue(field: Field, value: Value, isFirst: bool): void {
  value.next = null;
  if (isFirst) field.others = value;
  else field.lastOther!.next = value;
  field.lastOther = value;
  field.count++;
}

@inline
export function addMember(field: Field, from: usize, length: u32): void {
  if (field.length == 0) {
    field.from = from;
    field.length = length;
    field.more = null;
  } else addMore(field, from, length);
}

function addMore(field: Field, from: usize, length: u32): void {
  const member = changetype<Member>(scratchOf(offsetof<Member>()));
  member.from = from;
  member.length = length;
  member.next = field.more;
  field.more = member;
}
