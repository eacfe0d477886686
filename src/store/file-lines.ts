import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { interruptible } from '../engines/duckdb/interrupt.ts';
import type { FileFormat } from '../sources/detect.ts';
import type { InputFile } from '../sources/input-files.ts';
import { objectSizes, recordsSql } from '../sources/records.ts';
import { decoded, decompressed, RewrittenFiles } from '../sources/rewritten-files.ts';
import { sql, text } from '../sql/sql.ts';

/** Some lines of a file, as they stand in it one after the other. */
export class LineBatch {
  constructor(
    /** The lines with their ends, and room behind them. */
    readonly bytes: Buffer,
    /** Where each line ends: the place of its line end. */
    private readonly ends: readonly number[],
    /** How many lines of the file come before the first of them. */
    readonly before: number,
    /** Whether the file ends with these. */
    readonly last: boolean,
    /** Gives the memory back: the lines must not be looked at any more. */
    readonly release: () => void,
  ) {}

  get size(): number {
    return this.ends.length;
  }

  /** All lines with their line ends, for what can be told of them at once. */
  get whole(): Buffer {
    return this.bytes.subarray(0, this.ends.at(-1) ?? 0);
  }

  /** Where a line begins in `bytes`. */
  start(n: number): number {
    return n === 0 ? 0 : this.ends[n - 1]! + 1;
  }

  /** Where what stands in a line ends in `bytes`. */
  end(n: number): number {
    const to = this.ends[n]!;
    return to > this.start(n) && this.bytes[to - 1] === 13 ? to - 1 : to;
  }

  /** A line without its end. */
  line(n: number): Buffer {
    return this.bytes.subarray(this.start(n), this.end(n));
  }
}

const newline = 10;
/** Chunks are mostly no longer than this. */
const largestChunk = 2 << 20;

/**
 * The lines of a file from line `skip` on, in batches of which the first, and each of the others, is about so long.
 * Memory is used again for later batches once it is released: new memory costs more than what is read into it.
 */
export async function* lineBatches(
  chunks: AsyncIterable<Buffer | string>,
  skip: number,
  firstBytes: number,
  batchBytes: number,
): AsyncIterable<LineBatch> {
  const spare: Buffer[] = [];
  const releaseOf = (buffer: Buffer) => (): void => {
    if (buffer.length >= batchBytes) spare.push(buffer);
  };
  let enough = firstBytes;
  let bytes: Buffer = Buffer.allocUnsafe(firstBytes + largestChunk);
  let used = 0;
  let ends: number[] = [];
  let before = skip;
  for await (const chunk of withoutLines(chunks, skip)) {
    if (used + chunk.length > bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(bytes.length * 2, used + chunk.length));
      bytes.copy(larger, 0, 0, used);
      bytes = larger;
    }
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, at + 1)) ends.push(used + at);
    used += chunk.copy(bytes, used);
    if (used < enough || ends.length === 0) continue;
    const rest = bytes.subarray(ends.at(-1)! + 1, used);
    const next = spare.pop() ?? Buffer.allocUnsafe(batchBytes + largestChunk);
    const begun = rest.length < next.length ? next : Buffer.allocUnsafe(rest.length * 2);
    const carried = rest.copy(begun);
    yield new LineBatch(bytes, ends, before, false, releaseOf(bytes));
    before += ends.length;
    ends = [];
    enough = batchBytes;
    bytes = begun;
    used = carried;
  }
  if (used > (ends.at(-1) ?? -1) + 1) {
    if (used === bytes.length) bytes = Buffer.concat([bytes, Buffer.alloc(1)]);
    ends.push(used);
  }
  yield new LineBatch(bytes, ends, before, true, releaseOf(bytes));
}

/** What comes behind the first `skip` lines. */
async function* withoutLines(chunks: AsyncIterable<Buffer | string>, skip: number): AsyncIterable<Buffer> {
  let left = skip;
  for await (const piece of chunks) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece;
    let from = 0;
    while (left > 0) {
      const at = chunk.indexOf(newline, from);
      if (at < 0) break;
      from = at + 1;
      left -= 1;
    }
    if (left === 0) yield chunk.subarray(from);
  }
}

/** What a file is known by, wherever it lies and whatever it is called: its first and its last bytes. */
export interface FileIdentity {
  readonly bytes: number;
  readonly head: string;
  readonly tail: string;
}

const marks = 64 * 1024;

/** The identity of the first `bytes` of a file. */
export async function identify(path: string, bytes: number): Promise<FileIdentity> {
  const handle = await open(path, 'r');
  try {
    const length = Math.min(marks, bytes);
    const read = async (position: number): Promise<string> => {
      const buffer = Buffer.alloc(length);
      const { bytesRead } = await handle.read(buffer, 0, length, position);
      return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('base64url');
    };
    return { bytes, head: await read(0), tail: await read(bytes - length) };
  } finally {
    await handle.close();
  }
}

/** A file as lines of JSON, which for arrays and search responses means a temporary copy. */
export class LinesOfFile {
  /** Set when an archive turned out to be cut off. */
  cutOff = false;
  note: string | null = null;
  #read = 0;

  private constructor(
    readonly input: InputFile,
    private readonly path: string,
    readonly format: FileFormat,
    /** The folder of the temporary copy. */
    private readonly folder: string | null,
  ) {}

  static async open(input: InputFile, format: FileFormat, signal?: AbortSignal): Promise<LinesOfFile> {
    if (format.shape === 'lines' && format.wrapper !== 'response')
      return new LinesOfFile(input, input.path, format, null);
    const folder = await mkdtemp(join(tmpdir(), 'harrier-lines-'));
    const lines: FileFormat = {
      shape: 'lines',
      wrapper: format.wrapper === 'none' ? 'none' : 'hit',
      compression: 'none',
      encoding: 'utf-8',
    };
    const file = new LinesOfFile(input, join(folder, 'events.ndjson'), lines, folder);
    try {
      file.note = await copyLines(input, format, file.path, signal);
      return file;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The bytes, decompressed and as UTF-8. */
  async *chunks(): AsyncIterable<Buffer | string> {
    const bytes = decompressed(
      { ...this.input, path: this.path },
      this.format,
      () => {
        this.cutOff = true;
      },
      (read) => {
        this.#read = read;
      },
    );
    yield* this.format.encoding === 'utf-8' ? bytes : decoded(bytes, this.format.encoding);
  }

  /** How much of the file was read so far, 0 to 1. */
  fraction(): number {
    return this.folder ? 0.5 : this.#read / this.input.bytes;
  }

  /** Removes the temporary copy. */
  async close(): Promise<void> {
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }
}

/** Writes the records of a file one a line. Of a damaged one it writes what is whole, and returns a note that says so. */
async function copyLines(
  input: InputFile,
  format: FileFormat,
  to: string,
  signal?: AbortSignal,
): Promise<string | null> {
  const rewritten = new RewrittenFiles(signal);
  const plain = { compression: 'none', encoding: 'utf-8' } as const;
  try {
    const isReadable = format.encoding === 'utf-8';
    const whole = isReadable ? input.path : await rewritten.asUtf8(input, format);
    try {
      await writeLines(whole, isReadable ? format : { ...format, ...plain }, to, signal);
      return null;
    } catch (error) {
      signal?.throwIfAborted();
      if (/maximum_object_size/.test((error as Error).message)) throw error;
      const salvaged = await rewritten.wholeObjects(input, format);
      await writeLines(salvaged.path, { shape: 'lines', wrapper: format.wrapper, ...plain }, to, signal);
      return `${input.path} is damaged or cut off: ${salvaged.objects} whole records were read`;
    }
  } finally {
    await rewritten.remove();
  }
}

/** Takes records out of arrays and responses, one a line, with an engine of its own that may open the file. */
async function writeLines(from: string, format: FileFormat, to: string, signal?: AbortSignal): Promise<void> {
  const duckdb = await openDuckDB();
  try {
    const group = { format: { ...format, wrapper: 'none' as const }, paths: [from] };
    const records = sql`SELECT json FROM (${recordsSql(group, objectSizes.at(-1)!)})`;
    const lines =
      format.wrapper === 'response'
        ? sql`SELECT unnest(json_extract(json, '$.hits.hits[*]')) AS json FROM (${records})`
        : records;
    const copy = sql`COPY (SELECT json(json)::VARCHAR FROM (${lines}) WHERE json IS NOT NULL) TO ${text(to)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ${text('\x01')})`;
    await interruptible(duckdb.connection, signal, () => duckdb.connection.run(copy));
  } finally {
    duckdb.close();
  }
}
