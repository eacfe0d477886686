import { Field, Form, isCoded } from './field';
import { allocate, filled, nothing } from './memory';

/*
 * The order in which rows are written. Rows that have much in common are put next to one another, columns with the fewest
 * different values first: so columns compress better, and what few rows have stands in few places.
 */

/** Fewer rows are a few vectors of the engine in any order. */
const fewRows: u32 = 4096;
/** A column with more different values, for so many rows, puts nothing together. */
const rowsPerValue: u32 = 64;

/** Rows as they came. */
export function rowsAsTheyCame(rows: u32): usize {
  const order = allocate(<usize>rows << 2);
  for (let row: u32 = 0; row < rows; row++) store<u32>(order + (<usize>row << 2), row);
  return order;
}

/** Rows with what is alike together; `last` is the last of so many fields. */
export function rowsTogether(last: Field | null, fields: u32, rows: u32): usize {
  let order = rowsAsTheyCame(rows);
  if (rows < fewRows) return order;
  const keys = allocate(<usize>fields * sizeof<usize>());
  let count: u32 = 0;
  let field = last;
  while (field) {
    const different = differentValues(field, rows);
    if (different >= 2 && different <= rows / rowsPerValue) {
      // Those with more different values are moved behind it.
      let place = count++;
      for (; place > 0; place--) {
        const before = keyAt(keys, place - 1);
        if (differentValues(before, rows) <= different) break;
        setKey(keys, place, before);
      }
      setKey(keys, place, field);
    }
    field = field.next;
  }
  // Sorting by one column after the other, the most important last, is sorting by all, for equal rows stay in order.
  let other = allocate(<usize>rows << 2);
  for (let place = count; place > 0; place--) {
    sortBy(keyAt(keys, place - 1), order, other, rows);
    const sorted = other;
    other = order;
    order = sorted;
  }
  return order;
}

@inline
function keyAt(keys: usize, place: u32): Field {
  return changetype<Field>(load<usize>(keys + <usize>place * sizeof<usize>()));
}

@inline
function setKey(keys: usize, place: u32, field: Field): void {
  store<usize>(keys + <usize>place * sizeof<usize>(), changetype<usize>(field));
}

/** How many different values a column has, with nothing as one; 0 where that is not known. */
function differentValues(field: Field, rows: u32): u32 {
  if (field.singleCount == 0) return 0;
  const none: u32 = field.singleCount < rows ? 1 : 0;
  if (isCoded(field)) return field.dictionary!.count + none;
  return field.form == Form.boolean ? 2 + none : 0;
}

/** The number of a row's value among those that are different; 0 where there is none. */
@inline
function rank(field: Field, isCode: bool, row: u32): u32 {
  const value = load<u32>(field.singles + (<usize>row << 2));
  if (value == nothing) return 0;
  return 1 + (isCode ? value : <u32>load<u64>(field.values + (<usize>value << 3)));
}

/** Puts the rows of `from` into `to`, sorted by one column. */
function sortBy(field: Field, from: usize, to: usize, rows: u32): void {
  const isCode = isCoded(field);
  const ranks: u32 = isCode ? field.dictionary!.count + 1 : 3;
  // Where the rows of each rank go.
  const places = filled((<usize>ranks + 1) << 2, 0);
  for (let row: u32 = 0; row < rows; row++) {
    const place = places + ((<usize>rank(field, isCode, row) + 1) << 2);
    store<u32>(place, load<u32>(place) + 1);
  }
  for (let i: u32 = 1; i < ranks; i++) {
    const place = places + (<usize>i << 2);
    store<u32>(place, load<u32>(place) + load<u32>(place - 4));
  }
  for (let i: u32 = 0; i < rows; i++) {
    const row = load<u32>(from + (<usize>i << 2));
    const place = places + (<usize>rank(field, isCode, row) << 2);
    const at = load<u32>(place);
    store<u32>(place, at + 1);
    store<u32>(to + (<usize>at << 2), row);
  }
}
