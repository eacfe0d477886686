import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSource } from '../documents/line-batches.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import { interruptible } from '../engines/duckdb/interrupt.ts';
import { type FileFormat, isReadInPlace } from '../sources/detect.ts';
import type { InputFile } from '../sources/input-files.ts';
import { objectSizes, recordsSql } from '../sources/records.ts';
import { RewrittenFiles } from '../sources/rewritten-files.ts';
import { openBytes } from '../sources/utf8-bytes.ts';
import { sql, text } from '../sql/sql.ts';

/** A file as lines of JSON, which for arrays and search responses means a temporary copy. */
export class LinesOfFile {
  /** Set when an archive turned out to be cut off. */
  cutOff = false;
  note: string | null = null;
  #read = 0;
  #source: Awaited<ReturnType<typeof openBytes>> | null = null;

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

  /** The file in which the bytes stand as they are; null where they are made from it. */
  get inPlace(): string | null {
    return isReadInPlace(this.format) ? this.path : null;
  }

  /** The bytes, decompressed and as UTF-8. */
  async bytes(): Promise<ByteSource> {
    this.#source = await openBytes(
      { path: this.path },
      this.format,
      () => {
        this.cutOff = true;
      },
      (read) => {
        this.#read = read;
      },
    );
    return this.#source;
  }

  /** How much of the file was read so far, 0 to 1. */
  fraction(): number {
    return this.folder ? 0.5 : this.#read / this.input.bytes;
  }

  /** Closes the file, and removes the temporary copy. */
  async close(): Promise<void> {
    try {
      await this.#source?.close();
    } finally {
      if (this.folder) await rm(this.folder, { recursive: true, force: true });
    }
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
