import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { columnOf } from '../documents/columns.ts';
import type { Keeping } from '../documents/document-reader.ts';
import type { JoinedPieces } from '../documents/joined-pieces.ts';
import type { LineBatch } from '../documents/line-batches.ts';
import type { KnownNames } from '../documents/names.ts';
import type { Read } from '../ecs/mapped-columns.ts';
import { planMapped } from '../ecs/mapped-documents.ts';
import { TimeSlice } from '../engines/time-slice.ts';
import { storageType } from '../sql/duckdb/storage-type.ts';
import { ident, join, number, type Sql, sql, text } from '../sql/sql.ts';
import { withMore } from '../tables/dynamic-field.ts';
import {
  type DynamicColumns,
  type FieldColumns,
  isWithin,
  mergeColumns,
  readColumns,
  type WrittenColumns,
  writeColumns,
} from '../tables/field-columns.ts';
import { indexColumns, mayBeNegative, negativeFields } from '../tables/index-columns.ts';
import type { FieldsByName, MappedField } from '../tables/mapped-field.ts';
import { mostColumns } from '../tables/names-of-index.ts';
import { mayNotFit } from '../tables/plan-field.ts';
import { columnsOf, type PlannedColumn, planRows, type RowPlan } from '../tables/row-plan.ts';
import { storedField } from '../tables/stored-field.ts';
import { listed, listedType } from '../tables/values.ts';
import { rememberingBy } from '../values/remembering.ts';
import { checkNewName, explainMistyped, explainRefusal, refuseBeyondLimits, withParents } from './explain-refusal.ts';
import { filledPlan, withRowsOf } from './filled-plan.ts';
import type { CheckedDocuments, Incoming, ReadDocuments, StagedDocument } from './incoming.ts';
import { fieldsOfIndex, longestKeyword } from './index-fields.ts';
import { learnNames } from './learn-names.ts';
import type { Lifecycle } from './lifecycle.ts';
import { Mapping, type MappingDefinition } from './mapping.ts';
import { limitsOf, type MappingLimits } from './mapping-limits.ts';
import { illegalArgument, Refusal } from './refusal.ts';
import { dimensionsOf, isTimeSeries, seriesIds } from './series-ids.ts';
import { isSynthetic } from './synthetic-source.ts';
import { type Door, type Knowledge, type WantedNames, wantedNames } from './wanted-names.ts';

/** What the store remembers of an index beside its documents. */
export interface IndexRecord {
  readonly name: string;
  readonly uuid: string;
  readonly table: string;
  readonly created: number;
  readonly isDataStream: boolean;
  readonly settings: IndexSettings;
  readonly mapping: MappingDefinition;
  /** The columns that documents have values in, by the name of the field. */
  readonly columns: readonly (readonly [string, WrittenColumns])[];
  /** How long documents are kept; null where nothing was ever said about it. */
  readonly lifecycle: Lifecycle | null;
  /** Numbers below it are taken, also where the documents that had them are gone. */
  readonly nextSequence: bigint;
}

/** An index as queries see it. */
export interface IndexSnapshot {
  readonly name: string;
  readonly uuid: string;
  readonly created: number;
  readonly isDataStream: boolean;
  readonly settings: IndexSettings;
  readonly table: Sql;
  readonly mapping: Mapping;
  readonly fields: FieldsByName;
  readonly columns: ReadonlyMap<string, FieldColumns>;
  readonly lifecycle: Lifecycle | null;
  readonly documents: number;
  /** Changes when documents do. */
  readonly revision: number;
}

/** The settings that mean something here, flat under `index.`; the others are kept and shown. */
export interface IndexSettings {
  readonly [name: string]: string;
}

/** Set on indices whose new fields take the types of ECS and Elastic Defend where these know them. */
export const ecsSetting = 'mapping.ecs';

/** What records with the same definition share: neither a mapping nor a map of columns is changed, but replaced. */
const mappingOf = rememberingBy((definition: MappingDefinition) => new Mapping(definition));
const columnsIn = rememberingBy(
  (written: IndexRecord['columns']): ReadonlyMap<string, FieldColumns> =>
    new Map(written.map(([name, own]) => [name, readColumns(own)])),
);

/** The columns that every table has. */
const ownColumns: readonly { readonly name: string; readonly type: Sql }[] = [
  { name: '_id', type: sql`VARCHAR NOT NULL` },
  { name: '_version', type: sql`BIGINT NOT NULL` },
  { name: '_seq_no', type: sql`BIGINT NOT NULL` },
  { name: '_source', type: sql`VARCHAR USING COMPRESSION zstd` },
  { name: '_ignored', type: sql`VARCHAR[]` },
];

/**
 * A column of the table. Addresses are kept as runs, for rows that are alike stand together. DuckDB (1.5) otherwise packs
 * numbers of 128 bits where that is smallest, and to unpack one takes up to 400 ns, also to see whether it is null: a scan of
 * the sources of 500,000 connections took 208 ms, and takes 1. The store is 2 to 5 % larger.
 */
const definitionOf = ({ name, type }: { readonly name: string; readonly type: Sql }): Sql =>
  sql`${ident(name)} ${type}${type === storageType('ip') ? sql` USING COMPRESSION rle` : sql``}`;

/** Rows that are made before it is asked which of their columns have values. */
const fewRows = 8192;

let revisions = 0;
const nextRevision = (): number => ++revisions;

/** The table of an index: what is known of its documents, and how they get in. */
export class IndexTable {
  mapping: Mapping;
  /** The columns in which documents have values. Never changed, but replaced. */
  columns: ReadonlyMap<string, FieldColumns>;
  /** What the next document is numbered. */
  nextSequence: bigint;
  /** How many documents there are. */
  documents = 0;
  lifecycle: Lifecycle | null;
  /** Changes with every write, so that what was counted is known to be old; no two tables ever have the same. */
  revision = nextRevision();
  /** The types of names that are known beforehand; null where the types of new fields follow from their values alone. */
  readonly #known: FieldTypes | null;
  /** Known names that documents had, refused ones among them. */
  #seen: Set<string>;
  readonly #wanted = new Map<Door, WantedNames>();
  /** What was made of names that are still looked for in the same way, whatever other fields there are by now. */
  #made = new WeakMap<KnownNames, WantedNames>();
  /** The columns of the table; null before they were looked up. */
  #physical: Set<string> | null = null;
  /** Whether there is something about the index to write down. */
  #grown = false;
  /** Whether documents were written since the last batch ended. */
  #isWritten = false;
  /** Fields of which all documents were asked for negative numbers. */
  readonly #judged = new Set<string>();
  #snapshot: IndexSnapshot | null = null;

  constructor(
    readonly record: IndexRecord,
    known: FieldTypes,
  ) {
    this.mapping = mappingOf(record.mapping);
    this.nextSequence = record.nextSequence;
    this.lifecycle = record.lifecycle;
    this.columns = columnsIn(record.columns);
    this.#known = record.settings[ecsSetting] === 'true' ? known : null;
    this.#seen = new Set(
      [...this.columns].flatMap(([name, { kind }]) => (kind === 'typed' && this.#known?.get(name) ? [name] : [])),
    );
  }

  get name(): string {
    return this.record.name;
  }

  get table(): Sql {
    return ident(this.record.table);
  }

  /** What queries see, as of now; it does not change when the index does. */
  snapshot(): IndexSnapshot {
    const { name, isDataStream, created, uuid, settings } = this.record;
    const { mapping, columns, revision, table, lifecycle, documents } = this;
    const last = this.#snapshot;
    const isLast = last?.revision === revision && last.mapping === mapping && last.columns === columns;
    if (isLast && last.lifecycle === lifecycle) return last;
    const isSame = last?.mapping === mapping && last.columns === columns;
    const fields = isSame ? last.fields : fieldsOfIndex(mapping, columns, this.#known);
    const known = { mapping, fields, columns, lifecycle, documents, revision };
    this.#snapshot = { name, isDataStream, created, uuid, settings, table, ...known };
    return this.#snapshot;
  }

  /** Takes over how many documents the table has, and the highest of their numbers. */
  takeCount(documents: number, last: bigint | null): void {
    this.documents = documents;
    if (last !== null && last >= this.nextSequence) this.nextSequence = last + 1n;
  }

  /** The record as it is now. */
  get current(): IndexRecord {
    const columns = [...this.columns].map(([name, own]) => [name, writeColumns(own)] as const);
    const { lifecycle, nextSequence } = this;
    return { ...this.record, mapping: this.mapping.definition, columns, lifecycle, nextSequence };
  }

  get #limits(): MappingLimits {
    return limitsOf(this.record.settings);
  }

  #ignoresMalformed(field: MappedField): boolean {
    return (
      String(field.property.ignore_malformed ?? this.record.settings['mapping.ignore_malformed'] ?? 'false') === 'true'
    );
  }

  /** Makes the table of an index without documents. */
  async create(
    connection: DuckDBConnection,
    columns: readonly Pick<PlannedColumn, 'name' | 'type'>[] = [],
  ): Promise<void> {
    const all = [...ownColumns, ...columns];
    const made = all.map(definitionOf);
    await connection.run(sql`CREATE OR REPLACE TABLE ${this.table} (${join(made, ', ')})`);
    this.#physical = new Set(all.map(({ name }) => name));
  }

  /** Takes new fields into the mapping; throws a Refusal where they contradict it, or what documents have. */
  async merge(connection: DuckDBConnection, definition: MappingDefinition): Promise<void> {
    const mapping = this.mapping.copy();
    mapping.merge(definition);
    const { fields } = this.snapshot();
    const taken = [...this.columns.keys()].filter((name) => !this.mapping.isLeaf(name));
    for (const name of taken) checkContradiction(fields.get(name)!, mapping);
    for (const name of taken) {
      const field = mapping.fields.get(name);
      if (field && this.columns.get(name)!.kind === 'dynamic') await this.#settleType(connection, field);
    }
    this.#relearn(mapping);
    this.#grown = true;
  }

  /** Moves the values of a field that no mapping knew into the columns of its type. */
  async #settleType(connection: DuckDBConnection, field: MappedField): Promise<void> {
    const { fields, columns } = this.snapshot();
    const { name, type } = field;
    const value = storedField(fields, columns, fields.get(name)!)!;
    const planned = [
      { name: columnOf(name, 'single'), type: storageType(type), value: value.single },
      ...(value.list
        ? [{ name: columnOf(name, 'list'), type: sql`${listedType(type)}[]`, value: listed(type, value.list) }]
        : []),
    ];
    await this.#ensureColumns(connection, planned);
    const sets = planned.map((column) => sql`${ident(column.name)} = made.${ident(column.name)}`);
    const made = planned.map((column) => sql`(${column.value})::${column.type} AS ${ident(column.name)}`);
    const rows = sql`SELECT "_row", ${join(made, ', ')} FROM ${withMore(sql`(SELECT *, rowid AS "_row" FROM ${this.table})`, columns, [name])}`;
    await connection.run(
      sql`UPDATE ${this.table} SET ${join(sets, ', ')} FROM (${rows}) AS made WHERE ${this.table}.rowid = made."_row"`,
    );
    this.columns = new Map(columns).set(name, { kind: 'typed', single: true, list: value.list !== null });
  }

  /** What is known of its documents, by the door through which they come. */
  names(door: Door): KnownNames {
    return this.#wantedNames(door).names;
  }

  get #knowledge(): Knowledge {
    return { mapping: this.mapping, columns: this.columns, known: this.#known, seen: this.#seen };
  }

  #wantedNames(door: Door): WantedNames {
    let wanted = this.#wanted.get(door);
    if (!wanted) {
      wanted = wantedNames(this.#knowledge, door);
      this.#wanted.set(door, wanted);
      this.#made.set(wanted.names, wanted);
    }
    return wanted;
  }

  /** Uses a mapping from now on, and what is seen now. */
  #relearn(mapping: Mapping): void {
    this.mapping = mapping;
    this.#wanted.clear();
    this.#made = new WeakMap();
  }

  /** Which documents are kept as they came. */
  get keeps(): Keeping {
    return isSynthetic(this.record.settings) ? 'needed' : 'all';
  }

  /**
   * Writes documents whose ids are not in the table, within the caller's transaction; `endBatch` comes after. Returns
   * those that Elasticsearch would refuse, by their number. `onRepeated` is called with the numbers of those with a
   * member that stands twice in an object.
   */
  async write(
    connection: DuckDBConnection,
    incoming: Incoming,
    documents: readonly StagedDocument[],
    door: Door = 'requests',
    onRepeated?: (numbers: readonly number[]) => void,
  ): Promise<Map<number, Refusal>> {
    const refused = new Map<number, Refusal>();
    let pending = documents;
    let found = await this.#readLearnt(connection, incoming, documents, door);
    try {
      if (this.isBeyondLimits(found)) {
        for (const [n, refusal] of refuseBeyondLimits(pending, this.#allNames(), this.#limits)) refused.set(n, refusal);
        pending = pending.filter(({ n }) => !refused.has(n));
        await found.remove();
        found = await incoming.read(pending, this.names(door), this.keeps);
      }
      const unread = new Set(found.unread);
      onRepeated?.(found.duplicates);
      const mistyped = await this.insert(connection, found);
      const slice = new TimeSlice();
      for (const { n, id, line } of pending) {
        if (slice.isOver) await slice.next();
        const [name] = mistyped.get(n) ?? [];
        if (name !== undefined) refused.set(n, explainMistyped(name, line, id, this.mapping));
        else if (unread.has(n)) refused.set(n, explainRefusal(line, id, this.mapping, this.#limits.depth));
      }
    } finally {
      await found.remove();
    }
    return refused;
  }

  /** Reads documents under what is known when they have taught all that they teach. */
  async #readLearnt(
    connection: DuckDBConnection,
    incoming: Incoming,
    documents: readonly StagedDocument[],
    door: Door,
  ): Promise<ReadDocuments> {
    const read = (): Promise<ReadDocuments> => incoming.read(documents, this.names(door), this.keeps);
    let found = await read();
    try {
      // Each time the documents have taught a name that was not known, of which they have a limited number.
      while (await this.learn(connection, found)) {
        await found.remove();
        found = await read();
      }
      return found;
    } catch (error) {
      await found.remove();
      throw error;
    }
  }

  /** Whether it keeps one document of each series and time. */
  get isTimeSeries(): boolean {
    return isTimeSeries(this.record.settings) && dimensionsOf(this.mapping).length > 0;
  }

  /** The identifiers that documents have in an index of time series, by their number; or why they are refused. */
  async seriesIds(
    connection: DuckDBConnection,
    incoming: Incoming,
    documents: readonly StagedDocument[],
    door: Door = 'requests',
  ): Promise<ReadonlyMap<number, string | Refusal>> {
    const read = await this.#readLearnt(connection, incoming, documents, door);
    try {
      if (read.rows === 0) return new Map();
      return await seriesIds(connection, this.#plan(read), dimensionsOf(this.mapping));
    } finally {
      await read.remove();
    }
  }

  /**
   * Whether documents that were read are certain to be written, all of them, and to teach nothing: then nothing of what
   * comes of them depends on when that is.
   */
  takes(read: CheckedDocuments): boolean {
    if (!this.knows(read) || read.unread.length > 0) return false;
    const { typed } = this.#made.get(read.names)!;
    const isNew = (name: string): boolean => !this.columns.has(name) && !this.mapping.isLeaf(name);
    if ([...read.kinds.keys()].some(isNew)) return false;
    return read.names.fields.every(({ name }, i) => {
      const filled = read.fields[i]!;
      if (!filled.single && !filled.list && !filled.rest) return true;
      const field = typed.get(name);
      return !isNew(name) && (!field || !mayNotFit(field, filled) || this.#ignoresMalformed(field));
    });
  }

  /**
   * Writes lines that it was certain to take, within the caller's transaction; `endBatch` comes after. Gives how many were
   * not written: only those that were damaged since.
   */
  async writeLines(
    connection: DuckDBConnection,
    incoming: Incoming,
    lines: LineBatch,
    idsBegin: string,
  ): Promise<number> {
    const read = (): Promise<ReadDocuments> =>
      incoming.readLines([lines], this.names('requests'), this.keeps, idsBegin);
    let found = await read();
    try {
      // What known names there are has to be learnt again after a start.
      while (await this.learn(connection, found)) {
        await found.remove();
        found = await read();
      }
      const mistyped = await this.insert(connection, found);
      return found.unread.length + mistyped.size;
    } finally {
      await found.remove();
    }
  }

  /** Whether what was read was read under what is known now. */
  knows(read: Pick<ReadDocuments, 'names'>): boolean {
    return this.#made.has(read.names);
  }

  /** Learns names from documents before they are written; returns whether they are to be read again under what is known now. */
  async learn(connection: DuckDBConnection, read: ReadDocuments): Promise<boolean> {
    const lesson = await learnNames(connection, read, this.#made.get(read.names)!, this.#knowledge);
    if (!lesson) return false;
    for (const name of lesson.seen) this.#seen.add(name);
    const mapping = lesson.properties.size > 0 ? this.mapping.copy() : this.mapping;
    let taught = lesson.seen.length;
    for (const [name, property] of lesson.properties) {
      try {
        mapping.add(name, property);
        taught += 1;
      } catch (error) {
        // A property that contradicts the mapping gives a field nothing.
        if (!(error instanceof Refusal)) throw error;
      }
    }
    if (taught === 0) return false;
    this.#grown ||= mapping !== this.mapping;
    this.#relearn(mapping);
    return true;
  }

  /** Whether documents may teach it types that it would not have else. */
  get learnsTypes(): boolean {
    const { dynamic_templates: templates = [], numeric_detection: numbers } = this.mapping.parameters;
    return templates.length > 0 || numbers === true;
  }

  /** How many of the documents do not belong to it. */
  async strangers(connection: DuckDBConnection, read: ReadDocuments, belongs: (plan: RowPlan) => Sql): Promise<number> {
    if (read.rows === 0) return 0;
    const plan = this.#plan(read);
    const counted = await connection.runAndReadAll(
      sql`SELECT count(*) FROM (${plan.relation}) WHERE NOT coalesce(${belongs(plan)}, false)`,
    );
    return Number(counted.getRows()[0]![0]);
  }

  /** Whether documents may bring more names, or others, than the mapping takes: then each is looked at. */
  isBeyondLimits(read: JoinedPieces): boolean {
    const { totalFields, ignoreBeyond, depth } = this.#limits;
    const added = [...read.kinds.keys()].filter((name) => !this.columns.has(name));
    read.names.fields.forEach(({ name }, i) => {
      const { single, list, rest } = read.fields[i]!;
      if ((single || list || rest) && !this.columns.has(name) && !this.mapping.isLeaf(name)) added.push(name);
    });
    if (added.length === 0) return false;
    try {
      for (const name of added) checkNewName(name, depth);
    } catch {
      return true;
    }
    if (ignoreBeyond) return false;
    const names = this.#allNames();
    for (const name of added) for (const part of withParents(name)) names.add(part);
    return names.size > totalFields;
  }

  /** The names of all fields and objects. */
  #allNames(): Set<string> {
    const names = new Set([...this.mapping.fields.keys(), ...this.mapping.objects]);
    for (const name of this.columns.keys()) for (const part of withParents(name)) names.add(part);
    return names;
  }

  /**
   * Writes documents that were read, and returns the others by their number with the names of the fields that their
   * values do not fit. Which documents belong to this index is determined by the index that they name.
   */
  async insert(
    connection: DuckDBConnection,
    read: ReadDocuments,
    belongs?: (plan: RowPlan) => Sql,
  ): Promise<Map<number, readonly string[]>> {
    if (read.rows === 0) return new Map();
    const plan = this.#plan(read);
    const accepted = join([sql`NOT ${plan.refused}`, ...(belongs ? [belongs(plan)] : [])], ' AND ');
    const rows = await this.#insertRows(connection, plan, accepted);
    const areAll = rows === read.rows;
    if (rows > 0) await this.#noteColumns(connection, plan, read, areAll);
    if (areAll) return new Map();
    const left = await connection.runAndReadAll(
      sql`SELECT "_n", ${plan.bad} FROM (${plan.relation}) WHERE NOT coalesce(${accepted}, false)`,
    );
    return new Map(left.getRows().map(([n, bad]) => [Number(n), (bad as { items: string[] } | null)?.items ?? []]));
  }

  /** Whether documents in columns that a mapping made can be written as they are: their types are those of its fields. */
  takesMapped(read: JoinedPieces): boolean {
    const { settings } = this.record;
    const hasOwnTypes =
      this.isTimeSeries ||
      this.#known === null ||
      Object.keys(this.mapping.definition).length > 0 ||
      !isSynthetic(settings) ||
      settings['mapping.ignore_malformed'] !== 'true';
    if (hasOwnTypes || this.isBeyondLimits(read)) return false;
    const dynamic = new Set(read.kinds.keys());
    for (const [name, own] of this.columns) if (own.kind === 'dynamic' && own.columns.size > 0) dynamic.add(name);
    return dynamic.size <= mostColumns && [...read.kinds.values()].every(({ more }) => more.size === 0);
  }

  /** Writes those documents of mapped columns that a condition accepts, as `insert` does; gives how many these are. */
  async insertMapped(connection: DuckDBConnection, read: Read, accepted: Sql): Promise<number> {
    if (read.rows === 0) return 0;
    const planned = planMapped(read, this.#known!);
    // Whatever is made of few rows takes less than planning how.
    if (read.rows <= fewRows)
      return withRowsOf(connection, planned, accepted, (own) => this.#insertFilled(connection, own, read, sql`true`));
    return this.#insertFilled(connection, planned, read, accepted);
  }

  async #insertFilled(connection: DuckDBConnection, planned: RowPlan, read: Read, accepted: Sql): Promise<number> {
    const { plan, filled } = await filledPlan(connection, planned, read.kinds, this.columns, accepted);
    const rows = await this.#insertRows(connection, plan, accepted);
    const news = [...filled].filter(([name, own]) => !isWithin(own, this.columns.get(name)));
    if (rows > 0 && news.length > 0) this.#note(news);
    for (const [name, { kind }] of news) if (kind === 'typed' && !this.#seen.has(name)) this.#seen.add(name);
    return rows;
  }

  /** Adds rows to the table, and gives how many. */
  async #insertRows(connection: DuckDBConnection, plan: RowPlan, accepted: Sql): Promise<number> {
    await this.#ensureColumns(connection, plan.columns);
    const sequence = sql`${number(this.nextSequence)} + "_n"`;
    const names = [...ownColumns, ...plan.columns].map(({ name }) => ident(name));
    const values = [
      ...[sql`"_id"`, sql`"_version"`, sequence, plan.source, plan.ignored],
      ...plan.columns.map(({ value }) => value),
    ];
    const { rowsChanged } = await connection.run(
      sql`INSERT INTO ${this.table} (${join(names, ', ')}) SELECT ${join(values, ', ')} FROM (${plan.relation}) WHERE ${accepted}`,
    );
    const rows = Number(rowsChanged);
    this.documents += rows;
    this.#isWritten ||= rows > 0;
    return rows;
  }

  /** Deletes the documents of a condition on rows, within the caller's transaction. Returns how many there were. */
  async delete(connection: DuckDBConnection, condition: Sql): Promise<number> {
    const { rowsChanged } = await connection.run(sql`DELETE FROM ${this.table} WHERE ${condition}`);
    const deleted = Number(rowsChanged);
    this.documents -= deleted;
    return deleted;
  }

  /** Has the next number written down: those of documents that are gone are not given again, also after a restart. */
  keepNumbers(): void {
    this.#grown = true;
  }

  #plan(read: ReadDocuments): RowPlan {
    const { typed } = this.#made.get(read.names)!;
    return planRows(read, {
      typed: (name) => typed.get(name),
      ignoresMalformed: (field) => this.#ignoresMalformed(field),
      longestKeyword: this.#known === null ? longestKeyword : null,
    });
  }

  /** Makes the columns that the table lacks: of a table without documents all at once, for they are made one by one else. */
  async #ensureColumns(connection: DuckDBConnection, columns: readonly PlannedColumn[]): Promise<void> {
    const physical = await this.#columnNames(connection);
    const missing = columns.filter(({ name }) => !physical.has(name));
    if (missing.length === 0) return;
    for (const { name } of missing) physical.add(name);
    if (this.nextSequence === 0n && !this.#isWritten && this.columns.size === 0) {
      await this.create(connection, columns);
      return;
    }
    for (const column of missing)
      await connection.run(sql`ALTER TABLE ${this.table} ADD COLUMN ${definitionOf(column)}`);
  }

  async #columnNames(connection: DuckDBConnection): Promise<Set<string>> {
    if (this.#physical) return this.#physical;
    const rows = await connection.runAndReadAll(
      sql`SELECT column_name FROM duckdb_columns() WHERE table_name = ${text(this.record.table)}`,
    );
    this.#physical = new Set(rows.getRows().map(([name]) => String(name)));
    return this.#physical;
  }

  /** Notes which columns have values now. Where that does not follow from what was read, it has to be asked. */
  async #noteColumns(
    connection: DuckDBConnection,
    plan: RowPlan,
    read: ReadDocuments,
    areAllWritten: boolean,
  ): Promise<void> {
    const filled = columnsOf(plan, read);
    const news = [...filled].filter(([name, own]) => !isWithin(own, this.columns.get(name)));
    if (news.length === 0) return;
    const found = new Map(news);
    const hasCommon = new Set(
      read.names.fields.flatMap(({ name }, i) => (read.fields[i]!.single || read.fields[i]!.list ? [name] : [])),
    );
    const isCertain = news.every(([name, own]) => own.kind === 'dynamic' || (hasCommon.has(name) && !own.list));
    if (areAllWritten && isCertain) return this.#note(found);
    const rows = sql`(SELECT *, ${text(this.name)} AS "_index" FROM ${this.table} WHERE "_seq_no" >= ${number(this.nextSequence)})`;
    const [counted] = await indexColumns(connection, rows, found, false);
    const left = news.filter(([name, own]) => own.kind === 'typed' && !counted?.columns.has(name));
    // A field is there even where no value fits it.
    const ignored = left.length > 0 ? await ignoredIn(connection, rows) : new Set<string>();
    const empty = left.filter(([name]) => ignored.has(name) && !this.columns.has(name));
    const noted = [
      ...(counted?.columns ?? []),
      ...empty.map(([name]) => [name, { kind: 'typed', single: false, list: false }] as const),
    ];
    if (noted.length > 0) this.#note(noted);
  }

  #note(columns: Iterable<readonly [string, FieldColumns]>): void {
    const all = new Map(this.columns);
    for (const [name, own] of columns) {
      const before = all.get(name);
      all.set(name, before ? mergeColumns(before, own) : own);
      // A new field is looked for from now on.
      if (!before) this.#wanted.clear();
    }
    this.columns = all;
    this.#grown = true;
  }

  /**
   * Ends the writing of a batch whose documents were numbered below `size`. Returns whether there is something about
   * the index to write down.
   */
  async endBatch(connection: DuckDBConnection, size: number): Promise<boolean> {
    await this.#noteNegatives(connection);
    this.nextSequence += BigInt(size);
    this.revision = nextRevision();
    const grown = this.#grown;
    this.#grown = false;
    this.#isWritten = false;
    return grown;
  }

  /** Notes fields with numbers that only fit without a sign which have negative ones, too. */
  async #noteNegatives(connection: DuckDBConnection): Promise<void> {
    if (!this.#isWritten) return;
    const open = [...this.columns].flatMap(([name, own]): [string, DynamicColumns][] =>
      own.kind === 'dynamic' && !own.hasNegative && mayBeNegative(own) ? [[name, own]] : [],
    );
    const isNew = ([name]: readonly [string, DynamicColumns]): boolean => !this.#judged.has(name);
    const fresh = sql`(SELECT * FROM ${this.table} WHERE "_seq_no" >= ${number(this.nextSequence)})`;
    const negative = [
      ...(await negativeFields(connection, this.table, new Map(open.filter(isNew)))),
      ...(await negativeFields(connection, fresh, new Map(open.filter((one) => !isNew(one))))),
    ];
    for (const [name] of open) this.#judged.add(name);
    if (negative.length > 0)
      this.#note(negative.map((name) => [name, { ...(this.columns.get(name) as DynamicColumns), hasNegative: true }]));
  }
}

/** The names of fields that leave out values of some rows. */
async function ignoredIn(connection: DuckDBConnection, rows: Sql): Promise<Set<string>> {
  const found = await connection.runAndReadAll(sql`SELECT DISTINCT unnest("_ignored") FROM ${rows}`);
  return new Set(found.getRows().map(([name]) => String(name)));
}

/** Throws a Refusal where a new mapping says otherwise than what documents taught of a field. */
function checkContradiction({ name, type, mappingType }: MappedField, mapping: Mapping): void {
  const field = mapping.isLeaf(name) ? mapping.fields.get(name)! : null;
  if (field && field.type !== type)
    throw illegalArgument(`mapper [${name}] cannot be changed from type [${mappingType}] to [${field.mappingType}]`);
  const isObject = mapping.isObject(name);
  const leafAbove = withParents(name)
    .slice(1)
    .find((parent) => mapping.isLeaf(parent));
  if (isObject || leafAbove !== undefined)
    throw illegalArgument(`can't merge a non object mapping [${leafAbove ?? name}] with an object mapping`);
}
