import type { EsqlType } from '../values/types.ts';
import type { TypeSet } from './definition.ts';

/* The sets of types that parameters take; the texts are those of Elasticsearch's messages. */

export const boolean: TypeSet = { types: ['boolean', 'null'], text: 'boolean' };
export const string: TypeSet = { types: ['keyword', 'text', 'null'], text: 'string' };
export const numeric: TypeSet = { types: ['integer', 'long', 'unsigned_long', 'double', 'null'], text: 'numeric' };
export const numericOrDate: TypeSet = {
  types: ['integer', 'long', 'double', 'date', 'date_nanos', 'null'],
  text: 'date_nanos, datetime or numeric except unsigned_long or counter types',
};
export const summable: TypeSet = {
  types: ['integer', 'long', 'double', 'null'],
  text: 'aggregate_metric_double or numeric except unsigned_long or counter types',
};
export const wholeNumber: TypeSet = {
  types: ['integer', 'long', 'null'],
  text: 'whole number except unsigned_long or counter types',
};
export const integer: TypeSet = { types: ['integer', 'null'], text: 'integer' };
export const date: TypeSet = { types: ['date', 'date_nanos', 'null'], text: 'date_nanos or datetime' };
export const stringOrDate: TypeSet = {
  types: ['keyword', 'text', 'date', 'date_nanos', 'null'],
  text: 'string',
};
export const ip: TypeSet = { types: ['ip', 'null'], text: 'ip' };
export const timeSpan: TypeSet = { types: ['date_period', 'time_duration'], text: 'dateperiod or timeduration' };
export const datePeriod: TypeSet = { types: ['date_period', 'keyword', 'text', 'null'], text: 'date_period or string' };
export const timeDuration: TypeSet = {
  types: ['time_duration', 'keyword', 'text', 'null'],
  text: 'time_duration or string',
};

/** Any type a column can have. */
export const any: TypeSet = {
  types: [
    'boolean',
    'integer',
    'long',
    'unsigned_long',
    'double',
    'keyword',
    'text',
    'ip',
    'version',
    'date',
    'date_nanos',
    'geo_point',
    'geo_shape',
    'cartesian_point',
    'cartesian_shape',
    'geohash',
    'geotile',
    'geohex',
    'flattened',
    'date_range',
    'double_range',
    'binary',
    'null',
  ],
  text: 'any type',
};

/** The same with the sources of documents, whose message does not name them. */
export const withSource = (types: TypeSet): TypeSet => ({ ...types, types: [...types.types, '_source'] });

/** The same with metrics that hold what numbers come to. */
export const withMetric = (types: TypeSet): TypeSet => ({
  ...types,
  types: [...types.types, 'aggregate_metric_double'],
});

/** The same with counters, which most functions do not take. */
export const anyOrCounter: TypeSet = {
  ...any,
  types: [...any.types, 'counter_integer', 'counter_long', 'counter_double'],
};
export const counter: TypeSet = {
  types: ['counter_integer', 'counter_long', 'counter_double', 'null'],
  text: 'counter_long, counter_integer or counter_double',
};

/** Types with an order, so that there is a smallest and a largest value. */
export const ordered: TypeSet = {
  types: [
    'boolean',
    'integer',
    'long',
    'unsigned_long',
    'double',
    'keyword',
    'text',
    'ip',
    'version',
    'date',
    'date_nanos',
    'null',
  ],
  text: 'representable except spatial types',
};

export const point: TypeSet = { types: ['geo_point', 'cartesian_point', 'null'], text: 'geo_point or cartesian_point' };
export const geometry: TypeSet = {
  types: ['geo_point', 'geo_shape', 'cartesian_point', 'cartesian_shape', 'null'],
  text: 'cartesian_point, cartesian_shape, geo_point or geo_shape',
};

/** All but a few of the types that a column can have. */
export const anyBut = (excluded: EsqlType, text: string): TypeSet => ({
  types: any.types.filter((type) => type !== excluded),
  text,
});
