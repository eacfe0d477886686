import type { Constant, Expression } from './expression.ts';

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** A comparison with a constant, turned so that the constant stands on the right. */
export interface ConstantComparison {
  readonly operator: ComparisonOperator;
  readonly measure: Expression;
  readonly constant: Constant;
}

const turned: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

/** What an expression compares with which constant; null for anything else. */
export function constantComparison(expression: Expression): ConstantComparison | null {
  if (expression.kind !== 'call' || expression.args.length !== 2 || !Object.hasOwn(turned, expression.function))
    return null;
  const operator = expression.function as ComparisonOperator;
  const [left, right] = expression.args as [Expression, Expression];
  if (right.kind === 'constant') return { operator, measure: left, constant: right };
  return left.kind === 'constant' ? { operator: turned[operator], measure: right, constant: left } : null;
}
