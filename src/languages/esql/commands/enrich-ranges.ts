import type { Column } from '../../../plan/column.ts';
import { constant, type Expression, reference } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import type { RangeKind } from '../../../values/range-fields.ts';
import type { EsqlType } from '../../../values/types.ts';
import type { EnrichCommand } from '../syntax/ast.ts';
import type { AnalysisContext } from './command.ts';

/*
 * Policies of ranges: documents hold ranges of addresses, dates or numbers in a field, and a row fits a document when its
 * value lies in one of them. Only the source of a document has its ranges; they are taken from there.
 */

/** What the ranges must be of for a column to be matched with them; null for columns that are in no range. */
export function rangeKind(type: EsqlType): RangeKind | null {
  if (type === 'ip' || type === 'date' || type === 'long' || type === 'double') return type;
  return type === 'integer' ? 'long' : null;
}

/** Documents with a row for each of their ranges, and the condition that a column lies in one. */
export function inRangesOf(
  documents: Plan,
  source: Column,
  field: string,
  value: Column,
  kind: RangeKind,
  span: EnrichCommand['span'],
  context: AnalysisContext,
): { readonly right: Plan; readonly condition: Expression } {
  const ranges = context.column('(ranges)', 'keyword', true);
  const range = context.column('(range)', 'keyword', false);
  const call = (name: string, type: EsqlType, args: readonly Expression[], multi = false): Expression => ({
    kind: 'call',
    function: name,
    args,
    type,
    multi,
    span,
  });
  const of = (column: Column): Expression => reference(column, span);
  const written = (value: string): Expression => constant('keyword', value, span);
  const bound = (place: bigint): Expression => call('BOUND', kind, [of(range), constant('integer', place, span)]);
  const computed: Plan = {
    kind: 'compute',
    input: documents,
    definitions: [
      { column: ranges, expression: call('RANGES', 'keyword', [of(source), written(field), written(kind)], true) },
    ],
    output: [...documents.output, ranges],
  };
  const each: Plan = {
    kind: 'expand',
    input: computed,
    source: ranges,
    column: range,
    output: [...documents.output, range],
  };
  const [low, high] = [context.column('(low)', kind, false), context.column('(high)', kind, false)];
  const right: Plan = {
    kind: 'compute',
    input: each,
    definitions: [
      { column: low, expression: bound(1n) },
      { column: high, expression: bound(2n) },
    ],
    output: [...each.output, low, high],
  };
  return { right, condition: call('BETWEEN', 'boolean', [value, low, high].map(of)) };
}

/** The condition that a text lies in a range of a document, whatever that is of. */
export const inAnyRange = (text: Column, source: Column, field: string, span: EnrichCommand['span']): Expression => ({
  kind: 'call',
  function: 'IN_RANGES',
  args: [reference(text, span), reference(source, span), constant('keyword', field, span)],
  type: 'boolean',
  multi: false,
  span,
});
