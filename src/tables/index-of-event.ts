import { ownColumns } from '../documents/columns.ts';
import { ident, type Sql, sql } from '../sql/sql.ts';

/** The index of a hit as documents name it; of a backing index, its data stream. */
export const indexOfHit = sql`regexp_replace(regexp_replace(${ident(ownColumns.hitIndex)}, '^\\.ds-', ''), '-[0-9]{4}\\.[0-9]{2}\\.[0-9]{2}-[0-9]{6}$', '')`;

/** The fields that say which data stream an event belongs to. */
export const streamFields = ['data_stream.type', 'data_stream.dataset', 'data_stream.namespace'] as const;

/** The name of a data stream, of whose parts the namespace may be missing; `single` gives the values that there are. */
export function dataStreamName(single: (name: string) => Sql | undefined): Sql {
  const [type, dataset, namespace] = streamFields.map((name) => sql`(${single(name) ?? sql`NULL`})::VARCHAR`);
  return sql`lower(${type!} || '-' || ${dataset!} || '-' || coalesce(${namespace!}, 'default'))`;
}
