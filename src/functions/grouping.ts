import { type CallOptions, type ConstantValue, optionOf } from '../plan/expression.ts';
import { categoryAnalyzers } from '../values/text-categories.ts';
import { isDate, isNumeric, isTimeSpan, messageName } from '../values/types.ts';
import { type Argument, allValues, eachValue, familySince, singleValue } from './definition.ts';
import { isSpan, spanError } from './time-spans.ts';
import * as types from './types.ts';

/* Functions that make the keys of STATS … BY. */

const isNumber = (value: ConstantValue | undefined): value is bigint | number =>
  typeof value === 'bigint' || typeof value === 'number';

function bucketError(args: readonly [Argument, Argument, Argument?, Argument?], call: string): string | null {
  const [field, buckets, ...bounds] = args;
  const ofDates = isDate(field.type);
  const types = `when the first one is of type [${messageName(field.type).toUpperCase()}] and the second of type [${buckets.type.toUpperCase()}]`;
  if (!ofDates && !isNumeric(field.type) && field.type !== 'null') return null;
  if (isNumeric(field.type) && !isNumeric(buckets.type) && buckets.type !== 'null')
    return `second argument of [${call}] must be [numeric], found value [${buckets.text}] type [${messageName(buckets.type)}]`;
  if (isTimeSpan(buckets.type)) {
    if (args.length !== 2) return `function expects exactly two arguments ${types}`;
    return isSpan(buckets.value) ? spanError(buckets.value) : null;
  }
  if (ofDates && (buckets.type === 'double' || !isNumeric(buckets.type)) && buckets.type !== 'null')
    return `second argument of [${call}] must be [integral, date_period or time_duration], found value [${buckets.text}] type [${messageName(buckets.type)}]`;
  if (ofDates && args.length !== 4) return `function expects exactly four arguments ${types}`;
  const known = buckets.value !== undefined && typeof buckets.value !== 'object';
  if (ofDates && known && !(isNumber(buckets.value) && Number(buckets.value) > 0))
    return `second argument of [${call}] must be greater than [0], received [${buckets.text}]`;
  if (args.length === 3) return `function expects exactly four arguments ${types}`;
  for (const [i, bound] of bounds.entries()) {
    if (!bound || bound.type === 'null' || (ofDates ? isDate(bound.type) : isNumeric(bound.type))) continue;
    return `${['third', 'fourth'][i]} argument of [${call}] must be [${ofDates ? 'datetime or string' : 'numeric'}], found value [${bound.text}] type [${messageName(bound.type)}]`;
  }
  return null;
}

const boundary = <const N extends string>(name: N) =>
  ({
    name,
    accepts: { types: ['date', 'date_nanos', ...types.numeric.types], text: 'datetime, numeric or string' },
    optional: true,
    constant: true,
  }) as const;

/** How alike texts of a category must be, in percent. */
export const categoryThreshold = (options?: CallOptions): number =>
  Number(optionOf(options, 'similarity_threshold') ?? 70);

/** What a category is shown as: a regular expression, or its tokens. */
export const categoryFormat = (options?: CallOptions): string =>
  String(optionOf(options, 'output_format') ?? 'regex').toLowerCase();

/** What is wrong with the options of a CATEGORIZE. */
function categorizeError(options: CallOptions): string | null {
  const threshold = categoryThreshold(options);
  if (!(Number.isInteger(threshold) && threshold >= 1 && threshold <= 100))
    return `invalid similarity threshold [${optionOf(options, 'similarity_threshold')}], expecting a number between 1 and 100, inclusive`;
  if (!['regex', 'tokens'].includes(categoryFormat(options)))
    return `invalid output format [${optionOf(options, 'output_format')}], expecting one of [REGEX, TOKENS]`;
  const analyzer = optionOf(options, 'analyzer');
  if (analyzer !== undefined && !categoryAnalyzers.includes(String(analyzer)))
    return `analyzer [${analyzer}] is not known, expecting one of [${categoryAnalyzers.join(', ')}]`;
  return null;
}

const releases = { '8.18': ['CATEGORIZE'], '9.5': ['WITHOUT'] } as const;

export const groupings = familySince('grouping', releases, {
  BUCKET: singleValue({
    aliases: ['BIN', 'TBUCKET'],
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
    options: [
      {
        name: 'include_empty_buckets',
        type: 'boolean',
        doc: 'Whether STATS gives a row for each bucket between the bounds, also where there is nothing in it.',
      },
    ],
    refuses: bucketError,
    returns([{ type }, size]) {
      return isDate(type) ? type : isTimeSpan(size.type) ? 'date' : 'double';
    },
    inTimeZone: true,
    doc: 'The lower bound of the bucket that a value falls into: of a given width, or of one that gives about a given number of buckets.',
    example: 'ROW a = 74 | STATS n = COUNT(*) BY b = BUCKET(a, 10.0)',
  }),
  /** STATS behind TS makes a key of it. */
  WITHOUT: allValues({
    isGrouping: true,
    keepsNulls: true,
    parameters: [{ name: 'dimension', accepts: types.any, variadic: true, optional: true }],
    returns: () => 'keyword',
    doc: 'The dimensions of a time series but for those that are named, as JSON in the column `_timeseries`.',
    example: 'TS metrics | STATS total = SUM(RATE(network.bytes)) BY WITHOUT(host.name)',
  }),
  /** The call gives the tokens of each text; STATS puts them into categories. */
  CATEGORIZE: eachValue({
    isGrouping: true,
    parameters: [{ name: 'field', accepts: types.string }],
    options: [
      { name: 'similarity_threshold', type: 'number', doc: 'How alike texts of a category are, in percent: 70.' },
      { name: 'output_format', type: 'text', doc: '`regex`, or `tokens`.' },
      { name: 'analyzer', type: 'text', doc: `What cuts texts into tokens: ${categoryAnalyzers.join(', ')}.` },
    ],
    checkOptions: categorizeError,
    returns: () => 'keyword',
    doc: 'The category of a text: texts that share most of their words, in order, are of one kind.',
    example:
      'ROW a = ["logon from 10.0.0.1", "logon from 10.0.0.2", "logoff"] | STATS n = COUNT(*) BY c = CATEGORIZE(a)',
  }),
});
