import { type EsqlType, isDate, isNumeric, messageName } from '../values/types.ts';
import { type Argument, eachValue, family, familySince, type Parameters, singleValue } from './definition.ts';
import { ordinalOf } from './ordinals.ts';
import * as types from './types.ts';

const number = { name: 'number', accepts: types.numeric };
const numbers = (first: string, second: string) =>
  [
    { name: first, accepts: types.numeric },
    { name: second, accepts: types.numeric },
  ] as const;

const isWhole = (type: EsqlType): boolean => type === 'integer' || type === 'long' || type === 'unsigned_long';
const ownType = ([value]: readonly [Argument, ...unknown[]]): EsqlType => value.type;

/** A function of doubles. */
const ofDoubles = <const P extends Parameters>(parameters: P, doc: string, example: string) =>
  singleValue({ parameters, returns: () => 'double', doc, example });

const one = (name: string, doc: string, argument = '0.5') =>
  ofDoubles([number], doc, `ROW a = ${argument} | EVAL b = ${name}(a)`);

const constantOf = (name: string, value: number, doc: string) =>
  singleValue({ parameters: [], returns: () => 'double', fold: () => value, doc, example: `ROW a = ${name}()` });

const sameType = (name: string, doc: string, changesNot: (type: EsqlType) => boolean) =>
  singleValue({
    parameters: [number],
    returns: ownType,
    isIdentity: ([value]) => changesNot(value.type),
    doc,
    example: `ROW a = -1.5 | EVAL b = ${name}(a)`,
  });

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
      const ordinal = ordinalOf(i);
      const wanted = isDate(type) ? 'datetime' : isNumeric(type) ? 'integer, long, double' : messageName(type);
      return {
        error: `${ordinal} argument of [${call}] must be [${wanted}], found value [${arg.text}] type [${messageName(arg.type)}]`,
      };
    }
  }
  return type;
}

const releases = {
  '8.15': ['CBRT', 'EXP'],
  '8.16': ['HYPOT'],
  '8.19': ['ROUND_TO', 'SCALB', 'COPY_SIGN'],
  '9.4': ['ASINH', 'ACOSH', 'ATANH'],
} as const;

export const maths = familySince('math', releases, {
  ROUND: singleValue({
    parameters: [number, { name: 'decimals', accepts: types.wholeNumber, optional: true }],
    returns: ownType,
    isIdentity: ([value, decimals]) => !decimals && isWhole(value.type),
    doc: 'Rounds to the nearest number with N decimals; half goes away from zero.',
    example: 'ROW a = 2.345 | EVAL b = ROUND(a, 2)',
  }),
  ROUND_TO: singleValue({
    parameters: [
      { name: 'field', accepts: types.numericOrDate },
      { name: 'points', accepts: types.numericOrDate, variadic: true, constant: true },
    ],
    returns: commonType,
    doc: 'The largest of the points that is not above the value; below all of them, the smallest.',
    example: 'ROW a = 7 | EVAL b = ROUND_TO(a, 0, 5, 10)',
  }),
  ABS: sameType('ABS', 'The number without its sign.', (type) => type === 'unsigned_long'),
  CEIL: sameType('CEIL', 'Rounds up to a whole number.', isWhole),
  FLOOR: sameType('FLOOR', 'Rounds down to a whole number.', isWhole),
  E: constantOf('E', Math.E, 'Euler’s number.'),
  PI: constantOf('PI', Math.PI, 'The ratio of a circle’s circumference to its diameter.'),
  TAU: constantOf('TAU', 2 * Math.PI, 'The ratio of a circle’s circumference to its radius.'),
  POW: ofDoubles(numbers('base', 'exponent'), 'A number to the power of another.', 'ROW a = 2 | EVAL b = POW(a, 10)'),
  HYPOT: ofDoubles(
    numbers('number1', 'number2'),
    'The length of the hypotenuse of a right triangle.',
    'ROW a = 3, b = 4 | EVAL c = HYPOT(a, b)',
  ),
  ATAN2: ofDoubles(
    numbers('y', 'x'),
    'The angle of a point, from its y and x.',
    'ROW y = 1.0, x = 2.0 | EVAL a = ATAN2(y, x)',
  ),
  SCALB: ofDoubles(
    [
      { name: 'd', accepts: types.numeric },
      { name: 'scaleFactor', accepts: types.wholeNumber },
    ],
    'The number times two to the power of the second.',
    'ROW a = 3.0 | EVAL b = SCALB(a, 4)',
  ),
  COPY_SIGN: singleValue({
    parameters: numbers('magnitude', 'sign'),
    returns: ([magnitude]) => (magnitude.type === 'null' ? 'double' : magnitude.type),
    doc: 'The first number with the sign of the second.',
    example: 'ROW a = 5.0, b = -1.0 | EVAL c = COPY_SIGN(a, b)',
  }),
  LOG: ofDoubles(
    [
      { name: 'base', accepts: types.numeric },
      { name: 'number', accepts: types.numeric, optional: true },
    ],
    'The logarithm: to the base that comes first, else the natural one.',
    'ROW a = 8.0 | EVAL b = LOG(2, a)',
  ),
  LOG10: one('LOG10', 'The logarithm to the base 10.', '1000.0'),
  SQRT: one('SQRT', 'The square root.', '9.0'),
  CBRT: one('CBRT', 'The cube root.', '27.0'),
  EXP: one('EXP', 'Euler’s number to the power of a number.'),
  SIGNUM: one('SIGNUM', 'The sign: -1, 0 or 1.', '-7.5'),
  SIN: one('SIN', 'The sine of an angle in radians.'),
  COS: one('COS', 'The cosine of an angle in radians.'),
  TAN: one('TAN', 'The tangent of an angle in radians.'),
  ASIN: one('ASIN', 'The angle of a sine.'),
  ACOS: one('ACOS', 'The angle of a cosine.'),
  ATAN: one('ATAN', 'The angle of a tangent.'),
  SINH: one('SINH', 'The hyperbolic sine.'),
  COSH: one('COSH', 'The hyperbolic cosine.'),
  TANH: one('TANH', 'The hyperbolic tangent.'),
  ASINH: one('ASINH', 'The inverse of the hyperbolic sine.'),
  ACOSH: one('ACOSH', 'The inverse of the hyperbolic cosine.', '1.5'),
  ATANH: one('ATANH', 'The inverse of the hyperbolic tangent.'),
});

/** Each value of a field, as a double. */
const angle = (name: string, doc: string) =>
  eachValue({ parameters: [number], returns: () => 'double', doc, example: `ROW a = 1 | EVAL b = ${name}(a)` });

export const angles = family('convert', {
  TO_DEGREES: angle('TO_DEGREES', 'Radians as degrees.'),
  TO_RADIANS: angle('TO_RADIANS', 'Degrees as radians.'),
});
