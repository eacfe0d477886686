import type { FunctionTable } from '../../../functions/table.ts';
import { aggregateSql } from './aggregates.ts';
import { anyValueSql } from './any-value.ts';
import { arithmeticSql } from './arithmetic.ts';
import { comparisonSql } from './comparisons.ts';
import { conditionalSql } from './conditionals.ts';
import type { AggregateSql, CustomSql, SqlFor, Unsupported, ValueSql } from './contract.ts';
import { conversionSql } from './conversions.ts';
import { dateSql } from './dates.ts';
import { formatSql } from './formats.ts';
import { fullTextSql } from './full-texts.ts';
import { geometrySql } from './geometries.ts';
import { gridSql } from './grids.ts';
import { groupingSql } from './grouping.ts';
import { harrierSql } from './harrier.ts';
import { internalSql } from './internal.ts';
import { ipSql } from './ips.ts';
import { logicSql } from './logic.ts';
import { angleSql, mathSql } from './maths.ts';
import { multivalueSql } from './multivalues.ts';
import { patternSql } from './patterns.ts';
import { rangeConversionSql, rangeSql } from './ranges.ts';
import { scoreSql } from './scores.ts';
import { seriesInternalSql } from './series-internals.ts';
import { spatialAggregateSql, spatialSql } from './spatials.ts';
import { stringSql } from './strings.ts';
import { timeSeriesSql } from './time-series.ts';

const all: SqlFor<FunctionTable> = {
  ...aggregateSql,
  ...angleSql,
  ...anyValueSql,
  ...arithmeticSql,
  ...comparisonSql,
  ...conditionalSql,
  ...conversionSql,
  ...dateSql,
  ...fullTextSql,
  ...groupingSql,
  ...harrierSql,
  ...internalSql,
  ...ipSql,
  ...logicSql,
  ...mathSql,
  ...multivalueSql,
  ...patternSql,
  ...rangeSql,
  ...rangeConversionSql,
  ...scoreSql,
  ...seriesInternalSql,
  ...spatialAggregateSql,
  ...spatialSql,
  ...geometrySql,
  ...gridSql,
  ...stringSql,
  ...formatSql,
  ...timeSeriesSql,
};

const byName: ReadonlyMap<string, object> = new Map(Object.entries<object>(all));

function sqlOf(name: string): object {
  const found = byName.get(name);
  if (!found) throw new Error(`DuckDB has no SQL for ${name}`);
  if ('unsupported' in found) throw new Error(`${name} reached DuckDB: ${(found as Unsupported).unsupported}`);
  return found;
}

/* The kind of a function, which its entry in the table of functions tells, says how its SQL is called. */

export const valueSql = (name: string): ValueSql => sqlOf(name) as ValueSql;
export const customSql = (name: string): CustomSql => sqlOf(name) as CustomSql;
export const aggregateSqlOf = (name: string): AggregateSql => sqlOf(name) as AggregateSql;
