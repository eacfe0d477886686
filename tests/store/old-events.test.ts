import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { rowGroup } from '../../src/engines/duckdb/connection.ts';
import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { storeFile } from '../../src/files/store-file.ts';
import { type Sql, sql } from '../../src/sql/sql.ts';
import { forget, oldEvents } from '../../src/store/forget.ts';
import { reclaim } from '../../src/store/retention.ts';
import type { Store } from '../../src/store/store.ts';
import { StoreQueries } from '../../src/store/store-queries.ts';
import { storeSize } from '../../src/store/store-size.ts';
import { Writer } from '../../src/store/writer.ts';
import { openStore } from '../server/support.ts';

const week = 7 * 86_400_000;
const now = Date.UTC(2026, 2, 10);
const index = 'logs-a-b';

/** Adds some weeks of events to a store, a group of rows each, in the order of time; the last ends at a moment. */
async function addWeeks(store: Store, weeks: number, end = now): Promise<void> {
  const writer = new Writer(store);
  for (let n = weeks; n > 0; n--) {
    const begin = end - n * week;
    await writer.apply(
      Array.from({ length: rowGroup }, (_, i) => {
        const time = new Date(begin + (i * week) / rowGroup).toISOString();
        const line = Buffer.from(`{"@timestamp":"${time}","n":${(i * 7919) % 10_007},"host.name":"${i * n}"}`);
        return { action: 'create', index, id: null, line };
      }),
    );
  }
  await store.refresh('all');
}

const queriesOf = (store: Store): StoreQueries => new StoreQueries(store, { concurrent: 2, waiting: 10 });

/** How many rows the engine reads of tables for a statement. */
async function rowsRead(store: Store, statement: Sql | string): Promise<number> {
  const connection = await store.duckdb.connect();
  try {
    const explained = await connection.runAndReadAll(`EXPLAIN (ANALYZE, FORMAT JSON) ${statement}`);
    const text = String(explained.getRows()[0]![1]);
    const scanned = [...text.matchAll(/"operator_rows_scanned":\s*(\d+)/g)].map(([, rows]) => Number(rows));
    expect(scanned.length).toBeGreaterThan(0);
    return scanned.reduce((sum, rows) => sum + rows, 0);
  } finally {
    connection.closeSync();
  }
}

async function rowsReadFor(store: Store, query: string): Promise<number> {
  const catalogue = await queriesOf(store).catalogue(store.duckdb.connection, () => true);
  const engine = new DuckDBEngine(store.duckdb, { catalogue, relation: catalogue.relation });
  return rowsRead(store, engine.statement(query, { now, maxRows: 1000 }));
}

it('reads as many rows for the last week of a long time as for that of a short one', async () => {
  const query = `FROM ${index} | WHERE @timestamp > NOW() - 7 days | STATS c = COUNT(*) BY host.name | SORT c DESC | LIMIT 5`;
  const read: number[] = [];
  for (const weeks of [1, 8]) {
    const store = await openStore();
    await addWeeks(store, weeks);
    await store.checkpoint();
    read.push(await rowsReadFor(store, query));
    const { table } = store.committed[0]!;
    const newest = `SELECT "_seq_no" FROM ${table} ORDER BY "_seq_no" DESC LIMIT 1`;
    expect(await rowsRead(store, newest)).toBeLessThanOrEqual(2 * rowGroup);
    const { indices } = await queriesOf(store).catalogue(store.duckdb.connection, () => true);
    expect(indices).toMatchObject([{ events: weeks * rowGroup, firstTimestamp: now - weeks * week }]);
  }
  // A group of rows more, at most: the one in which the week begins.
  expect(read[1]! - read[0]!).toBeLessThanOrEqual(rowGroup);
});

it('uses the space of forgotten events again, and the file stays as large as it is', async () => {
  const store = await openStore();
  const queries = queriesOf(store);
  const weeks = 4;
  await addWeeks(store, weeks);
  await store.checkpoint();
  const full = statSync(join(store.folder, storeFile)).size;
  for (let later = 1; later <= 6; later++) {
    const end = now + later * week;
    const limit = end - weeks * week;
    const old = await oldEvents(store.duckdb.connection, store.committed[0]!, limit);
    expect(old).toMatchObject({ index, events: rowGroup, oldest: limit - week });
    // Queries that run on keep no space for long.
    const running = queries.run(`FROM ${index} | STATS COUNT_DISTINCT(host.name)`, { now, maxRows: 10 });
    expect(await forget(store, index, limit)).toBe(rowGroup);
    await reclaim(store, queries);
    await running;
    expect((await storeSize(store)).free).toBeGreaterThan(full / weeks / 2);
    await addWeeks(store, 1, end);
    await store.checkpoint();
    const { indices } = await queries.catalogue(store.duckdb.connection, () => true);
    expect(indices).toMatchObject([{ events: weeks * rowGroup, firstTimestamp: limit }]);
  }
  expect(statSync(join(store.folder, storeFile)).size).toBeLessThan(1.3 * full);
  await store.exclusively((connection) => store.deleteIndex(connection, store.index(index)!));
  await store.checkpoint();
  // The file itself only becomes shorter where its end is free.
  const { file, free } = await storeSize(store);
  expect(file - free).toBeLessThan(0.3 * full);
}, 60_000);

it('waits for queries no longer than it may, and lets them go on', async () => {
  const store = await openStore();
  const queries = queriesOf(store);
  let end!: () => void;
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const rows = queries.rows.bind(queries, sql`SELECT 1`);
  const seen: string[] = [];
  const long = queries.whileIdle(async () => ended, 0);
  const waits = rows().then(() => seen.push('query'));
  await new Promise((resolve) => setTimeout(resolve, 20));
  seen.push('work');
  end();
  await Promise.all([long, waits]);
  expect(seen).toEqual(['work', 'query']);
  // Work that cannot have its moment is done beside a query, and holds up no other.
  await addWeeks(store, 1);
  const stop = new AbortController();
  const options = { now, maxRows: 1, signal: stop.signal };
  const endless = queries.run(`FROM ${index} | EVAL a = REPEAT(host.name, 200) | STATS VALUES(a)`, options);
  endless.catch(() => undefined);
  while (queries.load.running === 0) await new Promise((resolve) => setImmediate(resolve));
  expect(await queries.whileIdle(async () => (await rows()).length, 1)).toBe(1);
  stop.abort();
  await endless.catch(() => undefined);
});
