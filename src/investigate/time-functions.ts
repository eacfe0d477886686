import type { CustomFunction } from '../functions/definition.ts';
import { fromList } from '../functions/sql-fragments.ts';
import type { Column } from '../plan/column.ts';
import { type Expression, reference } from '../plan/expression.ts';
import { number, type Sql, sql } from '../sql/sql.ts';
import type { Reach, Schedule } from './backfill.ts';

const nowhere = { start: 0, end: 0 };

/** The numbers of the windows that an event is in, by its time. */
export function windowsOf(timestamp: Column, window: Column, schedule: Schedule, reach: Reach): Expression {
  const windows: CustomFunction = {
    kind: 'scalar',
    name: 'WINDOWS',
    family: 'history',
    multivalue: 'custom',
    parameters: [],
    returns: () => 'long',
    resultIsMulti: () => true,
    duckdb: ([time]) => fromList(windowNumbers(sql`epoch_ms(${time!.single})`, schedule, reach)),
    doc: 'The windows of a schedule that hold a time.',
    example: '',
  };
  const args = [reference(timestamp, nowhere)];
  return { kind: 'call', function: windows, args, type: window.type, multi: true, span: nowhere };
}

/** The number of the span of time, counted from `start`, in which an event happened. Both in milliseconds. */
export function spanOf(timestamp: Column, start: number, length: number): Expression {
  const spans: CustomFunction = {
    kind: 'scalar',
    name: 'SPAN',
    family: 'history',
    multivalue: 'custom',
    parameters: [],
    returns: () => 'long',
    resultIsMulti: () => false,
    duckdb: ([time]) => ({
      single: sql`(epoch_ms(${time!.single}) - ${number(BigInt(start))}) // ${number(BigInt(length))}`,
      list: null,
    }),
    doc: 'The number of the span of time that holds a time.',
    example: '',
  };
  const args = [reference(timestamp, nowhere)];
  return { kind: 'call', function: spans, args, type: 'long', multi: false, span: nowhere };
}

/** Window i ends at `first + i * step`. */
function windowNumbers(time: Sql, { first, step, count }: Schedule, { from, to }: Reach): Sql {
  // In steps since the first window's end: the windows whose end is late enough, and whose beginning is not too late.
  const steps = (shift: number): Sql =>
    sql`((${time} + (${number(BigInt(Math.round(shift)))})) / ${number(BigInt(step))}::DOUBLE)`;
  const ends = steps(to.before - first);
  const lowest = to.inclusive ? sql`ceil(${ends})` : sql`floor(${ends}) + 1`;
  const starts = from && steps(from.before - first);
  const highest = !from || !starts ? null : from.inclusive ? sql`floor(${starts}) + 1` : sql`ceil(${starts})`;
  const low = sql`greatest(0, ${lowest})::BIGINT`;
  const high = highest ? sql`least(${number(BigInt(count))}, ${highest})::BIGINT` : number(BigInt(count));
  return sql`range(${low}, ${high})`;
}
