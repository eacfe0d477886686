import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { FamilyFile, Mapping, MappingFile } from '../../src/ecs/mapping.ts';
import { resolveMappings } from '../../src/ecs/mappings.ts';
import { openDuckDB } from '../../src/engines/duckdb/connection.ts';
import { DuckDBEngine } from '../../src/engines/duckdb/engine.ts';
import { EventFiles } from '../../src/files/event-files.ts';
import { CompiledQuery } from '../../src/languages/esql/compiled-query.ts';
import { mentions } from '../../src/languages/esql/syntax/walk.ts';
import type { CellValue } from '../../src/values/types.ts';
import { files } from '../files/support.ts';

const folder = join(import.meta.dirname, '../../mappings');

const read = <T>(place: string): T[] =>
  readdirSync(place)
    .filter((name) => name.endsWith('.yml'))
    .sort()
    .map((name) => parse(readFileSync(join(place, name), 'utf8')) as T);

/** The mappings as they stand in the repository, without building first. */
export const mappings: readonly Mapping[] = resolveMappings({
  mappings: read<MappingFile>(folder),
  families: read<FamilyFile>(join(folder, 'forms')),
});

/** The raw events of a mapping's own examples. */
export const examplesOf = (mapping: string): object[] =>
  (parse(readFileSync(join(folder, `${mapping}.yml`), 'utf8')) as MappingFile).tests!.flatMap(
    ({ event, events }) => events ?? event ?? [],
  );

/** Rows of a query on files, by its columns. */
export async function rowsOf(
  query: string,
  contents: Readonly<Record<string, string | Uint8Array>>,
): Promise<Record<string, CellValue>[]> {
  const duckdb = await openDuckDB();
  const opened = await EventFiles.open(duckdb.connection, {
    data: [files(contents)],
    cache: false,
    strict: false,
    mappings,
  });
  const wanted = mentions(new CompiledQuery(query).query);
  const { catalogue, relation, release } = await opened.load(wanted.allFields ? 'all' : wanted.names);
  const engine = new DuckDBEngine(duckdb, { catalogue, relation });
  try {
    const { columns, values } = await engine.query(query, { now: Date.parse('2026-03-10T12:00:00Z'), maxRows: 1000 });
    return values.map((row) => Object.fromEntries(columns.map(({ name }, i) => [name, row[i]!])));
  } finally {
    await engine.close();
    release();
  }
}

/** An event of a source, and values that it has in the names of ECS; null for none. */
export interface MappedCase {
  readonly event: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The fields that events get, of those that the cases name, case by case; `_index` is one of them. */
export async function mapped(cases: readonly MappedCase[]): Promise<Record<string, unknown>[]> {
  const names = new Set(cases.flatMap(({ fields }) => Object.keys(fields)));
  names.delete('_index');
  const lines = cases.map(({ event }, i) => JSON.stringify({ ...event, case_number: i }));
  const kept = ['case_number', '_index', ...[...names].map((name) => `\`${name}\``)].join(', ');
  const rows = await rowsOf(`FROM * METADATA _index | SORT case_number | KEEP ${kept}`, {
    'events.ndjson': `${lines.join('\n')}\n`,
  });
  return cases.map(({ fields }, i) => {
    const row = rows.find(({ case_number: number }) => Number(number) === i) ?? {};
    return Object.fromEntries(Object.keys(fields).map((name) => [name, plain(row[name])]));
  });
}

/** Numbers of 64 bits as numbers, and values of several without regard to their order. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(plain).sort();
  return value ?? null;
}

/** What a case expects, in the same form. */
export const expected = ({ fields }: MappedCase): Record<string, unknown> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, plain(value)]));
