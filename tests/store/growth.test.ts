import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as zlib from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const line = (n: number): string => `{"n": ${n}, "text": "é ${'x'.repeat(n % 7)}"}`;

/** The numbers of all events. */
async function numbers(store: Store): Promise<unknown[]> {
  const queries = new StoreQueries(store, { concurrent: 1, waiting: 0 });
  const { values } = await queries.run('FROM * | KEEP n | SORT n', { now: 0, maxRows: null });
  return values.map(([n]) => Number(n));
}

it('a file that is cut anywhere loses nothing and brings nothing twice when it has grown', {
  timeout: 300_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 12 }),
      fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 3 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      async (count, fractions, lineEnd, endsWithLineEnd) => {
        const text = Array.from({ length: count }, (_, n) => line(n)).join(lineEnd) + (endsWithLineEnd ? lineEnd : '');
        const bytes = Buffer.from(text);
        const cuts = [...fractions.map((f) => Math.round((f * bytes.length) / 1000)), bytes.length].sort(
          (a, b) => a - b,
        );
        const folder = temporaryFolder();
        const path = join(folder, 'events.ndjson');
        const store = await Store.open(join(folder, 'store'));
        try {
          let at = 0;
          for (const cut of cuts) {
            await appendFile(path, bytes.subarray(at, cut));
            at = cut;
            // Of nothing but a cut line there is nothing to be read.
            await ingestFiles(store, { files: [path], index: 'events' }).catch((error) => {
              if (cut === bytes.length) throw error;
            });
          }
          expect(await numbers(store)).toEqual(Array.from({ length: count }, (_, n) => n));
          const again = await ingestFiles(store, { files: [path], index: 'events' });
          expect([again.added, again.unchanged]).toEqual([0, 1]);
        } finally {
          await store.close();
        }
      },
    ),
    { numRuns: Number(process.env.CUTS ?? 8) },
  );
});

it('what a file is known by is all of it', async () => {
  const folder = temporaryFolder();
  const store = await Store.open(join(folder, 'store'));
  try {
    const filler = Array.from({ length: 20_000 }, () => '{"n": 0}');
    const of = (n: number): string => `${[...filler, `{"n": ${n}}`, ...filler].join('\n')}\n`;
    const [one, two, copy, packed] = ['one', 'two', 'copy', 'packed.gz'].map((name) => join(folder, name));
    await writeFile(one!, of(1));
    await writeFile(two!, of(2));
    await writeFile(copy!, await readFile(one!));
    await writeFile(packed!, zlib.gzipSync(of(3)));
    const report = await ingestFiles(store, { files: [one!, two!, copy!, packed!], index: 'events' });
    expect(report.added).toBe(3 * 40_001);
    expect(report.reports.find(({ path }) => path === one)?.reason).toBe(`the same as ${copy}`);
    const again = await ingestFiles(store, { files: [one!, two!, copy!, packed!], index: 'events' });
    expect([again.added, again.unchanged]).toEqual([0, 4]);
    await writeFile(one!, of(4));
    expect((await ingestFiles(store, { files: [one!] })).added).toBe(40_001);
  } finally {
    await store.close();
  }
});

// Node.js 20 has no zstd of its own.
const { zstdCompressSync } = zlib as { zstdCompressSync?: (bytes: Uint8Array) => Uint8Array };

/** What becomes of a log when it is rotated: other names, other bytes, the same documents. */
const forms: Readonly<Record<string, (bytes: Buffer) => Uint8Array>> = {
  plain: (bytes) => bytes,
  gzip: (bytes) => zlib.gzipSync(bytes),
  'gzip of members': (bytes) =>
    Buffer.concat(
      [bytes.subarray(0, bytes.length >> 1), bytes.subarray(bytes.length >> 1)].map((b) => zlib.gzipSync(b)),
    ),
  'UTF-8 with a mark': (bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes]),
  'UTF-16': (bytes) => Buffer.from(`\ufeff${bytes.toString('utf8')}`, 'utf16le'),
  ...(zstdCompressSync && { zstd: zstdCompressSync }),
};

it('a log that grows and is rotated, compressed or converted in between brings every event once', {
  timeout: 300_000,
}, async () => {
  // Of the large ones not all stands in what is looked at first.
  const events = fc.constantFrom(3, 40, 9_000);
  const state = fc.record({ form: fc.constantFrom(...Object.keys(forms)), share: fc.integer({ min: 1, max: 10 }) });
  await fc.assert(
    fc.asyncProperty(events, fc.array(state, { minLength: 2, maxLength: 4 }), async (count, states) => {
      const folder = temporaryFolder();
      const store = await Store.open(join(folder, 'store'));
      try {
        let most = 0;
        for (const [n, { form, share }] of states.entries()) {
          const size = Math.ceil((count * share) / 10);
          const bytes = Buffer.from(Array.from({ length: size }, (_, i) => `${line(i)}\n`).join(''));
          const path = join(folder, `log.${n}`);
          await writeFile(path, forms[form]!(bytes));
          // What is shorter than another has its events with that one, where it is the later one.
          if (size < most) continue;
          const { added } = await ingestFiles(store, { files: [path], index: 'events' });
          expect(added).toBe(size - most);
          most = size;
          expect((await ingestFiles(store, { files: [path], index: 'events' })).unchanged).toBe(1);
        }
        expect(await numbers(store)).toEqual(Array.from({ length: most }, (_, i) => i));
      } finally {
        await store.close();
      }
    }),
    { numRuns: Number(process.env.CUTS ?? 8) },
  );
});

it.each<[string, string[]]>([
  ['an array', ['[{"n": 0}, {"n"', ': 1}, {"n": 2}', ', {"n": 3}]']],
  ['objects on a line', ['{"n": 0}', '{"n": 1}\n{"n": 2}', '{"n": 3}']],
  ['line ends that come later', ['{"n": 0}', '\r', '\n{"n": 1}\r', '\n{"n": 2}', '\n', '{"n": 3}']],
  ['a first line that comes in parts', ['{"n"', ': 0, "x": {}', '}', '\n{"n": 1}\n{"n": 2}\n{"n": 3}\n']],
])('%s may grow', async (_, parts) => {
  const folder = temporaryFolder();
  const path = join(folder, 'growing');
  const store = await Store.open(join(folder, 'store'));
  try {
    for (const part of parts) {
      await appendFile(path, part);
      await ingestFiles(store, { files: [path], index: 'events' }).catch(() => undefined);
    }
    expect(await numbers(store)).toEqual([0, 1, 2, 3]);
  } finally {
    await store.close();
  }
});
