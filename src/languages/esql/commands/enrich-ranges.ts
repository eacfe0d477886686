import type { CustomFunction, SingleValueFunction } from '../../../functions/definition.ts';
import type { Column } from '../../../plan/column.ts';
import { type Expression, reference } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { storageType } from '../../../sql/duckdb/storage-type.ts';
import { type Sql, sql, text } from '../../../sql/sql.ts';
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
  const call = (
    definition: SingleValueFunction | CustomFunction,
    args: readonly Column[],
    multi = false,
  ): Expression => {
    const type = definition.returns([], '') as EsqlType;
    return { kind: 'call', function: definition, args: args.map((arg) => reference(arg, span)), type, multi, span };
  };
  const computed: Plan = {
    kind: 'compute',
    input: documents,
    definitions: [{ column: ranges, expression: call(rangesIn(field, kind), [source], true) }],
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
      { column: low, expression: call(bound(kind, sql`1`), [range]) },
      { column: high, expression: call(bound(kind, sql`2`), [range]) },
    ],
    output: [...each.output, low, high],
  };
  return { right, condition: call(between, [value, low, high]) };
}

const rangesIn = (field: string, kind: RangeKind): SingleValueFunction => ({
  ...internal('RANGES', 'keyword'),
  multivalue: 'null-and-warn',
  givesList: true,
  duckdb: ([document]) => sql`from_json(harrier_ranges(${document!}, ${text(field)}, ${text(kind)}), '["VARCHAR"]')`,
});

const bound = (kind: RangeKind, which: Sql): SingleValueFunction => ({
  ...internal('BOUND', kind),
  multivalue: 'null-and-warn',
  duckdb([range]) {
    const part = sql`split_part(${range!}, chr(9), ${which})`;
    return kind === 'date' ? sql`make_timestamp_ms(${part}::BIGINT)` : sql`${part}::${storageType(kind)}`;
  },
});

/** True when a value, or one of several, lies between two others. */
const between: CustomFunction = {
  ...internal('BETWEEN', 'boolean'),
  multivalue: 'custom',
  resultIsMulti: () => false,
  duckdb([value, low, high]) {
    const inside = (one: Sql): Sql => sql`${one} BETWEEN ${low!.single} AND ${high!.single}`;
    if (!value!.list) return { single: sql`(${inside(value!.single)})`, list: null };
    // The condition stands in a subquery, where DuckDB (1.5) takes no lambda.
    const any = sql`(SELECT bool_or(${inside(sql`v`)}) FROM unnest(${value!.list}) AS several(v))`;
    return { single: sql`coalesce(${inside(value!.single)}, ${any})`, list: null };
  },
};

/** What all functions that no query can call have in common. */
function internal(name: string, type: EsqlType) {
  return { kind: 'scalar' as const, name, family: 'enrich', parameters: [], returns: () => type, doc: '', example: '' };
}
