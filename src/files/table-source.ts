import { stat } from 'node:fs/promises';
import type { KnownNames } from '../documents/names.ts';
import { BrokenData, type FileFormat } from '../formats/formats.ts';
import { parquetLines, type TablePart } from './parquet-lines.ts';
import type { Source } from './read-inputs.ts';

/** A file of Parquet to read. Its rows become lines when it is known which columns are read. */
export interface TableSource extends Omit<Source, 'format'> {
  readonly isTable: true;
}

/** What there is to read: documents, or a table. */
export type AnySource = Source | TableSource;

/** The lines that rows of a table are written as. */
const rowLines: FileFormat = { compression: 'none', encoding: 'utf-8', layout: 'lines', label: 'Parquet' };

/** The format of a source as reports name it. */
export const formatOf = (source: AnySource): FileFormat => ('isTable' in source ? rowLines : source.format);

/**
 * A source as documents: the rows of a table are written into a folder. Where a table cannot be read, `cut` says why, and
 * nothing of it is read.
 */
export async function asDocuments(
  source: AnySource,
  folder: string,
  part: TablePart,
  signal?: AbortSignal,
): Promise<Source> {
  if (!('isTable' in source)) return source;
  const { isTable: _, ...table } = source;
  try {
    const path = await parquetLines(table.path, folder, part, signal);
    return { ...table, path, bytes: (await stat(path)).size, format: rowLines };
  } catch (error) {
    if (!(error instanceof BrokenData)) throw error;
    return { ...table, bytes: 0, cut: error.message, format: rowLines };
  }
}

/**
 * The columns of a table that hold something of the fields that are looked for: `process` and `process.name` do for
 * `process.name`. What stands around an event in a hit of a search is always read.
 */
export function columnsFor({ fields, unknown }: KnownNames): Pick<TablePart, 'hasColumn'> {
  if (unknown === 'discover') return {};
  const names = fields.map(({ name }) => name);
  return {
    hasColumn: (column) =>
      column.startsWith('_') ||
      column === 'fields' ||
      names.some((name) => name === column || name.startsWith(`${column}.`) || column.startsWith(`${name}.`)),
  };
}
