import { join, number, type Sql, sql } from '../../sql/sql.ts';
import { parseCidr } from '../../values/cidr.ts';
import type { ScalarFunction } from './definition.ts';
import * as types from './type-sets.ts';

/** Membership in sorted ranges of addresses. */
export function inRanges(value: Sql, ranges: readonly { low: bigint; high: bigint }[]): Sql {
  const address = (bound: bigint): Sql => sql`${number(bound)}::UHUGEINT`;
  const tests = ranges.map(({ low, high }) =>
    low === high ? sql`${value} = ${address(low)}` : sql`${value} BETWEEN ${address(low)} AND ${address(high)}`,
  );
  return tests.length === 0 ? sql`(${value} IS NULL AND NULL)` : sql`(${join(tests, ' OR ')})`;
}

const cidrMatch: ScalarFunction = {
  kind: 'scalar',
  name: 'CIDR_MATCH',
  family: 'ip',
  parameters: [
    { name: 'ip', accepts: types.ip },
    { name: 'blockX', accepts: types.string, variadic: true },
  ],
  multivalue: 'null-and-warn',
  returns(args) {
    for (const { value } of args.slice(1)) {
      const block = typeof value === 'string' ? parseCidr(value) : null;
      if (block && 'error' in block) return block;
    }
    return 'boolean';
  },
  // Constant blocks become ranges before this is asked (rewrite/cidr-ranges.ts); these are blocks from columns.
  duckdb: ([value, ...blocks]) =>
    sql`(${join(
      blocks.map((block) => sql`harrier_cidr_match(${value!}, ${block})`),
      ' OR ',
    )})`,
  doc: 'True when the address is in one of the blocks.',
  example: 'ROW a = TO_IP("10.1.2.3") | WHERE CIDR_MATCH(a, "10.0.0.0/8", "192.168.0.0/16")',
};

export const ips = [cidrMatch];
