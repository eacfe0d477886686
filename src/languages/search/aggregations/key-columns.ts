import { allOf, conditionOf, filtered, given } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import { columnsIn, type Expression } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { isDate, isNumeric } from '../../../values/types.ts';
import { call, callOnEach, columnValue, computed } from '../calls.ts';
import type { Documents, Rows } from '../documents.ts';
import { illegal } from '../search-error.ts';
import { constantOf, noFielddata } from '../sort-keys.ts';
import type { Bucketing, Conditions, DateHistogram, Histogram, Terms } from './aggregation.ts';

/**
 * Rows with a column that says in which bucket each is, several values for one in several. A row in none has no value, or
 * is left out. Null for the column of an aggregation that is one bucket.
 */
export interface Keyed {
  readonly plan: Plan;
  readonly key: Column | null;
}

/** Puts rows into buckets, which are in those of other columns already; null where no document can be in any. */
export type KeyMaker = ((rows: Plan, fresh: Rows['fresh'], outer: readonly Column[]) => Keyed) | null;

/** How a bucketing puts documents into buckets; its fields are read. Throws a SearchError for a field of the wrong type. */
export function keyMaker(bucketing: Bucketing, documents: Documents, now: number): KeyMaker {
  switch (bucketing.kind) {
    case 'terms':
      return termsKey(bucketing, documents, now);
    case 'dateHistogram':
      return dateKey(bucketing, documents, now);
    case 'histogram':
      return numberKey(bucketing, documents, now);
    case 'conditions':
      return conditionsKey(bucketing, documents);
  }
}

function termsKey({ field, missing }: Terms, documents: Documents, now: number): KeyMaker {
  const column = documents.field(field);
  if (column === null) return null;
  if (column.type === 'text') throw noFielddata(field);
  if (missing === undefined) return (plan) => ({ plan, key: column });
  const value = withMissing(column, missing, now);
  return (rows, fresh) => defined(rows, fresh(field, column.type, column.multi), value);
}

const withMissing = (column: Column, missing: unknown, now: number): Expression =>
  missing === undefined
    ? columnValue(column)
    : callOnEach(
        'COALESCE',
        column.type,
        columnValue(column),
        given(column.type, constantOf(column.type, missing, column.name, now)),
      );

const defined = (rows: Plan, column: Column, expression: Expression): Keyed => ({
  plan: computed(rows, [{ column, expression }]),
  key: column,
});

/** Each document once for each value of a column, within the buckets that its rows are in already. */
export function onceForEach(rows: Plan, place: Column, buckets: readonly Column[], value: Column): Plan {
  const keys = [place, ...buckets.filter(({ multi }) => !multi), value].map(columnValue);
  return { kind: 'limitBy', input: rows, count: 1n, keys, order: [], output: rows.output };
}

/** The intervals of the values of a field: a document with several values in one is there once. */
function ofEachValue(
  { field, missing }: DateHistogram | Histogram,
  column: Column,
  documents: Documents,
  now: number,
  key: (value: Expression) => Expression,
): KeyMaker {
  const place = column.multi ? documents.mark('_place') : null;
  return (rows, fresh, outer) => {
    const given = fresh(field, column.type, column.multi);
    const withValue = computed(rows, [{ column: given, expression: withMissing(column, missing, now) }]);
    const one = column.multi ? fresh(field, column.type) : given;
    const plan: Plan = column.multi
      ? { kind: 'expand', input: withValue, source: given, column: one, output: [...withValue.output, one] }
      : withValue;
    const interval = key(columnValue(one));
    const keyed = fresh(`${field} interval`, interval.type);
    const made = computed(plan, [{ column: keyed, expression: interval }]);
    return { plan: place ? onceForEach(made, place, outer, keyed) : made, key: keyed };
  };
}

function dateKey(histogram: DateHistogram, documents: Documents, now: number): KeyMaker {
  const column = documents.field(histogram.field);
  if (column === null) return null;
  const { type } = column;
  if (!isDate(type)) throw wrongType(column, 'date_histogram');
  const { span, zone, offset } = histogram.interval;
  const length = given(span.milliseconds > 0 ? 'time_duration' : 'date_period', span);
  const shift = given('time_duration', { months: 0, days: 0, milliseconds: Math.abs(offset) });
  const moved = (value: Expression, back: boolean): Expression =>
    offset === 0 ? value : call(offset > 0 === back ? '-' : '+', type, value, shift);
  return ofEachValue(histogram, column, documents, now, (value) => {
    const start = call('DATE_TRUNC', type, length, moved(value, true));
    return moved(zone === 'UTC' ? start : { ...start, options: [{ name: 'time_zone', value: zone }] }, false);
  });
}

/** The number of the interval, counted from the offset. */
function numberKey(histogram: Histogram, documents: Documents, now: number): KeyMaker {
  const column = documents.field(histogram.field);
  if (column === null) return null;
  if (!isNumeric(column.type)) throw wrongType(column, 'histogram');
  const { interval, offset } = histogram;
  return ofEachValue(histogram, column, documents, now, (value) => {
    const behind = call('-', 'double', call('TO_DOUBLE', 'double', value), given('double', offset));
    return call('FLOOR', 'double', call('/', 'double', behind, given('double', interval)));
  });
}

/** The numbers of the conditions that a row fulfils: a row for each, where there are several conditions. */
function conditionsKey({ buckets, form, areApart }: Conditions, documents: Documents): KeyMaker {
  const tests = buckets.map(({ condition }) => documents.test(condition));
  if (form === 'single') return (rows) => ({ plan: filtered(rows, tests), key: null });
  return (rows, fresh) => {
    const numbers = tests.map((_, i) => BigInt(i));
    if (areApart && !fieldsIn(tests).some(({ multi }) => multi)) {
      const branches = tests.flatMap((test, i) => [test, given('long', numbers[i]!)]);
      return defined(rows, fresh('bucket', 'long'), call('CASE', 'long', ...branches));
    }
    if (tests.length === 1) return defined(filtered(rows, tests), fresh('bucket', 'long'), given('long', 0n));
    const all = fresh('buckets', 'long', true);
    const input = computed(rows, [{ column: all, expression: given('long', numbers) }]);
    const column = fresh('bucket', 'long');
    const each: Plan = { kind: 'expand', input, source: all, column, output: [...input.output, column] };
    const isIn = numbers.map(
      (number, i) => allOf([conditionOf('==', [columnValue(column), given('long', number)]), tests[i]!])!,
    );
    return { plan: filtered(each, [isIn.reduce((any, next) => conditionOf('OR', [any, next]))]), key: column };
  };
}

const fieldsIn = (tests: readonly Expression[]): readonly Column[] => tests.flatMap(columnsIn);

export const wrongType = ({ name, type }: Column, aggregation: string): Error =>
  illegal(`Field [${name}] of type [${type}] is not supported for aggregation [${aggregation}]`);
