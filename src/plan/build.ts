import type { Span } from '../diagnostics/source-text.ts';
import type { EsqlType } from '../values/types.ts';
import type { Column } from './column.ts';
import { type Call, constant, type Expression, reference } from './expression.ts';
import { type AggregateCall, inputsOf, type Plan } from './nodes.ts';

/*
 * Pieces of plans that no query text stands behind: questions about the events of a query or about its rows.
 */

const nowhere: Span = { start: 0, end: 0 };

/** Makes columns unlike any of a plan. */
export function freshColumns(plan: Plan): (name: string, type: EsqlType, multi?: boolean) => Column {
  let last = 0;
  const see = (node: Plan): void => {
    for (const { id } of node.output) last = Math.max(last, id);
    if (node.kind === 'scan') for (const { column } of node.columns) last = Math.max(last, column.id);
    if (node.kind === 'aggregate') for (const { column } of node.groups) last = Math.max(last, column.id);
    for (const input of inputsOf(node)) see(input);
  };
  see(plan);
  return (name, type, multi = false) => ({ id: ++last, name, type, multi });
}

/** A condition made of others by an operator or a function of the table. */
export const conditionOf = (name: string, args: readonly Expression[], span = nowhere): Call => ({
  kind: 'call',
  function: name,
  args,
  type: 'boolean',
  multi: false,
  span,
});

/** True for rows in which a column has a value. */
export const hasValue = (column: Column): Expression => conditionOf('IS NOT NULL', [reference(column, nowhere)]);

/** True where all of the conditions are; null for no condition at all. */
export const allOf = (conditions: readonly Expression[]): Expression | null =>
  conditions.length === 0 ? null : conditions.reduce((all, next) => conditionOf('AND', [all, next]));

/** Rows that fulfil all of the conditions. */
export function filtered(input: Plan, conditions: readonly Expression[]): Plan {
  const all = allOf(conditions);
  return all === null ? input : { kind: 'filter', input, condition: all, output: input.output };
}

/** An aggregate by its name in the function table. */
export const aggregateCall = (
  name: string,
  column: Column,
  args: readonly Expression[],
  filter: Expression | null,
): AggregateCall => ({ column, function: name, args, filter, span: nowhere });

/** How many rows fulfil a condition; all of them without one. */
export const countWhere = (column: Column, condition: Expression | null): AggregateCall =>
  aggregateCall('COUNT', column, [], condition);

/** A constant that no text stands behind. */
export const given = (type: EsqlType, value: Parameters<typeof constant>[1]): Expression =>
  constant(type, value, nowhere);

/** Groups of rows and what is aggregated over each. */
export function grouped(
  input: Plan,
  keys: readonly Column[],
  aggregates: readonly AggregateCall[],
  fresh: ReturnType<typeof freshColumns>,
): Plan & { kind: 'aggregate' } {
  const groups = keys.map((source) => ({ source, column: fresh(source.name, source.type) }));
  return {
    kind: 'aggregate',
    input,
    groups,
    aggregates,
    output: [...aggregates.map(({ column }) => column), ...groups.map(({ column }) => column)],
  };
}
