import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { FieldTypes } from '../catalogue/field-types.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { type Sql, sql, text } from '../sql/sql.ts';
import { CacheFile, defaultCacheFolder } from './cache.ts';
import { catalogueOf, type EventSummary, summarise } from './event-catalogue.ts';
import { FileReader } from './file-reader.ts';
import { findInputFiles, type InputFile } from './input-files.ts';
import type { LoadReport } from './load-report.ts';
import type { EventFileOptions, Wanted } from './options.ts';

/** Events ready for queries: a table or a view on the connection, and what is known of it. */
export interface LoadedEvents {
  readonly relation: Sql;
  readonly catalogue: Catalogue;
  readonly report: LoadReport;
  /** Removes what queries read besides, once there are none any more. */
  release(): void;
}

interface About {
  readonly summary: EventSummary;
  readonly report: LoadReport;
}

const database = sql`harrier_events`;
const table = sql`harrier_events.events`;

/**
 * To make a table of columns takes 2 µs of a processor for each event; a query of the columns takes 0.05 µs more than one of
 * the table, and one that compares every address 0.4.
 */
const fewQueries = 10;

/** Log files as a table of events: only the fields that queries want are read, and what was read is kept. */
export class EventFiles {
  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly files: readonly InputFile[],
    private readonly options: EventFileOptions,
  ) {}

  /** Finds the files; throws an InputError where there are none. */
  static async open(connection: DuckDBConnection, options: EventFileOptions): Promise<EventFiles> {
    return new EventFiles(connection, await findInputFiles(options.data), options);
  }

  /** The folder of columns that queries read, where no table was made of them. */
  #columns: string | null = null;

  /** Makes the wanted fields of all events available on the connection. */
  async load(wanted: Wanted): Promise<LoadedEvents> {
    const types = await FieldTypes.load();
    const about = (await this.#fromCache(wanted)) ?? (await this.#fromFiles(wanted, types));
    const { report, summary } = about;
    const release = (): void => {
      if (this.#columns !== null) rmSync(this.#columns, { recursive: true, force: true });
    };
    if (this.options.strict && report.malformed.count + report.ignored.count > 0) {
      release();
      throw strictError(report);
    }
    return { relation: table, catalogue: catalogueOf(summary, types), report, release };
  }

  #cacheFile(): CacheFile | null {
    const { cache, cacheFolder, index } = this.options;
    return cache ? new CacheFile(cacheFolder ?? defaultCacheFolder(), this.files, index) : null;
  }

  /** What is kept of these files, if it holds all that is wanted. */
  async #fromCache(wanted: Wanted): Promise<About | null> {
    const cache = this.#cacheFile();
    const about = cache && (await this.#attachCache(cache));
    if (!about) return null;
    const { summary } = about;
    const known = new Set(summary.lookedFor);
    const covered = summary.everyField || (wanted !== 'all' && [...wanted].every((name) => known.has(name)));
    if (covered) {
      await cache.touch();
      return { summary, report: { ...about.report, fromCache: true } };
    }
    this.#known = known;
    await this.connection.run(sql`DETACH ${database}`);
    return null;
  }

  /** Names that a cache already holds; they are read again with the new ones. */
  #known: ReadonlySet<string> = new Set();

  async #attachCache(cache: CacheFile): Promise<About | null> {
    if (!(await cache.exists())) return null;
    try {
      await this.connection.run(sql`ATTACH ${text(cache.path)} AS ${database} (READ_ONLY)`);
      const rows = await this.connection.runAndReadAll(sql`SELECT about FROM harrier_events.about`);
      return JSON.parse(String(rows.getRows()[0]![0])) as About;
    } catch {
      // What was interrupted says nothing of the file.
      this.options.signal?.throwIfAborted();
      // Damaged, or of another version: it is made anew.
      await this.connection.run(sql`DETACH DATABASE IF EXISTS ${database}`);
      await rm(cache.path, { force: true });
      return null;
    }
  }

  async #fromFiles(wanted: Wanted, types: FieldTypes): Promise<About> {
    const names = wanted === 'all' ? 'all' : new Set([...this.#known, ...wanted]);
    const cache = this.#cacheFile();
    if (!cache) return this.#read(':memory:', names, types);
    try {
      const temporary = await cache.temporaryPath();
      await rm(temporary, { force: true });
      const about = await this.#read(temporary, names, types);
      await this.connection.run(sql`DETACH ${database}`);
      await cache.put(temporary);
      await this.connection.run(sql`ATTACH ${text(cache.path)} AS ${database} (READ_ONLY)`);
      return about;
    } catch (error) {
      // An interruption may reach this as well; the file goes all the same.
      await this.connection.run(sql`DETACH DATABASE IF EXISTS ${database}`).catch(() => undefined);
      const temporary = await cache.temporaryPath().catch(() => null);
      if (temporary !== null) for (const path of [temporary, `${temporary}.wal`]) await rm(path, { force: true });
      this.options.signal?.throwIfAborted();
      if (error instanceof InputError || !isStorageFailure(error)) throw error;
      const about = await this.#read(':memory:', names, types);
      const note = `what was read could not be kept in ${cache.folder} (${(error as Error).message.split('\n')[0]}); the next run reads the files again`;
      return { ...about, report: { ...about.report, notes: [...about.report.notes, note] } };
    }
  }

  /** Reads the files into a database of its own. */
  async #read(path: string, names: Wanted, types: FieldTypes): Promise<About> {
    const { connection, files, options } = this;
    // The newest layout is written in half the time.
    const isKept = path !== ':memory:';
    const storage = isKept ? sql`(STORAGE_VERSION 'latest')` : sql``;
    await connection.run(sql`ATTACH ${text(path)} AS ${database} ${storage}`);
    const stays = !isKept && (options.asked ?? 1) <= fewQueries;
    const columns = await mkdtemp(join(tmpdir(), 'harrier-columns-'));
    const reader = new FileReader(connection, files, types, options, { path: columns, stays });
    try {
      const { fields, lookedFor, everyField, knownNames, report, areFilled, isView } = await reader.read(table, names);
      const summary = { ...(await summarise(connection, table, fields, areFilled)), lookedFor, everyField, knownNames };
      const about: About = { summary, report };
      await connection.run(
        sql`CREATE OR REPLACE TABLE harrier_events.about AS SELECT ${text(JSON.stringify(about))} AS about`,
      );
      if (isKept) await connection.run(sql`CHECKPOINT ${database}`);
      if (isView) this.#columns = columns;
      return about;
    } finally {
      await reader.close();
      if (this.#columns !== columns) await rm(columns, { recursive: true, force: true });
    }
  }
}

/** The disk is full, the folder cannot be written, or somebody else holds the file. */
function isStorageFailure(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    code !== undefined ||
    /IO Error|No space left|could not set lock|Cannot open file|Could not write|Could not create|out of disk/i.test(
      message,
    )
  );
}

function strictError(report: LoadReport): InputError {
  const lines = [
    ...report.malformed.first.map(({ file, line, reason }) => `${file}:${line}: ${reason}`),
    ...report.ignored.first.map(
      ({ file, line, field, type, preview }) => `${file}:${line}: ${field} is no ${type}: ${preview}`,
    ),
  ];
  const count = report.malformed.count + report.ignored.count;
  return new InputError(`${count} malformed lines or values, and --strict is set\n${lines.join('\n')}`);
}
