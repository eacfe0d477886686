import type { EsqlType } from '../../values/types.ts';
import { type Sql, sql } from '../sql.ts';

/** The DuckDB type that holds values of an ES|QL type. */
export function storageType(type: EsqlType): Sql {
  switch (type) {
    case 'boolean':
      return sql`BOOLEAN`;
    case 'integer':
    case 'counter_integer':
      return sql`INTEGER`;
    case 'long':
    case 'geohash':
    case 'geotile':
    case 'geohex':
    case 'counter_long':
      return sql`BIGINT`;
    case 'unsigned_long':
      return sql`UBIGINT`;
    case 'double':
    case 'counter_double':
      return sql`DOUBLE`;
    case 'date':
      return sql`TIMESTAMP`;
    case 'date_nanos':
      return sql`TIMESTAMP_NS`;
    case 'ip':
      return sql`UHUGEINT`;
    default:
      return sql`VARCHAR`;
  }
}
