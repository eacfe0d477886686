import { type Sql, sql, text } from '../../sql/sql.ts';
import type { EsqlType } from '../../values/types.ts';
import type { ScalarFunction, SingleValueFunction, TypeSet } from './definition.ts';

/* Points on the globe. They are kept as text: POINT (longitude latitude). */

const point: TypeSet = { types: ['geo_point', 'null'], text: 'geo_point' };

const coordinate = (value: Sql, place: 1 | 2): Sql =>
  sql`TRY_CAST(regexp_extract(${value}, 'POINT ?\\(([^ ]+) ([^ )]+)\\)', ${place === 1 ? sql`1` : sql`2`}) AS DOUBLE)`;

const ofPoint = (name: string, make: (value: Sql) => Sql, doc: string): SingleValueFunction => ({
  kind: 'scalar',
  name,
  family: 'spatial',
  parameters: [{ name: 'point', accepts: point }],
  multivalue: 'null-and-warn',
  returns: () => 'double',
  duckdb: ([value]) => make(value!),
  doc,
  example: `ROW a = TO_GEOPOINT("POINT (12.5 55.6)") | EVAL b = ${name}(a)`,
});

/** Metres along the sphere of the earth's mean radius, as Lucene reckons them. */
const distance: SingleValueFunction = {
  kind: 'scalar',
  name: 'ST_DISTANCE',
  family: 'spatial',
  parameters: [
    { name: 'geomA', accepts: point },
    { name: 'geomB', accepts: point },
  ],
  multivalue: 'null-and-warn',
  returns: () => 'double',
  duckdb([a, b]) {
    const [x1, y1, x2, y2] = [coordinate(a!, 1), coordinate(a!, 2), coordinate(b!, 1), coordinate(b!, 2)].map(
      (value) => sql`radians(${value})`,
    ) as [Sql, Sql, Sql, Sql];
    const half = (from: Sql, to: Sql): Sql => sql`pow(sin((${to} - ${from}) / 2), 2)`;
    const h = sql`(${half(y1, y2)} + cos(${y1}) * cos(${y2}) * ${half(x1, x2)})`;
    return sql`(2 * 6371008.7714e0 * asin(least(1e0, sqrt(${h}))))`;
  },
  doc: 'The metres between two points on the globe.',
  example: 'ROW a = TO_GEOPOINT("POINT (12.5 55.6)"), b = TO_GEOPOINT("POINT (2.3 48.9)") | EVAL d = ST_DISTANCE(a, b)',
};

const toGeoPoint: ScalarFunction = {
  kind: 'scalar',
  name: 'TO_GEOPOINT',
  family: 'convert',
  parameters: [
    { name: 'field', accepts: { types: ['geo_point', 'keyword', 'text', 'null'], text: 'geo_point or string' } },
  ],
  multivalue: 'each',
  returns: (): EsqlType => 'geo_point',
  duckdb([value], { args }) {
    if (args[0]!.type === 'geo_point') return value!;
    const [x, y] = [coordinate(sql`upper(${value!})`, 1), coordinate(sql`upper(${value!})`, 2)];
    return {
      value: sql`CASE WHEN ${x} BETWEEN -180 AND 180 AND ${y} BETWEEN -90 AND 90 THEN 'POINT (' || (${x})::VARCHAR || ' ' || (${y})::VARCHAR || ')' END`,
      failure: {
        when: sql`${value!} IS NOT NULL`,
        reason: sql`${text('java.lang.IllegalArgumentException: Failed to parse WKT: ')} || ${value!}`,
      },
    };
  },
  doc: 'A point on the globe from its text, POINT (longitude latitude).',
  example: 'ROW a = TO_GEOPOINT("POINT (12.5 55.6)")',
};

export const spatials: readonly ScalarFunction[] = [
  toGeoPoint,
  ofPoint('ST_X', (value) => coordinate(value, 1), 'The longitude of a point.'),
  ofPoint('ST_Y', (value) => coordinate(value, 2), 'The latitude of a point.'),
  distance,
];
