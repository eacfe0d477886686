import { storageType } from '../catalogue/storage-type.ts';
import { columnNames, type FilledColumns } from '../documents/document-reader.ts';
import type { Form, Order, WantedField } from '../documents/names.ts';
import { ident, type Sql, sql } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import { type FieldColumns, fieldColumns } from './field-values.ts';

/** The form in which values of a type nearly always come, and what becomes of several of them. */
const usual: Readonly<Partial<Record<EsqlType, readonly [Form, Order]>>> = {
  keyword: ['text', 'sortedOnce'],
  version: ['text', 'sortedOnce'],
  text: ['text', 'asTheyCome'],
  integer: ['whole', 'sorted'],
  long: ['whole', 'sorted'],
  unsigned_long: ['whole', 'sorted'],
  double: ['decimal', 'sorted'],
  boolean: ['boolean', 'sorted'],
  date: ['date', 'sorted'],
  date_nanos: ['dateNanos', 'sorted'],
  ip: ['address', 'sortedOnce'],
};

/** A field of a type, as it is looked for in documents. */
export function wantedField(name: string, type: EsqlType): WantedField {
  const [form, order] = usual[type] ?? ['any', 'asTheyCome'];
  return {
    name,
    form,
    order,
    takesObjects: type === 'geo_point',
    ...(type === 'integer' && { least: -(2 ** 31), most: 2 ** 31 - 1 }),
    ...(type === 'unsigned_long' && { least: 0 }),
  };
}

/** The columns of a field that was read from documents. */
export interface ReadField {
  readonly single: Sql;
  readonly list: Sql | null;
  /** What is made of values that are not in the common form, which come as JSON in the column `json`. */
  readonly rest: FieldColumns | null;
  readonly json: Sql;
  /** The columns of the files that these are made of. */
  readonly from: readonly Sql[];
}

/**
 * The columns of the field with the number `i`; null where no document has a value. `refine` changes each value that
 * fits the type, or makes it null; `refineCommon` does so for those that were read already. `position` sets the steps
 * apart from those of other fields, which may be made of the same values; `listed` is the type of each of several values.
 */
export function readField(
  type: EsqlType,
  i: number,
  filled: FilledColumns,
  refine?: (value: Sql) => Sql,
  refineCommon?: (value: Sql) => Sql,
  position = i,
  listed = storageType(type),
): ReadField | null {
  if (!filled.single && !filled.list && !filled.rest) return null;
  const stored = storageType(type);
  const [single, list, json] = [columnNames.single(i), columnNames.list(i), columnNames.rest(i)].map(ident) as [
    Sql,
    Sql,
    Sql,
  ];
  const change = refineCommon ?? ((value: Sql): Sql => value);
  const e = ident('e');
  const commonSingle = filled.single ? change(sql`${single}::${stored}`) : null;
  const typedList = sql`${list}::${listed}[]`;
  const commonList = !filled.list
    ? null
    : refineCommon
      ? sql`list_transform(${typedList}, lambda ${e}: ${change(e)})`
      : typedList;
  const from = [
    ...(filled.single ? [single] : []),
    ...(filled.list ? [list] : []),
    ...(filled.rest ? [sql`TRY_CAST(${json} AS JSON) AS ${json}`] : []),
  ];
  if (!filled.rest) return { single: commonSingle ?? sql`NULL::${stored}`, list: commonList, rest: null, json, from };
  const kind = filled.restHasLists ? 'value' : 'scalar';
  const rest = fieldColumns(type, [{ kind, value: json }], position, refine)!;
  const either = (common: Sql | null, other: Sql | null): Sql | null =>
    common && other ? sql`CASE WHEN ${json} IS NULL THEN ${common} ELSE ${other} END` : (common ?? other);
  return {
    single: either(commonSingle, rest.single)!,
    list: either(commonList, rest.list && sql`(${rest.list})::${listed}[]`),
    rest,
    json,
    from,
  };
}
