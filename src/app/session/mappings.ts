import type { TryPattern } from '../../ecs/check-mapping.ts';
import type { Mapping } from '../../ecs/mapping.ts';
import { shippedMappings } from '../../ecs/shipped-mappings.ts';
import { type DuckDB, openDuckDB } from '../../engines/duckdb/connection.ts';
import { sql, text } from '../../sql/sql.ts';

/** The mappings that files are read by, with the user's own before those of the package; null for these alone. */
export async function mappingsOf(
  paths: readonly string[],
  timeField: string | undefined,
): Promise<readonly Mapping[] | null> {
  if (paths.length === 0 && timeField === undefined) return null;
  const [{ mappingsWith }, { withTimeField }] = await Promise.all([
    import('../../ecs/user-mappings.ts'),
    import('../../ecs/time-field.ts'),
  ]);
  const mappings =
    paths.length === 0 ? await shippedMappings() : await withEngine((tried) => mappingsWith(paths, tried));
  return timeField === undefined ? mappings : withTimeField(mappings, timeField);
}

/** Does something that asks an engine whether it takes regular expressions. */
export async function withEngine<T>(use: (tried: TryPattern) => Promise<T>): Promise<T> {
  const duckdb = await openDuckDB();
  try {
    return await use(tryPattern(duckdb));
  } finally {
    duckdb.close();
  }
}

/** Asks the engine for what it has against a regular expression. */
const tryPattern =
  ({ connection }: DuckDB): TryPattern =>
  async (pattern) => {
    try {
      await connection.runAndReadAll(sql`SELECT regexp_matches('', ${text(pattern)}, 's')`);
      return null;
    } catch (error) {
      return (error as Error).message.split('\n')[0]!.replace(/^[A-Za-z ]*Error: */, '');
    }
  };
