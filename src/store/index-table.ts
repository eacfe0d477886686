import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { storageType } from '../catalogue/storage-type.ts';
import type { Keeping } from '../documents/document-reader.ts';
import type { KnownNames } from '../documents/names.ts';
import { listColumn } from '../sources/event-row.ts';
import { ident, join, number, type Sql, sql } from '../sql/sql.ts';
import { own } from '../values/own.ts';
import type { DynamicRules } from './dynamic-mapping.ts';
import type { Incoming, ReadDocuments, StagedDocument } from './incoming.ts';
import { inspectDocument, type MappingLimits, preview } from './inspect-document.ts';
import { knownNames } from './known-names.ts';
import { type MappedField, Mapping, type MappingDefinition } from './mapping.ts';
import { limitsOf } from './mapping-limits.ts';
import { planReading, type ReadingPlan } from './reading-plan.ts';
import { documentParsing, Refusal } from './refusal.ts';
import { listedType } from './stored-values.ts';
import { isSynthetic } from './synthetic-source.ts';

/** Where a field of an index is kept. */
export interface StoredColumn {
  readonly column: string;
  /** Whether the column for lists was made, and whether some document has several values. */
  hasList: boolean;
  several: boolean;
}

/** What the store remembers of an index beside its documents. */
export interface IndexRecord {
  readonly name: string;
  readonly uuid: string;
  readonly table: string;
  readonly created: number;
  readonly isDataStream: boolean;
  readonly settings: IndexSettings;
  readonly mapping: MappingDefinition;
  readonly columns: Readonly<Record<string, StoredColumn>>;
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
  readonly columns: ReadonlyMap<string, Readonly<StoredColumn>>;
  /** Changes when documents do. */
  readonly revision: number;
}

/** The settings that mean something here, flat under `index.`; the others are kept and shown. */
export interface IndexSettings {
  readonly [name: string]: string;
}

/** Set on indices whose new fields take the types of ECS and Elastic Defend where these know them. */
export const ecsSetting = 'mapping.ecs';

/** Samples taken of documents that hold something unknown: few at first, for most documents are alike. */
const firstLesson = 200;

/** The table of an index: its mapping, and how documents get in. */
export class IndexTable {
  mapping: Mapping;
  columns: Map<string, StoredColumn>;
  /** What the next document is numbered. */
  nextSequence = 0n;
  /** Changes with every write, so that what was counted is known to be old. */
  revision = 0;
  #names: KnownNames | null = null;
  /** Whether the mapping or the columns are others than those that are written down. */
  #grown = false;
  #snapshot: IndexSnapshot | null = null;

  constructor(
    readonly record: IndexRecord,
    private readonly known: FieldTypes,
  ) {
    this.mapping = new Mapping(record.mapping);
    this.columns = new Map(Object.entries(record.columns).map(([name, column]) => [name, { ...column }]));
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
    if (this.#snapshot?.revision !== this.revision || this.#snapshot.mapping !== this.mapping) {
      const columns = new Map([...this.columns].map(([field, column]) => [field, { ...column }]));
      this.#snapshot = {
        name,
        isDataStream,
        created,
        uuid,
        settings,
        table: this.table,
        mapping: this.mapping,
        columns,
        revision: this.revision,
      };
    }
    return this.#snapshot;
  }

  /** The record as it is now. */
  get current(): IndexRecord {
    return { ...this.record, mapping: this.mapping.definition, columns: Object.fromEntries(this.columns) };
  }

  get #rules(): DynamicRules {
    const ecs = this.record.settings[ecsSetting] === 'true';
    return { parameters: this.mapping.parameters, known: ecs ? this.known : null };
  }

  get #limits(): MappingLimits {
    return limitsOf(this.record.settings);
  }

  #ignoresMalformed(field: MappedField): boolean {
    return (
      String(field.property.ignore_malformed ?? this.record.settings['mapping.ignore_malformed'] ?? 'false') === 'true'
    );
  }

  /** Makes the table of a new index. */
  async create(connection: DuckDBConnection): Promise<void> {
    const own = sql`"_id" VARCHAR NOT NULL, "_version" BIGINT NOT NULL, "_seq_no" BIGINT NOT NULL, "_source" VARCHAR USING COMPRESSION zstd, "_ignored" VARCHAR[]`;
    // Templates bring thousands of fields, and a table is altered for one column at a time.
    const mapped = this.#newColumns().map(({ column, type }) => sql`${ident(column)} ${storageType(type)}`);
    await connection.run(sql`CREATE TABLE ${this.table} (${join([own, ...mapped], ', ')})`);
    await this.addColumns(connection);
  }

  /** Names columns for the mapped fields that have none. */
  #newColumns(): { readonly column: string; readonly type: MappedField['type'] }[] {
    const taken = new Set([...this.columns.values()].map(({ column }) => column.toLowerCase()));
    return [...this.mapping.fields.values()].flatMap(({ name, of, type }) => {
      if (of !== null || type === 'unsupported' || this.columns.has(name)) return [];
      // DuckDB does not tell `A` from `a`; names that begin with an underscore are the store's own.
      const base = name.startsWith('_') ? `field ${name}` : name;
      let column = base;
      for (let n = 2; taken.has(column.toLowerCase()); n++) column = `${base}#${n}`;
      taken.add(column.toLowerCase());
      this.columns.set(name, { column, hasList: false, several: false });
      return [{ column, type }];
    });
  }

  /** Gives every mapped field its column; returns whether there was anything to do. */
  async addColumns(connection: DuckDBConnection): Promise<boolean> {
    let added = false;
    for (const { column, type } of this.#newColumns()) {
      await connection.run(sql`ALTER TABLE ${this.table} ADD COLUMN ${ident(column)} ${storageType(type)}`);
      added = true;
    }
    return added;
  }

  /** Takes new fields into the mapping; throws a Refusal where they contradict it. */
  merge(definition: MappingDefinition): void {
    const trial = this.mapping.copy();
    trial.merge(definition);
    this.mapping = trial;
    this.#names = null;
  }

  /** What is known of its documents. */
  get names(): KnownNames {
    const { totalFields, ignoreBeyond } = this.#limits;
    this.#names ??= knownNames(this.mapping, !ignoreBeyond || this.mapping.size < totalFields);
    return this.#names;
  }

  /** Which documents are kept as they came. */
  get keeps(): Keeping {
    return isSynthetic(this.record.settings) ? 'needed' : 'all';
  }

  /**
   * Writes documents whose ids are not in the table, within the caller's transaction; `endBatch` comes after. Returns
   * those that Elasticsearch would refuse, by their number.
   *
   * Documents in which nothing is unknown are written at once. Of the others a few are looked at one by one, which
   * teaches the mapping, and the rest is tried again. This ends: each round takes at least one document, which is refused
   * at once or written in the next round, or refused there when it still cannot be read. `ahead` is what was read of the documents already; it is not used
   * when more is known by now.
   */
  async write(
    connection: DuckDBConnection,
    incoming: Incoming,
    documents: readonly StagedDocument[],
    ahead?: ReadDocuments,
  ): Promise<Map<number, Refusal>> {
    const refused = new Map<number, Refusal>();
    let pending = documents;
    let known: ReadonlySet<number> = new Set();
    for (let lesson = firstLesson; pending.length > 0; lesson *= 4) {
      const read =
        pending === documents && ahead?.names === this.names
          ? ahead
          : await incoming.read(pending, this.names, this.keeps);
      try {
        const misfits = await this.insert(connection, read);
        if (misfits.size > 0)
          for (const document of pending) {
            const names = misfits.get(document.n);
            if (names) refused.set(document.n, this.#unfit(names[0], document));
          }
      } finally {
        await read.remove();
      }
      const unread = new Set(read.unread);
      for (const n of unread) if (known.has(n)) refused.set(n, unreadable());
      pending = pending.filter(({ n }) => unread.has(n) && !refused.has(n));
      if (pending.length === 0) break;
      known = this.#learn(sample(pending, lesson), refused);
      if (await this.addColumns(connection)) this.#grown = true;
      pending = pending.filter(({ n }) => !refused.has(n));
    }
    return refused;
  }

  /**
   * Writes documents that were read, and returns the others by their number with the names of the fields that their
   * values do not fit. Which documents belong to this index can be told by the data stream that they name, null where
   * they name none.
   */
  async insert(
    connection: DuckDBConnection,
    read: ReadDocuments,
    belongs?: (dataStream: Sql) => Sql,
  ): Promise<Map<number, readonly string[]>> {
    if (read.rows === 0) return new Map();
    const plan = planReading(read, this.mapping, (field) => this.#ignoresMalformed(field));
    await this.#addLists(connection, plan);
    const names: Sql[] = [sql`"_id"`, sql`"_version"`, sql`"_seq_no"`, sql`"_source"`, sql`"_ignored"`];
    const values: Sql[] = [sql`id`, sql`version`, sql`${number(this.nextSequence)} + n`, plan.source, plan.ignored];
    for (const { field, single, list } of plan.fields) {
      const { column } = this.columns.get(field.name)!;
      names.push(ident(column));
      values.push(single);
      if (list) {
        names.push(ident(listColumn(column)));
        values.push(list);
      }
    }
    const accepted = join([sql`NOT ${plan.refused}`, ...(belongs ? [belongs(plan.dataStream)] : [])], ' AND ');
    const { rowsChanged } = await connection.run(
      sql`INSERT INTO ${this.table} (${join(names, ', ')}) SELECT ${join(values, ', ')} FROM (${plan.relation}) WHERE ${accepted}`,
    );
    if (Number(rowsChanged) === read.rows) return new Map();
    const left = await connection.runAndReadAll(
      sql`SELECT n, ${plan.bad} FROM (${plan.relation}) WHERE NOT coalesce(${accepted}, false)`,
    );
    return new Map(left.getRows().map(([n, bad]) => [Number(n), (bad as { items: string[] } | null)?.items ?? []]));
  }

  /** Gives fields that have several values in a document a column for them. */
  async #addLists(connection: DuckDBConnection, plan: ReadingPlan): Promise<void> {
    for (const { field, list } of plan.fields) {
      const stored = this.columns.get(field.name)!;
      if (list === null || stored.hasList) continue;
      const type = listedType(field.type);
      await connection.run(sql`ALTER TABLE ${this.table} ADD COLUMN ${ident(listColumn(stored.column))} ${type}[]`);
      stored.hasList = true;
      this.#grown = true;
    }
  }

  /** Takes new fields out of documents into the mapping; returns the numbers of those that nothing speaks against. */
  #learn(documents: readonly StagedDocument[], refused: Map<number, Refusal>): ReadonlySet<number> {
    // Queries go on with the mapping as it was until this is committed.
    this.mapping = this.mapping.copy();
    this.#names = null;
    const learnt = new Set<number>();
    for (const { n, id, line } of documents) {
      try {
        inspectDocument(parseJson(line), id, this.mapping, this.#rules, this.#limits);
        learnt.add(n);
      } catch (error) {
        refused.set(n, asRefusal(error));
      }
    }
    return learnt;
  }

  #unfit(name: string | undefined, { id, line }: StagedDocument): Refusal {
    if (name === undefined) return unreadable();
    const { mappingType, property } = this.mapping.fields.get(name)!;
    const value = valuesAt(parseJson(line), name.split('.')).find((item) => !fits(item, mappingType));
    const reason = `[1:1] failed to parse field [${name}] of type [${mappingType}] in document with id '${id}'. Preview of field's value: '${preview(value)}'`;
    return documentParsing(reason, causeOf(value, mappingType, property.format as string | undefined));
  }

  /**
   * Ends the writing of a batch whose documents were numbered below `size`. Returns whether there is something about
   * the index to write down.
   */
  async endBatch(connection: DuckDBConnection, size: number): Promise<boolean> {
    await this.#noteLists(connection);
    this.nextSequence += BigInt(size);
    this.revision += 1;
    const grown = this.#grown;
    this.#grown = false;
    return grown;
  }

  /** Notes which fields have several values in a document now. */
  async #noteLists(connection: DuckDBConnection): Promise<void> {
    const open = [...this.columns.values()].filter(({ hasList, several }) => hasList && !several);
    if (open.length === 0) return;
    const counts = open.map(({ column }) => sql`count(${ident(listColumn(column))})`);
    const result = await connection.runAndReadAll(
      sql`SELECT ${join(counts, ', ')} FROM ${this.table} WHERE "_seq_no" >= ${number(this.nextSequence)}`,
    );
    const [row] = result.getRows();
    open.forEach((column, i) => {
      column.several = Number(row![i]) > 0;
      this.#grown ||= column.several;
    });
  }
}

const unreadable = (): Refusal =>
  documentParsing('[1:1] failed to parse: the JSON is nested too deeply, damaged, or has a member twice');

/** So many of the documents, spread over them all. */
function sample(documents: readonly StagedDocument[], size: number): readonly StagedDocument[] {
  const step = Math.max(1, documents.length / size);
  const taken: StagedDocument[] = [];
  documents.forEach((document, i) => {
    if (taken.length < size && i >= Math.floor(taken.length * step)) taken.push(document);
  });
  return taken;
}

/** Reads a document; throws a Refusal where it is no JSON. */
export function parseJson(line: Buffer): unknown {
  const content = line.toString('utf8');
  try {
    return JSON.parse(content);
  } catch (error) {
    throw documentParsing('[1:1] failed to parse', (error as Error).message.slice(0, 300));
  }
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof RangeError) return documentParsing('[1:1] failed to parse: the document is nested too deeply');
  throw error;
}

/** The values at a dotted name, in whichever way documents divide it. */
export function valuesAt(document: unknown, path: readonly string[]): unknown[] {
  if (Array.isArray(document)) return document.flatMap((item) => valuesAt(item, path));
  if (path.length === 0) return document === null || document === undefined ? [] : [document];
  if (typeof document !== 'object' || document === null) return [];
  return path.flatMap((_, i) =>
    valuesAt(own(document as Record<string, unknown>, path.slice(0, i + 1).join('.')), path.slice(i + 1)),
  );
}

const numeric = new Set([
  'byte',
  'short',
  'integer',
  'long',
  'unsigned_long',
  'half_float',
  'float',
  'scaled_float',
  'double',
]);

/** Whether a value is not the one to blame; only for wording why a document is refused. */
function fits(value: unknown, mappingType: string): boolean {
  if (typeof value === 'object') return false;
  if (numeric.has(mappingType)) {
    const largest: Record<string, number> = { byte: 127, short: 32767, integer: 2147483647, long: 2 ** 63 };
    return (
      Number.isFinite(Number(value)) &&
      value !== true &&
      value !== false &&
      Math.abs(Number(value)) <= (own(largest, mappingType) ?? Infinity)
    );
  }
  if (mappingType === 'boolean')
    return value === true || value === false || value === 'true' || value === 'false' || value === '';
  return false;
}

function causeOf(value: unknown, mappingType: string, format: string | undefined): string {
  const shown = preview(value);
  if (typeof value === 'object') return "Can't get text on a START_OBJECT";
  if (mappingType === 'boolean') return `Failed to parse value [${shown}] as only [true] or [false] are allowed.`;
  if (mappingType === 'ip') return `'${shown}' is not an IP string literal.`;
  if (mappingType === 'date' || mappingType === 'date_nanos')
    return `failed to parse date field [${shown}] with format [${format ?? 'strict_date_optional_time||epoch_millis'}]`;
  if (numeric.has(mappingType) && Number.isFinite(Number(value)) && typeof value !== 'boolean')
    return `Value [${shown}] is out of range for a ${mappingType}`;
  return `For input string: "${shown}"`;
}
