import { expect, test } from 'vitest';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { ident, join, type Sql, sql, text } from '../sql/sql.ts';
import { communityId } from '../values/community-id.ts';
import { communityIdSql } from './community-id.ts';

const addresses = [
  '0.0.0.0',
  '10.0.0.5',
  '203.0.113.7',
  '255.255.255.255',
  '10.0.0.256',
  '10.0.0.05',
  '::1',
  'fe80::1',
  'pc1',
  '',
];
const ports = ['', '0', '1', '80', '00443', ' 80', '8e1', '65535', '65536', '-1'];
const protocols = ['tcp', 'UDP', 'sctp', 'icmp', 'ipv6-icmp', 'igmp', '6', '17', 'none', ''];

test('flows have the id in SQL that they have in JavaScript', async () => {
  const { connection } = await openDuckDB();
  const flows = addresses.flatMap((source, i) =>
    addresses.flatMap((destination, j) =>
      ports.flatMap((port, k) =>
        protocols.map((protocol, l) => [source, port, destination, ports[(i + j + k + l) % ports.length]!, protocol]),
      ),
    ),
  );
  const rows = flows.map((flow) => sql`(${join(flow.map(text), ', ')})`);
  const [source, sourcePort, destination, destinationPort, transport] = ['s', 'sp', 'd', 'dp', 't'].map((name) =>
    ident(name),
  ) as [Sql, Sql, Sql, Sql, Sql];
  const made = communityIdSql({ source, sourcePort, destination, destinationPort, transport });
  const reader = await connection.runAndReadAll(
    sql`SELECT ${made} FROM (VALUES ${join(rows, ', ')}) AS f(s, sp, d, dp, t)`,
  );
  const expected = flows.map(([s, sp, d, dp, t]) => communityId(s!, sp!, d!, dp!, t!));
  expect(expected.filter((id) => id !== null).length).toBeGreaterThan(500);
  expect(reader.getRows().map(([id]) => id)).toEqual(expected);
});

test('an end that is missing gives no id', async () => {
  const { connection } = await openDuckDB();
  const [source, destination] = [text('10.0.0.1'), text('10.0.0.2')];
  const flow = { source, sourcePort: text('1'), destination, destinationPort: text('2'), transport: text('tcp') };
  const without = (['source', 'destination', 'transport'] as const).map((end) =>
    communityIdSql({ ...flow, [end]: sql`NULL::VARCHAR` }),
  );
  const reader = await connection.runAndReadAll(sql`SELECT ${join([communityIdSql(flow), ...without], ', ')}`);
  expect(reader.getRows()[0]).toEqual([communityId('10.0.0.1', '1', '10.0.0.2', '2', 'tcp'), null, null, null]);
});
