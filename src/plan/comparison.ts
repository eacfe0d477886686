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

const textTests: ReadonlySet<string> = new Set(['IN', 'LIKE', 'RLIKE', 'STARTS_WITH', 'ENDS_WITH', 'CIDR_MATCH']);

/** Whether Elasticsearch asks its index: it then looks at no other condition of events that the index does not give. */
export function isAskedOfIndex(condition: Expression): boolean {
  if (condition.kind === 'search') return true;
  if (condition.kind === 'inRanges') return isIndexed(condition.value);
  const measure = constantComparison(condition)?.measure;
  if (measure) return isIndexed(measure);
  if (condition.kind !== 'call') return false;
  const { function: name, args } = condition;
  if (name === 'AND' || name === 'OR' || name === 'NOT') return args.every(isAskedOfIndex);
  if (name === 'IS NULL' || name === 'IS NOT NULL') return isIndexed(args[0]!);
  return textTests.has(name) && isIndexed(args[0]!) && args.slice(1).every(({ kind }) => kind === 'constant');
}

/** A field by whose values events are found; a text is found by its words alone. */
const isIndexed = (value: Expression): boolean =>
  value.kind === 'column' && value.column.field === true && value.type !== 'text';
