import { join, number, type Sql, sql, text } from '../../sql/sql.ts';

/** Addresses from `low` to `high`, both included, as the numbers of their 16-byte form. */
interface Range {
  readonly low: bigint;
  readonly high: bigint;
}

const address = (bound: bigint): Sql => sql`${number(bound)}::UHUGEINT`;

/** ::ffff:0.0.0.0, and ::ffff:255.255.255.255. */
const firstV4 = 0xffffn << 32n;
const lastV4 = firstV4 + 0xffffffffn;

/** Up to so many ranges are asked one after the other. */
const few = 3;

/**
 * Membership in sorted ranges that do not touch; null for no address. Hunts list some twenty, and most addresses lie in
 * none: for those of IPv4, the first byte mostly tells. Measured over 750,000 events, the seed hunt for beacons took 84 ms
 * with twenty comparisons, 50 ms with a search by halves, 37 ms with a bit for each first byte before that, and 33 ms
 * without any ranges.
 */
export function inRanges(value: Sql, ranges: readonly Range[]): Sql {
  if (ranges.length === 0) return sql`(${value} IS NULL AND NULL)`;
  if (ranges.length <= few) return anyOf(value, ranges);
  const v4 = ranges.filter(({ low, high }) => high >= firstV4 && low <= lastV4);
  const others = ranges.filter(({ low, high }) => low < firstV4 || high > lastV4);
  const isV4 = sql`${value} BETWEEN ${address(firstV4)} AND ${address(lastV4)}`;
  return sql`(CASE WHEN ${isV4} THEN ${inV4(value, v4)} ELSE ${search(value, others)} END)`;
}

function inV4(value: Sql, ranges: readonly Range[]): Sql {
  if (ranges.length <= few) return anyOf(value, ranges);
  const bits = Array.from({ length: 256 }, (_, byte) => {
    const low = firstV4 + (BigInt(byte) << 24n);
    return ranges.some((range) => range.low <= low + 0xffffffn && range.high >= low) ? '1' : '0';
  });
  const firstByte = sql`((${value} - ${address(firstV4)}) >> 24)::INTEGER`;
  return sql`CASE WHEN get_bit(${text(bits.join(''))}::BIT, ${firstByte}) = 0 THEN false ELSE ${search(value, ranges)} END`;
}

/** Halves the ranges until few are left. */
function search(value: Sql, ranges: readonly Range[]): Sql {
  if (ranges.length <= few) return anyOf(value, ranges);
  const middle = ranges.length >> 1;
  const [before, after] = [ranges.slice(0, middle), ranges.slice(middle)];
  return sql`CASE WHEN ${value} < ${address(after[0]!.low)} THEN ${search(value, before)} ELSE ${search(value, after)} END`;
}

function anyOf(value: Sql, ranges: readonly Range[]): Sql {
  if (ranges.length === 0) return sql`(CASE WHEN ${value} IS NOT NULL THEN false END)`;
  const tests = ranges.map(({ low, high }) =>
    low === high ? sql`${value} = ${address(low)}` : sql`${value} BETWEEN ${address(low)} AND ${address(high)}`,
  );
  return sql`(${join(tests, ' OR ')})`;
}
