import type { EsqlType } from '../values/types.ts';
import { type Argument, aggregate, allValues, familySince, singleValue } from './definition.ts';
import * as types from './types.ts';

/* Points and shapes, on the globe or on a plane. They are kept as text: POINT (longitude latitude). */

const isOnGlobe = (type: EsqlType): boolean => type === 'geo_point' || type === 'geo_shape';

/** Whether geometries lie on the globe; what lies on a plane is measured in other ways. */
export const onGlobe = (args: readonly (Argument | undefined)[]): boolean =>
  args.some((arg) => arg && isOnGlobe(arg.type));

type Two = readonly [Argument, Argument];

/** The type of what two geometries are asked; an error where one is on the globe and the other on a plane. */
export const ofTwo =
  (type: EsqlType) =>
  ([left, right]: Two, call: string): EsqlType | { error: string } => {
    if (left.type === 'null' || right.type === 'null' || isOnGlobe(left.type) === isOnGlobe(right.type)) return type;
    const wanted = isOnGlobe(left.type) ? 'geo_point or geo_shape' : 'cartesian_point or cartesian_shape';
    return {
      error: `second argument of [${call}] must be [${wanted}], found value [${right.text}] type [${right.type}]`,
    };
  };

/** The type of shapes in the space of a geometry. */
export const shapeType = ([arg]: readonly [Argument]): EsqlType =>
  arg.type === 'null' ? 'null' : isOnGlobe(arg.type) ? 'geo_shape' : 'cartesian_shape';

/** The type of points in the space of a geometry. */
const pointType = ([arg]: readonly [Argument]): EsqlType =>
  arg.type === 'null' ? 'null' : isOnGlobe(arg.type) ? 'geo_point' : 'cartesian_point';

export const geometry = (name: string) => ({ name, accepts: types.geometry });
const point = (name: string) => ({ name, accepts: types.point });

const ofPoint = (name: string, doc: string) =>
  singleValue({
    parameters: [point('point')],
    returns: () => 'double',
    doc,
    example: `ROW a = TO_GEOPOINT("POINT (12.5 55.6)") | EVAL b = ${name}(a)`,
  });

const relation = (name: string, doc: string) =>
  allValues({
    parameters: [geometry('geomA'), geometry('geomB')],
    returns: ofTwo('boolean'),
    doc,
    example: `ROW a = TO_GEOPOINT("POINT (12.5 55.6)"), b = TO_GEOSHAPE("POLYGON ((10 50, 15 50, 15 60, 10 60, 10 50))") | EVAL c = ${name}(a, b)`,
  });

const bound = (name: string, doc: string) =>
  allValues({
    parameters: [geometry('geometry')],
    returns: () => 'double',
    doc,
    example: `ROW a = TO_GEOSHAPE("LINESTRING (1 2, 3 5)") | EVAL b = ${name}(a)`,
  });

const releases = {
  '8.15': ['ST_DISTANCE'],
  '8.18': ['ST_ENVELOPE', 'ST_XMIN', 'ST_XMAX', 'ST_YMIN', 'ST_YMAX'],
} as const;

export const spatials = familySince('spatial', releases, {
  ST_X: ofPoint('ST_X', 'The longitude of a point.'),
  ST_Y: ofPoint('ST_Y', 'The latitude of a point.'),
  ST_DISTANCE: singleValue({
    parameters: [point('geomA'), point('geomB')],
    returns: ofTwo('double'),
    doc: 'The metres between two points on the globe, or the distance of two points on a plane.',
    example:
      'ROW a = TO_GEOPOINT("POINT (12.5 55.6)"), b = TO_GEOPOINT("POINT (2.3 48.9)") | EVAL d = ST_DISTANCE(a, b)',
  }),
  ST_INTERSECTS: relation('ST_INTERSECTS', 'Whether two geometries have a point in common.'),
  ST_DISJOINT: relation('ST_DISJOINT', 'Whether two geometries have no point in common.'),
  ST_CONTAINS: relation('ST_CONTAINS', 'Whether all of the second geometry lies in the first.'),
  ST_WITHIN: relation('ST_WITHIN', 'Whether all of the first geometry lies in the second.'),
  ST_ENVELOPE: allValues({
    parameters: [geometry('geometry')],
    returns: shapeType,
    doc: 'The smallest box around a geometry.',
    example: 'ROW a = TO_GEOSHAPE("LINESTRING (1 2, 3 5)") | EVAL b = ST_ENVELOPE(a)',
  }),
  ST_XMIN: bound('ST_XMIN', 'The least longitude, or x, of a geometry.'),
  ST_XMAX: bound('ST_XMAX', 'The greatest longitude, or x, of a geometry.'),
  ST_YMIN: bound('ST_YMIN', 'The least latitude, or y, of a geometry.'),
  ST_YMAX: bound('ST_YMAX', 'The greatest latitude, or y, of a geometry.'),
});

const aggregateReleases = { '8.18': ['ST_EXTENT_AGG'] } as const;

export const spatialAggregates = familySince('aggregate', aggregateReleases, {
  ST_CENTROID_AGG: aggregate({
    parameters: [geometry('field')],
    returns: pointType,
    doc: 'The point in the midst of all geometries. Of those with areas, lines and points among them, the areas alone count, or else the lines.',
    example: 'ROW a = TO_GEOPOINT(["POINT (1 2)", "POINT (3 5)"]) | STATS b = ST_CENTROID_AGG(a)',
  }),
  ST_EXTENT_AGG: aggregate({
    parameters: [geometry('field')],
    returns: shapeType,
    doc: 'The smallest box around all geometries.',
    example: 'ROW a = TO_GEOPOINT(["POINT (1 2)", "POINT (3 5)"]) | STATS b = ST_EXTENT_AGG(a)',
  }),
});
