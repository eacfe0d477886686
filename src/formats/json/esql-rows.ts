import { isObject, parseJson } from '../../values/plain-json.ts';
import { byte, elementsOf, membersOf, type Range } from './values.ts';

/** A column of an ES|QL answer: what stands before a value of it, `"name":`, and its type. */
export interface Column {
  readonly begin: Buffer;
  readonly type: string;
}
export type Columns = readonly Column[];

/**
 * The columns of the answer whose object begins at `from`, of which something is known up to `to`; null if it has no
 * member `columns` of names and types.
 */
export function columnsOf(bytes: Buffer, from: number, to: number): Columns | null {
  for (const { key, value } of membersOf(bytes, from, to)) {
    if (key !== 'columns' || bytes[value.from] !== byte.openArray) continue;
    const columns = parseJson(bytes.toString('utf8', value.from, value.to));
    return Array.isArray(columns) && columns.every(isColumn)
      ? columns.map(({ name, type }) => ({ begin: Buffer.from(`${JSON.stringify(name)}:`), type }))
      : null;
  }
  return null;
}

const isColumn = (value: unknown): value is { name: string; type: string } =>
  isObject(value) && typeof value.name === 'string' && typeof value.type === 'string';

const nothing = Buffer.from('null');

/** A row as an object of its values, nulls left out; null where it has more or fewer values than there are columns. */
export function rowObject(bytes: Buffer, from: number, to: number, columns: Columns): Buffer | null {
  return bytes[from] === byte.openArray ? objectOf(bytes, elementsOf(bytes, from, to), to - from, columns) : null;
}

/** `room`: how many bytes the values have at most, with what separates them. */
function objectOf(bytes: Buffer, values: Iterable<Range>, room: number, columns: Columns): Buffer | null {
  const object = Buffer.allocUnsafe(room + columns.reduce((sum, { begin }) => sum + begin.length + 1, 2));
  let length = 0;
  let n = 0;
  for (const value of values) {
    const column = columns[n++];
    if (column === undefined) return null;
    if (nothing.compare(bytes, value.from, value.to) === 0) continue;
    object[length] = length === 0 ? byte.openObject : byte.comma;
    length++;
    length += column.begin.copy(object, length);
    length += bytes.copy(object, length, value.from, value.to);
  }
  if (n < columns.length) return null;
  if (length === 0) object[length++] = byte.openObject;
  object[length++] = byte.closeObject;
  return object.subarray(0, length);
}

/** How the values of an answer are laid out; `either` where both fit, which is rows unless `columnar` was asked for. */
export type Layout = 'rows' | 'columns' | 'either';

/** How the values in the array that begins at `from` and ends at `to` are laid out. */
export function layoutOf(bytes: Buffer, from: number, to: number, columns: Columns): Layout {
  const lists: Range[] = [];
  for (const list of elementsOf(bytes, from, to)) {
    if (bytes[list.from] !== byte.openArray || lists.length === columns.length) return 'rows';
    lists.push(list);
  }
  const lengths = new Set(lists.map((list) => lengthOf(bytes, list)));
  if (lists.length < columns.length || lengths.size !== 1) return 'rows';
  if (!lengths.has(columns.length)) return 'columns';
  if (columns.length === 1) return 'rows';
  const fit = (typeAt: (list: number, n: number) => number): boolean =>
    lists.every((list, i) =>
      [...elementsOf(bytes, list.from, list.to)].every((value, n) => fits(bytes, value, columns[typeAt(i, n)]!.type)),
    );
  const byRows = fit((_, n) => n);
  return fit((list) => list) ? (byRows ? 'either' : 'columns') : 'rows';
}

/** Whether the first of the values is a row, as far as is known up to `to`; what is not whole may be a long column. */
export function beginsWithRow(bytes: Buffer, from: number, to: number, columns: Columns): boolean {
  const [first] = elementsOf(bytes, from, to);
  return first !== undefined && lengthOf(bytes, first) === columns.length;
}

function lengthOf(bytes: Buffer, { from, to }: Range): number {
  let length = 0;
  for (const _ of elementsOf(bytes, from, to)) length++;
  return length;
}

const numeric = /long|integer|double|float|short|byte/;

/** Whether a value may be one of a type, by how it begins. */
function fits(bytes: Buffer, { from, to }: Range, type: string): boolean {
  const first = bytes[from]!;
  if (first === byte.openArray) return [...elementsOf(bytes, from, to)].every((value) => fits(bytes, value, type));
  if (first === letter.n) return true;
  const isWord = first === letter.t || first === letter.f;
  if (type === 'boolean') return isWord;
  if (first === byte.openObject || type === '_source') return first === byte.openObject && type === '_source';
  return numeric.test(type) ? first !== byte.quote && !isWord : first === byte.quote;
}

const letter = { n: 0x6e, t: 0x74, f: 0x66 };

/** The rows of values that are laid out by columns. */
export function* columnarRows(bytes: Buffer, from: number, to: number, columns: Columns): Generator<Buffer, void> {
  const lists = [...elementsOf(bytes, from, to)].map((list) => elementsOf(bytes, list.from, list.to));
  for (;;) {
    const values = lists.flatMap((list) => list.next().value ?? []);
    if (values.length < columns.length) return;
    yield objectOf(
      bytes,
      values,
      values.reduce((sum, value) => sum + value.to - value.from, 0),
      columns,
    )!;
  }
}
