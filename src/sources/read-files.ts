import { isUtf8 } from 'node:buffer';
import { mkdtemp, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join as joinPath } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Bytes } from '../documents/bytes.ts';
import { type FilledColumns, filledInAny, type Lines, type ReadPiece } from '../documents/document-reader.ts';
import { DocumentReaders } from '../documents/documents.ts';
import { lineBatches } from '../documents/line-batches.ts';
import { isBlank, LineTexts, LineTooLong } from '../documents/line-texts.ts';
import type { WantedField } from '../documents/names.ts';
import { list, number, type Sql, sql, text } from '../sql/sql.ts';
import { explain, shown } from './bad-input.ts';
import { type FileFormat, isReadInPlace } from './detect.ts';
import type { BadLine } from './load-report.ts';
import type { FileGroup } from './records.ts';
import { openBytes } from './utf8-bytes.ts';

/** Files of events that were read into columns. */
export interface ReadFiles {
  readonly fields: readonly FilledColumns[];
  /**
   * The columns of all events, with `file`, the place of an event's file in `paths`, and `n`, its line, from nought on.
   * Null where there is no event.
   */
  readonly relation: Sql | null;
  readonly paths: readonly string[];
  /** By file: how many events there are. */
  readonly events: readonly number[];
  /** How many lines are no events, by their file; and the first such lines. */
  readonly malformed: readonly number[];
  readonly badLines: readonly BadLine[];
  /** The bytes of each file without compression. */
  readonly bytes: readonly number[];
  /** Whether each file is an archive that ends early. */
  readonly cut: readonly boolean[];
  /** Where the columns lie. */
  readonly folder: string;
}

/** What is read at once has no more lines. */
const pieceRows = 61_440;
/** Few pieces repeat little, and several keep every processor busy to the end. */
const piecesPerProcessor = 4;
/** So many bytes of a file are read at once. */
const pieceBytes = { least: 4 << 20, most: 64 << 20 };
/** What comes through memory is cut smaller. */
const streamed = { bytes: 16 << 20, lines: pieceRows };
/** Lines are expected to have as many bytes, for there is room for each; if there are more, they are read in turns. */
const shortLine = 64;

interface OwnFile {
  readonly path: string;
  readonly format: FileFormat;
  readonly size: number;
}

/** Lines to read: those that begin in a stretch of bytes. */
interface Stretch {
  readonly bytes: Bytes;
  readonly from: number;
  readonly to: number;
  /** Takes the bytes back: all is read. */
  release(bytes: Bytes): void;
}

/** Lines that were read at once. */
interface Part {
  /** What its columns are called by. */
  readonly id: number;
  /** The place of its file. */
  readonly file: number;
  readonly read: ReadPiece;
  /** How many lines and bytes they are. */
  readonly lines: number;
  readonly bytes: number;
  readonly wrong: Wrong;
}

/** Lines that could not be read. */
interface Wrong {
  readonly malformed: number;
  /** The first that are no events, by their place among the lines. */
  readonly first: readonly (Omit<BadLine, 'file' | 'line'> & { readonly place: number })[];
  /** Whether some are events. */
  readonly hasEvents: boolean;
}

/** Whether the events of a group stand one a line, as they are. */
export const isPlain = ({ format }: FileGroup): boolean => format.shape === 'lines' && format.wrapper === 'none';

/**
 * Reads fields of plain events into columns in a folder, on all processors and without the engine. Null where there is an
 * event that takes more than that: one with a field that is an object as well, or with a member twice.
 */
export async function readFiles(
  groups: readonly FileGroup[],
  fields: readonly WantedField[],
  into: string,
  signal?: AbortSignal,
  onRead?: (path: string, bytes: number) => void,
): Promise<ReadFiles | null> {
  // The engine remembers files by their names, and this may not be the first try.
  const folder = await mkdtemp(joinPath(into, 'read-'));
  const readers = new DocumentReaders();
  const names = { fields, objects: [], opaque: [], open: ['', ...fields.flatMap(({ name }) => parents(name))] };
  const files = await Promise.all(
    groups.flatMap(({ format, paths }) =>
      paths.map(async (path): Promise<OwnFile> => ({ path, format, size: (await stat(path)).size })),
    ),
  );
  const bytesAtOnce = files.reduce((sum, { size }) => sum + size, 0) / (availableParallelism() * piecesPerProcessor);
  const step = Math.ceil(Math.min(pieceBytes.most, Math.max(pieceBytes.least, bytesAtOnce)));
  const running = new Set<Promise<void>>();
  /** What was read of each stretch, in the order in which these stand in the files. */
  const stretches: Part[][] = [];
  let ids = 0;
  const cut: boolean[] = files.map(() => false);
  let isOdd = false;

  const readStretch = async (file: number, { bytes, from, to, release }: Stretch): Promise<void> => {
    const parts: Part[] = [];
    stretches.push(parts);
    const most = Math.min(pieceRows, Math.ceil((to - from) / shortLine));
    const piece: Lines = { bytes, from, to, most, keeps: 'none', together: false, first: 0 };
    for (;;) {
      const id = ids++;
      const read = await readers.read(piece, names, columnsPath(folder, id));
      const { count, begin, end } = read.lines!;
      const wrong = whatIsWrong(read.unread, new LineTexts(piece.bytes, begin, end));
      parts.push({ id, file, read, lines: count, bytes: end - begin, wrong });
      isOdd ||= wrong.hasEvents;
      if (isOdd || count < most || end >= to) break;
      piece.from = end;
    }
    release(piece.bytes);
  };
  try {
    for (const [place, file] of files.entries()) {
      const { path } = file;
      const withPath = (error: unknown): never => {
        throw error instanceof LineTooLong ? new InputError(`${path} ${error.message}`) : error;
      };
      const onCut = (): void => {
        cut[place] = true;
      };
      try {
        for await (const stretch of stretchesOf(file, step, onCut, (bytes) => onRead?.(path, bytes))) {
          signal?.throwIfAborted();
          if (isOdd) break;
          const work = readStretch(place, stretch).catch(withPath);
          running.add(work);
          // What fails stays, and fails whoever waits for the others.
          work.then(
            () => running.delete(work),
            () => undefined,
          );
          if (running.size > availableParallelism()) await Promise.race(running);
        }
      } catch (error) {
        withPath(error);
      }
    }
    await Promise.all(running);
    if (isOdd) return null;
  } finally {
    await Promise.allSettled(running);
    await readers.close();
  }
  const parts = stretches.flat();
  const paths = files.map(({ path }) => path);
  const before = linesBefore(parts);
  const sumOf = (pick: (part: Part) => number): number[] => {
    const sums = paths.map(() => 0);
    for (const part of parts) sums[part.file]! += pick(part);
    return sums;
  };
  return {
    fields: fields.map((_, i) => filledInAny(parts.map(({ read }) => read.fields[i]!))),
    relation: relationOf(folder, parts, before),
    paths,
    events: sumOf(({ read }) => read.rows),
    malformed: sumOf(({ wrong }) => wrong.malformed),
    badLines: parts
      .flatMap(({ id, file, wrong }) =>
        wrong.first.map(({ place, ...bad }) => ({ file: paths[file]!, line: before.get(id)! + place + 1, ...bad })),
      )
      .slice(0, shown),
    bytes: sumOf(({ bytes }) => bytes),
    cut,
    folder,
  };
}

/** Stretches of a file: in the file where lines stand in it as they are, or else in memory. */
async function* stretchesOf(
  { path, format, size }: OwnFile,
  step: number,
  onCut: () => void,
  onRead: (bytes: number) => void,
): AsyncIterable<Stretch> {
  if (isReadInPlace(format)) {
    let done = 0;
    for (let from = 0; from < size; from += step) {
      const to = Math.min(size, from + step);
      const release = (): void => {
        done += to - from;
        onRead(done);
      };
      yield { bytes: path, from, to, release };
    }
    return;
  }
  const source = await openBytes({ path }, format, onCut, onRead);
  try {
    for await (const batch of lineBatches(source, null, 0, streamed, streamed))
      yield {
        ...batch.stretch,
        release: (bytes) => {
          batch.takeBack(bytes);
          batch.release();
        },
      };
  } finally {
    await source.close();
  }
}

const columnsPath = (folder: string, id: number): string => joinPath(folder, `${id}.parquet`);

/** How many lines of its file come before each part. */
function linesBefore(parts: readonly Part[]): ReadonlyMap<number, number> {
  const before = new Map<number, number>();
  let [file, lines] = [-1, 0];
  for (const part of parts) {
    if (part.file !== file) [file, lines] = [part.file, 0];
    before.set(part.id, lines);
    lines += part.lines;
  }
  return before;
}

/** The columns of all parts; null where there is no event. */
function relationOf(folder: string, parts: readonly Part[], before: ReadonlyMap<number, number>): Sql | null {
  const written = parts.filter(({ read }) => read.rows > 0);
  if (written.length === 0) return null;
  const all = [...parts].sort((a, b) => a.id - b.id);
  const columns = list(written.map(({ id }) => text(columnsPath(folder, id))));
  const [files, lines] = [all.map(({ file }) => number(file)), all.map(({ id }) => number(before.get(id)!))];
  const read = sql`SELECT *, regexp_extract(parse_filename(filename), '^[0-9]+')::BIGINT + 1 AS part FROM read_parquet(${columns}, union_by_name = true, filename = true)`;
  return sql`(SELECT * REPLACE (n + (${list(lines)})[part] AS n), (${list(files)})[part] AS file FROM (${read}))`;
}

/** Looks at the lines that could not be read. */
function whatIsWrong(unread: Uint32Array, texts: LineTexts): Wrong {
  let malformed = 0;
  let hasEvents = false;
  const first: Wrong['first'][number][] = [];
  for (const place of unread) {
    const line = texts.line(place);
    const kind = kindOf(line);
    if (kind === 'event') hasEvents = true;
    if (kind !== 'malformed') continue;
    malformed += 1;
    if (first.length < shown) first.push({ place, ...explain(line, texts.isOpen(place)) });
  }
  return { malformed, first, hasEvents };
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
