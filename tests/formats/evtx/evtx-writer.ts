import { crc32 } from '../../../src/formats/compression/checksum.ts';

/** An element of a template or of a record. */
export interface Element {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, pieces: readonly Piece[]])[];
  readonly content: readonly (Element | Piece)[];
}

/** A piece of text, or a value of the instance. */
export type Piece =
  | { readonly text: string }
  | { readonly cdata: string }
  | { readonly entity: 'amp' | 'lt' | 'gt' | 'quot' | 'apos' }
  | { readonly character: number }
  | { readonly slot: number; readonly optional: boolean };

/** Values for the slots of a template. */
export interface Instance {
  readonly template: Element;
  readonly values: readonly Value[];
}

export type Value =
  | { readonly type: number; readonly bytes: Buffer }
  /** Elements in a value, by a template or bare. */
  | { readonly type: 0x21; readonly nested: Instance | Element };

export interface EventRecord {
  readonly id: number;
  readonly content: Instance | Element;
}

export const isInstance = (content: Instance | Element): content is Instance => 'template' in content;

export const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

const chunkBytes = 65_536;
const headerBytes = 512;
const more = 0x40;

/** Writes the records of one chunk. */
class ChunkWriter {
  readonly bytes = Buffer.alloc(chunkBytes);
  at = headerBytes;
  count = 0;
  readonly #names = new Map<string, number>();
  readonly #templates = new Map<Element, { readonly offset: number; readonly id: number }>();
  #first = 0;
  #last = 0;
  #lastAt = 0;

  /** Adds a record; false, and nothing, where the chunk has no room for it. */
  add({ id, content }: EventRecord): boolean {
    const begin = this.at;
    const names = new Map(this.#names);
    const templates = new Map(this.#templates);
    try {
      this.#u32(0x2a2a);
      this.#u32(0);
      this.#u64(id);
      this.#u64(133_500_000_000_000_000);
      this.#u8(0x0f, 1, 1, 0);
      if (isInstance(content)) this.#instance(content);
      else this.#element(content, true);
      this.#u8(0);
      const size = this.at + 4 - begin;
      this.#u32(size);
      this.bytes.writeUInt32LE(size, begin + 4);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.bytes.fill(0, begin);
      this.at = begin;
      this.#names.clear();
      for (const [name, at] of names) this.#names.set(name, at);
      this.#templates.clear();
      for (const [template, known] of templates) this.#templates.set(template, known);
      return false;
    }
    if (this.count === 0) this.#first = id;
    this.#last = id;
    this.#lastAt = begin;
    this.count++;
    return true;
  }

  finish(): Buffer {
    const { bytes } = this;
    bytes.write('ElfChnk\0', 0, 'latin1');
    for (const at of [8, 24]) bytes.writeBigUInt64LE(BigInt(this.#first), at);
    for (const at of [16, 32]) bytes.writeBigUInt64LE(BigInt(this.#last), at);
    bytes.writeUInt32LE(128, 40);
    bytes.writeUInt32LE(this.#lastAt, 44);
    bytes.writeUInt32LE(this.at, 48);
    signChunk(bytes);
    return bytes;
  }

  #u8(...values: number[]): void {
    for (const value of values) this.at = this.bytes.writeUInt8(value, this.at);
  }

  #u16(value: number): void {
    this.at = this.bytes.writeUInt16LE(value, this.at);
  }

  #u32(value: number): void {
    this.at = this.bytes.writeUInt32LE(value, this.at);
  }

  #u64(value: number): void {
    this.at = this.bytes.writeBigUInt64LE(BigInt(value), this.at);
  }

  #bytes(value: Buffer): void {
    if (this.at + value.length > chunkBytes) throw new RangeError('the chunk is full');
    this.at += value.copy(this.bytes, this.at);
  }

  /** The offset of a name, and the name itself where it is used first. */
  #name(name: string): void {
    const known = this.#names.get(name);
    if (known !== undefined) {
      this.#u32(known);
      return;
    }
    const offset = this.at + 4;
    this.#names.set(name, offset);
    this.#u32(offset);
    this.#u32(0);
    this.#u16(0x1234);
    this.#u16(name.length);
    this.#bytes(utf16(name));
    this.#u16(0);
  }

  #instance({ template, values }: Instance): void {
    this.#u8(0x0c, 1);
    const known = this.#templates.get(template);
    if (known) {
      this.#u32(known.id);
      this.#u32(known.offset);
    } else {
      const id = 0x1000 + this.#templates.size;
      const offset = this.at + 8;
      this.#templates.set(template, { offset, id });
      this.#u32(id);
      this.#u32(offset);
      this.#u32(0);
      this.#u32(id);
      this.#bytes(Buffer.alloc(12, 7));
      const sizeAt = this.at;
      this.#u32(0);
      this.#u8(0x0f, 1, 1, 0);
      this.#element(template, true);
      this.#u8(0);
      this.bytes.writeUInt32LE(this.at - sizeAt - 4, sizeAt);
    }
    this.#u32(values.length);
    const descriptors = this.at;
    this.#bytes(Buffer.alloc(4 * values.length));
    values.forEach((value, i) => {
      const begin = this.at;
      if ('bytes' in value) this.#bytes(value.bytes);
      else {
        this.#u8(0x0f, 1, 1, 0);
        if (isInstance(value.nested)) this.#instance(value.nested);
        else this.#element(value.nested, false);
        this.#u8(0);
      }
      this.bytes.writeUInt16LE(this.at - begin, descriptors + 4 * i);
      this.bytes.writeUInt8(value.type, descriptors + 4 * i + 2);
    });
  }

  #element({ name, attributes, content }: Element, hasDependency: boolean): void {
    this.#u8(attributes.length > 0 ? 0x01 | more : 0x01);
    if (hasDependency) this.#u16(0xffff);
    const sizeAt = this.at;
    this.#u32(0);
    this.#name(name);
    if (attributes.length > 0) {
      const listAt = this.at;
      this.#u32(0);
      attributes.forEach(([own, pieces], i) => {
        this.#u8(i < attributes.length - 1 ? 0x06 | more : 0x06);
        this.#name(own);
        for (const piece of pieces) this.#piece(piece);
      });
      this.bytes.writeUInt32LE(this.at - listAt - 4, listAt);
    }
    if (content.length === 0) this.#u8(0x03);
    else {
      this.#u8(0x02);
      for (const one of content) {
        if ('name' in one) this.#element(one, hasDependency);
        else this.#piece(one);
      }
      this.#u8(0x04);
    }
    this.bytes.writeUInt32LE(this.at - sizeAt - 4, sizeAt);
  }

  #piece(piece: Piece): void {
    if ('text' in piece) {
      this.#u8(0x05, 1);
      this.#u16(piece.text.length);
      this.#bytes(utf16(piece.text));
    } else if ('cdata' in piece) {
      this.#u8(0x07);
      this.#u16(piece.cdata.length);
      this.#bytes(utf16(piece.cdata));
    } else if ('entity' in piece) {
      this.#u8(0x09);
      this.#name(piece.entity);
    } else if ('character' in piece) {
      this.#u8(0x08);
      this.#u16(piece.character);
    } else {
      this.#u8(piece.optional ? 0x0e : 0x0d);
      this.#u16(piece.slot);
      this.#u8(0);
    }
  }
}

/** Puts the right checksums into a chunk. */
export function signChunk(chunk: Buffer): void {
  chunk.writeUInt32LE(crc32(chunk.subarray(headerBytes, chunk.readUInt32LE(48))), 52);
  chunk.writeUInt32LE(crc32(chunk.subarray(128, headerBytes), crc32(chunk.subarray(0, 120))), 124);
}

/** The chunks that hold records, in their order. */
export function chunksWith(records: readonly EventRecord[], mostInOne = Number.POSITIVE_INFINITY): Buffer[] {
  const chunks: Buffer[] = [];
  let writer = new ChunkWriter();
  for (const record of records) {
    if (writer.count < mostInOne && writer.add(record)) continue;
    if (writer.count === 0) throw new Error('a record has no room in a chunk');
    chunks.push(writer.finish());
    writer = new ChunkWriter();
    if (!writer.add(record)) throw new Error('a record has no room in a chunk');
  }
  if (writer.count > 0) chunks.push(writer.finish());
  return chunks;
}

/** The file of chunks. */
export function fileOf(chunks: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(4096);
  header.write('ElfFile\0', 0, 'latin1');
  header.writeBigUInt64LE(BigInt(Math.max(0, chunks.length - 1)), 16);
  header.writeUInt32LE(128, 32);
  header.writeUInt16LE(1, 36);
  header.writeUInt16LE(3, 38);
  header.writeUInt16LE(4096, 40);
  header.writeUInt16LE(chunks.length, 42);
  header.writeUInt32LE(crc32(header.subarray(0, 120)), 124);
  return Buffer.concat([header, ...chunks]);
}

const text = (value: string): Piece => ({ text: value });
const slot = (n: number, optional = true): Piece => ({ slot: n, optional });
const leaf = (name: string, ...content: Piece[]): Element => ({ name, attributes: [], content });

/** The template of an event with a place for its data, as Windows has it. */
export const systemTemplate: Element = {
  name: 'Event',
  attributes: [['xmlns', [text('http://schemas.microsoft.com/win/2004/08/events/event')]]],
  content: [
    {
      name: 'System',
      attributes: [],
      content: [
        { name: 'Provider', attributes: [['Name', [slot(0)]]], content: [] },
        { name: 'EventID', attributes: [['Qualifiers', [slot(1)]]], content: [slot(2)] },
        { name: 'TimeCreated', attributes: [['SystemTime', [slot(3)]]], content: [] },
        leaf('EventRecordID', slot(4)),
        leaf('Channel', text('Test')),
        leaf('Computer', text('host')),
      ],
    },
    slot(5),
  ],
};

const nothing: Value = { type: 0, bytes: Buffer.alloc(0) };
export const textValue = (value: string): Value => ({ type: 1, bytes: utf16(value) });

function number(type: number, value: number, size: 2 | 8): Value {
  const bytes = Buffer.alloc(size);
  if (size === 2) bytes.writeUInt16LE(value);
  else bytes.writeBigUInt64LE(BigInt(value));
  return { type, bytes };
}

/** An event with an id, a number and data. */
export function eventRecord(id: number, eventId: number, data: Instance | Element | null): EventRecord {
  const time = Buffer.alloc(8);
  time.writeBigUInt64LE(133_500_000_000_000_000n + BigInt(id));
  return {
    id,
    content: {
      template: systemTemplate,
      values: [
        textValue('Test-Provider'),
        nothing,
        number(6, eventId, 2),
        { type: 0x11, bytes: time },
        number(0x0a, id, 8),
        data === null ? nothing : { type: 0x21, nested: data },
      ],
    },
  };
}

/** The data of an event: named values. */
export function eventData(values: Readonly<Record<string, Value>>): Instance {
  const names = Object.keys(values);
  return { template: eventDataTemplate(names), values: Object.values(values) };
}

const dataTemplates = new Map<string, Element>();

/** The template for names: the same for the same names, as providers have it. */
function eventDataTemplate(names: readonly string[]): Element {
  const key = names.join('\0');
  const known = dataTemplates.get(key);
  if (known) return known;
  const template: Element = {
    name: 'EventData',
    attributes: [],
    content: names.map(
      (name, i): Element => ({ name: 'Data', attributes: [['Name', [text(name)]]], content: [slot(i, false)] }),
    ),
  };
  dataTemplates.set(key, template);
  return template;
}
