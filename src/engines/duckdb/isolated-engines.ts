import { type ChildProcess, fork } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFolder } from '../../package/package-folder.ts';
import type { WarningSites } from '../../sql/duckdb/warning-sites.ts';
import { ident, sql, text } from '../../sql/sql.ts';
import type { CellValue, QueryResult } from '../../values/types.ts';
import type { QueryOptions } from '../engine.ts';
import { receivedError } from '../sent-error.ts';
import { Turns } from '../turns.ts';
import type { DuckDB } from './connection.ts';
import { interruptible } from './interrupt.ts';
import type { IsolatedStatement } from './isolate.ts';
import type { IsolatedMessage, IsolatedTask } from './isolated-process.ts';
import { outOfMemory, statementError } from './run-statement.ts';
import { answerOf, type Runnable, statementOf } from './runnable.ts';

export interface IsolationOptions {
  /** Where tables for the processes are written; the engine must be allowed to write there. Ends with a slash. */
  readonly folder: string;
  /** Processes at the same time; more statements wait. */
  readonly processes: number;
  /** What the engine of each may use, such as `256MiB`. */
  readonly memoryLimit: string;
}

/** Milliseconds that a process without work is kept for the next. */
const keep = 60_000;
/** Megabytes of JavaScript's memory in a process. */
const heap = 512;

let files = 0;

/**
 * Runs statements in processes of their own, which are killed where a statement must end: JavaScript that looks for a
 * pattern cannot be interrupted, and here it keeps nobody waiting.
 */
export class IsolatedEngines {
  readonly #idle = new Map<ChildProcess, NodeJS.Timeout>();
  readonly #all = new Set<ChildProcess>();
  readonly #turns: Turns;

  constructor(private readonly options: IsolationOptions) {
    this.#turns = new Turns(options.processes);
  }

  /** How many statements run in processes of their own. */
  get running(): number {
    return this.#all.size - this.#idle.size;
  }

  /** How many statements wait. */
  get waiting(): number {
    return this.#turns.waiting;
  }

  /** Runs a planned query; `withEngine` lends the engine that holds the tables which the statement reads. */
  run(
    planned: Runnable & { readonly isolated: IsolatedStatement },
    withEngine: (work: (duckdb: DuckDB, until: AbortSignal) => Promise<void>) => Promise<void>,
    { signal, mostBytes }: Pick<QueryOptions, 'signal' | 'mostBytes'>,
  ): Promise<QueryResult> {
    const began = performance.now();
    const { tables, sql: statement } = planned.isolated;
    const { sites, output } = statementOf(planned);
    const { folder, memoryLimit } = this.options;
    return this.#turns.take(async () => {
      const file = tables.length > 0 ? `${folder}isolated-${++files}.duckdb` : null;
      try {
        if (file !== null) await withEngine((duckdb, until) => fill(file, tables, duckdb, sites, until));
        const task = { file, sql: statement, output, mostBytes, memoryLimit };
        const rows = await this.#ask(task, sites, signal);
        return answerOf(planned, { ...rows, tookMs: Math.round(performance.now() - began) }, sites);
      } finally {
        if (file !== null) await rm(file, { force: true });
      }
    }, signal);
  }

  #ask(
    task: IsolatedTask,
    sites: WarningSites,
    signal: AbortSignal | undefined,
  ): Promise<{ values: CellValue[][]; bytes: number }> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const process = this.#process();
      const values: CellValue[][] = [];
      const end = (isReusable: boolean): void => {
        signal?.removeEventListener('abort', kill);
        process.removeAllListeners('message').removeAllListeners('exit').removeAllListeners('error');
        if (isReusable) this.#keep(process);
        else this.#kill(process);
      };
      const kill = (): void => {
        end(false);
        reject(signal!.reason);
      };
      const failed = (): void => {
        end(false);
        reject(new Error(`${outOfMemory}: Out of Memory Error in a process of its own`));
      };
      signal?.addEventListener('abort', kill, { once: true });
      process.on('exit', failed).on('error', failed);
      process.on('message', (message: IsolatedMessage) => {
        if ('rows' in message) {
          for (const row of message.rows) values.push(row as CellValue[]);
          return;
        }
        end(true);
        if ('error' in message) return reject(receivedError(message.error, ''));
        for (const [site, reason] of message.warnings) sites.record(site, reason);
        resolve({ values, bytes: message.bytes });
      });
      process.send(task);
    });
  }

  #process(): ChildProcess {
    for (const [process, timer] of this.#idle) {
      clearTimeout(timer);
      this.#idle.delete(process);
      process.removeAllListeners('exit');
      return process;
    }
    const process = fork(join(packageFolder(), 'dist', 'isolated-engine.mjs'), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [`--max-old-space-size=${heap}`],
    });
    this.#all.add(process);
    return process;
  }

  #keep(process: ChildProcess): void {
    const forget = (): void => {
      clearTimeout(this.#idle.get(process));
      this.#idle.delete(process);
      this.#kill(process);
    };
    process.once('exit', forget);
    this.#idle.set(process, setTimeout(forget, keep).unref());
  }

  #kill(process: ChildProcess): void {
    this.#all.delete(process);
    process.removeAllListeners();
    process.on('error', () => undefined);
    process.kill('SIGKILL');
  }

  /** Ends all processes. */
  close(): void {
    for (const timer of this.#idle.values()) clearTimeout(timer);
    this.#idle.clear();
    for (const process of [...this.#all]) this.#kill(process);
  }
}

/** Writes the tables that a statement reads into a file. */
async function fill(
  file: string,
  tables: IsolatedStatement['tables'],
  { connection, listeners }: DuckDB,
  sites: WarningSites,
  signal: AbortSignal | undefined,
): Promise<void> {
  const name = ident(file);
  const listener = (site: number, reason: string): boolean => sites.record(site, reason);
  listeners.add(listener);
  await connection.run(sql`ATTACH ${text(file)} AS ${name} (STORAGE_VERSION 'latest')`);
  try {
    for (const table of tables)
      await interruptible(connection, signal, () =>
        connection.run(sql`CREATE OR REPLACE TABLE ${name}.main.${table.name} AS ${table.sql}`),
      );
  } catch (error) {
    throw statementError(error);
  } finally {
    listeners.delete(listener);
    await connection.run(sql`DETACH ${name}`);
  }
}
