import type { DuckDBConnection } from '@duckdb/node-api';
import { type Sql, sql, text } from '../../sql/sql.ts';
import type { CellValue } from '../../values/types.ts';
import { lowerProcessPriority } from '../priority.ts';
import { type SentError, sentError } from '../sent-error.ts';
import { type DuckDB, openDuckDB } from './connection.ts';
import { runStatement } from './run-statement.ts';
import type { Selected } from './runnable.ts';

/*
 * The process in which statements run that call JavaScript which may take long. One at a time; whoever started it kills it
 * where a statement must end.
 */

/** A statement to run over the tables in a file of DuckDB's; none where it reads no tables. */
export interface IsolatedTask {
  readonly file: string | null;
  readonly sql: Sql;
  readonly output: Selected;
  readonly mostBytes: number | undefined;
  readonly memoryLimit: string;
}

/** What comes back: some rows at a time, then the end. */
export type IsolatedMessage =
  | { readonly rows: readonly CellValue[][] }
  | { readonly bytes: number; readonly warnings: readonly (readonly [site: number, reason: string])[] }
  | { readonly error: SentError };

/** Rows in one message. */
const rowsAtATime = 500;
/** Reasons kept for a site, as Elasticsearch keeps them. */
const mostReasons = 20;

let opened: Promise<DuckDB> | null = null;

async function run({ file, sql: statement, output, mostBytes, memoryLimit }: IsolatedTask): Promise<void> {
  opened ??= openDuckDB({ memoryLimit });
  const duckdb = await opened;
  const { connection } = duckdb;
  const reasons = new Map<number, Set<string>>();
  const sites = {
    record(site: number, reason: string): boolean {
      const known = reasons.get(site) ?? new Set();
      reasons.set(site, known);
      if (known.size >= mostReasons) return false;
      known.add(reason);
      return true;
    },
  };
  if (file !== null) {
    await connection.run(sql`ATTACH ${text(file)} AS given (READ_ONLY)`);
    await connection.run(sql`USE given`);
  }
  let last: IsolatedMessage;
  try {
    const { values, bytes } = await runStatement(duckdb, { sql: statement, output, sites }, { mostBytes });
    while (values.length > 0) await send({ rows: values.splice(0, rowsAtATime) });
    const warnings = [...reasons].flatMap(([site, own]) => [...own].map((reason) => [site, reason] as const));
    last = { bytes, warnings };
  } catch (error) {
    last = { error: sentError(error) };
  } finally {
    if (file !== null) await detach(connection);
  }
  // The next task may come as soon as this is there.
  await send(last);
}

/** Lets the tables of a task go; a process that cannot is of no use to the next one. */
async function detach(connection: DuckDBConnection): Promise<void> {
  try {
    await connection.run(sql`USE memory`);
    await connection.run(sql`DETACH given`);
  } catch {
    process.exit(1);
  }
}

const send = (message: IsolatedMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send!(message, undefined, undefined, (error) => (error ? reject(error) : resolve()));
  });

lowerProcessPriority();
// Signals for the group of processes are the server's to answer; without it there is nothing to do.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit(0));
process.on('message', (task: IsolatedTask) => {
  run(task).catch(async (error) => {
    await send({ error: sentError(error) }).catch(() => undefined);
  });
});
