import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DuckDB, openDuckDB } from '../../engines/duckdb/connection.ts';
import { luceneToRe2 } from '../../values/regular-expressions.ts';
import { join, type Sql, sql, text } from '../sql.ts';
import { fitsLucene } from './text-patterns.ts';

let duckdb: DuckDB;
beforeAll(async () => {
  duckdb = await openDuckDB();
});
afterAll(() => duckdb.close());

describe('fitsLucene', () => {
  const piece = fc.constantFrom(
    '.*',
    '.*',
    'a',
    'b',
    '.',
    '\\.',
    '\\\\',
    '[ab]',
    '(a|b)',
    'a|b',
    'ab',
    '(.*)',
    'b+',
    '\\*',
    '%',
    'é',
    '[.*]',
    '.*?',
  );
  const value = fc.array(fc.constantFrom('a', 'b', '.', '\\', '*', '%', '\n', 'é', '|'), { maxLength: 5 });

  it('says what a match of the whole text says', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(piece, { maxLength: 5 }),
        fc.array(value, { minLength: 1, maxLength: 12 }),
        async (pieces, values) => {
          const pattern = pieces.join('');
          const whole = luceneToRe2(pattern);
          fc.pre(typeof whole === 'string');
          const rows = values.map((characters): Sql => sql`(${text(characters.join(''))})`);
          const result = await duckdb.connection.runAndReadAll(
            sql`SELECT ${fitsLucene(sql`v`, pattern)!}, regexp_full_match(v, ${text(whole as string)}, 's') FROM (VALUES ${join([...rows, sql`(NULL::VARCHAR)`], ', ')}) AS t(v)`,
          );
          for (const [found, expected] of result.getRows()) expect(found ?? false).toBe(expected ?? false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
