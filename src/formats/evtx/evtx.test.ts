import { expect, it } from 'vitest';
import { convertFile } from '../../../tests/formats/evtx/convert-file.ts';
import {
  chunksWith,
  type Element,
  eventData,
  eventRecord,
  fileOf,
  type Instance,
  signChunk,
  textValue,
  type Value,
} from '../../../tests/formats/evtx/evtx-writer.ts';
import { evtx } from './evtx.ts';

const element = (name: string, content: Element['content'] = [], attributes: Element['attributes'] = []): Element => ({
  name,
  attributes,
  content,
});
const text = (value: string) => ({ text: value });
const slot = (n: number) => ({ slot: n, optional: true });
const data = (name: string | null, ...content: Element['content']): Element =>
  element('Data', content, name === null ? [] : [['Name', [text(name)]]]);
const uint16 = (value: number): Value => ({ type: 6, bytes: Buffer.from([value & 255, value >> 8]) });
const nothing: Value = { type: 0, bytes: Buffer.alloc(0) };
const texts = (...values: string[]): Value => ({
  type: 0x81,
  bytes: Buffer.from(values.map((value) => `${value}\0`).join(''), 'utf16le'),
});

/** What data of an event become beside its System. */
function eventWith(content: Instance | Element): Record<string, unknown> {
  const { documents, unreadable, found } = convertFile(fileOf(chunksWith([eventRecord(1, 4624, content)])));
  expect([unreadable, found]).toEqual([[], { chunks: 1 }]);
  const { System, ...others } = (documents[0] as { Event: Record<string, unknown> }).Event;
  expect(System).toBeDefined();
  return others;
}

it('writes System as evtx_dump does', () => {
  const { documents } = convertFile(fileOf(chunksWith([eventRecord(7, 4624, eventData({ a: textValue('x') }))])));
  expect(documents).toEqual([
    {
      Event: {
        System: {
          Provider: { '#attributes': { Name: 'Test-Provider' } },
          EventID: 4624,
          TimeCreated: { '#attributes': { SystemTime: '2024-01-17T21:20:00.0000007Z' } },
          EventRecordID: 7,
          Channel: 'Test',
          Computer: 'host',
        },
        EventData: { a: 'x' },
      },
    },
  ]);
});

const bytes = (value: string): Value => ({ type: 0x0e, bytes: Buffer.from(value, 'hex') });

it.each<[string, Instance | Element, unknown]>([
  ['no data', element('EventData'), {}],
  ['data of nothing', eventData({ a: nothing, b: textValue('') }), {}],
  ['named data', eventData({ a: textValue('x'), 'b c"': uint16(5) }), { EventData: { a: 'x', 'b c"': 5 } }],
  ['an element that no template has', element('EventData', [data('a', text('x'))]), { EventData: { a: 'x' } }],
  [
    'names that objects inherit',
    eventData({ ['__proto__']: textValue('x'), constructor: textValue('y') }),
    { EventData: JSON.parse('{"__proto__":"x","constructor":"y"}') },
  ],
  [
    'data without names',
    {
      template: element('EventData', [data(null, slot(0)), data(null, slot(1)), data(null, slot(2))]),
      values: [textValue('x'), nothing, textValue('z')],
    },
    { EventData: { param1: 'x', param3: 'z' } },
  ],
  [
    'an array of data without names',
    {
      template: element('EventData', [data(null, slot(0)), element('Binary', [slot(1)])]),
      values: [texts('a', '', 'c'), bytes('00ff')],
    },
    { EventData: { param1: 'a', param3: 'c', Binary: '00FF' } },
  ],
  [
    'several values of a name',
    {
      template: element('EventData', [data('a', slot(0)), data('b', slot(1)), data('a', slot(2))]),
      values: [textValue('x'), textValue('y'), texts('z', 'w')],
    },
    { EventData: { a: ['x', 'z', 'w'], b: 'y' } },
  ],
  [
    'two of a name, one empty',
    { template: element('EventData', [data('a', slot(0)), data('a', slot(1))]), values: [nothing, textValue('y')] },
    { EventData: { a: 'y' } },
  ],
  [
    'data whose name is a value',
    {
      template: element('EventData', [element('Data', [slot(1)], [['Name', [text('x'), slot(0)]]])]),
      values: [uint16(5), textValue('y')],
    },
    { EventData: { x5: 'y' } },
  ],
  [
    'a name that is empty',
    {
      template: element('EventData', [element('Data', [slot(1)], [['Name', [slot(0)]]])]),
      values: [nothing, textValue('y')],
    },
    { EventData: { param1: 'y' } },
  ],
  [
    'text of several pieces',
    element('EventData', [
      data('a', text('x '), { entity: 'lt' }, { entity: 'amp' }, { character: 0x263a }, { cdata: '<"y">' }),
    ]),
    { EventData: { a: 'x <&☺<"y">' } },
  ],
  [
    'text around values',
    {
      template: element('EventData', [data('a', text('['), slot(0), text(' '), slot(1), slot(2), text(']'))]),
      values: [uint16(5), textValue('"'), nothing],
    },
    { EventData: { a: '[5 "]' } },
  ],
  [
    'data of users',
    {
      template: element('UserData', [
        element(
          'Cleared',
          [element('Who', [slot(0)]), element('How', [], [['much', [slot(1)]]])],
          [
            ['xmlns', [text('urn:x')]],
            ['a', [text('b')]],
          ],
        ),
      ]),
      values: [textValue('me'), uint16(3)],
    },
    { UserData: { Cleared: { '#attributes': { a: 'b' }, Who: 'me', How: { '#attributes': { much: 3 } } } } },
  ],
  [
    'an attribute beside text',
    {
      template: element('UserData', [element('a', [slot(0)], [['b', [slot(1)]]])]),
      values: [textValue('x'), uint16(1)],
    },
    { UserData: { a: { '#attributes': { b: 1 }, '#text': 'x' } } },
  ],
  [
    'an attribute that is not there',
    { template: element('UserData', [element('a', [slot(0)], [['b', [slot(1)]]])]), values: [textValue('x'), nothing] },
    { UserData: { a: 'x' } },
  ],
  [
    'processing errors',
    {
      template: element('ProcessingErrorData', [element('ErrorCode', [slot(0)]), element('EventPayload', [slot(1)])]),
      values: [uint16(15005), bytes('AB')],
    },
    { ProcessingErrorData: { ErrorCode: 15005, EventPayload: 'AB' } },
  ],
  [
    'elements in a value in a value',
    {
      template: element('UserData', [slot(0), element('z', [text('1')])]),
      values: [
        {
          type: 0x21,
          nested: { template: element('a', [slot(0)]), values: [{ type: 0x21, nested: element('b', [text('x')]) }] },
        },
      ],
    },
    { UserData: { a: { b: 'x' }, z: '1' } },
  ],
  [
    'blanks between elements',
    element('UserData', [text('\n  '), element('a', [text('x')]), text('\n')]),
    { UserData: { a: 'x' } },
  ],
  [
    'a value that the template has no place for',
    { template: element('EventData', [data('a', slot(9))]), values: [] },
    {},
  ],
])('writes %s', (_, content, expected) => {
  expect(eventWith(content)).toEqual(expected);
});

const records = (count: number): ReturnType<typeof eventRecord>[] =>
  Array.from({ length: count }, (_, i) => eventRecord(i + 1, 1, eventData({ a: textValue(`value ${i}`) })));
const ids = ({ documents }: ReturnType<typeof convertFile>): number[] =>
  documents.map((one) => (one as { Event: { System: { EventRecordID: number } } }).Event.System.EventRecordID);
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

it.each([65_536 + 4096 + 8, 200_000, 1 << 20])('reads files in blocks of %i bytes', (step) => {
  const file = fileOf(chunksWith(records(2000)));
  expect(file.length).toBeGreaterThan(4 * 65_536);
  expect(ids(convertFile(file, step))).toEqual(upTo(2000));
});

it('reads every chunk, whatever the header says and whatever lies between', () => {
  const [first, second, third] = chunksWith(records(30), 10);
  const empty = Buffer.alloc(65_536);
  const file = fileOf([first!, empty, second!, empty, third!]);
  file.fill(0xff, 8, 64);
  const read = convertFile(file);
  expect(ids(read)).toEqual(upTo(30));
  expect(read.found).toEqual({ chunks: 3 });
});

it('finds chunks that do not stand where they should, and says what stands between', () => {
  const [first, second, third] = chunksWith(records(30), 10);
  const cutOff = first!.subarray(0, 60_000);
  const stray = Buffer.alloc(5000, 'x');
  const read = convertFile(fileOf([cutOff, second!, stray, third!]));
  expect(ids(read)).toEqual(upTo(30));
  expect(read.found).toEqual({ chunks: 3, 'stray bytes': 5000 });
  expect(evtx.report!(new Map(Object.entries(read.found))).cuts).toEqual([
    '5,000 bytes that belong to no chunk were not read',
  ]);
});

it('reports wrong checksums, and reads the records', () => {
  const [chunk] = chunksWith(records(10));
  chunk!.writeUInt32LE(1, 52);
  const read = convertFile(fileOf([chunk!]));
  expect(ids(read)).toEqual(upTo(10));
  expect(read.found).toEqual({ chunks: 1, 'unsound chunks': 1 });
  expect(evtx.report!(new Map(Object.entries(read.found))).notes).toEqual([
    '1 chunk of 1 with a wrong checksum: the records were read all the same',
  ]);
});

/** The places of the records in a chunk. */
function placesIn(chunk: Buffer): number[] {
  const places: number[] = [];
  for (let at = 512; at < chunk.readUInt32LE(48); at += chunk.readUInt32LE(at + 4)) places.push(at);
  return places;
}

it('counts records of which the beginning is damaged', () => {
  const [chunk] = chunksWith(records(10));
  const places = placesIn(chunk!);
  for (const n of [3, 4, 7]) chunk!.fill(0, places[n], places[n]! + 8);
  const read = convertFile(fileOf([chunk!]));
  expect(ids(read)).toEqual([1, 2, 3, 6, 7, 9, 10]);
  expect(read.unreadable).toEqual(
    [4, 5, 8].map((id) => `a damaged record of an event log: record ${id} was not found`),
  );
});

it('counts records that are damaged inside, and reads the others', () => {
  const [chunk] = chunksWith(records(10));
  const places = placesIn(chunk!);
  chunk![places[2]! + 28] = 0x3f;
  // The offset of the template of another.
  chunk!.writeUInt32LE(0xffff_fff0, places[5]! + 24 + 4 + 6);
  // More values than there are.
  chunk!.writeUInt32LE(0xffff_ffff, places[8]! + 24 + 4 + 10);
  const read = convertFile(fileOf([chunk!]));
  expect(ids(read)).toEqual([1, 2, 4, 5, 7, 8, 10]);
  expect(read.unreadable).toEqual([
    'a damaged record of an event log: record 3: its XML is damaged',
    'a damaged record of an event log: record 6: its template lies outside of its chunk',
    'a damaged record of an event log: record 9: its values are cut off',
  ]);
});

it('reads a chunk that is cut off as far as it goes', () => {
  const [chunk] = chunksWith(records(10));
  const places = placesIn(chunk!);
  const read = convertFile(fileOf([chunk!.subarray(0, places[6]! + 40)]));
  expect(ids(read)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(read.unreadable).toHaveLength(4);
  expect(read.found['short chunks']).toBe(1);
  const whole = convertFile(fileOf([chunk!.subarray(0, chunk!.readUInt32LE(48))]));
  expect(ids(whole)).toEqual(upTo(10));
  expect(whole.found['short chunks']).toBeUndefined();
});

it('reads records behind the end that the header knows, and leaves out older ones there', () => {
  const [chunk] = chunksWith(records(10));
  const places = placesIn(chunk!);
  chunk!.writeUInt32LE(places[8]!, 48);
  chunk!.writeBigUInt64LE(8n, 32);
  signChunk(chunk!);
  expect(ids(convertFile(fileOf([chunk!])))).toEqual(upTo(10));
  // As if the chunk was used before: the next record would be the eleventh.
  chunk!.writeBigUInt64LE(3n, places[8]! + 8);
  chunk!.writeBigUInt64LE(4n, places[9]! + 8);
  const read = convertFile(fileOf([chunk!]));
  expect(ids(read)).toEqual(upTo(8));
  expect(read.found['old records']).toBe(2);
});

/** Elements that hold a value repeatedly. */
const times = (count: number, name: string, n: number): Element =>
  element(
    name,
    Array.from({ length: count }, (_, i) => element(`e${i % 7}`, [slot(n)])),
  );

/** Values within values, of which each holds the next repeatedly. */
function within(levels: number, count: number, last: Value): Instance {
  const value: Value = levels === 0 ? last : { type: 0x21, nested: within(levels - 1, count, last) };
  return { template: times(count, 'UserData', 0), values: [value] };
}

const long: Value = { type: 0x0e, bytes: Buffer.alloc(20_000, 0xab) };
const chain = (levels: number): Element =>
  levels === 0 ? element('a', [text('x')]) : element('a', [chain(levels - 1)]);

it.each<[string, Instance | Element, string]>([
  ['a value that is written again and again', within(0, 500, long), 'becomes more than can be read at once'],
  ['values within values, of nothing', within(10, 10, nothing), 'its chunk takes too long to read'],
  [
    'values within values, of something',
    within(6, 10, textValue('x'.repeat(50))),
    'becomes more than can be read at once',
  ],
  ['values within too many values', within(20, 1, textValue('x')), 'its values are nested too deeply'],
  ['elements within too many elements', chain(100), 'its elements are nested too deeply'],
])('gives up on %s', (_, content, why) => {
  const bomb = eventRecord(2, 1, content);
  const begin = performance.now();
  const read = convertFile(fileOf(chunksWith([records(1)[0]!, bomb, ...Array(5).fill(bomb), ...records(1)], 6)));
  expect(performance.now() - begin).toBeLessThan(10_000);
  expect(read.unreadable[0]).toBe(`a damaged record of an event log: record 2: ${why}`);
  expect(ids(read).at(-1)).toBe(1);
});

it('gives up on a chunk whose names are each as long as the chunk', () => {
  const [chunk] = chunksWith(
    Array.from({ length: 300 }, (_, i) => eventRecord(i + 1, 1, element('EventData', [element(`n${i}`, [text('x')])]))),
  );
  // Lengths of names, behind their hash.
  for (let at = chunk!.indexOf('\x34\x12', 512, 'latin1'); at >= 0; at = chunk!.indexOf('\x34\x12', at + 2, 'latin1'))
    if (chunk![at + 4] === 0x6e) chunk!.writeUInt16LE(Math.floor((65_000 - at) / 2), at + 2);
  const begin = performance.now();
  const { documents, unreadable } = convertFile(fileOf([chunk!]));
  expect(documents.length + unreadable.length).toBeGreaterThanOrEqual(300);
  expect(performance.now() - begin).toBeLessThan(10_000);
});
