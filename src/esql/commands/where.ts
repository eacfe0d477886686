import { messageName } from '../../values/types.ts';
import type { Expression } from '../plan/expression.ts';
import type { WhereCommand } from '../syntax/ast.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';

export const where: ProcessingDefinition<WhereCommand> = {
  kind: 'processing',
  keyword: 'where',
  doc: 'Keeps the rows for which a condition is true; false and null are dropped.',
  example: 'ROW a = 1 | WHERE a > 0',

  parse(parser, span) {
    return { command: 'where', condition: parser.expression(), span };
  },

  analyze(command, input, context) {
    const condition = context.resolveCondition(command.condition, input.output);
    requireCondition(condition, context);
    return { kind: 'filter', input, condition, output: input.output };
  },
};

/** Reports an expression that cannot be a condition. */
export function requireCondition(condition: Expression, context: AnalysisContext): void {
  if (condition.kind === 'invalid' || condition.type === 'boolean' || condition.type === 'null') return;
  context.report(
    `Condition expression needs to be boolean, found [${messageName(condition.type).toUpperCase()}]`,
    condition.span,
  );
}
