import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { number, type Sql, sql, text } from '../sql/sql.ts';

/** A document on its way into a table. */
export interface StagedDocument {
  /** Its number within the batch. */
  readonly n: number;
  readonly id: string;
  readonly version: bigint;
  /** Its JSON on one line, as UTF-8. */
  readonly line: Buffer;
}

/** Documents in a file that the engine can read, until they are removed. */
export interface Staged {
  readonly documents: readonly StagedDocument[];
  /** A relation with n, version, id and line. */
  readonly relation: Sql;
  remove(): Promise<void>;
}

/** Stands in no JSON text, and in no id once that is written as JSON. */
const separator = '\x01';
const pieceBytes = 4 << 20;
const enginePieceBytes = 4 << 20;

/** Control characters that no JSON text holds, and that would be taken for marks between columns. */
export const hasMarks = (line: Buffer): boolean => line.includes(1) || line.includes(0);

/** A folder through which documents are handed to the engine: the only place from which it may read files. */
export class Incoming {
  #count = 0;

  constructor(readonly folder: string) {}

  /** Makes the folder, and clears what a process that was killed left in it. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) await rm(joinPath(this.folder, name), { force: true });
  }

  /** Writes documents to a file of the folder. */
  async stage(documents: readonly StagedDocument[]): Promise<Staged> {
    const path = joinPath(this.folder, `${this.#count++}.ndjson`);
    const remove = (): Promise<void> => rm(path, { force: true });
    try {
      return { documents, relation: await write(path, documents), remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }
}

/** Writes documents to a file; the result is what the engine reads it with. */
async function write(path: string, documents: readonly StagedDocument[]): Promise<Sql> {
  let longest = 0;
  const file = await open(path, 'w');
  try {
    let buffer = Buffer.allocUnsafe(pieceBytes);
    let used = 0;
    for (const { n, version, id, line } of documents) {
      longest = Math.max(longest, line.length);
      const head = `${n}${separator}${version}${separator}${JSON.stringify(id)}${separator}`;
      const room = head.length * 3 + line.length + 1;
      if (used + room > buffer.length) {
        await writeWhole(file, buffer.subarray(0, used));
        if (room > buffer.length) buffer = Buffer.allocUnsafe(room);
        used = 0;
      }
      used += buffer.write(head, used);
      used += line.copy(buffer, used);
      buffer[used++] = 10;
    }
    await writeWhole(file, buffer.subarray(0, used));
  } finally {
    await file.close();
  }
  // The engine's threads take turns at pieces of this size, and a line must fit into one.
  const piece = Math.max(enginePieceBytes, 2 * (longest + 8192));
  const reader = sql`read_csv(${text(path)}, auto_detect = false, header = false, delim = ${text(separator)}, quote = '', escape = '', nullstr = ${text('\x02')}, new_line = '\\n', max_line_size = ${number(piece / 2)}, buffer_size = ${number(piece)}, columns = {'n': 'BIGINT', 'version': 'BIGINT', 'quoted': 'VARCHAR', 'line': 'VARCHAR'})`;
  return sql`(SELECT n, version, quoted::JSON ->> '$' AS id, line FROM ${reader})`;
}

/** A disk that is nearly full takes a part without an error, and refuses the next. */
async function writeWhole(file: FileHandle, bytes: Buffer): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, from);
    from += bytesWritten;
  }
}
