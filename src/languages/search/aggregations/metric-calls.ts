import { aggregateCall, given } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import type { Expression } from '../../../plan/expression.ts';
import type { AggregateCall } from '../../../plan/nodes.ts';
import { type EsqlType, isDate, isNumeric } from '../../../values/types.ts';
import { callOnEach, columnValue } from '../calls.ts';
import type { Documents, Rows } from '../documents.ts';
import { constantOf, noFielddata } from '../sort-keys.ts';
import type { Metric } from './aggregation.ts';
import { wrongType } from './key-columns.ts';

/** What a metric needs of the engine: a call for each of its numbers, by name. */
export interface MetricCalls {
  /** The type of the field; null where no index maps it. */
  readonly type: EsqlType | null;
  readonly calls: readonly { readonly part: string; readonly call: AggregateCall }[];
}

/** Makes the calls of a metric over rows of these documents; its field is read. Throws a SearchError for a wrong type. */
export function metricCalls(metric: Metric, documents: Documents, now: number): (fresh: Rows['fresh']) => MetricCalls {
  const column = documents.field(metric.field);
  if (column === null) return () => ({ type: null, calls: [] });
  const { type } = column;
  const counts = metric.name === 'value_count' || metric.name === 'cardinality';
  if (type === 'text') throw noFielddata(metric.field);
  if (!counts && !isNumeric(type) && !isDate(type) && type !== 'boolean') throw wrongType(column, metric.name);
  const value = fieldValue(column, metric, now);
  const asNumber = callOnEach('TO_DOUBLE', 'double', value);
  return (fresh) => ({
    type,
    calls: parts(metric).map(([part, name, ...args]) => {
      const keepsType =
        name === 'COUNT' || name === 'COUNT_DISTINCT' || (isDate(type) && (name === 'MIN' || name === 'MAX'));
      const argument = keepsType ? value : asNumber;
      const result: EsqlType = name.startsWith('COUNT') ? 'long' : keepsType ? type : 'double';
      return { part, call: aggregateCall(name, fresh(part, result), [argument, ...args], null) };
    }),
  });
}

function fieldValue(column: Column, { missing }: Metric, now: number): Expression {
  const value = columnValue(column);
  if (missing === undefined) return value;
  const otherwise = given(column.type, constantOf(column.type, missing, column.name, now));
  return callOnEach('COALESCE', column.type, value, otherwise);
}

/** The numbers of a metric: a name, an aggregate of the table, and what it takes beside the field. */
function parts({
  name,
  percents,
}: Metric): readonly (readonly [part: string, aggregate: string, ...args: Expression[]])[] {
  switch (name) {
    case 'min':
      return [['value', 'MIN']];
    case 'max':
      return [['value', 'MAX']];
    case 'avg':
      return [['value', 'AVG']];
    case 'sum':
      return [['value', 'SUM']];
    case 'value_count':
      return [['value', 'COUNT']];
    case 'cardinality':
      return [['value', 'COUNT_DISTINCT']];
    case 'stats':
      return [
        ['count', 'COUNT'],
        ['min', 'MIN'],
        ['max', 'MAX'],
        ['avg', 'AVG'],
        ['sum', 'SUM'],
      ];
    case 'percentiles':
      return percents.map((percent) => [String(percent), 'PERCENTILE', given('double', percent)]);
  }
}
