import { isUtf8 } from 'node:buffer';
import type { DuckDBConnection } from '@duckdb/node-api';
import { lineBatches } from '../documents/line-batches.ts';
import { isBlank, LineTooLong } from '../documents/line-texts.ts';
import { number, sql } from '../sql/sql.ts';
import { type FileFormat, isReadInPlace } from './detect.ts';
import type { ValueKind } from './field-values.ts';
import { nothingSeen, observe, pathKey, prefixes, type SeenPaths } from './json-paths.ts';
import { isPlain } from './read-files.ts';
import { type FileGroup, objectSizes, recordsSql } from './records.ts';
import { openBytes } from './utf8-bytes.ts';

/** What a look at the events showed: where wanted fields stand, which kinds of values they have, which names there are. */
export interface Observed {
  readonly seen: SeenPaths;
  readonly kinds: Map<string, Set<ValueKind>>;
  readonly names: Set<string>;
}

const sampledFiles = 20;
const sampledEvents = 2_000;

/** Looks at the first events of files from all over the set. */
export async function sample(
  connection: DuckDBConnection,
  groups: readonly FileGroup[],
  wanted: ReadonlySet<string>,
): Promise<Observed> {
  const observed: Observed = { seen: nothingSeen(), kinds: new Map(), names: new Set() };
  const leads = prefixes(wanted);
  for (const group of groups) {
    const every = Math.ceil(group.paths.length / sampledFiles);
    const paths = group.paths.filter((_, i) => i % every === 0);
    const limit = Math.ceil(sampledEvents / paths.length);
    const isQuick = isPlain(group) && isReadInPlace(group.format);
    for (const path of paths) {
      const own = { ...group, paths: [path] };
      const records = await (isQuick ? firstLines(path, group.format, limit) : firstRecords(connection, own, limit));
      for (const json of records) {
        const document = parsed(json);
        observe(document, leads, observed.seen);
        note(document, '', observed);
      }
    }
  }
  return observed;
}

/** Lines are enough for a sample at so many bytes. */
const sampledBytes = 16 << 20;

async function firstLines(path: string, format: FileFormat, limit: number): Promise<Buffer[]> {
  const source = await openBytes({ path }, format);
  try {
    const size = { bytes: sampledBytes, lines: limit };
    for await (const batch of lineBatches(source, null, 0, size, size))
      return Array.from({ length: batch.size }, (_, n) => batch.line(n)).filter(
        (line) => !isBlank(line) && isUtf8(line),
      );
    return [];
  } catch (error) {
    if (error instanceof LineTooLong) return [];
    throw error;
  } finally {
    await source.close();
  }
}

/** DuckDB reads in pieces of twice the largest object, so small objects are tried first. */
const sampleSizes: readonly number[] = [1 << 20, ...objectSizes];

async function firstRecords(connection: DuckDBConnection, group: FileGroup, limit: number): Promise<unknown[]> {
  for (const size of sampleSizes) {
    const first = sql`SELECT json FROM (${recordsSql(group, size)}) WHERE json IS NOT NULL LIMIT ${number(limit)}`;
    const rows = await connection.runAndReadAll(first).catch(() => null);
    if (rows) return rows.getRows().map(([json]) => json);
  }
  // Damaged: reading it whole will tell how.
  return [];
}

/** DuckDB's parser is the judge of what is JSON; where JavaScript's is stricter, a document shows nothing beforehand. */
function parsed(json: unknown): unknown {
  try {
    return JSON.parse(String(json));
  } catch {
    return null;
  }
}

/** Notes names and kinds of every value in a document. */
function note(value: unknown, name: string, observed: Observed): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) {
    for (const item of value) note(item, name, observed);
    return;
  }
  if (typeof value === 'object') {
    for (const [key, child] of Object.entries(value)) note(child, name === '' ? key : `${name}.${key}`, observed);
    return;
  }
  observed.names.add(name);
  addKind(observed, name, kindOf(value as string | number | boolean));
}

function addKind(observed: Observed, name: string, kind: ValueKind): void {
  const kinds = observed.kinds.get(name);
  if (kinds) kinds.add(kind);
  else observed.kinds.set(name, new Set([kind]));
}

const dateForm = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function kindOf(value: string | number | boolean): ValueKind {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'string') return dateForm.test(value) ? 'date' : 'text';
  if (!Number.isInteger(value)) return 'decimal';
  return Math.abs(value) < 2 ** 63 ? 'whole' : 'unsigned';
}

/**
 * Looks at the structure of every event: slower than reading a few fields, but no field of any event is missed.
 * Strings are all texts here; which of them are dates is for the sample to say, and for the load to check.
 */
export async function discover(
  connection: DuckDBConnection,
  groups: readonly FileGroup[],
  objectSize: number,
): Promise<Observed> {
  const observed: Observed = { seen: nothingSeen(), kinds: new Map(), names: new Set() };
  for (const group of groups) {
    const structures = await connection.runAndReadAll(
      sql`SELECT DISTINCT json_structure(json)::VARCHAR FROM (${recordsSql(group, objectSize)}) WHERE prefix(ltrim(json::VARCHAR), '{')`,
    );
    for (const [structure] of structures.getRows()) noteStructure(JSON.parse(String(structure)), [], '', observed);
  }
  return observed;
}

const structureKinds: Readonly<Record<string, ValueKind>> = {
  BOOLEAN: 'boolean',
  BIGINT: 'whole',
  UBIGINT: 'whole',
  DOUBLE: 'decimal',
  VARCHAR: 'text',
};

/** Takes in one structure as json_structure words it: type names, objects of them, lists of one. */
function noteStructure(structure: unknown, keys: readonly string[], name: string, observed: Observed): void {
  const path = pathKey(keys);
  if (typeof structure === 'string') {
    if (structure === 'NULL') return;
    observed.names.add(name);
    observed.seen.leaves.add(path);
    if (structure === 'JSON') {
      observed.seen.mixed.add(path);
      observed.seen.arrays.add(path);
    }
    const kind = structureKinds[structure] ?? 'text';
    addKind(observed, name, kind);
    return;
  }
  if (Array.isArray(structure)) {
    const [item] = structure as unknown[];
    if (typeof item === 'object' && item !== null) {
      observed.seen.mixed.add(path);
      noteInner(item, name, observed);
    } else if (item !== undefined) {
      observed.seen.arrays.add(path);
      noteStructure(item, keys, name, observed);
    }
    return;
  }
  if (keys.length > 0) observed.seen.objects.add(path);
  for (const [key, child] of Object.entries(structure as object)) {
    noteStructure(child, [...keys, key], name === '' ? key : `${name}.${key}`, observed);
  }
}

/** Inside an array of objects only names and kinds matter: it is read as JSON from its root. */
function noteInner(structure: unknown, name: string, observed: Observed): void {
  if (typeof structure === 'string') {
    if (structure === 'NULL') return;
    observed.names.add(name);
    addKind(observed, name, structureKinds[structure] ?? 'text');
  } else if (Array.isArray(structure)) noteInner(structure[0], name, observed);
  else if (structure)
    for (const [key, child] of Object.entries(structure))
      noteInner(child, name === '' ? key : `${name}.${key}`, observed);
}
