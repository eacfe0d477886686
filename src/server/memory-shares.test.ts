import { expect, it } from 'vitest';
import { memoryShares } from './memory-shares.ts';

const megabyte = 1 << 20;
const asked = { body: 100 * megabyte, answer: 100 * megabyte };
const sharesOf = (megabytes: number) => memoryShares(megabytes * megabyte, asked);

it.each([488, 512, 1000, 1024, 2048, 8192, 65_536])(
  'leaves queries that are to end room below the bound with %d MB',
  (given) => {
    const { engine, process, answers } = sharesOf(given);
    expect(process).toBeLessThanOrEqual((1.5 * given + 300 - 450) * megabyte);
    expect(engine).toBeLessThanOrEqual(0.6 * given * megabyte);
    expect(engine + answers).toBeLessThan(process);
  },
);

it('gives more of everything where there is more', () => {
  const sizes = [128, 256, 512, 768, 1024, 1536, 2048, 4096].map(sharesOf);
  for (const [i, larger] of sizes.slice(1).entries())
    for (const name of ['engine', 'process', 'answers', 'answer'] as const)
      expect(larger[name]).toBeGreaterThanOrEqual(sizes[i]![name]);
  expect(sizes.every(({ process }) => process >= 300 * megabyte)).toBe(true);
});
