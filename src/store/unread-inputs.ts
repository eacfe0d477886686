import { existsSync, statSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { RepeatedMembers } from '../files/load-report.ts';
import { addCounts, type Tally } from '../files/tally.ts';
import { isMissing, type ReadState, type Unread, unreadData } from '../files/unread.ts';
import { sql, text } from '../sql/sql.ts';
import type { FileInTurn } from './file-in-turn.ts';

/** What the store lacks of a file, or of an entry of an archive. */
interface Lack {
  readonly state: ReadState;
  /** How many lines are no events, or were refused by their index. */
  readonly lines: number;
  readonly members: RepeatedMembers;
}

const wholly = (path: string): ReadState => ({ path, read: 'all', reason: null, cause: null });

/** What was named for ingest and is not in the store. The store keeps it, so that no query says plain "no hits" over it. */
export class UnreadInputs {
  /** `lacks`: by absolute path. */
  private constructor(private readonly lacks: Map<string, Lack>) {}

  /** Reads what the store knows. */
  static async load(connection: DuckDBConnection): Promise<UnreadInputs> {
    const rows = await connection.runAndReadAll(sql`SELECT path, lack FROM harrier.unread ORDER BY path`);
    const lacks = rows.getRows().map(([path, lack]) => [String(path), JSON.parse(String(lack)) as Lack] as const);
    return new UnreadInputs(new Map(lacks));
  }

  get unread(): Unread {
    const all = [...this.lacks.values()];
    const states = all.map(({ state }) => state);
    const lines = all.reduce((sum, own) => sum + own.lines, 0);
    const members = new Map<string, number>();
    for (const lack of all) addCounts(members, lack.members);
    return { text: unreadData(states, null, lines), members: [...members] };
  }

  /** Adds what some lines of a file lack, in the caller's transaction. `isFirst`: nothing of the file was read before. */
  async add(
    connection: DuckDBConnection,
    { name, source }: FileInTurn,
    damage: readonly string[],
    found: Tally,
    isFirst: boolean,
  ): Promise<void> {
    const path = resolve(name);
    // Pipes share a name, and what came through one does not come again.
    const before = isFirst && !source.input.spooled ? undefined : this.lacks.get(path);
    const isDamaged = damage.length > 0;
    await this.#put(connection, path, {
      state: isDamaged ? { path: name, read: 'part', reason: damage.join('; '), cause: 'damaged' } : wholly(name),
      lines: (before?.lines ?? 0) + found.malformed.count,
      members: [...addCounts(new Map(before?.members), found.members)],
    });
  }

  /** Notes that files that may have been damaged hold no more than was read. */
  async complete(connection: DuckDBConnection, names: readonly string[]): Promise<void> {
    for (const name of names) {
      const lack = this.lacks.get(resolve(name));
      if (lack) await this.#put(connection, resolve(name), { ...lack, state: wholly(name) });
    }
  }

  /** Notes files of which nothing was read. */
  async note(connection: DuckDBConnection, files: readonly ReadState[]): Promise<void> {
    for (const { path, read, reason, cause } of files)
      if (read === 'none' && cause !== 'malformed')
        await this.#put(connection, resolve(path), { state: { path, read, reason, cause }, lines: 0, members: [] });
  }

  /** Forgets files that are gone where they were looked for again. `found`: all that was found this time. */
  async forget(connection: DuckDBConnection, named: readonly string[], found: readonly string[]): Promise<void> {
    const folders = named.map((one) => resolve(one) + sep);
    // Of a glob, what stands before its first sign is where it looks.
    const places = named.map((one) => resolve(/^[^*?[\]{}()!]*/.exec(one)![0]));
    const isGone = (path: string): boolean => places.some((place) => path.startsWith(place)) && isMissingFile(path);
    const there = found.map((one) => resolve(one));
    // Entries of archives lie below these.
    const isThere = (path: string): boolean => there.some((one) => path === one || path.startsWith(`${one}/`));
    for (const path of [...this.lacks.keys()])
      if (!isThere(path) && (isGone(path) || folders.some((folder) => path.startsWith(folder))))
        await this.#put(connection, path, null);
  }

  async #put(connection: DuckDBConnection, path: string, lack: Lack | null): Promise<void> {
    const isKept = lack !== null && (lack.lines > 0 || lack.members.length > 0 || isMissing(lack.state));
    if (!isKept && !this.lacks.has(path)) return;
    await connection.run(sql`DELETE FROM harrier.unread WHERE path = ${text(path)}`);
    this.lacks.delete(path);
    if (!isKept) return;
    await connection.run(sql`INSERT INTO harrier.unread VALUES (${text(path)}, ${text(JSON.stringify(lack))})`);
    this.lacks.set(path, lack);
  }
}

/** Whether there is no such file, and no archive either of which this is an entry. */
function isMissingFile(path: string): boolean {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  return there !== path && statSync(there).isDirectory();
}
