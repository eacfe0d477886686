import type { Constant, ConstantScalar } from '../../plan/expression.ts';
import { endOfNanos } from '../../values/date.ts';
import type { EsqlType } from '../../values/types.ts';
import { list, number, type Sql, sql, text } from '../sql.ts';
import type { Representation } from './representation.ts';
import { storageType } from './storage-type.ts';

export const emitNull = (type: EsqlType): Representation => ({
  single: type === 'null' ? sql`NULL` : sql`NULL::${storageType(type)}`,
  list: null,
});

export function emitConstant({ type, value }: Constant): Representation {
  if (value === null) return emitNull(type);
  if (Array.isArray(value)) {
    const items = (value as readonly ConstantScalar[]).map((item) => emitScalar(type, item));
    return { single: sql`NULL::${storageType(type)}`, list: list(items) };
  }
  if (typeof value === 'object') return { single: sql`NULL`, list: null };
  return { single: emitScalar(type, value as ConstantScalar), list: null };
}

/** A literal in the type that its column would have. */
export function emitScalar(type: EsqlType, value: ConstantScalar): Sql {
  if (typeof value === 'boolean') return value ? sql`true` : sql`false`;
  if (typeof value === 'string') return text(value);
  if (typeof value === 'number') return sql`${text(Object.is(value, -0) ? '-0' : String(value))}::DOUBLE`;
  if (type === 'date') return inTimestampRange(value) ? sql`make_timestamp_ms(${number(value)})` : sql`NULL::TIMESTAMP`;
  if (type === 'date_nanos')
    return value < endOfNanos ? sql`make_timestamp_ns(${number(value)})` : sql`NULL::TIMESTAMP_NS`;
  if (type === 'integer' && value >= 0n) return number(value);
  return sql`(${number(value)})::${storageType(type)}`;
}

/** DuckDB's timestamps count microseconds in 64 bits. */
const inTimestampRange = (millis: bigint): boolean =>
  millis > -9_000_000_000_000_000n && millis < 9_000_000_000_000_000n;
