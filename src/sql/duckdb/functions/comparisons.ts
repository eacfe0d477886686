import type { comparisons } from '../../../functions/comparisons.ts';
import type { ConstantValue } from '../../../plan/expression.ts';
import { type EsqlType, isDate } from '../../../values/types.ts';
import { join, list, number, type Sql, sql, text } from '../../sql.ts';
import { type Representation, single } from '../representation.ts';
import { type EmitContext, type SqlFor, severalValues } from './contract.ts';

/** Versions compare by their parts, not by their text. */
export const comparable = (value: Sql, type: EsqlType): Sql =>
  type === 'version' ? sql`harrier_version_key(${value})` : value;

/** Versions of nothing but numbers, which compare as lists of these do. */
const plainVersion = text('[0-9]{1,18}(?:\\.[0-9]{1,18})*');

/** The numbers of a constant version; null where it has others parts, or is not known. */
function numbersOf(value: ConstantValue | undefined): Sql | null {
  if (typeof value !== 'string' || !/^\d{1,18}(?:\.\d{1,18})*$/.test(value)) return null;
  return sql`${list(value.split('.').map((part) => number(BigInt(part))))}::BIGINT[]`;
}

/** Dates of both kinds as whole numbers that compare; milliseconds reach further than nanoseconds do. */
const nanoseconds = (date: Sql, type: EsqlType): Sql =>
  type === 'date_nanos' ? sql`epoch_ns(${date})::HUGEINT` : sql`(epoch_us(${date})::HUGEINT * 1000)`;

type Sides = (typeof comparisons)['==']['parameters'];

const comparison =
  (symbol: Sql, how: 'equality' | 'order' = 'order') =>
  ([a, b]: readonly [Sql, Sql], { args: [left, right] }: EmitContext<Sides>): Sql => {
    if (left.type !== right.type && isDate(left.type) && isDate(right.type))
      return sql`${nanoseconds(a, left.type)} ${symbol} ${nanoseconds(b, right.type)}`;
    if (how === 'equality') return sql`${a} ${symbol} ${b}`;
    const type = left.type === 'null' ? right.type : left.type;
    const numbers = type === 'version' ? numbersOf(right.value) : null;
    if (numbers) {
      // The engine (1.5) compares `x::BIGINT[]` with a constant as texts, unless the cast stands in a CASE.
      const own = sql`(CASE WHEN regexp_full_match(${a}, ${plainVersion}) THEN string_split(${a}, '.')::BIGINT[] END)`;
      return sql`coalesce(${own} ${symbol} ${numbers}, ${comparable(a, type)} ${symbol} ${comparable(b, type)})`;
    }
    return sql`${comparable(a, type)} ${symbol} ${comparable(b, type)}`;
  };

export const comparisonSql: SqlFor<typeof comparisons> = {
  '==': comparison(sql`=`, 'equality'),
  '!=': comparison(sql`<>`, 'equality'),
  '<': comparison(sql`<`),
  '<=': comparison(sql`<=`),
  '>': comparison(sql`>`),
  '>=': comparison(sql`>=`),
  // An element of several values counts as null; another may still be the one.
  IN([left, ...elements], { args, warn, ofSingles }) {
    // Beside null, elements may be of types that have nothing in common.
    if (args[0]!.type === 'null') return single(sql`NULL::BOOLEAN`);
    const one = ({ single: value, list }: Representation): Sql =>
      list ? sql`CASE WHEN ${list} IS NULL THEN ${value} WHEN ${warn(severalValues)} THEN NULL END` : value;
    const [value, list] = [left.single, elements.map(one)];
    const found = (test: Sql): Representation => single(ofSingles([left], test));
    const dates = args.filter((arg) => isDate(arg.type));
    if (dates.some((arg) => arg.type !== dates[0]!.type)) {
      const [date, ...others] = [value, ...list].map((each, i) =>
        isDate(args[i]!.type) ? nanoseconds(each, args[i]!.type) : sql`NULL::HUGEINT`,
      );
      return found(sql`${date!} IN (${join(others, ', ')})`);
    }
    return found(sql`${value} IN (${join(list, ', ')})`);
  },
};
