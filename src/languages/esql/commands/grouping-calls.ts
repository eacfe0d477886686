import { findFunction } from '../../../functions/table.ts';
import type { SyntaxExpression } from '../syntax/ast.ts';
import { operandsOf } from '../syntax/walk.ts';

/** Whether an expression calls a grouping function, which stands behind BY alone. */
export function isGrouping(expression: SyntaxExpression): boolean {
  if (expression.kind !== 'call') return false;
  const definition = findFunction(expression.name);
  return definition?.kind === 'scalar' && definition.isGrouping === true;
}

/** Whether a grouping function needs nothing but the row. */
export const isOfRow = (expression: SyntaxExpression): boolean =>
  expression.kind === 'call' && findFunction(expression.name)?.name === 'BUCKET';

/** The outermost calls of grouping functions in an expression. */
export function groupingCalls(expression: SyntaxExpression): SyntaxExpression[] {
  return isGrouping(expression) ? [expression] : operandsOf(expression).flatMap(groupingCalls);
}
