import type { HitColumns, ShownField } from '../../languages/search/hits-plan.ts';
import type { HitForm } from '../../languages/search/search-request.ts';
import { parseDate, parseDateNanos } from '../../values/date.ts';
import { formatDateAs } from '../../values/java-date-format.ts';
import { cellJson } from '../../values/json.ts';
import type { CellValue, EsqlType, ScalarValue } from '../../values/types.ts';
import { filteredSource } from './source-filter.ts';

/** More than an index has documents: the place of one is its number behind those of the indices before. */
const placesOfIndex = 2n ** 40n;

/** Hits as JSON, each from the cells of its row. */
export function* hitsJson(
  columns: HitColumns,
  form: HitForm,
  rows: readonly (readonly CellValue[])[],
): Generator<string> {
  for (const cells of rows) yield hitJson(columns, form, cells);
}

/** A hit as JSON, from the cells of its row. */
export function hitJson(columns: HitColumns, form: HitForm, cells: readonly CellValue[]): string {
  const mark = (name: string): CellValue => cells[columns.marks.findIndex((column) => column.name === name)]!;
  const keys = cells.slice(columns.marks.length, columns.marks.length + columns.keys.length);
  const fields = cells.slice(columns.marks.length + columns.keys.length);
  const isScored = columns.keys.length === 0 || columns.keys.some(({ isScore }) => isScore);
  const ignored = mark('_ignored');
  const shown = columns.fields.flatMap((field, i) => fieldJson(field, fields[i]!));
  const parts = [
    `"_index":${JSON.stringify(mark('_index'))},"_id":${JSON.stringify(mark('_id'))}`,
    ...(form.version ? [`"_version":${mark('_version')}`] : []),
    ...(form.sequence ? [`"_seq_no":${(mark('_place') as bigint) % placesOfIndex},"_primary_term":1`] : []),
    `"_score":${isScored ? '1.0' : 'null'}`,
    ...(ignored === null ? [] : [`"_ignored":${JSON.stringify([ignored].flat())}`]),
    ...(form.source.shown ? [`"_source":${filteredSource(String(mark('_source')), form.source)}`] : []),
    ...(shown.length > 0 ? [`"fields":{${shown.join(',')}}`] : []),
    ...(keys.length > 0 ? [`"sort":[${columns.keys.map((key, i) => sortJson(key, keys[i]!)).join(',')}]`] : []),
  ];
  return `{${parts.join(',')}}`;
}

/** The value that a hit was sorted by; Elasticsearch shows the end of all numbers for one that is missing. */
function sortJson(key: HitColumns['keys'][number], cell: CellValue): string {
  const { type } = key.expression;
  if (cell !== null)
    return key.format === null ? rawJson(type, cell as ScalarValue) : dateJson(cell as string, key.format);
  const isLeast = (key.nulls === 'first') !== key.descending;
  if (type === 'double') return isLeast ? '"-Infinity"' : '"Infinity"';
  if (type === 'long' || type === 'date' || type === 'integer')
    return isLeast ? '-9223372036854775808' : '9223372036854775807';
  return 'null';
}

/** A value as sorts and keys of buckets have it: dates are numbers. */
export function rawJson(type: EsqlType, value: ScalarValue): string {
  if (type === 'date') return String(parseDate(String(value)));
  if (type === 'date_nanos') return String(parseDateNanos(String(value)));
  return cellJson(value, type);
}

/** A date as text in a format. */
export const dateJson = (date: string, format: string, zone?: string): string =>
  JSON.stringify(formatDateAs(parseDate(date)!, format, zone) ?? date);

function fieldJson({ name, column, format }: ShownField, cell: CellValue): string[] {
  if (cell === null) return [];
  const values = [cell].flat() as ScalarValue[];
  const isDate = column.type === 'date' || column.type === 'date_nanos';
  const json = values.map((value) =>
    format !== null && isDate ? dateJson(String(value), format) : cellJson(value, column.type),
  );
  return [`${JSON.stringify(name)}:[${json.join(',')}]`];
}
