import { knownCidr } from '../values/cidr.ts';
import { allValues, familySince, singleValue } from './definition.ts';
import * as types from './types.ts';

const releases = { '8.15': ['IP_PREFIX'], '9.3': ['NETWORK_DIRECTION'] } as const;

export const ips = familySince('ip', releases, {
  CIDR_MATCH: singleValue({
    parameters: [
      { name: 'ip', accepts: types.ip },
      { name: 'blockX', accepts: types.string, variadic: true },
    ],
    returns([, ...given]) {
      for (const { value } of given) {
        const block = typeof value === 'string' ? knownCidr(value) : null;
        if (block && 'error' in block) return block;
      }
      return 'boolean';
    },
    doc: 'True when the address is in one of the blocks.',
    example: 'ROW a = TO_IP("10.1.2.3") | WHERE CIDR_MATCH(a, "10.0.0.0/8", "192.168.0.0/16")',
  }),
  IP_PREFIX: singleValue({
    parameters: [
      { name: 'ip', accepts: types.ip },
      { name: 'prefixLengthV4', accepts: types.integer },
      { name: 'prefixLengthV6', accepts: types.integer },
    ],
    returns: () => 'ip',
    doc: 'The address cut to its network: one number of bits for IPv4 addresses, another for IPv6.',
    example: 'ROW a = TO_IP("10.1.2.3") | EVAL b = IP_PREFIX(a, 24, 0)',
  }),
  NETWORK_DIRECTION: allValues({
    aliases: ['NETDIR'],
    parameters: [
      { name: 'source_ip', accepts: types.ip },
      { name: 'destination_ip', accepts: types.ip },
      { name: 'internal_networks', accepts: types.string },
    ],
    returns: () => 'keyword',
    doc: 'Which way traffic goes between internal networks (blocks, addresses or names such as private) and the rest.',
    example: 'ROW a = TO_IP("10.1.2.3"), b = TO_IP("1.1.1.1") | EVAL d = NETWORK_DIRECTION(a, b, "private")',
  }),
});
