import type { CellValue, ScalarValue } from './types.ts';

/** A value in JSON that no reader loses a digit of: whole numbers beyond 2^53 are texts of digits. */
export type WireScalar = string | number | boolean;
export type WireCell = WireScalar | readonly WireScalar[] | null;

/** A cell as pages have it. */
export function wireCell(value: CellValue): WireCell {
  if (value === null) return null;
  return Array.isArray(value) ? (value as readonly ScalarValue[]).map(wireScalar) : wireScalar(value as ScalarValue);
}

function wireScalar(value: ScalarValue): WireScalar {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  // JSON has no words for these.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
