import { expect, it } from 'vitest';
import { parseIp } from '../../src/values/ip.ts';
import { networkDirection } from '../../src/values/network-direction.ts';
import { engineOver, now } from '../support/query.ts';

/*
 * An argument that is the same for all rows may be planned for. The answer is the same as where it stands in a field.
 */

const dates = [
  ...['2026-03-01T00:00:00.000Z', '2024-02-29T12:00:00.001Z', '2026-12-31T23:59:59.999Z', '1999-01-09T01:02:03.040Z'],
  ...['1969-12-31T13:05:09.100Z', '2000-10-10T10:10:10.010Z', '0099-07-04T00:30:00Z', '9999-11-11T11:11:11.111Z'],
];

it.each([
  ...[
    'yy',
    'dd/MM/yy HH:mm:ss',
    'd.M.yyyy',
    'E, d MMM yyyy',
    'EE',
    'h:m:s a',
    'hh a',
    'H',
    'D',
    'DDD',
    'M',
    's',
    'SSS',
  ],
  ...["yyyy-MM-dd'T'HH", "'at' h 'o''clock'", 'uu', 'u-M', 'EEEE d', 'MMMM', 'yyyyMMddHHmmss', '%d', "d'%'"],
])('DATE_FORMAT by %s', async (pattern) => {
  const docs = dates.map((t, i) => ({ i, t, p: pattern }));
  const mappings = { properties: { i: { type: 'long' }, t: { type: 'date' }, p: { type: 'keyword' } } };
  const engine = await engineOver([{ name: 'e', mappings, docs }]);
  const query = `FROM e | EVAL a = DATE_FORMAT(${JSON.stringify(pattern)}, t), b = DATE_FORMAT(p, t) | SORT i | KEEP a, b`;
  const { values } = await engine.query(query, { now, maxRows: null });
  expect(values.map(([a]) => a)).toEqual(values.map(([, b]) => b));
  expect(values.every(([a]) => a !== null)).toBe(true);
});

const addresses = [
  ...['10.1.2.3', '172.16.0.1', '172.32.0.1', '192.168.255.255', '127.0.0.1', '169.254.1.1', '224.0.0.1', '239.1.1.1'],
  ...['0.0.0.0', '255.255.255.255', '8.8.8.8', '::', '::1', 'fe80::1', 'ff01::1', 'ff02::1', 'ff0e::1', 'fd00::1'],
  ...['fc00::1', '2001:db8::1', '::ffff:0:0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
];

it.each([
  [['private']],
  [['public']],
  [['unicast', 'loopback']],
  [['global_unicast']],
  [['multicast', 'link_local_unicast']],
  [['unspecified', '8.8.0.0/16', '2001:db8::/32']],
  [['private', 'public']],
  [['interface_local_multicast', 'link_local_multicast']],
])('NETWORK_DIRECTION by %j', async (networks) => {
  const docs = addresses.flatMap((s) => addresses.map((d) => ({ s, d })));
  const mappings = { properties: { s: { type: 'ip' }, d: { type: 'ip' } } };
  const engine = await engineOver([{ name: 'e', mappings, docs }]);
  const query = `FROM e | EVAL a = NETWORK_DIRECTION(s, d, ${JSON.stringify(networks)}) | KEEP s, d, a`;
  const { values } = await engine.query(query, { now, maxRows: null });
  const wrong = values.filter(
    ([s, d, a]) => a !== networkDirection(parseIp(s as string)!, parseIp(d as string)!, networks),
  );
  expect(values).toHaveLength(docs.length);
  expect(wrong).toEqual([]);
});
