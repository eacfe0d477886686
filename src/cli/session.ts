import type { Catalogue } from '../catalogue/catalogue.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { oneTable } from '../emit/emit.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { DuckDBEngine } from '../engines/duckdb/engine.ts';
import { parse } from '../esql/parse.ts';
import { mentions } from '../esql/syntax/walk.ts';
import type { LoadReport } from '../sources/load-report.ts';
import type { Wanted } from '../sources/options.ts';
import { sql } from '../sql/sql.ts';
import type { DataOptions } from './options.ts';
import { createProgress } from './progress.ts';

/** An engine over the user's events, and the time that it takes for now. */
export interface Session {
  readonly engine: DuckDBEngine;
  readonly now: Date;
  /** Null when no files were read. */
  readonly load: LoadReport | null;
}

/** Reads what the queries ask for and opens an engine on it. */
export async function openSession(
  queries: readonly string[],
  options: DataOptions,
  signal: AbortSignal,
): Promise<Session> {
  const duckdb = await openDuckDB();
  const interrupt = (): void => duckdb.connection.interrupt();
  if (options.data.length === 0) {
    const engine = new DuckDBEngine(duckdb, {
      catalogue: await catalogueWithoutData(queries),
      relation: oneTable(sql`events`),
    });
    return { engine, now: options.now instanceof Date ? options.now : new Date(), load: null };
  }
  const { EventFiles } = await import('../sources/event-files.ts');
  const progress = await createProgress(process.stderr);
  signal.addEventListener('abort', interrupt);
  try {
    const files = await EventFiles.open(duckdb.connection, {
      data: options.data,
      cache: options.cache,
      strict: options.strict,
      onProgress: (state) => progress.update(state),
      ...(options.index !== undefined && { index: options.index }),
    });
    const { relation, catalogue, report } = await files.load(wantedBy(queries));
    // From here on no query can reach a file: what was attached stays, nothing else opens.
    await duckdb.connection.run('SET enable_external_access = false');
    const latest = Math.max(...catalogue.indices.flatMap(({ lastTimestamp }) => lastTimestamp ?? []));
    const now =
      options.now === 'latest' && Number.isFinite(latest)
        ? new Date(latest)
        : options.now instanceof Date
          ? options.now
          : new Date();
    return { engine: new DuckDBEngine(duckdb, { catalogue, relation: oneTable(relation) }), now, load: report };
  } finally {
    signal.removeEventListener('abort', interrupt);
    progress.done();
  }
}

/** The fields that queries mention; every field when one of them shows more than it names. What does not parse wants nothing. */
function wantedBy(queries: readonly string[]): Wanted {
  const names = new Set<string>();
  for (const text of queries) {
    const { query } = parse(new SourceText(text));
    if (!query) continue;
    const mentioned = mentions(query);
    if (mentioned.allFields) return 'all';
    for (const name of mentioned.names) names.add(name);
  }
  return names;
}

/** Without events a plan can still be looked at: then the indices are those that the queries ask for. */
async function catalogueWithoutData(queries: readonly string[]): Promise<Catalogue> {
  const sources = queries.flatMap((text) => parse(new SourceText(text)).query?.source ?? []);
  const patterns = sources.flatMap((source) =>
    source.command === 'from' ? source.patterns.map(({ text }) => text) : [],
  );
  if (patterns.length > 0)
    return (await import('../catalogue/schema-catalogue.ts')).schemaCatalogue([...new Set(patterns)]);
  return { indices: [], field: () => undefined, fieldsOf: () => [], knownNames: [] };
}
