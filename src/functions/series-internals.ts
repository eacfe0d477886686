import { aggregate, allValues, family, singleValue } from './definition.ts';
import * as types from './types.ts';

/*
 * What STATS behind TS comes to. No query can call these; their arguments are right as they are given.
 */

const any = (name: string) => ({ name, accepts: types.anyOrCounter });
const constant = (name: string) => ({ name, accepts: types.any, constant: true }) as const;
const untold = { doc: '', example: '' };

export const seriesInternals = family('internal', {
  /** The series of a row: JSON of its dimensions, whose names are those of the options. */
  SERIES: allValues({
    parameters: [{ ...any('dimensions'), variadic: true, optional: true }],
    keepsNulls: true,
    returns: () => 'keyword',
    ...untold,
  }),
  /** A dimension as one value, so that several values are one key. */
  PACKED: allValues({ parameters: [any('dimension')], returns: () => 'keyword', ...untold }),
  /** Where a time bucket ends, whose length in `months`, `days` and `milliseconds` the options say. */
  BUCKET_END: singleValue({ parameters: [any('bucket')], returns: ([{ type }]) => type, ...untold }),
  /** Some milliseconds before a time. */
  EARLIER: singleValue({
    parameters: [any('time'), constant('milliseconds')],
    returns: ([{ type }]) => type,
    ...untold,
  }),
  /** The time buckets, of `step` milliseconds, whose windows of `reach` milliseconds hold a time; the first is its own. */
  REACHED: allValues({
    parameters: [any('time'), any('bucket')],
    resultIsMulti: () => true,
    returns: () => 'unsupported',
    ...untold,
  }),
  /**
   * How much a counter grew, with the option `per_second` in a second: of how many values it had, the first and the last of
   * them, their times, and what it held when it was reset, in a bucket; then the bounds of the bucket, and of the buckets
   * beside it the last value, its time and the end, and the first value, its time and the beginning.
   */
  COUNTER_CHANGE: allValues({
    parameters: [
      any('count'),
      any('first'),
      any('last'),
      any('firstTime'),
      any('lastTime'),
      any('resets'),
      { ...any('others'), variadic: true, optional: true },
    ],
    keepsNulls: true,
    returns: () => 'double',
    ...untold,
  }),
  /** The difference between the last value and the first, of how many there are, with their times, and the bounds of the bucket. */
  GAUGE_CHANGE: allValues({
    parameters: [
      any('count'),
      any('first'),
      any('last'),
      any('firstTime'),
      any('lastTime'),
      { ...any('bounds'), variadic: true, optional: true },
    ],
    keepsNulls: true,
    returns: () => 'double',
    ...untold,
  }),
  /** The difference between the last two values; with the option `per_second` of a counter, in a second. */
  LAST_CHANGE: aggregate({ parameters: [any('value'), any('time')], returns: () => 'double', ...untold }),
  /** The slope of the straight line that fits values best, in a second; the times may be reckoned from another. */
  SLOPE: aggregate({
    parameters: [any('value'), any('time'), { ...any('origin'), optional: true }],
    returns: () => 'double',
    ...untold,
  }),
});
