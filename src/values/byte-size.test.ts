import { expect, it } from 'vitest';
import { parseByteSize } from './byte-size.ts';

it.each([
  ['512', 512, 512],
  ['512b', 512, 512],
  ['1KB', 1000, 1024],
  ['1k', 1000, 1024],
  ['100mb', 100_000_000, 104_857_600],
  ['1.5 GB', 1_500_000_000, 1_610_612_736],
  ['1.5GiB', 1_610_612_736, 1_610_612_736],
  ['4g', 4_000_000_000, 4_294_967_296],
  [' 2 TB ', 2e12, 2 * 1024 ** 4],
  ['0.4b', null, null],
  ['0', null, null],
  ['0GB', null, null],
  ['4gigs', null, null],
  ['4 gi', null, null],
  ['-1GB', null, null],
  ['1e3', null, null],
  ['100%', null, null],
  ['GB', null, null],
  ['', null, null],
  ['999999999999999TB', null, null],
])('%s', (text, ofThousands, of1024) => {
  expect([parseByteSize(text, 1000), parseByteSize(text, 1024)]).toEqual([ofThousands, of1024]);
});
