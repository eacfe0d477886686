import { isOneOf, join, number, type Sql, sql, text } from '../sql/sql.ts';
import type { Comparison, Condition, Count, Matcher, Scalar } from './mapping.ts';
import type { Expr, RawValues } from './raw-values.ts';

/** What cannot hold, whatever an event says. */
export const never = sql`false`;
export const always = sql`true`;

/** Whether an event meets a condition on what stands at names; never null. */
export function conditionSql(condition: Condition, names: RawValues): Sql {
  const parts = Object.entries(condition).map(([name, wanted]): Sql => {
    if (name === 'any') return anyOf((wanted as readonly Condition[]).map((one) => conditionSql(one, names)));
    if (name === 'not') return negated(conditionSql(wanted as Condition, names));
    if (isCount(wanted)) return countSql(names.json(name), wanted.count);
    const other = otherName(wanted as Matcher | Comparison);
    if (other !== null) return besideSql(wanted as Comparison, names.text(name), names.text(other));
    return matcherSql(wanted as Matcher, names.text(name));
  });
  if (parts.includes(never)) return never;
  const open = parts.filter((part) => part !== always);
  return open.length === 0 ? always : open.length === 1 ? open[0]! : sql`(${join(open, ' AND ')})`;
}

export function anyOf(parts: readonly Sql[]): Sql {
  if (parts.includes(always)) return always;
  const open = parts.filter((part) => part !== never);
  return open.length === 0 ? never : open.length === 1 ? open[0]! : sql`(${join(open, ' OR ')})`;
}

export const negated = (part: Sql): Sql => (part === never ? always : part === always ? never : sql`(NOT ${part})`);

/** The name that a comparison takes the other value from; null for what wants constants. */
export function otherName(wanted: Matcher | Comparison): string | null {
  if (typeof wanted !== 'object') return null;
  if ('same as' in wanted) return wanted['same as'];
  return 'ends with' in wanted ? wanted['ends with'] : null;
}

/** Whether a value, or one of several, is the same as another, or ends with it; never null. */
function besideSql(comparison: Comparison, value: Expr | null, other: Expr | null): Sql {
  if (value === null || other === null) return never;
  const wanted = sql`lower(${other.isList ? sql`${other.sql}[1]` : other.sql})`;
  return some(value, (one) =>
    'same as' in comparison ? sql`(lower(${one}) = ${wanted})` : sql`ends_with(lower(${one}), ${wanted})`,
  );
}

/** Whether a value, or one of several, is what a matcher wants; never null. */
export function matcherSql(matcher: Matcher, value: Expr | null): Sql {
  if (typeof matcher !== 'object' || isScalars(matcher)) return hasOneOf(value, matcher);
  if ('exists' in matcher) {
    const exists = value === null ? never : sql`(${value.sql} IS NOT NULL)`;
    return matcher.exists ? exists : negated(exists);
  }
  if ('not' in matcher) return negated(hasOneOf(value, matcher.not));
  if (value === null) return never;
  if ('like' in matcher) {
    const globs = isScalars(matcher.like) ? matcher.like : [matcher.like];
    return some(value, (one) => anyOf(globs.map((glob) => sql`(lower(${one}) LIKE ${likePattern(glob)} ESCAPE '\\')`)));
  }
  const compared = (one: Sql): Sql =>
    'over' in matcher
      ? sql`(TRY_CAST(${one} AS DOUBLE) > ${number(matcher.over)})`
      : sql`(TRY_CAST(${one} AS DOUBLE) < ${number((matcher as { under: number }).under)})`;
  return some(value, compared);
}

const isScalars = <T extends Scalar>(value: unknown): value is readonly T[] => Array.isArray(value);

const isCount = (wanted: unknown): wanted is Count =>
  typeof wanted === 'object' && wanted !== null && 'count' in wanted;

/** Whether as many elements stand in a list; anything else is one, and null none. */
function countSql(json: Sql | null, count: number): Sql {
  if (json === null) return count === 0 ? always : never;
  const length = sql`CASE json_type(${json}) WHEN 'ARRAY' THEN json_array_length(${json}) WHEN 'NULL' THEN 0 ELSE 1 END`;
  return sql`(CASE WHEN ${json} IS NULL THEN 0 ELSE ${length} END = ${number(count)})`;
}

function hasOneOf(value: Expr | null, wanted: Scalar | readonly Scalar[]): Sql {
  if (value === null) return never;
  const texts = (isScalars(wanted) ? wanted : [wanted as Scalar]).map((one) => text(String(one).toLowerCase()));
  return some(value, (one) => sql`(${isOneOf(sql`lower(${one})`, texts)})`);
}

function some({ sql: value, isList }: Expr, holds: (one: Sql) => Sql): Sql {
  return isList
    ? sql`coalesce(len(list_filter(${value}, lambda v: ${holds(sql`v`)})) > 0, false)`
    : sql`coalesce(${holds(value)}, false)`;
}

/** `*` stands for any text, everything else for itself. */
const likePattern = (glob: string): Sql =>
  text(
    glob
      .toLowerCase()
      .replace(/[\\%_]/g, '\\$&')
      .replaceAll('*', '%'),
  );
