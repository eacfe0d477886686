import { rm } from 'node:fs/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Catalogue, StandIns } from '../catalogue/catalogue.ts';
import { FieldTypes } from '../catalogue/field-types.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { isFullDisk } from '../diagnostics/full-disk.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { digestOfMappings } from '../ecs/mappings.ts';
import { shippedMappings, withMappings } from '../ecs/shipped-mappings.ts';
import type { EventMark } from '../plan/nodes.ts';
import type { EventRelation } from '../sql/duckdb/event-relation.ts';
import { ident, join as joinSql, list as listSql, number, type Sql, sql, text } from '../sql/sql.ts';
import type { FieldColumns } from '../tables/field-columns.ts';
import { type IndexColumns, indexColumns } from '../tables/index-columns.ts';
import { mappingOfFiles } from '../tables/index-mapping.ts';
import type { Index, IndexedTable } from '../tables/indexed-table.ts';
import type { FieldsByName } from '../tables/mapped-field.ts';
import { sourceOf, type Wanted } from '../tables/names-of-index.ts';
import { placeBehind } from '../tables/place.ts';
import { TableCatalogue } from '../tables/table-catalogue.ts';
import { makeTemporaryFolder, removeTemporaryFolder, temporaryError } from '../temporary/temporary-folder.ts';
import { findCopies, sameAs } from './copies.ts';
import { findInputs } from './find-inputs.ts';
import type { InputFile, Inputs } from './input-file.ts';
import { type Counted, type FileReport, type LoadReport, notReadReport } from './load-report.ts';
import { nearbyNames } from './nearby-names.ts';
import type { EventFileOptions } from './options.ts';
import { placeColumns } from './place-columns.ts';
import { readSegment, type SegmentAbout, type SegmentInput, type SegmentSource, writtenAbout } from './read-segment.ts';
import { defaultCacheFolder, identityOf, SegmentCache, type SegmentHeader } from './segment-cache.ts';
import { addCounts, Count } from './tally.ts';
import { strictError } from './unread.ts';

/** Events ready for queries. */
export interface LoadedEvents {
  readonly catalogue: Catalogue;
  readonly relation: EventRelation;
  readonly report: LoadReport;
  /** Removes what queries read besides, once there are none any more. */
  release(): void;
}

/**
 * To make a table of columns takes 2 µs of a processor for each event; a query of the columns takes 0.05 µs more than one of
 * the table, and one that compares every address 0.4.
 */
const fewQueries = 10;

/** What lies in more segments is read again into one: each costs a query something. */
const mostSegments = 8;

/** Several sets of files may be read on one connection. */
let databases = 0;

/** A segment on the connection, and those of its files that are wanted. */
interface OpenSegment {
  readonly database: Sql;
  readonly table: Sql;
  readonly about: SegmentAbout;
  readonly inputs: readonly SegmentInput[];
  /** Whether it was read in an earlier run. */
  readonly isKept: boolean;
}

/** Log files as tables of events: only the fields that queries want are read, and what was read is kept. */
export class EventFiles {
  private constructor(
    private readonly connection: DuckDBConnection,
    private readonly inputs: Inputs,
    private readonly options: EventFileOptions,
    private readonly types: FieldTypes,
    private readonly mappings: readonly Mapping[],
  ) {}

  /** Finds the files; throws an InputError where there are none. */
  static async open(connection: DuckDBConnection, options: EventFileOptions): Promise<EventFiles> {
    const { signal } = options;
    const found = await findInputs(options.data, signal ? { signal } : {});
    try {
      const { mappings = await shippedMappings() } = options;
      const types = withMappings(options.types ?? (await FieldTypes.load()), mappings);
      return new EventFiles(connection, found, options, types, mappings);
    } catch (error) {
      await found.close();
      throw error;
    }
  }

  /** What is read, as it was found. */
  get files(): readonly InputFile[] {
    return this.inputs.files;
  }

  /** Removes copies of what came through pipes. */
  close(): Promise<void> {
    return this.inputs.close();
  }

  /** The folder of columns that queries read, where no table was made of them. */
  #columns: string | null = null;

  /**
   * Makes the wanted fields of all events available on the connection. `sought`: names that must be in the data, of which
   * near ones are looked for where they are not.
   */
  async load(asked: Wanted, sought: Iterable<string> = asked === 'all' ? [] : asked): Promise<LoadedEvents> {
    // Whether any member stands twice can only be said where every member is looked at.
    const wanted = this.options.strict || asked === 'all' ? 'all' : namesOf(asked, this.types);
    try {
      return await this.#load(wanted, sought);
    } catch (error) {
      this.#release();
      throw error;
    }
  }

  #release(): void {
    if (this.#columns !== null) removeTemporaryFolder(this.#columns);
    this.#columns = null;
  }

  async #load(wanted: Wanted, sought: Iterable<string>): Promise<LoadedEvents> {
    const { strict, signal } = this.options;
    const { segments: read, notes } = await this.#segments(wanted);
    signal?.throwIfAborted();
    const segments = this.options.copies ? read : await this.#withoutCopies(read);
    const report = this.#report(segments, notes);
    const error = strict ? strictError(report) : null;
    if (error) throw error;
    const indices = await this.#indices(segments);
    const names = new Set(indices.flatMap(({ fields }) => [...fields.keys()]));
    const missing = wanted === 'all' ? [] : [...sought].filter((name) => !names.has(name) && !this.types.get(name));
    const otherNames = missing.length === 0 ? [] : await nearbyNames(this.inputs.files, this.types);
    const catalogue = new TableCatalogue(indices, { unmapped: this.types, otherNames, standIns });
    return { catalogue, relation: catalogue.relation, report, release: () => this.#release() };
  }

  /** Segments that hold all wanted fields of all files: those that are kept, and a new one of the others. */
  async #segments(wanted: Wanted): Promise<{ segments: OpenSegment[]; notes: string[] }> {
    const { files } = this.inputs;
    const cache = this.#cache();
    if (!cache) return { segments: [await this.#readInMemory(files, wanted)], notes: [] };
    const kept = files.filter(({ spooled }) => !spooled);
    const identities = new Map(kept.map((file) => [identityOf(file), file]));
    const headers = cache.segments().filter((header) => [...identities.keys()].some((one) => header.files.has(one)));
    const segments = await this.#keptSegments(cache, headers, identities, wanted);
    const left = new Set(files);
    for (const { inputs } of segments) for (const { identity } of inputs) left.delete(identities.get(identity)!);
    if (left.size === 0) return { segments, notes: [] };
    if (segments.length >= mostSegments) {
      for (const segment of segments.splice(0)) {
        await this.connection.run(sql`DETACH ${segment.database}`);
        for (const { identity } of segment.inputs) left.add(identities.get(identity)!);
      }
    }
    // Names that are kept of these files already are read again with the new ones.
    const known = headers.filter((header) => [...left].some((file) => header.files.has(identityOf(file))));
    const names =
      wanted === 'all' || known.some((header) => header.names === null)
        ? 'all'
        : new Set([...wanted, ...known.flatMap((header) => [...header.names!])]);
    const spooled = [...left].filter((file) => file.spooled);
    const notes: string[] = [];
    const durable = [...left].filter((file) => !file.spooled);
    if (durable.length > 0) segments.push(await this.#readIntoCache(cache, durable, names, notes));
    if (spooled.length > 0) segments.push(await this.#readInMemory(spooled, wanted));
    return { segments, notes };
  }

  #cache(): SegmentCache | null {
    const { cache, cacheFolder, index } = this.options;
    if (!cache) return null;
    const reading = JSON.stringify([index ?? null, digestOfMappings(this.mappings)]);
    return new SegmentCache(cacheFolder ?? defaultCacheFolder(), reading);
  }

  /** Opens the segments that hold the wanted fields of some files, each file from one. */
  async #keptSegments(
    cache: SegmentCache,
    headers: readonly SegmentHeader[],
    identities: ReadonlyMap<string, InputFile>,
    wanted: Wanted,
  ): Promise<OpenSegment[]> {
    const covers = ({ names }: SegmentHeader): boolean =>
      names === null || (wanted !== 'all' && [...wanted].every((name) => names.has(name)));
    const left = new Set(identities.keys());
    const segments: OpenSegment[] = [];
    const shared = (header: SegmentHeader): number =>
      [...identities.keys()].filter((one) => header.files.has(one)).length;
    for (const header of headers.filter(covers).sort((a, b) => shared(b) - shared(a))) {
      const own = [...left].filter((identity) => header.files.has(identity));
      if (own.length === 0) continue;
      const segment = await this.#attach(cache, header.id, new Set(own));
      if (!segment) continue;
      segments.push(segment);
      for (const identity of own) left.delete(identity);
    }
    return segments;
  }

  #nextDatabase(): Sql {
    databases += 1;
    return ident(`harrier_events_${databases}`);
  }

  /** Null where the segment is gone, damaged, or of another version: it is then made anew. */
  async #attach(cache: SegmentCache, id: string, wanted: ReadonlySet<string>): Promise<OpenSegment | null> {
    const { connection } = this;
    const database = this.#nextDatabase();
    try {
      await connection.run(sql`ATTACH ${text(cache.path(id))} AS ${database} (READ_ONLY)`);
      const rows = await connection.runAndReadAll(sql`SELECT about FROM ${database}.about`);
      const about = JSON.parse(String(rows.getRows()[0]![0])) as SegmentAbout;
      // What is damaged further on shows itself here, and not in the middle of an answer.
      await connection.runAndReadAll(sql`SELECT count(*) FROM ${database}.events`);
      cache.touch(id);
      const inputs = about.inputs.filter(({ identity }) => wanted.has(identity));
      return { database, table: sql`${database}.events`, about, inputs, isKept: true };
    } catch {
      this.options.signal?.throwIfAborted();
      await connection.run(sql`DETACH DATABASE IF EXISTS ${database}`);
      cache.drop(id);
      return null;
    }
  }

  async #readIntoCache(
    cache: SegmentCache,
    files: readonly InputFile[],
    names: Wanted,
    notes: string[],
  ): Promise<OpenSegment> {
    const { connection } = this;
    let path: string | null = null;
    const database = this.#nextDatabase();
    try {
      const begun = cache.begin();
      path = begun.path;
      await rm(path, { force: true });
      const segment = await this.#read(database, path, files, names);
      await connection.run(sql`DETACH ${database}`);
      const whole = segment.inputs.filter(({ isStable }) => isStable);
      cache.put(path, {
        id: begun.id,
        names: names === 'all' ? null : names,
        files: new Set(whole.map(({ identity }) => identity)),
      });
      await connection.run(sql`ATTACH ${text(cache.path(begun.id))} AS ${database} (READ_ONLY)`);
      return segment;
    } catch (error) {
      // An interruption may reach this as well; the file goes all the same.
      await connection.run(sql`DETACH DATABASE IF EXISTS ${database}`).catch(() => undefined);
      if (path !== null) for (const left of [path, `${path}.wal`]) await rm(left, { force: true });
      this.options.signal?.throwIfAborted();
      if (error instanceof InputError || !isStorageFailure(error)) throw error;
      notes.push(
        `what was read could not be kept in ${cache.folder} (${(error as Error).message.split('\n')[0]}); the next run reads the files again, unless HARRIER_CACHE_DIR names a folder with room`,
      );
      return this.#readInMemory(files, names);
    }
  }

  #readInMemory(files: readonly InputFile[], wanted: Wanted): Promise<OpenSegment> {
    return this.#read(this.#nextDatabase(), ':memory:', files, wanted);
  }

  /** Reads files into a database of its own. */
  async #read(database: Sql, path: string, files: readonly InputFile[], names: Wanted): Promise<OpenSegment> {
    const { connection, options, types } = this;
    const isKept = path !== ':memory:';
    // The newest layout is written in half the time.
    const storage = isKept ? sql`(STORAGE_VERSION 'latest')` : sql``;
    await connection.run(sql`ATTACH ${text(path)} AS ${database} ${storage}`);
    const stays = !isKept && (options.asked ?? 1) <= fewQueries && this.#columns === null;
    const folder = makeTemporaryFolder('columns');
    const table = sql`${database}.events`;
    let isView = false;
    try {
      const read = await readSegment(connection, table, files, names, types, this.mappings, {
        ...options,
        folder,
        stays,
      });
      isView = read.isView;
      if (isKept) {
        const about = text(JSON.stringify(read.about));
        await connection.run(sql`CREATE OR REPLACE TABLE ${database}.about AS SELECT ${about} AS about`);
        await connection.run(sql`CHECKPOINT ${database}`);
      }
      if (isView) this.#columns = folder;
      return { database, table, about: read.about, inputs: read.about.inputs, isKept: false };
    } catch (error) {
      throw temporaryError(error);
    } finally {
      if (!isView) removeTemporaryFolder(folder);
    }
  }

  /** The segments without files that hold the same as others: these are read once, and reported as what they are. */
  async #withoutCopies(segments: readonly OpenSegment[]): Promise<readonly OpenSegment[]> {
    const order = new Map(this.inputs.files.map(({ path }, place) => [path, place]));
    const sources = segments
      .flatMap(({ inputs }) => inputs)
      .sort((a, b) => order.get(a.path)! - order.get(b.path)!)
      .flatMap((input) =>
        input.sources.map((source) => {
          const entry = source.report.path;
          const { content } = source;
          return { name: `${this.#nameOf(input)}${entry}`, path: entry === '' ? input.path : null, content, source };
        }),
      );
    const found = await findCopies(sources, this.options.signal);
    if (found.size === 0) return segments;
    const originals = new Map([...found].map(([{ source }, { name }]) => [source, name]));
    return segments.map((segment) => ({
      ...segment,
      inputs: segment.inputs.map((input): SegmentInput => {
        const copies = input.sources.filter((source) => originals.has(source));
        return {
          ...input,
          sources: input.sources.filter((source) => !originals.has(source)),
          notRead: [...input.notRead, ...copies.map((source) => copyReport(source, originals.get(source)!))],
        };
      }),
    }));
  }

  /** The indices in all segments, each with the mapping that follows from all its events. */
  async #indices(segments: readonly OpenSegment[]): Promise<Index[]> {
    const found = new Map<string, { own: IndexColumns; table: Sql; place: Sql }[]>();
    const before = this.#sourcesBefore(segments);
    for (const segment of segments) {
      const { table, columns } = await this.#wantedEvents(segment);
      const place = placeOfEvents(segment, before, segments.length === 1);
      for (const own of columns) {
        const part = { own, table, place };
        const others = found.get(own.summary.name);
        if (others) others.push(part);
        else found.set(own.summary.name, [part]);
      }
    }
    const mappings = new Map<unknown, FieldsByName>();
    return [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, parts]): Index => {
        const columns = parts.map(({ own }) => own.columns);
        // Most indices of a segment are alike.
        const key = columns.length === 1 ? columns[0] : null;
        const fields = (key && mappings.get(key)) ?? mappingOfFiles(columns, this.types);
        if (key) mappings.set(key, fields);
        const times = (pick: (own: IndexColumns) => number | null): number[] =>
          parts.flatMap(({ own }) => pick(own) ?? []);
        const first = times(({ summary }) => summary.firstTimestamp);
        const last = times(({ summary }) => summary.lastTimestamp);
        return {
          summary: {
            name,
            events: parts.reduce((sum, { own }) => sum + own.summary.events, 0),
            firstTimestamp: first.length > 0 ? Math.min(...first) : null,
            lastTimestamp: last.length > 0 ? Math.max(...last) : null,
          },
          fields,
          tables: parts.map(({ own, table, place }) => indexedTable(table, own.columns, place)),
        };
      });
  }

  /** How many sources come before each, in the order in which the files were named. */
  #sourcesBefore(segments: readonly OpenSegment[]): ReadonlyMap<SegmentSource, number> {
    const order = new Map(this.inputs.files.map(({ path }, place) => [path, place]));
    const sources = segments
      .flatMap(({ inputs }) => inputs)
      .sort((a, b) => order.get(a.path)! - order.get(b.path)!)
      .flatMap((input) => input.sources);
    return new Map(sources.map((source, before) => [source, before]));
  }

  /** The events of the wanted files in a segment, and what they hold. */
  async #wantedEvents({ table, about, inputs }: OpenSegment): Promise<{ table: Sql; columns: IndexColumns[] }> {
    const { columns, indices } = writtenAbout(about);
    const placesOf = (some: readonly SegmentInput[]): number[] =>
      some.flatMap(({ sources }) => sources.map(({ place }) => place));
    const wanted = new Set(placesOf(inputs));
    const others = placesOf(about.inputs).filter((place) => !wanted.has(place));
    if (others.length === 0) return { table, columns: indices };
    const isFew = others.length < wanted.size;
    const list = joinSql((isFew ? others : [-1, ...wanted]).map(number), ', ');
    const some = sql`(SELECT * FROM ${table} WHERE ${ident(placeColumns.file)} ${isFew ? sql`NOT IN` : sql`IN`} (${list}))`;
    return { table: some, columns: await indexColumns(this.connection, some, columns, false) };
  }

  #report(segments: readonly OpenSegment[], notes: readonly string[]): LoadReport {
    const inputs = segments.flatMap((segment) =>
      segment.inputs.map((input) => ({ ...input, name: this.#nameOf(input) })),
    );
    const sources = inputs.flatMap(({ name, sources: own }) =>
      own.map((source) => ({ ...source, path: name + source.report.path })),
    );
    const files = [
      ...sources.map(({ path, report }) => ({ ...report, path })),
      ...inputs.flatMap(({ name, notRead }) => notRead.map((one) => ({ ...one, path: name + one.path }))),
      ...this.inputs.notRead.map(({ path, cause, reason }) => notReadReport(path, cause, reason)),
    ];
    const all = <T extends object>(pick: (source: SegmentSource) => Counted<T>): Counted<T & { file: string }> => {
      const counted = new Count<T & { file: string }>();
      for (const source of sources) {
        const { count, first } = pick(source);
        counted.addAll({ count, first: first.map((one) => ({ ...one, file: source.path })) });
      }
      return counted;
    };
    const members = new Map<string, number>();
    for (const source of sources) addCounts(members, source.members);
    return {
      files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
      bytes: this.inputs.files.reduce((sum, { bytes }) => sum + bytes, 0),
      events: files.reduce((sum, { events }) => sum + events, 0),
      fromCache: segments.every(({ isKept }) => isKept),
      malformed: all(({ malformed }) => malformed),
      ignored: all(({ ignored }) => ignored),
      duplicates: {
        ...all(({ duplicates }) => duplicates),
        members: [...members].sort(([a], [b]) => (a < b ? -1 : 1)),
      },
      notes: [
        ...this.inputs.notes,
        ...inputs.flatMap((input) => input.notes.map((note) => `${input.name}${note}`)),
        ...notes,
      ],
    };
  }

  /** A file as it is called this time. */
  #nameOf({ path }: SegmentInput): string {
    this.#names ??= new Map(this.inputs.files.map((file) => [file.path, file.name]));
    return this.#names.get(path) ?? path;
  }

  #names: Map<string, string> | null = null;
}

/** Says what a file is of which another holds the same; what else is to be said of it stays. */
function copyReport({ report }: SegmentSource, original: string): FileReport {
  const same = sameAs(report.path, original);
  if (report.cause !== 'damaged') return same;
  return { ...same, reason: `${report.reason}; what is left is ${same.reason}`, cause: 'damaged' };
}

/** The fields that hold the values of the names that are wanted. */
const namesOf = (wanted: ReadonlySet<string>, types: FieldTypes): ReadonlySet<string> =>
  new Set([...wanted].map((name) => sourceOf(name, types)));

/** The place of an event of a segment: where its source comes among all, and its line. */
function placeOfEvents({ inputs }: OpenSegment, before: ReadonlyMap<SegmentSource, number>, isOnly: boolean): Sql {
  const line = ident(placeColumns.line);
  const file = ident(placeColumns.file);
  const sources = inputs.flatMap((input) => input.sources).sort((a, b) => a.place - b.place);
  if (isOnly && sources.length <= 1) return line;
  const inOrder = sources.every((source, i) => i === 0 || before.get(sources[i - 1]!)! < before.get(source)!);
  if (isOnly && inOrder) return placeBehind(file, line);
  const all: number[] = [];
  for (const source of sources) all[source.place] = before.get(source)!;
  const places = listSql(Array.from(all, (place) => number(place ?? 0)));
  return placeBehind(sql`(${places})[${file} + 1]`, line);
}

function indexedTable(table: Sql, columns: ReadonlyMap<string, FieldColumns>, place: Sql): IndexedTable {
  return { table, isShared: true, columns, mark: (field) => markOf(field, place) };
}

/** Files hold each event once, and nobody ranked them. */
const standIns: StandIns = new Map<string, bigint | number>([
  ['_version', 1n],
  ['_score', 0],
]);

/** What files say of an event beside its fields. */
function markOf(field: EventMark, place: Sql): Sql {
  switch (field) {
    case '_version':
      return sql`${number(Number(standIns.get(field)))}::BIGINT`;
    case '_score':
      return sql`${number(Number(standIns.get(field)))}::DOUBLE`;
    case '_source':
      return sql`NULL::VARCHAR`;
    case '_place':
      return place;
    default:
      return ident(field);
  }
}

/** The disk is full, the folder cannot be written, or another process holds the file. */
function isStorageFailure(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return (
    code !== undefined ||
    isFullDisk(error) ||
    /IO Error|could not set lock|Cannot open file|Could not write|Could not create/i.test(message)
  );
}
