// The table that an expert would make for the hunts: only the columns that they need, typed, addresses as integers, few
// values as enums, in the order of time. From the events in a store, so that all contestants have the same.
//
//   node make-expert.mjs STORE DATABASE PARQUET
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

const [store, database, parquet] = process.argv.slice(2);
const connection = await (await DuckDBInstance.create(database)).connect();
await connection.run(`ATTACH '${join(store, 'store.duckdb')}' AS store (READ_ONLY)`);
const [[name]] = (await connection.runAndReadAll('SELECT table_name FROM store.harrier.indices')).getRows();
const source = `store."${name}"`;

const enums = {
  os_family: 'host.os.family',
  os_type: 'host.os.type',
  category: 'event.category',
  action: 'event.action',
  type: 'event.type',
  direction: 'network.direction',
};
for (const [column, field] of Object.entries(enums)) {
  await connection.run(
    `CREATE TYPE ${column}_values AS ENUM (SELECT DISTINCT "${field}" FROM ${source} WHERE "${field}" IS NOT NULL ORDER BY 1)`,
  );
}
const four = '"destination.ip" BETWEEN 281470681743360::UHUGEINT AND 281474976710655::UHUGEINT';
await connection.run(`CREATE TABLE events AS SELECT "@timestamp"::TIMESTAMP AS ts, "agent.id"::UUID AS agent_id, "host.name" AS host_name,
  ${Object.entries(enums)
    .map(([column, field]) => `"${field}"::${column}_values AS ${column}`)
    .join(', ')},
  "process.code_signature.exists" AS signature_exists, "process.code_signature.trusted" AS signature_trusted, "process.entity_id" AS entity_id,
  "process.executable" AS executable, "process.name" AS name, "process.command_line" AS command_line, "user.id" AS user_id,
  "destination.address" AS dst_address, CASE WHEN ${four} THEN ("destination.ip" - 281470681743360::UHUGEINT)::UINTEGER END AS dst_ip4,
  CASE WHEN NOT ${four} THEN ("destination.ip" // 18446744073709551616::UHUGEINT)::UBIGINT END AS dst_ip6_hi,
  CASE WHEN NOT ${four} THEN ("destination.ip" % 18446744073709551616::UHUGEINT)::UBIGINT END AS dst_ip6_lo,
  "destination.port"::USMALLINT AS dst_port, "source.port"::USMALLINT AS src_port, "source.bytes" AS src_bytes
  FROM ${source} ORDER BY ts`);
await connection.run('CHECKPOINT');
await connection.run(`COPY events TO '${parquet}' (FORMAT parquet, COMPRESSION zstd)`);
