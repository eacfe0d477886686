import type { Metric } from '../../../languages/search/aggregations/aggregation.ts';
import type { MetricCalls } from '../../../languages/search/aggregations/metric-calls.ts';
import { formatDate, parseDate, parseDateNanos } from '../../../values/date.ts';
import { formatDateAs } from '../../../values/java-date-format.ts';
import { javaDouble } from '../../../values/java-double.ts';
import { type CellValue, isDate } from '../../../values/types.ts';

/** The answer of a metric as JSON, from the cells of its calls; `cells` is null for a bucket without documents. */
export function metricJson(metric: Metric, { type, calls }: MetricCalls, cells: readonly CellValue[] | null): string {
  const ofDates = type !== null && isDate(type);
  const number = (part: string): number | null => {
    const cell = cells?.[calls.findIndex((one) => one.part === part)] ?? null;
    if (cell !== null) return typeof cell === 'string' ? millisOf(cell) : Number(cell);
    return part === 'count' || metric.name === 'value_count' || metric.name === 'cardinality' ? 0 : null;
  };
  const shown = (part: string, name = part, otherwise: number | null = null): string[] => {
    const value = number(part) ?? otherwise;
    const text = value !== null && ofDates && isShownAsDate(part, metric) ? dateText(value, metric.format) : null;
    const isCount = part === 'count' || metric.name === 'value_count' || metric.name === 'cardinality';
    return [
      `${JSON.stringify(name)}:${value === null ? 'null' : isCount ? value : javaDouble(value)}`,
      ...(text === null ? [] : [`${JSON.stringify(`${name}_as_string`)}:${JSON.stringify(text)}`]),
    ];
  };
  switch (metric.name) {
    case 'stats':
      return ['count', 'min', 'max', 'avg', 'sum']
        .flatMap((part) => shown(part, part, part === 'sum' ? 0 : null))
        .join(',');
    case 'percentiles':
      return `"values":${percentiles(metric, shown, number)}`;
    default:
      return shown('value', 'value', metric.name === 'sum' ? 0 : null).join(',');
  }
}

function percentiles(
  { percents, keyed }: Metric,
  shown: (part: string, name: string) => string[],
  number: (part: string) => number | null,
): string {
  if (keyed) return `{${percents.flatMap((percent) => shown(String(percent), javaDouble(percent))).join(',')}}`;
  const values = percents.map((percent) => {
    const value = number(String(percent));
    return `{"key":${javaDouble(percent)},"value":${value === null ? 'null' : javaDouble(value)}}`;
  });
  return `[${values.join(',')}]`;
}

const isShownAsDate = (part: string, { name }: Metric): boolean =>
  part !== 'count' && name !== 'value_count' && name !== 'cardinality';

/** Milliseconds, with a fraction for a date that has nanoseconds. */
const millisOf = (date: string): number =>
  /\.\d{4,}Z$/.test(date) ? Number(parseDateNanos(date)) / 1e6 : Number(parseDate(date));

function dateText(millis: number, format: string | null): string {
  const whole = BigInt(Math.trunc(millis));
  return (format === null ? null : formatDateAs(whole, format)) ?? formatDate(whole);
}
