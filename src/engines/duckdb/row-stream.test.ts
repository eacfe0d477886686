import { afterAll, beforeAll, expect, it } from 'vitest';
import { RowsEndedError } from '../../diagnostics/diagnostic.ts';
import { number, type Sql, sql } from '../../sql/sql.ts';
import { type DuckDB, openDuckDB } from './connection.ts';
import { interruptible } from './interrupt.ts';
import { RowStream } from './row-stream.ts';

let duckdb: DuckDB;
beforeAll(async () => {
  duckdb = await openDuckDB();
});
afterAll(() => duckdb.close());

/** All rows of a statement, counted; `onRows` hears of each piece. */
async function count(statement: Sql, onRows: () => void = () => {}): Promise<number> {
  const rows = await RowStream.of(duckdb.connection, statement);
  let counted = 0;
  for (let chunk = await rows.next(); chunk; chunk = await rows.next()) {
    counted += chunk.rowCount;
    onRows();
  }
  return counted;
}

it.each([0, 1, 2048, 200_001])('gives all of %i rows', async (rows) => {
  expect(await count(sql`SELECT i, i::VARCHAR FROM range(200001) t(i) LIMIT ${number(rows)}`)).toBe(rows);
});

it('is at its end however often it is asked', async () => {
  const rows = await RowStream.of(duckdb.connection, sql`SELECT 1`);
  expect((await rows.next())?.rowCount).toBe(1);
  expect([await rows.next(), await rows.next(), await rows.next()]).toEqual([null, null, null]);
});

it('says what a statement fails for that has given rows before', async () => {
  let pieces = 0;
  const late = sql`SELECT CASE WHEN i = 150000 THEN error('no more') ELSE i::VARCHAR END FROM range(200000) t(i)`;
  await expect(count(late, () => pieces++)).rejects.toThrow('no more');
  expect(pieces).toBeGreaterThan(0);
  expect(await count(sql`SELECT 1`)).toBe(1);
});

it('ends an interrupted statement with an error, not with the rows so far', async () => {
  const stop = new AbortController();
  const long = sql`SELECT i, md5(i::VARCHAR) FROM range(1000000000) t(i)`;
  const counting = interruptible(duckdb.connection, stop.signal, () => count(long, () => stop.abort()));
  await expect(counting).rejects.toThrow('INTERRUPT');
  expect(await count(sql`SELECT 1`)).toBe(1);
});

it('says that rows ended early where the transaction can do nothing more', async () => {
  const late = sql`SELECT CASE WHEN i = 150000 THEN error('no more') ELSE i::VARCHAR END FROM range(200000) t(i)`;
  await duckdb.connection.run(sql`BEGIN TRANSACTION READ ONLY`);
  await expect(count(late)).rejects.toThrow(RowsEndedError);
  await duckdb.connection.run(sql`ROLLBACK`);
  expect(await count(sql`SELECT 1`)).toBe(1);
});

it('says that rows ended early where the statement no longer fails', async () => {
  // As where memory that others took was free again by the time the reason was asked for.
  const connection = {
    prepare: async () => ({
      stream: async () => ({ fetchChunk: async () => null, isStreaming: false }),
      destroySync: () => undefined,
    }),
    run: async () => undefined,
  } as unknown as DuckDB['connection'];
  const rows = await RowStream.of(connection, sql`SELECT 1`);
  await expect(rows.next()).rejects.toThrow(RowsEndedError);
});
