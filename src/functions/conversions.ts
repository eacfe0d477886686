import type { ConstantScalar } from '../plan/expression.ts';
import { formatDate, formatDateNanos, parseDate, parseDateNanos } from '../values/date.ts';
import { formatIp, parseIp } from '../values/ip.ts';
import { javaDouble } from '../values/java-double.ts';
import { countedType, counterOf, type EsqlType } from '../values/types.ts';
import { allValues, eachValue, familySince, singleValue, type TypeSet } from './definition.ts';
import { parseTimeSpan } from './time-spans.ts';
import * as types from './types.ts';

/*
 * Conversions work on each value; one that cannot be converted is dropped with a warning. Whole numbers round half up,
 * unsigned longs truncate, and TO_BOOLEAN never fails.
 */

/** Below this every double has a whole number that is nearest to it. */
const largestRounded = 2 ** 52;

/** A constant as a whole number of a number of bits; undefined where the engine has to say why it is none. */
function foldWhole(value: ConstantScalar, from: EsqlType, bits: 32 | 64): bigint | undefined {
  if (from === 'date_nanos') return undefined;
  let whole: bigint | undefined;
  if (typeof value === 'bigint') whole = value;
  else if (typeof value === 'boolean') whole = value ? 1n : 0n;
  else if (typeof value === 'number' && Math.abs(value) < largestRounded) whole = BigInt(Math.round(value));
  else if (typeof value === 'string' && /^[+-]?\d+$/.test(value)) whole = BigInt(value.replace('+', ''));
  return whole !== undefined && whole === BigInt.asIntN(bits, whole) ? whole : undefined;
}

/** A constant as text, as columns are written. */
function foldText(value: ConstantScalar, from: EsqlType): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return javaDouble(value);
  if (typeof value === 'boolean') return String(value);
  if (from === 'date') return formatDate(value);
  if (from === 'date_nanos') return formatDateNanos(value);
  return from === 'ip' ? formatIp(value) : value.toString();
}

const foldDouble = (value: ConstantScalar): number | undefined =>
  typeof value === 'bigint' ? Number(value) : typeof value === 'number' ? value : undefined;

function foldDate(value: ConstantScalar, from: EsqlType): bigint | undefined {
  if (typeof value === 'string') return parseDate(value) ?? undefined;
  return typeof value === 'bigint' && from !== 'date_nanos' ? value : undefined;
}

const accepts = (list: readonly EsqlType[], text: string): TypeSet => ({ types: [...list, 'null'], text });
const numbersAndText = accepts(
  ['boolean', 'date', 'date_nanos', 'double', 'integer', 'keyword', 'long', 'text', 'unsigned_long'],
  'boolean or counter_double or counter_integer or counter_long or datetime or numeric or string',
);
const numbersTextAnd = (...others: EsqlType[]): TypeSet => ({
  ...numbersAndText,
  types: [...numbersAndText.types, ...others],
});
const datesAndText = accepts(
  ['date', 'date_nanos', 'double', 'integer', 'keyword', 'long', 'text', 'unsigned_long'],
  'date_nanos or datetime or numeric or string',
);

type Fold = (value: ConstantScalar, from: EsqlType) => ConstantScalar | undefined;

const conversion = (
  type: EsqlType,
  from: TypeSet,
  aliases: readonly string[],
  example: string,
  fold: Fold = () => undefined,
) =>
  eachValue({
    aliases,
    parameters: [{ name: 'field', accepts: from }],
    returns: () => type,
    fold: ([value], { args }) => (value === null || typeof value === 'object' ? undefined : fold(value, args[0].type)),
    doc: `Converts to ${type}.`,
    example,
  });

const spanConversion = (name: string, type: 'date_period' | 'time_duration', from: TypeSet) =>
  singleValue({
    parameters: [{ name: 'field', accepts: from, constant: true }],
    returns([arg]) {
      if (arg.type === type || arg.value === null) return type;
      const parsed = parseTimeSpan(String(arg.value), type);
      return 'error' in parsed ? parsed : type;
    },
    fold([value]) {
      if (typeof value !== 'string') return value;
      const parsed = parseTimeSpan(value, type);
      return 'error' in parsed ? undefined : parsed.span;
    },
    doc: `Converts a constant text to a ${type}.`,
    example: `ROW d = "2024-01-01"::date | EVAL e = d + ${name}("3 ${type === 'date_period' ? 'days' : 'hours'}")`,
  });

/** A geometry from its text, or from another that is one of the kind. */
const geometry = (type: EsqlType, from: readonly EsqlType[], doc: string, example: string) =>
  eachValue({
    parameters: [
      {
        name: 'field',
        accepts: { types: [...from, 'keyword', 'text', 'null'], text: `${from.join(' or ')} or string` },
      },
    ],
    returns: () => type,
    doc,
    example,
  });

const releases = {
  '8.16': ['TO_DATEPERIOD', 'TO_TIMEDURATION'],
  '8.17': ['TO_DATE_NANOS'],
  '9.2': ['TO_AGGREGATE_METRIC_DOUBLE'],
  '9.4': ['TO_TEXT'],
  '9.5': ['TO_DATE_RANGE', 'TO_DOUBLE_RANGE', 'TO_BINARY', 'TO_GAUGE', 'TO_COUNTER'],
} as const;

/** What may be, or become, the values of a counter. */
const counted = {
  types: ['integer', 'long', 'double', ...types.counter.types],
  text: 'counter or numeric except unsigned_long',
} as const;

export const conversions = familySince('convert', releases, {
  TO_INTEGER: conversion(
    'integer',
    numbersTextAnd('counter_integer'),
    ['TO_INT'],
    'ROW a = TO_INTEGER("5")',
    (value, from) => foldWhole(value, from, 32),
  ),
  TO_LONG: conversion(
    'long',
    numbersTextAnd('counter_integer', 'counter_long', 'geohash', 'geotile', 'geohex'),
    [],
    'ROW a = TO_LONG("5")',
    (value, from) => foldWhole(value, from, 64),
  ),
  TO_UNSIGNED_LONG: conversion('unsigned_long', numbersAndText, ['TO_ULONG', 'TO_UL'], 'ROW a = TO_UNSIGNED_LONG("5")'),
  TO_DOUBLE: conversion(
    'double',
    numbersTextAnd('counter_integer', 'counter_long', 'counter_double'),
    ['TO_DBL'],
    'ROW a = TO_DOUBLE("5.5")',
    foldDouble,
  ),
  TO_BOOLEAN: conversion(
    'boolean',
    accepts(
      ['boolean', 'double', 'integer', 'keyword', 'long', 'text', 'unsigned_long'],
      'boolean or numeric or string',
    ),
    ['TO_BOOL'],
    'ROW a = TO_BOOLEAN("true")',
  ),
  TO_TEXT: conversion('text', types.any, [], 'ROW a = TO_TEXT(5)', foldText),
  TO_STRING: conversion('keyword', types.withMetric(types.any), ['TO_STR'], 'ROW a = TO_STRING(5)', foldText),
  TO_DATETIME: conversion('date', datesAndText, ['TO_DT'], 'ROW a = TO_DATETIME("2026-03-10T12:00:00Z")', foldDate),
  TO_DATE_NANOS: conversion(
    'date_nanos',
    datesAndText,
    ['TO_DATENANOS'],
    'ROW a = TO_DATE_NANOS("2026-03-10T12:00:00.123456789Z")',
    (value) => (typeof value === 'string' ? (parseDateNanos(value) ?? undefined) : undefined),
  ),
  TO_DATE_RANGE: conversion(
    'date_range',
    accepts(['date_range', 'keyword', 'text'], 'date_range or string'),
    [],
    'ROW a = TO_DATE_RANGE("2026-03-10..2026-03-11")',
  ),
  TO_BINARY: conversion(
    'binary',
    accepts(['binary', 'keyword', 'text'], 'binary or string'),
    [],
    'ROW a = TO_BINARY("AQID")',
  ),
  TO_GAUGE: eachValue({
    parameters: [
      {
        name: 'field',
        accepts: types.withMetric(counted),
      },
    ],
    returns: ([{ type }]) => countedType(type),
    doc: 'The numbers of a counter, as numbers that may fall as well.',
    example: 'ROW a = TO_COUNTER(5) | EVAL b = TO_GAUGE(a) + 1',
  }),
  TO_COUNTER: eachValue({
    parameters: [
      {
        name: 'field',
        accepts: counted,
      },
    ],
    returns: ([{ type }]) => counterOf(type),
    doc: 'Numbers as those of a counter, which only grow.',
    example: 'ROW a = 5 | EVAL b = TO_COUNTER(a)',
  }),
  TO_AGGREGATE_METRIC_DOUBLE: allValues({
    aliases: ['TO_AGGREGATEMETRICDOUBLE'],
    parameters: [
      {
        name: 'number',
        accepts: {
          types: [...types.numeric.types, 'aggregate_metric_double'],
          text: 'numeric or aggregate_metric_double',
        },
      },
    ],
    returns: () => 'aggregate_metric_double',
    doc: 'What the numbers of a field come to: the least, the greatest, their sum and how many there are.',
    example: 'ROW a = TO_AGGREGATE_METRIC_DOUBLE([1, 2, 4])',
  }),
  TO_DOUBLE_RANGE: conversion(
    'double_range',
    accepts(['double_range', 'keyword', 'text'], 'double_range or string'),
    [],
    'ROW a = TO_DOUBLE_RANGE("1.5..2.5")',
  ),
  TO_IP: {
    ...conversion('ip', accepts(['ip', 'keyword', 'text'], 'ip or string'), [], 'ROW a = TO_IP("10.0.0.1")', (value) =>
      typeof value === 'string' ? (parseIp(value) ?? undefined) : value,
    ),
    options: [
      {
        name: 'leading_zeros',
        type: 'text' as const,
        doc: 'What 010 means in an address: reject (the default), octal or decimal.',
      },
    ],
  },
  TO_VERSION: conversion(
    'version',
    accepts(['version', 'keyword', 'text'], 'string or version'),
    ['TO_VER'],
    'ROW a = TO_VERSION("1.2.3")',
    (value) => (typeof value === 'string' ? value : undefined),
  ),
  TO_DATEPERIOD: spanConversion('TO_DATEPERIOD', 'date_period', types.datePeriod),
  TO_TIMEDURATION: spanConversion('TO_TIMEDURATION', 'time_duration', types.timeDuration),
  TO_GEOPOINT: geometry(
    'geo_point',
    ['geo_point'],
    'A point on the globe from its text, POINT (longitude latitude).',
    'ROW a = TO_GEOPOINT("POINT (12.5 55.6)")',
  ),
  TO_GEOSHAPE: geometry(
    'geo_shape',
    ['geo_point', 'geo_shape', 'geohash', 'geotile', 'geohex'],
    'A shape on the globe from its well-known text, or the outline of a cell of a grid.',
    'ROW a = TO_GEOSHAPE("POLYGON ((10 50, 15 50, 15 60, 10 60, 10 50))")',
  ),
  TO_CARTESIANPOINT: geometry(
    'cartesian_point',
    ['cartesian_point'],
    'A point on a plane from its text, POINT (x y).',
    'ROW a = TO_CARTESIANPOINT("POINT (4297.1 -1475.5)")',
  ),
  TO_CARTESIANSHAPE: geometry(
    'cartesian_shape',
    ['cartesian_point', 'cartesian_shape'],
    'A shape on a plane from its well-known text.',
    'ROW a = TO_CARTESIANSHAPE("LINESTRING (0 0, 100 200)")',
  ),
});

/** The conversion that `::type` stands for, by the type's names. */
export const castTargets: Readonly<Record<string, keyof typeof conversions>> = {
  boolean: 'TO_BOOLEAN',
  bool: 'TO_BOOLEAN',
  integer: 'TO_INTEGER',
  int: 'TO_INTEGER',
  long: 'TO_LONG',
  unsigned_long: 'TO_UNSIGNED_LONG',
  double: 'TO_DOUBLE',
  keyword: 'TO_STRING',
  text: 'TO_STRING',
  string: 'TO_STRING',
  date: 'TO_DATETIME',
  datetime: 'TO_DATETIME',
  date_nanos: 'TO_DATE_NANOS',
  date_range: 'TO_DATE_RANGE',
  double_range: 'TO_DOUBLE_RANGE',
  aggregate_metric_double: 'TO_AGGREGATE_METRIC_DOUBLE',
  binary: 'TO_BINARY',
  ip: 'TO_IP',
  geo_point: 'TO_GEOPOINT',
  geo_shape: 'TO_GEOSHAPE',
  cartesian_point: 'TO_CARTESIANPOINT',
  cartesian_shape: 'TO_CARTESIANSHAPE',
  version: 'TO_VERSION',
  date_period: 'TO_DATEPERIOD',
  time_duration: 'TO_TIMEDURATION',
};
