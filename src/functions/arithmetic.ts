import type { ConstantValue } from '../plan/expression.ts';
import { type EsqlType, isDate, isNumeric, isTimeSpan, messageName } from '../values/types.ts';
import { type Argument, family, singleValue } from './definition.ts';
import { sides } from './operands.ts';
import { addSpans, isSpan, movedDate, negateSpan } from './time-spans.ts';

type Operator = '+' | '-' | '*' | '/' | '%';

/** The wider of two numeric types, as arithmetic and comparisons see them; unsigned_long mixes with nothing. */
function wider(a: EsqlType, b: EsqlType): EsqlType | null {
  if (a === 'null') return b;
  if (b === 'null' || a === b) return a;
  if (a === 'unsigned_long' || b === 'unsigned_long') return null;
  if (a === 'double' || b === 'double') return 'double';
  return 'long';
}

function arithmeticType(operator: Operator, [left, right]: readonly [Argument, Argument], call: string) {
  const spans = operator === '+' || operator === '-';
  const takes = (type: EsqlType): boolean =>
    isNumeric(type) || type === 'null' || (spans && (isDate(type) || isTimeSpan(type)));
  for (const [ordinal, arg] of [
    ['first', left],
    ['second', right],
  ] as const) {
    if (takes(arg.type)) continue;
    const wanted = spans ? 'date_nanos, datetime or numeric' : 'numeric';
    return {
      error: `${ordinal} argument of [${call}] must be [${wanted}], found value [${arg.text}] type [${messageName(arg.type)}]`,
    };
  }
  if (isTimeSpan(left.type) && isDate(right.type) && operator === '-') {
    return {
      error: `[-] arguments are in unsupported order: cannot subtract a [${messageName(right.type).toUpperCase()}] value [${right.text}] from a [${left.type.toUpperCase()}] amount [${left.text}]`,
    };
  }
  if (isTimeSpan(left.type) && left.type === right.type) return left.type;
  for (const [date, span] of [
    [left, right],
    [right, left],
  ] as const) {
    if ((isDate(date.type) || date.type === 'null') && isTimeSpan(span.type))
      return date.type === 'null' ? span.type : date.type;
  }
  const numericOnly = [left, right].every((arg) => isNumeric(arg.type) || arg.type === 'null');
  const type = numericOnly ? wider(left.type, right.type) : null;
  if (type) return type;
  const date = [left, right].find((arg) => isDate(arg.type));
  if (date && spans && [left, right].some((arg) => arg.type === 'null')) return date.type;
  return {
    error: `[${operator}] has arguments with incompatible types [${messageName(left.type)}] and [${messageName(right.type)}]`,
  };
}

const arithmetic = (
  operator: Operator,
  doc: string,
  example: string,
  exact: (a: bigint, b: bigint) => bigint | null,
  double: (a: number, b: number) => number,
) =>
  singleValue({
    parameters: sides,
    returns: (args, call) => arithmeticType(operator, args, call),
    fold([a, b], { type }) {
      if (isSpan(a) && isSpan(b)) return operator === '-' ? addSpans(a, negateSpan(b)) : addSpans(a, b);
      if (type === 'date') return foldDate(operator, a, b);
      if (typeof a === 'bigint' && typeof b === 'bigint' && (type === 'integer' || type === 'long')) {
        const result = exact(a, b);
        const fits = result !== null && result === BigInt.asIntN(type === 'integer' ? 32 : 64, result);
        return fits ? result : undefined;
      }
      if (type === 'double') {
        const result = double(Number(a), Number(b));
        return Number.isFinite(result) ? result : undefined;
      }
      return undefined;
    },
    doc,
    example,
  });

function foldDate(operator: string, a: ConstantValue, b: ConstantValue): ConstantValue | undefined {
  if (a === null || b === null) return null;
  const [date, span] = isSpan(a) ? [b, a] : [a, b];
  if (typeof date !== 'bigint' || !isSpan(span)) return undefined;
  return movedDate(date, operator === '-' ? negateSpan(span) : span);
}

export const arithmeticOperators = family('operator', {
  '+': arithmetic(
    '+',
    'The sum of two numbers, or a date moved by a time span.',
    'ROW a = 1 | EVAL b = a + 1',
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  '-': arithmetic(
    '-',
    'The difference of two numbers, or a date moved back by a time span.',
    'ROW a = 1 | EVAL b = a - 1',
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  '*': arithmetic(
    '*',
    'The product of two numbers.',
    'ROW a = 2 | EVAL b = a * 3',
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  '/': arithmetic(
    '/',
    'The quotient of two numbers; of whole numbers, cut towards zero.',
    'ROW a = 7 | EVAL b = a / 2',
    (a, b) => (b === 0n ? null : a / b),
    (a, b) => a / b,
  ),
  '%': arithmetic(
    '%',
    'The remainder of a division, with the sign of the dividend.',
    'ROW a = 7 | EVAL b = a % 2',
    (a, b) => (b === 0n ? null : a % b),
    (a, b) => a % b,
  ),
  NEGATE: singleValue({
    parameters: [
      {
        name: 'number',
        accepts: {
          types: ['integer', 'long', 'double', 'null', 'date_period', 'time_duration'],
          text: 'numeric, date_period or time_duration',
        },
      },
    ],
    returns: ([arg]) => arg.type,
    fold([value], { type }) {
      if (isSpan(value)) return negateSpan(value);
      // The smallest whole number has no counterpart, and is left to the engine to warn of.
      if (typeof value === 'bigint' && -value === BigInt.asIntN(type === 'integer' ? 32 : 64, -value)) return -value;
      return typeof value === 'number' ? -value : undefined;
    },
    doc: 'The negative of a number or of a time span.',
    example: 'ROW a = 5 | EVAL b = -a',
  }),
});
