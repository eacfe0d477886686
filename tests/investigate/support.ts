import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { EventFiles } from '../../src/files/event-files.ts';
import { readFolder } from '../../src/hunts/library.ts';
import { oddEvents, writeEvent } from '../hunts/odd-events.ts';
import { hasShared, shared } from '../support/shared.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const now = Date.parse('2026-03-10T12:00:00Z');

/** An engine over events with every oddity, read from a file. */
export async function oddEngine(seed = 1, count = 6000): Promise<DuckDBEngine> {
  const file = join(temporaryFolder(), 'events.ndjson');
  writeFileSync(file, oddEvents(count, seed, now).map(writeEvent).join('\n'));
  return engineOverFile(file);
}

export async function engineOverFile(file: string): Promise<DuckDBEngine> {
  const duckdb = await openDuckDB();
  const files = await EventFiles.open(duckdb.connection, { data: [file], cache: false, strict: false });
  const { relation, catalogue, release } = await files.load('all');
  const close = (): void => {
    duckdb.close();
    release();
  };
  return new DuckDBEngine({ ...duckdb, close }, { catalogue, relation });
}

/** Queries to hold against single runs: those of our own hunts and of the seeds, and shapes that they do not have. */
export async function huntQueries(): Promise<string[]> {
  const folders = ['hunts/network', ...(hasShared ? [shared('seeds')] : [])];
  const hunts = (await Promise.all(folders.map((path) => readFolder(path)))).flatMap((found) => found.hunts);
  return [
    ...hunts.flatMap(({ queries }) => queries.map(({ text }) => text)),
    'FROM logs-* | STATS n = COUNT(*), b = SUM(source.bytes) BY process.name, destination.ip | WHERE n > 2 AND b >= 1000 | SORT n DESC | LIMIT 7',
    'FROM logs-* | WHERE @timestamp > now() - 1 day | EVAL kind = CASE(source.bytes > 500, "big", "small") | STATS n = COUNT(*), hosts = COUNT_DISTINCT(agent.id) BY kind, process.name | WHERE 3 <= n | EVAL r = n / hosts | WHERE r > 1.5 | KEEP r, kind',
    'FROM logs-* | WHERE @timestamp >= now() - 6 hours AND @timestamp < now() - 1 hour | STATS n = COUNT(*) BY agent.id | STATS m = MAX(n), c = COUNT(*) BY agent.id | WHERE m >= 2',
    'FROM logs-* | WHERE @timestamp > now() - 2 days | INLINE STATS n = COUNT(*) BY process.name | WHERE n < 40 | KEEP process.name, n | SORT n, process.name | LIMIT 20',
    'FROM logs-* | WHERE @timestamp > now() - 2 days | STATS n = COUNT(*) | WHERE n > 10',
    'FROM logs-* | WHERE @timestamp > now() - 2 days | STATS n = COUNT(*), latest = MAX(@timestamp) BY agent.id | EVAL age = DATE_DIFF("hour", latest, now()) | WHERE age >= 3',
    'FROM logs-* | WHERE @timestamp > now() - 5 hours AND source.bytes > 1000 | KEEP @timestamp, agent.id, source.bytes | SORT @timestamp, agent.id, source.bytes | LIMIT 50',
  ];
}
