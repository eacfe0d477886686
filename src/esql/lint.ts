import type { Span } from '../diagnostics/source-text.ts';
import type { ProcessingCommand, Query, Subquery, SyntaxExpression } from './syntax/ast.ts';
import { expressionsOf, operandsOf } from './syntax/walk.ts';

/** Something that is allowed, and hardly ever what is meant. */
export interface Lint {
  readonly message: string;
  readonly span: Span;
}

/** What in a query means something else than it looks like. */
export function lint(query: Query): Lint[] {
  const found: Lint[] = [];
  const look = (expression: SyntaxExpression): void => {
    found.push(...ofExpression(expression));
    for (const operand of operandsOf(expression)) look(operand);
  };
  const pipeline = (commands: readonly ProcessingCommand[]): void => {
    for (const command of commands) {
      for (const expression of expressionsOf(command)) look(expression);
      if (command.command === 'fork') for (const branch of command.branches) pipeline(branch);
    }
  };
  const whole = ({ source, pipeline: commands }: Subquery): void => {
    if (source.command === 'from') for (const inner of source.subqueries) whole(inner);
    pipeline(commands);
  };
  whole(query);
  return found;
}

const isNull = (expression: SyntaxExpression): boolean => expression.kind === 'literal' && expression.value === null;

function ofExpression(expression: SyntaxExpression): Lint[] {
  const { span } = expression;
  if (expression.kind === 'binary' && /^[=!]=$/.test(expression.operator)) {
    if (isNull(expression.left) || isNull(expression.right))
      return [
        {
          message: `nothing is ${expression.operator} null: write IS ${expression.operator === '!=' ? 'NOT ' : ''}NULL`,
          span,
        },
      ];
    return [];
  }
  if (expression.kind !== 'like') return [];
  return expression.patterns.flatMap(({ text, span: at }): Lint[] => {
    if (expression.flavour === 'LIKE' && /[%]/.test(text) && !/[*?]/.test(text))
      return [{ message: `% is an ordinary character in LIKE: any run of characters is *, one is ?`, span: at }];
    if (expression.flavour === 'RLIKE' && /^\^|\$$/.test(text))
      return [{ message: `^ and $ are ordinary characters in RLIKE, which always fits the whole text`, span: at }];
    return [];
  });
}
