import { branchesOf, type conditionals } from '../../../functions/conditionals.ts';
import { type EsqlType, isNumeric, isString } from '../../../values/types.ts';
import { join, type Sql, sql } from '../../sql.ts';
import { mapList } from '../fragments.ts';
import { fromList, fromValues, isLong, type Representation, single, valuesOf } from '../representation.ts';
import { storageType } from '../storage-type.ts';
import { comparable } from './comparisons.ts';
import { type CustomContext, type EmitContext, type SqlFor, severalValues } from './contract.ts';
import { withNanos } from './conversions.ts';

/** One value of the chosen type, as single and list. */
function adapted(value: Representation, from: EsqlType, to: EsqlType): Representation {
  if (from === 'null' || to === 'null') return { single: sql`NULL::${storageType(to)}`, list: null };
  if (from === to || (isString(from) && isString(to))) return value;
  // A cast to nanoseconds fails of the whole query where it is out of range, whatever it is tried with.
  if (from === 'date' && to === 'date_nanos') {
    if (!value.list) return single(withNanos(value.single));
    return fromList(mapList(valuesOf(value), withNanos));
  }
  const storage = storageType(to);
  // Only an unsigned long may be too narrow: it has no negative numbers.
  return {
    single: sql`TRY_CAST(${value.single} AS ${storage})`,
    list: value.list && sql`TRY_CAST(${value.list} AS ${storage}[])`,
  };
}

const joinWhens = (whens: readonly Sql[]): Sql => whens.reduce((a, b) => sql`${a} ${b}`);

const allThere = (values: readonly Sql[]): Sql =>
  join(
    values.map((value) => sql`${value} IS NOT NULL`),
    ' AND ',
  );

type Choices = (typeof conditionals)['GREATEST']['parameters'];

/** GREATEST and LEAST: null if any is null; of several values, the greatest or least counts. */
const extreme =
  (choose: Sql, inList: Sql) =>
  (args: readonly Representation[], { args: known, type }: CustomContext<Choices>): Representation => {
    const values = args.map((value, i) => {
      const { single: one, list } = adapted(value, known[i]!.type, type);
      return list ? sql`coalesce(${one}, ${inList}(${list}))` : one;
    });
    if (values.length === 1) return single(values[0]!);
    if (type !== 'version') return single(sql`CASE WHEN ${allThere(values)} THEN ${choose}(${join(values, ', ')}) END`);
    const keyed = values.map((value) => sql`{k: ${comparable(value, type)}, v: ${value}}`);
    return single(sql`CASE WHEN ${allThere(values)} THEN ${inList}([${join(keyed, ', ')}]).v END`);
  };

/** The value, or the bound that it is beyond. */
function clamped(args: readonly Sql[], { type }: Pick<EmitContext, 'type'>, make: (args: readonly Sql[]) => Sql): Sql {
  const numbers = isNumeric(type);
  const wide = (value: Sql): Sql =>
    numbers ? sql`(${value})::${type === 'double' ? sql`DOUBLE` : sql`HUGEINT`}` : value;
  const made = make(args.map(wide));
  return sql`CASE WHEN ${allThere(args)} THEN ${numbers ? sql`TRY_CAST(${made} AS ${storageType(type)})` : made} END`;
}
const raised = (value: Sql, low: Sql): Sql => sql`greatest(${value}, ${low})`;
const lowered = (value: Sql, high: Sql): Sql => sql`least(${value}, ${high})`;

export const conditionalSql: SqlFor<typeof conditionals> = {
  CASE(args, { args: known, type, warn }) {
    const { pairs, fallback } = branchesOf(args.map((value, i) => ({ value, argument: known[i]! })));
    const make = (pick: (value: Representation) => Sql): Sql => {
      const whens = pairs.map(({ condition, value }) => {
        const { single: test, list } = condition.value;
        // A condition with several values counts as false.
        const holds = list
          ? sql`CASE WHEN ${list} IS NOT NULL THEN ${warn(severalValues, 'false')} ELSE ${test} END`
          : test;
        return sql`WHEN ${holds} THEN ${pick(adapted(value.value, value.argument.type, type))}`;
      });
      const otherwise = fallback ? sql`ELSE ${pick(adapted(fallback.value, fallback.argument.type, type))} ` : sql``;
      return sql`CASE ${joinWhens(whens)} ${otherwise}END`;
    };
    const multi = args.some((value, i) => (i % 2 === 1 || i === args.length - 1) && value.list !== null);
    if (multi && args.some(isLong)) return fromValues(make(valuesOf));
    const noList = sql`NULL::${storageType(type)}[]`;
    return { single: make((value) => value.single), list: multi ? make((value) => value.list ?? noList) : null };
  },
  COALESCE(args, { args: known, type }) {
    const values = args.map((value, i) => adapted(value, known[i]!.type, type));
    const singles = values.map((value) => value.single);
    if (values.every((value) => value.list === null)) return single(sql`coalesce(${join(singles, ', ')})`);
    const noList = sql`NULL::${storageType(type)}[]`;
    // What is long stands in the SQL once, so that calls within calls stay short.
    if (values.some(isLong)) return fromValues(sql`coalesce(${join(values.map(valuesOf), ', ')})`);
    const make = (pick: (value: Representation) => Sql): Sql =>
      sql`CASE ${joinWhens(values.map((value) => sql`WHEN ${value.single} IS NOT NULL${value.list ? sql` OR ${value.list} IS NOT NULL` : sql``} THEN ${pick(value)}`))} END`;
    return { single: make((value) => value.single), list: make((value) => value.list ?? noList) };
  },
  GREATEST: extreme(sql`greatest`, sql`list_max`),
  LEAST: extreme(sql`least`, sql`list_min`),
  CLAMP: (args, context) => clamped(args, context, ([value, low, high]) => lowered(raised(value!, low!), high!)),
  CLAMP_MIN: (args, context) => clamped(args, context, ([value, low]) => raised(value!, low!)),
  CLAMP_MAX: (args, context) => clamped(args, context, ([value, high]) => lowered(value!, high!)),
};
