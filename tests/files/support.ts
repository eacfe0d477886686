import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { EventFiles } from '../../src/files/event-files.ts';
import type { LoadReport } from '../../src/files/load-report.ts';
import { CompiledQuery } from '../../src/languages/esql/compiled-query.ts';
import { mentions } from '../../src/languages/esql/syntax/walk.ts';
import type { CellValue } from '../../src/values/types.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A new folder with files in it. */
export function files(contents: Readonly<Record<string, string | Uint8Array>>): string {
  const place = temporaryFolder();
  for (const [name, content] of Object.entries(contents)) {
    const path = join(place, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  return place;
}

export interface Asked {
  readonly columns: readonly string[];
  readonly values: readonly (readonly CellValue[])[];
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  readonly report: LoadReport;
}

/** Asks a query of files, the way the command does. */
export async function ask(
  query: string,
  data: string,
  options: { index?: string; strict?: boolean; cacheFolder?: string } = {},
): Promise<Asked> {
  const duckdb = await openDuckDB();
  const { strict = false, cacheFolder, index } = options;
  const opened = await EventFiles.open(duckdb.connection, {
    data: [data],
    cache: cacheFolder !== undefined,
    strict,
    ...(cacheFolder !== undefined && { cacheFolder }),
    ...(index !== undefined && { index }),
  });
  const wanted = mentions(new CompiledQuery(query).query);
  const { catalogue, relation, report, release } = await opened.load(wanted.allFields ? 'all' : wanted.names);
  const engine = new DuckDBEngine(duckdb, { catalogue, relation });
  try {
    const { columns, values, warnings, notes } = await engine.query(query, {
      now: Date.parse('2026-03-10T12:00:00Z'),
      maxRows: 1000,
    });
    return { columns: columns.map(({ name, type }) => `${name}:${type}`), values, warnings, notes, report };
  } finally {
    await engine.close();
    release();
  }
}

/** What becomes of files, without a query of them. */
export async function reportOf(data: string, options: { strict?: boolean } = {}): Promise<LoadReport> {
  const { connection, close } = await openDuckDB();
  const opened = await EventFiles.open(connection, { data: [data], cache: false, strict: options.strict ?? false });
  try {
    const { report, release } = await opened.load(new Set());
    release();
    return report;
  } finally {
    await opened.close();
    close();
  }
}
