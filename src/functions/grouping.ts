import type { ConstantValue, TimeSpan } from '../plan/expression.ts';
import { number, type Sql, sql, text } from '../sql/sql.ts';
import { categoryAnalyzers } from '../values/text-categories.ts';
import { offsetAt } from '../values/time-zone.ts';
import { type EsqlType, isDate, isNumeric, isTimeSpan, messageName } from '../values/types.ts';
import { shownIn, spanError, timeOf, truncateDate, zoneOf } from './date.ts';
import type { Argument, CallOptions, ElementwiseFunction, Parameter, SingleValueFunction } from './definition.ts';
import { isSpan } from './time-spans.ts';
import * as types from './type-sets.ts';

/* Functions that make the keys of STATS … BY. */

const hour = 3_600_000;
const span = (part: Partial<TimeSpan>): TimeSpan => ({ months: 0, days: 0, milliseconds: 0, ...part });

/** The intervals that BUCKET chooses from, the coarsest first. */
const intervals: readonly TimeSpan[] = [
  span({ months: 12 }),
  span({ months: 1 }),
  span({ days: 7 }),
  span({ days: 1 }),
  ...[12 * hour, 3 * hour, hour, hour / 2, hour / 6, hour / 12, hour / 60].map((milliseconds) =>
    span({ milliseconds }),
  ),
  ...[30_000, 10_000, 5000, 1000, 100, 50, 10, 1].map((milliseconds) => span({ milliseconds })),
];

/** Which interval a time is in, counted from one that is fixed. */
function intervalNumber(millis: number, { months, days, milliseconds }: TimeSpan): number {
  if (months > 0) {
    const at = new Date(millis);
    return Math.floor((at.getUTCFullYear() * 12 + at.getUTCMonth()) / months);
  }
  // The epoch was a Thursday, and weeks start on Monday.
  if (days === 7) return Math.floor((millis / 86_400_000 + 3) / 7);
  return Math.floor(millis / (days * 86_400_000 + milliseconds));
}

/** The finest interval of which no more than `buckets` reach from one time to another; a year if none does. */
function chooseInterval(buckets: number, from: number, to: number): TimeSpan {
  // The end is no part of the range: a day has 24 hours.
  const last = Math.max(from, to - 1);
  const fits = (interval: TimeSpan): boolean =>
    intervalNumber(last, interval) - intervalNumber(from, interval) + 1 <= buckets;
  let best = intervals[0]!;
  for (const interval of intervals) {
    if (!fits(interval)) return best;
    best = interval;
  }
  return best;
}

/** A width of 1, 5, 10, 50, … of which about so many reach from one number to another. */
function chooseWidth(buckets: number, from: number, to: number): number {
  const precise = (to - from) / buckets;
  const power = 10 ** Math.ceil(Math.log10(precise));
  const half = power / 2;
  return precise < half ? half : power;
}

const numberOf = (value: ConstantValue | undefined): number =>
  typeof value === 'bigint' || typeof value === 'number' ? Number(value) : Number.NaN;

/** A bound of a range of numbers. Of an unsigned long Elasticsearch takes the form that it is stored in. */
const boundOf = ({ type, value }: Argument): number =>
  type === 'unsigned_long' && typeof value === 'bigint' ? Number(value - 2n ** 63n) : numberOf(value);

function bucketError(args: readonly Argument[], call: string): string | null {
  const [field, buckets] = args as [Argument, Argument];
  const ofDates = isDate(field.type);
  if (!ofDates && !isNumeric(field.type) && field.type !== 'null') return null;
  if (isNumeric(field.type) && !isNumeric(buckets.type) && buckets.type !== 'null')
    return `second argument of [${call}] must be [numeric], found value [${buckets.text}] type [${messageName(buckets.type)}]`;
  if (isTimeSpan(buckets.type)) {
    if (args.length !== 2)
      return `function expects exactly two arguments when the first one is of type [${messageName(field.type).toUpperCase()}] and the second of type [${buckets.type.toUpperCase()}]`;
    return isSpan(buckets.value) ? spanError(buckets.value) : null;
  }
  if (ofDates && (buckets.type === 'double' || !isNumeric(buckets.type)) && buckets.type !== 'null')
    return `second argument of [${call}] must be [integral, date_period or time_duration], found value [${buckets.text}] type [${messageName(buckets.type)}]`;
  if (ofDates && args.length !== 4)
    return `function expects exactly four arguments when the first one is of type [${messageName(field.type).toUpperCase()}] and the second of type [${buckets.type.toUpperCase()}]`;
  if (ofDates && buckets.value !== undefined && typeof buckets.value !== 'object' && !(numberOf(buckets.value) > 0))
    return `second argument of [${call}] must be greater than [0], received [${buckets.text}]`;
  if (args.length === 3)
    return `function expects exactly four arguments when the first one is of type [${messageName(field.type).toUpperCase()}] and the second of type [${buckets.type.toUpperCase()}]`;
  for (const [i, bound] of args.slice(2).entries()) {
    const wanted = ofDates ? isDate(bound.type) : isNumeric(bound.type);
    if (!wanted && bound.type !== 'null')
      return `${['third', 'fourth'][i]} argument of [${call}] must be [${ofDates ? 'datetime or string' : 'numeric'}], found value [${bound.text}] type [${messageName(bound.type)}]`;
  }
  return null;
}

const boundary = (name: string): Parameter => ({
  name,
  accepts: { types: ['date', 'date_nanos', ...types.numeric.types], text: 'datetime, numeric or string' },
  optional: true,
  constant: true,
});

const bucket: SingleValueFunction = {
  kind: 'scalar',
  name: 'BUCKET',
  aliases: ['BIN', 'TBUCKET'],
  family: 'grouping',
  isGrouping: true,
  parameters: [
    {
      name: 'field',
      accepts: { types: ['date', 'date_nanos', ...types.numeric.types], text: types.numericOrDate.text },
    },
    {
      name: 'buckets',
      accepts: {
        types: ['date_period', 'time_duration', 'integer', 'long', 'double'],
        text: 'integral, date_period or time_duration',
      },
      constant: true,
    },
    boundary('from'),
    boundary('to'),
  ],
  multivalue: 'null-and-warn',
  refuses: bucketError,
  returns(args) {
    const { type } = args[0]!;
    return isDate(type) ? type : isTimeSpan(args[1]!.type) ? 'date' : 'double';
  },
  inTimeZone: true,
  duckdb([field], { args, type, options }) {
    const [, size, from, to] = args;
    if (isDate(type)) {
      const zone = zoneOf(options);
      const shown = (bound: Argument): number => millisOf(bound) + offsetAt(zone ?? 'UTC', millisOf(bound)) * 60_000;
      const interval = isSpan(size!.value)
        ? size!.value
        : chooseInterval(numberOf(size!.value), shown(from!), shown(to!));
      return ofDate(field!, type, interval, zone);
    }
    const width =
      args.length === 2 ? numberOf(size!.value) : chooseWidth(numberOf(size!.value), boundOf(from!), boundOf(to!));
    if (width === 0 || !Number.isFinite(width)) {
      const reason = text('java.lang.ArithmeticException: / by zero');
      return { value: sql`NULL::DOUBLE`, failure: { when: sql`${field!} IS NOT NULL`, reason } };
    }
    const literal = sql`${number(width)}::DOUBLE`;
    return sql`(floor((${field!})::DOUBLE / ${literal}) * ${literal})`;
  },
  doc: 'The lower bound of the bucket that a value falls into: of a given width, or of one that gives about so many.',
  example: 'ROW a = 74 | STATS n = COUNT(*) BY b = BUCKET(a, 10.0)',
};

const millisOf = ({ type, value }: Argument): number =>
  type === 'date_nanos' ? numberOf(value) / 1e6 : numberOf(value);

function ofDate(field: Sql, type: EsqlType, interval: TimeSpan, zone: string | null): Sql {
  const start = (date: Sql): Sql => timeOf(truncateDate(shownIn(date, zone), interval), zone);
  return type === 'date_nanos' ? sql`(${start(sql`(${field})::TIMESTAMP`)})::TIMESTAMP_NS` : start(field);
}

/** How alike texts of a category must be, in percent. */
export const categoryThreshold = (options?: CallOptions): number => Number(options?.get('similarity_threshold') ?? 70);

/** What a category is shown as: a regular expression, or its tokens. */
export const categoryFormat = (options?: CallOptions): string =>
  String(options?.get('output_format') ?? 'regex').toLowerCase();

/** What is wrong with the options of a CATEGORIZE. */
function categorizeError(options: CallOptions): string | null {
  const threshold = categoryThreshold(options);
  if (!(Number.isInteger(threshold) && threshold >= 1 && threshold <= 100))
    return `invalid similarity threshold [${options.get('similarity_threshold')}], expecting a number between 1 and 100, inclusive`;
  if (!['regex', 'tokens'].includes(categoryFormat(options)))
    return `invalid output format [${options.get('output_format')}], expecting one of [REGEX, TOKENS]`;
  const analyzer = options.get('analyzer');
  if (analyzer !== undefined && !categoryAnalyzers.includes(String(analyzer)))
    return `analyzer [${analyzer}] is not known, expecting one of [${categoryAnalyzers.join(', ')}]`;
  return null;
}

/** The call gives the tokens of each text; STATS puts them into categories. */
export const categorize: ElementwiseFunction = {
  kind: 'scalar',
  name: 'CATEGORIZE',
  family: 'grouping',
  isGrouping: true,
  parameters: [{ name: 'field', accepts: types.string }],
  options: [
    { name: 'similarity_threshold', type: 'number', doc: 'How alike texts of a category are, in percent: 70.' },
    { name: 'output_format', type: 'text', doc: '`regex`, or `tokens`.' },
    { name: 'analyzer', type: 'text', doc: `What cuts texts into tokens: ${categoryAnalyzers.join(', ')}.` },
  ],
  checkOptions: categorizeError,
  multivalue: 'each',
  returns: () => 'keyword',
  duckdb: ([value], { options }) =>
    sql`harrier_category_tokens(${value!}, ${text(String(options?.get('analyzer') ?? 'ml_standard'))})`,
  doc: 'The category of a text: texts that share most of their words, in order, are of one kind.',
  example: 'ROW a = ["logon from 10.0.0.1", "logon from 10.0.0.2", "logoff"] | STATS n = COUNT(*) BY c = CATEGORIZE(a)',
};

export const groupingFunctions = [bucket, categorize];
