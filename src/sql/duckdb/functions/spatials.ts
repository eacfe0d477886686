import type { Argument } from '../../../functions/definition.ts';
import { onGlobe, type spatialAggregates, type spatials } from '../../../functions/spatials.ts';
import { type Sql, sql, text } from '../../sql.ts';
import { type Representation, single } from '../representation.ts';
import type { CustomContext, SqlFor } from './contract.ts';
import { coordinate, metresBetween, planeDistance } from './points.ts';

const globe = (args: readonly (Argument | undefined)[]): Sql => (onGlobe(args) ? sql`true` : sql`false`);

/** All values of a row as one geometry. */
const together = ({ single, list }: Representation): Sql =>
  list
    ? sql`CASE WHEN ${list} IS NOT NULL THEN 'GEOMETRYCOLLECTION (' || array_to_string(${list}, ', ') || ')' ELSE ${single} END`
    : single;

type Two = readonly [Representation, Representation];
type One = readonly [Representation];
type TwoParameters = (typeof spatials)['ST_WITHIN']['parameters'];
type OneParameter = (typeof spatials)['ST_XMIN']['parameters'];

const relation =
  (relates: string) =>
  ([a, b]: Two, { args }: CustomContext<TwoParameters>): Representation =>
    single(sql`harrier_related(${together(a)}, ${together(b)}, ${text(relates)}, ${globe(args)})`);

type Side = 'minX' | 'maxX' | 'minY' | 'maxY';

const sideOf = (value: Sql, onEarth: Sql, side: Side): Sql => sql`harrier_box(${value}, ${onEarth}, ${text(side)})`;

const bound =
  (side: Side) =>
  ([value]: One, { args }: CustomContext<OneParameter>): Representation =>
    single(sideOf(together(value), globe(args), side));

const box = (minX: Sql, maxX: Sql, maxY: Sql, minY: Sql): Sql =>
  sql`('BBOX (' || (${minX})::VARCHAR || ', ' || (${maxX})::VARCHAR || ', ' || (${maxY})::VARCHAR || ', ' || (${minY})::VARCHAR || ')')`;

export const spatialSql: SqlFor<typeof spatials> = {
  ST_X: ([point]) => coordinate(point, 1),
  ST_Y: ([point]) => coordinate(point, 2),
  ST_DISTANCE: ([a, b], { args }) => (onGlobe(args) ? metresBetween(a, b) : planeDistance(a, b)),
  ST_INTERSECTS: relation('intersects'),
  ST_DISJOINT: relation('disjoint'),
  ST_CONTAINS: relation('contains'),
  ST_WITHIN: relation('within'),
  ST_ENVELOPE([value], { args }) {
    const side = (name: Side): Sql => sideOf(together(value), globe(args), name);
    return single(box(side('minX'), side('maxX'), side('maxY'), side('minY')));
  },
  ST_XMIN: bound('minX'),
  ST_XMAX: bound('maxX'),
  ST_YMIN: bound('minY'),
  ST_YMAX: bound('maxY'),
};

/* A row of several geometries is one geometry. */
export const spatialAggregateSql: SqlFor<typeof spatialAggregates> = {
  ST_CENTROID_AGG([{ single: one, list }], { filter }) {
    const mean = (place: 1 | 2): Sql => {
      if (!list) return sql`avg(${coordinate(one, place)})${filter}`;
      const all = sql`flatten(list(CASE WHEN ${list} IS NOT NULL THEN ${list} WHEN ${one} IS NOT NULL THEN [${one}] END)${filter})`;
      return sql`list_avg(list_transform(${all}, lambda p: ${coordinate(sql`p`, place)}))`;
    };
    return single(sql`('POINT (' || (${mean(1)})::VARCHAR || ' ' || (${mean(2)})::VARCHAR || ')')`);
  },
  ST_EXTENT_AGG([value], { args, filter }) {
    const of = (aggregate: Sql, side: Side): Sql =>
      sql`${aggregate}(${sideOf(together(value), globe(args), side)})${filter}`;
    const [low, high] = [sql`min`, sql`max`];
    return single(box(of(low, 'minX'), of(high, 'maxX'), of(high, 'maxY'), of(low, 'minY')));
  },
};
