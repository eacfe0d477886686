import type { ProcessingCommand, Query, Subquery, SyntaxExpression } from '../languages/esql/syntax/ast.ts';
import { expressionsOf, innerQueries, operandsOf } from '../languages/esql/syntax/walk.ts';

/**
 * Whether all that a query makes of NOW() moves as NOW() does. Months differ in length, a truncated time stands still
 * and then jumps, and a search in a text (`KQL("@timestamp > now-1M")`) has a calendar of its own.
 */
export const movesWithNow = (query: Query): boolean => pipelinesOf(query).every((pipeline) => pipeline.every(isEven));

function pipelinesOf(query: Subquery): (readonly ProcessingCommand[])[] {
  return [...innerQueries(query).flatMap(pipelinesOf), query.pipeline];
}

const isEven = (command: ProcessingCommand): boolean =>
  expressionsOf(command).every(isEvenExpression) &&
  (command.command !== 'fork' || command.branches.every((branch) => branch.every(isEven)));

function isEvenExpression(expression: SyntaxExpression): boolean {
  const operands = operandsOf(expression);
  if (expression.kind === 'timeSpan') return !uneven.has(expression.unit);
  if (expression.kind === 'call') {
    if (/^(?:trange|tbucket)$/i.test(expression.name)) return false;
    if (/^(?:kql|qstr|match|match_phrase)$/i.test(expression.name)) return !operands.some(namesNow);
    // Only sums and differences of NOW() move as it does.
    return !operands.some(callsNow) && operands.every(isEvenExpression);
  }
  if (expression.kind === 'cast') return !callsNow(expression.value);
  return operands.every(isEvenExpression);
}

const uneven: ReadonlySet<string> = new Set(['month', 'quarter', 'year']);

const callsNow = (expression: SyntaxExpression): boolean =>
  (expression.kind === 'call' && /^now$/i.test(expression.name)) || operandsOf(expression).some(callsNow);

const namesNow = (expression: SyntaxExpression): boolean =>
  expression.kind !== 'literal' || (typeof expression.value === 'string' && /\bnow\b/i.test(expression.value));
