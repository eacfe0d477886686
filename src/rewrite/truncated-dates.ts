import { conditionOf } from '../plan/build.ts';
import { constantComparison } from '../plan/comparison.ts';
import { constant, type Expression, reference, type TimeSpan } from '../plan/expression.ts';

/**
 * A comparison of a date that is rounded down (`DATE_TRUNC(1 day, @timestamp) == "2026-03-08"`) is one of the date itself,
 * which is not rounded for each row, and by which whole groups of rows are passed over: 13 ms for 300,000 events, where SQL
 * takes 1.3. For spans of one length, counted from the epoch, and fields of one value.
 */
export function truncatedDates(node: Expression): Expression {
  const { operator, measure, constant: bound } = constantComparison(node) ?? {};
  if (!bound || typeof bound.value !== 'bigint' || bound.type !== 'date') return node;
  if (measure?.kind !== 'call' || measure.function !== 'DATE_TRUNC' || measure.options) return node;
  const [interval, date] = measure.args as [Expression, Expression];
  if (date.kind !== 'column' || date.type !== 'date' || date.multi || interval.kind !== 'constant') return node;
  // Elasticsearch does not ask its index for it, as it does for a comparison of a field.
  const { field: _, ...column } = date.column;
  const width = lengthOf(interval.value as TimeSpan);
  if (width === null) return node;
  const time = bound.value;
  const start = time - (((time % width) + width) % width);
  const compared = (name: string, to: bigint): Expression =>
    conditionOf(name, [reference(column, date.span), constant('date', to, bound.span)], node.span);
  /** The first start of a span that is not before the bound. */
  const next = start === time ? start : start + width;
  switch (operator) {
    case '>=':
    case '<':
      return compared(operator, next);
    case '>':
      return compared('>=', start + width);
    case '<=':
      return compared('<', start + width);
    case '==':
      // A date is rounded to the start of a span, and to nothing else.
      return start === time
        ? conditionOf('AND', [compared('>=', start), compared('<', start + width)], node.span)
        : node;
    default:
      return node;
  }
}

/** The milliseconds of a span; null of those that calendars determine, and of weeks, which begin on Mondays. */
function lengthOf({ months, days, milliseconds }: TimeSpan): bigint | null {
  if (months !== 0 || days === 7 || !Number.isInteger(milliseconds)) return null;
  const length = days > 0 ? days * 86_400_000 : milliseconds;
  return Number.isSafeInteger(length) && length > 0 ? BigInt(length) : null;
}
