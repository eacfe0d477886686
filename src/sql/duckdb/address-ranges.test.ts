import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DuckDB, openDuckDB } from '../../engines/duckdb/connection.ts';
import { mergeRanges } from '../../values/cidr.ts';
import { parseIp } from '../../values/ip.ts';
import { join, number, type Sql, sql } from '../sql.ts';
import { inRanges } from './address-ranges.ts';

let duckdb: DuckDB;
beforeAll(async () => {
  duckdb = await openDuckDB();
});
afterAll(() => duckdb.close());

async function ask(addresses: readonly bigint[], ranges: Parameters<typeof inRanges>[1]): Promise<unknown[]> {
  const rows = addresses.map((address, i): Sql => sql`(${number(BigInt(i))}, ${number(address)}::UHUGEINT)`);
  const result = await duckdb.connection.runAndReadAll(
    sql`SELECT ${inRanges(sql`ip`, ranges)} FROM (VALUES ${join([...rows, sql`(1000000, NULL)`], ', ')}) AS t(i, ip) ORDER BY i`,
  );
  return result.getRows().map(([found]) => found);
}

describe('inRanges', () => {
  const mapped = 0xffffn << 32n;
  const v4 = fc.bigInt({ min: mapped, max: mapped + 0xffffffffn });
  const any = fc.oneof({ weight: 4, arbitrary: v4 }, fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }));
  const width = fc.oneof(
    fc.constant(0n),
    fc.bigInt({ min: 0n, max: 1n << 26n }),
    fc.bigInt({ min: 0n, max: 1n << 100n }),
  );
  const range = fc
    .tuple(any, width)
    .map(([low, more]) => ({ low, high: low + more < 1n << 128n ? low + more : (1n << 128n) - 1n }));

  it('says what a comparison with each range says', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(range, { maxLength: 24 }), fc.array(any, { maxLength: 10 }), async (some, others) => {
        const ranges = mergeRanges(some);
        const edges = ranges.flatMap(({ low, high }) => [low - 1n, low, high, high + 1n]);
        const addresses = [...edges, ...others].filter((one) => one >= 0n && one < 1n << 128n);
        const expected = addresses.map((one) => ranges.some(({ low, high }) => one >= low && one <= high));
        expect(await ask(addresses, ranges)).toEqual([...expected, null]);
      }),
      { numRuns: 150 },
    );
  });

  it('finds addresses in lists of many blocks of few lengths', async () => {
    const block = fc.tuple(fc.integer({ min: 0, max: 4095 }), fc.constantFrom(20, 24, 24, 24, 32, 32));
    await fc.assert(
      fc.asyncProperty(fc.array(block, { minLength: 80, maxLength: 200 }), async (blocks) => {
        const ranges = mergeRanges(
          blocks.map(([at, length]) => {
            const size = 1n << BigInt(32 - length);
            const low = mapped + ((0x0b000000n + BigInt(at) * 97n * 64n) / size) * size;
            return { low, high: low + size - 1n };
          }),
        );
        const addresses = ranges.flatMap(({ low, high }) => [low - 1n, low, high, high + 1n]).slice(0, 300);
        const expected = addresses.map((one) => ranges.some(({ low, high }) => one >= low && one <= high));
        expect(await ask(addresses, ranges)).toEqual([...expected, null]);
      }),
      { numRuns: 15 },
    );
  });

  it('knows networks that go beyond IPv4 on both sides', async () => {
    const all = mergeRanges([
      { low: 0n, high: parseIp('::ffff:9.255.255.255')! },
      ...['11.0.0.0', '12.0.0.1', '13.0.0.5', '14.0.0.5'].map((ip) => ({ low: parseIp(ip)!, high: parseIp(ip)! })),
      { low: parseIp('255.0.0.0')!, high: parseIp('2001:db8::1')! },
    ]);
    const asked = ['::', '1.2.3.4', '10.0.0.0', '12.0.0.1', '12.0.0.2', '255.1.1.1', '2001:db8::1', '2001:db8::2'];
    const addresses = asked.map((ip) => parseIp(ip)!);
    expect(await ask(addresses, all)).toEqual([true, true, false, true, false, true, true, false, null]);
  });
});
