import type { Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import { columnsIn, type Expression } from '../../../plan/expression.ts';
import { type Join, type Plan, type Scan, sortOf } from '../../../plan/nodes.ts';
import { conjuncts } from '../../../plan/time-bounds.ts';
import { type EsqlType, isNumeric, isString, messageName } from '../../../values/types.ts';
import type { LookupJoinCommand, SyntaxExpression } from '../syntax/ast.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { scanOfIndex, withRowsOf } from './lookup-rows.ts';
import { requireCondition } from './where.ts';

export const lookupJoin: ProcessingDefinition<LookupJoinCommand> = {
  kind: 'processing',
  keyword: 'lookup',
  since: '8.18',
  doc: 'Adds the columns of an index whose keys fit; a row for each document that does.',
  example: 'FROM logs-endpoint.events.network-* | LOOKUP JOIN assets ON host.name',

  parse(parser, span) {
    parser.expectWord('join');
    const index = parser.indexPattern();
    parser.expectWord('on');
    const conditions: SyntaxExpression[] = parser.separated(() => parser.expression());
    return { command: 'lookup', index, conditions, span: { start: span.start, end: parser.end } };
  },

  analyze(command, input, context) {
    const keys = command.conditions.flatMap((condition) => (condition.kind === 'name' ? [condition.name] : []));
    const right = scanOfIndex(command.index, keys, context);
    if (!right) {
      context.forgetColumns();
      return input;
    }
    const names = command.conditions.every((condition) => condition.kind === 'name');
    return names ? onNames(command, input, right, context) : onCondition(command, input, right, context);
  },
};

type Side = Join['on'][number];

/** The pair of a key of the rows and one of the index. */
function sideOf(left: Column, own: Column, right: Scan): Side {
  const field = right.columns.find(({ column }) => column.id === own.id)?.source;
  const precision = typeof field === 'object' ? field.precision : undefined;
  return { left, right: own, ...(precision && { precision }) };
}

function onNames(command: LookupJoinCommand, input: Plan, right: Scan, context: AnalysisContext): Plan {
  const on: Side[] = [];
  for (const condition of command.conditions) {
    if (condition.kind !== 'name') continue;
    const { name, span } = condition;
    const left = input.output.find((column) => column.name === name);
    const own = right.output.find((column) => column.name === name);
    // A key that only the index has may be null, or loaded; one that it does not have either is its mistake.
    if (!left && own && context.takesUnmapped) context.unknownColumn(name, span, input.output);
    else if (!left && !context.takesUnmapped) context.report(`Unknown column [${name}] in left side of join`, span);
    if (!own) context.report(`Unknown column [${name}] in right side of join`, span);
    if (left && own && !left.invalid && comparableSides(left, own, span, context)) on.push(sideOf(left, own, right));
  }
  const keys = new Set(on.map((key) => key.right.id));
  const taken = right.output.filter((column) => !keys.has(column.id));
  return joined(command, input, right, on, null, taken, context);
}

/** Types of fields that are not looked up by their names. */
const impossible: readonly EsqlType[] = [
  ...(['version', 'unsigned_long', 'geo_point', 'text', 'unsupported', 'flattened', 'date_range'] as const),
  ...(['double_range', 'aggregate_metric_double', 'binary'] as const),
];

/** Whether `ON field` compares values of these types: numbers with numbers, texts with texts. */
const areLike = (left: EsqlType, right: EsqlType): boolean =>
  left === 'null' || left === right || (isNumeric(left) && isNumeric(right)) || (isString(left) && isString(right));

/** Whether a field of one type can be looked up by its name for a column of another. */
export const looksUpByName = (column: EsqlType, field: EsqlType): boolean =>
  !impossible.includes(field) && areLike(column, field);

function comparableSides(left: Column, right: Column, span: Span, context: AnalysisContext): boolean {
  if (looksUpByName(left.type, right.type)) return true;
  context.report(
    impossible.includes(right.type)
      ? `JOIN with right field [${right.name}] of type [${right.type.toUpperCase()}] is not supported`
      : `JOIN left field [${left.name}] of type [${messageName(left.type).toUpperCase()}] is incompatible with right field [${right.name}] of type [${messageName(right.type).toUpperCase()}]`,
    span,
  );
  return false;
}

/** Conditions over the columns of both sides; the names of the two must differ. */
function onCondition(command: LookupJoinCommand, input: Plan, right: Scan, context: AnalysisContext): Plan {
  const scope = [
    ...input.output,
    ...right.output.filter((column) => !input.output.some((other) => other.name === column.name)),
  ];
  const on: Side[] = [];
  let rest: Expression | null = null;
  let relates = false;
  let isWrong = false;
  for (const condition of command.conditions) {
    const resolved = context.resolveCondition(condition, scope);
    requireCondition(resolved, context);
    const nulls = withNulls(condition, input, right);
    on.push(...nulls);
    relates ||= nulls.length > 0;
    for (const part of conjuncts(resolved)) {
      if (part.kind === 'invalid') {
        isWrong = true;
        continue;
      }
      if (part.kind === 'constant' && part.value === null && nulls.length > 0) continue;
      const isComparison = relatesSides(part, input, right);
      relates ||= isComparison;
      if (!isComparison && columnsIn(part).some((column) => isOf(input, column))) {
        isWrong = true;
        context.report(unrelated(part, right), part.span, 'compute it with EVAL before, and compare the new column');
      }
      const sides = equality(part, input, right);
      if (sides) on.push(sides);
      else rest = rest ? and(context, rest, part) : part;
    }
  }
  if (!relates && !isWrong) context.report(noRelation, command.span);
  return joined(command, input, right, on, rest, right.output, context);
}

/** Comparisons of a column of the rows that is always null with one of the index: they relate both, and never hold. */
function withNulls(condition: SyntaxExpression, input: Plan, right: Scan): Side[] {
  if (condition.kind !== 'binary') return [];
  const sides = [condition.left, condition.right];
  if (condition.operator === 'and') return sides.flatMap((part) => withNulls(part, input, right));
  const named = (columns: readonly Column[]): Column | undefined =>
    columns.find((column) => sides.some((side) => side.kind === 'name' && side.name === column.name));
  const left = named(input.output.filter(({ type }) => type === 'null'));
  const own = left && named(right.output.filter(({ name }) => name !== left.name));
  return left && own ? [sideOf(left, own, right)] : [];
}

const noRelation =
  'JOIN ON clause with expressions must contain at least one condition relating the left index and the lookup index';

/** Why a condition that reads columns of the left side is none that a lookup takes. */
const unrelated = (part: Expression, right: Plan): string =>
  part.kind !== 'call' || !comparisons.has(part.function) || columnsIn(part).some((column) => isOf(right, column))
    ? noRelation
    : 'JOIN ON clause only takes conditions on the lookup index, or between it and the left side';

const isOf = (plan: Plan, { id }: Column): boolean => plan.output.some((column) => column.id === id);

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** A comparison of a column of one side with a column of the other. */
function relatesSides(expression: Expression, input: Plan, right: Plan): boolean {
  if (expression.kind !== 'call' || !comparisons.has(expression.function)) return false;
  const [a, b] = expression.args;
  if (a?.kind !== 'column' || b?.kind !== 'column') return false;
  return (isOf(input, a.column) && isOf(right, b.column)) || (isOf(input, b.column) && isOf(right, a.column));
}

function and(context: AnalysisContext, left: Expression, right: Expression): Expression {
  return context.both(left, right);
}

/** `left == right`, in either order. */
function equality(expression: Expression, input: Plan, right: Scan): Side | null {
  if (expression.kind !== 'call' || expression.function !== '==') return null;
  const [a, b] = expression.args;
  if (a?.kind !== 'column' || b?.kind !== 'column') return null;
  if (isOf(input, a.column) && isOf(right, b.column)) return sideOf(a.column, b.column, right);
  return isOf(input, b.column) && isOf(right, a.column) ? sideOf(b.column, a.column, right) : null;
}

function joined(
  { span }: LookupJoinCommand,
  input: Plan,
  right: Plan,
  on: readonly Side[],
  condition: Expression | null,
  columns: readonly Column[],
  context: AnalysisContext,
): Plan {
  const sort = sortOf(input);
  if (sort)
    context.warn(
      'SORT is followed by a LOOKUP JOIN which does not preserve order; add another SORT after the LOOKUP JOIN if order is required',
      sort.span ?? span,
    );
  return withRowsOf({ input, right, on, condition, warns: span }, columns, context);
}
