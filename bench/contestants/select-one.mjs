// The least that a query through DuckDB costs a Node process.
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
console.log((await connection.runAndReadAll('SELECT 1')).getRows());
