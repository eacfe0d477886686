import { given } from '../plan/build.ts';
import type { Column } from '../plan/column.ts';
import { type CallOptions, type Expression, reference } from '../plan/expression.ts';
import type { Reach, Schedule } from './backfill.ts';

const nowhere = { start: 0, end: 0 };

/** The numbers of the windows that an event is in, by its time. */
export function windowsOf(
  timestamp: Column,
  window: Column,
  { first, step, count }: Schedule,
  { from, to }: Reach,
): Expression {
  const options: CallOptions = [
    { name: 'first', value: BigInt(first) },
    { name: 'step', value: BigInt(step) },
    { name: 'count', value: BigInt(count) },
    { name: 'to', value: to.before },
    { name: 'to_inclusive', value: to.inclusive },
    ...(from
      ? [
          { name: 'from', value: from.before },
          { name: 'from_inclusive', value: from.inclusive },
        ]
      : []),
  ];
  const args = [reference(timestamp, nowhere)];
  return { kind: 'call', function: 'WINDOWS', args, options, type: window.type, multi: true, span: nowhere };
}

/** The beginning of the span of time in which an event happened; spans are this number of milliseconds long. */
export function spanOf(timestamp: Column, milliseconds: number): Expression {
  const length = given('time_duration', { months: 0, days: 0, milliseconds });
  const args = [length, reference(timestamp, nowhere)];
  return { kind: 'call', function: 'DATE_TRUNC', args, type: timestamp.type, multi: false, span: nowhere };
}
