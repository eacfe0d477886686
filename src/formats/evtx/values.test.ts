import { expect, it } from 'vitest';
import { convertFile } from '../../../tests/formats/evtx/convert-file.ts';
import {
  chunksWith,
  eventData,
  eventRecord,
  fileOf,
  utf16,
  type Value,
} from '../../../tests/formats/evtx/evtx-writer.ts';
import { allMembers } from '../../documents/conversion.ts';
import { evtx } from './evtx.ts';

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

/** What a value becomes as data of an event. */
function converted(value: Value): unknown {
  const { documents, unreadable } = convertFile(fileOf(chunksWith([eventRecord(1, 4624, eventData({ a: value }))])));
  expect(unreadable).toEqual([]);
  return (documents[0] as { Event: { EventData?: { a: unknown } } }).Event.EventData?.a;
}

const sid = '01 05 000000000005 15000000 6a4dcfce 48e1d3f4 1e5a3e87 e8030000';

it.each<[string, number, Buffer, unknown]>([
  ['null', 0x00, hex(''), undefined],
  ['text', 0x01, utf16('C:\\a "b"\t\u0001é日本𝒳'), 'C:\\a "b"\t\u0001é日本𝒳'],
  ['text to its NUL', 0x01, utf16('abc\0def'), 'abc'],
  ['empty text', 0x01, utf16(''), undefined],
  ['a NUL alone', 0x01, utf16('\0'), undefined],
  ['halves of pairs', 0x01, utf16('a\ud800b\udc00\ud800'), 'a\ufffdb\ufffd\ufffd'],
  ['half a character', 0x01, hex('410042'), 'A'],
  ['ANSI text', 0x02, Buffer.from('caf\xe9 "x"\n\0y', 'latin1'), 'café "x"\n'],
  ['int8', 0x03, hex('80'), -128],
  ['uint8', 0x04, hex('ff'), 255],
  ['int16', 0x05, hex('00 80'), -32768],
  ['uint16', 0x06, hex('ffff'), 65535],
  ['int32', 0x07, hex('00000080'), -2147483648],
  ['uint32', 0x08, hex('ffffffff'), 4294967295],
  ['int64', 0x09, hex('ffffffffffffffff'), -1],
  ['uint64', 0x0a, hex('0000000000000100'), 281474976710656],
  ['a float', 0x0b, hex('cdcccc3d'), 0.1],
  ['a float without end', 0x0b, hex('0000807f'), 'Infinity'],
  ['a double', 0x0c, hex('9a9999999999b93f'), 0.1],
  ['a double that is no number', 0x0c, hex('000000000000f87f'), 'NaN'],
  ['true', 0x0d, hex('01000000'), true],
  ['false', 0x0d, hex('00000000'), false],
  ['bytes', 0x0e, hex('00 ab ff'), '00ABFF'],
  ['a GUID', 0x0f, hex('25968454 7854 9449 a5ba 3e3b0328c30d'), '{54849625-5478-4994-a5ba-3e3b0328c30d}'],
  ['a size of 4 bytes', 0x10, hex('10 02 00 00'), '0x210'],
  ['a size of 8 bytes', 0x10, hex('10 00 00 00 01 00 00 00'), '0x100000010'],
  ['a file time', 0x11, hex('80 3b a4 5c 1c c2 da 01'), '2024-06-19T07:43:22.9990784Z'],
  ['file time zero', 0x11, hex('0000000000000000'), '1601-01-01T00:00:00.0000000Z'],
  ['the last file time', 0x11, hex('ffffffffffffff7f'), '30828-09-14T02:48:05.4775807Z'],
  ['a system time', 0x12, hex('e807 0200 0400 1d00 1700 3b00 0500 0900'), '2024-02-29T23:59:05.009Z'],
  ['a SID', 0x13, hex(sid), 'S-1-5-21-3469692266-4107526472-2269010462-1000'],
  ['a SID of one part', 0x13, hex('01 01 000000000005 12000000'), 'S-1-5-18'],
  ['hexadecimal of 32 bits', 0x14, hex('0100 00a0'), '0xa0000001'],
  ['hexadecimal zero', 0x14, hex('00000000'), '0x0'],
  ['hexadecimal of 64 bits', 0x15, hex('00 00 00 00 00 00 20 80'), '0x8020000000000000'],
  ['a handle', 0x20, hex('34 12 00 00'), '0x1234'],
  ['an unknown type', 0x30, hex('0102'), '0102'],
  ['an integer that is too long', 0x08, hex('010203'), '010203'],
  ['a SID that is cut off', 0x13, hex('01 05 000000000005 15000000'), '0105000000000005' + '15000000'],
  ['texts', 0x81, utf16('a\0bc\0\0d\0'), ['a', 'bc', 'd']],
  ['texts of which the last has no end', 0x81, utf16('a\0b'), ['a', 'b']],
  ['one text', 0x81, utf16('a\0'), 'a'],
  ['ANSI texts', 0x82, Buffer.from('a\0b\0'), ['a', 'b']],
  ['numbers', 0x88, hex('01000000 02000000'), [1, 2]],
  ['numbers of which the last is cut off', 0x86, hex('0100 02'), [1, 2]],
  ['GUIDs', 0x8f, Buffer.alloc(32), Array(2).fill('{00000000-0000-0000-0000-000000000000}')],
  ['SIDs', 0x93, hex('01 01 000000000005 12000000 01 01 000000000005 13000000'), ['S-1-5-18', 'S-1-5-19']],
  ['booleans', 0x8d, hex('01000000 00000000'), [true, false]],
  ['no numbers', 0x88, hex(''), undefined],
])('writes %s', (_, type, bytes, expected) => {
  expect(converted({ type, bytes } as Value)).toEqual(expected);
});

it.each([
  [0x0a, 'ffffffffffffffff', '18446744073709551615'],
  [0x09, '0000000000000080', '-9223372036854775808'],
  [0x09, '0100000000002000', '9007199254740993'],
])('writes numbers of type %i beyond those that JavaScript has', (type, bytes, expected) => {
  const file = fileOf(chunksWith([eventRecord(1, 1, eventData({ a: { type, bytes: hex(bytes) } as Value }))]));
  const lines = Buffer.from(evtx.convert(file, null, () => undefined, allMembers)).toString();
  expect(lines).toContain(`"a":${expected}}`);
});
