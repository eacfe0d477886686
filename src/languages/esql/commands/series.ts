import type { Span } from '../../../diagnostics/source-text.ts';
import type { Column } from '../../../plan/column.ts';
import { constant, type Expression, reference } from '../../../plan/expression.ts';
import { inputOf, orderOf, type Plan, withInput } from '../../../plan/nodes.ts';
import { isDate, isNumeric, isString } from '../../../values/types.ts';
import type { AnalysisContext } from './command.ts';

/** The metadata that says which series a row is of. */
export const seriesId = '_tsid';

/** What rows of time series have for STATS, whether or not they still show it. */
export interface Series {
  readonly id: Column;
  readonly timestamp: Column;
  /** Where a row is kept. */
  readonly index: Column;
  readonly dimensions: readonly Column[];
}

/** Events with the series that each is of; the column is shown where it is asked for. */
export function withSeries(events: Plan, isShown: boolean, span: Span, context: AnalysisContext): Plan {
  const column = context.column(seriesId, 'keyword', false);
  const dimensions = dimensionsOf(events);
  const expression = dimensions.length > 0 ? seriesOf(dimensions, span, context) : constant('keyword', null, span);
  return {
    kind: 'compute',
    input: events,
    definitions: [{ column, expression }],
    output: isShown ? [...events.output, column] : events.output,
  };
}

/** JSON of dimensions, by their names. */
export function seriesOf(dimensions: readonly Column[], span: Span, context: AnalysisContext): Expression {
  const args = dimensions.map((column) => {
    const value = reference(column, span);
    const isJson = isString(column.type) || isNumeric(column.type) || column.type === 'boolean';
    return isJson ? value : context.asText(value);
  });
  const options = dimensions.map(({ name }) => ({ name, value: true }));
  return { kind: 'call', function: 'SERIES', args, options, type: 'keyword', multi: false, span };
}

/** The column that says when a row of a series was. */
export const timestampIn = (columns: readonly Column[]): Column | undefined =>
  columns.find(({ name, type }) => name === '@timestamp' && isDate(type));

const dimensionsOf = ({ output }: Plan): Column[] => output.filter(({ series }) => series === 'dimension');

/** The series of rows that no aggregate has grouped yet; null for rows that TS did not read. */
export function seriesIn(plan: Plan): Series | null {
  if (plan.kind === 'compute' && plan.input.kind === 'scan' && plan.input.mode === 'time_series') {
    const timestamp = timestampIn(plan.input.output);
    const index = plan.input.columns.find(({ source }) => source === '_index')!.column;
    const id = plan.definitions[0]!.column;
    return timestamp ? { id, timestamp, index, dimensions: dimensionsOf(plan.input) } : null;
  }
  switch (plan.kind) {
    case 'filter':
    case 'compute':
    case 'project':
    case 'sort':
    case 'limit':
    case 'limitBy':
    case 'previous':
    case 'expand':
    case 'sample':
    case 'changePoint':
    case 'rank':
    case 'parse':
    case 'join':
      return seriesIn(plan.input);
    case 'scan':
    case 'oneRow':
    case 'aggregate':
    case 'union':
      return null;
  }
}

/** Rows of series that are limited in no order of their own: the latest come first. */
export function latestFirst(plan: Plan): Plan {
  const series = orderOf(plan).length === 0 && !isLimited(plan) ? seriesIn(plan) : null;
  if (!series) return plan;
  const input = carrying(plan, [series.timestamp]);
  const expression = reference(series.timestamp, { start: 0, end: 0 });
  const keys = [{ expression, descending: true, nulls: 'last' }] as const;
  const sorted: Plan = { kind: 'sort', input, keys, output: input.output };
  return input === plan ? sorted : { kind: 'project', input: sorted, output: plan.output };
}

function isLimited(plan: Plan): boolean {
  const input = inputOf(plan);
  return plan.kind === 'limit' || plan.kind === 'limitBy' || (input !== null && isLimited(input));
}

/** The same rows with columns that commands on the way may have left out. */
export function carrying(plan: Plan, columns: readonly Column[]): Plan {
  const missing = columns.filter(({ id }) => !plan.output.some((column) => column.id === id));
  if (missing.length > 0 && plan.kind === 'scan') return { ...plan, output: [...plan.output, ...missing] };
  const input = inputOf(plan);
  if (missing.length === 0 || input === null) return plan;
  const made = plan.kind === 'compute' ? plan.definitions.map(({ column }) => column.id) : [];
  const below = missing.filter(({ id }) => !made.includes(id));
  return { ...withInput(plan, carrying(input, below)), output: [...plan.output, ...missing] };
}
