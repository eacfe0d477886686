import { existsSync } from 'node:fs';
import { totalmem } from 'node:os';
import type { Catalogue } from '../catalogue/catalogue.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { type DuckDB, type DuckDBOptions, openDuckDB } from '../engines/duckdb/connection.ts';
import { DuckDBEngine } from '../engines/duckdb/engine.ts';
import { interruptible } from '../engines/duckdb/interrupt.ts';
import type { Engine } from '../engines/engine.ts';
import type { LoadedEvents } from '../files/event-files.ts';
import type { InputFile } from '../files/input-file.ts';
import { filesRead, type LoadReport } from '../files/load-report.ts';
import { nothingReadable, type Unread, unreadOf } from '../files/unread.ts';
import { parse } from '../languages/esql/parse.ts';
import { mentions } from '../languages/esql/syntax/walk.ts';
import type { Surroundings } from '../overrides/typed-query.ts';
import { visible } from '../report/visible.ts';
import { type EventRelation, oneTable } from '../sql/duckdb/event-relation.ts';
import { sql } from '../sql/sql.ts';
import type { Wanted } from '../tables/names-of-index.ts';
import { formatDate } from '../values/date.ts';
import { count } from '../values/quantities.ts';
import type { DataOptions } from './options.ts';
import { refuseInputs } from './output.ts';
import { type Future, withoutFuture } from './present.ts';
import { createProgress } from './progress.ts';

/** An engine over the user's events, and the time that it takes for now. */
export interface Session {
  readonly engine: Engine;
  readonly now: Date;
  /** Null when no files were read. */
  readonly load: LoadReport | null;
  readonly unread: Unread;
  /** The files that were read, while the engine is open. */
  readonly inputs: readonly InputFile[];
}

const allRead: Unread = { text: null, members: [] };

/** Reads what the queries ask for and opens an engine on it; `asked`: how often events will be asked something. */
export async function openSession(
  queries: readonly string[],
  options: DataOptions,
  signal: AbortSignal,
  asked = queries.length,
): Promise<Session> {
  signal.throwIfAborted();
  if (options.engine === 'elasticsearch') return openCluster(options, signal);
  if (options.store !== undefined)
    return openStore({ memoryLimit: memoryOverStore(), ...duckdbOptions(options) }, options, signal);
  const duckdb = await openDuckDB(duckdbOptions(options));
  if (options.data.length === 0) {
    const engine = new DuckDBEngine(duckdb, {
      catalogue: await catalogueWithoutData(queries),
      relation: oneTable(sql`events`),
    });
    const now = options.now instanceof Date ? options.now : new Date();
    return { engine, now, load: null, unread: allRead, inputs: [] };
  }
  try {
    return await interruptible(duckdb.connection, signal, () => readFiles(duckdb, queries, options, signal, asked));
  } catch (error) {
    duckdb.close();
    throw error;
  }
}

/** An engine over the fields of files that queries ask for. */
async function readFiles(
  duckdb: DuckDB,
  queries: readonly string[],
  options: DataOptions,
  signal: AbortSignal,
  asked: number,
): Promise<Session> {
  const { files, relation, catalogue, report, release } = await load(duckdb, queries, options, signal, asked);
  try {
    if (filesRead(report) === 0) throw nothingReadable(report);
    // From here on no query can reach a file: what was attached stays, nothing else opens.
    await duckdb.connection.run('SET enable_external_access = false');
    const close = (): void => {
      duckdb.close();
      release();
    };
    const session = await presentSession({ ...duckdb, close }, catalogue, relation, options, signal);
    return { ...session, load: report, unread: unreadOf(report), inputs: files };
  } catch (error) {
    release();
    throw error;
  }
}

/** Loads files into the engine; `release` removes what queries read besides, and the copies of pipes. */
async function load(
  duckdb: DuckDB,
  queries: readonly string[],
  options: DataOptions,
  signal: AbortSignal,
  asked: number,
): Promise<LoadedEvents & { readonly files: readonly InputFile[] }> {
  const { EventFiles } = await import('../files/event-files.ts');
  const progress = await createProgress(process.stderr);
  try {
    const files = await EventFiles.open(duckdb.connection, {
      data: options.data,
      cache: options.cache,
      strict: options.strict,
      copies: options.copies === true,
      asked,
      onProgress: (state) => progress.update(state),
      signal,
      ...(options.index !== undefined && { index: options.index }),
    });
    try {
      refuseInputs(options, files.files);
      const { wanted, sought } = wantedBy(queries);
      const loaded = await files.load(wanted, sought);
      const release = (): void => {
        loaded.release();
        files.close();
      };
      return { ...loaded, files: files.files, release };
    } catch (error) {
      files.close();
      throw error;
    }
  } finally {
    progress.done();
  }
}

/** What becomes of files that are loaded, whether any of them can be read or not. */
export async function inspectFiles(options: DataOptions, signal: AbortSignal): Promise<LoadReport> {
  signal.throwIfAborted();
  const duckdb = await openDuckDB(duckdbOptions(options));
  try {
    return await interruptible(duckdb.connection, signal, async () => {
      const { report, release } = await load(duckdb, [], options, signal, 1);
      release();
      return report;
    });
  } finally {
    duckdb.close();
  }
}

/** The engine of a session whose events are here: it knows its data, and runs plans. */
export function eventEngine({ engine }: Session): DuckDBEngine {
  if (!(engine instanceof DuckDBEngine))
    throw new InputError('this needs events that are read here', 'give --data or --store');
  return engine;
}

/** What the events of a session say of fields; null for a cluster, whose mapping is not here, and without events. */
export function surroundingsOf({ engine, now }: Session): Surroundings | null {
  if (!(engine instanceof DuckDBEngine) || engine.catalogue.indices.length === 0) return null;
  return { catalogue: async () => engine.catalogue, now: now.getTime() };
}

/** A session in which events from the future do not count as the newest one, and are reported. */
async function presentSession(
  duckdb: DuckDB,
  catalogue: Catalogue,
  relation: EventRelation,
  options: DataOptions,
  signal: AbortSignal,
): Promise<Pick<Session, 'engine' | 'now'>> {
  const engine = new DuckDBEngine(duckdb, { catalogue, relation });
  const present = await withoutFuture(engine, signal);
  if (present.future) process.stderr.write(futureNote(present.future, options.now === 'latest'));
  return {
    engine: present.future ? new DuckDBEngine(duckdb, { catalogue: present.catalogue, relation }) : engine,
    now: nowOf(present.catalogue, options),
  };
}

function futureNote({ events, latest }: Future, passedOver: boolean): string {
  const told = `${count(events, 'event')} from the future, up to ${formatDate(latest.getTime())}`;
  return `note: ${told}${passedOver ? ': --now latest passes over them' : ''}\n`;
}

/** An engine over a store. Fields that no mapping has but ECS knows read as null, as they do in files. */
async function openStore(engine: DuckDBOptions, options: DataOptions, signal: AbortSignal): Promise<Session> {
  const [{ Store }, { StoreQueries }, { UnreadInputs }, { FieldTypes }] = await Promise.all([
    import('../store/store.ts'),
    import('../store/store-queries.ts'),
    import('../store/unread-inputs.ts'),
    import('../catalogue/field-types.ts'),
  ]);
  if (!existsSync(options.store!))
    throw new InputError(`there is no store in ${options.store}`, 'make one: harrier ingest FILES --store FOLDER');
  const store = await Store.open(options.store!, engine);
  const queries = new StoreQueries(store, { concurrent: 1, waiting: 0 }, await FieldTypes.load());
  const catalogue = await queries.catalogue(store.duckdb.connection, () => true);
  const session = await presentSession(store.duckdb, catalogue, catalogue.relation, options, signal);
  return { ...session, load: null, unread: (await UnreadInputs.load(store.duckdb.connection)).unread, inputs: [] };
}

/** The user's cluster. Its own clock is what its queries take for now. */
async function openCluster(options: DataOptions, signal: AbortSignal): Promise<Session> {
  const { ElasticsearchEngine } = await import('../engines/elasticsearch/engine.ts');
  const { url, apiKey, ca, insecure, timeout, parallel } = options;
  const engine = await ElasticsearchEngine.open({
    ...{ url: url!, insecure, signal, onNote: tellOnce() },
    ...(apiKey !== undefined && { apiKey }),
    ...(ca !== undefined && { ca }),
    ...(timeout !== undefined && { timeout: timeout.milliseconds }),
    ...(parallel !== undefined && { parallel }),
  });
  return { engine, now: new Date(), load: null, unread: allRead, inputs: [] };
}

/** Writes notes for people, over a line of progress; what several queries wait for is said once. */
function tellOnce(): (text: string) => void {
  let last = '';
  return (text) => {
    if (text === last) return;
    last = text;
    process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}note: ${visible(text)}\n`);
  };
}

const duckdbOptions = ({ memory }: DataOptions): DuckDBOptions => (memory === undefined ? {} : { memoryLimit: memory });

/**
 * What queries over a store may use where nobody says otherwise. DuckDB would keep what it has read until four fifths of the
 * machine are full; the system's own cache does as well, and leaves room for others.
 */
const memoryOverStore = (): string => `${Math.min(1500, Math.floor(totalmem() / 2 ** 21))}MiB`;

/** The time that queries take for now. */
function nowOf(catalogue: Catalogue, { now }: DataOptions): Date {
  const latest = Math.max(...catalogue.indices.flatMap(({ lastTimestamp }) => lastTimestamp ?? []));
  if (now === 'latest' && Number.isFinite(latest)) return new Date(latest);
  return now instanceof Date ? now : new Date();
}

/**
 * The fields that queries mention; every field when one of them shows more than it names. What does not parse wants nothing.
 * `sought` are those names that the query itself does not define.
 */
function wantedBy(queries: readonly string[]): { readonly wanted: Wanted; readonly sought: ReadonlySet<string> } {
  const names = new Set<string>();
  const sought = new Set<string>();
  for (const text of queries) {
    const { query } = parse(new SourceText(text));
    if (!query) continue;
    const mentioned = mentions(query);
    if (mentioned.allFields) return { wanted: 'all', sought };
    for (const name of mentioned.names) {
      names.add(name);
      if (!mentioned.defined.has(name)) sought.add(name);
    }
  }
  return { wanted: names, sought };
}

/** Without events a plan can still be looked at: then the indices are those that the queries ask for. */
async function catalogueWithoutData(queries: readonly string[]): Promise<Catalogue> {
  const sources = queries.flatMap((text) => parse(new SourceText(text)).query?.source ?? []);
  const patterns = sources.flatMap((source) =>
    source.command === 'from' ? source.patterns.map(({ text }) => text) : [],
  );
  if (patterns.length > 0)
    return (await import('../catalogue/schema-catalogue.ts')).schemaCatalogue([...new Set(patterns)]);
  return { indices: [], field: () => undefined, fieldsOf: () => [], knownNames: [] };
}
