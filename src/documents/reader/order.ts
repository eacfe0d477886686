import { Column, columnCount, Content, countOf, isCoded, lastColumn, spread } from './column';
import { allocate, filled, nothing } from './memory';

/*
 * The order in which rows are written. Rows that have much in common are put next to one another, columns with the fewest
 * different values first: so columns compress better, and what few rows have stands in few places.
 */

/** Fewer rows are a few vectors of the engine in any order. */
const fewRows: u32 = 4096;
/** A column with more different values than this, per number of rows, groups nothing. */
const rowsPerValue: u32 = 64;

/** Rows as they came. */
export function rowsAsTheyCame(rows: u32): usize {
  const order = allocate(<usize>rows << 2);
  for (let row: u32 = 0; row < rows; row++) store<u32>(order + (<usize>row << 2), row);
  return order;
}

/** Columns beyond these put nothing together that is not so already. */
const mostKeys: u32 = 256;

/** Rows with what is alike together. */
export function rowsTogether(rows: u32): usize {
  let order = rowsAsTheyCame(rows);
  if (rows < fewRows) return order;
  const keys = allocate(<usize>columnCount * sizeof<usize>());
  let count: u32 = 0;
  let column = lastColumn;
  while (column) {
    const different = differentValues(column, rows);
    if (different >= 2 && different <= rows / rowsPerValue) {
      // Those with more different values are moved behind it.
      let place = count++;
      for (; place > 0; place--) {
        const before = keyAt(keys, place - 1);
        if (differentValues(before, rows) <= different) break;
        setKey(keys, place, before);
      }
      setKey(keys, place, column);
    }
    column = column.next;
  }
  // Sorting by one column after the other, the most important last, is sorting by all, for equal rows stay in order.
  let other = allocate(<usize>rows << 2);
  const ranks = allocate(<usize>rows << 2);
  for (let place = min(count, mostKeys); place > 0; place--) {
    sortBy(keyAt(keys, place - 1), ranks, order, other, rows);
    const sorted = other;
    other = order;
    order = sorted;
  }
  return order;
}

@inline
function keyAt(keys: usize, place: u32): Column {
  return changetype<Column>(load<usize>(keys + <usize>place * sizeof<usize>()));
}

@inline
function setKey(keys: usize, place: u32, column: Column): void {
  store<usize>(keys + <usize>place * sizeof<usize>(), changetype<usize>(column));
}

/** How many different values a column has, with nothing as one; 0 where that is not known. */
function differentValues(column: Column, rows: u32): u32 {
  const count = countOf(column);
  if (count == 0) return 0;
  const none: u32 = count < rows ? 1 : 0;
  if (isCoded(column)) return column.dictionary!.count + none;
  return column.content == Content.boolean ? 2 + none : 0;
}

/** Puts the rows of `from` into `to`, sorted by one column; `ranks` is used for it. */
function sortBy(column: Column, ranks: usize, from: usize, to: usize, rows: u32): void {
  const isCode = isCoded(column);
  memory.fill(ranks, 255, <usize>rows << 2);
  spread(column, ranks);
  // The number of a row's value among those that are different; 0 where there is none.
  for (let at = ranks; at < ranks + (<usize>rows << 2); at += 4) {
    const value = load<u32>(at);
    if (value == nothing) store<u32>(at, 0);
    else store<u32>(at, 1 + (isCode ? value : <u32>load<u64>(value)));
  }
  const different: u32 = isCode ? column.dictionary!.count + 1 : 3;
  // Where the rows of each rank go.
  const places = filled((<usize>different + 1) << 2, 0);
  for (let row: u32 = 0; row < rows; row++) {
    const place = places + ((<usize>load<u32>(ranks + (<usize>row << 2)) + 1) << 2);
    store<u32>(place, load<u32>(place) + 1);
  }
  for (let i: u32 = 1; i < different; i++) {
    const place = places + (<usize>i << 2);
    store<u32>(place, load<u32>(place) + load<u32>(place - 4));
  }
  for (let i: u32 = 0; i < rows; i++) {
    const row = load<u32>(from + (<usize>i << 2));
    const place = places + (<usize>load<u32>(ranks + (<usize>row << 2)) << 2);
    const at = load<u32>(place);
    store<u32>(place, at + 1);
    store<u32>(to + (<usize>at << 2), row);
  }
}
