import fc from 'fast-check';
import { expect, it } from 'vitest';
import { convertFile } from './convert-file.ts';
import { documentOf } from './document-of.ts';
import {
  chunksWith,
  type Element,
  type EventRecord,
  eventData,
  eventRecord,
  fileOf,
  type Instance,
  type Piece,
  signChunk,
  textValue,
  utf16,
  type Value,
} from './evtx-writer.ts';

/** Text as records have it: without NUL, which ends it, and without halves of pairs. */
const string = fc
  .oneof(
    fc.string({ maxLength: 12, unit: 'grapheme' }),
    fc.constantFrom('', '"', '\\', '\n', '{', '},', '日本', '#text', '\u007f', 'ElfChnk', '**'),
  )
  .map((text) => text.replaceAll('\0', ''));
const name = fc
  .oneof(
    fc.constantFrom('a', 'b', 'Data', 'EventData', 'Name', '__proto__', 'constructor', 'c.d', '#text2', 'é'),
    fc.string({ minLength: 1, maxLength: 4, unit: 'grapheme' }).map((text) => text.replaceAll('\0', '') || 'x'),
  )
  .filter((text) => text !== 'xmlns' && text !== 'ComplexData' && !text.startsWith('xmlns:'));

/** A value, and what it is as JSON. */
const known = new WeakMap<Value, unknown>();
const valued = (value: Value, json: unknown): Value => {
  known.set(value, json);
  return value;
};
const whole = (type: number, size: 1 | 2 | 4, isSigned: boolean): fc.Arbitrary<Value> =>
  fc.integer({ min: isSigned ? -(2 ** (8 * size - 1)) : 0, max: 2 ** (8 * size - (isSigned ? 1 : 0)) - 1 }).map((n) => {
    const bytes = Buffer.alloc(size);
    if (isSigned) bytes.writeIntLE(n, 0, size);
    else bytes.writeUIntLE(n, 0, size);
    return valued({ type, bytes }, n);
  });
const plainValue: fc.Arbitrary<Value> = fc.oneof(
  string.map((text) => valued(textValue(text), text === '' ? undefined : text)),
  fc.constant(null).map(() => valued({ type: 0, bytes: Buffer.alloc(0) }, undefined)),
  whole(3, 1, true),
  whole(4, 1, false),
  whole(5, 2, true),
  whole(6, 2, false),
  whole(7, 4, true),
  whole(8, 4, false),
  fc.boolean().map((is) => valued({ type: 0x0d, bytes: Buffer.from([is ? 1 : 0, 0, 0, 0]) }, is)),
  fc
    .uint8Array({ minLength: 1, maxLength: 8 })
    .map((bytes) =>
      valued({ type: 0x0e, bytes: Buffer.from(bytes) }, Buffer.from(bytes).toString('hex').toUpperCase()),
    ),
  fc.date({ min: new Date('1601-01-01'), max: new Date('9000-01-01'), noInvalidDate: true }).map((date) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE((BigInt(date.getTime()) + 11_644_473_600_000n) * 10_000n);
    return valued({ type: 0x11, bytes }, date.toISOString().replace('Z', '0000Z'));
  }),
  fc.nat().map((n) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(n) * 4097n);
    return valued({ type: 0x15, bytes }, `0x${(BigInt(n) * 4097n).toString(16)}`);
  }),
);
const listValue = fc.array(string, { maxLength: 4 }).map((texts) =>
  valued(
    { type: 0x81, bytes: utf16(texts.map((text) => `${text}\0`).join('')) },
    texts.map((text) => (text === '' ? undefined : text)),
  ),
);

const slots = 6;
const textPiece: fc.Arbitrary<Piece> = fc.oneof(
  string.map((text) => ({ text })),
  string.map((cdata) => ({ cdata })),
  fc.constantFrom('amp' as const, 'quot' as const).map((entity) => ({ entity })),
  fc.constantFrom(0x41, 0x263a).map((character) => ({ character })),
);
/** Slots of which the last holds a list, and so stands alone. */
const slotPiece = (to: number): fc.Arbitrary<Piece> =>
  fc.record({ slot: fc.integer({ min: 0, max: to }), optional: fc.boolean() });
const pieces: fc.Arbitrary<Piece[]> = fc.oneof(
  fc.array(fc.oneof(textPiece, slotPiece(slots - 3)), { maxLength: 3 }),
  slotPiece(slots - 2).map((piece) => [piece]),
);
const attributes = fc.uniqueArray(fc.tuple(name, pieces), { maxLength: 3, selector: ([own]) => own });
const { element } = fc.letrec<{ element: Element }>((tie) => ({
  element: fc
    .record({
      name,
      attributes,
      content: fc.oneof(
        { depthSize: 'small' },
        pieces,
        fc.array(tie('element'), { minLength: 1, maxLength: 4 }) as fc.Arbitrary<Element['content'][number][]>,
      ),
    })
    // Only values name the values of a template with several names.
    .map((one): Element => one),
}));
/** Values: the last but one is a list, the last holds elements of its own. */
const instance: fc.Arbitrary<Instance> = fc.record({
  template: element,
  values: fc.tuple(plainValue, plainValue, plainValue, plainValue, listValue).map((values): Value[] => values),
});

const jsonOf = (value: Value): unknown => known.get(value);

it('reads what was written, whatever that is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(instance, element), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 3 }),
      (contents, inChunk) => {
        const records = [...contents, ...contents].map((content, i): EventRecord => {
          const { content: around } = eventRecord(i + 1, 1, content);
          return { id: i + 1, content: around };
        });
        const { documents, unreadable, found } = convertFile(fileOf(chunksWith(records, inChunk)), 70_000);
        expect(unreadable).toEqual([]);
        expect(found).toEqual({ chunks: Math.ceil(records.length / inChunk) });
        const expected = [...contents, ...contents].map((content) => documentOf(content, jsonOf));
        const read = documents.map((one) => {
          const { System: _, ...others } = (one as { Event: Record<string, unknown> }).Event;
          return others;
        });
        expect(read).toEqual(expected);
      },
    ),
  );
});

const file = fileOf(
  chunksWith(
    Array.from({ length: 60 }, (_, i) =>
      eventRecord(i + 1, 1, eventData({ a: textValue(`value ${i}`), [`b${i % 3}`]: textValue('x') })),
    ),
    20,
  ),
);
const damages = fc.array(
  fc.oneof(
    fc.record({ at: fc.nat(file.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
    // Where there is something.
    fc
      .tuple(fc.nat(2), fc.nat(12_000), fc.uint8Array({ minLength: 1, maxLength: 8 }))
      .map(([chunk, at, bytes]) => ({ at: 4096 + chunk * 65_536 + at, bytes })),
    fc.record({ at: fc.nat(file.length - 1), bytes: fc.constantFrom(Buffer.alloc(64), Buffer.alloc(64, 0xff)) }),
    fc.record({ at: fc.nat(file.length - 1), bytes: fc.constant(Buffer.alloc(65_536)) }),
  ),
  { minLength: 1, maxLength: 6 },
);

it('neither fails nor hangs on damage, and counts what is lost of whole chunks', () => {
  fc.assert(
    fc.property(damages, fc.boolean(), fc.nat(2 * file.length), (all, isSigned, cut) => {
      const damaged = Buffer.from(file);
      for (const { at, bytes } of all) damaged.set(bytes.slice(0, damaged.length - at), at);
      const chunks = [0, 1, 2].map((n) => damaged.subarray(4096 + n * 65_536, 4096 + (n + 1) * 65_536));
      if (isSigned) for (const chunk of chunks) if (chunk.readUInt32LE(48) <= 65_536) signChunk(chunk);
      const cutOff = damaged.subarray(0, cut);
      const read = convertFile(cutOff, 100_000);
      const original = (n: number): Buffer => file.subarray(4096 + n * 65_536, 4096 + n * 65_536 + 512);
      const known = chunks.filter(
        (chunk, n) => chunk.subarray(0, 512).equals(original(n)) && 4096 + (n + 1) * 65_536 <= cutOff.length,
      );
      expect(read.documents.length + read.unreadable.length).toBeGreaterThanOrEqual(20 * known.length);
      expect(read.documents.length + read.unreadable.length).toBeLessThan(5000);
    }),
  );
});
