import { literalText, type SyntaxExpression } from '../syntax/ast.ts';
import { expressionsOf, operandsOf } from '../syntax/walk.ts';
import type { Lint, PipelineRule } from './lint.ts';

/** Literals that mean something else here than in other languages: null beside ==, % in LIKE, ^ and $ in RLIKE. */
export const misreadLiterals: PipelineRule = (commands) => {
  const found: Lint[] = [];
  const look = (expression: SyntaxExpression): void => {
    found.push(...ofExpression(expression));
    for (const operand of operandsOf(expression)) look(operand);
  };
  for (const command of commands) for (const expression of expressionsOf(command)) look(expression);
  return found;
};

const isNull = (expression: SyntaxExpression): boolean => expression.kind === 'literal' && expression.value === null;

function ofExpression(expression: SyntaxExpression): Lint[] {
  const { span } = expression;
  if (expression.kind === 'binary' && /^[=!]=$/.test(expression.operator)) {
    if (!isNull(expression.left) && !isNull(expression.right)) return [];
    const instead = `IS ${expression.operator === '!=' ? 'NOT ' : ''}NULL`;
    return [{ rule: 'null-comparison', message: `nothing is ${expression.operator} null: write ${instead}`, span }];
  }
  if (expression.kind !== 'like') return [];
  return expression.patterns.flatMap((pattern): Lint[] => {
    const text = literalText(pattern) ?? '';
    const at = pattern.span;
    if (expression.flavour === 'LIKE' && /[%]/.test(text) && !/[*?]/.test(text)) {
      const message = '% is an ordinary character in LIKE: any run of characters is *, one is ?';
      return [{ rule: 'like-wildcard', message, span: at }];
    }
    if (expression.flavour === 'RLIKE' && /^\^|\$$/.test(text)) {
      const message = '^ and $ are ordinary characters in RLIKE, which always fits the whole text';
      return [{ rule: 'rlike-anchor', message, span: at }];
    }
    return [];
  });
}
