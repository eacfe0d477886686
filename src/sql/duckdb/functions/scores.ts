import { curveOf, distanceOf, type scores } from '../../../functions/scores.ts';
import { optionOf } from '../../../plan/expression.ts';
import { isDate, isNumeric } from '../../../values/types.ts';
import { number, type Sql, sql } from '../../sql.ts';
import { type SqlFor, withAll } from './contract.ts';
import { metresBetween, planeDistance } from './points.ts';

/** Milliseconds since the epoch, with those of nanoseconds. */
const time = (date: Sql, type: 'date' | 'date_nanos'): Sql =>
  type === 'date_nanos' ? sql`(epoch_ns(${date}) / 1e6)` : sql`epoch_ms(${date})::DOUBLE`;

export const scoreSql: SqlFor<typeof scores> = {
  DECAY([value, origin, length], { args, options }) {
    const [of, from, by] = args;
    const whole = of.type === 'integer' || of.type === 'long' || of.type === 'unsigned_long';
    const plain = (one: Sql): Sql => (whole ? sql`trunc((${one})::DOUBLE)` : sql`(${one})::DOUBLE`);
    const scale = isNumeric(by.type) ? plain(length) : sql`${number(distanceOf(of, by.value)!)}::DOUBLE`;
    const offset = distanceOf(of, optionOf(options, 'offset')) ?? 0;
    const decay = Number(optionOf(options, 'decay') ?? 0.5);
    const distance = isDate(of.type)
      ? sql`abs(${time(value, of.type as 'date')} - ${time(origin, from.type as 'date')})`
      : of.type === 'geo_point'
        ? metresBetween(value, origin)
        : of.type === 'cartesian_point'
          ? planeDistance(value, origin)
          : sql`abs((${value})::DOUBLE - ${plain(origin)})`;
    const beyond = withAll([value, origin], sql`greatest(0e0, ${distance} - ${number(offset)}::DOUBLE)`);
    // A scale of zero, or a decay of zero or one, makes no curve.
    const double = (constant: number): Sql =>
      Number.isFinite(constant) && constant !== 0 ? sql`${number(constant)}::DOUBLE` : sql`NULL::DOUBLE`;
    const span = sql`nullif(${scale}, 0)`;
    const log = double(Math.log(decay));
    switch (curveOf(options)) {
      case 'exp':
        return sql`exp(${log} / ${span} * ${beyond})`;
      case 'gauss':
        return sql`exp(0.5e0 * pow(${beyond}, 2) / (0.5e0 * pow(${span}, 2) / ${log}))`;
      default: {
        const reach = sql`(${span} / ${double(1 - decay)})`;
        return sql`(CASE WHEN ${beyond} < ${reach} THEN (${reach} - ${beyond}) / ${reach} WHEN ${beyond} >= ${reach} THEN 0e0 END)`;
      }
    }
  },
};
