import type { TimeSpan } from '../../../plan/expression.ts';
import { offsetAt, timeShown } from '../../../values/time-zone.ts';

const day = 86_400_000;
/** 1970-01-05 was a Monday. */
const firstMonday = 4 * day;

/** Intervals of time on the clocks of a zone, shifted by an offset. Times are milliseconds since the epoch. */
export class DateInterval {
  constructor(
    /** Of one kind of part: months, days or milliseconds. */
    readonly span: TimeSpan,
    readonly zone: string,
    /** Milliseconds. */
    readonly offset: number,
  ) {}

  /** The start of the interval of a time. */
  startOf(time: number): number {
    const shown = time - this.offset + offsetAt(this.zone, time - this.offset) * 60_000;
    return timeShown(this.zone, this.#truncated(shown)) + this.offset;
  }

  /** The start of the interval after the one that starts then. */
  next(start: number): number {
    const { months, days, milliseconds } = this.span;
    if (milliseconds > 0) return start + milliseconds;
    const plain = start - this.offset;
    const shown = new Date(plain + offsetAt(this.zone, plain) * 60_000);
    if (months > 0) shown.setUTCMonth(shown.getUTCMonth() + months);
    else shown.setUTCDate(shown.getUTCDate() + days);
    return timeShown(this.zone, shown.getTime()) + this.offset;
  }

  #truncated(shown: number): number {
    const { months, days, milliseconds } = this.span;
    if (months > 0) {
      const date = new Date(shown);
      const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
      return startOfMonth(month - (((month % months) + months) % months));
    }
    const length = milliseconds > 0 ? milliseconds : days * day;
    const from = days === 7 ? firstMonday : 0;
    return Math.floor((shown - from) / length) * length + from;
  }
}

/** The first moment of a month that is counted from the year zero. */
function startOfMonth(month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
  return date.getTime();
}
