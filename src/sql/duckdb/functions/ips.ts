import type { ips } from '../../../functions/ips.ts';
import { rangesOfNetworks } from '../../../values/network-direction.ts';
import { join, type Sql, sql, text } from '../../sql.ts';
import { inRanges } from '../address-ranges.ts';
import { single, valuesOf } from '../representation.ts';
import { v4Block } from '../v4-texts.ts';
import { oneOf, type SqlFor } from './contract.ts';

/**
 * The bits of an address that a prefix of a constant length keeps, of addresses that have this many bits of their own; null
 * for other lengths. To find out with a remainder for each row takes a hundred times as long: 1.6 µs.
 */
function mask(length: unknown, bits: 32 | 128): Sql | null {
  const kept = typeof length === 'bigint' || typeof length === 'number' ? Number(length) : -1;
  if (kept < 0 || kept > bits) return null;
  const all = (1n << 128n) - 1n;
  // Larger literals of numbers are doubles.
  return sql`${text(String(all ^ ((1n << BigInt(bits - kept)) - 1n)))}::UHUGEINT`;
}

/** Whether an address lies in a block that stands in a text. A call of JavaScript for each row took ten times as long. */
function inBlock(address: Sql, block: Sql): Sql {
  const bits = v4Block.freeBits(block);
  const own = sql`(${address} & 4294967295::UHUGEINT)::BIGINT`;
  const isSame = sql`${own} >> ${bits} = ${v4Block.address(block)} >> ${bits}`;
  const otherwise = sql`CASE WHEN ${bits} IS NULL THEN harrier_cidr_match(${address}, ${block}) END`;
  // Null where the text is another one: null and false would be false.
  return sql`coalesce(${isSame} AND (${isV4(address)} OR ${bits} IS NULL), ${otherwise})`;
}

const isV4 = (address: Sql): Sql => sql`${address} BETWEEN 281470681743360::UHUGEINT AND 281474976710655::UHUGEINT`;

export const ipSql: SqlFor<typeof ips> = {
  // Constant blocks become ranges before this is asked (rewrite/cidr-ranges.ts); these are blocks from columns.
  CIDR_MATCH: ([value, ...blocks]) =>
    sql`(${join(
      blocks.map((block) => inBlock(value, block)),
      ' OR ',
    )})`,
  // Each family has its own count of bits, and both must be right.
  IP_PREFIX([address, v4, v6], { args: [, forV4, forV6] }) {
    const isOfV4 = isV4(address);
    const masks = [mask(forV4.value, 32), mask(forV6.value, 128)] as const;
    if (masks[0] && masks[1])
      return sql`(CASE WHEN ${isOfV4} THEN ${address} & ${masks[0]} ELSE ${address} & ${masks[1]} END)`;
    const kept = sql`(CASE WHEN ${isOfV4} THEN ${v4} + 96 ELSE ${v6} END)`;
    const allowed = sql`${v4} BETWEEN 0 AND 32 AND ${v6} BETWEEN 0 AND 128`;
    return {
      value: sql`CASE WHEN ${allowed} THEN CASE WHEN ${kept} = 0 THEN 0::UHUGEINT ELSE ${address} - ${address} % (1::UHUGEINT << (128 - ${kept})::UHUGEINT) END END`,
      failure: {
        when: sql`${address} IS NOT NULL AND ${v4} IS NOT NULL AND ${v6} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: Prefix length ' || CASE WHEN ${v4} BETWEEN 0 AND 32 THEN 'v6 must be in range [0, 128], found ' || ${v6}::VARCHAR ELSE 'v4 must be in range [0, 32], found ' || ${v4}::VARCHAR END`,
      },
    };
  },
  NETWORK_DIRECTION([source, destination, networks], { args: [, , { value: known }], warn }) {
    const ranges = typeof known === 'string' || Array.isArray(known) ? rangesOfNetworks([known].flat()) : null;
    if (ranges) {
      const [from, to] = [oneOf(source, 'ip', warn), oneOf(destination, 'ip', warn)];
      const leaves = inRanges(from, ranges);
      const arrives = inRanges(to, ranges);
      return single(
        sql`CASE WHEN ${from} IS NOT NULL AND ${to} IS NOT NULL THEN CASE WHEN ${leaves} THEN CASE WHEN ${arrives} THEN 'internal' ELSE 'outbound' END WHEN ${arrives} THEN 'inbound' ELSE 'external' END END`,
      );
    }
    const found = sql`harrier_network_direction(${oneOf(source, 'ip', warn)}, ${oneOf(destination, 'ip', warn)}, array_to_string(${valuesOf(networks)}, chr(1)))`;
    return single(
      sql`CASE WHEN prefix(${found}, '!') THEN ${warn(sql`'java.lang.IllegalArgumentException: ' || substring(${found}, 2)`)} ELSE ${found} END`,
    );
  },
};
