import {
  Bool,
  type DataType,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  TimestampMillisecond,
  tableToIPC,
  Uint64,
  Utf8,
  vectorFromArray,
} from 'apache-arrow';
import { parseDate } from '../values/date.ts';
import { type CellValue, countedType, type EsqlType, type QueryResult, type ScalarValue } from '../values/types.ts';

/** A result as an Arrow stream of one batch. Columns in which a row has several values are lists throughout. */
export function arrowStream({ columns, values }: QueryResult): Buffer {
  const vectors = columns.map(({ type }, i) => {
    const cells = values.map((row) => row[i]!);
    const item = arrowType(type);
    const several = cells.some((cell) => Array.isArray(cell));
    const one = (cell: ScalarValue): unknown => convert(cell, type);
    if (!several)
      return vectorFromArray(
        cells.map((cell) => (cell === null ? null : one(cell as ScalarValue))),
        item,
      );
    const lists = cells.map((cell: CellValue) =>
      cell === null ? null : (Array.isArray(cell) ? (cell as readonly ScalarValue[]) : [cell as ScalarValue]).map(one),
    );
    return vectorFromArray(lists, new List(new Field('item', item, true)));
  });
  const fields = columns.map(
    ({ name, type }, i) => new Field(name, vectors[i]!.type as DataType, true, new Map([['elastic:type', type]])),
  );
  const schema = new Schema(fields);
  const children = vectors.map((vector) => vector.data[0] ?? makeData({ type: vector.type, length: 0 } as never));
  const struct = makeData({
    type: new Struct(fields),
    length: values.length,
    nullCount: 0,
    children: children as never,
  });
  const stream = Buffer.from(tableToIPC(new Table(schema, [new RecordBatch(schema, struct)]), 'stream'));
  // The end of the body is the end of the stream. With a mark for it, readers (apache-arrow 21) hang up while the last
  // bytes are on their way, and undici takes that for a request that was broken off.
  return stream.subarray(-endMark.length).equals(endMark) ? stream.subarray(0, -endMark.length) : stream;
}

const endMark = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]);

function arrowType(type: EsqlType): DataType {
  switch (countedType(type)) {
    case 'boolean':
      return new Bool();
    case 'integer':
      return new Int32();
    case 'long':
      return new Int64();
    case 'unsigned_long':
      return new Uint64();
    case 'double':
      return new Float64();
    case 'date':
      return new TimestampMillisecond();
    case 'null':
    case 'unsupported':
      return new Null();
    default:
      return new Utf8();
  }
}

function convert(value: ScalarValue, type: EsqlType): unknown {
  switch (countedType(type)) {
    case 'integer':
    case 'double':
    case 'boolean':
      return value;
    case 'long':
    case 'unsigned_long':
      return BigInt(value as bigint);
    case 'date':
      return Number(parseDate(String(value)));
    default:
      return String(value);
  }
}
