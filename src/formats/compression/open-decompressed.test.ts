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
  /** What was reported as not read. */
  readonly cut: readonly string[];
}

async function readAll(path: string, compression: Compression, step = 1 << 16): Promise<Found> {
  const cut: string[] = [];
  const source = await openDecompressed(path, compression, {
    onCut: (what) => cut.push(what),
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
  return { text: Buffer.concat(chunks).toString('latin1'), cut };
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
  sha256: base64(
    '/Td6WFoAAArh+wyhAgAhARYAAAB0L+WjAQACYWJjAAC6eBa/jwHP6kFBQN5driIjsANho5YXepy0EP9h8gAVrQABMwOhgeRNGJtLmgEAAAAAClla',
  ),
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
const behind = (bytes: number): string[] => [
  `${bytes.toLocaleString('en')} byte${bytes === 1 ? ' behind the end of its compressed data was' : 's behind the end of its compressed data were'} not read`,
];

it.each<[string, Compression, readonly Uint8Array[], string, (readonly string[])?]>([
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
  ['something else behind a frame', 'zstd', [frame('abc'), garbage], 'abc', behind(14)],
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
  ['something else behind a member', 'gzip', [gzipSync('abc'), garbage], 'abc', behind(14)],
  ['zeros and something else behind a member', 'gzip', [gzipSync('abc'), zeros, garbage], 'abc', behind(1038)],
  ['a byte behind a member', 'gzip', [gzipSync('abc'), Buffer.from('\n')], 'abc', behind(1)],
  ['a stream', 'bzip2', [bz.abc], 'abc'],
  ['streams one behind another', 'bzip2', [bz.abc, bz.empty, bz.def], 'abcdef'],
  ['a stream of several blocks', 'bzip2', [bz.blocks, bz.abc], `${bzBlocks}abc`],
  ['a cut inside a block', 'bzip2', [bz.abc, bz.def.subarray(0, 20)], 'abc', endsEarly],
  ['a cut inside a second block', 'bzip2', [bz.blocks.subarray(0, -20)], bzBlocks.slice(0, 99_981), endsEarly],
  ['a cut before the end', 'bzip2', [bz.abc.subarray(0, -1)], 'abc', endsEarly],
  ['a cut inside the header', 'bzip2', [bz.abc, bz.abc.subarray(0, 3)], 'abc', endsEarly],
  ['damage', 'bzip2', [bz.abc, Buffer.concat([bz.def.subarray(0, 24), garbage])], 'abc', damaged],
  ['something else behind a stream', 'bzip2', [bz.abc, garbage], 'abc', behind(14)],
  [
    'a checksum that is not that of its blocks',
    'bzip2',
    [bz.abc.subarray(0, -4), Buffer.from([0, 0, 0, 0])],
    'abc',
    damaged,
  ],
  ['zeros behind a stream', 'bzip2', [bz.abc, zeros], 'abc'],
  ['a stream', 'xz', [xz.abc], 'abc'],
  ['streams one behind another', 'xz', [xz.abc, xz.def], 'abcdef'],
  ['padding between streams', 'xz', [xz.abc, zeros, xz.def, zeros], 'abcdef'],
  ['a stream of several blocks', 'xz', [xz.blocks, xz.abc], `${xzBlocks}abc`],
  ['a cut inside a stream', 'xz', [xz.abc, xz.blocks.subarray(0, 60)], `abc${xzBlocks.slice(0, 500)}`, endsEarly],
  ['a cut before the end', 'xz', [xz.abc.subarray(0, -1)], 'abc', endsEarly],
  ['damage', 'xz', [xz.abc, xz.def.subarray(0, 13), zeros], 'abc', damaged],
  ['something else behind a stream', 'xz', [xz.abc, garbage], 'abc', behind(14)],
])('%s (%s)', async (_, compression, parts, text, cut = []) => {
  const path = await file(...parts);
  expect(detectCompression(Buffer.concat(parts))).toBe(compression);
  for (const step of [1 << 16, 7]) {
    if (text.length > 10_000 && step === 7) continue;
    const what = cut.map((end) => (/\d/.test(end) ? end : `its ${compression} data ${end}`));
    expect(await readAll(path, compression, step)).toEqual({ text, cut: what });
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

it('gives a beginning of the content wherever the data is cut', async () => {
  const content = lines.slice(0, 3_000);
  const bytes = gzipSync(content);
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), async (at) => {
      const { text, cut } = await readAll(await file(bytes.subarray(0, at)), 'gzip');
      expect([content.startsWith(text), cut]).toEqual([true, at === 0 ? [] : ['its gzip data ends early']]);
    }),
    { numRuns: 60 },
  );
});

it.each<[Compression, Buffer]>([
  ['gzip', gzipSync('{"n":1}\n{"n":2,"s":"abcabcabcabcabcabcabcabc"}\n')],
  ['zstd', base64('KLUv/QRo7QAAqHsibiI6MX0KMiwicyI6ImFiYyJ9CgIAukfbywWY4aAj')],
  ['bzip2', Buffer.concat([bz.abc, bz.def])],
  ['xz', xz.abc],
])('says so wherever a changed byte changes the content of %s', async (compression, bytes) => {
  const { text } = await readAll(await file(bytes), compression);
  for (const at of bytes.keys())
    for (const change of [0x01, 0xff]) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= change;
      // A file that does not begin so is read as something else.
      if (detectCompression(changed) !== compression) continue;
      const found = await readAll(await file(changed), compression);
      if (found.cut.length === 0) expect([at, found.text]).toEqual([at, text]);
    }
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
  ['that is a folder', 'none', async () => folder, 'illegal operation on a directory'],
  ['that is a folder', 'gzip', async () => folder, 'illegal operation on a directory'],
  // A window of 256 MB.
  ['with a large window', 'zstd', () => file(magic, Buffer.from([0x00, 0x90]), block('raw', 'a')), 'more than 128 MB'],
  ['with a dictionary', 'zstd', () => file(magic, Buffer.from([0x01, 0x38, 7]), block('raw', 'a')), 'a dictionary'],
  ['with another checksum', 'xz', () => file(xz.sha256), 'a filter or checksum that is not supported'],
])('says why it does not read a file %s (%s)', async (_, compression, path, message) => {
  expect(await readAll(await path(), compression)).toEqual({ text: '', cut: [expect.stringContaining(message)] });
});

it('refuses a file that is not there', async () => {
  const reading = readAll(join(folder, 'none'), 'gzip');
  await expect(reading).rejects.toThrow(InputError);
  await expect(reading).rejects.toThrow('no such file');
});
