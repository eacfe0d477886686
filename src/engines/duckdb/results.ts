import type {
  DuckDBDataChunk,
  DuckDBListValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampValue,
  DuckDBValue,
  DuckDBVector,
} from '@duckdb/node-api';
import { ResultTooLargeError } from '../../diagnostics/diagnostic.ts';
import { formatDate, formatDateNanos } from '../../values/date.ts';
import { gridText } from '../../values/geo-grids.ts';
import { formatIp } from '../../values/ip.ts';
import { type CellValue, countedType, type EsqlType, type ScalarValue } from '../../values/types.ts';
import { TimeSlice } from '../time-slice.ts';
import type { RowStream } from './row-stream.ts';
import type { Selected } from './runnable.ts';

/** Rows, and about how many bytes they hold. */
export interface ReadRows {
  readonly values: CellValue[][];
  readonly bytes: number;
}

/**
 * Reads every row of a stream into cells: single values from one SQL column, lists from the one beside it. Throws a
 * ResultTooLargeError where the rows together hold more than `mostBytes`.
 */
export async function readRows(
  stream: RowStream,
  output: Selected,
  mostBytes = Number.POSITIVE_INFINITY,
): Promise<ReadRows> {
  const values: CellValue[][] = [];
  let bytes = 0;
  for (;;) {
    const chunk = await stream.next();
    if (!chunk) return { values, bytes };
    const slice = new TimeSlice();
    for (const cells of rowsOf(chunk, output)) {
      if (slice.isOver) await slice.next();
      for (const cell of cells) bytes += bytesOf(cell);
      if (bytes > mostBytes) throw ResultTooLargeError.overBytes(mostBytes);
      values.push(cells);
    }
  }
}

/** The rows of a piece of a result, which gives its memory back when they are read. */
export function* rowsOf(chunk: DuckDBDataChunk, output: Selected): Generator<CellValue[]> {
  const vectors = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i));
  const readers = columnReaders(vectors, output);
  const { rowCount } = chunk;
  try {
    for (let row = 0; row < rowCount; row++) yield readers.map((read) => read(row));
  } finally {
    // JavaScript takes a piece for some bytes, and would let megabytes of texts lie until it looks for garbage.
    chunk.reset();
  }
}

/** What a cell takes, beside its characters: roughly a number or a reference. */
export const bytesOf = (cell: CellValue): number =>
  Array.isArray(cell)
    ? (cell as readonly ScalarValue[]).reduce<number>((sum, item) => sum + bytesOf(item), 8)
    : typeof cell === 'string'
      ? 8 + cell.length
      : 8;

function columnReaders(vectors: readonly DuckDBVector[], output: Selected): ((row: number) => CellValue)[] {
  let at = 0;
  return output.map(({ column, hasList }) => {
    const singles = vectors[at++]!;
    const lists = hasList ? vectors[at++]! : null;
    const read = scalarReader(column.type);
    return (row) => {
      const list = lists?.getItem(row);
      if (list !== null && list !== undefined) return (list as DuckDBListValue).items.map(read);
      const single = singles.getItem(row) as DuckDBValue | null;
      return single === null || single === undefined ? null : read(single);
    };
  });
}

function scalarReader(type: EsqlType): (value: DuckDBValue) => ScalarValue {
  const counted = countedType(type);
  switch (counted) {
    case 'date':
      return (value) => formatDate((value as DuckDBTimestampValue).micros / 1000n);
    case 'date_nanos':
      return (value) => formatDateNanos((value as DuckDBTimestampNanosecondsValue).nanos);
    case 'ip':
      return (value) => formatIp(value as bigint);
    case 'geohash':
    case 'geotile':
    case 'geohex':
      return (value) => gridText(counted, BigInt(value as bigint | number));
    case 'long':
    case 'unsigned_long':
      return (value) => BigInt(value as bigint | number);
    case 'integer':
      return (value) => Number(value);
    default:
      return (value) => value as ScalarValue;
  }
}
