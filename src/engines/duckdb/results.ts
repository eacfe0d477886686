import type {
  DuckDBListValue,
  DuckDBResult,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampValue,
  DuckDBValue,
} from '@duckdb/node-api';
import type { Emitted } from '../../emit/emit.ts';
import { formatDate, formatDateNanos } from '../../values/date.ts';
import { formatIp } from '../../values/ip.ts';
import type { CellValue, EsqlType, ScalarValue } from '../../values/types.ts';

/** Reads every row of a result into cells: single values from one SQL column, lists from the one beside it. */
export async function readRows(result: DuckDBResult, output: Emitted['output']): Promise<CellValue[][]> {
  const rows: CellValue[][] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (!chunk || chunk.rowCount === 0) return rows;
    const readers = columnReaders(chunk.getColumns(), output);
    for (let row = 0; row < chunk.rowCount; row++) rows.push(readers.map((read) => read(row)));
  }
}

function columnReaders(
  columns: readonly (readonly DuckDBValue[])[],
  output: Emitted['output'],
): ((row: number) => CellValue)[] {
  let at = 0;
  return output.map(({ column, hasList }) => {
    const singles = columns[at++]!;
    const lists = hasList ? columns[at++]! : null;
    const read = scalarReader(column.type);
    return (row) => {
      const list = lists?.[row];
      if (list !== null && list !== undefined) return (list as DuckDBListValue).items.map(read);
      const single = singles[row];
      return single === null || single === undefined ? null : read(single);
    };
  });
}

function scalarReader(type: EsqlType): (value: DuckDBValue) => ScalarValue {
  switch (type) {
    case 'date':
      return (value) => formatDate((value as DuckDBTimestampValue).micros / 1000n);
    case 'date_nanos':
      return (value) => formatDateNanos((value as DuckDBTimestampNanosecondsValue).nanos);
    case 'ip':
      return (value) => formatIp(value as bigint);
    case 'long':
    case 'unsigned_long':
      return (value) => BigInt(value as bigint | number);
    case 'integer':
      return (value) => Number(value);
    default:
      return (value) => value as ScalarValue;
  }
}
