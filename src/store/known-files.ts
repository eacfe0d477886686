import { createHash, type Hash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { InputFile } from '../files/input-file.ts';
import type { FileFormat } from '../formats/formats.ts';
import { join, number, sql, text } from '../sql/sql.ts';

/** The content that a file had: its first bytes, and how many lines of them were read in. */
export interface FileState {
  readonly bytes: number;
  /** Of all those bytes. */
  readonly digest: string;
  /** Of the first line among them; null where they begin with none. */
  readonly firstLine: string | null;
  readonly lines: number;
  /** What counts as a line. */
  readonly layout: FileFormat['layout'];
  /** Whether all of its lines were read. */
  readonly done: boolean;
}

/** A file as it is compared with what is known. */
export interface FileContent {
  readonly firstLine: string | null;
  /** The longest state of it of which lines were read; null where it was never read. */
  readonly known: FileState | null;
  /** Digests the bytes behind the known ones. */
  readonly digests: FileDigests;
}

/** Bytes read at a time. */
const step = 1 << 20;
/** First lines are no longer. */
const longestFirst = 64 << 10;

const newHash = (): Hash => createHash('sha256');

/** The digest of the first bytes of a file, as far as somebody asks. */
export class FileDigests {
  constructor(
    private readonly path: string,
    private hash: Hash = newHash(),
    private at = 0,
  ) {}

  /** The digest of all bytes up to a place, which is not before the last one. */
  async upTo(to: number): Promise<string> {
    if (to > this.at) {
      const handle = await open(this.path, 'r');
      try {
        await this.#read(handle, to);
      } finally {
        await handle.close();
      }
    }
    return this.hash.copy().digest('base64url');
  }

  async #read(handle: FileHandle, to: number): Promise<void> {
    const buffer = Buffer.allocUnsafe(Math.min(step, to - this.at));
    while (this.at < to) {
      const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, to - this.at), this.at);
      if (bytesRead === 0) return;
      this.hash.update(buffer.subarray(0, bytesRead));
      this.at += bytesRead;
    }
  }

  /** As it is now, to go on from here. */
  copy(): FileDigests {
    return new FileDigests(this.path, this.hash.copy(), this.at);
  }
}

/** How far files were read in: kept in the store, with the events, and in memory for who reads ahead. */
export class KnownFiles {
  /** By the digest of the first line. */
  readonly #states = new Map<string | null, FileState[]>();
  /** By path: every mark by which the system shows that a file has not changed. */
  readonly #marks: Map<string, string>;

  private constructor(states: readonly FileState[], marks: Map<string, string>) {
    for (const state of states) this.#add(state);
    this.#marks = marks;
  }

  /** Reads what the store knows. */
  static async load(connection: DuckDBConnection): Promise<KnownFiles> {
    await connection.run(
      sql`CREATE TABLE IF NOT EXISTS harrier.files (digest VARCHAR, bytes BIGINT, first_line VARCHAR, lines BIGINT, layout VARCHAR, done BOOLEAN)`,
    );
    await connection.run(sql`CREATE TABLE IF NOT EXISTS harrier.paths (path VARCHAR, marks VARCHAR)`);
    const rows = await connection.runAndReadAll(
      sql`SELECT digest, bytes, first_line, lines, layout, done FROM harrier.files`,
    );
    const states = rows.getRows().map(
      ([digest, bytes, firstLine, lines, layout, done]): FileState => ({
        digest: String(digest),
        bytes: Number(bytes),
        firstLine: firstLine === null ? null : String(firstLine),
        lines: Number(lines),
        layout: String(layout) as FileState['layout'],
        done: done === true,
      }),
    );
    const paths = await connection.runAndReadAll(sql`SELECT path, marks FROM harrier.paths`);
    return new KnownFiles(states, new Map(paths.getRows().map(([path, marks]) => [String(path), String(marks)])));
  }

  #add(state: FileState): void {
    const found = this.#states.get(state.firstLine);
    if (found) found.push(state);
    else this.#states.set(state.firstLine, [state]);
  }

  /** Whether a file was read to its end and has not changed since, as far as the system shows: nothing of it is read. */
  isUnchanged(input: InputFile): boolean {
    return !input.spooled && this.#marks.get(input.path) === marksOf(input);
  }

  /** Compares a file of a size with what was read. */
  async compare(path: string, bytes: number): Promise<FileContent> {
    const firstLine = await firstLineOf(path, bytes);
    const candidates = [
      ...(this.#states.get(firstLine) ?? []),
      ...(firstLine === null ? [] : (this.#states.get(null) ?? [])),
    ]
      .filter((state) => state.bytes <= bytes)
      .sort((a, b) => a.bytes - b.bytes);
    const all = new FileDigests(path);
    let known: FileState | null = null;
    let digests = all.copy();
    for (const state of candidates) {
      if ((await all.upTo(state.bytes)) !== state.digest) continue;
      known = state;
      digests = all.copy();
    }
    return { firstLine, known, digests };
  }

  /**
   * Notes in the caller's transaction how far a file was read. `before` is what was known of it, which is kept if it was
   * all read then: a copy of that may lie elsewhere.
   */
  async note(connection: DuckDBConnection, state: FileState, before: FileState | null): Promise<void> {
    const old = before && !before.done ? [before, state] : [state];
    const gone = old.map(({ digest }) => text(digest));
    await connection.run(sql`DELETE FROM harrier.files WHERE digest IN (${join(gone, ', ')})`);
    const { digest, bytes, firstLine, lines, layout, done } = state;
    const values = [
      text(digest),
      number(bytes),
      firstLine === null ? sql`NULL` : text(firstLine),
      number(lines),
      text(layout),
    ];
    await connection.run(
      sql`INSERT INTO harrier.files VALUES (${join([...values, done ? sql`true` : sql`false`], ', ')})`,
    );
    const own = this.#states.get(firstLine) ?? [];
    this.#states.set(firstLine, [...own.filter((known) => !old.some((one) => one.digest === known.digest)), state]);
  }

  /** Notes in the caller's transaction that a file was read to its end. */
  async noteRead(connection: DuckDBConnection, input: InputFile): Promise<void> {
    if (input.spooled) return;
    const marks = marksOf(input);
    await connection.run(sql`DELETE FROM harrier.paths WHERE path = ${text(input.path)}`);
    await connection.run(sql`INSERT INTO harrier.paths VALUES (${text(input.path)}, ${text(marks)})`);
    this.#marks.set(input.path, marks);
  }
}

const marksOf = ({ bytes, modified, changed, inode, device }: InputFile): string =>
  JSON.stringify([bytes, modified, changed, inode, device]);

/** The digest of the first line of a file; null where it has no end that is near. */
async function firstLineOf(path: string, bytes: number): Promise<string | null> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafe(Math.min(longestFirst, bytes));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    const end = buffer.subarray(0, bytesRead).indexOf(10);
    return end < 0
      ? null
      : newHash()
          .update(buffer.subarray(0, end + 1))
          .digest('base64url')
          .slice(0, 16);
  } finally {
    await handle.close();
  }
}
