import { byte, elementsOf, membersOf } from './values.ts';

/** Names of the columns of an ES|QL answer, as what stands before a value: `"name":`. */
export type Columns = readonly Buffer[];

/**
 * The columns of the answer whose object begins at `from`, of which something is known up to `to`; null if it has no
 * member `columns` of names and types.
 */
export function columnsOf(bytes: Buffer, from: number, to: number): Columns | null {
  for (const { key, value } of membersOf(bytes, from, to)) {
    if (key !== 'columns' || bytes[value.from] !== byte.openArray) continue;
    const columns = parsed(bytes.toString('utf8', value.from, value.to));
    return Array.isArray(columns) && columns.every(isColumn)
      ? columns.map(({ name }) => Buffer.from(`${JSON.stringify(name)}:`))
      : null;
  }
  return null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const isColumn = (value: unknown): value is { name: string } =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as { name?: unknown }).name === 'string' &&
  typeof (value as { type?: unknown }).type === 'string';

const nothing = Buffer.from('null');

/** A row as an object of its values, nulls left out; null where it has more or fewer values than there are columns. */
export function rowObject(bytes: Buffer, from: number, to: number, columns: Columns): Buffer | null {
  const object = Buffer.allocUnsafe(to - from + columns.reduce((sum, name) => sum + name.length, 2));
  let length = 0;
  let n = 0;
  for (const value of elementsOf(bytes, from, to)) {
    const name = columns[n++];
    if (name === undefined) return null;
    if (nothing.compare(bytes, value.from, value.to) === 0) continue;
    object[length] = length === 0 ? byte.openObject : byte.comma;
    length++;
    length += name.copy(object, length);
    length += bytes.copy(object, length, value.from, value.to);
  }
  if (n < columns.length) return null;
  if (length === 0) object[length++] = byte.openObject;
  object[length++] = byte.closeObject;
  return object.subarray(0, length);
}
