import fc from 'fast-check';
import { expect } from 'vitest';
import { type AskedMembers, allMembers, unreadableMark } from '../../src/documents/conversion.ts';
import type { Importer as AnyImporter } from '../../src/formats/importer.ts';

/** What of an importer is tried. */
type Importer<Plan> = Pick<AnyImporter<Plan>, 'detect' | 'cutter' | 'convert'>;

const nothingFound = (): void => undefined;

/** Each line as JSON, or in place of what cannot be read the reason and the text. */
const parsed = (bytes: Uint8Array): unknown[] => {
  const text = Buffer.from(bytes).toString();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => (line[0] === mark ? line.split(mark).slice(1) : JSON.parse(line)));
};

const mark = String.fromCharCode(unreadableMark);

/** The documents of a whole file, and lists in place of records that cannot be read. */
export function documentsOf<Plan>(
  { detect, cutter, convert }: Importer<Plan>,
  text: Buffer,
  asked: AskedMembers = allMembers,
): unknown[] {
  const found = detect(text, true, 0);
  if (!found) throw new Error('not recognised');
  const { length, plan } = cutter(JSON.parse(JSON.stringify(found.plan))).take(text, true);
  expect(length).toBe(text.length);
  return parsed(convert(text, plan, nothingFound, asked));
}

/** The documents of a file that comes in pieces of these lengths, in turn. */
export function cutAnywhere<Plan>(importer: Importer<Plan>, text: Buffer, steps: Iterable<number>): unknown[] {
  const { detect, cutter, convert } = importer;
  const found = detect(text, true, 0);
  if (!found) throw new Error('not recognised');
  const cut = cutter(found.plan);
  const documents: unknown[] = [];
  let from = 0;
  let to = 0;
  for (const step of steps) {
    to = Math.min(text.length, to + step);
    const bytes = Uint8Array.from(text.subarray(from, to));
    const { length, plan } = cut.take(bytes, to === text.length);
    if (length > 0)
      documents.push(
        ...parsed(convert(bytes.subarray(0, length), JSON.parse(JSON.stringify(plan)), nothingFound, allMembers)),
      );
    from += length;
    if (to === text.length) break;
  }
  expect(from).toBe(text.length);
  return documents;
}

/** Reads arbitrary bytes, alone and behind the beginning of such a file: nothing is thrown, every line is JSON. */
export function expectNoHarm<Plan>(importer: Importer<Plan>, begin: Buffer): void {
  const odd = fc.constantFrom('"', '\n', '\r', '\t', ',', "'", '\\', '\\x', '#', '{', '[', '\0', '-', '=', '\x1d');
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((found) => Buffer.from(found)),
    fc.array(fc.oneof(odd, fc.string({ maxLength: 3 }))).map((parts) => Buffer.from(parts.join(''))),
  );
  fc.assert(
    fc.property(
      bytes,
      fc.infiniteStream(fc.integer({ min: 1, max: Math.max(60, begin.length >> 2) })),
      (found, steps) => {
        importer.detect(found, true, 0);
        importer.detect(found, false, 0);
        const text = Buffer.concat([begin, found]);
        if (importer.detect(text, true, 0) === null) return;
        expect(cutAnywhere(importer, text, steps)).toEqual(documentsOf(importer, text));
      },
    ),
    { numRuns: 500 },
  );
}
