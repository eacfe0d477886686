import type { Argument } from '../../../functions/definition.ts';
import { onGlobe, type spatialAggregates, type spatials } from '../../../functions/spatials.ts';
import type { Extent } from '../../../values/geometry.ts';
import { type Sql, sql, text } from '../../sql.ts';
import { type Representation, single } from '../representation.ts';
import type { CustomContext, SqlFor } from './contract.ts';
import { coordinate, metresBetween, planeDistance, pointText } from './points.ts';
import { doubleToText } from './texts.ts';

export const globe = (args: readonly (Argument | undefined)[]): Sql => (onGlobe(args) ? sql`true` : sql`false`);

/** All values of a row as one geometry. */
export const together = ({ single, list }: Representation): Sql =>
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
  sql`('BBOX (' || ${doubleToText(minX)} || ', ' || ${doubleToText(maxX)} || ', ' || ${doubleToText(maxY)} || ', ' || ${doubleToText(minY)} || ')')`;

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

/** The point in the midst of shapes, of those alone that have the highest dimension. */
function midstOfShapes(shape: Sql, onEarth: Sql, filter: Sql): Sql {
  const total = (dimension: Sql, part: 'x' | 'y' | 'weight'): Sql =>
    sql`sum(harrier_midst(${shape}, ${onEarth}, ${dimension}, ${text(part)}))${filter}`;
  const of = (dimension: Sql): Sql => {
    const mean = (part: 'x' | 'y'): Sql => sql`${total(dimension, part)} / ${total(dimension, 'weight')}`;
    return pointText(mean('x'), mean('y'));
  };
  return sql`coalesce(${of(sql`2`)}, ${of(sql`1`)}, ${of(sql`0`)})`;
}

/* A row of several geometries is one geometry. */
export const spatialAggregateSql: SqlFor<typeof spatialAggregates> = {
  ST_CENTROID_AGG([value], { args, filter }) {
    if (args[0].type === 'geo_shape' || args[0].type === 'cartesian_shape')
      return single(midstOfShapes(together(value), globe(args), filter));
    const { single: one, list } = value;
    const mean = (place: 1 | 2): Sql => {
      if (!list) return sql`avg(${coordinate(one, place)})${filter}`;
      const all = sql`flatten(list(CASE WHEN ${list} IS NOT NULL THEN ${list} WHEN ${one} IS NOT NULL THEN [${one}] END)${filter})`;
      return sql`list_avg(list_transform(${all}, lambda p: ${coordinate(sql`p`, place)}))`;
    };
    return single(pointText(mean(1), mean(2)));
  },
  ST_EXTENT_AGG([value], { args, filter }) {
    const reach = (aggregate: Sql, side: keyof Extent): Sql =>
      sql`${aggregate}(harrier_reach(${together(value)}, ${globe(args)}, ${text(side)}))${filter}`;
    const [low, high] = [sql`min`, sql`max`];
    const [westMin, westMax] = [reach(low, 'westMin'), reach(high, 'westMax')];
    const [eastMin, eastMax] = [reach(low, 'eastMin'), reach(high, 'eastMax')];
    const [minX, maxX] = [sql`least(${westMin}, ${eastMin})`, sql`greatest(${westMax}, ${eastMax})`];
    const [maxY, minY] = [reach(high, 'maxY'), reach(low, 'minY')];
    const plain = box(minX, maxX, maxY, minY);
    if (!onGlobe(args)) return single(plain);
    // What lies on both sides of the date line has the smaller box around the back of the globe.
    const isBehind = sql`${eastMax} - ${westMin} > 360 - ${eastMin} + ${westMax}`;
    return single(sql`CASE WHEN ${isBehind} THEN ${box(eastMin, westMax, maxY, minY)} ELSE ${plain} END`);
  },
};
