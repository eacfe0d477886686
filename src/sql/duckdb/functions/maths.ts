import type { angles, maths } from '../../../functions/maths.ts';
import type { ConstantValue } from '../../../plan/expression.ts';
import type { EsqlType } from '../../../values/types.ts';
import { join, type Sql, sql, text } from '../../sql.ts';
import { finite } from '../fragments.ts';
import { storageType } from '../storage-type.ts';
import type { Evaluation, SqlFor } from './contract.ts';

/** Half away from zero; beyond 2^52 a double has no fraction to round. */
function roundDouble(value: Sql, decimals: Sql | null, known?: ConstantValue): Sql {
  if (!decimals)
    return sql`CASE WHEN abs(${value}) < 4503599627370496e0 THEN sign(${value}) * floor(abs(${value}) + 0.5e0) ELSE ${value} END`;
  // Powers of ten that a double holds exactly are written out: they need no planning.
  const isExact = typeof known === 'bigint' && known >= 0n && known <= 22n;
  const scale = isExact ? sql`${text(`1e${known}`)}::DOUBLE` : sql`pow(10e0, ${decimals})`;
  const scaled = sql`abs(${value}) * ${scale}`;
  const vanishes = isExact ? sql`` : sql` WHEN ${decimals} IS NULL THEN NULL WHEN ${scale} = 0 THEN 0e0`;
  return sql`CASE${vanishes} WHEN ${scaled} < 9007199254740992e0 THEN floor(${scaled} + 0.5e0) / ${scale} * (CASE WHEN ${value} >= 0 THEN 1e0 ELSE -1e0 END) ELSE ${value} END`;
}

/**
 * Whole numbers change only with negative places: half away from zero, and nought where the number has no more digits
 * than are rounded away.
 */
function roundWhole(value: Sql, decimals: Sql, type: EsqlType): Evaluation {
  const magnitude = sql`abs(${value}::HUGEINT)`;
  // Wider than the argument: its least value has no counterpart.
  const places = sql`(-(${decimals})::HUGEINT)`;
  const unit = sql`pow(10e0, least(${places}, 30))::HUGEINT`;
  const rounded = sql`CASE WHEN ${decimals} IS NULL THEN NULL WHEN ${decimals} >= 0 THEN ${value}::HUGEINT
    WHEN length(${magnitude}::VARCHAR) <= ${places} THEN 0
    ELSE ((${magnitude} + ${unit} // 2) // ${unit}) * ${unit} * (CASE WHEN ${value} < 0 THEN -1 ELSE 1 END) END`;
  return {
    value: sql`TRY_CAST(${rounded} AS ${storageType(type)})`,
    failure: {
      when: sql`${value} IS NOT NULL AND ${decimals} IS NOT NULL`,
      reason: text(`java.lang.ArithmeticException: ${type} overflow`),
    },
  };
}

/** The engine's root is a last digit off for cubes such as 27, where Java's is exact: one step of Newton's method. */
function cubeRoot(value: Sql): Sql {
  const root = sql`cbrt(${value})`;
  return sql`CASE WHEN ${value} = 0 THEN ${value} ELSE ${root} - (${root} * ${root} * ${root} - ${value}) / (3e0 * ${root} * ${root}) END`;
}

const ArithmeticException = 'java.lang.ArithmeticException: ';

type Checked = Sql | { readonly value: Sql; readonly reason: Sql };

/** A function of doubles, null and a warning where its result is no finite number. */
function ofDoubles(args: readonly Sql[], make: (...args: Sql[]) => Checked): Evaluation {
  const made = make(...args.map((arg) => sql`(${arg})::DOUBLE`));
  const there = join(
    args.map((arg) => sql`${arg} IS NOT NULL`),
    ' AND ',
  );
  if (typeof made !== 'string') return { value: made.value, failure: { when: there, reason: made.reason } };
  const kind = sql`CASE WHEN isnan(${made}) THEN 'NaN' WHEN (${made}) > 0 THEN 'Infinity' ELSE '-Infinity' END`;
  return {
    value: finite(made),
    failure: { when: there, reason: sql`${text(`${ArithmeticException}not a finite double number: `)} || ${kind}` },
  };
}

const one =
  (make: (value: Sql) => Checked) =>
  ([value]: readonly [Sql]): Evaluation =>
    ofDoubles([value], make as (...args: Sql[]) => Checked);

const two =
  (make: (a: Sql, b: Sql) => Checked) =>
  ([a, b]: readonly [Sql, Sql]): Evaluation =>
    ofDoubles([a, b], make as (...args: Sql[]) => Checked);

const applied = (name: Sql) => one((value) => sql`${name}(${value})`);

/** A function of doubles that is not there for some of them. */
const within = (allowed: Sql, value: Sql, reason: string): { value: Sql; reason: Sql } => ({
  value: sql`CASE WHEN ${allowed} THEN ${value} END`,
  reason: text(ArithmeticException + reason),
});

const positive = (value: Sql, logarithm: Sql): Checked =>
  within(sql`${value} > 0`, logarithm, 'Log of non-positive number');

const constant = (value: number) => (): Sql => sql`${text(String(value))}::DOUBLE`;

const asNumber = (value: ConstantValue | undefined): number | bigint | null =>
  typeof value === 'number' || typeof value === 'bigint' ? value : null;

export const mathSql: SqlFor<typeof maths> = {
  ROUND([value, decimals], { type, args: [, known] }) {
    if (type === 'double') return roundDouble(value, decimals ?? null, known?.value);
    return decimals ? roundWhole(value, decimals, type) : value;
  },
  ROUND_TO([value, ...points], { args: [, ...known], type }) {
    const storage = storageType(type);
    const order = points
      .map((point, i) => ({ point: sql`(${point})::${storage}`, at: asNumber(known[i]!.value) ?? 0 }))
      .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    const whens = order
      .slice(0, -1)
      .map(({ point }) => sql`WHEN ${value} >= ${point} THEN ${point}`)
      .reduce((a, b) => sql`${a} ${b}`, sql``);
    return sql`CASE WHEN ${value} IS NULL THEN NULL ${whens} ELSE ${order.at(-1)!.point} END`;
  },
  ABS([value], { type }) {
    if (type === 'double' || type === 'unsigned_long') return sql`abs(${value})`;
    // The lowest number alone has no counterpart.
    const lowest = type === 'integer' ? sql`(-2147483648)` : sql`(-9223372036854775808)`;
    return {
      value: sql`CASE WHEN ${value} > ${lowest} THEN abs(${value}) END`,
      failure: {
        when: sql`${value} IS NOT NULL`,
        reason: text(`${ArithmeticException}Overflow to represent absolute value of ${type.toUpperCase()}.MIN_VALUE`),
      },
    };
  },
  CEIL: ([value]) => sql`ceil(${value})`,
  FLOOR: ([value]) => sql`floor(${value})`,
  E: constant(Math.E),
  PI: constant(Math.PI),
  TAU: constant(2 * Math.PI),
  POW: two((a, b) => sql`pow(${a}, ${b})`),
  HYPOT: two((a, b) => sql`sqrt(${a} * ${a} + ${b} * ${b})`),
  ATAN2: two((y, x) => sql`atan2(${y}, ${x})`),
  SCALB: two((a, b) => sql`(${a} * pow(2e0, ${b}))`),
  COPY_SIGN([magnitude, sign], { type }) {
    if (type === 'double')
      return sql`(CASE WHEN signbit((${sign})::DOUBLE) THEN -abs(${magnitude}) ELSE abs(${magnitude}) END)::DOUBLE`;
    // Minus zero is no negative number here, and the least number has no counterpart: it stays as it is.
    const storage = storageType(type);
    const positive = sql`coalesce(TRY_CAST(abs((${magnitude})::HUGEINT) AS ${storage}), ${magnitude})`;
    return sql`(CASE WHEN (${sign})::DOUBLE < 0 THEN (-abs((${magnitude})::HUGEINT))::${storage} WHEN ${sign} IS NOT NULL THEN ${positive} END)`;
  },
  LOG([first, second]) {
    if (!second) return ofDoubles([first], (value) => positive(value!, sql`ln(${value!})`));
    return two((base, value) => {
      const ok = sql`${base} > 0 AND ${value} > 0 AND ${base} <> 1`;
      return {
        value: sql`CASE WHEN ${ok} THEN log10(${value}) / log10(${base}) END`,
        reason: sql`${text(ArithmeticException)} || CASE WHEN ${base} = 1 THEN 'Log of base 1' ELSE 'Log of non-positive number' END`,
      };
    })([first, second]);
  },
  LOG10: one((value) => positive(value, sql`log10(${value})`)),
  SQRT: one((value) => within(sql`${value} >= 0`, sql`sqrt(${value})`, 'Square root of negative')),
  CBRT: one(cubeRoot),
  EXP: applied(sql`exp`),
  SIGNUM: one((value) => sql`sign(${value})::DOUBLE`),
  SIN: applied(sql`sin`),
  COS: applied(sql`cos`),
  TAN: applied(sql`tan`),
  ASIN: one((value) => within(sql`${value} BETWEEN -1 AND 1`, sql`asin(${value})`, 'Asin input out of range')),
  ACOS: one((value) => within(sql`${value} BETWEEN -1 AND 1`, sql`acos(${value})`, 'Acos input out of range')),
  ATAN: applied(sql`atan`),
  SINH: applied(sql`sinh`),
  COSH: applied(sql`cosh`),
  TANH: applied(sql`tanh`),
  ASINH: applied(sql`asinh`),
  ACOSH: one((value) => within(sql`${value} >= 1`, sql`acosh(${value})`, 'Acosh input out of range')),
  ATANH: one((value) => within(sql`abs(${value}) < 1`, sql`atanh(${value})`, 'Atanh input out of range')),
};

export const angleSql: SqlFor<typeof angles> = {
  TO_DEGREES: ([value]) => sql`degrees((${value})::DOUBLE)`,
  TO_RADIANS: ([value]) => sql`radians((${value})::DOUBLE)`,
};
