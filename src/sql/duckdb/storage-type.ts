import type { EsqlType } from '../../values/types.ts';
import { ident, type Sql, sql } from '../sql.ts';

/** The DuckDB type that holds values of an ES|QL type. */
export function storageType(type: EsqlType): Sql {
  switch (type) {
    case 'boolean':
      return sql`BOOLEAN`;
    case 'integer':
      return sql`INTEGER`;
    case 'long':
      return sql`BIGINT`;
    case 'unsigned_long':
      return sql`UBIGINT`;
    case 'double':
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

/**
 * A column as a table defines it. Numbers of 128 bits are kept as they are: DuckDB (1.5) packs them by bits, and to unpack
 * one takes 150 ns, where one that is not packed takes 1.
 */
export const columnDefinition = (name: string, type: Sql): Sql =>
  type === storageType('ip') ? sql`${ident(name)} ${type} USING COMPRESSION uncompressed` : sql`${ident(name)} ${type}`;
