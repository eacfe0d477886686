import { createHash } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ByteSource } from '../documents/line-batches.ts';
import { openDuckDB } from '../engines/duckdb/connection.ts';
import type { FileFormat } from '../sources/detect.ts';
import type { InputFile } from '../sources/input-files.ts';
import { objectSizes, recordsSql } from '../sources/records.ts';
import { openBytes, RewrittenFiles } from '../sources/rewritten-files.ts';
import { sql, text } from '../sql/sql.ts';

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
  #folder: string | null = null;
  /** Set when an archive turned out to be cut off. */
  cutOff = false;
  note: string | null = null;
  #read = 0;
  #source: Awaited<ReturnType<typeof openBytes>> | null = null;

  private constructor(
    readonly input: InputFile,
    private readonly path: string,
    readonly format: FileFormat,
  ) {}

  static async open(input: InputFile, format: FileFormat): Promise<LinesOfFile> {
    if (format.shape === 'lines' && format.wrapper !== 'response') return new LinesOfFile(input, input.path, format);
    const rewritten = new RewrittenFiles();
    const folder = await mkdtemp(join(tmpdir(), 'harrier-lines-'));
    const path = join(folder, 'events.ndjson');
    const plain: FileFormat = {
      shape: 'lines',
      wrapper: format.wrapper === 'none' ? 'none' : 'hit',
      compression: 'none',
      encoding: 'utf-8',
    };
    let note: string | null = null;
    try {
      const whole = format.encoding === 'utf-8' ? input.path : await rewritten.asUtf8(input, format);
      const readable: FileFormat =
        format.encoding === 'utf-8' ? format : { ...format, compression: 'none', encoding: 'utf-8' };
      try {
        await writeLines(whole, readable, path);
      } catch (error) {
        if (/maximum_object_size/.test((error as Error).message)) throw error;
        const salvaged = await rewritten.wholeObjects(input, format);
        note = `${input.path} is damaged or cut off: ${salvaged.objects} whole records were read`;
        await writeLines(salvaged.path, { ...plain, wrapper: format.wrapper }, path);
      }
    } finally {
      await rewritten.remove();
    }
    const file = new LinesOfFile(input, path, plain);
    file.#folder = folder;
    file.note = note;
    return file;
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
    return this.#folder ? 0.5 : this.#read / this.input.bytes;
  }

  /** Closes the file, and removes the temporary copy. */
  async close(): Promise<void> {
    await this.#source?.close();
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Takes records out of arrays and responses, one a line, with an engine of its own that may open the file. */
async function writeLines(from: string, format: FileFormat, to: string): Promise<void> {
  const duckdb = await openDuckDB();
  try {
    const group = { format: { ...format, wrapper: 'none' as const }, paths: [from] };
    const records = sql`SELECT json FROM (${recordsSql(group, objectSizes.at(-1)!)})`;
    const lines =
      format.wrapper === 'response'
        ? sql`SELECT unnest(json_extract(json, '$.hits.hits[*]')) AS json FROM (${records})`
        : records;
    await duckdb.connection.run(
      sql`COPY (SELECT json(json)::VARCHAR FROM (${lines}) WHERE json IS NOT NULL) TO ${text(to)} (FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER ${text('\x01')})`,
    );
  } finally {
    duckdb.close();
  }
}
