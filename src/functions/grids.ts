import { type GridType, precisions } from '../values/geo-grids.ts';
import { eachValue, familySince } from './definition.ts';
import * as types from './types.ts';

/* Cells of grids on the globe: which one holds a point, and what stands for one. */

const cellOf = (type: GridType, example: string) =>
  eachValue({
    parameters: [
      { name: 'geometry', accepts: { types: ['geo_point', 'null'], text: 'geo_point' } },
      { name: 'precision', accepts: types.wholeNumber },
      { name: 'bounds', accepts: { types: ['geo_shape', 'null'], text: 'geo_shape' }, optional: true },
    ],
    returns([, precision]) {
      const [least, most] = precisions[type];
      const { value } = precision;
      if (typeof value !== 'bigint' || (value >= least && value <= most)) return type;
      return { error: precisionError(type, String(value)) };
    },
    doc: `The cell of a ${type} grid that holds a point; null when it does not overlap the bounds.`,
    example,
  });

/** What is wrong with a precision, in Elasticsearch's words. */
export function precisionError(type: GridType, precision: string): string {
  const [least, most] = precisions[type];
  return `Invalid ${type}_grid precision of ${precision}. Must be between ${least} and ${most}.`;
}

const conversion = (type: GridType, example: string) =>
  eachValue({
    parameters: [
      { name: 'field', accepts: { types: [type, 'long', 'keyword', 'text', 'null'], text: `${type}, long or string` } },
    ],
    returns: () => type,
    doc: `A cell of a ${type} grid from its text or its number.`,
    example,
  });

const releases = {
  '9.2': ['ST_GEOHASH', 'ST_GEOTILE', 'ST_GEOHEX', 'TO_GEOHASH', 'TO_GEOTILE', 'TO_GEOHEX'],
} as const;

export const grids = familySince('spatial', releases, {
  ST_GEOHASH: cellOf('geohash', 'ROW a = TO_GEOPOINT("POINT (12.5 55.6)") | EVAL b = ST_GEOHASH(a, 4)'),
  ST_GEOTILE: cellOf('geotile', 'ROW a = TO_GEOPOINT("POINT (12.5 55.6)") | EVAL b = ST_GEOTILE(a, 4)'),
  ST_GEOHEX: cellOf('geohex', 'ROW a = TO_GEOPOINT("POINT (12.5 55.6)") | EVAL b = ST_GEOHEX(a, 4)'),
  TO_GEOHASH: conversion('geohash', 'ROW a = TO_GEOHASH("u3bu") | EVAL b = TO_LONG(a), c = TO_GEOSHAPE(a)'),
  TO_GEOTILE: conversion('geotile', 'ROW a = TO_GEOTILE("4/8/5") | EVAL b = TO_LONG(a), c = TO_GEOSHAPE(a)'),
  TO_GEOHEX: conversion('geohex', 'ROW a = TO_GEOHEX("841f059ffffffff") | EVAL b = TO_LONG(a)'),
});
