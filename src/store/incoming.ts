import { mkdir, open, readdir, rm } from 'node:fs/promises';
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

/** Stands in no JSON text, and in no id once that is written as JSON. */
const separator = '\x01';
const pieceBytes = 4 << 20;

/** Control characters that no JSON text holds, and that would be taken for marks between columns. */
export const hasMarks = (line: Buffer): boolean => line.includes(1) || line.includes(0);

/** A folder through which documents are handed to the engine: the only place from which it may read files. */
export class Incoming {
  #count = 0;
  #open: string[] = [];

  constructor(readonly folder: string) {}

  /** Makes the folder, and clears what a process that was killed left in it. */
  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    for (const name of await readdir(this.folder)) await rm(joinPath(this.folder, name), { force: true });
  }

  /** Writes documents to a file of the folder; the result is a relation with n, version, id and line. */
  async stage(documents: readonly StagedDocument[]): Promise<Sql> {
    const path = joinPath(this.folder, `${this.#count++}.ndjson`);
    this.#open.push(path);
    let longest = 2 << 20;
    const file = await open(path, 'w');
    try {
      let buffer = Buffer.allocUnsafe(pieceBytes);
      let used = 0;
      for (const { n, version, id, line } of documents) {
        longest = Math.max(longest, line.length + 8192);
        const head = `${n}${separator}${version}${separator}${JSON.stringify(id)}${separator}`;
        const room = head.length * 3 + line.length + 1;
        if (used + room > buffer.length) {
          await file.write(buffer, 0, used);
          if (room > buffer.length) buffer = Buffer.allocUnsafe(room);
          used = 0;
        }
        used += buffer.write(head, used);
        used += line.copy(buffer, used);
        buffer[used++] = 10;
      }
      await file.write(buffer, 0, used);
    } finally {
      await file.close();
    }
    const reader = sql`read_csv(${text(path)}, auto_detect = false, header = false, delim = ${text(separator)}, quote = '', escape = '', nullstr = ${text('\x02')}, new_line = '\\n', max_line_size = ${number(longest)}, columns = {'n': 'BIGINT', 'version': 'BIGINT', 'quoted': 'VARCHAR', 'line': 'VARCHAR'})`;
    return sql`(SELECT n, version, quoted::JSON ->> '$' AS id, line FROM ${reader})`;
  }

  /** Removes what was staged. */
  async discard(): Promise<void> {
    for (const path of this.#open.splice(0)) await rm(path, { force: true });
  }
}
