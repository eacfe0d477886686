import { type grids, precisionError } from '../../../functions/grids.ts';
import { type GridType, precisions } from '../../../values/geo-grids.ts';
import { isString } from '../../../values/types.ts';
import { number, type Sql, sql, text } from '../../sql.ts';
import type { EmitContext, Evaluation, SqlFor } from './contract.ts';
import { coordinate } from './points.ts';

type Conversion = (typeof grids)['TO_GEOHASH']['parameters'];

const illegal = 'java.lang.IllegalArgumentException: ';

const cellOf =
  (type: GridType) =>
  ([point, precision, bounds]: readonly [Sql, Sql, Sql?]): Evaluation => {
    const [least, most] = precisions[type].map(number) as [Sql, Sql];
    const cell = sql`harrier_grid(${text(type)}, ${coordinate(point, 1)}, ${coordinate(point, 2)}, (${precision})::INTEGER)`;
    const fits = sql`${precision} BETWEEN ${least} AND ${most}`;
    const reason = sql`${text(illegal)} || replace(${text(precisionError(type, '%'))}, '%', (${precision})::VARCHAR)`;
    const failure = { when: sql`${point} IS NOT NULL AND NOT (${fits})`, reason };
    if (bounds === undefined) return { value: sql`CASE WHEN ${fits} THEN ${cell} END`, failure };
    const overlaps = sql`harrier_grid_overlaps(${text(type)}, ${cell}, ${bounds})`;
    return { value: sql`CASE WHEN ${fits} AND ${overlaps} THEN ${cell} END`, failure };
  };

const conversion =
  (type: GridType) =>
  ([value]: readonly [Sql], { args: [{ type: from }] }: EmitContext<Conversion>): Evaluation | Sql => {
    if (!isString(from)) return value;
    return {
      value: sql`harrier_grid_cell(${text(type)}, ${value})`,
      failure: {
        when: sql`${value} IS NOT NULL`,
        reason: sql`${text(`${illegal}Invalid ${type}: `)} || ${value}`,
      },
    };
  };

export const gridSql: SqlFor<typeof grids> = {
  ST_GEOHASH: cellOf('geohash'),
  ST_GEOTILE: cellOf('geotile'),
  ST_GEOHEX: cellOf('geohex'),
  TO_GEOHASH: conversion('geohash'),
  TO_GEOTILE: conversion('geotile'),
  TO_GEOHEX: conversion('geohex'),
};
