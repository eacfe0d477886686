import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { lineBatches, streamBytes } from './line-batches.ts';

const folder = temporaryFolder();

async function* pieces(content: Buffer, size: number): AsyncIterable<Buffer> {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

describe('lineBatches', () => {
  it('gives every line once and in order, whatever the pieces and batches', async () => {
    const line = fc.string({ maxLength: 40 }).filter((text) => !/[\r\n]/.test(text));
    const lines = fc.array(line, { maxLength: 60 });
    const sizes = fc.record({
      piece: fc.integer({ min: 1, max: 50 }),
      bytes: fc.integer({ min: 1, max: 200 }),
      most: fc.integer({ min: 1, max: 20 }),
    });
    const ending = fc.constantFrom('\n', '\r\n');
    await fc.assert(
      fc.asyncProperty(
        lines,
        sizes,
        ending,
        fc.boolean(),
        fc.nat(70),
        fc.boolean(),
        async (all, { piece, bytes, most }, end, ended, skip, isInFile) => {
          const content = Buffer.from(all.join(end) + (ended && all.length > 0 ? end : ''));
          const expected = content
            .toString('utf8')
            .split('\n')
            .map((one) => one.replace(/\r$/, ''));
          if (expected.at(-1) === '') expected.pop();
          const file = isInFile ? join(folder, 'lines') : null;
          if (file) writeFileSync(file, content);
          const before = content.toString('utf8').split('\n').slice(0, skip).join('\n');
          const at = Math.min(content.length, skip === 0 ? 0 : Buffer.byteLength(before) + 1);
          const first = { bytes, lines: most };
          const found: string[] = [];
          let last = false;
          const place = { lines: skip, bytes: at };
          const source = streamBytes(pieces(content.subarray(at), piece));
          for await (const lineBatch of lineBatches(source, file, place, first, {
            bytes: bytes * 2,
            lines: most * 2,
          })) {
            expect(last).toBe(false);
            expect(lineBatch.before).toBe(skip + found.length);
            expect(lineBatch.size).toBeLessThanOrEqual(most * 2);
            for (let n = 0; n < lineBatch.size; n++) found.push(lineBatch.line(n).toString('utf8'));
            last = lineBatch.last;
            lineBatch.release();
          }
          expect(last).toBe(true);
          expect(found).toEqual(expected.slice(skip));
        },
      ),
      { numRuns: 500 },
    );
  });
});

it('shows lines that were looked at before they were lent to a worker', async () => {
  const source = streamBytes(pieces(Buffer.from('one\ntwo\nthree'), 4));
  const size = { bytes: 1 << 20, lines: 100 };
  for await (const batch of lineBatches(source, null, { lines: 0, bytes: 0 }, size, size)) {
    expect(batch.isOpen(2)).toBe(true);
    const { bytes } = batch.stretch as { bytes: Uint8Array };
    batch.takeBack(structuredClone(bytes, { transfer: [bytes.buffer as ArrayBuffer] }));
    expect(batch.line(1).toString()).toBe('two');
  }
});
