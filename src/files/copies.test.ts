import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../../tests/support/temporary-folder.ts';
import { type Content, Sample, sampleOfFile } from './content.ts';
import { findCopies } from './copies.ts';

it('a sample is the same however bytes are cut', () => {
  const size = fc.integer({ min: 1, max: 1_500_000 });
  fc.assert(
    fc.property(fc.array(size, { minLength: 1, maxLength: 5 }), fc.array(size, { maxLength: 6 }), (sizes, cuts) => {
      const all = Buffer.concat(sizes.map((length, n) => Buffer.alloc(length, `${n} ${length} `)));
      const path = join(temporaryFolder(), 'all');
      writeFileSync(path, all);
      const sample = new Sample();
      let at = 0;
      for (const cut of [...cuts, all.length]) {
        sample.add(all.subarray(at, at + cut));
        at = Math.min(all.length, at + cut);
      }
      expect(sample.digest()).toBe(sampleOfFile(path, all.length));
    }),
    { numRuns: 20 },
  );
});

it('files of one sample are the same only where all of them is', async () => {
  const folder = temporaryFolder();
  const large = (different: string): Buffer => {
    const bytes = Buffer.alloc(3 << 20, 'x');
    bytes.write(different, (2 << 20) - 100);
    return bytes;
  };
  const file = (name: string, bytes: Buffer, compression: 'none' | 'gzip' = 'none') => {
    const path = join(folder, name);
    writeFileSync(path, compression === 'gzip' ? gzipSync(bytes) : bytes);
    const sample = new Sample();
    sample.add(bytes);
    const format = { compression, encoding: 'utf-8', layout: 'lines' } as const;
    const content: Content = { bytes: bytes.length, sample: sample.digest(), digest: null, format };
    return { path, content };
  };
  const [one, two, packed, small] = [
    file('one', large('1')),
    file('two', large('2')),
    file('two.gz', large('2'), 'gzip'),
    file('small', Buffer.from('{}')),
  ];
  expect(one.content.sample).toBe(two.content.sample);
  const gone = { path: null, content: { ...one.content, digest: null } };
  const copies = await findCopies([one, two, gone, packed, small, { ...small }]);
  expect([...copies.values()]).toEqual([two, small]);
  expect(copies.get(packed)).toBe(two);
  expect(small.content.digest).toBeNull();
});
