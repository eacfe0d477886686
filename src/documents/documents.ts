import { closeSync, openSync, readFileSync, writevSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { Worker, workerData } from 'node:worker_threads';
import { packageFolder } from '../package/package-folder.ts';
import { DocumentReader, type Piece, type ReadPiece } from './document-reader.ts';
import type { KnownNames } from './names.ts';

/** What a worker is asked; see worker.ts. */
export interface Task {
  readonly piece: Piece;
  readonly names: KnownNames;
  /** The file to write; null where only what becomes of the documents matters. */
  readonly path: string | null;
}

/** What a worker answers, with the memory of the piece if it came with some. */
export type Answer = { readonly memory: ArrayBuffer | null } & (
  | { readonly result: ReadPiece }
  | { readonly error: Error }
);

/** A worker has to be woken, and reading this many bytes takes some milliseconds. */
const smallPiece = 1 << 20;
/** More are not kept busy by one engine. */
const mostWorkers = 4;

let module: WebAssembly.Module | null = null;
let own: DocumentReader | null = null;

/** The compiled module: workers are given it, for compiling takes longer than reading a piece. */
function compiled(): WebAssembly.Module {
  if (workerData instanceof WebAssembly.Module) return workerData;
  module ??= new WebAssembly.Module(readFileSync(built('reader.wasm')));
  return module;
}

/** Reads a piece, here and now; into a file of Parquet unless no document was read. */
export function readHere({ piece, names, path }: Task): ReadPiece {
  own ??= new DocumentReader(compiled());
  try {
    const { result, file } = own.read(piece, names, path !== null);
    if (path !== null && result.rows > 0) writeParts(path, file);
    return result;
  } catch (error) {
    // What failed in the middle is not used again.
    own = null;
    throw error;
  }
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
  readonly #all = new Set<Worker>();
  readonly #waiting: Waiting[] = [];
  readonly #most = Math.min(availableParallelism(), mostWorkers);

  /** Pieces of up to `small` bytes are read on the main thread. */
  constructor(private readonly small = smallPiece) {}

  /** Reads a piece into a file at `path`, if it has one. There is none where no document was read. */
  read(piece: Piece, names: KnownNames, path: string | null): Promise<ReadPiece> {
    const task = { piece, names, path };
    if (sizeOf(piece) <= this.small) return Promise.resolve().then(() => readHere(task));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ task, resolve, reject });
      this.#next();
    });
  }

  #next(): void {
    if (this.#waiting.length === 0) return;
    const worker = this.#idle.pop() ?? (this.#all.size < this.#most ? this.#start() : null);
    if (!worker) return;
    const { task, resolve, reject } = this.#waiting.shift()!;
    const end = (): void => {
      worker.off('message', done);
      worker.off('error', failed);
      worker.unref();
    };
    const { piece } = task;
    const lent = typeof piece.bytes === 'string' ? null : piece.bytes;
    const { byteOffset, length } = lent ?? {};
    const done = (answer: Answer): void => {
      end();
      if (answer.memory) piece.bytes = new Uint8Array(answer.memory, byteOffset, length);
      this.#idle.push(worker);
      if ('error' in answer) reject(answer.error);
      else resolve(answer.result);
      this.#next();
    };
    const failed = (error: unknown): void => {
      end();
      this.#all.delete(worker);
      reject(error);
      this.#next();
    };
    worker.on('message', done);
    worker.on('error', failed);
    // A process ends when nothing is being read any more.
    worker.ref();
    worker.postMessage(task, lent ? [lent.buffer as ArrayBuffer] : []);
  }

  #start(): Worker {
    const worker = new Worker(built('reader-worker.js'), { workerData: compiled() });
    this.#all.add(worker);
    return worker;
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    await Promise.all([...this.#all].map((worker) => worker.terminate()));
    this.#all.clear();
    this.#idle.length = 0;
  }
}

const sizeOf = (piece: Piece): number => ('most' in piece ? piece.to - piece.from : piece.bytes.length);

/** A part of the package that is built beside its bundle. */
const built = (name: string): string => join(packageFolder(), 'dist', name);
