import type { DuckDBVector } from '@duckdb/node-api';

/** The arguments of a function in one column of a chunk. */
export interface ArgumentReader {
  get(row: number): unknown;
  /** Whether a row certainly has what the one before it has. */
  isSame(row: number): boolean;
}

/**
 * Reads the column of a chunk. A text is decoded once where the rows after it have the very same: constants, and what the
 * engine keeps once for many rows, are written as the same bytes, which hold short texts and where longer ones stand.
 */
export function argumentReader(column: DuckDBVector): ArgumentReader {
  // Without this private part of the package's vectors every row is decoded.
  const { dataView: view } = column as unknown as { readonly dataView?: DataView };
  const isText = view !== undefined && view.byteLength === column.itemCount * textBytes && 'itemCache' in column;
  const isSame = (row: number): boolean => {
    if (!isText || row === 0) return false;
    const at = row * textBytes;
    for (let i = at; i < at + textBytes; i += 4) if (view.getInt32(i) !== view.getInt32(i - textBytes)) return false;
    return true;
  };
  let last: unknown;
  return {
    isSame,
    get(row) {
      // What a row without a value has in its bytes means nothing.
      if (row > 0 && last !== null && last !== undefined && isSame(row)) {
        const isThere = (column as unknown as { readonly validity: { itemValid(row: number): boolean } }).validity;
        last = isThere.itemValid(row) ? last : null;
      } else last = column.getItem(row);
      return last;
    },
  };
}

/** A text of the engine: its length, and its characters or their beginning and where they stand. */
const textBytes = 16;
