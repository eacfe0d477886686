import type { Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import { type Expression, walkExpression } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { isTimeSpan } from '../../../values/types.ts';
import type { NamedExpression } from '../syntax/ast.ts';
import type { AnalysisContext } from './command.ts';
import { holdsQuery, resolveWithQueries } from './in-queries.ts';

interface SpanError {
  readonly message: string;
  readonly span: Span;
}

/**
 * Adds named expressions to a plan, left to right: each sees the ones before it, and a name that is there already moves
 * to the end. Definitions that do not need one another share a node. Another name for a column is that column still.
 */
export function define(
  fields: readonly NamedExpression[],
  input: Plan,
  context: AnalysisContext,
  spanError: (type: string, text: string, field: NamedExpression) => SpanError,
): Plan {
  let plan = input;
  let pending: { column: Column; expression: Expression }[] = [];
  let output = input.output;
  const flush = (): void => {
    if (pending.length > 0)
      plan = {
        kind: 'compute',
        input: plan,
        definitions: pending,
        output: [...plan.output, ...pending.map((item) => item.column)],
      };
    pending = [];
  };
  for (const field of fields) {
    if (holdsQuery(field.expression)) flush();
    const found = resolveWithQueries(field.expression, false, plan, output, context, (takeOver) =>
      context.resolve(field.expression, output, takeOver),
    );
    plan = found.plan;
    const { expression } = found;
    if (pending.some((item) => refersTo(expression, item.column))) flush();
    const column = definedColumn(field, expression, context, spanError);
    if (expression.kind !== 'column') pending.push({ column, expression });
    output = [...output.filter((other) => other.name !== column.name), column];
  }
  flush();
  return { kind: 'project', input: plan, output };
}

function definedColumn(
  field: NamedExpression,
  expression: Expression,
  context: AnalysisContext,
  spanError: (type: string, text: string, field: NamedExpression) => SpanError,
): Column {
  if (expression.kind === 'invalid') return context.invalidColumn(field.name);
  if (expression.kind === 'column') return { ...expression.column, name: field.name };
  if (isTimeSpan(expression.type)) {
    const { message, span } = spanError(expression.type, context.text(expression.span), field);
    context.report(message, span);
    return context.invalidColumn(field.name);
  }
  const column = context.column(field.name, expression.type, expression.multi);
  return expression.kind === 'constant' ? { ...column, constant: expression } : column;
}

/** True when an expression reads a column. */
export function refersTo(expression: Expression, column: Column): boolean {
  let found = false;
  walkExpression(expression, (node) => {
    if (node.kind === 'column' && node.column.id === column.id) found = true;
  });
  return found;
}
