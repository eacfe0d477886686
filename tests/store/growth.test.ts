import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
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
    await writeFile(packed!, gzipSync(of(3)));
    const report = await ingestFiles(store, { files: [one!, two!, copy!, packed!], index: 'events' });
    expect([report.added, report.unchanged]).toEqual([3 * 40_001, 1]);
    const again = await ingestFiles(store, { files: [one!, two!, copy!, packed!], index: 'events' });
    expect([again.added, again.unchanged]).toEqual([0, 4]);
    await writeFile(one!, of(4));
    expect((await ingestFiles(store, { files: [one!] })).added).toBe(40_001);
  } finally {
    await store.close();
  }
});
