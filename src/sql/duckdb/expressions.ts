import type { Argument, ScalarFunction } from '../../functions/definition.ts';
import { scalarNamed } from '../../functions/table.ts';
import type { Column } from '../../plan/column.ts';
import type { Call, Expression, Search } from '../../plan/expression.ts';
import { countedType } from '../../values/types.ts';
import { ident, join, type Sql, sql, withName } from '../sql.ts';
import { inRanges } from './address-ranges.ts';
import { mapList } from './fragments.ts';
import { type CustomContext, type EmitContext, type Evaluation, severalValues } from './functions/contract.ts';
import { customSql, valueSql } from './functions/table.ts';
import { fromList, fromValues, isLong, longArgument, type Representation, single } from './representation.ts';
import { emitConstant, emitNull } from './scalars.ts';
import { emitSearch, type SearchedField } from './search.ts';
import type { SeveralValues } from './several-values.ts';
import { storageType } from './storage-type.ts';
import { recorded, records, type WarningSites } from './warning-sites.ts';
import { wholeArithmetic } from './whole-arithmetic.ts';

/** Where a column's values stand in the rows at hand. */
export type Columns = ReadonlyMap<number, Representation>;

export interface EmitScope {
  readonly columns: Columns;
  readonly sites: WarningSites;
  /** Who reports fields with several values instead of the expression itself, if anybody. */
  readonly several?: SeveralValues | null;
  /** Whether arithmetic is to be done operation by operation, so that each can report its failures. */
  readonly isStepwise?: boolean;
  /** A name that nothing else in the statement has. */
  freshName(): string;
  /**
   * Works a value out for all rows, before the expression, and gives the name of the column that holds it; nothing where only
   * some rows get that far.
   */
  readonly column?: ((value: Sql) => Sql) | null;
  /** Whether rows with several values somewhere do not get that far: what they would report is not to be heard. */
  readonly isGuarded?: boolean;
  /** The source text of an expression, for argument descriptions. */
  textOf(expression: Expression): string;
}

/** Where a column stands; one that is always null needs no place. */
export function placeOf(column: Column, columns: Columns): Representation {
  if (column.type === 'null' || column.type === 'unsupported') return emitNull('null');
  const found = columns.get(column.id);
  if (!found) throw new Error(`column ${column.name} is not in scope`);
  return found;
}

/** An expression as SQL over the columns in scope. */
export function emitExpression(expression: Expression, scope: EmitScope): Representation {
  switch (expression.kind) {
    case 'constant':
      return emitConstant(expression);
    case 'column':
      return placeOf(expression.column, scope.columns);
    case 'inRanges': {
      const value = emitExpression(expression.value, scope);
      const test = ([address]: readonly Sql[]): Sql => inRanges(address!, expression.ranges);
      return guarded([value], expression, scope, sql`BOOLEAN`, (singles) =>
        evaluated(singles, test, expression, scope, sql`BOOLEAN`),
      );
    }
    case 'call':
      return emitCall(expression, scope);
    case 'search':
      return single(emitSearch(expression.condition, searchedFields(expression, scope)));
    case 'invalid':
      throw new Error('an invalid expression reached the emitter');
  }
}

/** A condition of a filter, which need not tell false from null: what it does not have to tell apart costs less. */
export function emitCondition(condition: Expression, scope: EmitScope): Sql {
  if (condition.kind === 'search') return emitSearch(condition.condition, searchedFields(condition, scope), true);
  if (condition.kind === 'call' && condition.function === 'AND')
    return sql`(${join(
      condition.args.map((part) => emitCondition(part, scope)),
      ' AND ',
    )})`;
  return emitExpression(condition, scope).single;
}

const searchedFields = ({ fields }: Search, scope: EmitScope): ReadonlyMap<string, SearchedField> =>
  new Map(fields.map(({ name, value }) => [name, { type: value.type, value: emitExpression(value, scope) }]));

function emitCall(call: Call, scope: EmitScope): Representation {
  const whole = scope.isStepwise ? null : wholeArithmetic(call, (leaf) => withoutList(emitExpression(leaf, scope)));
  if (!whole) return emitOne(call, scope);
  // Operation by operation only where one of them fails, which is then reported.
  const stepwise = emitOne(call, { ...scope, isStepwise: true, column: null });
  return single(sql`coalesce(${whole.value}, CASE WHEN ${whole.isPresent} THEN ${stepwise.single} END)`);
}

/** A call for itself, whatever it stands in. */
function emitOne(call: Call, scope: EmitScope): Representation {
  const definition = scalarNamed(call.function);
  // What is evaluated for some rows only reports those itself.
  const argScope = isConditional(definition, call)
    ? { ...scope, several: null, column: null }
    : { ...scope, isGuarded: scope.isGuarded || call.args.some(({ multi }) => multi) };
  const args = call.args.map((arg) => emitExpression(arg, argScope));
  const known = call.args.map((arg) => argumentOf(arg, scope));
  const context = { args: known, type: call.type, ...(call.options && { options: call.options }) };
  switch (definition.multivalue) {
    case 'null-and-warn': {
      const make = valueSql(call.function);
      const storage = definition.givesList ? sql`${storageType(call.type)}[]` : storageType(call.type);
      const value = guarded(args, call, scope, storage, (singles) =>
        evaluated(singles, (bound) => make(bound, context), call, argScope, storage),
      );
      if (!definition.givesList) return value;
      return definition.givesSome ? fromValues(value.single) : fromList(value.single);
    }
    case 'each':
      return elementwise(args, call, context, argScope);
    case 'custom': {
      const warn: CustomContext['warn'] = (reason, outcome = 'null', storage = storageType(call.type)) =>
        warning(call, scope, reason, outcome === 'false' ? sql`BOOLEAN` : storage, outcome);
      const ofSingles: CustomContext['ofSingles'] = (values, value) => singlesOnly(value, values, call, scope);
      const make = customSql(call.function);
      return custom(
        (values) => make(values, { ...context, warn, ofSingles }),
        args,
        definition.isLazy === true,
        argScope,
      );
    }
  }
}

/** Whether a call evaluates its arguments for some rows only. AND and OR look at both sides of every row. */
const isConditional = (definition: ScalarFunction, { function: name }: Call): boolean =>
  definition.multivalue === 'custom' && definition.isLazy === true && name !== 'AND' && name !== 'OR';

const withoutList = ({ single, list }: Representation): Sql | null => (list ? null : single);

/** A function with rules of its own; long arguments are bound to names, for it may write each of them often. */
function custom(
  make: (args: readonly Representation[]) => Representation,
  args: readonly Representation[],
  isLazy: boolean,
  scope: EmitScope,
): Representation {
  if (isLazy || !args.some(isLong)) return make(args);
  const parts = args.flatMap(({ single, list, all }) => [single, ...(list ? [list] : []), ...(all ? [all] : [])]);
  if (parts.every((part) => mayBeColumn(part, scope)))
    return make(
      args.map(({ single, list, all }) => ({
        single: inColumn(single, scope),
        list: list && inColumn(list, scope),
        ...(all && { all: inColumn(all, scope) }),
      })),
    );
  const row = ident(scope.freshName());
  const names = new Map<Sql, Sql>();
  const named = (value: Sql, name: string): Sql => {
    if (value.length <= longArgument) return value;
    const place = sql`${row}.${ident(name)}`;
    names.set(place, sql`${ident(name)}: ${value}`);
    return place;
  };
  const inner = args.map(
    ({ single, list, all }, i): Representation => ({
      single: named(single, `s${i}`),
      list: list && named(list, `l${i}`),
      ...(all && { all: named(all, `a${i}`) }),
    }),
  );
  const result = make(inner);
  const bind = (body: Sql): Sql => {
    const used = [...names].filter(([place]) => body.includes(place)).map(([, field]) => field);
    if (used.length === 0) return body;
    return withName(row, sql`{${used.reduce((a, b) => sql`${a}, ${b}`)}}`, body);
  };
  return {
    single: bind(result.single),
    list: result.list && bind(result.list),
    ...(result.all && { all: bind(result.all) }),
  };
}

function argumentOf(expression: Expression, scope: EmitScope): Argument {
  const { multi } = expression;
  const [type, text] = [countedType(expression.type), scope.textOf(expression)];
  return expression.kind === 'constant' ? { type, multi, text, value: expression.value } : { type, multi, text };
}

/** A function of single values: rows in which an argument has several give null and a warning. */
const guarded = (
  args: readonly Representation[],
  expression: Expression,
  scope: EmitScope,
  storage: Sql,
  make: (singles: readonly Sql[]) => Sql,
): Representation => single(singlesOnly(make(args.map((arg) => arg.single)), args, expression, scope, storage));

/** A value made of the single ones of some arguments; null and a warning where one of them has several. */
function singlesOnly(
  value: Sql,
  args: readonly Representation[],
  expression: Expression,
  scope: EmitScope,
  storage = storageType(expression.type),
): Sql {
  const lists = args.flatMap((arg) => (arg.list ? [arg.list] : []));
  // Null already, as the single value is where there are several.
  if (lists.length === 0 || scope.several?.takes(lists, expression.span)) return sql`(${value})`;
  const several = lists.map((values) => sql`${values} IS NOT NULL`).reduce((a, b) => sql`${a} OR ${b}`);
  const warn = warning(expression, scope, severalValues, storage);
  return sql`(CASE WHEN ${several} THEN ${warn} ELSE ${value} END)`;
}

/** SQL that gives null and records a reason for the warning. */
function warning(
  expression: Expression,
  scope: EmitScope,
  reason: Sql,
  storage: Sql,
  outcome: 'null' | 'false' = 'null',
): Sql {
  return sql`CASE WHEN ${recorded(scope.sites.add(expression.span, outcome), reason)} THEN NULL::${storage} END`;
}

/** The value of a call, and its warning for rows that fail. */
function evaluated(
  args: readonly Sql[],
  make: (args: readonly Sql[]) => Evaluation | Sql,
  expression: Expression,
  scope: EmitScope,
  storage = storageType(expression.type),
): Sql {
  const finish = (evaluation: Evaluation | Sql): Sql => {
    if (typeof evaluation === 'string') return evaluation;
    const { value, failure } = evaluation;
    if (!failure) return value;
    const warn = warning(expression, scope, failure.reason, storage);
    return sql`coalesce(${value}, CASE WHEN ${failure.when} THEN ${warn} END)`;
  };
  const long = args.some((arg) => arg.length > longArgument);
  if (!long) return finish(make(args));
  const direct = make(args);
  const repeats = typeof direct !== 'string' || occurrences(direct, args) > args.length;
  return repeats ? bound(args, scope, (names) => finish(make(names))) : (direct as Sql);
}

/** How often the long arguments stand in the SQL. */
function occurrences(whole: Sql, args: readonly Sql[]): number {
  let count = 0;
  for (const arg of args) {
    if (arg.length <= longArgument) count += 1;
    else for (let at = whole.indexOf(arg); at >= 0; at = whole.indexOf(arg, at + arg.length)) count += 1;
  }
  return count;
}

/** Whether a value may be worked out before the expression that it stands in; short ones stay where they are. */
const mayBeColumn = (value: Sql, { column, isGuarded }: EmitScope): boolean =>
  value.length <= longArgument || (column != null && !(isGuarded && records(value)));

const inColumn = (value: Sql, { column }: EmitScope): Sql => (value.length > longArgument ? column!(value) : value);

/**
 * Names SQL for the length of an expression: as a column of a step before it, or else within the expression, which the engine
 * prepares anew for each chunk of rows. Z-scores and dates read from texts took up to twice as long so.
 */
function bound(args: readonly Sql[], scope: EmitScope, body: (names: readonly Sql[]) => Sql): Sql {
  if (args.every((arg) => mayBeColumn(arg, scope))) return body(args.map((arg) => inColumn(arg, scope)));
  const row = ident(scope.freshName());
  const fields = args.map((arg, i) => sql`${ident(`a${i}`)}: ${arg}`).reduce((a, b) => sql`${a}, ${b}`);
  const names = args.map((_, i) => sql`${row}.${ident(`a${i}`)}`);
  return withName(row, sql`{${fields}}`, body(names));
}

/** A function applied to each value; values that fail are dropped. */
function elementwise(
  args: readonly Representation[],
  call: Call,
  context: EmitContext,
  scope: EmitScope,
): Representation {
  const make = (parts: readonly Representation[]): Representation => ofEach(parts, call, context, scope);
  // Lists stand in the result several times.
  return args[0]!.list ? custom(make, args, false, scope) : make(args);
}

function ofEach(
  [value, ...rest]: readonly Representation[],
  call: Call,
  context: EmitContext,
  scope: EmitScope,
): Representation {
  const others = rest.map((arg) => arg.single);
  const make = valueSql(call.function);
  const one = (element: Sql): Sql => evaluated([element, ...others], (args) => make(args, context), call, scope);
  const single = sql`(${one(value!.single)})`;
  if (!value!.list) return { single, list: null };
  if (value!.all) return fromList(mapList(value!.all, one));
  const converted = mapList(value!.list, one);
  return {
    single: sql`(CASE WHEN ${value!.list} IS NULL THEN ${single} ELSE (CASE WHEN len(${converted}) = 1 THEN (${converted})[1] END) END)`,
    list: sql`(CASE WHEN len(${converted}) > 1 THEN ${converted} END)`,
  };
}
