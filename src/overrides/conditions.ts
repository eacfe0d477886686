import { QueryError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { parseExpression } from '../esql/parse.ts';
import { scansOf } from '../esql/plan/nodes.ts';
import type { SyntaxExpression } from '../esql/syntax/ast.ts';
import { operandsOf } from '../esql/syntax/walk.ts';
import { insertCommand, type TextEdit } from './text-edit.ts';
import { columnsAfter, eventPipelines, type TypedQuery } from './typed-query.ts';

/** A condition on single events, as the user wrote it, and whether events that fulfil it stay or go. */
export interface ConditionOverride {
  readonly keeps: boolean;
  readonly condition: string;
}

/**
 * Edits that put a condition before the aggregation: right behind FROM where it asks for fields, and behind the command
 * that computes what it asks for. Events for which it is null are kept by an exclusion.
 */
export function overrideCondition(typed: TypedQuery, { keeps, condition }: ConditionOverride): TextEdit[] {
  const expression = parseExpression(new SourceText(condition));
  const text = condition.trim();
  const pipeline = eventPipelines(typed.query).at(-1);
  if (!pipeline) return [];
  const at = Math.max(0, ...namesIn(expression).map((name) => commandThatMakes(name, typed, pipeline.ends.length - 1)));
  const command = keeps ? `WHERE ${text}` : `WHERE NOT COALESCE(${text}, false)`;
  return [insertCommand(pipeline.ends[at]!, command)];
}

const namesIn = (expression: SyntaxExpression): string[] =>
  expression.kind === 'name' ? [expression.name] : operandsOf(expression).flatMap(namesIn);

/** After how many commands a name stands for something computed; none when it is a field of the events. */
function commandThatMakes(name: string, typed: TypedQuery, most: number): number {
  for (let commands = 1; commands <= most; commands++) {
    const plan = columnsAfter(typed, commands);
    const column = plan?.output.find((candidate) => candidate.name === name);
    if (!plan || !column) continue;
    const fields = new Set(scansOf(plan).flatMap(({ output }) => output.map(({ id }) => id)));
    if (!fields.has(column.id)) return commands;
  }
  return 0;
}

/** What is wrong with a condition, in terms of what the user wrote, not of the query that it went into. */
export function conditionError(error: QueryError, { keeps, condition }: ConditionOverride): QueryError {
  const option = keeps ? '--only' : '--exclude';
  const source = new SourceText(condition);
  return new QueryError(
    source,
    error.diagnostics.map(({ message, kind }) => ({
      kind,
      message: `${option}: ${message}`,
      span: { start: 0, end: condition.length },
      hint: 'conditions are about single events, before they are aggregated: --set changes thresholds, and harrier accept hides rows of the result',
    })),
  );
}
