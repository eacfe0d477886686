import { inRanges } from '../../functions/address-ranges.ts';
import type {
  Argument,
  CustomEmit,
  CustomFunction,
  EmitContext,
  Evaluation,
  Representation,
  ScalarFunction,
} from '../../functions/definition.ts';
import { fromList, mapList } from '../../functions/sql-fragments.ts';
import type { Column } from '../../plan/column.ts';
import type { Constant, ConstantScalar, Expression } from '../../plan/expression.ts';
import type { EsqlType } from '../../values/types.ts';
import { ident, list, number, type Sql, sql, text } from '../sql.ts';
import { storageType } from './storage-type.ts';
import type { WarningSites } from './warning-sites.ts';

/** Where a column's values stand in the rows at hand. */
export type Columns = ReadonlyMap<number, Representation>;

export interface EmitScope {
  readonly columns: Columns;
  readonly sites: WarningSites;
  /** A name that nothing else in the statement has. */
  freshName(): string;
  /** The source text of an expression, for argument descriptions. */
  textOf(expression: Expression): string;
}

const severalValues = 'java.lang.IllegalArgumentException: single-value function encountered multi-value';

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
    case 'invalid':
      throw new Error('an invalid expression reached the emitter');
  }
}

const emitNull = (type: EsqlType): Representation => ({
  single: type === 'null' ? sql`NULL` : sql`NULL::${storageType(type)}`,
  list: null,
});

function emitConstant({ type, value }: Constant): Representation {
  if (value === null) return emitNull(type);
  if (Array.isArray(value)) {
    const items = (value as readonly ConstantScalar[]).map((item) => emitScalar(type, item));
    return { single: sql`NULL::${storageType(type)}`, list: list(items) };
  }
  if (typeof value === 'object') return { single: sql`NULL`, list: null };
  return { single: emitScalar(type, value as ConstantScalar), list: null };
}

/** A literal in the type that its column would have. */
export function emitScalar(type: EsqlType, value: ConstantScalar): Sql {
  if (typeof value === 'boolean') return value ? sql`true` : sql`false`;
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return sql`${text(String(value))}::DOUBLE`;
  if (type === 'date') return inTimestampRange(value) ? sql`make_timestamp_ms(${number(value)})` : sql`NULL::TIMESTAMP`;
  if (type === 'date_nanos') return sql`make_timestamp_ns(${number(value)})`;
  if (type === 'integer' && value >= 0n) return number(value);
  return sql`(${number(value)})::${storageType(type)}`;
}

/** DuckDB's timestamps count microseconds in 64 bits. */
const inTimestampRange = (millis: bigint): boolean =>
  millis > -9_000_000_000_000_000n && millis < 9_000_000_000_000_000n;

function emitCall(call: Extract<Expression, { kind: 'call' }>, scope: EmitScope): Representation {
  const definition = call.function;
  const args = call.args.map((arg) => emitExpression(arg, scope));
  const known = call.args.map((arg) => argumentOf(arg, scope));
  const context = { args: known, type: call.type, ...(call.options && { options: call.options }) };
  switch (definition.multivalue) {
    case 'null-and-warn': {
      const storage = definition.givesList ? sql`${storageType(call.type)}[]` : storageType(call.type);
      const value = guarded(args, call, scope, storage, (singles) =>
        evaluated(singles, (bound) => definition.duckdb(bound, context), call, scope, storage),
      );
      return definition.givesList ? fromList(value.single) : value;
    }
    case 'each':
      return elementwise(definition, args, call, context, scope);
    case 'custom': {
      const warn: CustomEmit['warn'] = (reason, outcome = 'null') =>
        warning(call, scope, reason, outcome === 'false' ? sql`BOOLEAN` : storageType(call.type), outcome);
      return custom(definition, args, { ...context, warn }, scope);
    }
  }
}

/** A function with rules of its own; long arguments are bound to names, for it may write each of them often. */
function custom(
  definition: CustomFunction,
  args: readonly Representation[],
  context: CustomEmit,
  scope: EmitScope,
): Representation {
  const parts = args.flatMap(({ single, list, all }) => [single, list ?? '', all ?? '']);
  if (definition.isLazy || !parts.some((part) => part.length > longArgument)) return definition.duckdb(args, context);
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
  const result = definition.duckdb(inner, context);
  const bind = (body: Sql): Sql => {
    const used = [...names].filter(([place]) => body.includes(place)).map(([, field]) => field);
    if (used.length === 0) return body;
    return sql`list_transform([{${used.reduce((a, b) => sql`${a}, ${b}`)}}], lambda ${row}: ${body})[1]`;
  };
  return {
    single: bind(result.single),
    list: result.list && bind(result.list),
    ...(result.all && { all: bind(result.all) }),
  };
}

function argumentOf(expression: Expression, scope: EmitScope): Argument {
  const { type, multi } = expression;
  return {
    type,
    multi,
    text: scope.textOf(expression),
    ...(expression.kind === 'constant' && { value: expression.value }),
  };
}

/** A function of single values: rows in which an argument has several give null and a warning. */
function guarded(
  args: readonly Representation[],
  expression: Expression,
  scope: EmitScope,
  storage: Sql,
  make: (singles: readonly Sql[]) => Sql,
): Representation {
  const value = make(args.map((arg) => arg.single));
  const lists = args.flatMap((arg) => (arg.list ? [arg.list] : []));
  if (lists.length === 0) return { single: sql`(${value})`, list: null };
  const several = lists.map((values) => sql`${values} IS NOT NULL`).reduce((a, b) => sql`${a} OR ${b}`);
  const warn = warning(expression, scope, text(severalValues), storage);
  return { single: sql`(CASE WHEN ${several} THEN ${warn} ELSE ${value} END)`, list: null };
}

/** SQL that gives null and records a reason for the warning. */
function warning(
  expression: Expression,
  scope: EmitScope,
  reason: Sql,
  storage: Sql,
  outcome: 'null' | 'false' = 'null',
): Sql {
  const site = number(scope.sites.add(expression.span, outcome));
  return sql`CASE WHEN harrier_warn(${site}, ${reason}) THEN NULL::${storage} END`;
}

/** SQL longer than this is bound to a name before it is repeated, so that nested calls stay short. */
const longArgument = 160;

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
  return args.reduce((count, arg) => count + (arg.length > longArgument ? whole.split(arg).length - 1 : 1), 0);
}

/** Binds SQL to names for the length of an expression; a lambda over a list of one is DuckDB's `let`. */
function bound(args: readonly Sql[], scope: EmitScope, body: (names: readonly Sql[]) => Sql): Sql {
  const row = ident(scope.freshName());
  const fields = args.map((arg, i) => sql`${ident(`a${i}`)}: ${arg}`).reduce((a, b) => sql`${a}, ${b}`);
  const names = args.map((_, i) => sql`${row}.${ident(`a${i}`)}`);
  return sql`list_transform([{${fields}}], lambda ${row}: ${body(names)})[1]`;
}

/** A function applied to each value; values that fail are dropped. */
function elementwise(
  definition: Extract<ScalarFunction, { multivalue: 'each' }>,
  [value, ...rest]: readonly Representation[],
  call: Extract<Expression, { kind: 'call' }>,
  context: EmitContext,
  scope: EmitScope,
): Representation {
  const others = rest.map((arg) => arg.single);
  const one = (element: Sql): Sql =>
    evaluated([element, ...others], (args) => definition.duckdb(args, context), call, scope);
  const single = sql`(${one(value!.single)})`;
  if (!value!.list) return { single, list: null };
  if (value!.all) return fromList(mapList(value!.all, one));
  const converted = mapList(value!.list, one);
  return {
    single: sql`(CASE WHEN ${value!.list} IS NULL THEN ${single} ELSE (CASE WHEN len(${converted}) = 1 THEN (${converted})[1] END) END)`,
    list: sql`(CASE WHEN len(${converted}) > 1 THEN ${converted} END)`,
  };
}
