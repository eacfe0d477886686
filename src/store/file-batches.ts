import { availableParallelism } from 'node:os';
import { InputError } from '../diagnostics/diagnostic.ts';
import { type LineBatch, lineBatches } from '../documents/line-batches.ts';
import { isBlank, LineTooLong } from '../documents/line-texts.ts';
import { detectFormat } from '../sources/detect.ts';
import type { InputFile } from '../sources/input-files.ts';
import { LinesOfFile } from './file-lines.ts';
import { pieceRows, type ReadDocuments, type StagedDocument } from './incoming.ts';
import type { IndexTable } from './index-table.ts';
import { type FileIdentity, identify, type KnownFile, type KnownFiles, marks } from './known-files.ts';
import type { Store } from './store.ts';

/** A piece makes a group of rows, unless its events are large. */
const piece = { bytes: 160 << 20, lines: pieceRows };
/** The first batch of a file teaches the shape of its events, and shows where they belong. */
const firstPiece = { bytes: 2 << 20, lines: pieceRows };
/** So many pieces are written in one transaction: one for each thread that writes, and little enough for memory. */
const piecesAtOnce = Math.min(4, availableParallelism());

/** A file that is being read in. */
export interface FileInTurn {
  readonly input: InputFile;
  readonly identity: FileIdentity;
  /** What the store knows it by: the file as it was when it was read before. */
  readonly known: KnownFile | null;
  /** The line from which on it is new. */
  readonly from: number;
  readonly lines: LinesOfFile;
}

/** Lines that are written together. */
export interface Batch {
  readonly file: FileInTurn;
  readonly pieces: readonly LineBatch[];
  readonly before: number;
  readonly size: number;
  /** Whether the file ends with these. */
  readonly last: boolean;
  /** What was read of them for the index to which lines mostly belong. */
  readonly read: { readonly index: IndexTable; readonly documents: ReadDocuments } | null;
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
  readonly #open = new Set<LinesOfFile>();

  constructor(
    private readonly store: Store,
    private readonly knownFiles: KnownFiles,
    private readonly inputs: readonly InputFile[],
    private readonly signal: AbortSignal | undefined,
    /** Hears of files that are not read, with what there is to say of each; null where it was read before. */
    private readonly onSkipped: (input: InputFile, note: string | null) => void,
  ) {}

  /** The batches. One may be asked for while the one before it is written. */
  async *read(): AsyncGenerator<Batch, undefined> {
    let before: FileIdentity | null = null;
    for (const input of this.inputs) {
      const file: FileInTurn | null = await this.#begin(input, before);
      if (!file) continue;
      before = file.identity;
      yield* this.#batchesOf(file);
    }
  }

  /** Closes a file of which all is written. */
  async end({ lines }: FileInTurn): Promise<void> {
    this.#open.delete(lines);
    await lines.close();
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    for (const lines of this.#open) await lines.close();
    this.#open.clear();
  }

  async #begin(input: InputFile, before: FileIdentity | null): Promise<FileInTurn | null> {
    if (input.bytes === 0) {
      this.onSkipped(input, `${input.path} is empty`);
      return null;
    }
    const identity = await identify(input.path, input.bytes);
    // The file before may be this one, or an earlier state of it, unless the first bytes tell them apart: then what the
    // store knows of that must be written first.
    if (before && (before.bytes < marks || before.head === identity.head)) await this.writing.catch(() => undefined);
    const known = await this.knownFiles.find(input, identity);
    if (known?.done && known.bytes === input.bytes) {
      this.onSkipped(input, null);
      return null;
    }
    const format = await detectFormat(input);
    if (format.shape === 'empty') {
      this.onSkipped(input, `${input.path} holds no events`);
      return null;
    }
    const lines = await LinesOfFile.open(input, format, this.signal);
    this.#open.add(lines);
    return { input, identity, known, from: known?.lines ?? 0, lines };
  }

  async *#batchesOf(file: FileInTurn): AsyncGenerator<Batch, undefined> {
    const { lines, from, input } = file;
    try {
      const pieces = lineBatches(await lines.bytes(), lines.inPlace, from, firstPiece, piece)[Symbol.asyncIterator]();
      for (let isFirst = true; ; isFirst = false) {
        const batch = await this.#prepare(file, pieces, isFirst || this.usually === null ? 1 : piecesAtOnce);
        if (!batch) return;
        yield batch;
      }
    } catch (error) {
      throw error instanceof LineTooLong ? new InputError(`${input.path} ${error.message}`) : error;
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
    const line = (n: number): Buffer => {
      const own = pieces.findLast((candidate) => candidate.before - before <= n)!;
      return own.line(n + before - own.before);
    };
    // Ids of documents that bring none.
    const key = file.identity.head.slice(0, 12);
    const areHits = file.lines.format.wrapper !== 'none';
    const { incoming } = this.store;
    const index = this.usually === null ? undefined : this.store.index(this.usually);
    return {
      file,
      pieces,
      before,
      size: pieces.reduce((sum, { size }) => sum + size, 0),
      last: pieces.at(-1)!.last,
      read: index
        ? { index, documents: await incoming.readLines(pieces, index.names, index.keeps, key, areHits) }
        : null,
      line,
      documents: (numbers) =>
        Array.from(numbers, (n) => ({ n, id: `${key}${before + n}`, version: 1n, line: line(n) })).filter(
          (document) => !isBlank(document.line),
        ),
    };
  }
}
