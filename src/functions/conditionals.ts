import { type EsqlType, isNumeric, isString, isTimeSpan, messageName } from '../values/types.ts';
import { type Argument, allValues, familySince, singleValue } from './definition.ts';
import { ordinalOf } from './ordinals.ts';
import * as types from './types.ts';

const rank: readonly EsqlType[] = ['integer', 'long', 'unsigned_long', 'double'];

interface Chosen {
  readonly argument: Argument;
  readonly ordinal: number;
}
const numbered = (args: readonly Argument[]): Chosen[] => args.map((argument, ordinal) => ({ argument, ordinal }));

/**
 * The common type of values that a function chooses from: the first that is not null decides, but for numbers and dates,
 * where the widest does.
 */
function chosenType(values: readonly Chosen[], call: string): EsqlType | { error: string } {
  let type: EsqlType = 'null';
  for (const { argument, ordinal } of values) {
    const next = isString(argument.type) ? 'keyword' : argument.type;
    if (next === 'null') continue;
    if (type === 'null') type = next;
    else if (widens(type, next)) type = next;
    else if (!widens(next, type)) {
      return {
        error: `${ordinalOf(ordinal)} argument of [${call}] must be [${messageName(type)}], found value [${argument.text}] type [${messageName(argument.type)}]`,
      };
    }
  }
  return type;
}

const widens = (from: EsqlType, to: EsqlType): boolean =>
  from === to ||
  (isNumeric(from) && isNumeric(to) && rank.indexOf(from) <= rank.indexOf(to)) ||
  (from === 'date' && to === 'date_nanos');

const anyMulti = (values: readonly Argument[]): boolean => values.some((value) => value.multi);

/** Conditions and values of a CASE; the value without a condition is the default. */
export function branchesOf<T>(args: readonly T[]): { pairs: { condition: T; value: T }[]; fallback: T | undefined } {
  const pairs: { condition: T; value: T }[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) pairs.push({ condition: args[i]!, value: args[i + 1]! });
  return { pairs, fallback: args.length % 2 === 1 ? args.at(-1) : undefined };
}

const valuesOfCase = (args: readonly Argument[]): Chosen[] =>
  numbered(args).filter(({ ordinal }) => ordinal % 2 === 1 || (ordinal === args.length - 1 && ordinal > 0));

/** A span of time is no value of a row: which one it is must be known beforehand. */
const valueOrSpan = types.withMetric({ types: [...types.any.types, ...types.timeSpan.types], text: types.any.text });

/** Null if any is null; of several values, the greatest or least counts. */
const extreme = (name: 'GREATEST' | 'LEAST', doc: string) =>
  allValues({
    parameters: [
      { name: 'first', accepts: types.ordered },
      { name: 'rest', accepts: types.ordered, variadic: true, optional: true },
    ],
    keepsNulls: true,
    returns: (args, call) => chosenType(numbered(args), call),
    doc,
    example: `ROW a = 10, b = 20 | EVAL c = ${name}(a, b)`,
  });

function clampedType(args: readonly [Argument, ...Argument[]], call: string): EsqlType | { error: string } {
  const [field] = args;
  if (!args.every((arg) => isNumeric(arg.type) || arg.type === 'null')) return chosenType(numbered(args), call);
  const kinds = args.map((arg) => arg.type).filter((type) => type !== 'null');
  // A bound that reaches further than whole numbers with a sign leaves them as they are.
  if (field.type !== 'unsigned_long' && kinds.includes('unsigned_long')) return 'unsigned_long';
  if (field.type === 'unsigned_long') return kinds.includes('long') ? 'long' : 'unsigned_long';
  return kinds.reduce<EsqlType>((a, b) => (rank.indexOf(b) > rank.indexOf(a) ? b : a), 'integer');
}

const clampedTo = (bound: 'min' | 'max', doc: string, example: string) =>
  singleValue({
    parameters: [
      { name: 'field', accepts: types.ordered },
      { name: bound, accepts: types.ordered },
    ],
    returns: clampedType,
    doc,
    example,
  });

const releases = { '9.3': ['CLAMP', 'CLAMP_MIN', 'CLAMP_MAX'] } as const;

export const conditionals = familySince('conditional', releases, {
  CASE: allValues({
    parameters: [
      { name: 'condition', accepts: types.boolean },
      { name: 'value', accepts: valueOrSpan },
      { name: 'more', accepts: valueOrSpan, variadic: true, optional: true },
    ],
    keepsNulls: true,
    isLazy: true,
    resultIsMulti: (args) => anyMulti(valuesOfCase(args).map(({ argument }) => argument)),
    returns(args, call) {
      const conditions = branchesOf(numbered(args)).pairs.map(({ condition }) => condition);
      const wrong = conditions.find(({ argument: { type } }) => type !== 'boolean' && type !== 'null');
      if (wrong) {
        const { argument, ordinal } = wrong;
        return {
          error: `${ordinalOf(ordinal)} argument of [${call}] must be [boolean], found value [${argument.text}] type [${messageName(argument.type)}]`,
        };
      }
      const type = chosenType(valuesOfCase(args), call);
      const open = conditions.find(({ argument }) => argument.value === undefined);
      if (typeof type !== 'object' && isTimeSpan(type) && open)
        return {
          error: `condition [${open.argument.text}] of [${call}] must be a constant, for its values are spans of time`,
        };
      return type;
    },
    fold(values, { type }) {
      if (!isTimeSpan(type)) return undefined;
      const { pairs, fallback } = branchesOf(values);
      return pairs.find(({ condition }) => condition === true)?.value ?? fallback ?? null;
    },
    doc: 'The value of the first condition that is true, else the default, else null.',
    example: 'ROW a = 5 | EVAL size = CASE(a < 3, "small", a < 10, "medium", "large")',
  }),
  COALESCE: allValues({
    parameters: [{ name: 'value', accepts: types.withMetric(types.any), variadic: true }],
    keepsNulls: true,
    isLazy: true,
    resultIsMulti: anyMulti,
    returns: (args, call) => chosenType(numbered(args), call),
    doc: 'The first of its values that is not null.',
    example: 'ROW a = null, b = "b" | EVAL c = COALESCE(a, b)',
  }),
  GREATEST: extreme('GREATEST', 'The greatest of its values; null if any is null.'),
  LEAST: extreme('LEAST', 'The least of its values; null if any is null.'),
  CLAMP: singleValue({
    parameters: [
      { name: 'field', accepts: types.ordered },
      { name: 'min', accepts: types.ordered },
      { name: 'max', accepts: types.ordered },
    ],
    returns: clampedType,
    doc: 'The value, or the bound that it is beyond.',
    example: 'ROW a = 15 | EVAL b = CLAMP(a, 0, 10)',
  }),
  CLAMP_MIN: clampedTo('min', 'The value, or the least that is allowed.', 'ROW a = -5 | EVAL b = CLAMP_MIN(a, 0)'),
  CLAMP_MAX: clampedTo('max', 'The value, or the most that is allowed.', 'ROW a = 15 | EVAL b = CLAMP_MAX(a, 10)'),
});
