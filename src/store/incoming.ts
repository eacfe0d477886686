import { mkdir, readdir, rm } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import { ownColumns } from '../documents/columns.ts';
import type { Documents, Keeping, Piece, ReadPiece } from '../documents/document-reader.ts';
import { DocumentReaders } from '../documents/documents.ts';
import { type JoinedPieces, joinPieces } from '../documents/joined-pieces.ts';
import type { LineBatch } from '../documents/line-batches.ts';
import type { KnownNames } from '../documents/names.ts';
import { rowGroup } from '../engines/duckdb/connection.ts';
import { ident, list, number, type Sql, sql, text } from '../sql/sql.ts';

/** A document on its way into a table. */
export interface StagedDocument {
  /** Its number within the batch. */
  readonly n: number;
  readonly id: string;
  readonly version: bigint;
  /** Its JSON, as UTF-8. */
  readonly line: Buffer;
}

/** Documents that were read into columns, in files that the engine can load, until they are removed. */
export interface ReadDocuments extends JoinedPieces {
  /** The numbers of those in which something is wrong or refused. */
  readonly unread: readonly number[];
  /** The numbers of those with a member that was not read, and of some that may be wrappers of others. */
  readonly duplicates: readonly number[];
  readonly suspects: readonly number[];
  /** Their columns, beside `_id` and `_version`. */
  readonly relation: Sql;
  remove(): Promise<void>;
}

/** What became of documents that were looked at, of which there is no file. */
export interface CheckedDocuments extends JoinedPieces {
  /** The places of those in which something is wrong or refused. */
  readonly unread: Uint32Array;
}

/** Target size, in bytes, of a piece of documents that are put together, and no more documents than a group of rows. */
const pieceBytes = 64 << 20;
export const pieceRows = rowGroup;

/** Bytes of documents that are read on the thread that answers others: of thousands of fields it would for too long. */
const smallPiece = 16 << 10;

/** A folder through which documents are handed to the engine: the only place from which it may read files. */
export class Incoming {
  readonly #readers = new DocumentReaders(smallPiece);
  /** Others, so that checks wait for no file; the main thread has requests to answer meanwhile. */
  readonly #checkers = new DocumentReaders(64 << 10);
  #count = 0;
  /** Memory that was used and is not, kept because new memory costs more than what is done with it. */
  #spare: ArrayBuffer | null = null;

  constructor(readonly folder: string) {}

  /** Makes the folder, and clears what a process that was killed left in it. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    for (const name of await readdir(this.folder)) await rm(joinPath(this.folder, name), { force: true });
  }

  /** Reads documents; `keeps` says which rows keep theirs. */
  async read(documents: readonly StagedDocument[], names: KnownNames, keeps: Keeping): Promise<ReadDocuments> {
    const pieces = inPieces(documents).map((own) => {
      const { bytes, places } = putTogether(own, (length) => this.#memory(length));
      const [numbers, versions] = [new BigInt64Array(own.length), new BigInt64Array(own.length)];
      own.forEach(({ n, version }, i) => {
        numbers[i] = BigInt(n);
        versions[i] = version;
      });
      const beside = [
        { name: '_number', values: numbers },
        { name: '_id', values: own.map(({ id }) => id) },
        { name: '_version', values: versions },
      ];
      return {
        piece: { bytes, places, keeps, together: true, first: 0, beside },
        numberOf: (place: number) => own[place]!.n,
      };
    });
    const read = await this.#read(pieces, names).finally(() => {
      const memory = pieces[0]?.piece.bytes.buffer;
      if (memory && memory.byteLength <= mostSpare) this.#spare = memory as ArrayBuffer;
    });
    return { ...read, relation: sql`(SELECT * REPLACE (_number AS ${ident(ownColumns.n)}) FROM ${read.relation})` };
  }

  /** Looks at documents in memory, which is not to be used before this ends. */
  async check(
    documents: Pick<Documents, 'bytes' | 'places'>,
    names: KnownNames,
    keeps: Keeping,
  ): Promise<CheckedDocuments> {
    const { bytes, places } = documents;
    const piece: Documents = { bytes, places, keeps, together: false, first: 0 };
    const read = await this.#checkers.read(piece, names, null);
    // A worker had it meanwhile.
    documents.bytes = piece.bytes;
    return { ...joinPieces(names, [read]), unread: read.unread };
  }

  #memory(bytes: number): ArrayBuffer {
    const spare = this.#spare;
    this.#spare = null;
    return spare && spare.byteLength >= bytes ? spare : new ArrayBuffer(bytes);
  }

  /**
   * Reads lines of a file, which follow one another; the ids of documents that bring none are `idsBegin` and their number in
   * the file.
   */
  async readLines(
    batches: readonly LineBatch[],
    names: KnownNames,
    keeps: Keeping,
    idsBegin: string,
  ): Promise<ReadDocuments> {
    const before = batches[0]!.before;
    const pieces = batches.map((batch) => {
      const first = batch.before - before;
      const piece: Piece = { ...batch.stretch, keeps, together: true, first };
      return { piece, numberOf: (place: number) => first + place };
    });
    const read = await this.#read(pieces, names).finally(() => {
      for (const [i, batch] of batches.entries()) batch.takeBack(pieces[i]!.piece.bytes);
    });
    const made = sql`${text(idsBegin)} || (${ident(ownColumns.n)} + ${number(before)})`;
    const id = read.hasHitId ? sql`coalesce(${ident(ownColumns.hitId)}, ${made})` : made;
    return { ...read, relation: sql`(SELECT *, ${id} AS "_id", 1::BIGINT AS "_version" FROM ${read.relation})` };
  }

  async #read(
    pieces: readonly { readonly piece: Piece; numberOf(place: number): number }[],
    names: KnownNames,
  ): Promise<ReadDocuments> {
    const paths = pieces.map(() => joinPath(this.folder, `${this.#count++}.parquet`));
    const remove = async (): Promise<void> => {
      await Promise.all(paths.map((path) => rm(path, { force: true })));
    };
    const settled = await Promise.allSettled(pieces.map(({ piece }, i) => this.#readPiece(piece, names, paths[i]!)));
    const failed = settled.find((outcome) => outcome.status === 'rejected');
    if (failed) {
      await remove();
      throw failed.reason;
    }
    const read = settled.map((outcome) => (outcome as PromiseFulfilledResult<ReadPiece>).value);
    const files = paths.filter((_, i) => read[i]!.rows > 0).map(text);
    const numbers = (pick: (piece: ReadPiece) => Uint32Array): number[] =>
      read.flatMap((piece, i) => Array.from(pick(piece), (place) => pieces[i]!.numberOf(place)));
    return {
      ...joinPieces(names, read),
      unread: numbers(({ unread }) => unread),
      duplicates: numbers(({ duplicates }) => duplicates),
      suspects: numbers(({ suspects }) => suspects),
      relation: sql`read_parquet(${list(files)}, union_by_name = true)`,
      remove,
    };
  }

  async #readPiece(piece: Piece, names: KnownNames, path: string): Promise<ReadPiece> {
    const read = await this.#readers.read(piece, names, path);
    const { lines } = read;
    // A last line may have grown.
    const isAsCounted =
      !('most' in piece) ||
      piece.most === 0 ||
      (lines!.count === piece.most && lines!.begin === piece.from && lines!.end >= piece.to);
    if (!isAsCounted) throw new InputError(`${piece.bytes} changed while it was read`);
    return read;
  }

  /** Ends what reads. */
  async close(): Promise<void> {
    await Promise.all([this.#readers.close(), this.#checkers.close()]);
  }
}

function inPieces(documents: readonly StagedDocument[]): StagedDocument[][] {
  const pieces: StagedDocument[][] = [];
  let room = 0;
  for (const document of documents) {
    if (pieces.length === 0 || room < document.line.length || pieces.at(-1)!.length === pieceRows) {
      pieces.push([]);
      room = pieceBytes;
    }
    pieces.at(-1)!.push(document);
    room -= document.line.length + 1;
  }
  return pieces;
}

/** Largest memory that is kept, in bytes. */
const mostSpare = 32 << 20;

/** Documents that stand so near to one another in memory are copied at once, with what is between them. */
const nearby = 256;

/** Bytes that lie together in memory. */
interface Run {
  readonly buffer: ArrayBufferLike;
  readonly begin: number;
  end: number;
}

/** The bytes of documents in memory of their own, and where each begins and ends. */
function putTogether(
  documents: readonly StagedDocument[],
  memory: (bytes: number) => ArrayBuffer,
): Pick<Documents, 'bytes' | 'places'> {
  const places = new Uint32Array(documents.length * 2);
  const runs: Run[] = [];
  let run: Run | undefined;
  let length = 0;
  documents.forEach(({ line: { buffer, byteOffset: begin, length: size } }, i) => {
    const end = begin + size;
    if (run?.buffer === buffer && begin >= run.end && begin - run.end <= nearby) {
      length += end - run.end;
      run.end = end;
    } else {
      run = { buffer, begin, end };
      runs.push(run);
      length += size;
    }
    places[2 * i] = length - size;
    places[2 * i + 1] = length;
  });
  const bytes = new Uint8Array(memory(length), 0, length);
  let at = 0;
  for (const { buffer, begin, end } of runs) {
    bytes.set(new Uint8Array(buffer, begin, end - begin), at);
    at += end - begin;
  }
  return { bytes, places };
}
