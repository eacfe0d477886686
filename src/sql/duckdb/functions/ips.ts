import type { ips } from '../../../functions/ips.ts';
import { join, sql } from '../../sql.ts';
import { single, valuesOf } from '../representation.ts';
import { oneOf, type SqlFor } from './contract.ts';

export const ipSql: SqlFor<typeof ips> = {
  // Constant blocks become ranges before this is asked (rewrite/cidr-ranges.ts); these are blocks from columns.
  CIDR_MATCH: ([value, ...blocks]) =>
    sql`(${join(
      blocks.map((block) => sql`harrier_cidr_match(${value}, ${block})`),
      ' OR ',
    )})`,
  // Each family has its own count of bits, and both must be right.
  IP_PREFIX([address, v4, v6]) {
    const isV4 = sql`${address} BETWEEN 281470681743360::UHUGEINT AND 281474976710655::UHUGEINT`;
    const kept = sql`(CASE WHEN ${isV4} THEN ${v4} + 96 ELSE ${v6} END)`;
    const allowed = sql`${v4} BETWEEN 0 AND 32 AND ${v6} BETWEEN 0 AND 128`;
    return {
      value: sql`CASE WHEN ${allowed} THEN CASE WHEN ${kept} = 0 THEN 0::UHUGEINT ELSE ${address} - ${address} % (1::UHUGEINT << (128 - ${kept})::UHUGEINT) END END`,
      failure: {
        when: sql`${address} IS NOT NULL AND ${v4} IS NOT NULL AND ${v6} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: Prefix length ' || CASE WHEN ${v4} BETWEEN 0 AND 32 THEN 'v6 must be in range [0, 128], found ' || ${v6}::VARCHAR ELSE 'v4 must be in range [0, 32], found ' || ${v4}::VARCHAR END`,
      },
    };
  },
  NETWORK_DIRECTION([source, destination, networks], { warn }) {
    const found = sql`harrier_network_direction(${oneOf(source, warn)}, ${oneOf(destination, warn)}, array_to_string(${valuesOf(networks)}, chr(1)))`;
    return single(
      sql`CASE WHEN prefix(${found}, '!') THEN ${warn(sql`'java.lang.IllegalArgumentException: ' || substring(${found}, 2)`)} ELSE ${found} END`,
    );
  },
};
