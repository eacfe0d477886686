import { constant, type Expression, rewriteExpression } from '../plan/expression.ts';
import { mapExpressions, type Plan } from '../plan/nodes.ts';

/** Simplifies conditions that are decided before any row is read: `true AND x` is x, `false AND x` is false. */
export function foldConstants(plan: Plan): Plan {
  return mapExpressions(plan, (expression) => rewriteExpression(expression, fold));
}

/** A condition without what is decided already. */
export function fold(node: Expression): Expression {
  if (node.kind !== 'call') return node;
  const { function: name } = node;
  if (name !== 'AND' && name !== 'OR') return node;
  const [left, right] = node.args as [Expression, Expression];
  for (const [decided, other] of [
    [left, right],
    [right, left],
  ] as const) {
    if (decided.kind !== 'constant' || typeof decided.value !== 'boolean') continue;
    return decided.value === (name === 'OR') ? constant('boolean', decided.value, node.span) : other;
  }
  return node;
}
