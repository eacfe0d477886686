import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { findCopies } from './copies.ts';
import { findInputs } from './find-inputs.ts';

const large = (text: string): string => `{"a":"${text.repeat(5_000)}"}\n`;
const digest = async ({ path }: { readonly path: string }): Promise<string | null> => {
  try {
    return createHash('sha256')
      .update(gunzipSync(readFileSync(path)))
      .digest('hex');
  } catch {
    return null;
  }
};

it.each<[string, Record<string, string | Uint8Array>, string[], string[], string[]]>([
  [
    'a compressed copy is left out',
    { 'a.json': '{}\n', 'a.json.gz': gzipSync('{}\n') },
    ['a.json'],
    ['a.json.gz: a compressed copy of a.json'],
    [],
  ],
  [
    'what was rotated under the name of the original is read',
    { 'a.json': '{}\n', 'a.json.gz': gzipSync('{"b":1}\n') },
    ['a.json', 'a.json.gz'],
    [],
    [],
  ],
  [
    'what cannot be compared is noted',
    { 'a.json': '{}\n', 'a.json.zst': 'damaged' },
    ['a.json', 'a.json.zst'],
    [],
    ['a.json.zst may be a compressed copy of a.json: then their events count twice; leave one out'],
  ],
  ['small files may well be the same', { 'a.json': '{}\n', 'b.json': '{}\n' }, ['a.json', 'b.json'], [], []],
  [
    'large ones are noted',
    { 'a.json': large('x'), 'b.json': large('x'), 'c.json': large('y') },
    ['a.json', 'b.json', 'c.json'],
    [],
    ['b.json looks like a copy of a.json: then their events count each time'],
  ],
])('%s', async (_, contents, files, notRead, notes) => {
  const place = temporaryFolder();
  for (const [name, content] of Object.entries(contents)) writeFileSync(join(place, name), content);
  const short = (text: string): string => text.replaceAll(`${place}/`, '');
  const found = await findCopies((await findInputs([place])).files, digest);
  expect(found.files.map(({ path }) => relative(place, path))).toEqual(files);
  expect(found.notRead.map(({ path, reason }) => short(`${path}: ${reason}`))).toEqual(notRead);
  expect(found.notes.map(short)).toEqual(notes);
});
