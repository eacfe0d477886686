import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { InputFile } from '../sources/input-files.ts';
import { join, number, sql, text } from '../sql/sql.ts';

/** What a file is known by, wherever it lies and whatever it is called: its first and its last bytes. */
export interface FileIdentity {
  readonly bytes: number;
  readonly head: string;
  readonly tail: string;
}

/** So many bytes at the beginning and at the end tell a file from others. */
export const marks = 64 * 1024;

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

/** A file, or a state of it, of which so many lines were read in. */
export interface KnownFile extends FileIdentity {
  readonly lines: number;
  readonly done: boolean;
}

/** How far files were read in: kept in the store, with the events, and in memory for who reads ahead. */
export class KnownFiles {
  private constructor(private files: readonly KnownFile[]) {}

  /** Reads what the store knows. */
  static async load(connection: DuckDBConnection): Promise<KnownFiles> {
    await connection.run(
      sql`CREATE TABLE IF NOT EXISTS harrier.files (head VARCHAR, tail VARCHAR, bytes BIGINT, lines BIGINT, done BOOLEAN, path VARCHAR)`,
    );
    const rows = await connection.runAndReadAll(sql`SELECT head, tail, bytes, lines, done FROM harrier.files`);
    return new KnownFiles(
      rows.getRows().map(([head, tail, bytes, lines, done]) => ({
        head: String(head),
        tail: String(tail),
        bytes: Number(bytes),
        lines: Number(lines),
        done: done === true,
      })),
    );
  }

  /** This file, or the longest that it was when it was shorter; null where it was never read. */
  async find(input: InputFile, identity: FileIdentity): Promise<KnownFile | null> {
    const candidates = this.files.filter(({ bytes }) => bytes <= input.bytes).sort((a, b) => b.bytes - a.bytes);
    for (const known of candidates) {
      if (known.bytes >= marks && known.head !== identity.head) continue;
      const now = known.bytes === identity.bytes ? identity : await identify(input.path, known.bytes);
      if (now.head === known.head && now.tail === known.tail) return known;
    }
    return null;
  }

  /**
   * Notes in the caller's transaction how far a file was read that was known as `before`. What was read to its end is
   * known by that for ever: a copy of it may lie elsewhere.
   */
  async note(connection: DuckDBConnection, path: string, file: KnownFile, before: KnownFile | null): Promise<void> {
    const old = before && !before.done ? [before, file] : [file];
    for (const { head, tail } of old)
      await connection.run(sql`DELETE FROM harrier.files WHERE head = ${text(head)} AND tail = ${text(tail)}`);
    const { head, tail, bytes, lines, done } = file;
    await connection.run(
      sql`INSERT INTO harrier.files VALUES (${join([text(head), text(tail), number(bytes), number(lines), done ? sql`true` : sql`false`, text(path)], ', ')})`,
    );
    const isOld = (known: KnownFile): boolean => old.some((one) => one.head === known.head && one.tail === known.tail);
    this.files = [...this.files.filter((known) => !isOld(known)), file];
  }
}
