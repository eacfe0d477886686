import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { join as joinPath } from 'node:path';
import { number, type Sql, sql, text } from '../sql/sql.ts';
import type { LineBatch } from './file-lines.ts';

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
  readonly size: number;
  /** The documents of these numbers, or all of them. */
  documents(numbers?: ReadonlySet<number>): readonly StagedDocument[];
  /** A relation with n, version, id and line. */
  readonly relation: Sql;
  remove(): Promise<void>;
}

/** Stands in no JSON text, and in no id once that is written as JSON. */
const separator = '\x01';
const pieceBytes = 4 << 20;
/** Full enough to be written: most lines still fit into what is left. */
const enough = pieceBytes - (64 << 10);
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
  stage(documents: readonly StagedDocument[]): Promise<Staged> {
    let longest = 0;
    for (const { line } of documents) longest = Math.max(longest, line.length);
    const columns = sql`n, version, quoted::JSON ->> '$' AS id, line`;
    return this.#stage(
      documents.length,
      (numbers) => (numbers ? documents.filter(({ n }) => numbers.has(n)) : documents),
      async (file) => {
        for (const { n, version, id, line } of documents) {
          const full = file.add(
            Buffer.from(`${n}${separator}${version}${separator}${JSON.stringify(id)}${separator}`),
            line,
            0,
            line.length,
          );
          if (full) await file.flush();
        }
      },
      (path) =>
        sql`(SELECT ${columns} FROM ${reader(path, longest, sql`'n': 'BIGINT', 'version': 'BIGINT', 'quoted': 'VARCHAR', 'line': 'VARCHAR'`)})`,
    );
  }

  /** Writes lines of a file, of which `isDocument` says which to take; their ids are `idsBegin` and their number in the file. */
  stageLines(batch: LineBatch, isDocument: (n: number) => boolean, idsBegin: string): Promise<Staged> {
    let longest = 0;
    const document = (n: number): StagedDocument => ({
      n,
      id: `${idsBegin}${batch.before + n}`,
      version: 1n,
      line: batch.line(n),
    });
    const numbers: number[] = [];
    for (let n = 0; n < batch.size; n++) {
      if (!isDocument(n)) continue;
      numbers.push(n);
      longest = Math.max(longest, batch.end(n) - batch.start(n));
    }
    const id = sql`${text(idsBegin)} || (n + ${number(batch.before)})`;
    return this.#stage(
      numbers.length,
      (wanted) => (wanted ? numbers.filter((n) => wanted.has(n)) : numbers).map(document),
      async (file) => {
        const head = Buffer.alloc(16);
        for (const n of numbers) {
          const digits = head.write(`${n}${separator}`, 'latin1');
          if (file.add(head.subarray(0, digits), batch.bytes, batch.start(n), batch.end(n))) await file.flush();
        }
      },
      (path) =>
        sql`(SELECT n, 1::BIGINT AS version, ${id} AS id, line FROM ${reader(path, longest, sql`'n': 'BIGINT', 'line': 'VARCHAR'`)})`,
    );
  }

  async #stage(
    size: number,
    documents: Staged['documents'],
    write: (file: PieceWriter) => Promise<void>,
    relation: (path: string) => Sql,
  ): Promise<Staged> {
    const path = joinPath(this.folder, `${this.#count++}.ndjson`);
    const remove = (): Promise<void> => rm(path, { force: true });
    try {
      const file = new PieceWriter(await open(path, 'w'));
      try {
        await write(file);
        await file.flush();
      } finally {
        await file.close();
      }
      return { size, documents, relation: relation(path), remove };
    } catch (error) {
      await remove();
      throw error;
    }
  }
}

/** Gathers lines, and writes them to a file some megabytes at a time. */
class PieceWriter {
  #buffer = Buffer.allocUnsafe(pieceBytes);
  #used = 0;

  constructor(private readonly file: FileHandle) {}

  /** Adds a line, which is a head and a part of some bytes; returns whether it is time to flush. */
  add(head: Buffer, bytes: Buffer, from: number, to: number): boolean {
    const room = this.#used + head.length + to - from + 1;
    if (room > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(room);
      this.#buffer.copy(larger, 0, 0, this.#used);
      this.#buffer = larger;
    }
    this.#buffer.set(head, this.#used);
    this.#used += head.length;
    this.#used += bytes.copy(this.#buffer, this.#used, from, to);
    this.#buffer[this.#used++] = 10;
    return this.#used > enough;
  }

  /** A disk that is nearly full takes a part without an error, and refuses the next. */
  async flush(): Promise<void> {
    for (let from = 0; from < this.#used; ) {
      const { bytesWritten } = await this.file.write(this.#buffer, from, this.#used - from);
      from += bytesWritten;
    }
    this.#used = 0;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** What the engine reads a staged file with. */
function reader(path: string, longest: number, columns: Sql): Sql {
  // The engine's threads take turns at pieces of this size, and a line must fit into one.
  const piece = Math.max(enginePieceBytes, 2 * (longest + 8192));
  return sql`read_csv(${text(path)}, auto_detect = false, header = false, delim = ${text(separator)}, quote = '', escape = '', nullstr = ${text('\x02')}, new_line = '\\n', max_line_size = ${number(piece / 2)}, buffer_size = ${number(piece)}, columns = {${columns}})`;
}
