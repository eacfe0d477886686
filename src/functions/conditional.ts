import { storageType } from '../sql/duckdb/storage-type.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { type EsqlType, isNumeric, isString, isTimeSpan, messageName } from '../values/types.ts';
import { comparable } from './comparison.ts';
import type { Argument, CustomFunction, Representation, ScalarFunction, SingleValueFunction } from './definition.ts';
import * as types from './type-sets.ts';

const rank: readonly EsqlType[] = ['integer', 'long', 'unsigned_long', 'double'];

/**
 * The common type of values that a function chooses from: the first that is not null decides, and later numbers must
 * widen to it. A wider number after a narrower one is an error in Elasticsearch too.
 */
function chosenType(
  values: readonly { argument: Argument; ordinal: number }[],
  call: string,
): EsqlType | { error: string } {
  let type: EsqlType = 'null';
  for (const { argument, ordinal } of values) {
    const next = isString(argument.type) ? 'keyword' : argument.type;
    if (next === 'null') continue;
    if (type === 'null') type = next;
    else if (!widens(next, type)) {
      const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];
      const which = ordinals[ordinal] ?? `${ordinal + 1}th`;
      return {
        error: `${which} argument of [${call}] must be [${messageName(type)}], found value [${argument.text}] type [${messageName(argument.type)}]`,
      };
    }
  }
  return type;
}

const widens = (from: EsqlType, to: EsqlType): boolean =>
  from === to || (isNumeric(from) && isNumeric(to) && rank.indexOf(from) <= rank.indexOf(to));

/** One value of the chosen type, as single and list. */
function adapted(value: Representation, from: EsqlType, to: EsqlType): Representation {
  if (from === 'null' || to === 'null') return { single: sql`NULL::${storageType(to)}`, list: null };
  if (from === to || (isString(from) && isString(to))) return value;
  const storage = storageType(to);
  // Only an unsigned long may be too narrow: it has no negative numbers.
  return {
    single: sql`TRY_CAST(${value.single} AS ${storage})`,
    list: value.list && sql`TRY_CAST(${value.list} AS ${storage}[])`,
  };
}

const anyMulti = (values: readonly Argument[]): boolean => values.some((value) => value.multi);

/** Conditions and values of a CASE; the value without a condition is the default. */
function branches<T>(args: readonly T[]): { pairs: { condition: T; value: T }[]; fallback: T | undefined } {
  const pairs: { condition: T; value: T }[] = [];
  for (let i = 0; i + 1 < args.length; i += 2) pairs.push({ condition: args[i]!, value: args[i + 1]! });
  return { pairs, fallback: args.length % 2 === 1 ? args.at(-1) : undefined };
}

const valueArguments = (args: readonly Argument[]): { argument: Argument; ordinal: number }[] =>
  args
    .map((argument, ordinal) => ({ argument, ordinal }))
    .filter(({ ordinal }) => ordinal % 2 === 1 || (ordinal === args.length - 1 && ordinal > 0));

/** A span of time is no value of a row: which one it is must be known beforehand. */
const valueOrSpan = { types: [...types.any.types, ...types.timeSpan.types], text: types.any.text };

const caseFunction: CustomFunction = {
  kind: 'scalar',
  name: 'CASE',
  family: 'conditional',
  parameters: [
    { name: 'condition', accepts: types.boolean },
    { name: 'value', accepts: valueOrSpan },
    { name: 'more', accepts: valueOrSpan, variadic: true, optional: true },
  ],
  multivalue: 'custom',
  keepsNulls: true,
  isLazy: true,
  resultIsMulti: (args) => anyMulti(valueArguments(args).map(({ argument }) => argument)),
  returns(args, call) {
    for (let i = 0; i + 1 < args.length; i += 2) {
      const condition = args[i]!;
      if (condition.type !== 'boolean' && condition.type !== 'null') {
        const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];
        return {
          error: `${ordinals[i] ?? `${i + 1}th`} argument of [${call}] must be [boolean], found value [${condition.text}] type [${messageName(condition.type)}]`,
        };
      }
    }
    const type = chosenType(valueArguments(args), call);
    const open = args.find((arg, i) => i % 2 === 0 && i + 1 < args.length && arg.value === undefined);
    if (typeof type !== 'object' && isTimeSpan(type) && open)
      return { error: `condition [${open.text}] of [${call}] must be a constant, for its values are spans of time` };
    return type;
  },
  fold(values, { type }) {
    if (!isTimeSpan(type)) return undefined;
    const { pairs, fallback } = branches(values);
    return pairs.find(({ condition }) => condition === true)?.value ?? fallback ?? null;
  },
  duckdb(args, { args: argumentsOf, type, warn }) {
    const { pairs, fallback } = branches(args.map((value, i) => ({ value, argument: argumentsOf[i]! })));
    const make = (pick: (value: Representation) => Sql): Sql => {
      const whens = pairs.map(({ condition, value }) => {
        const { single, list } = condition.value;
        // A condition with several values counts as false.
        const test = list
          ? sql`CASE WHEN ${list} IS NOT NULL THEN ${warn(sql`'java.lang.IllegalArgumentException: single-value function encountered multi-value'`, 'false')} ELSE ${single} END`
          : single;
        return sql`WHEN ${test} THEN ${pick(adapted(value.value, value.argument.type, type))}`;
      });
      const otherwise = fallback ? sql`ELSE ${pick(adapted(fallback.value, fallback.argument.type, type))} ` : sql``;
      return sql`CASE ${joinWhens(whens)} ${otherwise}END`;
    };
    const multi = args.some((value, i) => (i % 2 === 1 || i === args.length - 1) && value.list !== null);
    const noList = sql`NULL::${storageType(type)}[]`;
    return { single: make((value) => value.single), list: multi ? make((value) => value.list ?? noList) : null };
  },
  doc: 'The value of the first condition that is true, else the default, else null.',
  example: 'ROW a = 5 | EVAL size = CASE(a < 3, "small", a < 10, "medium", "large")',
};

const joinWhens = (whens: readonly Sql[]): Sql => whens.reduce((a, b) => sql`${a} ${b}`);

const coalesce: CustomFunction = {
  kind: 'scalar',
  name: 'COALESCE',
  family: 'conditional',
  parameters: [{ name: 'value', accepts: types.any, variadic: true }],
  multivalue: 'custom',
  keepsNulls: true,
  isLazy: true,
  resultIsMulti: anyMulti,
  returns: (args, call) =>
    chosenType(
      args.map((argument, ordinal) => ({ argument, ordinal })),
      call,
    ),
  duckdb(args, { args: argumentsOf, type }) {
    const values = args.map((value, i) => adapted(value, argumentsOf[i]!.type, type));
    if (values.every((value) => value.list === null)) {
      return {
        single: sql`coalesce(${join(
          values.map((value) => value.single),
          ', ',
        )})`,
        list: null,
      };
    }
    const noList = sql`NULL::${storageType(type)}[]`;
    const make = (pick: (value: Representation) => Sql): Sql =>
      sql`CASE ${joinWhens(values.map((value) => sql`WHEN ${value.single} IS NOT NULL${value.list ? sql` OR ${value.list} IS NOT NULL` : sql``} THEN ${pick(value)}`))} END`;
    return { single: make((value) => value.single), list: make((value) => value.list ?? noList) };
  },
  doc: 'The first of its values that is not null.',
  example: 'ROW a = null, b = "b" | EVAL c = COALESCE(a, b)',
};

/** GREATEST and LEAST: null if any is null; of several values, the greatest or least counts. */
function extreme(name: 'GREATEST' | 'LEAST', doc: string): CustomFunction {
  const [choose, inList] = name === 'GREATEST' ? [sql`greatest`, sql`list_max`] : [sql`least`, sql`list_min`];
  return {
    kind: 'scalar',
    name,
    family: 'conditional',
    parameters: [
      { name: 'first', accepts: types.ordered },
      { name: 'rest', accepts: types.ordered, variadic: true, optional: true },
    ],
    multivalue: 'custom',
    keepsNulls: true,
    resultIsMulti: () => false,
    returns: (args, call) =>
      chosenType(
        args.map((argument, ordinal) => ({ argument, ordinal })),
        call,
      ),
    duckdb(args, { args: argumentsOf, type }) {
      const values = args.map((value, i) => {
        const { single, list } = adapted(value, argumentsOf[i]!.type, type);
        return list ? sql`coalesce(${single}, ${inList}(${list}))` : single;
      });
      if (values.length === 1) return { single: values[0]!, list: null };
      const there = join(
        values.map((value) => sql`${value} IS NOT NULL`),
        ' AND ',
      );
      if (type !== 'version')
        return { single: sql`CASE WHEN ${there} THEN ${choose}(${join(values, ', ')}) END`, list: null };
      const keyed = values.map((value) => sql`{k: ${comparable(value, type)}, v: ${value}}`);
      return { single: sql`CASE WHEN ${there} THEN ${inList}([${join(keyed, ', ')}]).v END`, list: null };
    },
    doc,
    example: `ROW a = 10, b = 20 | EVAL c = ${name}(a, b)`,
  };
}

/** CLAMP and its halves: the value, or the bound that it is beyond. */
function clamp(name: 'CLAMP' | 'CLAMP_MIN' | 'CLAMP_MAX', doc: string, example: string): SingleValueFunction {
  const bounds = name === 'CLAMP' ? ['min', 'max'] : [name === 'CLAMP_MIN' ? 'min' : 'max'];
  return {
    kind: 'scalar',
    name,
    family: 'conditional',
    parameters: ['field', ...bounds].map((parameter) => ({ name: parameter, accepts: types.ordered })),
    multivalue: 'null-and-warn',
    returns(args, call) {
      const [field] = args as [Argument, ...Argument[]];
      if (!args.every((arg) => isNumeric(arg.type) || arg.type === 'null'))
        return chosenType(
          args.map((argument, ordinal) => ({ argument, ordinal })),
          call,
        );
      const kinds = args.map((arg) => arg.type).filter((type) => type !== 'null');
      // A bound that reaches further than whole numbers with a sign leaves them as they are.
      if (field.type !== 'unsigned_long' && kinds.includes('unsigned_long')) return 'unsigned_long';
      if (field.type === 'unsigned_long') return kinds.includes('long') ? 'long' : 'unsigned_long';
      return kinds.reduce<EsqlType>((a, b) => (rank.indexOf(b) > rank.indexOf(a) ? b : a), 'integer');
    },
    duckdb(args, { type }) {
      const numbers = isNumeric(type);
      const wide = (value: Sql): Sql =>
        numbers ? sql`(${value})::${type === 'double' ? sql`DOUBLE` : sql`HUGEINT`}` : value;
      const [value, ...limits] = args.map(wide);
      const [low, high] =
        name === 'CLAMP' ? limits : name === 'CLAMP_MIN' ? [limits[0], undefined] : [undefined, limits[0]];
      const raised = low ? sql`greatest(${value!}, ${low})` : value!;
      const made = high ? sql`least(${raised}, ${high})` : raised;
      const there = join(
        args.map((arg) => sql`${arg} IS NOT NULL`),
        ' AND ',
      );
      return sql`CASE WHEN ${there} THEN ${numbers ? sql`TRY_CAST(${made} AS ${storageType(type)})` : made} END`;
    },
    doc,
    example,
  };
}

export const conditionals: readonly ScalarFunction[] = [
  caseFunction,
  coalesce,
  extreme('GREATEST', 'The greatest of its values; null if any is null.'),
  extreme('LEAST', 'The least of its values; null if any is null.'),
  clamp('CLAMP', 'The value, or the bound that it is beyond.', 'ROW a = 15 | EVAL b = CLAMP(a, 0, 10)'),
  clamp('CLAMP_MIN', 'The value, or the least that is allowed.', 'ROW a = -5 | EVAL b = CLAMP_MIN(a, 0)'),
  clamp('CLAMP_MAX', 'The value, or the most that is allowed.', 'ROW a = 15 | EVAL b = CLAMP_MAX(a, 10)'),
];
