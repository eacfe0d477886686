import { mkdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join as joinPath } from 'node:path';
import { type Bytes, openPlaced } from '../documents/bytes.ts';
import { ownColumns } from '../documents/columns.ts';
import { addFindings, type Conversion, type Converted } from '../documents/conversion.ts';
import type { Lines, Piece, ReadPiece } from '../documents/document-reader.ts';
import { DocumentReaders } from '../documents/documents.ts';
import { type JoinedPieces, joinPieces } from '../documents/joined-pieces.ts';
import { fileBegin, lineBatches } from '../documents/line-batches.ts';
import { isBlank, LineTexts } from '../documents/line-texts.ts';
import type { KnownNames } from '../documents/names.ts';
import {
  convertBlock,
  convertWhole,
  type FileFormat,
  isReadInPlace,
  isWrapped,
  openBlocks,
  openDocuments,
  reportFindings,
} from '../formats/formats.ts';
import { ident, list, number, type Sql, sql, text } from '../sql/sql.ts';
import { type Content, Sample, sampleOfFile } from './content.ts';
import type { InputFile } from './input-file.ts';
import { placeColumns } from './place-columns.ts';
import { type AnySource, asDocuments, columnsFor } from './table-source.ts';
import { Tally } from './tally.ts';

/** A file of documents to read: what was named, or an entry of an archive. */
export interface Source {
  readonly path: string;
  readonly input: InputFile;
  /** What follows the name of the input where this is an entry of an archive, such as `/a.ndjson`; else nothing. */
  readonly entry: string;
  readonly bytes: number;
  /** Why this is not all there should be of the entry; else null. */
  readonly cut: string | null;
  readonly format: FileFormat;
}

/** What was read of a source. */
export interface SourceRead {
  readonly tally: Tally;
  /** What it holds, to be compared with others. */
  readonly content: Content;
  /** What is to be said of it: that it ends early, what stands behind its end. */
  readonly notes: readonly string[];
  /** Whether not all of it was read. */
  readonly isCut: boolean;
}

/** Files of events that were read into columns. */
export interface ReadSources extends JoinedPieces {
  /**
   * The columns of all events, with `_file`, the place of an event's source, and `_line`, its line from zero on. Null where
   * there is no event.
   */
  readonly relation: Sql | null;
  readonly sources: readonly SourceRead[];
}

/** What is read at once has no more lines. */
const pieceRows = 61_440;
/** Few pieces repeat little, and several keep every processor busy to the end. */
const piecesPerProcessor = 4;
/** Bytes of a file that are read at once. */
const pieceBytes = { least: 4 << 20, most: 64 << 20 };
/** What comes through memory is cut smaller. */
const streamed = { bytes: 16 << 20, lines: pieceRows };
/** Lines are expected to have as many bytes, for there is room for each; if there are more, they are read in turns. */
const shortLine = 64;
/** Records that are converted become several times as many bytes. */
const blockBytes = { sample: 128 << 10, least: 1 << 20, most: 4 << 20 };
/** Smaller files are read together: a piece of its own costs more than what stands in it. */
const smallFile = 256 << 10;
/** Files of lines in which several places are sampled, and how many: logs of several sources are often one behind the other. */
const largeFile = 4 << 20;
const placesSampled = 5;
/** Rows of a table that are looked at first. */
const rowsSampled = 500;
/** These are converted while they are read, which takes longer: most event logs of a machine hold one chunk. */
const smallConverted = 128 << 10;

/** What was read at once. */
interface Part {
  /** What its columns are called by. */
  readonly id: number;
  readonly read: ReadPiece;
  /** What it holds of each source: mostly there is one. */
  readonly shares: readonly Share[];
  /** Whether its columns say the source and the line of each event. */
  readonly saysPlaces: boolean;
}

/** What a part holds of a source. */
interface Share {
  readonly source: number;
  readonly lines: number;
  readonly bytes: number;
  readonly tally: Tally;
}

/** The lines or documents of a part, by their places in it. */
interface PartLines {
  shareOf(at: number): Share;
  /** The number of a line in its share, counted from 1. */
  numberOf(at: number): number;
  line(at: number): Buffer;
  isOpen(at: number): boolean;
}

export interface ReadingOptions {
  readonly signal?: AbortSignal;
  /** Hears how many bytes of a source were read so far. */
  onRead?(source: number, bytes: number): void;
  /** Reads as many bytes of the beginning of each source, and of some places in large files of lines. */
  readonly sampleBytes?: number;
}

/** Reads fields of files into columns in a folder, on all processors and without the engine. */
export async function readSources(
  sources: readonly AnySource[],
  names: KnownNames,
  folder: string,
  options: ReadingOptions = {},
): Promise<ReadSources> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const { sampleBytes, signal } = options;
  const part = { ...columnsFor(names), ...(sampleBytes !== undefined && { rows: rowsSampled }) };
  const some: Source[] = [];
  for (const source of sources) {
    const lines = await asDocuments(source, joinPath(folder, 'rows'), part, signal);
    const isCut = sampleBytes !== undefined && isReadInPlace(lines.format) && lines.bytes < largeFile;
    some.push(isCut ? { ...lines, bytes: Math.min(lines.bytes, sampleBytes) } : lines);
  }
  const reading = new Reading(some, sources, names, folder, options);
  try {
    await reading.run();
    return reading.result();
  } finally {
    await reading.close();
    await rm(joinPath(folder, 'rows'), { recursive: true, force: true });
  }
}

class Reading {
  readonly #readers = new DocumentReaders(undefined, convertBlock);
  readonly #running = new Set<Promise<void>>();
  /** What was read of each stretch, in the order in which these stand in the files. */
  #stretches: Part[][] = [];
  #ids = 0;
  /** What was found beside documents in records that were converted. */
  readonly #findings: readonly Map<string, number>[];
  readonly #notes: string[][];
  readonly #cut: boolean[];
  /** Samples of what is not read in place, or together with others. */
  readonly #samples = new Map<number, string>();
  /** Sources whose lines turned out to be wrapped documents, or several on a line. */
  readonly #wrapped = new Set<number>();

  constructor(
    private readonly sources: Source[],
    private readonly named: readonly AnySource[],
    private readonly names: KnownNames,
    private readonly folder: string,
    private readonly options: ReadingOptions,
  ) {
    this.#findings = sources.map(() => new Map());
    this.#notes = sources.map(notesBefore);
    this.#cut = sources.map(({ cut }) => cut !== null);
  }

  async run(): Promise<void> {
    const isSmall = ({ bytes, format }: Source): boolean =>
      isReadInPlace(format) ? bytes <= smallFile : isConvertedWhole(format) && bytes <= smallConverted;
    const all = this.sources.map((_, place) => place);
    await this.#readTogether(all.filter((place) => isSmall(this.sources[place]!)));
    for (const place of all) if (!isSmall(this.sources[place]!)) await this.#readOne(place);
    await this.#settle();
    // These were read as if each line were a document of its own.
    const wrapped = [...this.#wrapped];
    this.#wrapped.clear();
    for (const place of wrapped) {
      this.#stretches = this.#stretches.map((parts) => parts.filter(({ shares }) => !isOf(shares, place)));
      const source = this.sources[place]!;
      this.#notes[place] = notesBefore(source);
      this.sources[place] = { ...source, format: { ...source.format, layout: 'records' } };
      await this.#readOne(place);
    }
    await this.#settle();
    this.sources.forEach(({ format: { conversion } }, place) => {
      if (conversion) reportFindings(conversion.format, this.#findings[place]!, this.#hooks(place));
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#readers.close();
  }

  /** Waits for all that is being read; what failed fails this. */
  async #settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #start(work: Promise<void>): Promise<void> {
    this.options.signal?.throwIfAborted();
    this.#running.add(work);
    // What fails stays, and fails whoever waits for the others.
    work.then(
      () => this.#running.delete(work),
      () => undefined,
    );
    if (this.#running.size > availableParallelism()) await Promise.race(this.#running);
  }

  async #readOne(place: number): Promise<void> {
    const source = this.sources[place]!;
    const total =
      this.sources.reduce((sum, { bytes }) => sum + bytes, 0) / (availableParallelism() * piecesPerProcessor);
    const step = Math.ceil(Math.min(pieceBytes.most, Math.max(pieceBytes.least, total)));
    for await (const stretch of this.#stretchesOf(place, source, step))
      await this.#start(this.#readStretch(place, stretch));
  }

  /** Stretches of a file: in the file where lines stand in it as they are, or else in memory. */
  async *#stretchesOf(place: number, { path, bytes, format }: Source, step: number): AsyncIterable<Stretch> {
    const onRead = (read: number): void => this.options.onRead?.(place, read);
    if (isReadInPlace(format)) {
      let done = 0;
      const { sampleBytes } = this.options;
      const every = sampleBytes === undefined ? step : Math.ceil(bytes / placesSampled);
      for (let from = 0; from < bytes; from += every) {
        const to = Math.min(bytes, from + Math.min(step, sampleBytes ?? step));
        const release = (): void => {
          done += to - from;
          onRead(done);
        };
        yield { bytes: path, from, to, release };
      }
      return;
    }
    const hooks = { onRead, ...this.#hooks(place) };
    const sample = new Sample();
    const { sampleBytes } = this.options;
    const { conversion } = format;
    if (conversion) {
      const size =
        sampleBytes === undefined
          ? Math.min(blockBytes.most, Math.max(blockBytes.least, step))
          : Math.max(blockBytes.sample, sampleBytes);
      for await (const block of openBlocks(path, { ...format, conversion }, size, hooks)) {
        sample.add(block.bytes);
        yield { ...block, from: 0, to: block.bytes.length, release: () => undefined };
        if (sampleBytes !== undefined) break;
      }
      this.#samples.set(place, sample.digest());
      return;
    }
    const opened = await openDocuments(path, format, hooks);
    try {
      const most = sampleBytes === undefined ? streamed : { ...streamed, bytes: sampleBytes };
      for await (const batch of lineBatches(opened, null, fileBegin, most, most)) {
        const { stretch } = batch;
        sample.add((stretch.bytes as Uint8Array).subarray(stretch.from, stretch.to));
        yield {
          ...stretch,
          release: (memory) => {
            batch.takeBack(memory);
            batch.release();
          },
        };
        if (sampleBytes !== undefined) break;
      }
      this.#samples.set(place, sample.digest());
    } finally {
      await opened.close();
    }
  }

  #hooks(place: number): { onCut(what: string): void; onNote(note: string): void } {
    const notes = this.#notes[place]!;
    return {
      onCut: (what) => {
        this.#cut[place] = true;
        notes.push(what);
      },
      onNote: (note) => notes.push(note),
    };
  }

  async #readStretch(source: number, { bytes, from, to, conversion, release }: Stretch): Promise<void> {
    const parts: Part[] = [];
    this.#stretches.push(parts);
    const most = conversion ? pieceRows : Math.min(pieceRows, Math.ceil((to - from) / shortLine));
    const piece: Lines = { bytes, from, to, most, conversion, keeps: 'none', together: false, first: 0 };
    /** Of records, those bytes are counted that stand in the file. */
    let records = conversion ? to - from : null;
    for (;;) {
      const id = this.#ids++;
      const read = await this.#readers.read(piece, this.names, this.#columnsPath(id));
      const { count, begin, end } = read.lines!;
      const texts = new LineTexts(piece.bytes, begin, end);
      const share: Share = { source, lines: count, bytes: records ?? end - begin, tally: new Tally() };
      if (records !== null) records = 0;
      if (read.findings) addFindings(this.#findings[source]!, read.findings);
      share.tally.events = read.rows;
      this.#judge(read, {
        shareOf: () => share,
        numberOf: (at) => at + 1,
        line: (at) => texts.line(at),
        isOpen: (at) => texts.isOpen(at),
      });
      parts.push({ id, read, shares: [share], saysPlaces: false });
      if (this.#wrapped.has(source) || count < most || end >= piece.to) break;
      piece.from = end;
    }
    release(piece.bytes);
  }

  /** Reads small files, many at a time. */
  async #readTogether(places: readonly number[]): Promise<void> {
    for (let at = 0; at < places.length; ) {
      const together: number[] = [];
      let bytes = 0;
      for (; at < places.length && bytes < pieceBytes.least; at++) {
        together.push(places[at]!);
        bytes += this.sources[places[at]!]!.bytes + 1;
      }
      await this.#start(this.#readBatch(new SmallFiles(together, this.sources)));
    }
  }

  async #readBatch(files: SmallFiles): Promise<void> {
    const parts: Part[] = [];
    this.#stretches.push(parts);
    const { bytes, places, numbers, lines, shares } = files;
    const beside = [
      { name: placeColumns.file, values: numbers },
      { name: placeColumns.line, values: lines },
    ];
    const piece: Piece = { bytes, places, keeps: 'none', together: false, first: 0, beside };
    const id = this.#ids++;
    const read = await this.#readers.read(piece, this.names, this.#columnsPath(id));
    const bySource = new Map(shares.map((share) => [share.source, share]));
    const shareOf = (at: number): Share => bySource.get(Number(numbers[at]))!;
    for (const at of read.unread) shareOf(at).tally.events -= 1;
    this.#judge(read, {
      shareOf,
      numberOf: (at) => Number(lines[at]) + 1,
      line(at) {
        const { buffer, byteOffset } = piece.bytes;
        return Buffer.from(buffer as ArrayBuffer, byteOffset + places[2 * at]!, places[2 * at + 1]! - places[2 * at]!);
      },
      isOpen: (at) => files.isOpen(at),
    });
    for (const { source } of shares) this.options.onRead?.(source, this.sources[source]!.bytes);
    for (const [source, sample] of files.samples) this.#samples.set(source, sample);
    const plain = shares.map(({ source }) => source).filter((source) => !this.#wrapped.has(source));
    if (plain.length === shares.length) {
      parts.push({ id, read, shares, saysPlaces: true });
      for (const [source, { findings }] of files.converted) addFindings(this.#findings[source]!, findings);
    }
    // What is left of the others is read again without those.
    else await this.#readBatch(new SmallFiles(plain, this.sources));
  }

  /** Looks at what could not be read as it stands, or looks like a wrapper. */
  #judge({ unread, duplicates, suspects }: ReadPiece, { shareOf, numberOf, line, isOpen }: PartLines): void {
    const noteWrapper = (source: number, text: Buffer): void => {
      if (this.sources[source]!.format.layout === 'lines' && isWrapped(text)) this.#wrapped.add(source);
    };
    for (const at of suspects) noteWrapper(shareOf(at).source, line(at));
    for (const at of unread) {
      const text = line(at);
      if (isBlank(text)) continue;
      const { source, tally } = shareOf(at);
      noteWrapper(source, text);
      tally.addMalformed(numberOf(at), text, isOpen(at));
    }
    for (const at of duplicates) shareOf(at).tally.addDuplicate(numberOf(at), line(at));
  }

  #columnsPath(id: number): string {
    return joinPath(this.folder, `${id}.parquet`);
  }

  result(): ReadSources {
    const parts = this.#stretches.flat();
    const found = this.sources.map(() => ({ lines: 0, bytes: 0, tally: new Tally() }));
    /** How many lines of its source come before each part. */
    const before = new Map<number, number>();
    for (const { id, shares, saysPlaces } of parts)
      for (const { source, lines, bytes, tally } of shares) {
        const all = found[source]!;
        const own = saysPlaces ? 0 : all.lines;
        before.set(id, own);
        all.tally.add(tally, own);
        all.lines += lines;
        all.bytes += bytes;
      }
    return {
      ...joinPieces(
        this.names,
        parts.map(({ read }) => read),
      ),
      relation: this.#relation(parts, before),
      sources: found.map(({ bytes, tally }, place) => ({
        tally,
        content: this.#contentOf(place, bytes),
        notes: this.#notes[place]!,
        isCut: this.#cut[place]!,
      })),
    };
  }

  /** What a source holds; of a table it is the file, of which lines may have some columns alone. */
  #contentOf(place: number, read: number): Content {
    const { path, bytes } = this.named[place]!;
    const { format } = this.sources[place]!;
    const { label: _, ...how } = format;
    if (path !== this.sources[place]!.path)
      return { bytes, sample: sampleOfFile(path, bytes), digest: null, format: how };
    const sample = this.#samples.get(place) ?? sampleOfFile(path, read);
    return { bytes: read, sample, digest: null, format: how };
  }

  /** The columns of all parts; null where there is no event. */
  #relation(parts: readonly Part[], before: ReadonlyMap<number, number>): Sql | null {
    const written = parts.filter(({ read }) => read.rows > 0);
    const files = (some: readonly Part[]): Sql => list(some.map(({ id }) => text(this.#columnsPath(id))));
    const placed = written.filter(({ saysPlaces }) => saysPlaces);
    const others = written.filter(({ saysPlaces }) => !saysPlaces);
    const relations: Sql[] = [];
    if (placed.length > 0) relations.push(sql`SELECT * FROM read_parquet(${files(placed)}, union_by_name = true)`);
    if (others.length > 0) {
      const last = Math.max(...others.map(({ id }) => id));
      const byId = new Map(others.map((part) => [part.id, part]));
      const ids = Array.from({ length: last + 1 }, (_, id) => id);
      const sources = list(ids.map((id) => number(byId.get(id)?.shares.at(0)?.source ?? 0)));
      const lines = list(ids.map((id) => number(before.get(id) ?? 0)));
      const read = sql`SELECT *, regexp_extract(parse_filename("_path"), '^[0-9]+')::BIGINT + 1 AS "_part" FROM read_parquet(${files(others)}, union_by_name = true, filename = '_path')`;
      relations.push(
        sql`SELECT * EXCLUDE ("_path", "_part"), (${sources})["_part"]::BIGINT AS ${ident(placeColumns.file)}, ${ident(ownColumns.n)} + (${lines})["_part"] AS ${ident(placeColumns.line)} FROM (${read})`,
      );
    }
    return relations.length === 0 ? null : sql`(${relations.reduce((a, b) => sql`${a} UNION ALL BY NAME ${b}`)})`;
  }
}

/** Lines to read: those that begin in a stretch of bytes. */
interface Stretch {
  readonly bytes: Bytes;
  readonly from: number;
  readonly to: number;
  /** How records become lines, where these are no lines yet. */
  readonly conversion?: Conversion;
  /** Takes the bytes back: all is read. */
  release(bytes: Bytes): void;
}

/** What is to be said of a source before it is read. */
export const notesBefore = ({ cut }: Source): string[] => (cut === null ? [] : [cut]);

const isOf = (shares: readonly Share[], source: number): boolean => shares.length === 1 && shares[0]!.source === source;

/** Whether a file is converted just as its bytes stand in it. */
const isConvertedWhole = ({ conversion, compression, encoding }: FileFormat): boolean =>
  conversion !== undefined && compression === 'none' && encoding === 'utf-8';

/** Reads what a file begins with into memory; gives how many bytes. */
function readBegin(path: string, into: Uint8Array): number {
  const file = openPlaced(path);
  try {
    return file.read(into, 0);
  } finally {
    file.close();
  }
}

function digestOf(bytes: Uint8Array): string {
  const sample = new Sample();
  sample.add(bytes);
  return sample.digest();
}

/** The lines of small files one behind the other, with the file and the number of each. */
class SmallFiles {
  readonly bytes: Uint8Array;
  readonly places: Uint32Array;
  readonly numbers: BigInt64Array;
  readonly lines: BigInt64Array;
  readonly shares: readonly Share[];
  readonly samples = new Map<number, string>();
  /** What files that hold no lines became. */
  readonly converted: ReadonlyMap<number, Converted & { readonly bytes: number }>;
  /** The documents with which a file ends that has no line end. */
  readonly #open = new Set<number>();

  constructor(sources: readonly number[], all: readonly Source[]) {
    this.converted = new Map(
      sources.flatMap((source) => {
        const { path, bytes, format } = all[source]!;
        if (!format.conversion) return [];
        const content = Buffer.alloc(bytes);
        const raw = content.subarray(0, readBegin(path, content));
        this.samples.set(source, digestOf(raw));
        return [[source, { ...convertWhole(raw, format.conversion), bytes: raw.length }] as const];
      }),
    );
    const room = sources.reduce(
      (sum, source) => sum + (this.converted.get(source)?.lines.length ?? all[source]!.bytes),
      0,
    );
    const memory = Buffer.from(new ArrayBuffer(room));
    const places: number[] = [];
    const numbers: bigint[] = [];
    const lines: bigint[] = [];
    const shares: Share[] = [];
    let at = 0;
    for (const source of sources) {
      const from = at;
      const { path, bytes } = all[source]!;
      const converted = this.converted.get(source);
      if (converted) {
        memory.set(converted.lines, at);
        at += converted.lines.length;
      } else {
        at += readBegin(path, memory.subarray(at, at + bytes));
        this.samples.set(source, digestOf(memory.subarray(from, at)));
      }
      const before = numbers.length;
      const own = memory.subarray(0, at);
      let line = 0;
      for (let begin = from; begin < at; line++) {
        const found = own.indexOf(10, begin);
        const end = found < 0 ? at : found;
        const last = end > begin && memory[end - 1] === 13 ? end - 1 : end;
        if (memory[begin] === 123 || !isBlank(memory.subarray(begin, last))) {
          if (found < 0) this.#open.add(numbers.length);
          places.push(begin, last);
          numbers.push(BigInt(source));
          lines.push(BigInt(line));
        }
        begin = end + 1;
      }
      const tally = new Tally();
      tally.events = numbers.length - before;
      shares.push({ source, lines: line, bytes: converted?.bytes ?? at - from, tally });
    }
    this.bytes = memory.subarray(0, at);
    this.places = Uint32Array.from(places);
    this.numbers = BigInt64Array.from(numbers);
    this.lines = BigInt64Array.from(lines);
    this.shares = shares;
  }

  isOpen(document: number): boolean {
    return this.#open.has(document);
  }
}
