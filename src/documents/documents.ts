import { closeSync, openSync, readFileSync, writevSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker, workerData } from 'node:worker_threads';
import { packageFolder } from '../package/package-folder.ts';
import { allMembers, type Converter } from './conversion.ts';
import { DocumentReader, type Lines, type Piece, type ReadPiece } from './document-reader.ts';
import { askedMembers, type KnownNames } from './names.ts';

/** What a worker is asked; see serve-reading.ts. */
export interface Task {
  readonly piece: Piece;
  readonly names: KnownNames;
  /** The file to write; null where only what becomes of the documents matters. */
  readonly path: string | null;
}

/** What a worker answers. */
export interface Answer {
  /**
   * The bytes of the piece if it came with some: the same, or the lines that they became. Null where nobody looks at these
   * again, for memory that goes from thread to thread has to be accounted for in both.
   */
  readonly bytes: Uint8Array | null;
  /** One of both. */
  readonly result: ReadPiece | null;
  readonly error: Error | null;
}

/** A worker has to be woken, and reading this many bytes takes some milliseconds. */
const smallPiece = 1 << 20;
/** To convert bytes takes several times as long. */
const smallBlock = 64 << 10;
/** More are not kept busy by one engine. */
const mostWorkers = 4;
/** Milliseconds after which a worker ends that nobody needed: its memory of 100 MB and more never shrinks. */
const mostIdle = 2000;

let module: WebAssembly.Module | null = null;
let own: DocumentReader | null = null;

/** The compiled module: workers are given it, for compiling takes longer than reading a piece. */
function compiled(): WebAssembly.Module {
  if (workerData instanceof WebAssembly.Module) return workerData;
  module ??= new WebAssembly.Module(readFileSync(built('reader.wasm')));
  return module;
}

/** Reads a piece, here and now; into a file of Parquet unless no document was read. */
export function readHere({ piece, names, path }: Task, convert?: Converter): ReadPiece {
  const findings = 'most' in piece ? convertPiece(piece, names, convert) : null;
  own ??= new DocumentReader(compiled());
  try {
    const { result, file } = own.read(piece, names, path !== null);
    if (path !== null && result.rows > 0) writeParts(path, file);
    return findings === null ? result : { ...result, findings };
  } catch (error) {
    // What failed in the middle is not used again.
    own = null;
    throw error;
  }
}

/** Has lines take the place of the records of a piece; gives what else was found, null where they are lines already. */
function convertPiece(
  piece: Lines,
  names: KnownNames,
  convert: Converter | undefined,
): ReadonlyMap<string, number> | null {
  const { bytes, from, to, conversion } = piece;
  if (!conversion) return null;
  if (!convert || typeof bytes === 'string') throw new Error('nobody converts these records');
  const { lines, findings } = convert(
    bytes.subarray(from, to),
    conversion,
    piece.keeps === 'none' ? askedMembers(names) : allMembers,
  );
  haveLines(piece, lines);
  return findings;
}

function haveLines(piece: Lines, lines: Uint8Array): void {
  piece.bytes = lines;
  piece.from = 0;
  piece.to = lines.length;
  piece.conversion = undefined;
}

/** The system takes no more at once. */
const mostParts = 1024;

/** Writes a file from its parts: to put them together first takes new memory, which costs more than writing. */
function writeParts(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, 'w', 0o600);
  try {
    let left = parts;
    while (left.length > 0) {
      let written = writevSync(file, left.slice(0, mostParts));
      let whole = 0;
      while (whole < left.length && written >= left[whole]!.length) written -= left[whole++]!.length;
      const rest = left.slice(whole);
      if (written > 0) rest[0] = rest[0]!.subarray(written);
      left = rest;
    }
  } finally {
    closeSync(file);
  }
}

interface Waiting {
  readonly task: Task;
  resolve(result: ReadPiece): void;
  reject(error: unknown): void;
}

/** Reads documents into files of Parquet that the engine can load, on as many processors as there are. */
export class DocumentReaders {
  readonly #idle: Worker[] = [];
  readonly #ends = new Map<Worker, NodeJS.Timeout>();
  readonly #all = new Set<Worker>();
  readonly #waiting: Waiting[] = [];
  readonly #most = Math.min(availableParallelism(), mostWorkers);

  /**
   * Pieces of up to `small` bytes are read on the main thread; who converts records there is named beside. `idle`: the
   * milliseconds after which a worker ends that nobody needed.
   */
  constructor(
    private readonly small = smallPiece,
    private readonly convert?: Converter,
    private readonly idle = mostIdle,
  ) {}

  /** Workers that read, or that wait to. */
  get workers(): number {
    return this.#all.size;
  }

  /** Reads a piece into a file at `path`, if it has one. There is none where no document was read. */
  read(piece: Piece, names: KnownNames, path: string | null): Promise<ReadPiece> {
    const task = { piece, names, path };
    const isConverted = 'most' in piece && piece.conversion !== undefined;
    if (sizeOf(piece) <= (isConverted ? Math.min(smallBlock, this.small) : this.small))
      return Promise.resolve().then(() => readHere(task, this.convert));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const worker = this.#takeIdle() ?? (this.#all.size < this.#most ? this.#start() : null);
    if (!worker) return;
    const { task, resolve, reject } = this.#waiting.shift()!;
    const end = (): void => {
      worker.off('message', done);
      worker.off('error', failed);
      worker.off('exit', gone);
      worker.unref();
    };
    const { piece } = task;
    const lent = typeof piece.bytes === 'string' ? null : piece.bytes;
    const done = ({ bytes, result, error }: Answer): void => {
      end();
      // What could not be read may not have been converted.
      if (result && 'most' in piece && piece.conversion) haveLines(piece, bytes ?? new Uint8Array(0));
      else if (bytes) piece.bytes = bytes;
      this.#keepIdle(worker);
      if (result) resolve(result);
      else reject(error);
      this.#next();
    };
    const failed = (error: unknown): void => {
      end();
      this.#all.delete(worker);
      reject(error);
      this.#next();
    };
    const gone = (): void => failed(new Error('a reader of documents ended by itself'));
    worker.on('message', done);
    worker.on('error', failed);
    worker.on('exit', gone);
    // A process ends when nothing is being read any more.
    worker.ref();
    worker.postMessage(task, lent ? [lent.buffer as ArrayBuffer] : []);
  }

  #takeIdle(): Worker | null {
    const worker = this.#idle.pop();
    if (!worker) return null;
    clearTimeout(this.#ends.get(worker));
    this.#ends.delete(worker);
    return worker;
  }

  #keepIdle(worker: Worker): void {
    this.#idle.push(worker);
    const end = setTimeout(() => {
      this.#idle.splice(this.#idle.indexOf(worker), 1);
      this.#ends.delete(worker);
      this.#all.delete(worker);
      void worker.terminate();
    }, this.idle);
    this.#ends.set(worker, end.unref());
  }

  #start(): Worker {
    const worker = new Worker(built('reader-worker.mjs'), { workerData: compiled() });
    this.#all.add(worker);
    return worker;
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    for (const end of this.#ends.values()) clearTimeout(end);
    this.#ends.clear();
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
    this.#all.clear();
    this.#idle.length = 0;
  }
}

const sizeOf = (piece: Piece): number => ('most' in piece ? piece.to - piece.from : piece.bytes.length);

/** A part of the package that is built beside its bundle. */
const built = (name: string): string => join(packageFolder(), 'dist', name);
