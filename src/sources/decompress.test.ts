import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { constants, gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { type Compression, decompressed, openDecompressed } from './decompress.ts';

const folder = temporaryFolder();
let count = 0;

async function file(...parts: readonly Uint8Array[]): Promise<string> {
  const path = join(folder, `${count++}`);
  await writeFile(path, Buffer.concat(parts));
  return path;
}

async function readAll(path: string, compression: Compression): Promise<{ bytes: Buffer; isCut: boolean }> {
  const chunks: Buffer[] = [];
  let isCut = false;
  const onCut = (): void => {
    isCut = true;
  };
  for await (const chunk of decompressed(path, compression, onCut)) chunks.push(chunk);
  return { bytes: Buffer.concat(chunks), isCut };
}

/** A block of a frame of zstd that holds its bytes as they are, or one byte so many times (RFC 8878). */
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

it.each<[string, Compression, readonly Uint8Array[], string, boolean]>([
  ['bytes without compression', 'none', [Buffer.from('abc')], 'abc', false],
  ['a frame', 'zstd', [frame('abc', '', 'def')], 'abcdef', false],
  ['frames one behind another', 'zstd', [frame('abc'), frame('def'), frame('')], 'abcdef', false],
  ['a frame to skip at first', 'zstd', [skippable, frame('abc')], 'abc', false],
  [
    'frames to skip between others',
    'zstd',
    [frame('abc'), skippable, skippable, frame('def'), skippable],
    'abcdef',
    false,
  ],
  ['blocks that are full', 'zstd', [run, run], `${'x'.repeat(131_072)}${'y'.repeat(131_072)}`.repeat(2), false],
  ['a cut inside a block', 'zstd', [frame('abc', 'def', 'ghi').subarray(0, -1)], 'abcdefgh', true],
  ['a cut between blocks', 'zstd', [header, block('raw', 'abc')], 'abc', true],
  ['a cut inside the header of a second frame', 'zstd', [frame('abc'), header.subarray(0, 3)], 'abc', true],
  ['a cut inside a frame to skip', 'zstd', [frame('abc'), skippable.subarray(0, -1)], 'abc', true],
  ['damage', 'zstd', [header, block('raw', 'abc'), block('raw', 'def'), block('reserved', 'ghi')], 'abcdef', true],
  ['something else behind a frame', 'zstd', [frame('abc'), Buffer.from('something else')], 'abc', true],
  ['a member', 'gzip', [gzipSync('abc')], 'abc', false],
  ['members one behind another', 'gzip', [gzipSync('abc'), gzipSync(''), gzipSync('def')], 'abcdef', false],
  ['a cut before the trailer', 'gzip', [gzipSync('abc').subarray(0, -8)], 'abc', true],
  [
    'a cut inside the header of a second member',
    'gzip',
    [gzipSync('abc'), gzipSync('def').subarray(0, 4)],
    'abc',
    true,
  ],
  ['zeros behind a member', 'gzip', [gzipSync('abc'), Buffer.alloc(512)], 'abc', false],
  ['many zeros behind a member', 'gzip', [gzipSync('abc'), Buffer.alloc(1 << 20)], 'abc', false],
])('%s (%s)', async (_, compression, parts, text, isCut) => {
  const found = await readAll(await file(...parts), compression);
  expect({ text: found.bytes.toString(), isCut: found.isCut }).toEqual({ text, isCut });
});

it('a cut-off gzip gives all that it holds, however slowly it is read', async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `{"a":${i},"b":${Math.sin(i)}}`).join('\n');
  const whole = gzipSync(lines);
  const cut = whole.subarray(0, whole.length >> 1);
  const held = gunzipSync(cut, { finishFlush: constants.Z_SYNC_FLUSH });
  let isCut = false;
  const source = await openDecompressed(await file(cut), 'gzip', () => {
    isCut = true;
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

it('can be closed anywhere', async () => {
  const text = 'x'.repeat(1 << 20);
  for (const [compression, bytes] of [
    ['none', Buffer.from(text)],
    ['gzip', gzipSync(text)],
    ['zstd', Buffer.concat(Array.from({ length: 8 }, () => run))],
  ] as const) {
    const path = await file(bytes);
    for (const reads of [0, 1]) {
      const source = await openDecompressed(path, compression);
      for (let n = 0; n < reads; n++) expect(await source.read(Buffer.alloc(100))).toBe(100);
      await source.close();
    }
    for await (const chunk of decompressed(path, compression)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
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
])('tells why it cannot read a file %s (%s)', async (_, compression, path, message) => {
  const reading = readAll(await path(), compression);
  await expect(reading).rejects.toThrow(InputError);
  await expect(reading).rejects.toThrow(message);
});
