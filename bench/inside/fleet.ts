import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fleetTables, networkLines } from '../../src/demo/fleet-sql.ts';
import { defaults } from '../../src/demo/generate.ts';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { sql, text } from '../../src/sql/sql.ts';

/** Each file takes a look at all connections, so files of a large fleet are larger. */
const eventsPerFile = (all: number): number => (all > 50_000_000 ? 1_000_000 : 250_000);

/**
 * Makes a sample fleet as `harrier demo` does, with 200 hosts to every million events, but hands each file over as soon
 * as it is written: who asks for the next may have removed it. So a fleet may be larger than the disk.
 */
export async function* fleetFiles(events: number, folder: string): AsyncGenerator<string> {
  await mkdir(folder, { recursive: true });
  const { connection, close } = await openDuckDB();
  const { seed, days, end } = defaults;
  const hosts = Math.max(defaults.hosts, Math.round((defaults.hosts * events) / 1e6));
  await connection.run(sql`SET preserve_insertion_order = true`);
  const parameters = { hosts, days, seed, end: end.getTime(), benignEvents: events, benign: false };
  for (const statement of fleetTables(parameters)) await connection.run(statement);
  // One writer, for the order of lines must not depend on which thread comes first.
  await connection.run(sql`SET threads = 1`);
  const counted = await connection.runAndReadAll(sql`SELECT count(*) FROM demo_events`);
  const all = Number(counted.getRows()[0]![0]);
  const size = eventsPerFile(all);
  for (let from = 0, part = 1; from < all; from += size, part++) {
    const path = join(folder, `network-${String(part).padStart(3, '0')}.ndjson`);
    const lines = networkLines(seed, { from, to: Math.min(all, from + size) });
    await connection.run(
      sql`COPY (${lines}) TO ${text(path)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01')`,
    );
    yield path;
  }
  close();
}
