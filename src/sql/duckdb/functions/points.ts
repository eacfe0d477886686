import { type Sql, sql } from '../../sql.ts';
import { withAll } from './contract.ts';
import { doubleToText } from './texts.ts';

/** A coordinate of a point that stands as text. */
export const coordinate = (value: Sql, place: 1 | 2): Sql =>
  sql`TRY_CAST(regexp_extract(${value}, 'POINT ?\\(([^ ]+) ([^ )]+)\\)', ${place === 1 ? sql`1` : sql`2`}) AS DOUBLE)`;

/** Metres between two points, along the sphere of the earth's mean radius, as Lucene computes them. */
export function metresBetween(a: Sql, b: Sql): Sql {
  const inRadians = (point: Sql, place: 1 | 2): Sql => sql`radians(${coordinate(point, place)})`;
  const [x1, y1, x2, y2] = [inRadians(a, 1), inRadians(a, 2), inRadians(b, 1), inRadians(b, 2)];
  const half = (from: Sql, to: Sql): Sql => sql`pow(sin((${to} - ${from}) / 2), 2)`;
  const h = sql`(${half(y1, y2)} + cos(${y1}) * cos(${y2}) * ${half(x1, x2)})`;
  return withAll([a, b], sql`2 * 6371008.7714e0 * asin(least(1e0, sqrt(${h})))`);
}

/** The distance of two points on a plane. */
export const planeDistance = (a: Sql, b: Sql): Sql =>
  sql`sqrt(pow(${coordinate(b, 1)} - ${coordinate(a, 1)}, 2) + pow(${coordinate(b, 2)} - ${coordinate(a, 2)}, 2))`;

/** A point as text, of its coordinates. */
export const pointText = (x: Sql, y: Sql): Sql =>
  sql`('POINT (' || ${doubleToText(x)} || ' ' || ${doubleToText(y)} || ')')`;
