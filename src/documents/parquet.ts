/*
 * Files of Parquet with one row group, from pages that are encoded already. The format is described at
 * https://parquet.apache.org/docs/file-format/ and https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
 */

/** What the values of a column are. */
export type ColumnType = 'text' | 'whole' | 'decimal' | 'boolean' | 'date' | 'dateNanos';

/** A column with its pages. */
export interface EncodedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Several values a row. */
  readonly isList: boolean;
  /** Whether rows may be without a value. */
  readonly isOptional: boolean;
  readonly dictionary: { readonly bytes: Uint8Array; readonly count: number } | null;
  readonly data: Uint8Array;
  /** Values with those that are not there. */
  readonly count: number;
}

const physical: Readonly<Record<ColumnType, number>> = {
  boolean: 0,
  whole: 2,
  date: 2,
  dateNanos: 2,
  decimal: 5,
  text: 6,
};
const plain = 0;
const runLengths = 3;
const numbersOfDictionary = 8;
const magic = Buffer.from('PAR1');

/** A column of the values at some places, with a value in every row. */
export function plainColumn(
  name: string,
  values: readonly string[] | BigInt64Array,
  places: Uint32Array,
): EncodedColumn {
  const data = Buffer.allocUnsafe(
    values instanceof BigInt64Array
      ? 8 * places.length
      : values.reduce((sum, value) => sum + 4 + Buffer.byteLength(value), 0),
  );
  let at = 0;
  for (const place of places) {
    const value = values[place]!;
    if (typeof value === 'bigint') at = data.writeBigInt64LE(value, at);
    else {
      const length = data.write(value, at + 4);
      at = data.writeUInt32LE(length, at) + length;
    }
  }
  return {
    name,
    type: values instanceof BigInt64Array ? 'whole' : 'text',
    isList: false,
    isOptional: false,
    dictionary: null,
    data: data.subarray(0, at),
    count: places.length,
  };
}

/** The bytes of a file, in parts. */
export function parquetFile(columns: readonly EncodedColumn[], rows: number): Uint8Array[] {
  const parts: Uint8Array[] = [magic];
  let offset = magic.length;
  const add = (bytes: Uint8Array): void => {
    parts.push(bytes);
    offset += bytes.length;
  };
  const chunks = columns.map((column) => {
    const begin = offset;
    if (column.dictionary) {
      add(
        pageHeader(2, column.dictionary.bytes.length, (page) => {
          page.struct(7, (header) => header.int(1, column.dictionary!.count).int(2, plain));
        }),
      );
      add(column.dictionary.bytes);
    }
    const data = offset;
    add(
      pageHeader(0, column.data.length, (page) => {
        page.struct(5, (header) =>
          header
            .int(1, column.count)
            .int(2, column.dictionary ? numbersOfDictionary : plain)
            .int(3, runLengths)
            .int(4, runLengths),
        );
      }),
    );
    add(column.data);
    return { column, begin, data, bytes: offset - begin };
  });
  const total = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  const footer = new ThriftStruct()
    .int(1, 1)
    .structs(2, [(root) => root.text(4, 'documents').int(5, columns.length), ...columns.flatMap(schemaOf)])
    .long(3, rows)
    .structs(4, [
      (group) =>
        group
          .structs(
            1,
            chunks.map(
              ({ column, begin, data, bytes }) =>
                (chunk) =>
                  chunk.long(2, begin).struct(3, (meta) => {
                    meta
                      .int(1, physical[column.type])
                      .ints(2, column.dictionary ? [plain, runLengths, numbersOfDictionary] : [plain, runLengths])
                      .texts(3, column.isList ? [column.name, 'list', 'element'] : [column.name])
                      .int(4, 0)
                      .long(5, column.count)
                      .long(6, bytes)
                      .long(7, bytes)
                      .long(9, data);
                    if (column.dictionary) meta.long(11, begin);
                  }),
            ),
          )
          .long(2, total)
          .long(3, rows),
    ])
    .end();
  add(footer);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(footer.length, 0);
  magic.copy(end, 4);
  add(end);
  return parts;
}

function pageHeader(type: number, bytes: number, more: (header: ThriftStruct) => void): Uint8Array {
  const header = new ThriftStruct().int(1, type).int(2, bytes).int(3, bytes);
  more(header);
  return header.end();
}

const required = 0;
const optional = 1;
const repeated = 2;

type Fill = (struct: ThriftStruct) => void;

function schemaOf({ name, type, isList, isOptional }: EncodedColumn): Fill[] {
  const element =
    (called: string, repetition: number): Fill =>
    (schema) => {
      schema.int(1, physical[type]).int(3, repetition).text(4, called);
      if (type === 'text') schema.int(6, 0).struct(10, (logical) => logical.struct(1, () => undefined));
      if (type === 'date' || type === 'dateNanos')
        schema.struct(10, (logical) =>
          logical.struct(8, (timestamp) =>
            timestamp.bool(1, false).struct(2, (unit) => unit.struct(type === 'date' ? 1 : 3, () => undefined)),
          ),
        );
    };
  if (!isList) return [element(name, isOptional ? optional : required)];
  return [
    (schema) =>
      schema
        .int(3, optional)
        .text(4, name)
        .int(5, 1)
        .int(6, 3)
        .struct(10, (logical) => logical.struct(3, () => undefined)),
    (schema) => schema.int(3, repeated).text(4, 'list').int(5, 1),
    element('element', required),
  ];
}

const typeIds = { true: 1, false: 2, int: 5, long: 6, binary: 8, list: 9, struct: 12 } as const;

/** Bytes of which nobody knows beforehand how many there will be. */
class GrowingBytes {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  #room(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  push(byte: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = byte;
  }

  append(bytes: Buffer): void {
    this.#room(bytes.length);
    this.#length += bytes.copy(this.#bytes, this.#length);
  }

  all(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** A struct in Thrift's compact protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md */
class ThriftStruct {
  #last = 0;

  constructor(private readonly bytes = new GrowingBytes()) {}

  #field(id: number, type: number): void {
    // Numbers of fields only grow here, by less than sixteen.
    this.bytes.push(((id - this.#last) << 4) | type);
    this.#last = id;
  }

  /** Seven bits a byte, the lowest first. */
  #varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.bytes.push((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.bytes.push(rest);
  }

  #content(text: string): void {
    const encoded = Buffer.from(text);
    this.#varint(encoded.length);
    this.bytes.append(encoded);
  }

  #items(id: number, type: number, count: number): void {
    this.#field(id, typeIds.list);
    if (count < 15) this.bytes.push((count << 4) | type);
    else {
      this.bytes.push(0xf0 | type);
      this.#varint(count);
    }
  }

  /** No number here is negative, so the sign is always 0. */
  int(id: number, value: number): this {
    this.#field(id, typeIds.int);
    this.#varint(value * 2);
    return this;
  }

  long(id: number, value: number): this {
    this.#field(id, typeIds.long);
    this.#varint(value * 2);
    return this;
  }

  bool(id: number, value: boolean): this {
    this.#field(id, value ? typeIds.true : typeIds.false);
    return this;
  }

  text(id: number, value: string): this {
    this.#field(id, typeIds.binary);
    this.#content(value);
    return this;
  }

  ints(id: number, values: readonly number[]): this {
    this.#items(id, typeIds.int, values.length);
    for (const value of values) this.#varint(value * 2);
    return this;
  }

  texts(id: number, values: readonly string[]): this {
    this.#items(id, typeIds.binary, values.length);
    for (const value of values) this.#content(value);
    return this;
  }

  struct(id: number, fill: Fill): this {
    this.#field(id, typeIds.struct);
    this.#inner(fill);
    return this;
  }

  structs(id: number, fills: readonly Fill[]): this {
    this.#items(id, typeIds.struct, fills.length);
    for (const fill of fills) this.#inner(fill);
    return this;
  }

  #inner(fill: Fill): void {
    const inner = new ThriftStruct(this.bytes);
    fill(inner);
    this.bytes.push(0);
  }

  /** The bytes of the whole. */
  end(): Uint8Array {
    this.bytes.push(0);
    return this.bytes.all();
  }
}
