import type { DuckDBConnection } from '@duckdb/node-api';
import { columnOf } from '../documents/columns.ts';
import { join, sql, text } from '../sql/sql.ts';
import type { RowPlan } from '../tables/row-plan.ts';
import type { Mapping } from './mapping.ts';
import { documentParsing, type Refusal } from './refusal.ts';

/** Whether an index keeps one document of each series and time. */
export const isTimeSeries = (settings: Readonly<Record<string, string>>): boolean =>
  settings.mode?.toLowerCase() === 'time_series';

/** The names of the fields that make up a series, in an order that does not depend on how they became known. */
export const dimensionsOf = ({ fields }: Mapping): string[] =>
  [...fields.values()]
    .filter(({ of, property }) => of === null && String(property.time_series_dimension) === 'true')
    .map(({ name }) => name)
    .sort();

/**
 * Makes identifiers of the dimensions and times of documents, as these would be stored, by the number of the document: or
 * says why it is refused. There is none for documents without dimensions, of which nothing says that two are of one series.
 */
export async function seriesIds(
  connection: DuckDBConnection,
  { relation, columns, refused }: RowPlan,
  dimensions: readonly string[],
): Promise<Map<number, string | Refusal>> {
  const valuesOf = (name: string, part: 'single' | 'list') => {
    const column = columns.find((one) => one.name === columnOf(name, part));
    return column ? [sql`(${column.value})::VARCHAR`] : [];
  };
  const [time = sql`NULL::VARCHAR`] = valuesOf('@timestamp', 'single');
  // Names and lengths keep the parts apart, whatever stands in them; one without a value adds nothing, so that a dimension
  // which is new changes no identifier.
  const parts = dimensions.flatMap((name) =>
    [...valuesOf(name, 'single'), ...valuesOf(name, 'list')].map(
      (value) => sql`coalesce(${text(`${name}=`)} || length(${value}) || ':' || ${value}, '')`,
    ),
  );
  const series = parts.length > 0 ? join(parts, ' || ') : sql`''`;
  const found = await connection.runAndReadAll(
    sql`SELECT "_n", CASE WHEN series <> '' THEN md5(series || '@' || "time") END, "time" IS NULL FROM (SELECT "_n", ${series} AS series, ${time} AS "time" FROM (${relation}) WHERE NOT ${refused})`,
  );
  const ids = new Map<number, string | Refusal>();
  for (const [n, id, hasNoTime] of found.getRows()) {
    if (hasNoTime) ids.set(Number(n), documentParsing('[1:1] failed to parse: the field [@timestamp] is missing'));
    else if (id !== null) ids.set(Number(n), String(id));
  }
  return ids;
}
