import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { columnOf, kinds, moreKey, ownColumns } from '../../src/documents/columns.ts';
import type { Documents, ReadPiece } from '../../src/documents/document-reader.ts';
import { readHere } from '../../src/documents/documents.ts';
import type { KnownNames } from '../../src/documents/names.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A row by the names of its columns; names come from documents, so it is no plain object. */
export type Row = ReadonlyMap<string, unknown>;

/** A value of a dynamic field: its field, its kind and its text as it is written. */
export type Value = readonly [name: string, kind: string, text: string];

let connection: DuckDBConnection | null = null;
const folder = temporaryFolder();
let files = 0;

/** A path that was not used before: the engine remembers files by their names. */
export const newPath = (): string => join(folder, `${files++}.parquet`);

/** Documents in memory. */
export function pieceOf(lines: readonly (string | Buffer)[], keeps: Documents['keeps'] = 'needed'): Documents {
  const encoded = lines.map((line) => Buffer.from(line as string));
  const places = new Uint32Array(lines.length * 2);
  let at = 0;
  encoded.forEach((line, i) => {
    places[2 * i] = at;
    at += line.length;
    places[2 * i + 1] = at;
    at += 1;
  });
  const bytes = Buffer.concat(encoded.flatMap((line) => [line, Buffer.from('\n')]));
  return { bytes, places, keeps, together: false, first: 0 };
}

/** The rows of a file, in the order in which they stand in it. */
export async function rowsOf(path: string): Promise<Row[]> {
  connection ??= await (await DuckDBInstance.create(':memory:')).connect();
  const found = await connection.runAndReadAll(`SELECT * FROM read_parquet('${path}')`);
  const columns = found.columnNames();
  return found.getRowsJson().map((row) => new Map(row.map((value, i) => [columns[i]!, value])));
}

/** Documents as the engine reads them, and what became of them. */
export async function readDocuments(
  lines: readonly (string | Buffer)[],
  names: KnownNames,
  keeps: Documents['keeps'] = 'needed',
): Promise<{ readonly rows: Row[]; readonly result: ReadPiece }> {
  const path = newPath();
  const result = readHere({ piece: pieceOf(lines, keeps), names, path });
  return { rows: result.rows === 0 ? [] : await rowsOf(path), result };
}

const tags = new Map([...'biudts'].map((tag, i) => [tag, kinds[i]!]));

const listed = (value: unknown): readonly unknown[] =>
  value === null || value === undefined ? [] : Array.isArray(value) ? value : [value];

/** The values of all dynamic fields of a row. */
export function valuesOf(row: Row, { kinds: fields }: ReadPiece): Value[] {
  const values: Value[] = [];
  const addTagged = (name: string, tagged: string): void => {
    values.push([name, tags.get(tagged[0]!)!, tagged.slice(1)]);
  };
  const more = new Map<string, string[]>();
  for (const entry of listed(row.get(ownColumns.more)) as string[]) {
    const behind = entry.indexOf('\0') + 1;
    const key = entry.slice(0, behind);
    more.set(key, [...(more.get(key) ?? []), entry.slice(behind)]);
  }
  for (const [name, filled] of fields) {
    for (const part of filled.columns) {
      const found = listed(row.get(columnOf(name, part)));
      if (part === 'mixed[]') for (const tagged of found) addTagged(name, tagged as string);
      else {
        const kind = part.replace('[]', '');
        for (const value of found) values.push([name, kind, kind === 'decimal' ? decimalText(value) : String(value)]);
      }
    }
    for (const tagged of more.get(moreKey(name)) ?? []) addTagged(name, tagged);
  }
  return values;
}

/** A canonical decimal as it is written. */
function decimalText(value: unknown): string {
  const text = String(value);
  return text.includes('.') ? text : `${text}.0`;
}
