import { countedType, type EsqlType } from '../values/types.ts';
import { aggregates } from './aggregates.ts';
import { type Argument, aggregate, familySince, type TypeSet } from './definition.ts';
import * as types from './types.ts';

/*
 * Aggregates of one time series: STATS behind TS applies them to the rows of each series, and within it of each time bucket or
 * window, before it aggregates their results.
 */

const window = {
  name: 'window',
  accepts: { types: ['time_duration'], text: 'time_duration' },
  optional: true,
  constant: true,
} as const;

const example = (call: string, outer = 'SUM'): string =>
  `TS metrics | STATS total = ${outer}(${call}) BY host.name, bucket = TBUCKET(5 minutes)`;

const counted = <A extends Argument>(arg: A): A => ({ ...arg, type: countedType(arg.type) });

/** What an aggregate comes to when it is applied to each series. */
const asAggregate = (name: 'AVG' | 'MAX' | 'MIN' | 'STD_DEV' | 'SUM' | 'VARIANCE', doc: string) =>
  aggregate({
    parameters: [...aggregates[name].parameters, window],
    overTime: name,
    returns: ([value]) => aggregates[name].returns([counted(value)]),
    doc,
    example: example(`${name === 'STD_DEV' ? 'STDDEV' : name}_OVER_TIME(system.load)`),
  });

const end = (name: 'FIRST' | 'LAST', doc: string) =>
  aggregate({
    parameters: [{ name: 'field', accepts: types.anyOrCounter }, window],
    overTime: name,
    returns: ([{ type }]): EsqlType => (type === 'text' ? 'keyword' : countedType(type)),
    doc,
    example: example(`${name}_OVER_TIME(system.load)`),
  });

const presence = (name: 'PRESENT' | 'ABSENT', doc: string) =>
  aggregate({
    parameters: [{ name: 'field', accepts: types.anyOrCounter }, window],
    overTime: name,
    returns: () => 'boolean',
    overNothing: name === 'ABSENT',
    doc,
    example: example(`${name}_OVER_TIME(system.load)`, 'MAX'),
  });

const gauge = { types: types.summable.types, text: 'numeric except unsigned_long or counter types' };

const change = (name: 'RATE' | 'IRATE' | 'INCREASE' | 'DELTA' | 'IDELTA' | 'DERIV', accepts: TypeSet, doc: string) =>
  aggregate({
    parameters: [{ name: 'field', accepts }, window],
    overTime: name,
    returns: () => 'double',
    doc,
    example: example(`${name}(${accepts === types.counter ? 'network.bytes' : 'system.load'})`),
  });

const releases = {
  '9.2': [
    ...(['AVG_OVER_TIME', 'COUNT_DISTINCT_OVER_TIME', 'COUNT_OVER_TIME', 'FIRST_OVER_TIME', 'LAST_OVER_TIME'] as const),
    ...(['MAX_OVER_TIME', 'MIN_OVER_TIME', 'RATE', 'SUM_OVER_TIME', 'PRESENT_OVER_TIME', 'ABSENT_OVER_TIME'] as const),
    ...(['DELTA', 'IDELTA', 'INCREASE', 'IRATE'] as const),
  ],
  '9.3': ['DERIV', 'PERCENTILE_OVER_TIME', 'STDDEV_OVER_TIME', 'VARIANCE_OVER_TIME'],
} as const;

export const timeSeries = familySince('time series', releases, {
  RATE: change(
    'RATE',
    types.counter,
    'How much a counter grew per second. A value below the one before means that it was reset. At the ends of a time bucket the counter is taken to be on the straight line to the next value of the series, if the bucket beside has one.',
  ),
  IRATE: change('IRATE', types.counter, 'How much a counter grew per second between its last two values.'),
  INCREASE: change('INCREASE', types.counter, 'How much a counter grew, by the rules of RATE.'),
  DELTA: change(
    'DELTA',
    gauge,
    'The difference between the last value of a gauge and its first, extrapolated to the ends of the time bucket.',
  ),
  IDELTA: change('IDELTA', gauge, 'The difference between the last two values of a gauge.'),
  DERIV: change('DERIV', gauge, 'The change per second of the straight line that fits the values of a gauge best.'),
  AVG_OVER_TIME: asAggregate('AVG', 'The mean of the values of a series.'),
  MAX_OVER_TIME: asAggregate('MAX', 'The largest value of a series.'),
  MIN_OVER_TIME: asAggregate('MIN', 'The smallest value of a series.'),
  SUM_OVER_TIME: asAggregate('SUM', 'The total of the values of a series.'),
  STDDEV_OVER_TIME: asAggregate('STD_DEV', 'The standard deviation of the values of a series.'),
  VARIANCE_OVER_TIME: {
    ...asAggregate('VARIANCE', 'The variance of the values of a series.'),
    aliases: ['STDVAR_OVER_TIME'],
  },
  COUNT_OVER_TIME: aggregate({
    parameters: [{ name: 'field', accepts: types.anyOrCounter }, window],
    overTime: 'COUNT',
    returns: () => 'long',
    overNothing: 0n,
    doc: 'The number of values of a series.',
    example: example('COUNT_OVER_TIME(system.load)'),
  }),
  COUNT_DISTINCT_OVER_TIME: aggregate({
    parameters: aggregates.COUNT_DISTINCT.parameters,
    overTime: 'COUNT_DISTINCT',
    returns: () => 'long',
    overNothing: 0n,
    doc: 'The number of different values of a series.',
    example: example('COUNT_DISTINCT_OVER_TIME(system.load)'),
  }),
  PERCENTILE_OVER_TIME: aggregate({
    parameters: [...aggregates.PERCENTILE.parameters, window],
    overTime: 'PERCENTILE',
    returns: () => 'double',
    doc: 'The value below which a given percentage of the values of a series lies.',
    example: example('PERCENTILE_OVER_TIME(system.load, 95)', 'MAX'),
  }),
  FIRST_OVER_TIME: end('FIRST', 'The earliest value of a series.'),
  LAST_OVER_TIME: end('LAST', 'The latest value of a series. It is meant where a field stands in an aggregate alone.'),
  PRESENT_OVER_TIME: presence('PRESENT', 'Whether a series has any value.'),
  ABSENT_OVER_TIME: presence('ABSENT', 'Whether a series has no value.'),
});
