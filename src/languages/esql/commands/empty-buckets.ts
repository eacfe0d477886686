import { bucketsOf } from '../../../functions/buckets.ts';
import type { Argument } from '../../../functions/definition.ts';
import { conditionOf } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import { type Call, constant, type Expression, optionOf, reference } from '../../../plan/expression.ts';
import { knownColumns } from '../../../plan/needed-columns.ts';
import type { AggregateCall, Plan } from '../../../plan/nodes.ts';
import { isDate } from '../../../values/types.ts';
import type { AnalysisContext } from './command.ts';

/** Maximum number of buckets that a key may come to. */
const mostBuckets = 1_000_000;

type Key = { readonly source: Column; readonly column: Column };

/**
 * The rows of a STATS, and for every key with `include_empty_buckets` one more for each of its buckets beside each
 * combination of the other keys: they make the groups that no row falls into, and no aggregate sees them.
 */
export function withEmptyBuckets(
  input: Plan,
  keys: readonly Key[],
  context: AnalysisContext,
): { plan: Plan; isRow: Column } | null {
  const calls = new Map<number, Call>();
  for (const { source } of keys) {
    const call = definitionOf(source, input);
    if (call?.kind !== 'call' || call.function !== 'BUCKET' || !includesEmpty(call)) continue;
    const count = countOf(call, context);
    if (count === null) return null;
    if (count > 0) calls.set(source.id, call);
  }
  if (calls.size === 0) return null;
  const others = keys.filter(({ source }) => !calls.has(source.id));
  const made = new Map<number, Column>();
  const groups = others.map(({ source }) => ({ source, column: context.column(source.name, source.type, false) }));
  for (const { source, column } of groups) made.set(source.id, column);
  let empty: Plan =
    groups.length === 0
      ? { kind: 'oneRow', output: [] }
      : { kind: 'aggregate', input, groups, aggregates: [], output: groups.map(({ column }) => column) };
  for (const [id, call] of calls) {
    const all = context.column('(buckets)', call.type, true);
    const one = context.column('(bucket)', call.type, false);
    const buckets: Expression = { ...call, function: 'BUCKETS', args: call.args.slice(1), multi: true };
    empty = {
      kind: 'compute',
      input: empty,
      definitions: [{ column: all, expression: buckets }],
      output: [...empty.output, all],
    };
    empty = { kind: 'expand', input: empty, source: all, column: one, output: [...empty.output, one] };
    made.set(id, one);
  }
  const isRow = context.column('(is a row)', 'boolean', false);
  const { span } = [...calls.values()][0]!;
  const rows: Plan = {
    kind: 'compute',
    input,
    definitions: [{ column: isRow, expression: constant('boolean', true, span) }],
    output: [...input.output, isRow],
  };
  const columns = [...new Map(knownColumns(rows).map((column) => [column.id, column])).values()];
  const plan: Plan = {
    kind: 'union',
    branches: [
      { plan: rows, columns },
      { plan: empty, columns: columns.map(({ id }) => made.get(id) ?? null) },
    ],
    output: columns,
  };
  return { plan, isRow };
}

/** An aggregate that sees what are rows, and not the buckets that were added. */
export function ofRowsAlone(call: AggregateCall, isRow: Column): AggregateCall {
  const test = reference(isRow, call.span);
  return { ...call, filter: call.filter ? conditionOf('AND', [test, call.filter], call.span) : test };
}

/** What a column was computed of last. */
function definitionOf(column: Column, plan: Plan): Expression | undefined {
  if (plan.kind !== 'compute') return undefined;
  return (
    plan.definitions.find((definition) => definition.column.id === column.id)?.expression ??
    definitionOf(column, plan.input)
  );
}

export const includesEmpty = ({ options }: Call): boolean =>
  /^true$/i.test(String(optionOf(options, 'include_empty_buckets') ?? false));

/** How many buckets there are between the bounds; null where that was reported as a problem. */
function countOf(call: Call, context: AnalysisContext): number | null {
  const [size, from, to] = call.args.slice(1).map(
    (arg): Argument => ({
      ...{ type: arg.type, multi: false, text: context.text(arg.span) },
      ...(arg.kind === 'constant' && { value: arg.value }),
    }),
  );
  const zone = optionOf(call.options, 'time_zone');
  const { range } = bucketsOf(isDate(call.type), size!, from, to, zone === undefined ? null : String(zone));
  const problem = !range
    ? 'needs a number of buckets and two bounds'
    : range.count > mostBuckets
      ? `comes to ${range.count} buckets, more than ${mostBuckets}`
      : null;
  if (!problem) return range!.count;
  context.report(`[include_empty_buckets] of [${context.text(call.span)}] ${problem}`, call.span);
  return null;
}
