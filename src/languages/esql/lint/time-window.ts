import type { ProcessingCommand, Subquery, SyntaxExpression } from '../syntax/ast.ts';
import { innerQueries, operandsOf } from '../syntax/walk.ts';
import type { Lint } from './lint.ts';

/** Sources that are read without a condition on time, in their own pipeline or in that around them. */
export function unboundedReads(query: Subquery, around = false): Lint[] {
  const { source, pipeline } = query;
  const bounded = around || boundsTime(pipeline);
  // A condition behind FROM (FROM …) bounds its events too; queries within conditions have bounds of their own.
  const inner = innerQueries(query).flatMap((one) =>
    source.command === 'from' && source.subqueries.includes(one) && bounded ? [] : unboundedReads(one),
  );
  if (source.command !== 'from' || bounded) return inner;
  if (source.patterns.length === 0) return inner;
  const message = 'no condition on @timestamp: every event that was ever kept is read';
  const hint = 'add | WHERE @timestamp > NOW() - 7 days';
  return [{ rule: 'no-time-window', message, hint, span: source.span }, ...inner];
}

function boundsTime(commands: readonly ProcessingCommand[]): boolean {
  return commands.some((command) => {
    if (command.command === 'where') return namesTime(command.condition);
    return command.command === 'fork' && command.branches.every(boundsTime);
  });
}

const timeFields = new Set(['@timestamp', 'event.ingested', 'event.created', 'event.start', 'event.end']);

function namesTime(expression: SyntaxExpression): boolean {
  if (expression.kind === 'name') return timeFields.has(expression.name);
  // KQL("@timestamp > now-7d") has the name in its text.
  if (expression.kind === 'literal') return typeof expression.value === 'string' && /@timestamp/.test(expression.value);
  if (expression.kind === 'call' && /^(?:trange|now)$/i.test(expression.name)) return true;
  return operandsOf(expression).some(namesTime);
}
