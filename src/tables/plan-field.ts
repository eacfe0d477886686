import { columnOf } from '../documents/columns.ts';
import type { FilledColumns } from '../documents/document-reader.ts';
import type { Form, Order, WantedField } from '../documents/names.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { ident, number, type Sql, sql } from '../sql/sql.ts';
import { own } from '../values/own.ts';
import type { EsqlType } from '../values/types.ts';
import { dateInFormat, takesIso } from './date-format.ts';
import type { MappedField } from './mapped-field.ts';
import { keepsWhole, refinement } from './refinement.ts';
import { arranged, eachOf, element, listed, listedType, valueOfText } from './values.ts';

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

const bits: Readonly<Record<string, number>> = { byte: 7, short: 15, integer: 31 };

/** Values of which none has the common form of its type. */
const formless: readonly [Form, Order] = ['text', 'asTheyCome'];

/** Whether a field is of dates that do not come in the common form. */
const isInOwnFormat = ({ type, property: { format } }: MappedField): boolean =>
  (type === 'date' || type === 'date_nanos') && format !== undefined && !takesIso(format);

const takesNull = ({ type, property: { null_value: value } }: MappedField): boolean =>
  value !== undefined && value !== null && type !== 'text' && type !== 'geo_point';

/** A typed field, as it is looked for in documents. */
export function wantedField(field: MappedField): WantedField {
  const { name, type, mappingType, property } = field;
  const [form, order] = isInOwnFormat(field) ? formless : (usual[type] ?? ['json', 'asTheyCome']);
  const limit = own(bits, mappingType) ?? (type === 'integer' ? 31 : undefined);
  return {
    name,
    form,
    order,
    takesObjects: form === 'json',
    ...(limit !== undefined && { least: -(2 ** limit), most: 2 ** limit - 1 }),
    ...(type === 'unsigned_long' && { least: 0 }),
    ...(form === 'text' && type !== 'text' && isInOwnFormat(field) && { longest: 0 }),
    ...(takesNull(field) && { whenNull: String(property.null_value) }),
    // There are never more characters than bytes.
    ...(type === 'keyword' &&
      property.ignore_above !== undefined &&
      !keepsWhole(field) && { longest: property.ignore_above }),
  };
}

/** How the columns of a typed field are made of those that the document reader gives. */
export interface PlannedField {
  readonly field: MappedField;
  readonly single: Sql;
  /** Null where no document has several values. */
  readonly list: Sql | null;
  /** What `withSteps` adds to the relation beforehand, so that each value is read once. */
  readonly step: Sql | null;
  /** Whether a value does not fit; null where that cannot be. */
  readonly bad: Sql | null;
  /** For the field and each multi-field whether it leaves a value out as too long, where that can be. */
  readonly tooLong: readonly { readonly name: string; readonly bad: Sql }[];
  /** Whether the columns do not hold every value, for whatever reason; null where they do. */
  readonly lost: Sql | null;
  /** The texts of values that are not in the common form. */
  readonly rest: Sql | null;
}

/** A JSON scalar without its quotes as a value of a field, before it is refined; null where it does not fit. */
export function valueOfField({ type, property: { format } }: MappedField, plain: Sql): Sql {
  const isDate = type === 'date' || type === 'date_nanos';
  return isDate && format !== undefined ? dateInFormat(type, format, plain) : valueOfText(type, plain);
}

/** A relation with the steps of fields as columns. */
export function withSteps(relation: Sql, fields: readonly PlannedField[]): Sql {
  const steps = fields.flatMap(({ step }) => step ?? []);
  return steps.length === 0 ? relation : sql`SELECT *, ${steps.reduce((a, b) => sql`${a}, ${b}`)} FROM (${relation})`;
}

const isText = ({ type }: MappedField): boolean => type === 'keyword' || type === 'text' || type === 'version';

/** Whether some value may not fit a field: texts take any, and others what is in the common form. */
export const mayNotFit = (field: MappedField, { rest }: FilledColumns): boolean => rest && !isText(field);

/** Plans a typed field; null where no document has a value of it. */
export function planField(field: MappedField, filled: FilledColumns): PlannedField | null {
  if (!filled.single && !filled.list && !filled.rest && !filled.unfit) return null;
  const { name, type } = field;
  const refine = keepsWhole(field) ? undefined : refinement(field);
  // Limits on texts and whole numbers were applied when they were read; decimals are rounded and case is folded here.
  const refineCommon = type === 'double' || field.property.normalizer === 'lowercase' ? refine : undefined;
  const stored = storageType(type);
  const [single, list, rest] = [columnOf(name, 'single'), columnOf(name, 'list'), columnOf(name, 'rest')].map(
    ident,
  ) as [Sql, Sql, Sql];
  const change = refineCommon ?? ((value: Sql): Sql => value);
  // Only empty texts are common to a field of none: these are nothing.
  const hasCommon = !isInOwnFormat(field);
  const commonSingle = filled.single && hasCommon ? sql`${change(single)}::${stored}` : null;
  const foldedList = refineCommon && filled.list ? arranged(type, eachOf(list, change)) : null;
  const several = (values: Sql): Sql => sql`CASE WHEN len(${values}) > 1 THEN ${listed(type, values)} END`;
  const alone = (values: Sql): Sql => sql`CASE WHEN len(${values}) = 1 THEN ${values}[1]::${stored} END`;
  const commonList =
    !filled.list || !hasCommon ? null : foldedList ? several(foldedList) : sql`${list}::${listedType(type)}[]`;
  const singles = [commonSingle, foldedList && alone(foldedList)];
  const lists = [commonList];
  const plan = { field, step: null, bad: null, lost: null, rest: null };
  if (!filled.rest) {
    const kept = { single: first(singles, stored)!, list: first(lists, null) };
    return { ...plan, ...kept, ...unfitting(field, filled), tooLong: tooLong(field, kept) };
  }
  const values = ident(`${columnOf(name, 'rest')} values`);
  const convert = (text: Sql): Sql => {
    const value = valueOfField(field, text);
    return refine ? refine(value) : value;
  };
  const isPoint = type === 'geo_point';
  const all = arranged(type, sql`list_filter(${values}, lambda ${element}: ${element} IS NOT NULL)`);
  const lost = sql`(list_count(${values}) < len(${values}))`;
  // An empty text in the place of a number or date is nothing, as it is for Elasticsearch.
  const mistyped = sql`list_filter(list_zip(${rest}, ${values}), lambda ${element}: ${element}[1] <> '' AND ${element}[2] IS NULL)`;
  const kept = {
    single: first([...singles, alone(all)], stored)!,
    list: first([...lists, filled.restHasLists || isPoint ? several(all) : null], null),
  };
  const unfit = unfitting(field, filled);
  return {
    ...plan,
    ...kept,
    step: isPoint
      ? sql`flatten(list_transform(${rest}, lambda ${element}: list_transform(string_split(harrier_points(${element}), ';'), lambda p: nullif(p, '')))) AS ${values}`
      : sql`list_transform(${rest}, lambda ${element}: ${convert(element)}) AS ${values}`,
    bad: either(!mayNotFit(field, filled) ? null : isPoint ? lost : sql`(len(${mistyped}) > 0)`, unfit.bad),
    tooLong: [...(isText(field) && !keepsWhole(field) ? [{ name, bad: lost }] : []), ...tooLong(field, kept)],
    // A point is kept as a text of its own kind.
    lost: either(isPoint ? sql`${rest} IS NOT NULL` : lost, unfit.bad),
    rest: unfit.rest ? sql`coalesce(${rest}, ${unfit.rest})` : rest,
  };
}

/** A condition, or one of two. */
const either = (one: Sql | null, other: Sql | null): Sql | null =>
  one && other ? sql`(coalesce(${one}, false) OR ${other})` : (one ?? other);

/** What is to be said of a value that is known not to fit. */
function unfitting({ name }: MappedField, { unfit }: FilledColumns): Pick<PlannedField, 'bad' | 'lost' | 'rest'> {
  if (!unfit) return { bad: null, lost: null, rest: null };
  const texts = ident(columnOf(name, 'unfit'));
  const is = sql`${texts} IS NOT NULL`;
  return { bad: is, lost: is, rest: texts };
}

/** Which of the fields that show these values leave some out as too long. */
function tooLong(field: MappedField, kept: Pick<PlannedField, 'single' | 'list'>): PlannedField['tooLong'] {
  if (field.type !== 'keyword' && field.type !== 'text') return [];
  const { name, property } = field;
  const subs = Object.entries(property.fields ?? {}).map(([sub, { ignore_above }]) => ({
    name: `${name}.${sub}`,
    ignore_above,
  }));
  return [...(keepsWhole(field) ? [{ name, ignore_above: property.ignore_above }] : []), ...subs].flatMap(
    ({ name: full, ignore_above: limit }) => (limit === undefined ? [] : [{ name: full, bad: isLonger(kept, limit) }]),
  );
}

/** Whether a text has more characters: there are never more of them than bytes, which are counted fast. */
export function isLonger({ single, list }: Pick<PlannedField, 'single' | 'list'>, limit: number): Sql {
  const most = number(limit);
  const is = (value: Sql): Sql => sql`CASE WHEN strlen(${value}) > ${most} THEN length(${value}) > ${most} END`;
  const one = is(single);
  return list ? sql`(${one} OR len(list_filter(${list}, lambda ${element}: ${is(element)})) > 0)` : one;
}

/** What stands in the first of the parts that a row has; each row has one. */
function first(parts: readonly (Sql | null)[], type: Sql | null): Sql | null {
  const there = parts.filter((part) => part !== null);
  if (there.length === 0) return type && sql`NULL::${type}`;
  return there.length === 1 ? there[0]! : sql`coalesce(${there.reduce((a, b) => sql`${a}, ${b}`)})`;
}
