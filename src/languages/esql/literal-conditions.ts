import { literalText, type ProcessingCommand, type Subquery, type SyntaxExpression } from './syntax/ast.ts';
import { expressionsOf, innerQueries, operandsOf } from './syntax/walk.ts';

/**
 * The texts that a query's conditions ask some fields to be, anywhere in it: `field == "a"`, `field IN ("a", "b")`,
 * `field LIKE "a*"`, with the field itself or a call on it, such as TO_LOWER. What a condition leaves out is none of them.
 */
export function literalConditions(query: Subquery, fields: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  const isField = (expression: SyntaxExpression): boolean =>
    expression.kind === 'name'
      ? fields.has(expression.name)
      : expression.kind === 'call' && expression.args.length > 0 && isField(expression.args[0]!);
  const take = (values: readonly (SyntaxExpression | string)[]): void => {
    for (const one of values) {
      if (typeof one === 'string') found.add(one);
      else if (one.kind === 'literal' && typeof one.value === 'string') found.add(one.value);
      else if (one.kind === 'array') take(one.values.filter((value) => typeof value === 'string'));
    }
  };
  const look = (expression: SyntaxExpression, wanted: boolean): void => {
    take(asked(expression, wanted));
    const inner = expression.kind === 'not' ? !wanted : wanted;
    for (const operand of operandsOf(expression)) look(operand, inner);
  };
  /** What one condition asks a field to be; with `wanted` false, what its opposite asks. */
  const asked = (expression: SyntaxExpression, wanted: boolean): readonly (SyntaxExpression | string)[] => {
    if (expression.kind === 'binary' && expression.operator === (wanted ? '==' : '!=')) {
      const { left, right } = expression;
      return isField(left) ? [right] : isField(right) ? [left] : [];
    }
    if (!wanted) return [];
    if (expression.kind === 'in' && isField(expression.value)) return expression.list;
    if (expression.kind === 'like' && isField(expression.value))
      return expression.patterns.flatMap((pattern) => literalText(pattern)?.replace(/[*?.]+$/, '') ?? []);
    if (expression.kind !== 'call' || !/^(?:match|mv_contains|mv_intersects)$/i.test(expression.name)) return [];
    const [field, value] = expression.args;
    return field && value && isField(field) ? [value] : [];
  };
  const pipeline = (commands: readonly ProcessingCommand[]): void => {
    for (const command of commands) {
      for (const expression of expressionsOf(command)) look(expression, true);
      if (command.command === 'fork') command.branches.forEach(pipeline);
    }
  };
  const whole = (one: Subquery): void => {
    innerQueries(one).forEach(whole);
    pipeline(one.pipeline);
  };
  whole(query);
  return [...found];
}
