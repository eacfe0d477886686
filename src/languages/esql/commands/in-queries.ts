import type { Span } from '../../../diagnostics/source-text.ts';
import { scalarNamed } from '../../../functions/table.ts';
import { aggregateCall, conditionOf, countWhere } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import { constant, type Expression, invalid, reference } from '../../../plan/expression.ts';
import { type Join, orderOf, type Plan } from '../../../plan/nodes.ts';
import type { SyntaxExpression } from '../syntax/ast.ts';
import { operandsOf } from '../syntax/walk.ts';
import type { AnalysisContext, Intercept } from './command.ts';
import { isGrouping } from './grouping-calls.ts';

type InQuery = Extract<SyntaxExpression, { kind: 'inQuery' }>;

/** How an expression is resolved, but for what another takes over, where there is anything. */
type Resolve = (takeOver: Intercept | undefined) => Expression;

/**
 * An expression, and the rows that it is about: for each `value IN (FROM …)` of it they are joined with the values of
 * that query, each once, so that no row is multiplied. `isCondition`: rows are dropped for false and null alike.
 */
export function resolveWithQueries(
  expression: SyntaxExpression,
  isCondition: boolean,
  input: Plan,
  scope: readonly Column[],
  context: AnalysisContext,
  resolve: Resolve,
): { readonly expression: Expression; readonly plan: Plan } {
  if (!holdsQuery(expression)) return { expression: resolve(undefined), plan: input };
  const asConditions = new Set(isCondition ? conditionsOf(expression) : []);
  let plan = input;
  const resolved = resolve((node) => {
    // Without anybody who takes it over it is refused.
    if (isGrouping(node)) return context.resolve(node, scope);
    if (node.kind !== 'inQuery') return undefined;
    const found = membership(node, asConditions.has(node), plan, scope, context);
    plan = found.plan;
    return found.condition;
  });
  // A join keeps no order.
  const keys = orderOf(input);
  if (keys.length > 0) plan = { kind: 'sort', input: plan, keys, output: plan.output };
  return { expression: resolved, plan };
}

/** Whether an expression asks a query anywhere. */
export const holdsQuery = (expression: SyntaxExpression): boolean =>
  expression.kind === 'inQuery' || operandsOf(expression).some(holdsQuery);

/** The parts of a condition of which nothing but true matters. */
function conditionsOf(condition: SyntaxExpression): SyntaxExpression[] {
  if (condition.kind !== 'binary' || !/^(?:and|or)$/.test(condition.operator)) return [condition];
  return [condition.left, condition.right].flatMap(conditionsOf);
}

/** A value of a row, as a column beside it, and the column of the query that it is compared with. */
interface Pair {
  readonly key: Column;
  readonly found: Column;
  readonly member: Column;
}

/** Whether values are those of a row of a query: null where they are not and nobody knows, as IN over a list is. */
function membership(
  node: InQuery,
  onlyTrueMatters: boolean,
  left: Plan,
  scope: readonly Column[],
  context: AnalysisContext,
): { condition: Expression; plan: Plan } {
  const { span } = node;
  const values = node.values.map((value) => context.resolve(value, scope));
  const before = context.problems;
  const right = context.subquery(node.query);
  const none = { condition: invalid(span), plan: left };
  if (right.output.length !== values.length) {
    const names = right.output.map(({ name }) => name).slice(0, 5);
    const wanted = values.length === 1 ? 'one column' : `${values.length} columns`;
    // What is wrong within the query may be why.
    if (context.problems === before)
      context.report(
        `the subquery of IN must give ${wanted}, found [${right.output.length}] [${names.join(', ')}]`,
        node.query.source.span,
        'choose with KEEP',
      );
    return none;
  }
  const fits = values.map((value, i) => {
    const found = right.output[i]!;
    return value.kind !== 'invalid' && !found.invalid && isComparable(value, found, node, context);
  });
  if (!fits.every(Boolean)) return none;
  const one = (value: Expression): Expression =>
    value.multi ? { kind: 'call', function: 'ONE_VALUE', args: [value], type: value.type, multi: false, span } : value;
  const pairs = values.map((value, i): Pair => {
    const found = right.output[i]!;
    return {
      key: context.column('(value)', value.type, false),
      found,
      member: context.column(found.name, found.type, false),
    };
  });
  const keyed: Plan = {
    kind: 'compute',
    input: left,
    definitions: pairs.map(({ key }, i) => ({ column: key, expression: one(values[i]!) })),
    output: [...left.output, ...pairs.map(({ key }) => key)],
  };
  const count = context.column('(members)', 'long', false);
  const members: Plan = {
    kind: 'aggregate',
    input: right,
    groups: pairs.map(({ found, member }) => ({ source: found, column: member })),
    aggregates: [countWhere(count, null)],
    output: [count, ...pairs.map(({ member }) => member)],
  };
  const on = pairs.map(({ key, member }) => ({ left: key, right: member }));
  const joined = joinWith(keyed, members, on, [count]);
  const isMember = conditionOf('IS NOT NULL', [reference(count, span)], span);
  if (onlyTrueMatters) return { condition: isMember, plan: joined };
  const { plan, isUnknown, isFalse } =
    pairs.length === 1
      ? unknownOf(pairs[0]!, right, joined, span, context)
      : possible(pairs, members, count, joined, span, context);
  const condition: Expression = conditionOf(
    'CASE',
    [
      ...[isMember, constant('boolean', true, span)],
      ...(isFalse ? [isFalse, constant('boolean', false, span)] : []),
      ...[isUnknown, constant('null', null, span)],
      constant('boolean', false, span),
    ],
    span,
  );
  return { condition, plan };
}

interface Doubt {
  readonly plan: Plan;
  /** When a value that is not found may be there all the same. */
  readonly isUnknown: Expression;
  /** When it cannot, whatever else holds. */
  readonly isFalse?: Expression;
}

/** A value that is null may be any, and so may a null that the query gives; one that gives no row has none. */
function unknownOf({ key, found }: Pair, right: Plan, joined: Plan, span: Span, context: AnalysisContext): Doubt {
  const rows = context.column('(rows)', 'long', false);
  const nulls = context.column('(nulls)', 'long', false);
  const isNull = conditionOf('IS NULL', [reference(found, span)], span);
  const totals: Plan = {
    kind: 'aggregate',
    input: right,
    groups: [],
    aggregates: [countWhere(rows, null), aggregateCall('COUNT', nulls, [], isNull)],
    output: [rows, nulls],
  };
  const zero = constant('long', 0n, span);
  return {
    plan: joinWith(joined, totals, [], [rows, nulls]),
    isUnknown: conditionOf(
      'OR',
      [conditionOf('IS NULL', [reference(key, span)], span), conditionOf('>', [reference(nulls, span), zero], span)],
      span,
    ),
    isFalse: conditionOf('==', [reference(rows, span), zero], span),
  };
}

/** Several values may be those of a row in which every one is equal, or null on either side. */
function possible(
  pairs: readonly Pair[],
  members: Plan,
  count: Column,
  joined: Plan,
  span: Span,
  context: AnalysisContext,
): Doubt {
  const mayBeEqual = pairs.map(({ key, member }) => {
    const [one, other] = [reference(key, span), reference(member, span)];
    const isNull = (value: Expression): Expression => conditionOf('IS NULL', [value], span);
    return conditionOf(
      'OR',
      [conditionOf('==', [one, other], span), conditionOf('OR', [isNull(one), isNull(other)], span)],
      span,
    );
  });
  const condition = mayBeEqual.reduce((all, next) => conditionOf('AND', [all, next], span));
  const likely = context.column('(likely)', 'long', true);
  const plan: Plan = {
    ...joinWith(joined, members, [], []),
    condition,
    collect: true,
    taken: [{ source: count, column: likely }],
    output: [...joined.output, likely],
  };
  return { plan, isUnknown: conditionOf('IS NOT NULL', [reference(likely, span)], span) };
}

/** What a list of IN takes, a query gives. */
function isComparable(value: Expression, found: Column, node: InQuery, context: AnalysisContext): boolean {
  const type = scalarNamed('IN').returns(
    [
      { type: value.type, multi: false, text: context.text(value.span) },
      { type: found.type, multi: false, text: found.name },
    ],
    context.text(node.span),
  );
  if (found.type !== 'unsupported' && value.type !== '_source' && typeof type !== 'object') return true;
  const error = typeof type === 'object' ? type.error : `the subquery of IN gives values of type [${found.type}]`;
  context.report(error, node.span);
  return false;
}

function joinWith(input: Plan, right: Plan, on: Join['on'], taken: readonly Column[]): Join {
  return {
    kind: 'join',
    ...{ input, right, on, nullsMatch: false, condition: null, collect: false, warns: null },
    taken: taken.map((column) => ({ source: column, column })),
    output: [...input.output, ...taken],
  };
}
