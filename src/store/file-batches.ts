import type { Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { newline } from '../documents/bytes.ts';
import { type LineBatch, type LinePlace, lineBatches } from '../documents/line-batches.ts';
import { isBlank } from '../documents/line-texts.ts';
import type { KnownNames } from '../documents/names.ts';
import { sameAs } from '../files/copies.ts';
import type { InputFile } from '../files/input-file.ts';
import { sourcesOf } from '../files/input-sources.ts';
import type { FileReport } from '../files/load-report.ts';
import { asDocuments } from '../files/table-source.ts';
import { isReadInPlace, isWrapped } from '../formats/formats.ts';
import { DocumentStream, headBytes } from './document-stream.ts';
import { FileInTurn, type Layout } from './file-in-turn.ts';
import { pieceRows, type ReadDocuments, type StagedDocument } from './incoming.ts';
import { indexNamedIn } from './index-named-in.ts';
import { IndexTable } from './index-table.ts';
import { digestOf, type FileState, firstLineKey, type KnownFiles, type KnownNotes } from './known-files.ts';
import { newId } from './operations.ts';
import { routingNames } from './route-documents.ts';
import { countLines, inOnePiece, type Share, type SmallFile, SmallFiles } from './small-files.ts';
import type { Store } from './store.ts';

/** A piece makes a group of rows, unless its events are large. */
const piece = { bytes: 160 << 20, lines: pieceRows };
/** The first batch of a file teaches the shape of its events, and shows where they belong. */
const firstPiece = { bytes: 2 << 20, lines: pieceRows };
/** Small files in one transaction. */
const smallPiece = { bytes: 16 << 20, lines: pieceRows };
/** Pieces in one transaction: one for each thread that writes, and little enough for memory. */
const piecesAtOnce = Math.min(4, availableParallelism());
/** How many lines of a file that are not documents are searched for wrappers. */
const mostLooks = 50;

/** Lines that are written together: of one file, or of several small ones. */
export interface Batch {
  readonly shares: readonly Share[];
  readonly pieces: readonly LineBatch[];
  readonly size: number;
  /** Whether a line may be a wrapper of documents. */
  readonly mayBeWrapped: boolean;
  /** The index to which lines mostly belong, and what was read for it. */
  readonly usual: { readonly index: IndexTable; documents: ReadDocuments } | null;
  /** What was read of the lines of a file for the mappings that its lines had before. */
  readonly mapped: { readonly share: Share; readonly documents: ReadDocuments } | null;
  /** What is known of files once these are written. */
  readonly notes: KnownNotes;
  /** Reads all lines for an index. */
  readFor(index: IndexTable): Promise<ReadDocuments>;
  /** Lines by their number in the batch: those that may be documents. */
  documents(numbers: Iterable<number>): StagedDocument[];
  line(n: number): Buffer;
  shareOf(n: number): Share;
  /** Gives the memory of the lines back. */
  release(): Promise<void>;
}

/** A file that was compared with what is known of it. */
interface Reading {
  readonly file: FileInTurn;
  readonly stream: DocumentStream;
  readonly layout: Layout;
  /** The place from which it is new, and the hash of all before. */
  readonly begin: LinePlace;
  readonly hash: Hash;
  /** Called when the last of it is in a batch. */
  onEnd(): void;
}

/** Reads files one after the other, in batches: what takes no turn of writing. */
export class FileBatches {
  /** Ends when the batch that was given last is written. */
  writing: Promise<unknown> = Promise.resolve();
  readonly #open = new Set<DocumentStream>();
  readonly #small = new SmallFiles();
  /** Inputs of which everything is known once the next batch is written. */
  #ended: InputFile[] = [];
  readonly #scratch = Buffer.allocUnsafeSlow(headBytes);

  constructor(
    private readonly store: Store,
    private readonly knownFiles: KnownFiles,
    private readonly inputs: readonly InputFile[],
    /** Where entries of archives are put meanwhile. */
    private readonly folder: string,
    private readonly options: { readonly signal?: AbortSignal; readonly copies?: boolean },
    /** The index of events of a file that do not name their own. */
    private readonly indexOf: (file: FileInTurn) => string,
    /** As what the lines of a file are read that mappings knew before; null where none did. */
    private readonly namesOf: (file: FileInTurn) => KnownNames | null,
    /**
     * Hears of files of which nothing is read: those of which nothing is new, and those of which the report says why.
     * `whole`: one that was looked at to its end.
     */
    private readonly onSkipped: (bytes: number, report: FileReport | null, whole?: FileInTurn) => void,
  ) {}

  /** The batches. One may be asked for while the one before it is written. */
  async *read(): AsyncGenerator<Batch, undefined> {
    try {
      for (const input of this.inputs) {
        this.options.signal?.throwIfAborted();
        if (this.knownFiles.isUnchanged(input)) this.onSkipped(input.bytes, null);
        else yield* this.#readInput(input);
      }
    } catch (error) {
      // What was read before is written all the same.
      yield* this.#writeSmall();
      throw error;
    }
    yield* this.#writeSmall();
    if (this.#ended.length > 0) yield this.#complete(await this.#batch([], [], 'lines', null, {}));
  }

  /** Closes what is open. */
  async close(): Promise<void> {
    for (const stream of this.#open) await stream.close();
    this.#open.clear();
  }

  async *#readInput(input: InputFile): AsyncGenerator<Batch, undefined> {
    const entries = join(this.folder, 'entries');
    const { sources, notRead } = await sourcesOf(input, entries, this.options.signal);
    for (const report of notRead) this.onSkipped(0, { ...report, path: `${input.name}${report.path}` });
    let isCut = false;
    let left = sources.length;
    for (const named of sources) {
      const source = await asDocuments(named, entries, {}, this.options.signal);
      const file = new FileInTurn(source);
      const onEnd = (): void => {
        isCut ||= file.isCut;
        left -= 1;
        if (left === 0 && !isCut) this.#ended.push(input);
      };
      yield* this.#readFile(file, source.format.layout, onEnd);
    }
    if (sources.some((source) => 'isTable' in source || source.path !== input.path)) {
      yield* this.#writeSmall();
      await this.writing.catch(() => undefined);
      await rm(entries, { recursive: true, force: true });
    }
  }

  /** The batches of a file, unless it is small and waits for others. */
  async *#readFile(file: FileInTurn, layout: Layout, onEnd: () => void): AsyncGenerator<Batch, undefined> {
    const stream = await DocumentStream.open(() => file.open(layout), this.#scratch);
    this.#open.add(stream);
    const { state, hash } = await stream.passKnown(this.knownFiles);
    file.known = state;
    // What follows a line without its end may be no more than that.
    const lines = (state?.lines ?? 0) - (stream.isWithinLine ? 1 : 0);
    const reading = { file, stream, layout, begin: { lines, bytes: state?.bytes ?? 0 }, hash, onEnd };
    const isWrapped = stream.isWhole ? yield* this.#readSmall(reading) : yield* this.#readLarge(reading);
    this.#open.delete(stream);
    await stream.close();
    if (isWrapped) yield* this.#readFile(file, 'records', onEnd);
  }

  /** Has a small file wait for others. Whether it is wrapped shows when these are read. */
  async *#readSmall({ file, stream, layout, begin, hash, onEnd }: Reading): AsyncGenerator<Batch, false> {
    const all = stream.head;
    const lastLine = all.subarray(begin.bytes, -1).lastIndexOf(newline) + 1 + begin.bytes;
    const mayBeCut = layout === 'lines' ? all.at(-1) !== newline : file.isCut;
    const end = mayBeCut && file.leaves(all.subarray(lastLine)) ? lastLine : all.length;
    const bytes = all.subarray(begin.bytes, end);
    if (bytes.every(isBlankByte) && !file.isCut) {
      this.#skip(file, onEnd);
      return false;
    }
    if (!this.#small.takes(layout)) yield* this.#writeSmall();
    const size = countLines(bytes);
    const state = size === 0 ? null : stateOf(file, all, hash.update(bytes), end, begin.lines + size);
    if (state) this.#learn(state);
    this.#small.add({ file, bytes, before: begin.lines, size, state, onEnd }, layout);
    if (this.#small.bytes >= smallPiece.bytes || this.#small.lines >= smallPiece.lines) yield* this.#writeSmall();
    return false;
  }

  /** The small files that wait, in one batch. Those that turn out to be wrapped documents are read as such. */
  async *#writeSmall(): AsyncGenerator<Batch, undefined> {
    const { files, layout } = this.#small.take();
    const wrapped: SmallFile[] = [];
    for (let left = files; left.length > 0; ) {
      const { shares, lines } = inOnePiece(left);
      const states = left.flatMap(({ state }) => state ?? []);
      const usual = this.#usual(left.map(({ file, bytes }) => [file, bytes]));
      const batch = await this.#batch(shares, [lines], layout, usual, { states });
      const found = await this.#wrappedIn(batch);
      if (found.size === 0) {
        for (const { onEnd } of left) onEnd();
        yield this.#complete(batch);
        break;
      }
      await batch.release();
      wrapped.push(...left.filter(({ file }) => found.has(file)));
      left = left.filter(({ file }) => !found.has(file));
    }
    for (const { file, state, onEnd } of wrapped) {
      if (state) this.knownFiles.remove(state);
      yield* this.#readFile(file, 'records', onEnd);
    }
  }

  /** The batches of a file that is not small. Returns true instead where each line was taken for a document, and is none. */
  async *#readLarge({ file, stream, layout, begin, hash, onEnd }: Reading): AsyncGenerator<Batch, boolean> {
    yield* this.#writeSmall();
    const { path, format } = file.source;
    const inPlace = isReadInPlace({ ...format, layout }) ? path : null;
    const pieces = lineBatches(stream, inPlace, begin, firstPiece, piece)[Symbol.asyncIterator]();
    let { lines: before, bytes: at } = begin;
    let known: FileState | null = null;
    for (let isFirst = true, last = false; !last; isFirst = false) {
      const names = this.namesOf(file);
      const usual = names === null ? this.#usual([[file, stream.head]]) : null;
      const own = await takePieces(pieces, (usual === null && names === null) || isFirst ? 1 : piecesAtOnce);
      const end = own.at(-1)!;
      last = end.last;
      const mayBeCut = last && end.size > 0 && (layout === 'lines' ? end.isOpen(end.size - 1) : file.isCut);
      const isLeft = mayBeCut && file.leaves(end.line(end.size - 1));
      const to = isLeft ? end.begin(end.size - 1) : end.stretch.to;
      const size = own.reduce((sum, one) => sum + one.size, isLeft ? -1 : 0);
      if (isFirst && last && size === 0 && !file.isCut) {
        this.#skip(file, onEnd);
        break;
      }
      for (const one of own) at += await hashLines(hash, one, one === end ? to : one.stretch.to);
      const state = size === 0 ? null : stateOf(file, stream.head, hash, at, before + size);
      const share: Share = { file, first: 0, size, before, last };
      const notes = state === null ? {} : { states: [state], replaced: known ? [known] : [] };
      const batch = await this.#batch([share], own, layout, usual ?? names, notes);
      if (isFirst && (await this.#wrappedIn(batch)).size > 0) {
        await batch.release();
        return true;
      }
      if (state) this.#learn(state);
      if (state && known) this.knownFiles.remove(known);
      known = state ?? known;
      before += size;
      if (last) onEnd();
      yield this.#complete(batch);
    }
    return false;
  }

  /** The index to which most of some files' lines will belong, if there is one already. */
  #usual(files: readonly (readonly [file: FileInTurn, head: Buffer])[]): IndexTable | null {
    const counts = new Map<string, number>();
    for (const [file, head] of files) {
      const [most] = [...file.tally.indices].sort((a, b) => b[1] - a[1]);
      const index = most?.[0] ?? indexNamedIn(head) ?? this.indexOf(file);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    const [most] = [...counts].sort((a, b) => b[1] - a[1]);
    const index = most && this.store.index(most[0]);
    // Identifiers of time series follow from each document.
    return index && !index.isTimeSeries ? index : null;
  }

  /** Has later files be compared with one that will be written. */
  #learn(state: FileState): void {
    if (!this.options.copies) this.knownFiles.add(state);
  }

  /** Passes over a file of which nothing is new. */
  #skip(file: FileInTurn, onEnd: () => void): void {
    const { known, name, source } = file;
    this.onSkipped(source.bytes, known?.name === undefined ? null : sameAs(name, known.name), file);
    if (known) known.name ??= name;
    onEnd();
  }

  /** A batch with which everything is known of the files that ended. */
  #complete(batch: Batch): Batch {
    batch.notes.inputs.push(...this.#ended.splice(0));
    return batch;
  }

  /** Files of which lines are wrappers of documents. */
  async #wrappedIn({
    shares,
    mayBeWrapped,
    usual,
    mapped,
    line,
    shareOf,
    size,
    pieces,
  }: Batch): Promise<Set<FileInTurn>> {
    const wrapped = new Set<FileInTurn>();
    if (!mayBeWrapped || shares.every(({ file }) => file.known !== null)) return wrapped;
    const known = usual?.documents ?? mapped?.documents;
    const read = known ?? (await this.store.incoming.readLines(pieces, routingNames, 'none', ''));
    try {
      const looks = new Map<FileInTurn, number>();
      const isLooked = (n: number): boolean => {
        const { file } = shareOf(n);
        looks.set(file, (looks.get(file) ?? 0) + 1);
        return looks.get(file)! <= mostLooks;
      };
      for (const n of [...read.suspects, ...read.unread.filter((n) => n < size && isLooked(n))]) {
        if (n >= size) continue;
        const { file } = shareOf(n);
        if (file.known === null && !wrapped.has(file) && isWrapped(line(n))) wrapped.add(file);
      }
    } finally {
      if (read !== known) await read.remove();
    }
    return wrapped;
  }

  async #batch(
    shares: readonly Share[],
    pieces: readonly LineBatch[],
    layout: Layout,
    readsAs: IndexTable | KnownNames | null,
    { states = [], replaced = [] }: Partial<KnownNotes>,
  ): Promise<Batch> {
    const size = shares.reduce((sum, share) => sum + share.size, 0);
    const before = pieces[0]?.before ?? 0;
    // Of documents that bring no ids.
    const key = newId();
    const readFor = (own: IndexTable): Promise<ReadDocuments> =>
      this.store.incoming.readLines(pieces, own.names('files'), own.keeps, key);
    const readAs = (names: KnownNames): Promise<ReadDocuments> =>
      this.store.incoming.readLines(pieces, names, 'none', key);
    const line = (n: number): Buffer => {
      const own = pieces.findLast((candidate) => candidate.before - before <= n)!;
      return own.line(n + before - own.before);
    };
    const index = readsAs instanceof IndexTable ? readsAs : null;
    const names = readsAs instanceof IndexTable ? null : readsAs;
    const usual = index && size > 0 ? { index, documents: await readFor(index) } : null;
    const mapped = names && size > 0 ? { share: shares[0]!, documents: await readAs(names) } : null;
    return {
      shares,
      pieces,
      size,
      mayBeWrapped: layout === 'lines',
      usual,
      mapped,
      notes: { states, replaced, inputs: [] },
      readFor,
      line,
      documents: (numbers) =>
        Array.from(numbers, (n) => ({ n, id: `${key}${before + n}`, version: 1n, line: line(n) })).filter(
          (document) => !isBlank(document.line),
        ),
      shareOf: (n) => shares[shareAt(shares, n)]!,
      release: async () => {
        await usual?.documents.remove();
        await mapped?.documents.remove();
        for (const own of pieces) own.release();
      },
    };
  }
}

/** The place of the share that a line is in. */
function shareAt(shares: readonly Share[], n: number): number {
  let [from, to] = [0, shares.length];
  while (to - from > 1) {
    const middle = (from + to) >> 1;
    if (shares[middle]!.first <= n) from = middle;
    else to = middle;
  }
  return from;
}

/** The next pieces, at least one: the last one of a file says so. */
async function takePieces(pieces: AsyncIterator<LineBatch>, most: number): Promise<LineBatch[]> {
  const taken: LineBatch[] = [];
  while (taken.length < most && taken.at(-1)?.last !== true) taken.push((await pieces.next()).value as LineBatch);
  return taken;
}

/** Hashes lines up to a place; returns how many bytes these are. */
async function hashLines(hash: Hash, { stretch: { bytes, from } }: LineBatch, to: number): Promise<number> {
  if (typeof bytes !== 'string') hash.update(bytes.subarray(from, to));
  else if (to > from)
    for await (const chunk of createReadStream(bytes, { start: from, end: to - 1, highWaterMark: 1 << 20 }))
      hash.update(chunk as Buffer);
  return to - from;
}

const stateOf = ({ name }: FileInTurn, head: Buffer, hash: Hash, bytes: number, lines: number): FileState => ({
  digest: digestOf(hash),
  bytes,
  firstLine: firstLineKey(head.subarray(0, bytes)),
  lines,
  name,
});

const isBlankByte = (byte: number): boolean => byte <= 32;
