import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { InputError } from '../../src/diagnostics/diagnostic.ts';
import { type IngestReport, ingestFiles } from '../../src/store/ingest-files.ts';
import { Store } from '../../src/store/store.ts';
import { files, reportOf } from './support.ts';

/* Texts in every encoding, whole and cut off: both doors read the same events of them, and report the rest. */

const mark = '\ufeff';
const encoders: Readonly<Record<string, (text: string) => Buffer>> = {
  'UTF-8': (text) => Buffer.from(text),
  'UTF-16LE': (text) => Buffer.from(text, 'utf16le'),
  'UTF-16BE': (text) => Buffer.from(text, 'utf16le').swap16(),
};

/** What became of a file: its events, and what is missing. */
interface Outcome {
  readonly events: number;
  readonly read: string;
  readonly reason: string | null;
}

async function queried(folder: string): Promise<Outcome> {
  const [file] = (await reportOf(`${folder}/e.log`)).files;
  return file!;
}

async function ingested(folder: string): Promise<Outcome> {
  const store = await Store.open(join(folder, 'store'));
  try {
    const { reports }: IngestReport = await ingestFiles(store, { files: [`${folder}/e.log`] });
    return reports[0]!;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { events: 0, read: 'none', reason: error.message };
  } finally {
    await store.close();
  }
}

const words = fc.array(fc.oneof(fc.constantFrom('a', 'é', '日本語', '😀'), fc.string({ unit: 'grapheme' })), {
  maxLength: 30,
});
const document = words.map((texts) => JSON.stringify({ s: texts.join('') }));

it('reads the same events through both doors wherever a text is cut, and reports the rest', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(document, { minLength: 1, maxLength: 40 }),
      fc.constantFrom(...Object.keys(encoders)),
      fc.boolean(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (documents, encoding, isMarked, where) => {
        const encode = encoders[encoding]!;
        const begin = isMarked ? mark : '';
        const bytes = encode(`${begin}${documents.join('\n')}\n`);
        const cut = Math.ceil(where * bytes.length);
        /** Where each document ends; its line end may be missing. */
        const ends = documents.map((_, n) => encode(begin + documents.slice(0, n + 1).join('\n')).length);
        const whole = ends.filter((end) => end <= cut).length;
        const lineEnd = encode('\n').length;
        const isAll = [0, lineEnd].some((more) => cut === (ends[whole - 1] ?? encode(begin).length) + more);
        const folder = files({ 'e.log': bytes.subarray(0, cut) });
        for (const { events, read, reason } of [await queried(folder), await ingested(folder)]) {
          expect([events, read]).toEqual([whole, whole === 0 ? 'none' : isAll ? 'all' : 'part']);
          expect(reason === null).toBe(whole > 0 && isAll);
        }
      },
    ),
    { numRuns: 15 },
  );
}, 30_000);

it.each<[string, Buffer, number, string | null]>([
  [
    'an odd byte behind the last line',
    Buffer.concat([encoders['UTF-16LE']!(`${mark}{"a":1}\n`), Buffer.from('x')]),
    1,
    'its UTF-16 text ends inside a character: its last byte was not read',
  ],
  [
    'a first character that is cut off',
    Buffer.from('\xff\xfe{', 'latin1'),
    0,
    'text that ends inside its first character',
  ],
  ['few characters of ASCII', encoders['UTF-16BE']!(`{"a":"${'日本語😀'.repeat(50)}"}\n`), 1, null],
  ['half of a pair of characters', encoders['UTF-16LE']!('{"a":"\ud83d"}\n{"a":1}\n'), 2, null],
])('says what is missing of a text with %s', async (_, bytes, events, reason) => {
  expect(await queried(files({ 'e.log': bytes }))).toMatchObject({ events, reason });
});

it('reads all lines of a file of which the last one turns out to be no document of its own', async () => {
  const lines = Array.from({ length: 2000 }, (_, n) => `{"n":${n}}\n`).join('');
  expect(await queried(files({ 'e.log': `${lines}{"n":1}{"n":2}` }))).toMatchObject({ events: 2002, read: 'all' });
});
