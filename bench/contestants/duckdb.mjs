// DuckDB used by hand in a process that stays open: on the expert's table, or on that table as zstd Parquet.
import { DuckDBInstance } from '@duckdb/node-api';
import { work } from './worker.mjs';

const [kind, path] = process.argv.slice(2);
const instance = await DuckDBInstance.create(
  kind === 'parquet' ? ':memory:' : path,
  kind === 'parquet' ? {} : { access_mode: 'READ_ONLY' },
);
const connection = await instance.connect();
if (kind === 'parquet') await connection.run(`CREATE VIEW events AS SELECT * FROM '${path}'`);
work({ sql: async (text) => (await connection.runAndReadAll(text)).getRowObjectsJson() });
