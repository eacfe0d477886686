// The networks that the hunts leave out, as ranges of numbers: nobody's, private, reserved.

const four =
  '10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 127.0.0.0/8 169.254.0.0/16 100.64.0.0/10 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4';

const toNumber = (address) => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Of IPv4, as 32 bits. */
export const ranges4 = four.split(' ').map((net) => {
  const [address, prefix] = net.split('/');
  const size = 2 ** (32 - Number(prefix));
  const low = Math.floor(toNumber(address) / size) * size;
  return [low, low + size - 1];
});

/** The same with neighbours joined, as who writes SQL by hand would: fewer comparisons. */
export const joined4 = [];
for (const [low, high] of [...ranges4].sort(([a], [b]) => a - b)) {
  const last = joined4.at(-1);
  if (last && low <= last[1] + 1) last[1] = high;
  else joined4.push([low, high]);
}

/** Of both, as 128 bits, where IPv4 stands as ::ffff:a.b.c.d: what Harrier keeps. */
export const ranges128 = [
  ...ranges4.map(([low, high]) => [(0xffffn << 32n) + BigInt(low), (0xffffn << 32n) + BigInt(high)]),
  [1n, 1n],
  [0xfe80n << 112n, (0xfec0n << 112n) - 1n],
  [0xff00n << 112n, (1n << 128n) - 1n],
];
