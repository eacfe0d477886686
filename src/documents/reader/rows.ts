import { writeSingle, writeValues } from './column';
import { Field } from './field';
import { writeRest } from './rest';
import { scratchOf } from './scratch';

/*
 * What a document has of a field whose type is known, as a row of its columns.
 */

/** Writes a row; true where the values are not in the common form. */
export function writeRow(field: Field, row: u32): bool {
  if (!field.isCommon) {
    writeRest(field, row);
    return true;
  }
  const count = field.count;
  if (count == 0) return false;
  if (count == 1) {
    writeSingle(field.column!, row, field.bits);
    return false;
  }
  const values = scratchOf(<usize>count << 3);
  store<u64>(values, field.bits);
  let at = values + 8;
  let value = field.others;
  while (value) {
    store<u64>(at, value.bits);
    at += 8;
    value = value.next;
  }
  writeValues(field.column!, row, values, count, field.order);
  return false;
}
