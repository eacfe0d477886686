import { own } from '../values/own.ts';
import type { CellValue, EsqlType, ScalarValue } from '../values/types.ts';

/** A cell in a saved file: numbers that JSON would not give back exactly are texts. */
export type SavedCell = string | number | boolean | null | readonly (string | number | boolean)[];

/** A cell as it is saved. */
export function encodeCell(value: CellValue): SavedCell {
  if (value === null) return null;
  return Array.isArray(value) ? value.map(encodeScalar) : encodeScalar(value as ScalarValue);
}

function encodeScalar(value: ScalarValue): string | number | boolean {
  if (typeof value === 'bigint') return String(value);
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** The cell that was saved, by the type of its column. */
export function decodeCell(saved: SavedCell, type: EsqlType): CellValue {
  if (saved === null) return null;
  const decode = own(decoders, type) ?? ((value) => value);
  return Array.isArray(saved) ? saved.map(decode) : decode(saved as string | number | boolean);
}

const decoders: Readonly<Record<string, (value: string | number | boolean) => ScalarValue>> = {
  long: BigInt,
  unsigned_long: BigInt,
  integer: Number,
  double: Number,
};
