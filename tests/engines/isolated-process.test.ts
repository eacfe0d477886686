import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it } from 'vitest';
import type { IsolatedMessage, IsolatedTask } from '../../src/engines/duckdb/isolated-process.ts';
import { packageFolder } from '../../src/package/package-folder.ts';
import { sql } from '../../src/sql/sql.ts';

it('takes the next task as soon as it has answered one, also one that failed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'harrier-isolated-'));
  const process = fork(join(packageFolder(), 'dist', 'isolated-engine.mjs'), [], { serialization: 'advanced' });
  try {
    const files = await Promise.all(
      ['a', 'b'].map(async (name) => {
        const file = join(folder, `${name}.duckdb`);
        const instance = await DuckDBInstance.create(file);
        const connection = await instance.connect();
        await connection.run('CREATE TABLE events AS SELECT range AS n FROM range(100000)');
        connection.closeSync();
        instance.closeSync();
        return file;
      }),
    );
    const tasks = Array.from({ length: 60 }, (_, i): IsolatedTask => {
      const statement = i % 3 === 2 ? sql`SELECT unknown FROM events` : sql`SELECT count(*) FROM events`;
      return { file: files[i % 2]!, sql: statement, output: [], mostBytes: undefined, memoryLimit: '128MiB' };
    });
    const answers: IsolatedMessage[] = [];
    await new Promise<void>((resolve, reject) => {
      process.on('error', reject).on('exit', () => reject(new Error('the process ended')));
      process.on('message', (message: IsolatedMessage) => {
        if ('rows' in message) return;
        answers.push(message);
        const next = tasks[answers.length];
        if (next) process.send(next);
        else resolve();
      });
      process.send(tasks[0]!);
    });
    const failures = answers.flatMap((answer) => ('error' in answer ? JSON.stringify(answer.error) : []));
    expect(failures).toHaveLength(20);
    expect(failures.filter((message) => !message.includes('unknown'))).toEqual([]);
  } finally {
    process.removeAllListeners().kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}, 60_000);
