import { expect, test } from 'vitest';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { ident, type Sql, sql } from '../sql/sql.ts';
import { arranged } from './values.ts';

const texts: readonly (readonly [list: Sql, ordered: readonly string[] | null])[] = [
  [sql`NULL`, null],
  [sql`[]`, []],
  [sql`[NULL]`, []],
  [sql`['a']`, ['a']],
  [sql`['a', 'b']`, ['a', 'b']],
  [sql`['b', 'a']`, ['a', 'b']],
  [sql`['a', 'a']`, ['a']],
  [sql`['a', NULL]`, ['a']],
  [sql`[NULL, 'a']`, ['a']],
  [sql`['Z', 'a']`, ['Z', 'a']],
  [sql`['é', 'z']`, ['z', 'é']],
  [sql`['c', 'a', 'b', 'a']`, ['a', 'b', 'c']],
];

test.each(texts)('%s as values of a keyword', async (values, ordered) => {
  const { connection } = await openDuckDB();
  // What is longer than a name is worked out once.
  for (const value of [ident('v'), sql`list_transform(${ident('v')}, lambda one: coalesce(one, NULL))`]) {
    const reader = await connection.runAndReadAll(
      sql`SELECT ${arranged('keyword', value)} AS l FROM (SELECT (${values})::VARCHAR[] AS v)`,
    );
    expect(reader.getRowObjectsJson()[0]!.l).toEqual(ordered);
  }
});

test('numbers are kept as often as they come', async () => {
  const { connection } = await openDuckDB();
  const of = async (values: Sql): Promise<unknown> => {
    const reader = await connection.runAndReadAll(sql`SELECT ${arranged('long', values)} AS l`);
    return reader.getRowObjectsJson()[0]!.l;
  };
  expect(await of(sql`[2, 1]::BIGINT[]`)).toEqual(['1', '2']);
  expect(await of(sql`[2, 2]::BIGINT[]`)).toEqual(['2', '2']);
  expect(await of(sql`[3, 1, 2, 1]::BIGINT[]`)).toEqual(['1', '1', '2', '3']);
});
