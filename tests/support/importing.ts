import fc from 'fast-check';
import { expect } from 'vitest';

/** A format whose records become documents. */
export interface Importer<Plan> {
  detect(head: Buffer, isWhole: boolean): { readonly label: string; readonly plan: Plan } | null;
  cutter(plan: Plan): { take(bytes: Uint8Array, isEnd: boolean): { readonly length: number; readonly plan: Plan } };
  convert(bytes: Uint8Array, plan: Plan): Uint8Array;
}

/** Each line as JSON. */
const parsed = (bytes: Uint8Array): unknown[] => {
  const text = Buffer.from(bytes).toString();
  expect(text === '' || text.endsWith('\n')).toBe(true);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
};

/** The documents of a whole file, and lists in place of records that cannot be read. */
export function documentsOf<Plan>({ detect, cutter, convert }: Importer<Plan>, text: Buffer): unknown[] {
  const found = detect(text, true);
  if (!found) throw new Error('not recognised');
  const { length, plan } = cutter(JSON.parse(JSON.stringify(found.plan))).take(text, true);
  expect(length).toBe(text.length);
  return parsed(convert(text, plan));
}

/** The documents of a file that comes in pieces of these lengths, in turn. */
export function cutAnywhere<Plan>(importer: Importer<Plan>, text: Buffer, steps: Iterable<number>): unknown[] {
  const { detect, cutter, convert } = importer;
  const found = detect(text, true);
  if (!found) throw new Error('not recognised');
  const cut = cutter(found.plan);
  const documents: unknown[] = [];
  let from = 0;
  let to = 0;
  for (const step of steps) {
    to = Math.min(text.length, to + step);
    const bytes = Uint8Array.from(text.subarray(from, to));
    const { length, plan } = cut.take(bytes, to === text.length);
    if (length > 0) documents.push(...parsed(convert(bytes.subarray(0, length), JSON.parse(JSON.stringify(plan)))));
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
    fc.property(bytes, fc.infiniteStream(fc.integer({ min: 1, max: 60 })), (found, steps) => {
      importer.detect(found, true);
      importer.detect(found, false);
      const text = Buffer.concat([begin, found]);
      if (importer.detect(text, true) === null) return;
      expect(cutAnywhere(importer, text, steps)).toEqual(documentsOf(importer, text));
    }),
    { numRuns: 500 },
  );
}
