import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../../tests/support/temporary-folder.ts';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { type Compression, detectCompression, openDecompressed } from './open-decompressed.ts';

const folder = temporaryFolder();
let count = 0;

async function file(...parts: readonly Uint8Array[]): Promise<string> {
  const path = join(folder, `${count++}`);
  await writeFile(path, Buffer.concat(parts));
  return path;
}

interface Found {
  readonly text: string;
  /** What was reported as cut off or damaged, and how many bytes behind the end. */
  readonly cut: readonly string[];
  readonly trailing: readonly number[];
}

async function readAll(path: string, compression: Compression, step = 1 << 16): Promise<Found> {
  const cut: string[] = [];
  const trailing: number[] = [];
  const source = await openDecompressed(path, compression, {
    onCut: (what) => cut.push(what),
    onTrailing: (bytes) => trailing.push(bytes),
  });
  const chunks: Buffer[] = [];
  try {
    for (;;) {
      const chunk = Buffer.alloc(step);
      const read = await source.read(chunk);
      if (read === 0) break;
      chunks.push(chunk.subarray(0, read));
    }
  } finally {
    await source.close();
  }
  return { text: Buffer.concat(chunks).toString('latin1'), cut, trailing };
}

const base64 = (text: string): Buffer => Buffer.from(text, 'base64');

/** A block of a frame of zstd that holds its bytes as they are, or one byte repeated (RFC 8878). */
function block(kind: 'raw' | 'run' | 'reserved', content: string, size = content.length, isLast = false): Buffer {
  const header = Buffer.alloc(3);
  header.writeUIntLE((isLast ? 1 : 0) | ({ raw: 0, run: 1, reserved: 3 }[kind] << 1) | (size << 3), 0, 3);
  return Buffer.concat([header, Buffer.from(content)]);
}
const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** The header of a frame with a window of 128 KB. */
const header = Buffer.concat([magic, Buffer.from([0x00, 0x38])]);
const frame = (...contents: readonly string[]): Buffer =>
  Buffer.concat([header, ...contents.map((text, i) => block('raw', text, text.length, i === contents.length - 1))]);
const skippable = Buffer.from([0x5e, 0x2a, 0x4d, 0x18, 5, 0, 0, 0, 1, 2, 3, 4, 5]);
const run = Buffer.concat([header, block('run', 'x', 131_072), block('run', 'y', 131_072, true)]);

/** `abc` and `def`, by bzip2 and xz; two blocks of bzip2 (`abbab` 24,000 times); four blocks of xz (`a` to `p`, 100 times). */
const bz = {
  abc: base64('QlpoOTFBWSZTWWSMu3MAAAABADgAIAAhmBmEYXckU4UJBkjLtzA='),
  def: base64('QlpoOTFBWSZTWUI8sPkAAAABAAcAIAAhmBmEYXckU4UJBCPLD5A='),
  empty: base64('QlpoORdyRThQkAAAAAA='),
  blocks: base64(
    'QlpoMTFBWSZTWUYvXI0AThwBADAAIAAgpAgwqCozFQVGqUFRzFBWSZTWSKCy6MAH0cBADAAIAAwgE1GkhCxUg1qUg4u5IpwoSFduOVyA',
  ),
};
const xz = {
  abc: base64('/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQACYWJjAAAndicaSgnYLAABGwMLL7kQH7bzfQEAAAAABFla'),
  def: base64('/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQACZGVmAAA6ZPALxCFEGwABGwMLL7kQH7bzfQEAAAAABFla'),
  blocks: base64(
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AHzABhdADCYiJg+y+JvNLNMEV8Z5L0xTqhdKQbAAABPiImP/JwlKwIAIQEWAAAAdC/lo+AB8wAYXQAymYkpQSyig6TYMK4LSuolaAb2QUQSwAAA0ULBYusTbrUCACEBFgAAAHQv5aPgAfMAGF0ANJqJsXJRxadsxMP0d9zm1PjvAXMBhwAAAEth93fOVwmpAgAhARYAAAB0L+Wj4ABjABZdADabikJzfh7tRosLU4eXTaRaRt068AAAAABtKvjYhemhDQAENPQDNPQDNPQDMmQAAACFlhq5rCc+LQQAAAAABFla',
  ),
};
const bzBlocks = 'abbab'.repeat(24_000);
const xzBlocks = 'abcdefghijklmnop'.repeat(100);
/** Header fields that gzip knows: an extra field, a name, a comment and a checksum of the header. */
const gzipHeader = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3, 3, 0, 7, 7, 7]),
  Buffer.from('a name\0a comment\0##'),
]);
const zeros = Buffer.alloc(1024);
const garbage = Buffer.from('something else');

const endsEarly = ['ends early'];
const damaged = ['is damaged'];

it.each<[string, Compression, readonly Uint8Array[], string, (readonly string[])?, (readonly number[])?]>([
  ['bytes without compression', 'none', [Buffer.from('abc')], 'abc'],
  ['a frame', 'zstd', [frame('abc', '', 'def')], 'abcdef'],
  ['frames one behind another', 'zstd', [frame('abc'), frame('def'), frame('')], 'abcdef'],
  ['a frame to skip at first', 'zstd', [skippable, frame('abc')], 'abc'],
  ['frames to skip between others', 'zstd', [frame('abc'), skippable, skippable, frame('def'), skippable], 'abcdef'],
  ['blocks that are full', 'zstd', [run, run], `${'x'.repeat(131_072)}${'y'.repeat(131_072)}`.repeat(2)],
  ['a cut inside a block', 'zstd', [frame('abc', 'def', 'ghi').subarray(0, -1)], 'abcdefgh', endsEarly],
  ['a cut between blocks', 'zstd', [header, block('raw', 'abc')], 'abc', endsEarly],
  ['a cut inside the header of a second frame', 'zstd', [frame('abc'), header.subarray(0, 4)], 'abc', endsEarly],
  ['a cut inside a frame to skip', 'zstd', [frame('abc'), skippable.subarray(0, -1)], 'abc', endsEarly],
  ['damage', 'zstd', [header, block('raw', 'abc'), block('raw', 'def'), block('reserved', 'g')], 'abcdef', damaged],
  ['something else behind a frame', 'zstd', [frame('abc'), garbage], 'abc', [], [14]],
  ['zeros behind a frame', 'zstd', [frame('abc'), zeros], 'abc'],
  ['a member', 'gzip', [gzipSync('abc')], 'abc'],
  ['members one behind another', 'gzip', [gzipSync('abc'), gzipSync(''), gzipSync('def')], 'abcdef'],
  ['zeros between members', 'gzip', [gzipSync('abc'), zeros, gzipSync('def')], 'abcdef'],
  ['a member with all header fields', 'gzip', [gzipHeader, gzipSync('abc').subarray(10)], 'abc'],
  ['a cut inside the header', 'gzip', [gzipHeader.subarray(0, -1)], '', endsEarly],
  ['a cut before the trailer', 'gzip', [gzipSync('abc').subarray(0, -8)], 'abc', endsEarly],
  ['a wrong checksum', 'gzip', [gzipSync('abc').subarray(0, -8), zeros.subarray(0, 8)], 'abc', damaged],
  ['a cut in the header of a second member', 'gzip', [gzipSync('abc'), gzipSync('d').subarray(0, 4)], 'abc', endsEarly],
  ['zeros behind a member', 'gzip', [gzipSync('abc'), zeros], 'abc'],
  ['many zeros behind a member', 'gzip', [gzipSync('abc'), Buffer.alloc(1 << 20)], 'abc'],
  ['something else behind a member', 'gzip', [gzipSync('abc'), garbage], 'abc', [], [14]],
  ['zeros and something else behind a member', 'gzip', [gzipSync('abc'), zeros, garbage], 'abc', [], [1038]],
  ['a byte behind a member', 'gzip', [gzipSync('abc'), Buffer.from('\n')], 'abc', [], [1]],
  ['a stream', 'bzip2', [bz.abc], 'abc'],
  ['streams one behind another', 'bzip2', [bz.abc, bz.empty, bz.def], 'abcdef'],
  ['a stream of several blocks', 'bzip2', [bz.blocks, bz.abc], `${bzBlocks}abc`],
  ['a cut inside a block', 'bzip2', [bz.abc, bz.def.subarray(0, 20)], 'abc', endsEarly],
  ['a cut inside a second block', 'bzip2', [bz.blocks.subarray(0, -20)], bzBlocks.slice(0, 99_981), endsEarly],
  ['a cut before the end', 'bzip2', [bz.abc.subarray(0, -1)], 'abc', endsEarly],
  ['a cut inside the header', 'bzip2', [bz.abc, bz.abc.subarray(0, 3)], 'abc', endsEarly],
  ['damage', 'bzip2', [bz.abc, Buffer.concat([bz.def.subarray(0, 24), garbage])], 'abc', damaged],
  ['something else behind a stream', 'bzip2', [bz.abc, garbage], 'abc', [], [14]],
  ['zeros behind a stream', 'bzip2', [bz.abc, zeros], 'abc'],
  ['a stream', 'xz', [xz.abc], 'abc'],
  ['streams one behind another', 'xz', [xz.abc, xz.def], 'abcdef'],
  ['padding between streams', 'xz', [xz.abc, zeros, xz.def, zeros], 'abcdef'],
  ['a stream of several blocks', 'xz', [xz.blocks, xz.abc], `${xzBlocks}abc`],
  ['a cut inside a stream', 'xz', [xz.abc, xz.blocks.subarray(0, 60)], `abc${xzBlocks.slice(0, 500)}`, endsEarly],
  ['a cut before the end', 'xz', [xz.abc.subarray(0, -1)], 'abc', endsEarly],
  ['damage', 'xz', [xz.abc, xz.def.subarray(0, 13), zeros], 'abc', damaged],
  ['something else behind a stream', 'xz', [xz.abc, garbage], 'abc', [], [14]],
])('%s (%s)', async (_, compression, parts, text, cut = [], trailing = []) => {
  const path = await file(...parts);
  expect(detectCompression(Buffer.concat(parts))).toBe(compression);
  for (const step of [1 << 16, 7]) {
    if (text.length > 10_000 && step === 7) continue;
    const what = cut.map((end) => `its ${compression} data ${end}`);
    expect(await readAll(path, compression, step)).toEqual({ text, cut: what, trailing });
  }
});

const lines = Array.from({ length: 60_000 }, (_, i) => `{"a":${i},"b":${Math.sin(i)}}`).join('\n');

it('a cut-off gzip gives all that it holds, however slowly it is read', async () => {
  const whole = gzipSync(lines);
  const cut = whole.subarray(0, whole.length >> 1);
  const held = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH });
  let isCut = false;
  const source = await openDecompressed(await file(cut), 'gzip', {
    onCut() {
      isCut = true;
    },
  });
  const into = Buffer.alloc(1 << 18);
  let total = 0;
  for (let read = -1; read !== 0; total += read) {
    read = await source.read(into);
    expect(into.compare(held, total, total + read, 0, read)).toBe(0);
    await sleep(10);
  }
  await source.close();
  expect([total, isCut]).toEqual([held.length, true]);
});

it('a damaged gzip gives all that comes before the damage', async () => {
  // Two parts that end at a byte; the second one is replaced by a block of a kind that does not exist.
  const [first, second] = [lines.slice(0, 1_500_000), lines.slice(1_500_000)];
  const part = (text: string): Buffer => deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH });
  const damagedMember = Buffer.concat([gzipSync('').subarray(0, 10), part(first), Buffer.from([0x07]), part(second)]);
  expect(inflateRawSync(part(first), { finishFlush: constants.Z_SYNC_FLUSH }).toString()).toBe(first);
  const found = await readAll(await file(gzipSync('before\n'), damagedMember), 'gzip');
  expect(found.cut).toEqual(['its gzip data is damaged']);
  expect(found.text).toBe(`before\n${first}`);
});

it('gives a beginning of the content wherever a byte is changed or the data is cut', async () => {
  const content = lines.slice(0, 3_000);
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.nat(255),
      fc.boolean(),
      async (where, byte, cuts) => {
        const bytes = gzipSync(content);
        const at = Math.min(bytes.length - 1, Math.floor(where * bytes.length));
        bytes[at] = byte;
        const { text } = await readAll(await file(cuts ? bytes.subarray(0, at) : bytes), 'gzip');
        // Changed bytes may change the content; a cut does not.
        if (cuts) expect(content.startsWith(text)).toBe(true);
      },
    ),
    { numRuns: 60 },
  );
});

it('can be closed anywhere', async () => {
  const text = 'x'.repeat(1 << 20);
  for (const [compression, bytes] of [
    ['none', Buffer.from(text)],
    ['gzip', gzipSync(text)],
    ['zstd', Buffer.concat(Array.from({ length: 8 }, () => run))],
    ['bzip2', bz.blocks],
    ['xz', xz.blocks],
  ] as const) {
    const path = await file(bytes);
    for (const reads of [0, 1]) {
      const source = await openDecompressed(path, compression);
      for (let n = 0; n < reads; n++) expect(await source.read(Buffer.alloc(100))).toBe(100);
      await source.close();
    }
  }
});

it.each<[string, Compression, () => Promise<string>, string]>([
  ['that is not there', 'none', async () => join(folder, 'none'), 'no such file'],
  ['that is a folder', 'none', async () => folder, 'illegal operation on a directory'],
  ['that is a folder', 'gzip', async () => folder, 'illegal operation on a directory'],
  ['that is a folder', 'zstd', async () => folder, 'illegal operation on a directory'],
  // A window of 256 MB.
  ['with a large window', 'zstd', () => file(magic, Buffer.from([0x00, 0x90]), block('raw', 'a')), 'more than 128 MB'],
  ['with a dictionary', 'zstd', () => file(magic, Buffer.from([0x01, 0x38, 7]), block('raw', 'a')), 'a dictionary'],
])('says why it cannot read a file %s (%s)', async (_, compression, path, message) => {
  const reading = readAll(await path(), compression);
  await expect(reading).rejects.toThrow(InputError);
  await expect(reading).rejects.toThrow(message);
});
