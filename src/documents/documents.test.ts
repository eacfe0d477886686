import { expect, it, vi } from 'vitest';
import { newPath, pieceOf, rowsOf } from '../../tests/support/read-documents.ts';
import { DocumentReaders } from './documents.ts';
import type { KnownNames } from './names.ts';

const names: KnownNames = {
  fields: [{ name: 'a', form: 'text', order: 'asTheyCome' }],
  objects: [],
  opaque: [],
  open: [],
  strict: [],
  unknown: 'skip',
  duplicates: 'refuse',
  hits: false,
};

it('ends workers that nobody needs, and starts others for what comes later', async () => {
  const readers = new DocumentReaders(0, undefined, 20);
  const read = async (values: readonly string[]): Promise<number> => {
    const path = newPath();
    const { rows } = await readers.read(pieceOf(values.map((a) => JSON.stringify({ a }))), names, path);
    expect(await rowsOf(path)).toHaveLength(rows);
    return rows;
  };
  const reading = Promise.all([read(['x']), read(['y', 'z']), read(['u', 'v', 'w'])]);
  expect(readers.workers).toBeGreaterThan(0);
  expect(await reading).toEqual([1, 2, 3]);
  await vi.waitFor(() => expect(readers.workers).toBe(0));
  expect(await read(['x', 'y'])).toBe(2);
  await readers.close();
});
