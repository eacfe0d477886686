import { type EsqlType, isString } from '../values/types.ts';
import { type Argument, aggregate, familySince } from './definition.ts';
import * as types from './types.ts';

/*
 * Aggregates see every value of a multivalue on its own; nulls do not count. Over no rows they are null, counts nought.
 */

const field = (accepts = types.any) => ({ name: 'field', accepts });
const columnType = (type: EsqlType): EsqlType => (isString(type) ? 'keyword' : type);
const likeFirst = ([arg]: readonly [Argument, ...unknown[]]): EsqlType =>
  arg.type === 'aggregate_metric_double' ? 'double' : columnType(arg.type);

const extreme = (name: 'MIN' | 'MAX', doc: string) =>
  aggregate({
    parameters: [field(types.withMetric(types.ordered))],
    returns: likeFirst,
    combinedBy: name,
    doc,
    example: `ROW a = [1, 2, 3] | STATS x = ${name}(a)`,
  });

const plainNumber = { ...types.summable, text: 'numeric except unsigned_long or counter types' };
const number = { name: 'number', accepts: plainNumber };
const limit = { name: 'limit', accepts: types.integer, constant: true } as const;

const statistic = (name: string, aliases: readonly string[], doc: string) =>
  aggregate({
    aliases,
    parameters: [number],
    returns: () => 'double',
    doc,
    example: `ROW a = [1, 2, 4] | STATS b = ${name}(a)`,
  });

const limitError = ({ value }: Argument, call: string): string | null =>
  typeof value === 'bigint' && value > 0n ? null : `Limit must be greater than 0 in [${call}], found [${value}]`;

/** The value, nulls and lists included, of the row that comes first or last. */
const ofRow = (name: 'FIRST' | 'LAST', byTime: 'EARLIEST' | 'LATEST', doc: string) =>
  aggregate({
    // The analyzer gives these the time of the row as their order.
    aliases: [byTime],
    parameters: [
      { name: 'value', accepts: types.any },
      {
        name: 'sort',
        accepts: { types: ['long', 'integer', 'date', 'date_nanos', 'null'], text: 'long, date_nanos or datetime' },
      },
    ],
    returns: likeFirst,
    multi: true,
    doc,
    example: `ROW a = "x", t = 1 | STATS b = ${name}(a, t)`,
  });

const presence = (name: 'PRESENT' | 'ABSENT', doc: string) =>
  aggregate({
    parameters: [field(types.withMetric(types.any))],
    returns: () => 'boolean',
    overNothing: name === 'ABSENT',
    doc,
    example: `ROW a = 1 | STATS b = ${name}(a)`,
  });

const releases = {
  '8.15': ['TOP'],
  '8.16': ['WEIGHTED_AVG'],
  '8.18': ['STD_DEV', 'VARIANCE'],
  '8.19': ['SAMPLE'],
  '9.2': ['PRESENT', 'ABSENT'],
  '9.4': ['FIRST', 'LAST', 'SPARKLINE'],
} as const;

export const aggregates = familySince('aggregate', releases, {
  MEDIAN: statistic('MEDIAN', [], 'The median of numbers.'),
  PERCENTILE: aggregate({
    parameters: [
      { name: 'number', accepts: { ...plainNumber, text: 'numeric except unsigned_long' } },
      { name: 'percentile', accepts: plainNumber, constant: true },
    ],
    returns: () => 'double',
    doc: 'The value below which a given percentage of the values lies.',
    example: 'ROW a = [1, 2, 4] | STATS b = PERCENTILE(a, 90)',
  }),
  MEDIAN_ABSOLUTE_DEVIATION: statistic('MEDIAN_ABSOLUTE_DEVIATION', [], 'The median of the distances from the median.'),
  STD_DEV: statistic('STD_DEV', [], 'The standard deviation of all the numbers.'),
  VARIANCE: statistic('VARIANCE', ['STD_VAR'], 'The variance of all the numbers.'),
  /** The first N values of an order, in it; values that are equal all count. */
  TOP: aggregate({
    parameters: [
      {
        name: 'field',
        accepts: {
          types: [
            'boolean',
            'double',
            'integer',
            'long',
            'unsigned_long',
            'date',
            'date_nanos',
            'ip',
            'keyword',
            'text',
            'null',
          ],
          text: 'boolean, date, ip, string or numeric except unsigned_long or counter types',
        },
      },
      limit,
      { name: 'order', accepts: types.string, optional: true, constant: true },
      { name: 'outputField', accepts: types.any, optional: true },
    ],
    returns: ([value, , , output]) => columnType((output ?? value).type),
    multi: true,
    check([, most, order], call) {
      const asked = order?.value;
      const wrongOrder =
        typeof asked === 'string' && !/^(?:asc|desc)$/i.test(asked)
          ? `Invalid order value in [${call}], expected [ASC, DESC] but got [${asked}]`
          : null;
      return limitError(most, call) ?? wrongOrder;
    },
    doc: 'The largest or smallest values, in order; equal ones all count.',
    example: 'ROW a = [3, 1, 2] | STATS b = TOP(a, 2, "desc")',
  }),
  FIRST: ofRow(
    'FIRST',
    'EARLIEST',
    'The value of the row that comes first in an order; `EARLIEST(value)` is in that of `@timestamp`.',
  ),
  LAST: ofRow(
    'LAST',
    'LATEST',
    'The value of the row that comes last in an order; `LATEST(value)` is in that of `@timestamp`.',
  ),
  WEIGHTED_AVG: aggregate({
    parameters: [number, { name: 'weight', accepts: types.summable }],
    returns: () => 'double',
    check([, { type, value, text: written }], call) {
      const isNought = (typeof value === 'number' || typeof value === 'bigint') && Number(value) === 0;
      if (type !== 'null' && value !== null && !isNought) return null;
      return `SECOND argument of [${call}] cannot be null or 0, received [${isNought ? written : 'null'}]`;
    },
    doc: 'The mean of numbers, each with its weight.',
    example: 'ROW a = 3, w = 2 | STATS b = WEIGHTED_AVG(a, w)',
  }),
  SAMPLE: aggregate({
    parameters: [{ name: 'field', accepts: types.any }, limit],
    returns: likeFirst,
    multi: true,
    check: ([, most], call) => limitError(most, call),
    doc: 'N values, chosen at random.',
    example: 'ROW a = [3, 1, 2] | STATS b = SAMPLE(a, 2)',
  }),
  /** STATS makes an aggregate for each bucket of it. */
  SPARKLINE: aggregate({
    parameters: [
      { name: 'field', accepts: types.numeric },
      { name: 'key', accepts: types.date },
      { name: 'buckets', accepts: types.wholeNumber, constant: true },
      { name: 'from', accepts: types.any, constant: true },
      { name: 'to', accepts: types.any, constant: true },
    ],
    returns: ([{ type }]) => type,
    multi: true,
    doc: 'An aggregate such as COUNT(*) in each of about N buckets of time between two dates (texts or dates), as a list in the order of time; zero where there are no rows. A terminal draws it as a line of bars.',
    example:
      'ROW @timestamp = ["2026-03-10", "2026-03-12"]::date | MV_EXPAND @timestamp | STATS daily = SPARKLINE(COUNT(*), @timestamp, 4, "2026-03-09", "2026-03-13")',
  }),
  PRESENT: presence('PRESENT', 'Whether there is any value.'),
  ABSENT: presence('ABSENT', 'Whether there is no value.'),
  COUNT: aggregate({
    parameters: [{ name: 'field', accepts: types.withSource(types.withMetric(types.any)), optional: true }],
    returns: () => 'long',
    overNothing: 0n,
    combinedBy: 'SUM',
    doc: 'The number of rows, or of values of a field.',
    example: 'ROW a = [1, 2] | STATS n = COUNT(a)',
  }),
  COUNT_DISTINCT: aggregate({
    parameters: [
      field(types.anyBut('unsigned_long', 'any exact type except unsigned_long, _source, or counter types')),
      { name: 'precision', accepts: types.wholeNumber, optional: true, constant: true },
    ],
    returns: () => 'long',
    overNothing: 0n,
    doc: 'The number of different values.',
    example: 'ROW a = [1, 2, 2] | STATS n = COUNT_DISTINCT(a)',
  }),
  SUM: aggregate({
    parameters: [{ name: 'number', accepts: types.withMetric(types.summable) }],
    returns: ([{ type }]) =>
      type === 'double' || type === 'null' ? type : type === 'aggregate_metric_double' ? 'double' : 'long',
    doc: 'The total of numbers.',
    example: 'ROW a = [1, 2, 3] | STATS total = SUM(a)',
  }),
  AVG: aggregate({
    parameters: [{ name: 'number', accepts: types.withMetric(types.summable) }],
    returns: () => 'double',
    doc: 'The mean of numbers.',
    example: 'ROW a = [1, 2, 4] | STATS mean = AVG(a)',
  }),
  MIN: extreme('MIN', 'The smallest value.'),
  MAX: extreme('MAX', 'The largest value.'),
  VALUES: aggregate({
    parameters: [field(types.anyBut('unsigned_long', 'any type except unsigned_long and counter types'))],
    returns: likeFirst,
    multi: true,
    doc: 'The different values, sorted.',
    example: 'ROW a = [2, 1, 2] | STATS v = VALUES(a)',
  }),
});
