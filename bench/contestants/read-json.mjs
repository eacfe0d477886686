// DuckDB's read_json into a table on disk, every field of the events: what reading files costs without Harrier.
import { rmSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const [files, database] = process.argv.slice(2);
rmSync(database, { force: true });
const connection = await (await DuckDBInstance.create(database)).connect();
const list = JSON.parse(files)
  .map((file) => `'${file}'`)
  .join(', ');
await connection.run(`CREATE TABLE events AS SELECT * FROM read_json([${list}])`);
await connection.run('CHECKPOINT');
