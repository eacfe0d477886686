import { isUtf8 } from 'node:buffer';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import { type FilledColumns, filledInAny, type Piece, type ReadPiece } from '../documents/document-reader.ts';
import { DocumentReaders } from '../documents/documents.ts';
import { isBlank, type LineBatch, LineTooLong, lineBatches } from '../documents/line-batches.ts';
import type { WantedField } from '../documents/names.ts';
import { list, type Sql, sql, text } from '../sql/sql.ts';
import { explain, shown } from './bad-input.ts';
import type { BadLine } from './load-report.ts';
import type { FileGroup } from './records.ts';
import { openBytes } from './rewritten-files.ts';

/** Files of events that were read into columns, until they are removed. */
export interface ReadFiles {
  readonly fields: readonly FilledColumns[];
  /**
   * The columns of all events, with `file`, the place of an event's file in `paths`, and `n`, its line, from nought on.
   * Null where there is no event.
   */
  readonly relation: Sql | null;
  readonly paths: readonly string[];
  /** How many lines are no events, by their file; and the first such lines. */
  readonly malformed: readonly number[];
  readonly badLines: readonly BadLine[];
  /** The bytes of each file without compression. */
  readonly bytes: readonly number[];
  /** Whether each file is an archive that ends early. */
  readonly cut: readonly boolean[];
  remove(): Promise<void>;
}

const pieceSize = { bytes: 16 << 20, lines: 61_440 };

/** Whether the events of a group stand one a line, as they are. */
export const isPlain = ({ format }: FileGroup): boolean => format.shape === 'lines' && format.wrapper === 'none';

/**
 * Reads fields of plain events into columns, on all processors and without the engine. Null where there is an event that
 * takes more than that: one with a field that is an object as well, or with a member twice.
 */
export async function readFiles(
  groups: readonly FileGroup[],
  fields: readonly WantedField[],
  signal?: AbortSignal,
  onRead?: (path: string, bytes: number) => void,
): Promise<ReadFiles | null> {
  const folder = await mkdtemp(joinPath(tmpdir(), 'harrier-columns-'));
  const readers = new DocumentReaders();
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  const names = { fields, objects: [], opaque: [], open: ['', ...fields.flatMap(({ name }) => parents(name))] };
  const running = new Set<Promise<void>>();
  const written: { readonly path: string; readonly read: ReadPiece }[] = [];
  const files = groups.flatMap(({ format, paths }) => paths.map((path) => ({ format, path })));
  const malformed: number[] = files.map(() => 0);
  const bytes: number[] = files.map(() => 0);
  const cut: boolean[] = files.map(() => false);
  const badLines: BadLine[] = [];
  let isOdd = false;

  const readPiece = async (batch: LineBatch, file: number): Promise<void> => {
    const path = joinPath(folder, `${file}-${batch.before}.parquet`);
    const piece: Piece = { bytes: batch.whole, lines: batch.places, keeps: 'none', first: batch.before };
    const read = await readers.read(piece, names, path);
    batch.takeBack(piece.bytes.buffer);
    for (const place of read.unread) {
      const line = batch.line(place);
      const kind = kindOf(line);
      if (kind === 'event') isOdd = true;
      if (kind !== 'malformed') continue;
      malformed[file]! += 1;
      const isLast = batch.isOpen && place === batch.size - 1;
      if (badLines.length < shown)
        badLines.push({ file: files[file]!.path, line: batch.before + place + 1, ...explain(line, isLast) });
    }
    if (read.rows > 0) written.push({ path, read });
    batch.release();
  };
  try {
    for (const [file, { format, path }] of files.entries()) {
      const onCut = (): void => {
        cut[file] = true;
      };
      const source = await openBytes({ path }, format, onCut, (read) => onRead?.(path, read));
      try {
        for await (const batch of lineBatches(source, 0, pieceSize, pieceSize)) {
          signal?.throwIfAborted();
          if (isOdd) break;
          bytes[file]! += batch.whole.length;
          const work = readPiece(batch, file);
          running.add(work);
          work.catch(() => undefined).finally(() => running.delete(work));
          if (running.size > availableParallelism()) await Promise.race(running);
        }
      } catch (error) {
        throw error instanceof LineTooLong ? new InputError(`${path} ${error.message}`) : error;
      } finally {
        await source.close();
      }
    }
    await Promise.all(running);
    if (isOdd) {
      await remove();
      return null;
    }
  } catch (error) {
    await Promise.allSettled(running);
    await remove();
    throw error;
  } finally {
    await readers.close();
  }
  const own = list(written.map(({ path }) => text(path)));
  // Parquet's files are called by the place of the file that they come from.
  const place = sql`regexp_extract(parse_filename(filename), '^[0-9]+')::BIGINT`;
  return {
    fields: fields.map((_, i) => filledInAny(written.map(({ read }) => read.fields[i]!))),
    relation:
      written.length === 0
        ? null
        : sql`(SELECT *, ${place} AS file FROM read_parquet(${own}, union_by_name = true, filename = true))`,
    paths: files.map(({ path }) => path),
    malformed,
    badLines: badLines.sort((a, b) => a.line - b.line),
    bytes,
    cut,
    remove,
  };
}

/** What a line is in which something is wrong, or at least odd. */
function kindOf(line: Buffer): 'nothing' | 'malformed' | 'event' {
  if (isBlank(line)) return 'nothing';
  if (!isUtf8(line)) return 'malformed';
  try {
    const value: unknown = JSON.parse(line.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? 'event' : 'malformed';
  } catch {
    return 'malformed';
  }
}

/** The objects in which a field may stand. */
const parents = (name: string): string[] =>
  name
    .split('.')
    .slice(0, -1)
    .map((_, i, parts) => parts.slice(0, i + 1).join('.'));
