import type { Precision } from '../../catalogue/catalogue.ts';
import { type Sql, sql } from '../sql.ts';

/** The nearest number that a field of less precision than a double holds. */
export const rounded = (value: Sql, precision: Precision): Sql =>
  precision === 'float' ? sql`TRY_CAST(${value} AS FLOAT)::DOUBLE` : halfFloat(sql`(${value})::DOUBLE`);

/** With eleven significant bits, of the smallest numbers down to 2^-24; half a unit goes to the even one. */
function halfFloat(value: Sql): Sql {
  const unit = sql`pow(2, greatest(floor(log2(abs(${value}))) - 10, -24))`;
  return sql`(CASE WHEN ${value} = 0 THEN 0 ELSE round_even(${value} / ${unit}, 0) * ${unit} END)`;
}
