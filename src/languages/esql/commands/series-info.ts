import type { Span } from '../../../diagnostics/source-text.ts';
import { conditionOf } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import { constant, type Expression, reference } from '../../../plan/expression.ts';
import { type AggregateCall, type Plan, type ScanColumn, scansOf } from '../../../plan/nodes.ts';
import { countedType, type EsqlType, isCounter } from '../../../values/types.ts';
import type { MetricsInfoCommand, TsInfoCommand } from '../syntax/ast.ts';
import type { AnalysisContext, ProcessingDefinition } from './command.ts';
import { carrying, type Series, seriesIn, seriesOf } from './series.ts';

export const tsInfo: ProcessingDefinition<TsInfoCommand> = {
  kind: 'processing',
  keyword: 'ts_info',
  since: '9.4',
  doc: 'Gives, behind TS, a row for each metric of each series: what the mapping says of it, and the dimensions of the series.',
  example: 'TS metrics | TS_INFO | SORT metric_name, dimensions',

  parse: (_, span) => ({ command: 'ts_info', span }),

  analyze({ span }, input, context) {
    const series = seriesOrProblem(input, 'TS_INFO', span, context);
    if (!series) return nothing(input, context);
    const { plan, columns } = infoOf(input, series, span, context);
    return { kind: 'project', input: plan, output: columns };
  },
};

export const metricsInfo: ProcessingDefinition<MetricsInfoCommand> = {
  kind: 'processing',
  keyword: 'metrics_info',
  since: '9.4',
  doc: 'Gives, behind TS, a row for each metric: what the mapping says of it, and the dimensions of its series.',
  example: 'TS metrics | METRICS_INFO | SORT metric_name',

  parse: (_, span) => ({ command: 'metrics_info', span }),

  analyze({ span }, input, context) {
    const series = seriesOrProblem(input, 'METRICS_INFO', span, context);
    if (!series) return nothing(input, context);
    const { plan, columns } = infoOf(input, series, span, context);
    const several = (name: string): boolean => name === 'data_stream' || name === 'dimension_fields';
    const shown = columns.slice(0, -1);
    const groups = shown
      .filter(({ name }) => !several(name))
      .map((source) => ({ source, column: context.column(source.name, source.type, false) }));
    const calls = shown
      .filter(({ name }) => several(name))
      .map((source): AggregateCall => {
        const column = context.column(source.name, source.type, true);
        return { column, function: 'VALUES', args: [reference(source, span)], filter: null, span };
      });
    const output = [...calls.map(({ column }) => column), ...groups.map(({ column }) => column)];
    const aggregate: Plan = { kind: 'aggregate', input: plan, groups, aggregates: calls, output };
    const definitions = calls.map(({ column }) => ({
      column: context.column(column.name, column.type, true),
      expression: callOf('MV_SORT', [reference(column, span)], column.type, true, span),
    }));
    const sorted: Plan = {
      ...{ kind: 'compute', input: aggregate, definitions },
      output: [...output, ...definitions.map(({ column }) => column)],
    };
    const made = [...definitions.map(({ column }) => column), ...groups.map(({ column }) => column)];
    const named = shown.map(({ name }) => made.find((column) => column.name === name)!);
    return { kind: 'project', input: sorted, output: named };
  },
};

function seriesOrProblem(input: Plan, command: string, span: Span, context: AnalysisContext): Series | null {
  const series = seriesIn(input);
  if (!series) context.report(`${command} can only be used after the TS command, before any aggregation`, span);
  return series;
}

function nothing(input: Plan, context: AnalysisContext): Plan {
  context.forgetColumns();
  return { kind: 'project', input, output: [] };
}

/** A row for each metric of each series. */
function infoOf(
  input: Plan,
  { id, index, dimensions, timestamp }: Series,
  span: Span,
  context: AnalysisContext,
): { plan: Plan; columns: readonly Column[] } {
  const metrics = scansOf(input).flatMap(({ columns }) => columns.filter(({ column }) => column.series === 'metric'));
  const rows = carrying(input, [id, index, timestamp, ...dimensions, ...metrics.map(({ column }) => column)]);
  const time = reference(timestamp, span);
  const aggregates: AggregateCall[] = [];
  const aggregate = (name: string, args: readonly Expression[], type: EsqlType, source: Column): Column => {
    const column = context.column(source.name, type, name === 'FIRST' && source.multi);
    aggregates.push({ column, function: name, args, filter: null, span });
    return column;
  };
  const counts = metrics.map(({ column }) => aggregate('COUNT', [reference(column, span)], 'long', column));
  const values = dimensions.map((one) => aggregate('FIRST', [reference(one, span), time], one.type, one));
  const groups = [id, index].map((source) => ({ source, column: context.column(source.name, source.type, false) }));
  const output = [...aggregates.map(({ column }) => column), ...groups.map(({ column }) => column)];
  const grouped: Plan = { kind: 'aggregate', input: rows, groups, aggregates, output };

  const text = (value: string | undefined): Expression => constant('keyword', value ?? null, span);
  const list = (name: string, parts: readonly (readonly [Expression, string])[]): Definition => ({
    column: context.column(name, 'keyword', true),
    expression: appended(
      parts.map(([condition, value]) => callOf('CASE', [condition, text(value)], 'keyword', false, span)),
      span,
    ),
  });
  const zero = constant('long', 0n, span);
  const names = list(
    '(metrics)',
    counts.map((count) => [conditionOf('>', [reference(count, span), zero], span), count.name]),
  );
  const fields = list(
    'dimension_fields',
    values.map((value) => [conditionOf('IS NOT NULL', [reference(value, span)], span), value.name]),
  );
  const texts = values.map((value) => ({
    column: context.column(value.name, 'keyword', false),
    expression: shownText(value, span, context),
  }));
  const name = context.column('metric_name', 'keyword', false);
  const series = computed(computed(grouped, texts), [
    names,
    fields,
    {
      column: context.column('dimensions', 'keyword', false),
      expression: seriesOf(
        texts.map(({ column }) => column),
        span,
        context,
      ),
    },
  ]);
  const each: Plan = {
    ...{ kind: 'expand', input: series, source: names.column, column: name },
    output: [...series.output, name],
  };
  const condition = conditionOf('IS NOT NULL', [reference(name, span)], span);
  const there: Plan = { kind: 'filter', input: each, condition, output: each.output };
  const ofMetric = (column: string, wordOf: (metric: ScanColumn) => string | undefined): Definition => {
    const known = metrics.filter((metric) => wordOf(metric) !== undefined);
    const args = known.flatMap((metric) => [
      conditionOf('==', [reference(name, span), text(metric.column.name)], span),
      text(wordOf(metric)),
    ]);
    const expression = args.length === 0 ? text(undefined) : callOf('CASE', args, 'keyword', false, span);
    return { column: context.column(column, 'keyword', false), expression };
  };
  const described = [
    ofMetric('unit', ({ source }) => (typeof source === 'object' ? source.unit : undefined)),
    ofMetric('metric_type', ({ column }) => (isCounter(column.type) ? 'counter' : 'gauge')),
    ofMetric('field_type', ({ column }) => countedType(column.type)),
  ];
  const plan = computed(there, described);
  const stream = { ...groups[1]!.column, name: 'data_stream' };
  const shown = plan.output.find((column) => column.name === 'dimensions')!;
  return { plan, columns: [name, stream, ...described.map(({ column }) => column), fields.column, shown] };
}

interface Definition {
  readonly column: Column;
  readonly expression: Expression;
}

const computed = (input: Plan, definitions: readonly Definition[]): Plan => ({
  ...{ kind: 'compute', input, definitions },
  output: [...input.output, ...definitions.map(({ column }) => column)],
});

const callOf = (name: string, args: readonly Expression[], type: EsqlType, multi: boolean, span: Span): Expression => ({
  ...{ kind: 'call', function: name, args, type, multi, span },
});

/** What there is of some values, one after the other. */
function appended(parts: readonly Expression[], span: Span): Expression {
  if (parts.length === 0) return constant('keyword', null, span);
  return parts.reduce((all, part) => {
    const both = callOf('MV_APPEND', [all, part], 'keyword', true, span);
    return callOf('COALESCE', [both, all, part], 'keyword', true, span);
  });
}

/** A value as text; several of them between brackets. */
function shownText(column: Column, span: Span, context: AnalysisContext): Expression {
  const value = context.asText(reference(column, span));
  if (!column.multi) return value;
  const text = (words: string): Expression => constant('keyword', words, span);
  const inOne = callOf('MV_CONCAT', [value, text(', ')], 'keyword', false, span);
  const isList = conditionOf('>', [callOf('MV_COUNT', [value], 'integer', false, span), constant('integer', 1n, span)]);
  const inBrackets = callOf('CONCAT', [text('['), inOne, text(']')], 'keyword', false, span);
  return callOf('CASE', [isList, inBrackets, inOne], 'keyword', false, span);
}
