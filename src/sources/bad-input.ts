import type { DuckDBConnection } from '@duckdb/node-api';
import { number, type Sql, sql } from '../sql/sql.ts';
import { decompressed } from './decompress.ts';
import type { BadLine, IgnoredValue } from './load-report.ts';
import type { Reading } from './load-table.ts';
import { type FileGroup, recordsSql } from './records.ts';

/** How many bad lines and values are shown; all are counted. */
export const shown = 10;

/** Finds the first lines of a file that are no events. */
export async function findBadLines(
  connection: DuckDBConnection,
  group: FileGroup,
  path: string,
  objectSize: number,
): Promise<BadLine[]> {
  const ordinals = await ordinalsWhere(
    connection,
    recordsSql({ ...group, format: { ...group.format, wrapper: 'none' }, paths: [path] }, objectSize),
    sql`json IS NULL OR NOT prefix(ltrim(json::VARCHAR), '{')`,
  );
  if (group.format.shape !== 'lines') {
    return ordinals.map((line) => ({ file: path, line, reason: 'record is not a JSON object', preview: '' }));
  }
  const lines = await linesAt(group, path, ordinals);
  return lines.map(({ line, bytes, last }) => ({ file: path, line, ...explain(bytes, last) }));
}

/** Finds the first values of a file that do not fit the types of their fields. */
export async function findIgnoredValues(
  connection: DuckDBConnection,
  group: FileGroup,
  path: string,
  objectSize: number,
  reading: Reading,
): Promise<IgnoredValue[]> {
  const records = recordsSql({ ...group, paths: [path] }, objectSize);
  const numbered = sql`SELECT *, row_number() OVER () AS n FROM (${records})`;
  const rows = await connection.runAndReadAll(
    sql`SELECT n, unnest("_ignored"), json::VARCHAR FROM (${reading.select(numbered, sql`, n, json`)}) WHERE "_ignored" IS NOT NULL ORDER BY n LIMIT ${number(shown)}`,
  );
  const found = rows
    .getRows()
    .map(([n, field, json]) => ({ ordinal: Number(n), field: String(field), json: String(json) }));
  const places =
    group.format.shape === 'lines' ? await linesAt(group, path, [...new Set(found.map((item) => item.ordinal))]) : [];
  return found.map(({ ordinal, field, json }) => ({
    file: path,
    line: places.find((place) => place.ordinal === ordinal)?.line ?? ordinal,
    field,
    type: reading.fields.find((candidate) => candidate.name === field)?.type ?? '',
    preview: preview(valuesAt(JSON.parse(json), field)),
  }));
}

/** The values of a dotted name in a document, as JSON text. */
function valuesAt(document: unknown, name: string): string {
  const found: unknown[] = [];
  const visit = (value: unknown, rest: string): void => {
    if (Array.isArray(value) && rest !== '') for (const item of value) visit(item, rest);
    else if (rest === '') found.push(value);
    else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) {
        if (rest === key) visit(child, '');
        else if (rest.startsWith(`${key}.`)) visit(child, rest.slice(key.length + 1));
      }
    }
  };
  visit(document, name);
  return JSON.stringify(found.length === 1 ? found[0] : found) ?? '';
}

async function ordinalsWhere(connection: DuckDBConnection, records: Sql, condition: Sql): Promise<number[]> {
  await connection.run(sql`SET preserve_insertion_order = true`);
  const rows = await connection.runAndReadAll(
    sql`SELECT n FROM (SELECT *, row_number() OVER () AS n FROM (${records})) WHERE ${condition} ORDER BY n LIMIT ${number(shown)}`,
  );
  return rows.getRows().map(([n]) => Number(n));
}

interface Line {
  readonly ordinal: number;
  readonly line: number;
  readonly bytes: Buffer;
  /** No line break follows: the file ends here. */
  readonly last: boolean;
}

const longestShown = 4096;

/** The lines that stand at 1-based ordinals among those that are not blank, which is how DuckDB counts. */
async function linesAt(group: FileGroup, path: string, ordinals: readonly number[]): Promise<Line[]> {
  const wanted = new Set(ordinals);
  const found: Line[] = [];
  let pieces: Buffer[] = [];
  let line = 0;
  let ordinal = 0;
  const finish = (last: boolean): void => {
    line += 1;
    const bytes = Buffer.concat(pieces);
    pieces = [];
    if (bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a)) return;
    ordinal += 1;
    if (wanted.has(ordinal)) found.push({ ordinal, line, bytes, last });
  };
  for await (const chunk of decompressed(path, group.format.compression)) {
    let from = 0;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, from)) {
      keep(pieces, chunk.subarray(from, at));
      finish(false);
      from = at + 1;
      if (found.length === wanted.size) return found;
    }
    keep(pieces, chunk.subarray(from));
  }
  if (pieces.length > 0) finish(true);
  return found;
}

/** Keeps the beginning of a line only: it is for show, and may be very long. */
function keep(pieces: Buffer[], bytes: Buffer): void {
  if (bytes.length > 0 && pieces.reduce((sum, piece) => sum + piece.length, 0) < longestShown * 256) pieces.push(bytes);
}

/** Why a line is no event. */
export function explain(bytes: Buffer, last: boolean): { reason: string; preview: string } {
  const decoded = bytes.subarray(0, 1 << 20).toString('utf8');
  const start = preview(decoded);
  if (decoded.includes('\0')) return { reason: 'binary data', preview: start };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { reason: 'invalid UTF-8', preview: start };
  }
  try {
    const value: unknown = JSON.parse(decoded);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { reason: 'malformed JSON: an escape that is no character', preview: start };
    }
    return {
      reason: `not a JSON object but ${Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`}`,
      preview: start,
    };
  } catch (error) {
    const message = (error as Error).message;
    if (last) return { reason: 'the last line is cut off', preview: start };
    return {
      reason: `malformed JSON: ${message.replace(/ in JSON at position (\d+).*$/s, ' at character $1').replace(/, "?.*is not valid JSON$/s, '')}`,
      preview: start,
    };
  }
}

/** The first characters of a text. Whoever shows them makes control characters visible. */
export function preview(value: string): string {
  return value.length > 80 ? `${value.slice(0, 80)}…` : value;
}
