import fc from 'fast-check';
import { expect, it } from 'vitest';
import { networkBits, parseNetwork } from './cidr.ts';
import { formatIp, parseIp } from './ip.ts';

const of = (low: string, high: string) => ({ low: parseIp(low), high: parseIp(high) });

it.each([
  ['10.0.0.0/8', of('10.0.0.0', '10.255.255.255')],
  [' 10.1.2.3/8 ', of('10.0.0.0', '10.255.255.255')],
  ['192.0.2.7', of('192.0.2.7', '192.0.2.7')],
  ['192.0.2.7-192.0.2.9', of('192.0.2.7', '192.0.2.9')],
  ['192.0.2.7 - 192.0.2.9', of('192.0.2.7', '192.0.2.9')],
  ['0.0.0.0/0', of('0.0.0.0', '255.255.255.255')],
  ['2001:db8::/32', of('2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff')],
  ['::/0', of('::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')],
  ['2001:db8::1-2001:db8::ff', of('2001:db8::1', '2001:db8::ff')],
  ['192.0.2.9-192.0.2.7', null],
  ['192.0.2.9-2001:db8::1', null],
  ['1.2.3.4-1.2.3.5-1.2.3.6', null],
  ['1.2.3.4/33', null],
  ['1.2.3/8', null],
  ['1.2.3.4/', null],
  ['example.org', null],
  ['-', null],
  ['', null],
])('reads %j as a network', (text, expected) => {
  expect(parseNetwork(text)).toEqual(expected);
});

it('says a range in bits that hold just its addresses', () => {
  const v4 = fc.integer({ min: 0, max: 0xffffffff }).map((n) => (0xffffn << 32n) + BigInt(n));
  fc.assert(
    fc.property(v4, v4, v4, (a, b, other) => {
      const [low, high] = a < b ? [a, b] : [b, a];
      const blocks = networkBits(`${formatIp(low)}-${formatIp(high)}`)
        .split(',')
        .map((block) => block.split(':').map(BigInt) as [bigint, bigint]);
      const holds = (address: bigint): boolean => blocks.some(([mask, network]) => (address & mask) === network);
      for (const address of [low, high, low - 1n, high + 1n, other])
        expect(holds(address)).toBe(address >= low && address <= high);
    }),
  );
});
