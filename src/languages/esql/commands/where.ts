import { findFunction } from '../../../functions/table.ts';
import type { Expression } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { messageName } from '../../../values/types.ts';
import { fullTextName } from '../analyze/full-text.ts';
import type { SyntaxExpression, WhereCommand } from '../syntax/ast.ts';
import { operandsOf } from '../syntax/walk.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { resolveWithQueries } from './in-queries.ts';

export const where: ProcessingDefinition<WhereCommand> = {
  kind: 'processing',
  keyword: 'where',
  doc: 'Keeps the rows for which a condition is true; false and null are dropped.',
  example: 'ROW a = 1 | WHERE a > 0',

  parse(parser, span) {
    return { command: 'where', condition: parser.expression(), span };
  },

  analyze(command, input, context) {
    const { expression: condition, plan } = resolveWithQueries(
      command.condition,
      true,
      input,
      input.output,
      context,
      (takeOver) => context.resolveCondition(command.condition, input.output, takeOver),
    );
    requireCondition(condition, context);
    if (condition.kind !== 'invalid') checkParents(command.condition, command.condition, context);
    const filter: Plan = { kind: 'filter', input: plan, condition, output: plan.output };
    return plan === input ? filter : { kind: 'project', input: filter, output: input.output };
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

/** A search for words gives no value that anything but AND, OR, NOT and a comparison could use. */
function checkParents(node: SyntaxExpression, condition: SyntaxExpression, context: AnalysisContext): void {
  const parent = nameOfParent(node);
  for (const operand of operandsOf(node)) {
    const definition = operand.kind === 'call' ? findFunction(operand.name) : undefined;
    if (parent !== null && definition?.kind === 'scalar' && definition.family === 'full text') {
      const shown = fullTextName(definition, context.text(operand.span));
      context.report(
        `Invalid condition [${context.text(condition.span)}]. ${shown} can't be used with ${parent}`,
        condition.span,
      );
    }
    checkParents(operand, condition, context);
  }
}

function nameOfParent(node: SyntaxExpression): string | null {
  switch (node.kind) {
    case 'isNull':
      return node.negated ? 'ISNOTNULL' : 'ISNULL';
    case 'in':
    case 'inQuery':
      return 'IN';
    case 'call':
      return node.name.toUpperCase();
    default:
      return null;
  }
}
