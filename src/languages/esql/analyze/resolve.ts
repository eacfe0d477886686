import { closestMatches, didYouMean } from '../../../diagnostics/closest-match.ts';
import type { Span } from '../../../diagnostics/source-text.ts';
import { castTargets } from '../../../functions/conversions.ts';
import type {
  Argument,
  FunctionDefinition,
  OptionDefinition,
  Parameter,
  ScalarFunction,
} from '../../../functions/definition.ts';
import { findFunction, functionNames, scalarNamed } from '../../../functions/table.ts';
import { timeSpan } from '../../../functions/time-spans.ts';
import type { Column } from '../../../plan/column.ts';
import {
  type Call,
  type CallOptions,
  type Constant,
  type ConstantScalar,
  type ConstantValue,
  constant,
  type Expression,
  invalid,
  optionOf,
  reference,
  rewriteExpression,
} from '../../../plan/expression.ts';
import type { AggregateCall } from '../../../plan/nodes.ts';
import { own } from '../../../values/own.ts';
import { isTimeSpan, messageName } from '../../../values/types.ts';
import type { AnalysisContext, Intercept } from '../commands/command.ts';
import { functionsNotYet } from '../not-yet.ts';
import type { LiteralValue, SyntaxExpression } from '../syntax/ast.ts';
import { fullTextCall, mayStandHere } from './full-text.ts';
import { castLiteral, implicitTarget, operandTargets } from './implicit-casts.ts';
import { timeRange } from './time-range.ts';

/** What resolving asks of its surroundings. */
export interface ResolveContext {
  readonly context: AnalysisContext;
  readonly now: bigint;
  readonly scope: readonly Column[];
  readonly intercept: Intercept | undefined;
  /** Rows are filtered by it: only then can it search texts. */
  readonly isCondition: boolean;
}

type SyntaxCall = Extract<SyntaxExpression, { kind: 'call' }>;

/** Gives an expression names and types. What is wrong is reported once, and stands as `invalid`. */
export function resolve(expression: SyntaxExpression, scope: ResolveContext): Expression {
  const taken = scope.intercept?.(expression);
  if (taken) return taken;
  const { span } = expression;
  const inner = (node: SyntaxExpression): Expression => resolve(node, scope);
  switch (expression.kind) {
    case 'literal':
      return constant(expression.type, expression.value, span);
    case 'array':
      return constant(expression.type, expression.values as readonly Exclude<LiteralValue, null>[], span);
    case 'timeSpan': {
      const { type, span: amount } = timeSpan(expression.amount, expression.unit);
      return constant(type, amount, span);
    }
    case 'name': {
      const column = scope.scope.find((candidate) => candidate.name === expression.name);
      if (!column && expression.isImplied) return scope.context.withoutTimestamp(span);
      if (!column) return scope.context.unknownColumn(expression.name, span, scope.scope);
      return column.type === 'unsupported' ? unusable(column, span, scope.context) : reference(column, span);
    }
    case 'binary':
      return callOperator(expression.operator, [expression.left, expression.right].map(inner), span, scope);
    case 'not':
      return callOperator('not', [inner(expression.operand)], span, scope);
    case 'negate':
      return callOperator('negate', [inner(expression.operand)], span, scope);
    case 'isNull':
      return callOperator(expression.negated ? 'IS NOT NULL' : 'IS NULL', [inner(expression.value)], span, scope);
    case 'in':
      return resolveIn(expression, scope);
    case 'like': {
      // A pattern that everything fits asks whether there is anything: Elasticsearch's optimiser makes it so.
      const patterns = expression.patterns.map(inner);
      const [only] = patterns;
      const everything = expression.flavour === 'LIKE' ? /^\*+$/ : /^(?:\.\*|@)$/;
      if (patterns.length === 1 && only!.kind === 'constant' && everything.test(String(only!.value)))
        return callOperator('IS NOT NULL', [textOperand(inner(expression.value), expression, scope)], span, scope);
      return callOperator(expression.flavour, [inner(expression.value), ...patterns], span, scope);
    }
    case 'inQuery':
      expression.values.map(inner);
      scope.context.report(
        `IN with a subquery is only supported in WHERE, in EVAL and in the WHERE of an aggregate, found [${scope.context.text(span)}]`,
        span,
      );
      return invalid(span);
    case 'cast':
      return resolveCast(expression, scope);
    case 'call':
      return resolveCall(expression, scope);
  }
}

/** A column of no type that could be used. */
function unusable(column: Column, span: Span, context: AnalysisContext): Expression {
  context.report(whyUnusable(column), span);
  return invalid(span);
}

function whyUnusable({ name, type, variants }: Column): string {
  if (!variants) return `Cannot use field [${name}] with unsupported type [${type}]`;
  if (variants.some(({ indices }) => indices.length > 0))
    return `Cannot use field [${name}] due to ambiguities being mapped as [${variants.length}] incompatible types: ${ambiguities(variants)}`;
  const types = variants.map(({ column }) => `[${messageName(column.type).toUpperCase()}]`);
  return `Column [${name}] has conflicting data types in subqueries: ${types.join(' and ')}`;
}

const mostIndices = 3;

function ambiguities(variants: NonNullable<Column['variants']>): string {
  return variants
    .map(({ column, indices }) => {
      const shown = [...indices].sort().slice(0, mostIndices).join(', ');
      const more = indices.length - mostIndices;
      const others = more > 0 ? ` and [${more}] other ${more === 1 ? 'index' : 'indices'}` : '';
      return `[${messageName(column.type)}] in [${shown}]${others}`;
    })
    .join(', ');
}

/**
 * A column of conflicting types that goes straight into a conversion: each of its types is converted, and a row has a
 * value of one of them. Undefined for what is no such column.
 */
function converted(
  definition: ScalarFunction,
  argument: SyntaxExpression | undefined,
  span: Span,
  scope: ResolveContext,
): Expression | undefined {
  if (argument?.kind !== 'name' || definition.multivalue !== 'each' || definition.family !== 'convert')
    return undefined;
  const column = scope.scope.find(({ name }) => name === argument.name);
  if (!column?.variants) return undefined;
  const accepted = definition.parameters[0]!.accepts.types;
  if (!column.variants.every((variant) => accepted.includes(variant.column.type)))
    return unusable(column, argument.span, scope.context);
  const parts = column.variants.map((variant) =>
    call(definition, [reference(variant.column, argument.span)], span, scope),
  );
  return call(findFunction('COALESCE') as ScalarFunction, parts, span, scope);
}

/** The left side of LIKE, which must be a text whatever the pattern is. */
function textOperand(
  value: Expression,
  { flavour, span }: Extract<SyntaxExpression, { kind: 'like' }>,
  scope: ResolveContext,
): Expression {
  return checkArguments(scalarNamed(flavour), [value], scope.context.text(span), span, scope) ? value : invalid(span);
}

/** `a IN (b)` is `a == b`. */
function resolveIn(expression: Extract<SyntaxExpression, { kind: 'in' }>, scope: ResolveContext): Expression {
  const args = [expression.value, ...expression.list].map((node) => resolve(node, scope));
  return callOperator(args.length === 2 ? '==' : 'IN', args, expression.span, scope);
}

function callOperator(name: string, args: readonly Expression[], span: Span, scope: ResolveContext): Expression {
  const entry = scalarNamed(name.toUpperCase());
  const targets = operandTargets(entry.name, args);
  return call(entry, applyCasts(args, targets, scope), span, scope);
}

function resolveCast(expression: Extract<SyntaxExpression, { kind: 'cast' }>, scope: ResolveContext): Expression {
  const { typeName, span } = expression;
  const target = own(castTargets, typeName.toLowerCase());
  const united = target ? converted(findFunction(target) as ScalarFunction, expression.value, span, scope) : undefined;
  if (united) return united;
  const value = resolve(expression.value, scope);
  if (!target) {
    scope.context.report(`Unknown data type named [${typeName}]`, span);
    return invalid(span);
  }
  return call(findFunction(target) as ScalarFunction, [value], span, scope);
}

function resolveCall(written: SyntaxCall, scope: ResolveContext): Expression {
  const { context } = scope;
  const expression = withTimestamp(written);
  const { name, span } = expression;
  const definition = findFunction(name);
  if (!definition) {
    const refused = functionsNotYet.get(name.toLowerCase());
    // What its arguments may be is not known here.
    if (!refused) for (const arg of expression.args) resolve(arg, scope);
    if (refused) context.report(`the function [${name}] is not supported: ${refused}`, span);
    else {
      const [closest] = closestMatches(name.toLowerCase(), functionNames);
      const called = { start: span.start, end: span.start + name.length };
      const fix = closest === undefined ? undefined : { span: called, text: closest.toUpperCase() };
      context.report(
        `Unknown function [${name}]${didYouMean(name.toLowerCase(), functionNames)}`,
        span,
        undefined,
        fix,
      );
    }
    return invalid(span);
  }
  if (definition.since === 'harrier' && context.catalogue.isElasticsearch) {
    context.report(notElasticsearch(definition.name), span);
    return invalid(span);
  }
  if (definition.kind === 'aggregate') {
    context.report(
      `aggregate function [${context.text(span)}] not allowed outside STATS command`,
      span,
      'compute it with STATS, or INLINE STATS to keep the rows, and use its name',
    );
    return invalid(span);
  }
  if (definition.isGrouping && scope.intercept === undefined) {
    context.report(`cannot use grouping function [${context.text(span)}] outside of a STATS command`, span);
    return invalid(span);
  }
  const united = converted(definition, expression.args[0], span, scope);
  if (united) return united;
  const args = resolveArguments(definition, expression, scope);
  if (args && definition.name === 'NOW') return constant('date', scope.now, span);
  if (args && definition.name === 'TRANGE') {
    const timestamp = resolve(timestampFor(span), scope);
    return timeRange(timestamp, args, span, {
      now: scope.now,
      timeZone: context.timeZone,
      report: (message, at) => context.report(message, at),
      text: (at) => context.text(at),
      operator: (name, operands) => callOperator(name, operands, span, scope),
    });
  }
  const options = resolveOptions(definition, expression, context);
  if (definition.family === 'full text') {
    if (!args || !mayStandHere(definition, args, span, scope.isCondition, context)) return invalid(span);
    if (!options || args.some((arg) => arg.kind === 'invalid')) return invalid(span);
    if (!checkArguments(definition, args, context.text(span), span, scope)) return invalid(span);
    return fullTextCall(definition, args, options, span, scope.scope, scope.now, context);
  }
  return args && options ? call(definition, args, span, scope, options) : invalid(span);
}

/** Why a cluster cannot run what is Harrier's own. */
export const notElasticsearch = (name: string): string =>
  `[${name}] is Harrier’s own: a cluster does not have it; over files and stores it runs`;

const timestampFor = (span: Span): SyntaxExpression => ({ kind: 'name', name: '@timestamp', span, isImplied: true });

/** TBUCKET is BUCKET over the timestamp, EARLIEST and LATEST are FIRST and LAST in its order. */
export function withTimestamp(call: SyntaxCall): SyntaxCall {
  const timestamp = timestampFor(call.span);
  switch (call.name.toLowerCase()) {
    case 'tbucket':
      return { ...call, name: 'BUCKET', written: call.name, args: [timestamp, ...call.args] };
    case 'earliest':
      return { ...call, name: 'FIRST', written: call.name, args: [...call.args, timestamp] };
    case 'latest':
      return { ...call, name: 'LAST', written: call.name, args: [...call.args, timestamp] };
    default:
      return call;
  }
}

/** The options of a call by name; null when the function does not take one of them. */
function resolveOptions(
  definition: ScalarFunction,
  { options = [], span }: SyntaxCall,
  context: AnalysisContext,
): CallOptions | null {
  const taken = definition.options ?? [];
  const text = context.text(span);
  for (const option of options) {
    const known = taken.find((other) => other.name === option.name);
    const names = taken.map((other) => other.name).sort();
    const cast = known && castOf(known, option.value);
    const problem = known
      ? cast && `cannot cast [${option.value}] to [${cast}]`
      : names.length > 0
        ? `expected one of [${names.join(', ')}]`
        : 'which takes no options';
    if (!problem) continue;
    context.report(`Invalid option [${option.name}] in [${text}], ${problem}`, span);
    return null;
  }
  // Of an option that is given twice the last counts.
  const given = options
    .filter(({ name }, i) => options.findLastIndex((other) => other.name === name) === i)
    .map(({ name, value }) => ({ name, value }));
  const wrong = definition.checkOptions?.(given);
  if (!wrong) return given;
  context.report(wrong, span);
  return null;
}

/** The type that the value of an option cannot be cast to; undefined when it can. */
function castOf({ name, type }: OptionDefinition, value: ConstantScalar): string | undefined {
  const written = String(value).toLowerCase();
  if (type === 'boolean') return written === 'true' || written === 'false' ? undefined : 'boolean';
  if (type === 'number' && !Number.isFinite(Number(written || 'none')))
    return name === 'boost' || name === 'tie_breaker' ? 'float' : 'integer';
  return undefined;
}

/** Resolves a call of an aggregate into a column of its own. */
export function resolveAggregate(asked: SyntaxCall, scope: ResolveContext): Omit<AggregateCall, 'filter'> | null {
  const { context } = scope;
  const expression = withTimestamp(asked);
  const definition = findFunction(expression.name);
  if (definition?.kind !== 'aggregate') throw new Error(`not an aggregate: ${expression.name}`);
  const args = resolveArguments(definition, expression, scope);
  if (!args || args.some((arg) => arg.kind === 'invalid')) return null;
  const text = context.text(expression.span);
  if (!checkArguments(definition, args, text, expression.span, scope)) return null;
  const wrong = definition.check?.(
    args.map((arg) => {
      const isNull = arg.kind === 'column' && arg.column.constant?.value === null;
      return { ...argumentOf(arg, context), ...(isNull && { value: null }) };
    }),
    text,
  );
  if (wrong) {
    context.report(wrong, expression.span);
    return null;
  }
  const known = args.map((arg) => argumentOf(arg, context));
  const type = known[0]?.type === 'null' && definition.returns(known) === 'null' ? 'null' : definition.returns(known);
  return {
    column: context.column(text, type, definition.multi === true),
    function: definition.name,
    args,
    span: expression.span,
  };
}

/** Resolves arguments, counts them, and casts literals to what the parameters take. */
function resolveArguments(
  definition: FunctionDefinition,
  expression: SyntaxCall,
  scope: ResolveContext,
): readonly Expression[] | null {
  const { context } = scope;
  const args = expression.args.map((arg, i) =>
    knownBeforehand(resolve(arg, scope), parameterAt(definition.parameters, i), context),
  );
  if (expression.star && !(definition.kind === 'aggregate' && definition.name === 'COUNT')) {
    context.report(`[${context.text(expression.span)}]: only COUNT takes *`, expression.span);
    return null;
  }
  const implied = expression.args.filter((arg) => arg.kind === 'name' && arg.isImplied).length;
  const arity = arityError(definition, args.length, implied);
  const takesOptions = 'options' in definition && definition.options !== undefined;
  if (arity && takesOptions && args.length === definition.parameters.length + 1 && !expression.options) {
    const which = ordinals[args.length - 1] ?? `${args.length}th`;
    context.report(
      `${which} argument of [${context.text(expression.span)}] must be a map expression, received [${context.text(expression.args.at(-1)!.span)}]`,
      expression.span,
    );
    return null;
  }
  if (arity) {
    context.report(
      `error building [${(expression.written ?? expression.name).toLowerCase()}]: ${arity}`,
      expression.span,
    );
    return null;
  }
  if (definition.kind === 'aggregate' && definition.overTime === undefined) return args;
  const targets = args.map((arg, i) => implicitTarget(arg, parameterAt(definition.parameters, i)));
  return applyCasts(args, targets, scope);
}

const counts = ['no', 'one', 'two', 'three', 'four', 'five'];

/** What is wrong with the number of arguments; nobody writes those that are implied. */
function arityError({ parameters }: FunctionDefinition, given: number, implied: number): string | null {
  const least = parameters.filter((parameter) => !parameter.optional).length - implied;
  const variadic = parameters.some((parameter) => parameter.variadic);
  const most = variadic ? Number.POSITIVE_INFINITY : parameters.length - implied;
  if (given - implied >= least && given - implied <= most) return null;
  const plural = (n: number): string => `${counts[n] ?? n} argument${n === 1 ? '' : 's'}`;
  if (most === Number.POSITIVE_INFINITY) return `expects at least ${plural(least)}`;
  if (least === most) return least === 0 ? 'expects no arguments' : `expects exactly ${plural(least)}`;
  return most - least === 1
    ? `expects ${counts[least]} or ${plural(most)}`
    : `expects between ${counts[least]} and ${plural(most)}`;
}

const parameterAt = (parameters: readonly Parameter[], i: number): Parameter =>
  parameters[Math.min(i, parameters.length - 1)]!;

function applyCasts(
  args: readonly Expression[],
  targets: readonly ReturnType<typeof implicitTarget>[],
  scope: ResolveContext,
): readonly Expression[] {
  if (targets.every((target) => target === undefined)) return args;
  return args.map((arg, i) => {
    const target = targets[i];
    if (!target || arg.kind !== 'constant') return arg;
    const result = castLiteral(arg as Constant, target);
    if ('error' in result) {
      scope.context.report(result.error, arg.span);
      return invalid(arg.span);
    }
    return result;
  });
}

function argumentOf(expression: Expression, context: AnalysisContext): Argument {
  const { type, multi } = expression;
  const text = context.text(expression.span);
  return expression.kind === 'constant' ? { type, multi, text, value: expression.value } : { type, multi, text };
}

/** Builds a call: checks its types, and folds it where everything is constant. */
function call(
  definition: ScalarFunction,
  given: readonly Expression[],
  span: Span,
  scope: ResolveContext,
  options?: CallOptions,
): Expression {
  const { context } = scope;
  const { parameters } = definition;
  const args = parameters.some((parameter) => parameter.constant)
    ? given.map((arg, i) => knownBeforehand(arg, parameterAt(parameters, i), context))
    : given;
  if (args.some((arg) => arg.kind === 'invalid')) return invalid(span);
  const text = context.text(span);
  const known = args.map((arg) => argumentOf(arg, context));
  const refused = definition.refuses?.(known, text);
  if (refused) context.report(refused, span);
  if (refused || !checkArguments(definition, args, text, span, scope)) return invalid(span);
  const type = definition.returns(known, text);
  if (typeof type === 'object') {
    context.report(type.error, span);
    return invalid(span);
  }
  if (!definition.keepsNulls && definition.multivalue !== 'custom' && args.some((arg) => arg.type === 'null')) {
    return { ...constant(type, null, span), folded: true };
  }
  if (definition.isIdentity?.(known)) return { ...args[0]!, span };
  // A null that has a type makes null as one without does; only then may a function fold what it is given.
  if (definition.multivalue === 'null-and-warn' && !definition.keepsNulls && args.some(isNullConstant))
    return { ...constant(type, null, span), folded: true };
  const zone = definition.inTimeZone && optionOf(options, 'time_zone') === undefined ? context.timeZone : null;
  const all = zone === null ? options : [...(options ?? []), { name: 'time_zone', value: zone }];
  const hasOptions = all !== undefined && all.length > 0;
  const multi = resultIsMulti(definition, known);
  const made = { kind: 'call', function: definition.name, args, type, multi, span } as const;
  return hasOptions ? { ...made, options: all } : (folded(made, context) ?? made);
}

const isNullConstant = (arg: Expression): boolean => arg.kind === 'constant' && arg.value === null;

/** What a call of constants comes to; null when only the engine can say. */
function folded({ function: name, args, type, span, options }: Call, context: AnalysisContext): Constant | null {
  const { fold } = scalarNamed(name);
  if (!fold || options) return null;
  const values = args.map((arg) => (arg.kind === 'constant' ? arg.value : undefined));
  if (values.includes(undefined)) return null;
  const value = fold(values as ConstantValue[], { args: args.map((arg) => argumentOf(arg, context)), type });
  return value === undefined ? null : { ...constant(type, value, span), folded: true };
}

/** Where a constant is asked for, what is made of columns that hold one will do. */
function knownBeforehand(arg: Expression, parameter: Parameter | undefined, context: AnalysisContext): Expression {
  if (!parameter?.constant) return arg;
  const known = rewriteExpression(arg, (node) => {
    if (node.kind === 'column') return node.column.constant ?? node;
    return (node.kind === 'call' && folded(node, context)) || node;
  });
  return known.kind === 'constant' ? { ...known, span: arg.span } : arg;
}

function resultIsMulti(definition: ScalarFunction, args: readonly Argument[]): boolean {
  if (definition.multivalue === 'null-and-warn') return definition.givesList === true;
  return definition.multivalue === 'each' ? args[0]!.multi : definition.resultIsMulti(args);
}

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth'];

function checkArguments(
  definition: FunctionDefinition,
  args: readonly Expression[],
  text: string,
  span: Span,
  { context }: ResolveContext,
): boolean {
  const { parameters } = definition;
  const wrong = args.findIndex((arg, i) => !isAccepted(arg, parameterAt(parameters, i)));
  if (wrong < 0) return true;
  const [arg, parameter] = [args[wrong]!, parameterAt(parameters, wrong)];
  const alone = parameters.length === 1 && !parameters[0]!.variadic;
  const which = alone ? 'argument' : `${ordinals[wrong] ?? `${wrong + 1}th`} argument`;
  const written = context.text(arg.span);
  const problem = isOfType(arg, parameter)
    ? `must be a constant, received [${written}]`
    : `must be [${acceptedText(parameter, arg)}], found value [${written}] type [${messageName(arg.type)}]`;
  context.report(`${which} of [${text}] ${problem}`, span);
  return false;
}

/** What a parameter takes: what is found is not of any type that it takes, whatever Elasticsearch calls them. */
const acceptedText = ({ accepts }: Parameter, { type }: Expression): string =>
  accepts.text === 'any type' ? `any type except ${messageName(type)}` : accepts.text;

const isAccepted = (arg: Expression, parameter: Parameter): boolean =>
  isOfType(arg, parameter) && (!parameter.constant || (arg.kind === 'constant' && !Array.isArray(arg.value)));

const isOfType = ({ type }: Expression, { accepts: { types } }: Parameter): boolean =>
  types.includes(type) || (type === 'null' && !isTimeSpan(types[0]!));
