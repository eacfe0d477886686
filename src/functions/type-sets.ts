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
    'null',
  ],
  text: 'any type',
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
