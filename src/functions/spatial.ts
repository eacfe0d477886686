import { type Sql, sql, text } from '../sql/sql.ts';
import { type EsqlType, isSpatial } from '../values/types.ts';
import type {
  AggregateFunction,
  Argument,
  CustomFunction,
  ElementwiseFunction,
  Representation,
  ScalarFunction,
  SingleValueFunction,
  TypeSet,
} from './definition.ts';

/* Points and shapes, on the globe or on a plane. They are kept as text: POINT (longitude latitude). */

const points: TypeSet = { types: ['geo_point', 'cartesian_point', 'null'], text: 'geo_point or cartesian_point' };
const geometries: TypeSet = {
  types: ['geo_point', 'geo_shape', 'cartesian_point', 'cartesian_shape', 'null'],
  text: 'cartesian_point, cartesian_shape, geo_point or geo_shape',
};

const isOnGlobe = (type: EsqlType): boolean => type === 'geo_point' || type === 'geo_shape';
const onGlobe = (args: readonly Argument[]): Sql => (args.some(({ type }) => isOnGlobe(type)) ? sql`true` : sql`false`);

const coordinate = (value: Sql, place: 1 | 2): Sql =>
  sql`TRY_CAST(regexp_extract(${value}, 'POINT ?\\(([^ ]+) ([^ )]+)\\)', ${place === 1 ? sql`1` : sql`2`}) AS DOUBLE)`;

const ofPoint = (name: string, make: (value: Sql) => Sql, doc: string): SingleValueFunction => ({
  kind: 'scalar',
  name,
  family: 'spatial',
  parameters: [{ name: 'point', accepts: points }],
  multivalue: 'null-and-warn',
  returns: () => 'double',
  duckdb: ([value]) => make(value!),
  doc,
  example: `ROW a = TO_GEOPOINT("POINT (12.5 55.6)") | EVAL b = ${name}(a)`,
});

/** The error of two geometries of which one is on the globe and the other on a plane. */
function mixed([left, right]: readonly Argument[], call: string): string | null {
  if (left!.type === 'null' || right!.type === 'null' || isOnGlobe(left!.type) === isOnGlobe(right!.type)) return null;
  const wanted = isOnGlobe(left!.type) ? 'geo_point or geo_shape' : 'cartesian_point or cartesian_shape';
  return `second argument of [${call}] must be [${wanted}], found value [${right!.text}] type [${right!.type}]`;
}

/** Metres along the sphere of the earth's mean radius, as Lucene reckons them; on a plane the plain distance. */
const distance: SingleValueFunction = {
  kind: 'scalar',
  name: 'ST_DISTANCE',
  family: 'spatial',
  parameters: [
    { name: 'geomA', accepts: points },
    { name: 'geomB', accepts: points },
  ],
  multivalue: 'null-and-warn',
  returns(args, call) {
    const error = mixed(args, call);
    return error === null ? 'double' : { error };
  },
  duckdb([a, b], { args }) {
    const plain = [coordinate(a!, 1), coordinate(a!, 2), coordinate(b!, 1), coordinate(b!, 2)] as const;
    if (!args.some(({ type }) => isOnGlobe(type)))
      return sql`sqrt(pow(${plain[2]} - ${plain[0]}, 2) + pow(${plain[3]} - ${plain[1]}, 2))`;
    const [x1, y1, x2, y2] = plain.map((value) => sql`radians(${value})`) as [Sql, Sql, Sql, Sql];
    const half = (from: Sql, to: Sql): Sql => sql`pow(sin((${to} - ${from}) / 2), 2)`;
    const h = sql`(${half(y1, y2)} + cos(${y1}) * cos(${y2}) * ${half(x1, x2)})`;
    return sql`(2 * 6371008.7714e0 * asin(least(1e0, sqrt(${h}))))`;
  },
  doc: 'The metres between two points on the globe, or the distance of two points on a plane.',
  example: 'ROW a = TO_GEOPOINT("POINT (12.5 55.6)"), b = TO_GEOPOINT("POINT (2.3 48.9)") | EVAL d = ST_DISTANCE(a, b)',
};

const conversion = (
  name: string,
  type: EsqlType,
  from: readonly EsqlType[],
  convert: ElementwiseFunction['duckdb'],
  doc: string,
  example: string,
): ElementwiseFunction => ({
  kind: 'scalar',
  name,
  family: 'convert',
  parameters: [
    { name: 'field', accepts: { types: [...from, 'keyword', 'text', 'null'], text: `${from.join(' or ')} or string` } },
  ],
  multivalue: 'each',
  returns: () => type,
  duckdb: (values, context) => (isSpatial(context.args[0]!.type) ? values[0]! : convert(values, context)),
  doc,
  example,
});

const failure = (value: Sql) => ({
  when: sql`${value} IS NOT NULL`,
  reason: sql`${text('java.lang.IllegalArgumentException: Failed to parse WKT: ')} || ${value}`,
});

function toPoint([value]: readonly Sql[], within: (x: Sql, y: Sql) => Sql) {
  const [x, y] = [coordinate(sql`upper(${value!})`, 1), coordinate(sql`upper(${value!})`, 2)];
  const point = sql`'POINT (' || (${x})::VARCHAR || ' ' || (${y})::VARCHAR || ')'`;
  return { value: sql`CASE WHEN ${within(x, y)} THEN ${point} END`, failure: failure(value!) };
}

const toShape = (globe: Sql) => (values: readonly Sql[]) => ({
  value: sql`harrier_geometry(${values[0]!}, ${globe})`,
  failure: failure(values[0]!),
});

/** All values of a row as one geometry. */
const together = ({ single, list }: Representation): Sql =>
  list
    ? sql`CASE WHEN ${list} IS NOT NULL THEN 'GEOMETRYCOLLECTION (' || array_to_string(${list}, ', ') || ')' ELSE ${single} END`
    : single;

const relation = (name: string, relates: string, doc: string): CustomFunction => ({
  kind: 'scalar',
  name,
  family: 'spatial',
  parameters: [
    { name: 'geomA', accepts: geometries },
    { name: 'geomB', accepts: geometries },
  ],
  multivalue: 'custom',
  resultIsMulti: () => false,
  returns(args, call) {
    const error = mixed(args, call);
    return error === null ? 'boolean' : { error };
  },
  duckdb: ([a, b], { args }) => ({
    single: sql`harrier_related(${together(a!)}, ${together(b!)}, ${text(relates)}, ${onGlobe(args)})`,
    list: null,
  }),
  doc,
  example: `ROW a = TO_GEOPOINT("POINT (12.5 55.6)"), b = TO_GEOSHAPE("POLYGON ((10 50, 15 50, 15 60, 10 60, 10 50))") | EVAL c = ${name}(a, b)`,
});

type Side = 'minX' | 'maxX' | 'minY' | 'maxY';

const sideOf = (value: Sql, globe: Sql, side: Side): Sql => sql`harrier_box(${value}, ${globe}, ${text(side)})`;

const bound = (name: string, side: Side, doc: string): CustomFunction => ({
  kind: 'scalar',
  name,
  family: 'spatial',
  parameters: [{ name: 'geometry', accepts: geometries }],
  multivalue: 'custom',
  resultIsMulti: () => false,
  returns: () => 'double',
  duckdb: ([value], { args }) => ({ single: sideOf(together(value!), onGlobe(args), side), list: null }),
  doc,
  example: `ROW a = TO_GEOSHAPE("LINESTRING (1 2, 3 5)") | EVAL b = ${name}(a)`,
});

const box = (minX: Sql, maxX: Sql, maxY: Sql, minY: Sql): Sql =>
  sql`('BBOX (' || (${minX})::VARCHAR || ', ' || (${maxX})::VARCHAR || ', ' || (${maxY})::VARCHAR || ', ' || (${minY})::VARCHAR || ')')`;

const shapeType = ([arg]: readonly Argument[]): EsqlType =>
  arg!.type === 'null' ? 'null' : isOnGlobe(arg!.type) ? 'geo_shape' : 'cartesian_shape';

const envelope: CustomFunction = {
  kind: 'scalar',
  name: 'ST_ENVELOPE',
  family: 'spatial',
  parameters: [{ name: 'geometry', accepts: geometries }],
  multivalue: 'custom',
  resultIsMulti: () => false,
  returns: shapeType,
  duckdb([value], { args }) {
    const [whole, globe] = [together(value!), onGlobe(args)];
    const side = (name: Side): Sql => sideOf(whole, globe, name);
    return { single: box(side('minX'), side('maxX'), side('maxY'), side('minY')), list: null };
  },
  doc: 'The smallest box around a geometry.',
  example: 'ROW a = TO_GEOSHAPE("LINESTRING (1 2, 3 5)") | EVAL b = ST_ENVELOPE(a)',
};

/** An aggregate over a number of each geometry; a row of several is one geometry. */
const over = (aggregate: Sql, number: Sql, filter: Sql): Sql => sql`${aggregate}(${number})${filter}`;

const extent: AggregateFunction = {
  kind: 'aggregate',
  name: 'ST_EXTENT_AGG',
  family: 'aggregate',
  parameters: [{ name: 'field', accepts: geometries }],
  returns: shapeType,
  multi: false,
  duckdb([value], { args, filter }) {
    const [whole, globe] = [together(value!), onGlobe(args)];
    const [low, high] = [sql`min`, sql`max`];
    const [minX, minY] = [
      over(low, sideOf(whole, globe, 'minX'), filter),
      over(low, sideOf(whole, globe, 'minY'), filter),
    ];
    const [maxX, maxY] = [
      over(high, sideOf(whole, globe, 'maxX'), filter),
      over(high, sideOf(whole, globe, 'maxY'), filter),
    ];
    return { single: box(minX, maxX, maxY, minY), list: null };
  },
  doc: 'The smallest box around all geometries.',
  example: 'ROW a = TO_GEOPOINT(["POINT (1 2)", "POINT (3 5)"]) | STATS b = ST_EXTENT_AGG(a)',
};

const centroid: AggregateFunction = {
  kind: 'aggregate',
  name: 'ST_CENTROID_AGG',
  family: 'aggregate',
  parameters: [{ name: 'field', accepts: points }],
  returns: ([arg]) => arg!.type,
  multi: false,
  duckdb([value], { filter }) {
    const { single, list } = value!;
    const mean = (place: 1 | 2): Sql => {
      if (!list) return sql`avg(${coordinate(single, place)})${filter}`;
      const all = sql`flatten(list(CASE WHEN ${list} IS NOT NULL THEN ${list} WHEN ${single} IS NOT NULL THEN [${single}] END)${filter})`;
      return sql`list_avg(list_transform(${all}, lambda p: ${coordinate(sql`p`, place)}))`;
    };
    return { single: sql`('POINT (' || (${mean(1)})::VARCHAR || ' ' || (${mean(2)})::VARCHAR || ')')`, list: null };
  },
  doc: 'The point in the midst of all points.',
  example: 'ROW a = TO_GEOPOINT(["POINT (1 2)", "POINT (3 5)"]) | STATS b = ST_CENTROID_AGG(a)',
};

export const spatialAggregates: readonly AggregateFunction[] = [centroid, extent];

export const spatials: readonly ScalarFunction[] = [
  conversion(
    'TO_GEOPOINT',
    'geo_point',
    ['geo_point'],
    (values) => toPoint(values, (x, y) => sql`${x} BETWEEN -180 AND 180 AND ${y} BETWEEN -90 AND 90`),
    'A point on the globe from its text, POINT (longitude latitude).',
    'ROW a = TO_GEOPOINT("POINT (12.5 55.6)")',
  ),
  conversion(
    'TO_GEOSHAPE',
    'geo_shape',
    ['geo_point', 'geo_shape'],
    toShape(sql`true`),
    'A shape on the globe from its well-known text.',
    'ROW a = TO_GEOSHAPE("POLYGON ((10 50, 15 50, 15 60, 10 60, 10 50))")',
  ),
  conversion(
    'TO_CARTESIANPOINT',
    'cartesian_point',
    ['cartesian_point'],
    (values) => toPoint(values, (x, y) => sql`${x} IS NOT NULL AND ${y} IS NOT NULL`),
    'A point on a plane from its text, POINT (x y).',
    'ROW a = TO_CARTESIANPOINT("POINT (4297.1 -1475.5)")',
  ),
  conversion(
    'TO_CARTESIANSHAPE',
    'cartesian_shape',
    ['cartesian_point', 'cartesian_shape'],
    toShape(sql`false`),
    'A shape on a plane from its well-known text.',
    'ROW a = TO_CARTESIANSHAPE("LINESTRING (0 0, 100 200)")',
  ),
  ofPoint('ST_X', (value) => coordinate(value, 1), 'The longitude of a point.'),
  ofPoint('ST_Y', (value) => coordinate(value, 2), 'The latitude of a point.'),
  distance,
  relation('ST_INTERSECTS', 'intersects', 'Whether two geometries have a point in common.'),
  relation('ST_DISJOINT', 'disjoint', 'Whether two geometries have no point in common.'),
  relation('ST_CONTAINS', 'contains', 'Whether all of the second geometry lies in the first.'),
  relation('ST_WITHIN', 'within', 'Whether all of the first geometry lies in the second.'),
  envelope,
  bound('ST_XMIN', 'minX', 'The least longitude, or x, of a geometry.'),
  bound('ST_XMAX', 'maxX', 'The greatest longitude, or x, of a geometry.'),
  bound('ST_YMIN', 'minY', 'The least latitude, or y, of a geometry.'),
  bound('ST_YMAX', 'maxY', 'The greatest latitude, or y, of a geometry.'),
];
