import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { EvaluationError, InputError, QueryError, ResultTooLargeError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { isTooDeep } from '../diagnostics/too-deep.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { ClusterError } from '../engines/elasticsearch/cluster-error.ts';
import { isFault } from './fault.ts';

const thrownBy = (work: () => Promise<unknown>): Promise<unknown> =>
  work().then(
    () => null,
    (error: unknown) => error,
  );

it.each([
  new InputError('no such file'),
  new QueryError(new SourceText('FROM'), []),
  new EvaluationError('too many digits'),
  ResultTooLargeError.overBytes(1),
  new ClusterError('it does not answer', { failure: 'time' }),
  new Error('the query needs more memory than it may use; give it more with --memory, such as --memory 4GB: …'),
])('%o is none', (error) => expect(isFault(error)).toBe(false));

it('a file out of reach is none', async () => {
  expect(isFault(await thrownBy(() => readFile('/no/such/file')))).toBe(false);
  const duckdb = await openDuckDB();
  expect(isFault(await thrownBy(() => duckdb.connection.run("FROM '/no/such.parquet'" as never)))).toBe(false);
  duckdb.close();
});

it('a query that lies deeper in itself than JavaScript or DuckDB reach is none', async () => {
  const duckdb = await openDuckDB();
  const deep = `SELECT ${'('.repeat(500)}1${' + 1)'.repeat(500)} + ${Array(1500).fill('1').join(' + ')}`;
  const error = await thrownBy(() => duckdb.connection.run(deep as never));
  duckdb.close();
  expect([isTooDeep(error), isFault(error)]).toEqual([true, false]);
  const deeper = (n: number): number => 1 + deeper(n + 1);
  for (const work of [() => deeper(0), () => 'x'.repeat(2 ** 30)])
    expect(isFault(await thrownBy(async () => work()))).toBe(false);
});

it('a statement that DuckDB does not understand, and what is no error at all, are', async () => {
  const duckdb = await openDuckDB();
  expect(isFault(await thrownBy(() => duckdb.connection.run('SELECT nothing' as never)))).toBe(true);
  duckdb.close();
  expect(isFault(await thrownBy(async () => (undefined as never as string).length))).toBe(true);
  expect(isFault('a text')).toBe(true);
});
