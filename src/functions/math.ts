import type { ConstantValue } from '../plan/expression.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { join, type Sql, sql, text } from '../sql/sql.ts';
import { type EsqlType, isDate, isNumeric, messageName } from '../values/types.ts';
import type {
  Argument,
  ElementwiseFunction,
  Evaluation,
  Parameter,
  ScalarFunction,
  SingleValueFunction,
} from './definition.ts';
import { finite } from './sql-fragments.ts';
import * as types from './type-sets.ts';

/** Half away from zero; beyond 2^52 a double has no fraction to round. */
function roundDouble(value: Sql, decimals: Sql | null, known?: ConstantValue): Sql {
  if (!decimals)
    return sql`CASE WHEN abs(${value}) < 4503599627370496e0 THEN sign(${value}) * floor(abs(${value}) + 0.5e0) ELSE ${value} END`;
  // Powers of ten that a double holds exactly are written out: they need no planning.
  const isExact = typeof known === 'bigint' && known >= 0n && known <= 22n;
  const scale = isExact ? sql`${text(`1e${known}`)}::DOUBLE` : sql`pow(10e0, ${decimals})`;
  const scaled = sql`abs(${value}) * ${scale}`;
  const vanishes = isExact ? sql`` : sql` WHEN ${scale} = 0 THEN 0e0`;
  return sql`CASE${vanishes} WHEN ${scaled} < 9007199254740992e0 THEN floor(${scaled} + 0.5e0) / ${scale} * (CASE WHEN ${value} > 0 THEN 1e0 ELSE -1e0 END) ELSE ${value} END`;
}

/**
 * Whole numbers change only with negative places: half away from zero, and nought where the number has no more digits
 * than are rounded away.
 */
function roundWhole(value: Sql, decimals: Sql, type: EsqlType): Evaluation {
  const magnitude = sql`abs(${value}::HUGEINT)`;
  const unit = sql`pow(10e0, least(-(${decimals}), 30))::HUGEINT`;
  const rounded = sql`CASE WHEN ${decimals} >= 0 THEN ${value}::HUGEINT
    WHEN length(${magnitude}::VARCHAR) <= -(${decimals}) THEN 0
    ELSE ((${magnitude} + ${unit} // 2) // ${unit}) * ${unit} * (CASE WHEN ${value} < 0 THEN -1 ELSE 1 END) END`;
  return {
    value: sql`TRY_CAST(${rounded} AS ${storageType(type)})`,
    failure: {
      when: sql`${value} IS NOT NULL AND ${decimals} IS NOT NULL`,
      reason: text(`java.lang.ArithmeticException: ${type} overflow`),
    },
  };
}

const round: ScalarFunction = {
  kind: 'scalar',
  name: 'ROUND',
  family: 'math',
  parameters: [
    { name: 'number', accepts: types.numeric },
    { name: 'decimals', accepts: types.wholeNumber, optional: true },
  ],
  multivalue: 'null-and-warn',
  returns: ([value]) => (value!.type === 'null' ? 'integer' : value!.type),
  isIdentity: (args) => args.length === 1 && isWhole(args[0]!.type),
  duckdb([value, decimals], { type, args }) {
    if (type === 'double') return roundDouble(value!, decimals ?? null, args[1]?.value);
    if (!decimals) return value!;
    return roundWhole(value!, decimals, type);
  },
  doc: 'Rounds to the nearest number of so many decimals; half goes away from zero.',
  example: 'ROW a = 2.345 | EVAL b = ROUND(a, 2)',
};

const isWhole = (type: EsqlType): boolean => type === 'integer' || type === 'long' || type === 'unsigned_long';
const ArithmeticException = 'java.lang.ArithmeticException: ';

interface MathOptions {
  readonly parameters: readonly Parameter[];
  readonly returns?: EsqlType;
  readonly doc: string;
  readonly example: string;
}

const numbers = (...names: string[]): Parameter[] => names.map((name) => ({ name, accepts: types.numeric }));

/** A function of doubles, null and a warning where its result is no finite number. */
function ofDoubles(
  name: string,
  { parameters, doc, example }: MathOptions,
  make: (args: readonly Sql[]) => Sql | { value: Sql; reason: Sql },
): SingleValueFunction {
  return {
    kind: 'scalar',
    name,
    family: 'math',
    parameters,
    multivalue: 'null-and-warn',
    returns: () => 'double',
    duckdb(args) {
      const made = make(args.map((arg) => sql`(${arg})::DOUBLE`));
      const there = join(
        args.map((arg) => sql`${arg} IS NOT NULL`),
        ' AND ',
      );
      if (typeof made !== 'string') return { value: made.value, failure: { when: there, reason: made.reason } };
      const kind = sql`CASE WHEN isnan(${made}) THEN 'NaN' WHEN (${made}) > 0 THEN 'Infinity' ELSE '-Infinity' END`;
      return {
        value: finite(made),
        failure: {
          when: there,
          reason: sql`${text(`${ArithmeticException}not a finite double number: `)} || ${kind}`,
        },
      };
    },
    doc,
    example,
  };
}

/** A function of doubles that is not there for some of them. */
const within = (allowed: Sql, value: Sql, reason: string): { value: Sql; reason: Sql } => ({
  value: sql`CASE WHEN ${allowed} THEN ${value} END`,
  reason: text(ArithmeticException + reason),
});

const one = (
  name: string,
  doc: string,
  make: (value: Sql) => Sql | { value: Sql; reason: Sql },
  argument = '0.5',
): SingleValueFunction =>
  ofDoubles(
    name,
    { parameters: numbers('number'), doc, example: `ROW a = ${argument} | EVAL b = ${name}(a)` },
    ([value]) => make(value!),
  );

function constantOf(name: string, value: number, doc: string): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    family: 'math',
    parameters: [],
    multivalue: 'null-and-warn',
    returns: () => 'double',
    fold: () => value,
    duckdb: () => sql`${text(String(value))}::DOUBLE`,
    doc,
    example: `ROW a = ${name}()`,
  };
}

/** Each value of a field, as a double. */
function eachDouble(name: string, doc: string, make: (value: Sql) => Sql): ElementwiseFunction {
  return {
    kind: 'scalar',
    name,
    family: 'convert',
    parameters: numbers('number'),
    multivalue: 'each',
    returns: () => 'double',
    duckdb: ([value]) => make(sql`(${value!})::DOUBLE`),
    doc,
    example: `ROW a = 1 | EVAL b = ${name}(a)`,
  };
}

function sameType(
  name: 'ABS' | 'CEIL' | 'FLOOR',
  doc: string,
  make: (value: Sql, type: EsqlType) => Evaluation | Sql,
): SingleValueFunction {
  return {
    kind: 'scalar',
    name,
    family: 'math',
    parameters: numbers('number'),
    multivalue: 'null-and-warn',
    returns: ([value]) => (value!.type === 'null' ? 'integer' : value!.type),
    isIdentity: ([value]) => (name === 'ABS' ? value!.type === 'unsigned_long' : isWhole(value!.type)),
    duckdb: ([value], { type }) => make(value!, type),
    doc,
    example: `ROW a = -1.5 | EVAL b = ${name}(a)`,
  };
}

const absolute = sameType('ABS', 'The number without its sign.', (value, type) =>
  type === 'double'
    ? sql`abs(${value})`
    : {
        value: sql`TRY_CAST(abs((${value})::HUGEINT) AS ${storageType(type)})`,
        failure: {
          when: sql`${value} IS NOT NULL`,
          reason: text(`${ArithmeticException}Overflow to represent absolute value of ${type.toUpperCase()}.MIN_VALUE`),
        },
      },
);

const log: SingleValueFunction = {
  ...ofDoubles(
    'LOG',
    {
      parameters: [
        { name: 'base', accepts: types.numeric },
        { name: 'number', accepts: types.numeric, optional: true },
      ],
      doc: 'The logarithm: to the base that comes first, else the natural one.',
      example: 'ROW a = 8.0 | EVAL b = LOG(2, a)',
    },
    ([first, second]) => {
      if (!second) return within(sql`${first!} > 0`, sql`ln(${first!})`, 'Log of non-positive number');
      const ok = sql`${first!} > 0 AND ${second} > 0 AND ${first!} <> 1`;
      return {
        value: sql`CASE WHEN ${ok} THEN log10(${second}) / log10(${first!}) END`,
        reason: sql`${text(ArithmeticException)} || CASE WHEN ${first!} = 1 THEN 'Log of base 1' ELSE 'Log of non-positive number' END`,
      };
    },
  ),
};

/** The wider of types that numbers or dates have in common; an error names the first that does not fit. */
function commonType(args: readonly Argument[], call: string): EsqlType | { error: string } {
  const rank: readonly EsqlType[] = ['integer', 'long', 'double'];
  let type: EsqlType = 'null';
  for (const [i, arg] of args.entries()) {
    if (arg.type === 'null' || arg.type === type) continue;
    if (type === 'null') type = arg.type;
    else if (rank.includes(type) && rank.includes(arg.type))
      type = rank[Math.max(rank.indexOf(type), rank.indexOf(arg.type))]!;
    else {
      const ordinal = ['first', 'second', 'third', 'fourth', 'fifth'][i] ?? `${i + 1}th`;
      const wanted = isDate(type) ? 'datetime' : isNumeric(type) ? 'integer, long, double' : messageName(type);
      return {
        error: `${ordinal} argument of [${call}] must be [${wanted}], found value [${arg.text}] type [${messageName(arg.type)}]`,
      };
    }
  }
  return type;
}

const asNumber = (value: ConstantValue | undefined): number | bigint | null =>
  typeof value === 'number' || typeof value === 'bigint' ? value : null;

const roundTo: SingleValueFunction = {
  kind: 'scalar',
  name: 'ROUND_TO',
  family: 'math',
  parameters: [
    { name: 'field', accepts: types.numericOrDate },
    { name: 'points', accepts: types.numericOrDate, variadic: true, constant: true },
  ],
  multivalue: 'null-and-warn',
  returns: commonType,
  duckdb([value, ...points], { args, type }) {
    const storage = storageType(type);
    const order = points
      .map((point, i) => ({ point: sql`(${point})::${storage}`, at: asNumber(args[i + 1]!.value) ?? 0 }))
      .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
    const whens = order
      .slice(0, -1)
      .map(({ point }) => sql`WHEN ${value!} >= ${point} THEN ${point}`)
      .reduce((a, b) => sql`${a} ${b}`, sql``);
    return sql`CASE WHEN ${value!} IS NULL THEN NULL ${whens} ELSE ${order.at(-1)!.point} END`;
  },
  doc: 'The largest of the points that is not above the value; below all of them, the smallest.',
  example: 'ROW a = 7 | EVAL b = ROUND_TO(a, 0, 5, 10)',
};

const copySign: SingleValueFunction = {
  kind: 'scalar',
  name: 'COPY_SIGN',
  family: 'math',
  parameters: numbers('magnitude', 'sign'),
  multivalue: 'null-and-warn',
  returns: ([magnitude]) => (magnitude!.type === 'null' ? 'double' : magnitude!.type),
  duckdb: ([magnitude, sign], { type }) =>
    sql`(CASE WHEN signbit((${sign!})::DOUBLE) THEN -abs(${magnitude!}) ELSE abs(${magnitude!}) END)::${storageType(type)}`,
  doc: 'The first number with the sign of the second.',
  example: 'ROW a = 5.0, b = -1.0 | EVAL c = COPY_SIGN(a, b)',
};

const two = (first: string, second: string, doc: string, example: string): MathOptions => ({
  parameters: numbers(first, second),
  doc,
  example,
});

export const maths: readonly ScalarFunction[] = [
  round,
  roundTo,
  absolute,
  sameType('CEIL', 'Rounds up to a whole number.', (value) => sql`ceil(${value})`),
  sameType('FLOOR', 'Rounds down to a whole number.', (value) => sql`floor(${value})`),
  constantOf('E', Math.E, 'Euler’s number.'),
  constantOf('PI', Math.PI, 'The ratio of a circle’s circumference to its diameter.'),
  constantOf('TAU', 2 * Math.PI, 'The ratio of a circle’s circumference to its radius.'),
  ofDoubles(
    'POW',
    two('base', 'exponent', 'A number to the power of another.', 'ROW a = 2 | EVAL b = POW(a, 10)'),
    ([a, b]) => sql`pow(${a!}, ${b!})`,
  ),
  ofDoubles(
    'HYPOT',
    two(
      'number1',
      'number2',
      'The length of the hypotenuse of a right triangle.',
      'ROW a = 3, b = 4 | EVAL c = HYPOT(a, b)',
    ),
    ([a, b]) => sql`sqrt(${a!} * ${a!} + ${b!} * ${b!})`,
  ),
  ofDoubles(
    'ATAN2',
    two('y', 'x', 'The angle of a point, from its y and x.', 'ROW y = 1.0, x = 2.0 | EVAL a = ATAN2(y, x)'),
    ([y, x]) => sql`atan2(${y!}, ${x!})`,
  ),
  ofDoubles(
    'SCALB',
    {
      parameters: [
        { name: 'd', accepts: types.numeric },
        { name: 'scaleFactor', accepts: types.wholeNumber },
      ],
      doc: 'The number times two to the power of the second.',
      example: 'ROW a = 3.0 | EVAL b = SCALB(a, 4)',
    },
    ([a, b]) => sql`(${a!} * pow(2e0, ${b!}))`,
  ),
  copySign,
  log,
  one(
    'LOG10',
    'The logarithm to the base 10.',
    (v) => within(sql`${v} > 0`, sql`log10(${v})`, 'Log of non-positive number'),
    '1000.0',
  ),
  one('SQRT', 'The square root.', (v) => within(sql`${v} >= 0`, sql`sqrt(${v})`, 'Square root of negative'), '9.0'),
  one('CBRT', 'The cube root.', (v) => sql`cbrt(${v})`, '27.0'),
  one('EXP', 'Euler’s number to the power of a number.', (v) => sql`exp(${v})`),
  one('SIGNUM', 'The sign: -1, 0 or 1.', (v) => sql`sign(${v})::DOUBLE`, '-7.5'),
  one('SIN', 'The sine of an angle in radians.', (v) => sql`sin(${v})`),
  one('COS', 'The cosine of an angle in radians.', (v) => sql`cos(${v})`),
  one('TAN', 'The tangent of an angle in radians.', (v) => sql`tan(${v})`),
  one('ASIN', 'The angle of a sine.', (v) =>
    within(sql`${v} BETWEEN -1 AND 1`, sql`asin(${v})`, 'Asin input out of range'),
  ),
  one('ACOS', 'The angle of a cosine.', (v) =>
    within(sql`${v} BETWEEN -1 AND 1`, sql`acos(${v})`, 'Acos input out of range'),
  ),
  one('ATAN', 'The angle of a tangent.', (v) => sql`atan(${v})`),
  one('SINH', 'The hyperbolic sine.', (v) => sql`sinh(${v})`),
  one('COSH', 'The hyperbolic cosine.', (v) => sql`cosh(${v})`),
  one('TANH', 'The hyperbolic tangent.', (v) => sql`tanh(${v})`),
  one('ASINH', 'The inverse of the hyperbolic sine.', (v) => sql`asinh(${v})`),
  one(
    'ACOSH',
    'The inverse of the hyperbolic cosine.',
    (v) => within(sql`${v} >= 1`, sql`acosh(${v})`, 'Acosh input out of range'),
    '1.5',
  ),
  one('ATANH', 'The inverse of the hyperbolic tangent.', (v) =>
    within(sql`abs(${v}) < 1`, sql`atanh(${v})`, 'Atanh input out of range'),
  ),
  eachDouble('TO_DEGREES', 'Radians as degrees.', (v) => sql`degrees(${v})`),
  eachDouble('TO_RADIANS', 'Degrees as radians.', (v) => sql`radians(${v})`),
];
