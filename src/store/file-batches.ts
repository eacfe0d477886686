import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ByteSource } from '../documents/line-batches.ts';
import { type LineBatch, lineBatches } from '../documents/line-batches.ts';
import { isBlank, longestDocument } from '../documents/line-texts.ts';
import type { InputFile } from '../files/input-file.ts';
import { sourcesOf } from '../files/input-sources.ts';
import type { FileReport } from '../files/load-report.ts';
import { notesBefore, type Source } from '../files/read-inputs.ts';
import { type FileFormat, isReadInPlace, isWrapped, openDocuments } from '../formats/formats.ts';
import { pieceRows, type ReadDocuments, type StagedDocument } from './incoming.ts';
import type { IndexTable } from './index-table.ts';
import type { FileContent, FileState, KnownFiles } from './known-files.ts';
import { newId } from './operations.ts';
import { routingNames } from './route-documents.ts';
import type { Store } from './store.ts';

/** A piece makes a group of rows, unless its events are large. */
const piece = { bytes: 160 << 20, lines: pieceRows };
/** The first batch of a file teaches the shape of its events, and shows where they belong. */
const firstPiece = { bytes: 2 << 20, lines: pieceRows };
/** Pieces in one transaction: one for each thread that writes, and little enough for memory. */
const piecesAtOnce = Math.min(4, availableParallelism());

/** A file, or an entry of an archive, that is being read in. */
export interface FileInTurn {
  readonly source: Source;
  /** As people know it. */
  readonly name: string;
  readonly content: FileContent;
  /** What the store knows of it by now. */
  state: FileState | null;
  /** What is to be said of it: that it ends early, what stands behind its end. */
  readonly notes: string[];
  /** Whether not all of it was read. */
  isCut: boolean;
  /** Whether the file that was named ends with it. */
  readonly isLastOfInput: boolean;
  /** How much of it was read so far, 0 to 1. */
  fraction(): number;
  close(): Promise<void>;
}

/** Lines that are written together. */
export interface Batch {
  readonly file: FileInTurn;
  readonly pieces: readonly LineBatch[];
  readonly before: number;
  readonly size: number;
  /** Whether the file ends with these. */
  readonly last: boolean;
  /** Whether a line may be a wrapper of documents. */
  readonly mayBeWrapped: boolean;
  /** The index to which lines mostly belong, and what was read for it. */
  readonly usual: { readonly index: IndexTable; documents: ReadDocuments } | null;
  /** Reads all lines for an index. */
  readFor(index: IndexTable): Promise<ReadDocuments>;
  /** What the store knows of the file once these are written; null where nothing is to be said. */
  state(): Promise<FileState | null>;
  /** Lines by their number in the batch: those that may be documents. */
  documents(numbers: Iterable<number>): StagedDocument[];
  line(n: number): Buffer;
}

/** Reads files one after the other, in batches: what takes no turn of writing. */
export class FileBatches {
  /** The index to which lines mostly belong, as far as is known. */
  usually: string | null = null;
  /** Ends when the batch that was given last is written. */
  writing: Promise<unknown> = Promise.resolve();
  readonly #open = new Set<FileInTurn>();

  constructor(
    private readonly store: Store,
    private readonly knownFiles: KnownFiles,
    private readonly inputs: readonly InputFile[],
    /** Where entries of archives are put meanwhile. */
    private readonly folder: string,
    private readonly signal: AbortSignal | undefined,
    /** Hears of files of which nothing is read: known ones, and those of which the report says why. */
    private readonly onSkipped: (input: InputFile, report: FileReport | null) => void,
  ) {}

  /** The batches. One may be asked for while the one before it is written. */
  async *read(): AsyncGenerator<Batch, undefined> {
    let before: FileContent | null = null;
    for (const input of this.inputs) {
      this.signal?.throwIfAborted();
      if (this.knownFiles.isUnchanged(input)) {
        this.onSkipped(input, null);
        continue;
      }
      const entries = join(this.folder, 'entries');
      const { sources, notRead } = await sourcesOf(input, entries, this.signal);
      for (const report of notRead) this.onSkipped(input, { ...report, path: `${input.name}${report.path}` });
      for (const source of sources) {
        // What the store knows of the file before must be written first where this one may be a state of it.
        const found: FileContent = await this.knownFiles.compare(source.path, source.bytes);
        const mayBeSame: boolean =
          before !== null && (before.firstLine === null || before.firstLine === found.firstLine);
        if (mayBeSame) await this.writing.catch(() => undefined);
        const content: FileContent = mayBeSame ? await this.knownFiles.compare(source.path, source.bytes) : found;
        before = content;
        if (content.known?.done && content.known.bytes === source.bytes) this.onSkipped(input, null);
        else yield* this.#batchesOf(source, content, source === sources.at(-1));
      }
      if (sources.some(({ entry }) => entry !== '')) {
        await this.writing.catch(() => undefined);
        await rm(entries, { recursive: true, force: true });
      }
    }
  }

  /** Closes a file of which all is written. */
  async end(file: FileInTurn): Promise<void> {
    this.#open.delete(file);
    await file.close();
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    for (const file of this.#open) await file.close();
    this.#open.clear();
  }

  async *#batchesOf(source: Source, content: FileContent, isLastOfInput: boolean): AsyncGenerator<Batch, undefined> {
    // Lines are counted as they were before.
    let format = { ...source.format, layout: content.known?.layout ?? source.format.layout };
    for (;;) {
      const { file, bytes } = await this.#openFile({ ...source, format }, content, isLastOfInput);
      const inPlace = isReadInPlace(format) ? source.path : null;
      const lines = lineBatches(bytes, inPlace, content.known?.lines ?? 0, firstPiece, piece)[Symbol.asyncIterator]();
      const first = await this.#prepare(file, lines, 1);
      if (!first) return;
      if (content.known === null && first.mayBeWrapped && (await this.#isWrapped(first))) {
        // Each line was taken for a document of its own.
        await first.usual?.documents.remove();
        await this.end(file);
        format = { ...format, layout: 'records' };
        continue;
      }
      for (let batch: Batch | null = first; batch; ) {
        yield batch;
        batch = await this.#prepare(file, lines, this.usually === null ? 1 : piecesAtOnce);
      }
      return;
    }
  }

  async #openFile(
    source: Source,
    content: FileContent,
    isLastOfInput: boolean,
  ): Promise<{ readonly file: FileInTurn; readonly bytes: ByteSource }> {
    let read = 0;
    const bytes = await openDocuments(source.path, source.format, {
      onRead: (count) => {
        read = count;
      },
      onCut: (what) => {
        file.isCut = true;
        file.notes.push(what);
      },
      onNote: (note) => file.notes.push(note),
    });
    const file: FileInTurn = {
      source,
      name: `${source.input.name}${source.entry}`,
      content,
      state: content.known,
      notes: notesBefore(source),
      isCut: source.cut !== null,
      isLastOfInput,
      fraction: () => read / source.bytes,
      close: () => bytes.close(),
    };
    this.#open.add(file);
    return { file, bytes };
  }

  /** Whether lines at the beginning of a file are wrappers of documents. */
  async #isWrapped(batch: Batch): Promise<boolean> {
    const read =
      batch.usual?.documents ?? (await this.store.incoming.readLines(batch.pieces, routingNames, 'none', ''));
    try {
      return [...read.suspects, ...read.unread.slice(0, mostLooks)].some(
        (n) => n < batch.size && isWrapped(batch.line(n)),
      );
    } finally {
      if (read !== batch.usual?.documents) await read.remove();
    }
  }

  /** Reads up to `most` pieces; null at the end of the file. */
  async #prepare(file: FileInTurn, lines: AsyncIterator<LineBatch>, most: number): Promise<Batch | null> {
    const pieces: LineBatch[] = [];
    while (pieces.length < most && pieces.at(-1)?.last !== true) {
      const { value } = await lines.next();
      if (!value) break;
      pieces.push(value);
    }
    const [first] = pieces;
    if (!first) return null;
    const { before } = first;
    const { source } = file;
    const isCut = isCutOff(pieces.at(-1)!, source.format, file.isCut);
    if (isCut !== null) file.isCut ||= isCut;
    if (isCut) file.notes.push('its last line is cut off: it is read once it is whole');
    const size = pieces.reduce((sum, own) => sum + own.size, 0) - (isCut === null ? 0 : 1);
    const line = (n: number): Buffer => {
      const own = pieces.findLast((candidate) => candidate.before - before <= n)!;
      return own.line(n + before - own.before);
    };
    // Of documents that bring no ids.
    const key = newId();
    const { incoming } = this.store;
    const readFor = (own: IndexTable): Promise<ReadDocuments> =>
      incoming.readLines(pieces, own.names('files'), own.keeps, key);
    const index = this.usually === null ? undefined : this.store.index(this.usually);
    const last = pieces.at(-1)!.last;
    return {
      file,
      pieces,
      before,
      size,
      last,
      mayBeWrapped: source.format.layout === 'lines',
      usual: index ? { index, documents: await readFor(index) } : null,
      readFor,
      state: () => stateAfter(file, pieces, before + size, last, isCut !== null),
      line,
      documents: (numbers) =>
        Array.from(numbers, (n) => ({ n, id: `${key}${before + n}`, version: 1n, line: line(n) })).filter(
          (document) => !isBlank(document.line),
        ),
    };
  }
}

/** How many lines that are not documents are searched for wrappers. */
const mostLooks = 50;

/**
 * Whether the file ends within a document, which may be whole the next time; null where it does not. A blank beginning of a
 * line is left for the next time, too, and nothing is cut off.
 */
function isCutOff(last: LineBatch, { layout }: FileFormat, isKnownCut: boolean): boolean | null {
  if (!last.last || last.size === 0) return null;
  if (layout === 'lines' ? !last.isOpen(last.size - 1) : !isKnownCut) return null;
  const line = last.line(last.size - 1);
  if (isBlank(line)) return false;
  if (line.length > longestDocument) return null;
  try {
    JSON.parse(line.toString('utf8'));
    return null;
  } catch {
    return true;
  }
}

/** What the store knows of a file of which the lines up to some number are written. */
async function stateAfter(
  { source, content }: FileInTurn,
  pieces: readonly LineBatch[],
  lines: number,
  isLast: boolean,
  isOpen: boolean,
): Promise<FileState | null> {
  if (lines === 0) return null;
  const { firstLine, digests } = content;
  const { layout } = source.format;
  if (isReadInPlace(source.format)) {
    const end = pieces.at(-1)!;
    const bytes = isOpen ? end.stretch.to - end.line(end.size - 1).length : end.stretch.to;
    return { bytes, digest: await digests.upTo(bytes), firstLine, lines, layout, done: true };
  }
  return { bytes: source.bytes, digest: await digests.upTo(source.bytes), firstLine, lines, layout, done: isLast };
}
