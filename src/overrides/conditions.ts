import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { parseExpression } from '../esql/parse.ts';
import { inputsOf, type Plan, scansOf } from '../esql/plan/nodes.ts';
import { rewrite } from '../esql/rewrite/rewrite.ts';
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
  const places = namesIn(expression).map((name) => {
    const place = commandThatMakes(name, typed, pipeline.ends.length - 1);
    if (place === 0 && isMadeLater(name, typed.plan))
      throw new InputError(`${option(keeps)}: ${name} is not of single events: the query computes it later`, hint);
    return place;
  });
  const at = Math.max(0, ...places);
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

/** Whether a name stands for something that the query makes of events, and for no field that it reads. */
function isMadeLater(name: string, plan: Plan): boolean {
  const isField = scansOf(rewrite(plan)).some(({ columns }) => columns.some(({ column }) => column.name === name));
  const makes = (node: Plan): boolean =>
    node.output.some((column) => column.name === name) || inputsOf(node).some(makes);
  return !isField && makes(plan);
}

const option = (keeps: boolean): string => (keeps ? '--only' : '--exclude');
const hint =
  'conditions are about single events, before they are aggregated: --set changes thresholds, and harrier accept hides rows of the result';

/** What is wrong with a condition, in terms of what the user wrote, not of the query that it went into. */
export function conditionError(error: QueryError, { keeps, condition }: ConditionOverride): QueryError {
  const source = new SourceText(condition);
  return new QueryError(
    source,
    error.diagnostics.map(({ message, kind }) => ({
      kind,
      message: `${option(keeps)}: ${message}`,
      span: { start: 0, end: condition.length },
      hint,
    })),
  );
}
