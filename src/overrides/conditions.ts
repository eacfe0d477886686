import { InputError, QueryError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { parseExpression } from '../languages/esql/parse.ts';
import type { SyntaxExpression } from '../languages/esql/syntax/ast.ts';
import { readToken } from '../languages/esql/syntax/lexer.ts';
import { operandsOf } from '../languages/esql/syntax/walk.ts';
import { inputsOf, type Plan, scansOf } from '../plan/nodes.ts';
import { rewrite } from '../rewrite/rewrite.ts';
import { fieldsOfColumns } from './lineage.ts';
import { insertCommand, type TextEdit } from './text-edit.ts';
import { type EventPipeline, eventPipelines, planAfter, type TypedQuery } from './typed-query.ts';

/** A condition on single events, as the user wrote it, and whether events that fulfil it stay or go. */
export interface ConditionOverride {
  readonly keeps: boolean;
  readonly condition: string;
}

/**
 * Edits that put a condition before anything is aggregated: right behind each FROM where it asks for fields, and behind
 * the command that makes what it asks for. Events for which it is null are kept by an exclusion.
 */
export function overrideCondition(typed: TypedQuery, { keeps, condition }: ConditionOverride): TextEdit[] {
  const names = namesIn(parseExpression(new SourceText(condition)));
  const made = names.find((name) => isMadeLater(name, typed));
  const pipelines = eventPipelines(typed.query).map((pipeline) => ({
    ...pipeline,
    place: Math.max(0, ...names.map((name) => placeOf(name, typed, pipeline))),
  }));
  const outermost = pipelines.at(-1);
  if (!outermost) return [];
  if (made !== undefined && pipelines.every(({ place }) => place === 0))
    throw new InputError(`${option(keeps)}: ${made} is not of single events: the query computes it later`, hint);
  const text = onOneLine(condition);
  const command = keeps ? `WHERE ${text}` : `WHERE NOT COALESCE(${text}, false)`;
  // What is made of the events of all subqueries is there behind them alone.
  const wanted = outermost.place > 0 ? [outermost] : pipelines.filter(({ from }) => from.patterns.length > 0);
  return wanted.map(({ ends, place }) => insertCommand(ends[place]!, command));
}

const namesIn = (expression: SyntaxExpression): string[] =>
  expression.kind === 'name' ? [expression.name] : operandsOf(expression).flatMap(namesIn);

/** A condition without comments and line breaks, which would reach further in another text. */
function onOneLine(condition: string): string {
  let text = '';
  let end = 0;
  for (let token = readToken(condition, 0); token.kind !== 'end'; token = readToken(condition, token.span.end)) {
    if (text !== '' && token.span.start > end) text += ' ';
    text += token.text;
    end = token.span.end;
  }
  return text;
}

/** After how many commands a name stands for what it means in the pipeline; none when it is a field of the events. */
function placeOf(name: string, typed: TypedQuery, { pipeline, ends }: EventPipeline): number {
  for (let commands = 1; commands < ends.length; commands++) {
    const plan = planAfter(typed, pipeline, commands);
    const column = plan?.output.find((candidate) => candidate.name === name);
    if (plan && column && fieldsOfColumns(plan).get(column.id) !== name) return commands;
  }
  return 0;
}

/** Whether a name stands for something that the query makes of events, and for no field that it reads or keeps. */
function isMadeLater(name: string, { plan, query }: TypedQuery): boolean {
  const isRead = scansOf(rewrite(plan)).some(({ columns }) => columns.some(({ column }) => column.name === name));
  const isKept = eventPipelines(query).some(({ pipeline, ends }) =>
    pipeline.pipeline
      .slice(0, ends.length - 1)
      .some((command) => command.command === 'keep' && command.patterns.some(({ text }) => text === name)),
  );
  // What DROP names is there as a field alone.
  const fields = fieldsOfColumns(plan);
  const makes = (node: Plan): boolean =>
    node.output.some((column) => column.name === name && fields.get(column.id) !== name) || inputsOf(node).some(makes);
  return !isRead && !isKept && makes(plan);
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
