import type { Span } from '../../../diagnostics/source-text.ts';
import { findFunction } from '../../../functions/table.ts';
import type { ProcessingCommand, Subquery, SyntaxExpression } from '../syntax/ast.ts';
import { expressionsOf, innerQueries, operandsOf } from '../syntax/walk.ts';

/** What warnings need of their surroundings. */
interface Surroundings {
  text(span: Span): string;
  warn(message: string, span: Span): void;
}

/**
 * Warns of a NULL that the query has where it makes an expression null whatever the rows hold (`x == NULL`), or where it
 * means nothing (`x IN (1, NULL)`). A null that `::` gives a type (`NULL::ip`) is meant.
 */
export function warnOfNullMisuse(query: Subquery, around: Surroundings): void {
  const { source, pipeline } = query;
  for (const inner of innerQueries(query)) warnOfNullMisuse(inner, around);
  if (source.command === 'row') for (const { expression } of source.fields) check(expression, around);
  inCommands(pipeline, around);
}

function inCommands(commands: readonly ProcessingCommand[], around: Surroundings): void {
  for (const command of commands) {
    for (const expression of expressionsOf(command)) check(expression, around);
    if (command.command === 'fork') for (const branch of command.branches) inCommands(branch, around);
  }
}

function check(expression: SyntaxExpression, around: Surroundings): void {
  const text = (part: Span): string => around.text(part);
  const { span } = expression;
  const isNull = (node: SyntaxExpression): boolean =>
    node.kind === 'literal' && node.value === null && /^null$/i.test(text(node.span));
  const negated = expression.kind === 'not';
  const inner = negated ? expression.operand : expression;
  const written = text(span);
  // A list of one is an equality.
  const [only, ...others] = inner.kind === 'in' ? inner.list : [];
  const sides =
    inner.kind === 'binary' ? [inner.left, inner.right] : inner.kind === 'in' && only ? [inner.value, only] : [];
  if (inner.kind === 'in' && others.length > 0 && inner.list.some(isNull)) {
    const value = inner.value.kind === 'literal' ? null : text(inner.value.span);
    const instead =
      value === null
        ? '.'
        : inner.list.every(isNull)
          ? `, did you mean [${value} IS${negated ? ' NOT' : ''} NULL]?`
          : negated
            ? '.'
            : `, you can move it to [OR ${value} IS NULL].`;
    around.warn(`NULL in the IN list of [${written}] is ignored${instead}`, span);
  } else if (inner.kind === 'in' && others.length > 0 && isNull(inner.value)) {
    around.warn(`Expression [${text(inner.span)}] always evaluates to NULL.`, span);
  } else if (sides.some(isNull) && !(inner.kind === 'binary' && /^(?:and|or)$/.test(inner.operator))) {
    const other = isNull(sides[0]!) ? sides[1]! : sides[0]!;
    const isEquality = inner.kind === 'in' || (inner.kind === 'binary' && /^[=!]=$/.test(inner.operator));
    const isNot = (inner.kind === 'binary' && inner.operator === '!=') !== negated;
    const instead =
      isEquality && other.kind !== 'literal'
        ? `, did you mean [${text(other.span)} IS${isNot ? ' NOT' : ''} NULL]?`
        : '.';
    around.warn(`Expression [${isEquality ? written : text(inner.span)}] always evaluates to NULL${instead}`, span);
  } else if (expression.kind === 'call' && expression.args.some(isNull) && isNullOfNull(expression.name))
    around.warn(`Expression [${written}] always evaluates to NULL.`, span);
  for (const operand of operandsOf(inner)) check(operand, around);
}

function isNullOfNull(name: string): boolean {
  const definition = findFunction(name);
  return definition?.kind === 'scalar' && !definition.keepsNulls;
}
