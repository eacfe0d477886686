import { placeText, type SourceText, type Span } from '../../../diagnostics/source-text.ts';
import { freshColumns } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import { columnsIn, type Expression, reference } from '../../../plan/expression.ts';
import { type AggregateCall, inputsOf, type Plan } from '../../../plan/nodes.ts';
import { isNumeric, messageName } from '../../../values/types.ts';
import type { Command, ProcessingCommand, Query, SettingValue, SyntaxExpression } from '../syntax/ast.ts';
import { expressionsOf, namesIn, operandsOf } from '../syntax/walk.ts';

/*
 * `SET approximation`: Elasticsearch then aggregates a sample of the rows, and says between which values the exact one
 * lies. All rows are read here, as there where they are few: an interval holds the value alone, and is certified.
 */

/** What `SET approximation` asks for. */
export interface Approximation {
  /** Whether columns say between which values the exact ones lie. */
  readonly intervals: boolean;
}

/** Elasticsearch's bounds of its options. */
const fewestRows = 10_000n;
const confidence = { least: 0.5, most: 0.95 };

/** Reads the setting; null where exact values are wanted, a text where it is not valid. */
export function readApproximation(value: SettingValue): Approximation | null | string {
  if (typeof value === 'boolean') return value ? { intervals: true } : null;
  if (!(value instanceof Map)) return `Invalid approximation configuration [${value}]`;
  for (const [name, option] of value) {
    if (name === 'rows') {
      if (typeof option !== 'bigint') return 'Approximation configuration [rows] must be an integer value';
      if (option < fewestRows) return `Approximation configuration [rows] must be at least ${fewestRows}`;
    } else if (name === 'confidence_level') {
      if (option === null) continue;
      if (typeof option !== 'number') return 'Approximation configuration [confidence_level] must be a double value';
      if (option < confidence.least || option > confidence.most)
        return `Approximation configuration [confidence_level] must be between ${confidence.least} and ${confidence.most}`;
    } else return `Approximation configuration contains unknown key [${name}]`;
  }
  return { intervals: value.get('confidence_level') !== null };
}

/** Aggregates that a sample answers nearly, and for which there are intervals. */
const ofOneValue: ReadonlySet<string> = new Set([
  'AVG',
  'COUNT',
  'MEDIAN',
  'MEDIAN_ABSOLUTE_DEVIATION',
  'PERCENTILE',
  'STD_DEV',
  'SUM',
  'VARIANCE',
  'WEIGHTED_AVG',
]);

/** Commands that choose among rows: what a sample says of all rows says nothing of theirs. */
const choosing: ReadonlySet<string> = new Set(['limit', 'topk', 'bottomk', 'change_point']);

/** Commands whose rows are never approximated. */
const refused: ReadonlySet<string> = new Set(['fuse', 'ts_info', 'metrics_info']);

/** Why Elasticsearch answers a query exactly although approximation is set, as it warns; null where it does not. */
export function whyExact(query: Query, plan: Plan, source: SourceText): string | null {
  const { source: first, pipeline } = query;
  const because = (span: Span, reason: string): string =>
    `line ${placeText(source.position(span.start))}: approximation not supported: ${reason}`;
  const refusal = (command: Command, where = ''): string => {
    const { start } = command.span;
    const end = query.ends[command === first ? 0 : pipeline.indexOf(command as ProcessingCommand) + 1]!;
    return because(command.span, `query with [${source.slice({ start, end })}]${where} cannot be approximated`);
  };
  const nothing = 'query must have [STATS] with aggregation function(s) that can be approximated';

  const stats = pipeline.filter(({ command }) => command === 'stats' || command === 'inline');
  const calls = callsOf(plan);
  const [one, another] = stats;
  if (!one) return calls.length > 0 ? null : because(first.span, nothing);
  if (first.command === 'from' && first.isSeries) return refusal(first);
  const unknown = pipeline.find(({ command }) => refused.has(command));
  if (unknown) return refusal(unknown);
  if (calls.length > 0 && calls.every(({ column }) => column.type === 'null')) return because(one.span, nothing);
  if (another) return because(another.span, 'query with chained [STATS] cannot be approximated');
  const chosen = pipeline.slice(0, pipeline.indexOf(one)).find(({ command }) => choosing.has(command));
  if (chosen) return refusal(chosen, ' before [STATS]');
  const sparkline = expressionsOf(one)
    .flatMap(callsIn)
    .find(({ name }) => /^sparkline$/i.test(name));
  if (sparkline)
    return because(sparkline.span, `aggregation function [${source.slice(sparkline.span)}] cannot be approximated`);
  for (const { function: name, column, span } of calls) {
    const call = `aggregation function [${source.slice(span)}]`;
    if (!ofOneValue.has(name) && name !== 'SAMPLE') return because(span, `${call} cannot be approximated`);
    if (!isNumeric(column.type) && column.type !== 'null')
      return because(span, `${call} must return a numeric value; got [${messageName(column.type).toUpperCase()}]`);
  }
  return null;
}

type SyntaxCall = SyntaxExpression & { readonly kind: 'call' };

/** The calls in an expression: of SPARKLINE plans have the aggregate within alone. */
const callsIn = (expression: SyntaxExpression): readonly SyntaxCall[] => [
  ...(expression.kind === 'call' ? [expression] : []),
  ...operandsOf(expression).flatMap(callsIn),
];

/** The aggregates of a plan, those nearest to the events first. */
const callsOf = (plan: Plan): readonly AggregateCall[] => [
  ...inputsOf(plan).flatMap(callsOf),
  ...(plan.kind === 'aggregate' ? plan.aggregates : []),
];

const intervalOf = (name: string): string => `_approximation_confidence_interval(${name})`;
const certifiedOf = (name: string): string => `_approximation_certified(${name})`;

/** The plan of a query with the intervals of its columns that follow from aggregates. */
export function withIntervals(query: Query, plan: Plan): Plan {
  const estimated = estimatedIn(plan, nullsIn(query));
  const fresh = freshColumns(plan);
  const span: Span = { start: 0, end: 0 };
  const definitions = plan.output
    .filter((column) => estimated.has(column.id))
    .flatMap((column) => {
      const value = reference(column, span);
      const twice = { kind: 'call', function: 'MV_APPEND', args: [value, value], type: column.type, multi: true, span };
      const itself = { kind: 'call', function: '==', args: [value, value], type: 'boolean', multi: false, span };
      return [
        { column: fresh(intervalOf(column.name), column.type, true), expression: twice as Expression },
        { column: fresh(certifiedOf(column.name), 'boolean'), expression: itself as Expression },
      ];
    });
  const added = definitions.map(({ column }) => column);
  const kept = plan.output.filter(({ name }) => !added.some((column) => column.name === name));
  return { kind: 'compute', input: plan, definitions, output: [...kept, ...added] };
}

/** By where they begin, the names in the expressions of EVAL: of what is null whatever they hold, plans do not have them. */
const nullsIn = ({ pipeline }: Query): ReadonlyMap<number, readonly string[]> =>
  new Map(
    pipeline.flatMap((command) =>
      command.command === 'eval'
        ? command.fields.map(({ expression }) => [expression.span.start, namesIn(expression)] as const)
        : [],
    ),
  );

/** The columns that are aggregates, or numbers that follow from them: of texts and lists there are no intervals. */
function estimatedIn(plan: Plan, names: ReturnType<typeof nullsIn>): Set<Column['id']> {
  const estimated = new Set(inputsOf(plan).flatMap((input) => [...estimatedIn(input, names)]));
  switch (plan.kind) {
    case 'aggregate':
      for (const { column, function: name } of plan.aggregates)
        if (ofOneValue.has(name) && isNumeric(column.type)) estimated.add(column.id);
      break;
    case 'compute':
      for (const { column, expression } of plan.definitions) {
        const isNull = expression.kind === 'constant' && expression.value === null;
        const named = isNull ? (names.get(expression.span.start) ?? []) : [];
        const from = [...columnsIn(expression), ...plan.input.output.filter(({ name }) => named.includes(name))];
        if (isNumeric(expression.type) && !expression.multi && from.some(({ id }) => estimated.has(id)))
          estimated.add(column.id);
      }
      break;
    case 'expand':
      if (estimated.has(plan.source.id)) estimated.add(plan.column.id);
      break;
    case 'join':
      for (const { source, column } of plan.taken) if (estimated.has(source.id)) estimated.add(column.id);
      break;
    case 'union':
      for (const { columns } of plan.branches)
        for (const [place, column] of columns.entries())
          if (column && estimated.has(column.id)) estimated.add(plan.output[place]!.id);
      break;
  }
  return estimated;
}
