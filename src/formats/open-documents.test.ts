import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import type { ByteSource } from '../documents/line-batches.ts';
import { detect } from './detect.ts';
import { isReadInPlace } from './format.ts';
import { RecordSource } from './json/record-source.ts';
import { splitDocuments } from './json/split-documents.ts';
import { openDocuments } from './open-documents.ts';

const folder = temporaryFolder();
let count = 0;

async function allOf(source: ByteSource, step: number): Promise<string> {
  const parts: Buffer[] = [];
  const into = Buffer.alloc(Math.max(step, 8));
  for (let read = await source.read(into); read > 0; read = await source.read(into))
    parts.push(Buffer.from(into.subarray(0, read)));
  return Buffer.concat(parts).toString();
}

/** The documents of a file as values, and what was said of it. */
async function read(content: Buffer): Promise<{ documents: unknown[]; notes: string[] }> {
  const path = join(folder, `${count++}`);
  await writeFile(path, content);
  const detected = await detect(path, 0);
  if (detected.kind === 'empty') return { documents: [], notes: [] };
  if (detected.kind !== 'documents') throw new Error(JSON.stringify(detected));
  const notes: string[] = [];
  const source = await openDocuments(path, detected.format, {
    onNote: (note) => notes.push(note),
    onCut: (what) => notes.push(what),
  });
  const text = await allOf(source, 1 << 16).finally(() => source.close());
  if (isReadInPlace(detected.format)) expect(text).toBe(await readFile(path, 'utf8'));
  return {
    documents: text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line)])),
    notes,
  };
}

/** Names as documents have them, some of which mean something to JavaScript or to wrappers. */
const name = fc.oneof(
  fc.constantFrom(
    '__proto__',
    'constructor',
    '@timestamp',
    'hits',
    '_source',
    'columns',
    'index',
    'a.b',
    '',
    'Records',
  ),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
);
const { value } = fc.letrec<{ value: unknown; list: unknown[]; object: object }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('"', '\\', '}\\"{', ']}', '\n{"a":1}\n', '\r', '\ufeff', '\u0000'),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc.array(fc.tuple(name, tie('value')), { maxLength: 3 }).map((members) => Object.fromEntries(members)),
}));
/** A document with a member that no wrapper or action line has. */
const document = fc.tuple(fc.nat(), fc.array(fc.tuple(name, value), { maxLength: 4 })).map(([n, members]) => ({
  ...Object.fromEntries(members.filter(([key]) => key !== '_source')),
  n,
  host: { name: 'x' },
}));
const documents = fc.array(document, { minLength: 1, maxLength: 6 });

const hit = (source: object, n: number): object => ({ _index: 'i', _id: `${n}`, _source: source });
const response = (sources: readonly object[]): object => ({
  took: 1,
  hits: { total: { value: 1 }, hits: sources.map(hit) },
});
const compact = (values: readonly object[], between: string): string =>
  values.map((each) => JSON.stringify(each)).join(between);
const pretty = (each: unknown): string => JSON.stringify(each, null, 2);

/** Texts of documents, and what is done with what is read of them. */
const forms: Readonly<Record<string, (all: readonly object[]) => [text: string, expected: readonly object[]]>> = {
  lines: (all) => [`${compact(all, '\n')}\n`, all],
  'lines without an end': (all) => [compact(all, '\n'), all],
  'lines with carriage returns': (all) => [compact(all, '\r\n'), all],
  'one after another': (all) => [compact(all, ''), all],
  'with record separators': (all) => [`\x1e${compact(all, '\n\x1e')}\n`, all],
  'with marks': (all) => [compact(all, '\n\ufeff'), all],
  array: (all) => [`[${compact(all, ',')}]`, all],
  'array of lines': (all) => [`[\n${compact(all, ',\n')}\n]\n`, all],
  'pretty array': (all) => [pretty(all), all],
  'pretty objects': (all) => [all.map(pretty).join('\n'), all],
  hits: (all) => [compact(all.map(hit), '\n'), all.map(hit)],
  'array of hits': (all) => [pretty(all.map(hit)), all.map(hit)],
  'search response': (all) => [JSON.stringify(response(all)), all.map(hit)],
  'pretty search response': (all) => [pretty(response(all)), all.map(hit)],
  'search responses': (all) => [compact([response(all), response(all)], '\n'), [...all.map(hit), ...all.map(hit)]],
  'in another response': (all) => [pretty({ id: 'x', rawResponse: response(all) }), all.map(hit)],
  records: (all) => [JSON.stringify({ Records: all }), all],
  'pretty records': (all) => [pretty({ count: all.length, value: all, nextLink: 'x' }), all],
  bulk: (all) => [
    all.map((each, n) => `{"create":{"_index":"i","_id":"${n}"}}\n${JSON.stringify(each)}\n`).join(''),
    all.map(hit),
  ],
  'ES|QL answer': (all) => [
    JSON.stringify({
      took: 1,
      columns: [
        { name: 'd', type: 'x' },
        { name: 'e', type: 'x' },
      ],
      values: all.map((d) => [d, null]),
    }),
    all.map((d) => ({ d })),
  ],
};

const encodings: Readonly<Record<string, (text: string) => Buffer>> = {
  utf8: (text) => Buffer.from(text),
  'utf8 with a mark': (text) => Buffer.from(`\ufeff${text}`),
  utf16le: (text) => Buffer.from(`\ufeff${text}`, 'utf16le'),
  utf16be: (text) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
};
const compressions: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  none: (bytes) => bytes,
  gzip: (bytes) => gzipSync(bytes),
  'gzip members': (bytes) => Buffer.concat([gzipSync(bytes.subarray(0, 5)), gzipSync(bytes.subarray(5))]),
};
const oneOf = <T>(table: Readonly<Record<string, T>>): fc.Arbitrary<[string, T]> =>
  fc.constantFrom(...Object.entries(table));

it('gives the same documents however they are written, encoded and compressed', async () => {
  await fc.assert(
    fc.asyncProperty(
      documents,
      oneOf(forms),
      oneOf(encodings),
      oneOf(compressions),
      async (all, [, form], [, encode], [, compress]) => {
        const [text, expected] = form(JSON.parse(JSON.stringify(all)));
        const found = await read(compress(encode(text)));
        // Numbers as they come back from text: there is no minus zero.
        expect(found).toEqual({ documents: JSON.parse(JSON.stringify(expected)), notes: [] });
      },
    ),
    { numRuns: 500 },
  );
});

async function split(text: Buffer, step: number): Promise<string[]> {
  let at = 0;
  const source = new RecordSource(
    {
      async read(into) {
        const length = text.copy(into, 0, at, Math.min(text.length, at + step));
        at += length;
        return length;
      },
    },
    () => undefined,
  );
  return (await allOf(source, 1 << 12)).split('\n').filter((line) => line !== '');
}

it('finds the same records in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(documents, oneOf(forms), fc.integer({ min: 1, max: 40 }), async (all, [, form], step) => {
      const text = Buffer.from(form(all)[0]);
      expect(await split(text, step)).toEqual(await split(text, text.length));
    }),
    { numRuns: 300 },
  );
});

it('gives just the records that are whole before a cut', async () => {
  // The documents of others do not stand in the text as they are given.
  const verbatim = Object.entries(forms).filter(([form]) => form !== 'bulk' && form !== 'ES|QL answer');
  await fc.assert(
    fc.asyncProperty(
      documents,
      fc.constantFrom(...verbatim),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (all, [, form], where) => {
        const text = Buffer.from(form(all)[0]);
        const lines = await split(text, text.length);
        const oneLine = Buffer.from(text.toString('latin1').replace(/[\r\n]/g, ' '), 'latin1');
        let end = 0;
        const ends = lines.map((line) => {
          end = oneLine.indexOf(line, end) + Buffer.byteLength(line);
          return end;
        });
        const cut = Math.floor(where * text.length);
        const whole = lines.slice(0, ends.filter((each) => each <= cut).length);
        expect(await split(text.subarray(0, cut), 64)).toEqual(whole);
      },
    ),
    { numRuns: 500 },
  );
});

it('keeps what is whole around a damaged line', async () => {
  await fc.assert(
    fc.asyncProperty(
      documents,
      documents,
      document,
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (before, after, damaged, where) => {
        const text = JSON.stringify(damaged);
        const cut = text.slice(0, 1 + Math.floor(where * (text.length - 2)));
        const [first, last] = [before, after].map((all) => all.map((each) => JSON.stringify(each)));
        const found = await split(Buffer.from([...first!, cut, ...last!].join('\n')), 50);
        expect(found.slice(0, first!.length)).toEqual(first);
        expect(found.slice(-last!.length)).toEqual(last);
        expect(found.length).toBe(first!.length + 1 + last!.length);
      },
    ),
    { numRuns: 300 },
  );
});

it('takes a line for one document where it is one', () => {
  fc.assert(
    fc.property(document, (each) => {
      expect(splitDocuments(Buffer.from(` ${JSON.stringify(each)} \r`))).toBeNull();
    }),
  );
});

it.each<[string, string[] | null]>([
  ['{"a":1}', null],
  ['', null],
  ['{"a":', null],
  ['text', null],
  ['{"a":1}{"b":2}', ['{"a":1}', '{"b":2}']],
  ['{"a":1},', ['{"a":1}']],
  ['\ufeff{"a":1}', ['{"a":1}']],
  ['[{"a":1}]', ['{"a":1}']],
  ['{"Records":[{"a":1},{"b":2}]}', ['{"a":1}', '{"b":2}']],
  ['{"index":{"_index":"i"}}', []],
  ['{"hits":{"hits":[]}}', []],
  ['{"events":[{"a":1}],"@timestamp":"x"}', null],
])('splits the line %s', (line, expected) => {
  expect(splitDocuments(Buffer.from(line))?.map(String) ?? null).toEqual(expected);
});

it('says what it did not read', async () => {
  const garbage = await read(Buffer.concat([gzipSync('{"a":1}\n'), Buffer.from('xyz')]));
  expect(garbage).toEqual({
    documents: [{ a: 1 }],
    notes: ['3 bytes behind the end of its compressed data were not read'],
  });
  expect((await read(Buffer.from('[{"a":1},{"b"'))).notes).toEqual([
    'it ends inside an array, after 1 whole record; the last 4 bytes were not read',
  ]);
  const bulk = '{"delete":{"_id":"1"}}\n{"update":{"_id":"1"}}\n{"script":"x"}\n{"index":{}}\n{"a":1}\n';
  expect(await read(Buffer.from(bulk))).toEqual({
    documents: [{ _source: { a: 1 } }],
    notes: ['1 delete action of a bulk body passed over', '1 update of a bulk body without a document passed over'],
  });
});
