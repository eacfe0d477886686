import type { Span } from '../../../diagnostics/source-text.ts';
import { isSpan, movedDate, negateSpan } from '../../../functions/time-spans.ts';
import { constant, type Expression, invalid, type TimeSpan } from '../../../plan/expression.ts';
import { formatDate } from '../../../values/date.ts';
import { parseDateAs } from '../../../values/java-date-format.ts';
import { offsetAt, timeShown } from '../../../values/time-zone.ts';
import { isDate, isTimeSpan, messageName } from '../../../values/types.ts';

/** What TRANGE asks of its surroundings. */
export interface RangeScope {
  readonly now: bigint;
  /** The zone of dates that name none, and of days; null for UTC. */
  readonly timeZone: string | null;
  report(message: string, span: Span): void;
  text(span: Span): string;
  /** An operator over operands, with its type. */
  operator(name: string, operands: readonly Expression[]): Expression;
}

const parameters = ['start_time_or_offset', 'end_time'] as const;
const ordinals = ['first', 'second'] as const;

/** `TRANGE(…)` as two comparisons of the timestamp: after the start, and not after the end. */
export function timeRange(
  timestamp: Expression,
  args: readonly Expression[],
  span: Span,
  scope: RangeScope,
): Expression {
  if ([timestamp, ...args].some(({ kind }) => kind === 'invalid')) return invalid(span);
  const call = scope.text(span);
  const refuse = (message: string): Expression => {
    scope.report(message, span);
    return invalid(span);
  };
  for (const [i, arg] of args.entries()) {
    const written = scope.text(arg.span);
    if (arg.type === 'null')
      return refuse(`${ordinals[i]} argument of [${call}] cannot be null, received [${written}]`);
    if (arg.kind !== 'constant')
      return refuse(`${ordinals[i]} argument of [${call}] must be a constant, received [${written}]`);
  }
  const [first, second] = args as readonly [Expression, Expression?];
  if (!second) {
    if (!isTimeSpan(first.type)) return refuse(wrongType(0, first, 'time_duration or date_period'));
    const amount = first.kind === 'constant' && isSpan(first.value) ? first.value : null;
    if (amount && (amount.months < 0 || amount.days < 0 || amount.milliseconds < 0))
      return refuse(`${parameters[0]} cannot be negative`);
    const now = constant('date', scope.now, span);
    const start = amount && daysBefore(scope.now, amount, scope.timeZone);
    return between(start ? constant('date', start, span) : scope.operator('-', [now, first]), now);
  }
  if (!isDate(first.type) && first.type !== 'keyword' && first.type !== 'long')
    return refuse(wrongType(0, first, 'string, long, date or date_nanos'));
  if (second.type !== first.type) return refuse(wrongType(1, second, messageName(first.type)));
  const ends: Expression[] = [];
  for (const [i, bound] of [first, second].entries()) {
    const time = timeOf(bound, scope.timeZone);
    if (!time)
      return refuse(
        `invalid time range for [${call}]: TRANGE ${parameters[i]} parameter must be a valid datetime string, got: ${constantIn(bound)}`,
      );
    ends.push(time);
  }
  const [start, end] = ends as [Expression, Expression];
  const [from, to] = [constantIn(start), constantIn(end)];
  if (typeof from === 'bigint' && typeof to === 'bigint' && start.type === 'date' && from > to)
    return refuse(`TRANGE rangeStart time [${instant(from)}] must be before rangeEnd time [${instant(to)}]`);
  return between(start, end);

  function between(start: Expression, end: Expression): Expression {
    const after = scope.operator('>', [timestamp, start]);
    return scope.operator('AND', [after, scope.operator('<=', [timestamp, end])]);
  }
  function wrongType(i: 0 | 1, arg: Expression, wanted: string): string {
    return `${ordinals[i]} argument of [${call}] must be [${wanted}], found value [${scope.text(arg.span)}] type [${messageName(arg.type)}]`;
  }
}

const constantIn = (expression: Expression) => (expression.kind === 'constant' ? expression.value : undefined);

/** A time as Java shows it. */
const instant = (millis: bigint): string => formatDate(millis).replace('.000Z', 'Z');

/** The time some days and months before, by the calendar of a zone; null where the zone makes no difference. */
function daysBefore(now: bigint, amount: TimeSpan, zone: string | null): bigint | null {
  if (zone === null || (amount.months === 0 && amount.days === 0)) return null;
  const shown = now + BigInt(offsetAt(zone, Number(now))) * 60_000n;
  const moved = movedDate(shown, negateSpan(amount));
  return moved === undefined ? null : BigInt(timeShown(zone, Number(moved)));
}

/** A bound as a date, in a zone where it names none itself; null where it is a text that says none. */
function timeOf(bound: Expression, zone: string | null): Expression | null {
  if (isDate(bound.type)) return bound;
  const value = constantIn(bound);
  const millis =
    typeof value === 'bigint' ? value : parseDateAs(String(value), 'strict_date_optional_time', zone ?? 'UTC');
  return millis === null || millis === undefined ? null : constant('date', millis, bound.span);
}
