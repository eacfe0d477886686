import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../diagnostics/diagnostic.ts';
import { number, type Sql, sql, text } from '../sql/sql.ts';

/** The layout of the store's own tables. Each change of it has a step below, which brings a store there. */
export const currentLayout = 5;

export const meta = sql`harrier.meta`;
export const indicesTable = sql`harrier.indices`;
export const templatesTable = sql`harrier.templates`;
export const endsTable = sql`harrier.ends`;

/** What is known of the documents of an index that nobody has changed since; a write of the index removes it. */
const makeEnds = sql`CREATE TABLE IF NOT EXISTS ${endsTable} (uuid VARCHAR, documents BIGINT, next_sequence BIGINT, first_time BIGINT, last_time BIGINT)`;

/** What was read of files: how far, which were not touched since, and what is missing. */
const fileTables: readonly Sql[] = [
  sql`CREATE TABLE IF NOT EXISTS harrier.files (digest VARCHAR, bytes BIGINT, first_line VARCHAR, lines BIGINT)`,
  sql`CREATE TABLE IF NOT EXISTS harrier.paths (path VARCHAR, marks VARCHAR)`,
  sql`CREATE TABLE IF NOT EXISTS harrier.unread (path VARCHAR, lack VARCHAR)`,
];

/** What a new store begins with. */
const tables: readonly Sql[] = [
  sql`CREATE SCHEMA harrier`,
  sql`CREATE TABLE ${meta} (layout INTEGER, cluster_uuid VARCHAR)`,
  sql`CREATE TABLE ${indicesTable} (name VARCHAR, uuid VARCHAR, table_name VARCHAR, created BIGINT, is_data_stream BOOLEAN, settings VARCHAR, mapping VARCHAR, columns VARCHAR, lifecycle VARCHAR, next_sequence BIGINT DEFAULT 0)`,
  sql`CREATE TABLE ${templatesTable} (kind VARCHAR, name VARCHAR, body VARCHAR)`,
  ...fileTables,
  makeEnds,
];

/** Statements that bring a store to a layout from the one before. */
const steps: ReadonlyMap<number, readonly Sql[]> = new Map([
  [
    // Retention, and numbers of documents that are not given twice when those that had them are gone. The tables about
    // files were made by the first ingest, which a store that is only read cannot do.
    4,
    [
      ...fileTables,
      sql`ALTER TABLE ${indicesTable} ADD COLUMN lifecycle VARCHAR`,
      sql`ALTER TABLE ${indicesTable} ADD COLUMN next_sequence BIGINT DEFAULT 0`,
    ],
  ],
  // A start need not ask each of hundreds of tables.
  [5, [makeEnds]],
]);

const oldest = Math.min(...steps.keys()) - 1;

/** The layout of the store that a connection is on; null for an empty file. Throws an InputError for one that cannot be read. */
export async function layoutOf(connection: DuckDBConnection, folder: string): Promise<number | null> {
  // A list of all tables would be made of all of them.
  const rows = await connection.runAndReadAll(sql`SELECT layout FROM ${meta}`).catch((error: Error) => {
    if (error.message.startsWith('Catalog Error')) return null;
    throw error;
  });
  const row = rows?.getRows()[0];
  if (!row) return null;
  const found = Number(row[0]);
  if (found > currentLayout)
    throw new InputError(
      `the store in ${folder} has layout ${found}, and this version of Harrier knows layouts up to ${currentLayout}`,
      'open it with the version that made it, or a newer one',
    );
  if (found < oldest)
    throw new InputError(
      `the store in ${folder} has layout ${found}, and this version of Harrier brings layouts from ${oldest} forward`,
      'ingest its events into a new store, or bring it forward with a version in between',
    );
  return found;
}

export const noStore = (folder: string): InputError =>
  new InputError(`there is no store in ${folder}`, 'make one: harrier ingest FILES --store FOLDER');

/** Throws an InputError for a store that cannot be read as it is, and must not be changed. */
export async function checkLayout(connection: DuckDBConnection, folder: string): Promise<void> {
  const found = await layoutOf(connection, folder);
  if (found === null) throw noStore(folder);
  if (found < currentLayout)
    throw new InputError(
      `the store in ${folder} has layout ${found}, and is read with layout ${currentLayout}`,
      `bring it forward: harrier upgrade --store ${folder}`,
    );
}

/**
 * Makes the tables of a new store, or brings those of an older one forward, in one transaction: whoever is killed on the
 * way leaves the store as it was. Returns the layout that was found.
 */
export async function bringForward(
  connection: DuckDBConnection,
  folder: string,
  newUuid: () => string,
): Promise<number> {
  const found = await layoutOf(connection, folder);
  if (found === currentLayout) return found;
  await connection.run(sql`BEGIN TRANSACTION`);
  try {
    if (found === null) {
      await connection.run(sql`DROP SCHEMA IF EXISTS harrier CASCADE`);
      for (const statement of tables) await connection.run(statement);
      await connection.run(sql`INSERT INTO ${meta} VALUES (${number(currentLayout)}, ${text(newUuid())})`);
    } else {
      for (let layout = found + 1; layout <= currentLayout; layout++)
        for (const statement of steps.get(layout)!) await connection.run(statement);
      await connection.run(sql`UPDATE ${meta} SET layout = ${number(currentLayout)}`);
    }
    await connection.run(sql`COMMIT`);
  } catch (error) {
    await connection.run(sql`ROLLBACK`).catch(() => undefined);
    throw error;
  }
  return found ?? currentLayout;
}
