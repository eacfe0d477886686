import { javaDouble } from './java-double.ts';
import type { CellValue, EsqlType, ScalarValue } from './types.ts';

/** A cell as Elasticsearch's JSON has it: every digit of a long, doubles as Java prints them. */
export function cellJson(value: CellValue, type: EsqlType): string {
  if (value === null) return 'null';
  if (Array.isArray(value))
    return `[${(value as readonly ScalarValue[]).map((item) => scalarJson(item, type)).join(',')}]`;
  return scalarJson(value as ScalarValue, type);
}

function scalarJson(value: ScalarValue, type: EsqlType): string {
  if (typeof value === 'bigint') return value.toString();
  // JSON has no word for what is not finite.
  if (typeof value === 'number' && !Number.isFinite(value)) return JSON.stringify(javaDouble(value));
  if (typeof value === 'number') return type === 'double' ? javaDouble(value) : String(value);
  // A document is JSON already.
  return type === '_source' || type === 'flattened' ? String(value) : JSON.stringify(value);
}

/** A cell as text, the way Elasticsearch's CSV and TXT formats write it; several values as `[a, b]`. */
export function cellText(value: CellValue, type: EsqlType): string {
  if (value === null) return '';
  if (Array.isArray(value))
    return `[${(value as readonly ScalarValue[]).map((item) => scalarText(item, type)).join(', ')}]`;
  return scalarText(value as ScalarValue, type);
}

function scalarText(value: ScalarValue, type: EsqlType): string {
  return typeof value === 'number' && type === 'double' ? javaDouble(value) : String(value);
}
