import { createHash, type Hash } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { InputFile } from '../files/input-file.ts';
import { join, number, sql, text } from '../sql/sql.ts';

/** How far a file was read: the lines of documents that it begins with, however it is compressed, encoded or wrapped. */
export interface FileState {
  /** Of all those lines, up to where the last of them ends. */
  readonly bytes: number;
  readonly digest: string;
  /** Key of the first line. */
  readonly firstLine: string;
  readonly lines: number;
  /** The file that was read so far, as people know it, where that was in this ingest. */
  name?: string;
}

/** What becomes known with the events of a batch. */
export interface KnownNotes {
  readonly states: readonly FileState[];
  /** States that longer ones of the same reading replace. */
  readonly replaced: readonly FileState[];
  /** Files of which everything is read. */
  readonly inputs: InputFile[];
}

/** The first bytes of a first line that make its key. */
const longestFirst = 64 << 10;
const closingBrace = 125;

export const newHash = (): Hash => createHash('sha256');
/** The digest of what a hash was given so far. */
export const digestOf = (hash: Hash): string => hash.copy().digest('base64url');

/** How far files were read in: kept in the store with the events, and in memory as it will be once these are written. */
export class KnownFiles {
  /** By the key of the first line. */
  readonly #states = new Map<string, FileState[]>();
  /** The sizes of states that may end within the first line. */
  readonly #single = new Set<number>();
  /** By path: every mark by which the system shows that a file has not changed. */
  readonly #marks: Map<string, string>;

  private constructor(marks: Map<string, string>) {
    this.#marks = marks;
  }

  /** Reads what the store knows. */
  static async load(connection: DuckDBConnection): Promise<KnownFiles> {
    const paths = await connection.runAndReadAll(sql`SELECT path, marks FROM harrier.paths`);
    const known = new KnownFiles(new Map(paths.getRows().map(([path, marks]) => [String(path), String(marks)])));
    const rows = await connection.runAndReadAll(sql`SELECT digest, bytes, first_line, lines FROM harrier.files`);
    for (const [digest, bytes, firstLine, lines] of rows.getRows())
      known.add({
        digest: String(digest),
        bytes: Number(bytes),
        firstLine: String(firstLine),
        lines: Number(lines),
      });
    return known;
  }

  add(state: FileState): void {
    const found = this.#states.get(state.firstLine);
    if (found) found.push(state);
    else this.#states.set(state.firstLine, [state]);
    if (state.lines === 1) this.#single.add(state.bytes);
  }

  remove(state: FileState): void {
    const others = this.#states.get(state.firstLine)?.filter((own) => own !== state) ?? [];
    this.#states.set(state.firstLine, others);
  }

  /** States that a file with this beginning may once have had, the shortest first. */
  candidates(head: Buffer): readonly FileState[] {
    const first = firstLineOf(head);
    const found = [...(this.#states.get(keyOf(first)) ?? [])];
    // A file may have ended after an object, and have grown by another on the same line.
    if (this.#single.size > 0)
      for (let at = first.indexOf(closingBrace); at >= 0; at = first.indexOf(closingBrace, at + 1))
        if (at + 1 < first.length && this.#single.has(at + 1))
          found.push(...(this.#states.get(keyOf(first.subarray(0, at + 1))) ?? []));
    return found.sort((a, b) => a.bytes - b.bytes);
  }

  /** Whether a file was read to its end and has not changed since, as far as the system shows: nothing of it is read. */
  isUnchanged(input: InputFile): boolean {
    return !input.spooled && this.#marks.get(input.path) === marksOf(input);
  }

  /** Writes in the caller's transaction what becomes known. */
  async write(connection: DuckDBConnection, { states, replaced, inputs }: KnownNotes): Promise<void> {
    if (replaced.length > 0) {
      const gone = replaced.map(({ digest }) => text(digest));
      await connection.run(sql`DELETE FROM harrier.files WHERE digest IN (${join(gone, ', ')})`);
    }
    if (states.length > 0) {
      const rows = states.map(
        ({ digest, bytes, firstLine, lines }) =>
          sql`(${text(digest)}, ${number(bytes)}, ${text(firstLine)}, ${number(lines)})`,
      );
      await connection.run(sql`INSERT INTO harrier.files VALUES ${join(rows, ', ')}`);
    }
    const durable = inputs.filter(({ spooled }) => !spooled);
    if (durable.length > 0) {
      const paths = durable.map(({ path }) => text(path));
      await connection.run(sql`DELETE FROM harrier.paths WHERE path IN (${join(paths, ', ')})`);
      const rows = durable.map((input) => sql`(${text(input.path)}, ${text(marksOf(input))})`);
      await connection.run(sql`INSERT INTO harrier.paths VALUES ${join(rows, ', ')}`);
    }
    for (const input of durable) this.#marks.set(input.path, marksOf(input));
  }
}

const marksOf = ({ bytes, modified, changed, inode, device }: InputFile): string =>
  JSON.stringify([bytes, modified, changed, inode, device]);

/** The first line of what a file begins with, or as much of it as makes its key. */
export function firstLineOf(head: Buffer): Buffer {
  const end = head.subarray(0, longestFirst).indexOf(10);
  return head.subarray(0, end < 0 ? longestFirst : end);
}

/** The key of a first line, the same with a line end and without. */
function keyOf(line: Buffer): string {
  let end = line.length;
  while (end > 0 && line[end - 1]! <= 32) end--;
  return newHash().update(line.subarray(0, end)).digest('base64url').slice(0, 16);
}

/** The key of the first line of a file that begins with these bytes. */
export const firstLineKey = (head: Buffer): string => keyOf(firstLineOf(head));
