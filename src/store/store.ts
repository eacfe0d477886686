import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, statSync } from 'node:fs';
import { chmod, type FileHandle, mkdir, open, statfs } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as setTimer } from 'node:timers';
import { setTimeout } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FieldTypes } from '../catalogue/field-types.ts';
import { type Aliases, isWildcard, matchIndices } from '../catalogue/index-pattern.ts';
import type { DuckDB, DuckDBOptions } from '../engines/duckdb/connection.ts';
import { storeFile } from '../files/store-file.ts';
import { join as joinSql, list, number, sql, text } from '../sql/sql.ts';
import { type AliasBody, aliasesOf, aliasNameTaken } from './alias.ts';
import type { Times } from './ends-of-tables.ts';
import { settlesInTime } from './in-time.ts';
import { Incoming } from './incoming.ts';
import { type IndexRecord, type IndexSettings, type IndexSnapshot, IndexTable } from './index-table.ts';
import { checkIndexName, checkTemplate, newIndexFor, type Templates } from './index-template.ts';
import type { Journal } from './journal.ts';
import { type Appended, Journals } from './journals.ts';
import { bringForward, checkLayout, currentLayout, indicesTable, meta, noStore, templatesTable } from './layout.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { MappingDefinition } from './mapping.ts';
import { checkDefinition, limitsOf } from './mapping-limits.ts';
import { openStoreFile } from './open-store-file.ts';
import type { PackedLines } from './packed-lines.ts';
import { indexNotFound, Refusal } from './refusal.ts';
import { RememberedEnds } from './remembered-ends.ts';

export interface StoreOptions extends DuckDBOptions {
  /** As Elasticsearch's cluster.max_shards_per_node, 1000: names that are made by mistake must not fill the store. */
  readonly mostIndices?: number;
  /** Called with problems that no caller waits for. */
  notice?(text: string): void;
}

/** Milliseconds after which documents in journals are written into tables even though nobody asks for them. */
const longestInJournal = 30_000;
/** A query that sees what was acknowledged this many milliseconds ago does not wait for more, if that is much. */
const refreshInterval = 1000;
const soonWritten = 5000;

/**
 * Full journals that may wait to be written, the one that is being written among them: as a rule and at most; and the
 * milliseconds that who appends to the last of them waits.
 */
const usualBacklog = 1.5;
const mostBacklog = 4;
const longestPause = 1000;
/** What documents take at most on their way from a journal to their table, in bytes of the journal: a file, a log, the table. */
const roomForJournal = 3;
/** Bytes of the engine's log that a kill at any moment makes the next start replay, about. */
const longestLog = 64 << 20;

/** Milliseconds for which a backup waits for searches that began before an index or a field changed, and between two tries. */
const readersTimeout = 5000;
const readersPause = 100;

/** Records in one statement, which wide mappings make long. */
const recordsAtATime = 100;

export type TemplateKind =
  | 'index'
  | 'component'
  | 'legacy'
  | 'ingest_pipeline'
  | 'ilm_policy'
  | 'enrich_policy'
  | 'view'
  | 'alias';

export interface CreateOptions {
  readonly mapping?: MappingDefinition;
  readonly settings?: IndexSettings;
  readonly isDataStream?: boolean;
}

/**
 * Indices and their documents in one DuckDB file. One process has it open at a time, and within the process one thing
 * is written at a time: `exclusively` gives a turn.
 */
export class Store {
  readonly #indices = new Map<string, IndexTable>();
  readonly #templates = new Map<string, unknown>();
  readonly #ends = new RememberedEnds();
  /** Indices about which there is something to write down before the turn ends. */
  readonly #unsaved = new Set<IndexTable>();
  #turn: Promise<unknown> = Promise.resolve();
  /** Whether somebody has a turn who counts on it that nothing is appended to journals. */
  #isExclusive = false;
  /** The writing of journals that has not begun yet, and since when all that is older is in tables. */
  #refresh: Promise<void> | null = null;
  #refreshed = Number.NEGATIVE_INFINITY;
  #unseen: string | null = null;
  /** Whether somebody did not wait for the end of a refresh. */
  #isLate = false;
  #later: NodeJS.Timeout | null = null;
  #committed: readonly IndexSnapshot[] = [];
  #aliases: Aliases = new Map();
  /** Who copies the file, which no checkpoint may change meanwhile. */
  #holds = 0;
  #file: FileHandle | null = null;
  /** The layout that the store had before it was opened. */
  layoutFound = currentLayout;

  readonly incoming: Incoming;

  private constructor(
    readonly folder: string,
    readonly duckdb: DuckDB,
    /** The types of fields before any mapping of an index says more. */
    readonly types: FieldTypes,
    readonly mostIndices: number,
    private readonly journals: Journals,
    /** Null where nothing may be written. */
    private readonly notice: ((text: string) => void) | null,
  ) {
    this.incoming = new Incoming(`${join(folder, 'incoming')}/`);
  }

  /**
   * Opens the store in a folder, makes it where there is none, and brings an older one forward. Throws a StoreInUse when
   * another process has it, and an InputError when it cannot be opened.
   */
  static async open(
    folder: string,
    { mostIndices = 1000, notice = () => undefined, ...options }: StoreOptions = {},
  ): Promise<Store> {
    const path = resolve(folder);
    await mkdir(path, { recursive: true, mode: 0o700 });
    const file = join(path, storeFile);
    const duckdb = await openStoreFile(path, { ...options, file });
    try {
      // Whatever others may do with what the user makes otherwise: evidence is nobody else's.
      await Promise.all([chmod(path, 0o700), chmod(file, 0o600)]);
      const { connection } = duckdb;
      const journals = await Journals.load(join(path, 'journal'));
      const store = new Store(path, duckdb, await FieldTypes.load(), mostIndices, journals, notice);
      await store.incoming.prepare();
      await connection.run(sql`SET allowed_directories = ${list([text(store.incoming.folder)])}`);
      await connection.run(sql`SET enable_external_access = false`);
      // Checkpoints are made here: see `#endOfCommit`.
      await connection.run(sql`SET checkpoint_threshold = '1TB'`);
      // Batches then fill whole groups of rows one after the other, and each spans little time.
      await connection.run(sql`SET preserve_insertion_order = true`);
      store.layoutFound = await bringForward(connection, path, newUuid);
      await store.#ready();
      await store.#takeTurn(() => store.#writeJournals('all'));
      return store;
    } catch (error) {
      duckdb.close();
      throw error;
    }
  }

  /** The same for a store that must be there. */
  static async openThere(folder: string, options: StoreOptions = {}): Promise<Store> {
    if (!existsSync(join(folder, storeFile))) throw noStore(folder);
    return Store.open(folder, options);
  }

  /**
   * Opens the store in a folder for reading: beside others that read it, and where nothing can be written. Throws a
   * StoreInUse when another process writes to it, and an InputError when it cannot be read as it is.
   */
  static async openToRead(folder: string, options: Pick<DuckDBOptions, 'memoryLimit'> = {}): Promise<Store> {
    const store = await Store.#attach(folder, options);
    if (store.unseen === null) return store;
    // A server was killed: what it had acknowledged is written first, if it can be.
    await store.close();
    await Store.open(folder, options).then(
      (whole) => whole.close(),
      () => undefined,
    );
    return Store.#attach(folder, options);
  }

  static async #attach(folder: string, options: Pick<DuckDBOptions, 'memoryLimit'>): Promise<Store> {
    const path = resolve(folder);
    const file = join(path, storeFile);
    if (!existsSync(file)) throw noStore(path);
    const duckdb = await openStoreFile(path, { ...options, file, readOnly: true });
    try {
      const journals = await Journals.find(join(path, 'journal'));
      const store = new Store(path, duckdb, await FieldTypes.load(), Infinity, journals, null);
      await duckdb.connection.run(sql`SET enable_external_access = false`);
      await checkLayout(duckdb.connection, path);
      await store.#ready();
      if (journals.ended('all').some((journal) => store.#lacks(journal)))
        store.#unseen = 'the store is open for reading only, and was not closed by its last writer';
      return store;
    } catch (error) {
      duckdb.close();
      throw error;
    }
  }

  async #ready(): Promise<void> {
    await this.#readRecords();
    this.#publish();
    await this.duckdb.connection.run(sql`SET lock_configuration = true`);
  }

  /** Takes over what the tables say: at the start, and after a write that failed. */
  async #readRecords(): Promise<void> {
    const { connection } = this.duckdb;
    const rows = await connection.runAndReadAll(
      sql`SELECT name, uuid, table_name, created, is_data_stream, settings, mapping, columns, lifecycle, next_sequence FROM ${indicesTable}`,
    );
    this.#indices.clear();
    // Hundreds of indices often have the same mapping and columns.
    const parsed = new Map<string, unknown>();
    const shared = <T>(json: string): T => {
      if (!parsed.has(json)) parsed.set(json, JSON.parse(json));
      return parsed.get(json) as T;
    };
    for (const [name, uuid, table, created, isDataStream, ...more] of rows.getRows()) {
      const [settings, mapping, columns, lifecycle, nextSequence] = more;
      const record: IndexRecord = {
        name: String(name),
        uuid: String(uuid),
        table: String(table),
        created: Number(created),
        isDataStream: isDataStream === true,
        settings: shared<IndexSettings>(String(settings)),
        mapping: shared<MappingDefinition>(String(mapping)),
        columns: shared<IndexRecord['columns']>(String(columns)),
        lifecycle: lifecycle === null ? null : (JSON.parse(String(lifecycle)) as Lifecycle),
        nextSequence: nextSequence as bigint,
      };
      this.#indices.set(record.name, new IndexTable(record, this.types));
    }
    await this.#ends.read(connection, [...this.#indices.values()]);
    this.#templates.clear();
    const templates = await connection.runAndReadAll(sql`SELECT kind, name, body FROM ${templatesTable}`);
    for (const [kind, name, body] of templates.getRows())
      this.#templates.set(`${kind} ${name}`, JSON.parse(String(body)));
  }

  #publish(): void {
    const indices = [...this.#indices.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#committed = indices.map((index) => index.snapshot());
    this.#aliases = aliasesOf(this.templates('alias'), this.#committed);
  }

  /** The committed aliases and their indices. */
  get aliases(): Aliases {
    return this.#aliases;
  }

  /** The indices as they are on disk, sorted by name: what is being written is not seen. */
  get committed(): readonly IndexSnapshot[] {
    return this.#committed;
  }

  /** When the first and the last event of an index were, where that is known without a look at its table. */
  timesOf(index: IndexSnapshot): Times | undefined {
    return this.#ends.times(index);
  }

  index(name: string): IndexTable | undefined {
    return this.#indices.get(name);
  }

  /**
   * The indices that an expression such as `logs-*,other` names; throws a Refusal for a name that is not there, unless
   * those are to be ignored.
   */
  match(expression: string, ignoreMissing = false): IndexSnapshot[] {
    const patterns = (expression === '_all' || expression === '' ? '*' : expression).split(',');
    const byName = new Map(this.#committed.map((index) => [index.name, index]));
    for (const pattern of ignoreMissing ? [] : patterns)
      if (!isWildcard(pattern) && !pattern.startsWith('-') && !byName.has(pattern)) throw indexNotFound(pattern);
    return matchIndices(patterns, [...byName.keys()]).map((name) => byName.get(name)!);
  }

  /**
   * Runs work that writes when its turn has come, and what is in journals is in tables. What fails leaves nothing behind.
   * Work that makes room must not wait for that.
   */
  exclusively<T>(
    work: (connection: DuckDBConnection) => Promise<T>,
    { makesRoom = false }: { readonly makesRoom?: boolean } = {},
  ): Promise<T> {
    return this.#takeTurn(async () => {
      this.#isExclusive = true;
      try {
        await this.#writeJournals('all').catch((error) => {
          if (!makesRoom) throw error;
        });
        return await this.#transaction(work);
      } finally {
        this.#isExclusive = false;
      }
    });
  }

  #takeTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  /**
   * Does work that appends documents of this size in bytes, but not during a turn that relies on nothing being appended.
   * Returns null, and does nothing, when the disk might not have room for what is in journals.
   */
  async whileAppendable<T>(bytes: number, work: () => T): Promise<T | null> {
    await this.#pace();
    if (!(await this.#hasRoom(bytes))) return null;
    return this.#isExclusive ? this.#takeTurn(async () => work()) : work();
  }

  /** Slows writers down, the more the further the tables are behind. */
  async #pace(): Promise<void> {
    for (let isBehind = true; isBehind; ) {
      const { backlog } = this.journals;
      isBehind = backlog >= mostBacklog;
      if (isBehind && this.#unseen) await this.#takeTurn(() => this.#writeJournals('full'));
      const excess = (backlog - usualBacklog) / (mostBacklog - usualBacklog);
      if (excess > 0) await setTimeout(longestPause * Math.min(excess, 1));
    }
  }

  async #hasRoom(bytes: number): Promise<boolean> {
    const { bavail, bsize } = await statfs(this.folder);
    return bavail * bsize > roomForJournal * (this.journals.bytes + bytes);
  }

  /** Appends documents that an index takes for certain to its journal, within `whileAppendable`. */
  append(index: IndexTable, lines: PackedLines): readonly Appended[] {
    this.#later ??= setTimer(() => void this.refresh('all'), longestInJournal).unref();
    const appended = this.journals.append(index, lines, () => {
      this.#takeTurn(() => this.#writeJournals('full')).catch(() => undefined);
    });
    // Of many indices none may be full.
    if (this.journals.backlog > usualBacklog && this.journals.full === 0) void this.refresh('all');
    return appended;
  }

  /**
   * Writes what was acknowledged into its tables, so that queries see it. Those who want `recent` documents do not wait
   * where much was acknowledged within the last second, nor for longer than a second. The store's `unseen` says what could
   * not be done.
   */
  async refresh(which: 'all' | 'recent' = 'recent'): Promise<void> {
    const { documents } = this.journals;
    if (documents === 0 || this.notice === null) return;
    const waits = which === 'all' || documents <= soonWritten;
    if (!waits && performance.now() - this.#refreshed < refreshInterval) return;
    this.#refresh ??= this.#takeTurn(() => {
      this.#refresh = null;
      return this.#writeJournals('all');
    });
    if (waits) await this.#refresh.catch(() => undefined);
    // Who reads all the time would wait all the time.
    else if (!this.#isLate) this.#isLate = !(await settlesInTime(this.#refresh, refreshInterval));
  }

  /** What keeps acknowledged documents from being seen; null when nothing does. */
  get unseen(): string | null {
    const reason = this.#unseen ?? (this.#isLate ? 'more are written than tables take' : null);
    return reason && `${this.journals.documents} acknowledged documents are not seen yet: ${reason}`;
  }

  /** Writes journals into tables, each in a transaction of its own: what was written is not written again. */
  async #writeJournals(which: 'all' | 'full'): Promise<void> {
    const begun = performance.now();
    try {
      for (const journal of this.journals.ended(which)) await this.#writeJournal(journal);
      this.#unseen = null;
    } catch (error) {
      const [reason] = (error as Error).message.split('\n');
      if (this.#unseen !== reason)
        this.notice?.(`acknowledged documents could not be written into their tables: ${reason}`);
      this.#unseen = reason!;
      throw error;
    }
    if (which === 'full') return;
    this.#refreshed = begun;
    this.#isLate = false;
    if (this.#later) clearTimeout(this.#later);
    this.#later = null;
  }

  async #writeJournal(journal: Journal): Promise<void> {
    await journal.end();
    const { count, heading } = journal;
    const index = this.#lacks(journal);
    if (index)
      await this.#transaction(async (connection) => {
        index.nextSequence = heading.first;
        const damaged = await index.writeLines(connection, this.incoming, journal.lines, heading.key);
        if (damaged > 0)
          this.notice?.(
            `${damaged} of the last documents for ${index.name} were damaged before they were acknowledged`,
          );
        if (await index.endBatch(connection, count)) this.saveRecord(index);
      });
    await this.journals.remove(journal);
  }

  /**
   * The index that lacks the documents of a journal: it may be gone, and a process may have ended before it removed a
   * journal that it had written.
   */
  #lacks({ count, heading }: Journal): IndexTable | undefined {
    const index = [...this.#indices.values()].find(({ record }) => record.uuid === heading.index);
    return index && count > 0 && index.nextSequence <= heading.first ? index : undefined;
  }

  /**
   * Brings the file up to what was written, in a turn: the log becomes empty, and blocks that nobody needs are free. Later
   * where the file is held.
   */
  checkpoint(): Promise<void> {
    return this.#takeTurn(async () => {
      if (this.#holds === 0) await this.#checkpoint().catch(passOverReaders);
    });
  }

  async #checkpoint(): Promise<void> {
    const { connection } = this.duckdb;
    // Without something to write, the engine leaves the file as it is, and the space of deleted rows taken.
    await connection.run(sql`UPDATE ${meta} SET layout = layout`);
    await connection.run(sql`CHECKPOINT`);
  }

  async #transaction<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
    const { connection } = this.duckdb;
    await connection.run(sql`BEGIN TRANSACTION`);
    try {
      const result = await work(connection);
      await this.#saveRecords(connection);
      await this.#ends.forget(connection, this.#indices.values());
      await connection.run(sql`COMMIT`);
      this.#publish();
      await this.#endOfCommit();
      return result;
    } catch (error) {
      // Where the engine has rolled back already, there is nothing left to do.
      await connection.run(sql`ROLLBACK`).catch(() => undefined);
      this.#unsaved.clear();
      await this.#readRecords();
      throw error;
    }
  }

  /** What was committed is durable, whatever becomes of this. */
  async #endOfCommit(): Promise<void> {
    try {
      const log = join(this.folder, `${storeFile}.wal`);
      // The engine makes its log anew every now and then.
      chmodSync(log, 0o600);
      if (this.#holds === 0 && statSync(log).size > longestLog) await this.duckdb.connection.run(sql`CHECKPOINT`);
    } catch {
      // There is no log after a checkpoint; and one that found no room on the disk is tried again after the next commit.
    }
  }

  /**
   * Does work while the file stays as a checkpoint left it, with all that was acknowledged before: what is written
   * meanwhile is in the log, and in parts of the file that nothing refers to.
   *
   * The file that the work reads is open until the store is closed: on POSIX, a process that closes any handle of a file
   * loses its locks on it, the engine's among them, and another process could open the store as well.
   */
  async withFileHeld<T>(work: (file: FileHandle, committed: readonly IndexSnapshot[]) => Promise<T>): Promise<T> {
    const hold = (): Promise<readonly [FileHandle, readonly IndexSnapshot[]]> =>
      this.#takeTurn(async () => {
        await this.#writeJournals('all');
        await this.#checkpoint().catch(refuseForReaders);
        this.#file ??= await open(join(this.folder, storeFile), 'r');
        this.#holds += 1;
        return [this.#file, this.#committed] as const;
      });
    const [file, committed] = await this.#whenReadersEnd(hold);
    return work(file, committed).finally(() => {
      this.#holds -= 1;
    });
  }

  /** Searches end soon: only scrolls and points in time that stay open are a reason to give up. */
  async #whenReadersEnd<T>(work: () => Promise<T>): Promise<T> {
    const until = performance.now() + readersTimeout;
    for (;;) {
      try {
        return await work();
      } catch (error) {
        const isHeldUp = error instanceof Refusal && error.status === 429;
        if (!isHeldUp || performance.now() > until) throw error;
        await setTimeout(readersPause);
      }
    }
  }

  /** Makes an index within a turn; throws a Refusal when it is there or its mapping is wrong. */
  async createIndex(connection: DuckDBConnection, name: string, options: CreateOptions = {}): Promise<IndexTable> {
    checkIndexName(name);
    if (this.#indices.has(name)) {
      const { uuid } = this.#indices.get(name)!.record;
      throw new Refusal('resource_already_exists_exception', `index [${name}/${uuid}] already exists`, 400, null, {
        index_uuid: uuid,
        index: name,
      });
    }
    if (this.aliasWithin(name).length > 0)
      throw new Refusal(
        'invalid_index_name_exception',
        `Invalid index name [${name}], already exists as alias: documents are written to an index by its own name`,
        400,
        null,
        { index: name },
      );
    const template = this.templateFor(name);
    const settings = { ...template?.settings, ...options.settings };
    for (const mapping of [template?.mapping, options.mapping])
      if (mapping) checkDefinition(mapping, limitsOf(settings));
    if (this.#indices.size >= this.mostIndices)
      throw new Refusal(
        'validation_exception',
        `Validation Failed: 1: this action would add [1] shards, but this cluster currently has [${this.#indices.size}]/[${this.mostIndices}] maximum normal shards open;`,
        400,
      );
    const index = new IndexTable(
      {
        name,
        uuid: newUuid(),
        table: `index ${randomBytes(6).toString('hex')} ${name}`,
        created: Date.now(),
        isDataStream: options.isDataStream ?? false,
        settings,
        mapping: template?.mapping ?? {},
        columns: [],
        lifecycle: template?.lifecycle ?? null,
        nextSequence: 0n,
      },
      this.types,
    );
    if (options.mapping) await index.merge(connection, options.mapping);
    await index.create(connection);
    this.saveRecord(index);
    this.#indices.set(name, index);
    return index;
  }

  /** What templates give to a new index of that name. */
  templateFor(name: string): ReturnType<typeof newIndexFor> {
    return newIndexFor(name, this.#allTemplates());
  }

  #allTemplates(): Templates {
    const of = <T>(kind: TemplateKind): Map<string, T> =>
      new Map(this.templates(kind).map(({ name, body }) => [name, body as T]));
    return { index: of('index'), component: of('component'), legacy: of('legacy') };
  }

  /** Has what is known of an index written down at the end of the turn. */
  saveRecord(index: IndexTable): void {
    this.#unsaved.add(index);
  }

  /** Writes many records at a time: a statement for each would take longer than the documents of a small batch. */
  async #saveRecords(connection: DuckDBConnection): Promise<void> {
    const records = [...this.#unsaved].map((index) => index.current);
    this.#unsaved.clear();
    for (let from = 0; from < records.length; from += recordsAtATime) {
      const some = records.slice(from, from + recordsAtATime);
      const names = some.map(({ name }) => text(name));
      const rows = some.map(({ name, uuid, table, created, isDataStream, settings, mapping, columns, ...more }) => {
        const { lifecycle, nextSequence } = more;
        const values = [
          ...[name, uuid, table].map(text),
          number(created),
          isDataStream ? sql`true` : sql`false`,
          ...[settings, mapping, columns].map((part) => text(JSON.stringify(part))),
          lifecycle ? text(JSON.stringify(lifecycle)) : sql`NULL`,
          number(nextSequence),
        ];
        return sql`(${joinSql(values, ', ')})`;
      });
      await connection.run(sql`DELETE FROM ${indicesTable} WHERE name IN (${joinSql(names, ', ')})`);
      await connection.run(sql`INSERT INTO ${indicesTable} VALUES ${joinSql(rows, ', ')}`);
    }
  }

  /** Removes an index and its documents within a turn. */
  async deleteIndex(connection: DuckDBConnection, index: IndexTable): Promise<void> {
    await connection.run(sql`DROP TABLE ${index.table}`);
    await connection.run(sql`DELETE FROM ${indicesTable} WHERE name = ${text(index.name)}`);
    this.#indices.delete(index.name);
    this.#unsaved.delete(index);
  }

  template(kind: TemplateKind, name: string): unknown {
    return this.#templates.get(`${kind} ${name}`);
  }

  templates(kind: TemplateKind, pattern = '*'): { name: string; body: unknown }[] {
    const names = [...this.#templates.keys()].filter((key) => key.startsWith(`${kind} `));
    return matchIndices(
      [pattern],
      names.map((key) => key.slice(kind.length + 1)),
    ).map((name) => ({ name, body: this.template(kind, name) }));
  }

  /**
   * Keeps a template, policy or pipeline; null removes it. Throws a Refusal for a template that is wrong. `check` looks
   * within the turn whether it may be kept.
   */
  async putTemplate(kind: TemplateKind, name: string, body: unknown, check?: () => void): Promise<void> {
    if (body !== null && (kind === 'index' || kind === 'component' || kind === 'legacy'))
      checkTemplate(kind, name, body, this.#allTemplates());
    await this.exclusively((connection) => {
      check?.();
      return this.#keep(connection, kind, name, body);
    });
  }

  async #keep(connection: DuckDBConnection, kind: TemplateKind, name: string, body: unknown): Promise<void> {
    await connection.run(sql`DELETE FROM ${templatesTable} WHERE kind = ${text(kind)} AND name = ${text(name)}`);
    if (body !== null)
      await connection.run(
        sql`INSERT INTO ${templatesTable} VALUES (${text(kind)}, ${text(name)}, ${text(JSON.stringify(body))})`,
      );
    if (body === null) this.#templates.delete(`${kind} ${name}`);
    else this.#templates.set(`${kind} ${name}`, body);
  }

  /** The names of the indices of an alias within a turn; empty where it does not exist. */
  aliasWithin(name: string): readonly string[] {
    const indices = [...this.#indices.values()].map(({ record }) => record);
    return aliasesOf([{ name, body: this.template('alias', name) ?? { indices: [] } }], indices).get(name) ?? [];
  }

  /** Gives an alias further indices, by their names, within a turn. */
  async addToAlias(connection: DuckDBConnection, name: string, indices: readonly string[]): Promise<void> {
    await this.setAlias(connection, name, [...new Set([...this.aliasWithin(name), ...indices])]);
  }

  /** Sets the indices of an alias, by their names, within a turn; an empty list removes it. */
  async setAlias(connection: DuckDBConnection, name: string, indices: readonly string[]): Promise<void> {
    checkIndexName(name);
    if (this.#indices.has(name)) throw aliasNameTaken(name, 'an index or data stream');
    if (this.template('view', name) !== undefined) throw aliasNameTaken(name, 'a view');
    const body: AliasBody = { indices: indices.map((index) => this.#indices.get(index)!.record.uuid) };
    await this.#keep(connection, 'alias', name, indices.length > 0 ? body : null);
  }

  /** The identity of this store, as clients ask for a cluster's. */
  async clusterUuid(): Promise<string> {
    const rows = await this.duckdb.connection.runAndReadAll(sql`SELECT cluster_uuid FROM ${meta}`);
    return String(rows.getRows()[0]![0]);
  }

  /** Bytes that the engine holds for what it has read and what it works on. */
  async engineMemory(): Promise<number> {
    const connection = await this.duckdb.connect();
    try {
      const rows = await connection.runAndReadAll(sql`SELECT sum(memory_usage_bytes) FROM duckdb_memory()`);
      return Number(rows.getRows()[0]![0]);
    } finally {
      connection.closeSync();
    }
  }

  /** Waits for what is being written, and closes the file. */
  async close(): Promise<void> {
    await this.refresh('all');
    await this.#turn;
    if (this.#later) clearTimeout(this.#later);
    await this.incoming.close();
    if (this.notice) {
      await this.#ends.write(this.duckdb.connection, this.#indices.values()).catch(() => undefined);
      await this.duckdb.connection.run(sql`CHECKPOINT`).catch(() => undefined);
    }
    this.duckdb.close();
    await this.#file?.close();
  }
}

/** 22 letters, as Elasticsearch's own identifiers are. */
export const newUuid = (): string => randomBytes(16).toString('base64url');

/** Who still reads what was there keeps it there: a later checkpoint frees it. */
function passOverReaders(error: Error): void {
  if (!isOfReaders(error)) throw error;
}

/** Without a checkpoint the file lacks what is in the log: it cannot be held as it is. */
function refuseForReaders(error: Error): never {
  if (!isOfReaders(error)) throw error;
  throw new Refusal(
    'es_rejected_execution_exception',
    'searches, scrolls or points in time are open that began before an index or a field changed: try again when they are closed',
    429,
  );
}

const isOfReaders = ({ message }: Error): boolean => /Cannot CHECKPOINT/.test(message);
