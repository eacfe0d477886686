import { join, type Sql, sql, text } from '../sql/sql.ts';
import { parseCidr } from '../values/cidr.ts';
import type { CustomFunction, Parameter, Representation, ScalarFunction, SingleValueFunction } from './definition.ts';
import { valuesOf } from './sql-fragments.ts';
import * as types from './type-sets.ts';

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

const prefixLength = (name: string): Parameter => ({ name, accepts: types.integer });

/** The address with only its first bits; each family has its own count, and both must be right. */
const ipPrefix: SingleValueFunction = {
  kind: 'scalar',
  name: 'IP_PREFIX',
  family: 'ip',
  parameters: [{ name: 'ip', accepts: types.ip }, prefixLength('prefixLengthV4'), prefixLength('prefixLengthV6')],
  multivalue: 'null-and-warn',
  returns: () => 'ip',
  duckdb([address, v4, v6]) {
    const isV4 = sql`${address!} BETWEEN 281470681743360::UHUGEINT AND 281474976710655::UHUGEINT`;
    const kept = sql`(CASE WHEN ${isV4} THEN ${v4!} + 96 ELSE ${v6!} END)`;
    const allowed = sql`${v4!} BETWEEN 0 AND 32 AND ${v6!} BETWEEN 0 AND 128`;
    return {
      value: sql`CASE WHEN ${allowed} THEN CASE WHEN ${kept} = 0 THEN 0::UHUGEINT ELSE ${address!} - ${address!} % (1::UHUGEINT << (128 - ${kept})::UHUGEINT) END END`,
      failure: {
        when: sql`${address!} IS NOT NULL AND ${v4!} IS NOT NULL AND ${v6!} IS NOT NULL`,
        reason: sql`'java.lang.IllegalArgumentException: Prefix length ' || CASE WHEN ${v4!} BETWEEN 0 AND 32 THEN 'v6 must be in range [0, 128], found ' || ${v6!}::VARCHAR ELSE 'v4 must be in range [0, 32], found ' || ${v4!}::VARCHAR END`,
      },
    };
  },
  doc: 'The address cut to its network: so many bits of an IPv4 address, so many of an IPv6 one.',
  example: 'ROW a = TO_IP("10.1.2.3") | EVAL b = IP_PREFIX(a, 24, 0)',
};

const networkDirection: CustomFunction = {
  kind: 'scalar',
  name: 'NETWORK_DIRECTION',
  aliases: ['NETDIR'],
  family: 'ip',
  parameters: [
    { name: 'source_ip', accepts: types.ip },
    { name: 'destination_ip', accepts: types.ip },
    { name: 'internal_networks', accepts: types.string },
  ],
  multivalue: 'custom',
  resultIsMulti: () => false,
  returns: () => 'keyword',
  duckdb([source, destination, networks], { warn }) {
    const several = text('java.lang.IllegalArgumentException: single-value function encountered multi-value');
    const one = ({ single, list }: Representation): Sql =>
      list ? sql`CASE WHEN ${list} IS NOT NULL THEN ${warn(several)} ELSE ${single} END` : single;
    const found = sql`harrier_network_direction(${one(source!)}, ${one(destination!)}, array_to_string(${valuesOf(networks!)}, chr(1)))`;
    return {
      single: sql`CASE WHEN prefix(${found}, '!') THEN ${warn(sql`'java.lang.IllegalArgumentException: ' || substring(${found}, 2)`)} ELSE ${found} END`,
      list: null,
    };
  },
  doc: 'Which way traffic goes between internal networks (blocks, addresses or names such as private) and the rest.',
  example: 'ROW a = TO_IP("10.1.2.3"), b = TO_IP("1.1.1.1") | EVAL d = NETWORK_DIRECTION(a, b, "private")',
};

export const ips: readonly ScalarFunction[] = [cidrMatch, ipPrefix, networkDirection];
