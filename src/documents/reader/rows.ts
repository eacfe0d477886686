import { codeOf, lengthAt, newDictionary, textAt } from './dictionary';
import { Field, Form, isCoded, Order, scratchOf } from './field';
import { compare, enlarged, newRows } from './memory';

/*
 * What a document said of a field, as a row of the field's columns.
 */

let rows: u32 = 0;

export function resetRows(most: u32): void {
  rows = most;
}

/** Writes a row; true where the values are not in the common form. */
export function writeRow(field: Field, row: u32): bool {
  if (!field.isCommon) {
    writeRest(field, row);
    return true;
  }
  if (field.count == 0) return false;
  if (field.count == 1) {
    writeSingle(field, row, field.first!.bits);
    return false;
  }
  const values = scratchOf(<usize>field.count << 3);
  let at = values;
  let value = field.first;
  while (value) {
    store<u64>(at, value.bits);
    at += 8;
    value = value.next;
  }
  const count = field.order == Order.asTheyCome ? field.count : arrange(field, values, field.count);
  if (count == 1) writeSingle(field, row, load<u64>(values));
  else writeList(field, row, values, count);
  return false;
}

function writeSingle(field: Field, row: u32, bits: u64): void {
  if (field.singles == 0) field.singles = newRows(rows);
  field.singleCount++;
  if (isCoded(field)) {
    store<u32>(field.singles + (<usize>row << 2), <u32>bits);
    return;
  }
  if (field.valueCount == field.valueRoom) {
    field.valueRoom = max(1024, field.valueRoom << 1);
    field.values = enlarged(field.values, <usize>field.valueCount << 3, <usize>field.valueRoom << 3);
  }
  store<u64>(field.values + (<usize>field.valueCount << 3), bits);
  store<u32>(field.singles + (<usize>row << 2), field.valueCount++);
}

function writeList(field: Field, row: u32, values: usize, count: u32): void {
  if (field.lists == 0) field.lists = newRows(rows);
  field.listCount++;
  const needed = field.itemCount + count + 1;
  if (needed > field.itemRoom) {
    field.itemRoom = max(max(1024, field.itemRoom << 1), needed);
    field.items = enlarged(field.items, <usize>field.itemCount << 3, <usize>field.itemRoom << 3);
  }
  const at = field.items + (<usize>field.itemCount << 3);
  store<u64>(at, count);
  memory.copy(at + 8, values, <usize>count << 3);
  store<u32>(field.lists + (<usize>row << 2), field.itemCount);
  field.itemCount = needed;
}

/** The JSON of what the document says: of one member as it is, of several as an array. */
function writeRest(field: Field, row: u32): void {
  if (field.rest == 0) {
    field.rest = newRows(rows);
    field.restDictionary = newDictionary();
  }
  field.restCount++;
  let from = field.from;
  let length = field.length;
  if (field.more) {
    let bytes: usize = length + 2;
    let member = field.more;
    while (member) {
      bytes += member.length + 1;
      member = member.next;
    }
    from = scratchOf(bytes + 16);
    let at = from + bytes;
    store<u8>(--at, 93);
    // The last member stands first.
    member = field.more;
    while (member) {
      at -= member.length;
      memory.copy(at, member.from, member.length);
      store<u8>(--at, 44);
      member = member.next;
    }
    at -= field.length;
    memory.copy(at, field.from, field.length);
    store<u8>(--at, 91);
    length = <u32>bytes;
  }
  if (load<u8>(from) == 91) field.restHasLists = true;
  store<u32>(field.rest + (<usize>row << 2), codeOf(field.restDictionary!, from, length));
}

/** Puts values in order, and leaves out those that stand there already where each counts once; gives how many stay. */
function arrange(field: Field, values: usize, count: u32): u32 {
  let gap: u32 = 1;
  while (gap < count / 3) gap = gap * 3 + 1;
  for (; gap > 0; gap /= 3)
    for (let i = gap; i < count; i++) {
      const value = load<u64>(values + (<usize>i << 3));
      let j = i;
      while (j >= gap && order(field, load<u64>(values + (<usize>(j - gap) << 3)), value) > 0) {
        store<u64>(values + (<usize>j << 3), load<u64>(values + (<usize>(j - gap) << 3)));
        j -= gap;
      }
      store<u64>(values + (<usize>j << 3), value);
    }
  if (field.order != Order.sortedOnce) return count;
  let kept: u32 = 1;
  for (let i: u32 = 1; i < count; i++) {
    const value = load<u64>(values + (<usize>i << 3));
    if (order(field, load<u64>(values + (<usize>(kept - 1) << 3)), value) == 0) continue;
    store<u64>(values + (<usize>kept << 3), value);
    kept++;
  }
  return kept;
}

function order(field: Field, a: u64, b: u64): i32 {
  if (a == b) return 0;
  if (!isCoded(field)) {
    if (field.form == Form.decimal) {
      const x = reinterpret<f64>(a);
      const y = reinterpret<f64>(b);
      return x < y ? -1 : x > y ? 1 : 0;
    }
    return <i64>a < <i64>b ? -1 : 1;
  }
  const dictionary = field.dictionary!;
  const x = <u32>a;
  const y = <u32>b;
  // Addresses are written as numbers, without zeros before them.
  if (field.form == Form.address && lengthAt(dictionary, x) != lengthAt(dictionary, y))
    return lengthAt(dictionary, x) < lengthAt(dictionary, y) ? -1 : 1;
  return compare(textAt(dictionary, x), lengthAt(dictionary, x), textAt(dictionary, y), lengthAt(dictionary, y));
}
