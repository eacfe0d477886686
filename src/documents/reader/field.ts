import { allocate, filled, nothing } from './memory';
import { Dictionary, newDictionary } from './dictionary';

/** How the values of a field nearly always look. */
export const enum Form {
  /** In many ways: the engine reads them all. */
  any,
  text,
  whole,
  decimal,
  boolean,
  date,
  dateNanos,
  address,
}

/** What becomes of several values in one document. */
export const enum Order {
  asTheyCome,
  sorted,
  sortedOnce,
}

/** One value of the document that is being read. */
@unmanaged
export class Value {
  /** The number of a text or an address in the dictionary, or else the value itself. */
  bits: u64;
  next: Value | null;
}

/** A member of the document that holds a field, after the first such member. */
@unmanaged
export class Member {
  from: usize;
  length: u32;
  next: Member | null;
}

/** A field, and its columns: one value a row, several values a row, and what is not in the common form as JSON. */
@unmanaged
export class Field {
  form: Form;
  order: Order;
  /** Whether a value may be an object, which the engine then reads. */
  takesObjects: bool;
  least: f64;
  most: f64;
  /** How many bytes a text may have. */
  longest: u32;
  /** The field that was added before. */
  next: Field | null;

  // The document that is being read.
  isTouched: bool;
  isCommon: bool;
  count: u32;
  first: Value | null;
  last: Value | null;
  from: usize;
  length: u32;
  more: Member | null;
  nextTouched: Field | null;

  // The columns. Texts and addresses are numbers of a dictionary, other values numbers of what stands in `values`.
  dictionary: Dictionary | null;
  /** The texts of addresses as they came, each with the number of what it means. */
  spellings: Dictionary | null;
  /** The text that was read last, for the next is often the same. */
  lastLength: u32;
  lastCode: u32;
  singles: usize;
  singleCount: u32;
  values: usize;
  valueCount: u32;
  valueRoom: u32;
  /** For each row with several values where they begin in `items`, which are counted first. */
  lists: usize;
  listCount: u32;
  items: usize;
  itemCount: u32;
  itemRoom: u32;
  rest: usize;
  restCount: u32;
  restDictionary: Dictionary | null;
  /** Whether some of the rest may hold several values. */
  restHasLists: bool;
}

export function newField(form: Form, order: Order, takesObjects: bool, least: f64, most: f64, longest: u32, next: Field | null): Field {
  const field = changetype<Field>(filled(offsetof<Field>(), 0));
  field.form = form;
  field.order = order;
  field.takesObjects = takesObjects;
  field.least = least;
  field.most = most;
  field.longest = longest;
  field.next = next;
  field.lastLength = nothing;
  return field;
}

@inline
export function isCoded(field: Field): bool {
  return field.form == Form.text || field.form == Form.address;
}

export function dictionaryOf(field: Field): Dictionary {
  let dictionary = field.dictionary;
  if (!dictionary) {
    dictionary = newDictionary();
    field.dictionary = dictionary;
  }
  return dictionary;
}

export function spellingsOf(field: Field): Dictionary {
  let spellings = field.spellings;
  if (!spellings) {
    spellings = newDictionary();
    field.spellings = spellings;
  }
  return spellings;
}

/** Memory of the document that is being read; it is used again for the next. */
let scratch: usize = 0;
let scratchAt: usize = 0;
let scratchEnd: usize = 0;

export function resetScratch(): void {
  scratch = allocate(65_536);
  scratchAt = scratch;
  scratchEnd = scratch + 65_536;
}

export function clearScratch(): void {
  scratchAt = scratch;
}

@inline
export function scratchOf(bytes: usize): usize {
  if (scratchAt + bytes > scratchEnd) {
    // What stands in the old scratch stays until the piece ends.
    const room = max((scratchEnd - scratch) << 1, bytes);
    scratch = allocate(room);
    scratchAt = scratch;
    scratchEnd = scratch + room;
  }
  const at = scratchAt;
  scratchAt += (bytes + 15) & ~15;
  return at;
}
