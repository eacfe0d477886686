import { scalarNamed } from '../../../functions/table.ts';
import { aggregateCall, conditionOf, countWhere } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import { constant, type Expression, invalid, reference } from '../../../plan/expression.ts';
import { type Join, orderOf, type Plan } from '../../../plan/nodes.ts';
import type { SyntaxExpression } from '../syntax/ast.ts';
import { operandsOf } from '../syntax/walk.ts';
import type { AnalysisContext } from './command.ts';

type InQuery = Extract<SyntaxExpression, { kind: 'inQuery' }>;

/**
 * A condition of WHERE, and the rows that it is about: for each `value IN (FROM …)` of it they are joined with the values
 * of that query, each once, so that no row is multiplied.
 */
export function resolveWithQueries(
  condition: SyntaxExpression,
  input: Plan,
  context: AnalysisContext,
): { condition: Expression; plan: Plan } {
  if (!holdsQuery(condition)) return { condition: context.resolveCondition(condition, input.output), plan: input };
  const asConditions = new Set(conditionsOf(condition));
  let plan = input;
  const resolved = context.resolveCondition(condition, input.output, (node) => {
    if (node.kind !== 'inQuery') return undefined;
    const found = membership(node, asConditions.has(node), plan, input.output, context);
    plan = found.plan;
    return found.condition;
  });
  // A join keeps no order.
  const keys = orderOf(input);
  if (keys.length > 0) plan = { kind: 'sort', input: plan, keys, output: plan.output };
  return { condition: resolved, plan };
}

const holdsQuery = (expression: SyntaxExpression): boolean =>
  expression.kind === 'inQuery' || operandsOf(expression).some(holdsQuery);

/** The parts of a condition of which nothing but true matters: rows are dropped for false and null alike. */
function conditionsOf(condition: SyntaxExpression): SyntaxExpression[] {
  if (condition.kind !== 'binary' || !/^(?:and|or)$/.test(condition.operator)) return [condition];
  return [condition.left, condition.right].flatMap(conditionsOf);
}

/** Whether a value is one of a query's: null where it is none of them and nobody knows, as IN over a list is. */
function membership(
  node: InQuery,
  onlyTrueMatters: boolean,
  left: Plan,
  scope: readonly Column[],
  context: AnalysisContext,
): { condition: Expression; plan: Plan } {
  const { span } = node;
  const value = context.resolve(node.value, scope);
  const before = context.problems;
  const right = context.subquery(node.query);
  const none = { condition: invalid(span), plan: left };
  const [found, ...others] = right.output;
  if (!found || others.length > 0) {
    const names = right.output.map(({ name }) => name).slice(0, 5);
    const hint = 'choose it with KEEP';
    // What is wrong within the query may be why.
    if (context.problems === before)
      context.report(
        `the subquery of IN must give one column, found [${right.output.length}] [${names.join(', ')}]`,
        node.query.source.span,
        hint,
      );
    return none;
  }
  if (value.kind === 'invalid' || found.invalid || !isComparable(value, found, node, context)) return none;
  const one: Expression = value.multi
    ? { kind: 'call', function: 'ONE_VALUE', args: [value], type: value.type, multi: false, span }
    : value;
  const key = context.column('(value)', value.type, false);
  const keyed: Plan = {
    kind: 'compute',
    input: left,
    definitions: [{ column: key, expression: one }],
    output: [...left.output, key],
  };
  const member = context.column(found.name, found.type, false);
  const count = context.column('(members)', 'long', false);
  const members: Plan = {
    kind: 'aggregate',
    input: right,
    groups: [{ source: found, column: member }],
    aggregates: [countWhere(count, null)],
    output: [count, member],
  };
  const joined = joinWith(keyed, members, [{ left: key, right: member }], [count]);
  const isMember = conditionOf('IS NOT NULL', [reference(count, span)], span);
  if (onlyTrueMatters) return { condition: isMember, plan: joined };
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
  const unknown = conditionOf(
    'OR',
    [conditionOf('IS NULL', [reference(key, span)], span), conditionOf('>', [reference(nulls, span), zero], span)],
    span,
  );
  const condition: Expression = conditionOf(
    'CASE',
    [
      ...[isMember, constant('boolean', true, span)],
      ...[conditionOf('==', [reference(rows, span), zero], span), constant('boolean', false, span)],
      ...[unknown, constant('null', null, span)],
      constant('boolean', false, span),
    ],
    span,
  );
  return { condition, plan: joinWith(joined, totals, [], [rows, nulls]) };
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

function joinWith(input: Plan, right: Plan, on: Join['on'], taken: readonly Column[]): Plan {
  return {
    kind: 'join',
    ...{ input, right, on, nullsMatch: false, condition: null, collect: false, warns: null },
    taken: taken.map((column) => ({ source: column, column })),
    output: [...input.output, ...taken],
  };
}
