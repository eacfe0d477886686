import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.ts';
import { detect, readHeadedTable, readText } from '../../formats/formats.ts';
import { parseNetwork } from '../../values/cidr.ts';
import { visible } from '../../values/visible.ts';
import type { InputFile } from '../input-file.ts';

/** A file of a list, ready to be read as documents. */
export interface ListFile {
  /** What to read: the file itself, or the documents of its rows. */
  readonly path: string;
  /** The names of its columns, where the file says them apart from its rows. */
  readonly header: readonly string[] | null;
  /** Whether there are rows. */
  readonly isEmpty: boolean;
  /** Where people find the document of a line: `line 3`. */
  place(line: number): string;
}

/**
 * Looks into a file of a list. Delimited text always has a header here, and may have one column; whatever else there is
 * is read as events are. Throws an InputError where it is nothing of the kind.
 */
export async function listFile(input: InputFile, folder: string): Promise<ListFile> {
  const { name, path, bytes } = input;
  const found = bytes === 0 ? null : await detect(path, Date.now());
  const isTable =
    found?.kind === 'foreign' || found?.kind === 'empty' || (found?.kind === 'documents' && isDelimited(found.format));
  if (!isTable) {
    const isLines = found?.kind === 'documents' && found.format.layout === 'lines';
    if (found === null) throw isNoList(name, 'is empty');
    return { path, header: null, isEmpty: false, place: (line) => `${isLines ? 'line' : 'record'} ${line}` };
  }
  const text = await readText(path, largestTable);
  if (!text) throw isNoList(name, `is larger than ${largestTable >> 20} MB`);
  if (text.includes(0)) throw isNoList(name, `is ${found.kind === 'documents' ? 'no text' : found.what}`);
  const table = readHeadedTable(text);
  if (!table) throw isNoList(name, 'holds nothing but blanks and comments');
  const value = table.header.find((cell) => parseNetwork(cell) !== null || /^[{[<]/.test(cell));
  if (value !== undefined)
    throw isNoList(name, `begins with "${visible(value.slice(0, 60))}", which is no name of a column`);
  const rows = join(folder, 'rows.ndjson');
  await writeFile(rows, table.documents);
  return {
    ...{ path: rows, header: table.header, isEmpty: table.lines.length === 0 },
    place: (line) => `line ${table.lines[line - 1] ?? '?'}`,
  };
}

const isDelimited = ({ conversion }: { readonly conversion?: { readonly format: string } }): boolean =>
  conversion?.format === 'delimited';

const isNoList = (name: string, what: string): InputError =>
  new InputError(
    `the list ${name} ${what}`,
    'a list is a table whose first line names its columns (CSV, TSV), or JSON, NDJSON or Parquet',
  );

/** A table is made into documents at once. */
const largestTable = 512 << 20;
