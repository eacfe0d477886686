import type { anyValues } from '../../../functions/any-value.ts';
import { optionOf } from '../../../plan/expression.ts';
import { ident, type Sql, sql } from '../../sql.ts';
import { type Representation, single, valuesOf } from '../representation.ts';
import { fitsWildcards } from '../text-patterns.ts';
import { comparable } from './comparisons.ts';
import type { CustomContext, SqlFor } from './contract.ts';
import { fitsRegex } from './patterns.ts';

const never = single(sql`false`);

/** A bound; null where there is none or several. */
const boundOf = ({ single: value, list }: Representation): Sql =>
  list ? sql`CASE WHEN ${list} IS NULL THEN ${value} END` : value;

/** True when any of the values meets a test. */
function anyMeets(value: Representation, test: (one: Sql) => Sql): Representation {
  const one = test(value.single);
  if (!value.list) return single(sql`coalesce(${one}, false)`);
  const v = ident('v');
  const several = sql`list_bool_or(list_transform(${value.list}, lambda ${v}: ${test(v)}))`;
  return single(sql`coalesce(CASE WHEN ${value.list} IS NULL THEN ${one} ELSE ${several} END, false)`);
}

type Compared = (typeof anyValues)['MV_LESS']['parameters'];

/** The extreme value decides whether any is beyond a bound. */
const beyond =
  (extreme: Sql, strict: Sql, inclusive: Sql) =>
  ([value, bound]: readonly [Representation, Representation], { args, options }: CustomContext<Compared>) => {
    const [{ type }] = args;
    if (args.some((arg) => arg.type === 'null')) return never;
    const operator = String(optionOf(options, 'include_bound')).toLowerCase() === 'true' ? inclusive : strict;
    const v = ident('v');
    const keys = sql`list_transform(${valuesOf(value)}, lambda ${v}: ${comparable(v, type)})`;
    const decisive = value.list ? sql`${extreme}(${keys})` : comparable(value.single, type);
    return single(sql`coalesce(${decisive} ${operator} ${comparable(boundOf(bound), type)}, false)`);
  };

export const anyValueSql: SqlFor<typeof anyValues> = {
  MV_GREATER: beyond(sql`list_max`, sql`>`, sql`>=`),
  MV_LESS: beyond(sql`list_min`, sql`<`, sql`<=`),
  MV_IN_RANGE([value, lower, upper], { args }) {
    const [{ type }] = args;
    if (args.some((arg) => arg.type === 'null')) return never;
    const [low, high] = [lower, upper].map((bound) => comparable(boundOf(bound), type)) as [Sql, Sql];
    const inside = (one: Sql): Sql => sql`${comparable(one, type)} BETWEEN ${low} AND ${high}`;
    return anyMeets(value, inside);
  },
  MV_LIKE: ([value], { args: [{ type }, { value: pattern }] }) =>
    type === 'null' ? never : anyMeets(value, (one) => fitsWildcards(one, String(pattern))),
  MV_RLIKE: ([value], { args: [{ type }, { value: pattern }] }) =>
    type === 'null' ? never : anyMeets(value, (one) => fitsRegex(one, String(pattern))),
};
