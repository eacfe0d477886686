import { type Sql, sql } from '../../sql/sql.ts';
import type { Evaluation, ScalarFunction } from './definition.ts';
import * as types from './type-sets.ts';

/** Half away from zero; beyond 2^52 a double has no fraction to round. */
function roundDouble(value: Sql, decimals: Sql | null): Sql {
  if (!decimals)
    return sql`CASE WHEN abs(${value}) < 4503599627370496e0 THEN sign(${value}) * floor(abs(${value}) + 0.5e0) ELSE ${value} END`;
  const scale = sql`pow(10e0, ${decimals})`;
  const scaled = sql`abs(${value}) * ${scale}`;
  return sql`CASE WHEN ${scale} = 0 THEN 0e0 WHEN ${scaled} < 9007199254740992e0 THEN floor(${scaled} + 0.5e0) / ${scale} * (CASE WHEN ${value} > 0 THEN 1e0 ELSE -1e0 END) ELSE ${value} END`;
}

/**
 * Whole numbers change only with negative places: half away from zero, and nought where the number has no more digits
 * than are rounded away.
 */
function roundWhole(value: Sql, decimals: Sql, storage: Sql): Evaluation {
  const magnitude = sql`abs(${value}::HUGEINT)`;
  const unit = sql`pow(10e0, least(-(${decimals}), 30))::HUGEINT`;
  const rounded = sql`CASE WHEN ${decimals} >= 0 THEN ${value}::HUGEINT
    WHEN length(${magnitude}::VARCHAR) <= -(${decimals}) THEN 0
    ELSE ((${magnitude} + ${unit} // 2) // ${unit}) * ${unit} * (CASE WHEN ${value} < 0 THEN -1 ELSE 1 END) END`;
  return {
    value: sql`TRY_CAST(${rounded} AS ${storage})`,
    failure: {
      when: sql`${value} IS NOT NULL AND ${decimals} IS NOT NULL`,
      reason: sql`'java.lang.ArithmeticException: long overflow'`,
    },
  };
}

const round: ScalarFunction = {
  kind: 'scalar',
  name: 'ROUND',
  family: 'math',
  parameters: [
    { name: 'number', accepts: types.numeric },
    { name: 'decimals', accepts: types.wholeNumber, optional: true },
  ],
  multivalue: 'null-and-warn',
  returns: ([value]) => (value!.type === 'null' ? 'integer' : value!.type),
  duckdb([value, decimals], { type }) {
    if (type === 'double') return roundDouble(value!, decimals ?? null);
    if (!decimals) return value!;
    return roundWhole(
      value!,
      decimals,
      type === 'integer' ? sql`INTEGER` : type === 'long' ? sql`BIGINT` : sql`UBIGINT`,
    );
  },
  doc: 'Rounds to the nearest number of so many decimals; half goes away from zero.',
  example: 'ROW a = 2.345 | EVAL b = ROUND(a, 2)',
};

export const maths = [round];
