import { isUtf8 } from 'node:buffer';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { isFullDisk } from '../diagnostics/full-disk.ts';
import { unreadableRecord } from '../documents/conversion.ts';
import { longestDocument } from '../documents/line-texts.ts';
import type { KnownNames } from '../documents/names.ts';
import type { Mapping } from '../ecs/mapping.ts';
import { shippedMappings } from '../ecs/shipped-mappings.ts';
import { previewOf } from '../files/bad-lines.ts';
import { changeOf } from '../files/changed-inputs.ts';
import { findInputs } from '../files/find-inputs.ts';
import { nameOfFile } from '../files/index-names.ts';
import type { InputFile } from '../files/input-file.ts';
import { type BadLine, type Counted, type FileReport, notReadReport, readReport } from '../files/load-report.ts';
import { addCounts, Count, type SourceLine, Tally } from '../files/tally.ts';
import { describeUnknown } from '../files/unknown-events.ts';
import { nothingReadable } from '../files/unread.ts';
import { formatText, isWrapped } from '../formats/formats.ts';
import { join, number, type Sql, sql, text } from '../sql/sql.ts';
import type { RowPlan } from '../tables/row-plan.ts';
import { makeTemporaryFolder, removeTemporaryFolder, temporaryError } from '../temporary/temporary-folder.ts';
import { count as countOf } from '../values/quantities.ts';
import { parseJson } from './explain-refusal.ts';
import { type Batch, FileBatches } from './file-batches.ts';
import type { FileInTurn } from './file-in-turn.ts';
import type { ReadDocuments, StagedDocument } from './incoming.ts';
import type { IndexTable } from './index-table.ts';
import { checkIndexName, ecsSettings } from './index-template.ts';
import { KnownFiles } from './known-files.ts';
import { DocumentMapper } from './map-documents.ts';
import { documentParsing, Refusal } from './refusal.ts';
import { route } from './route-documents.ts';
import type { Share } from './small-files.ts';
import type { Store } from './store.ts';
import { UnreadInputs } from './unread-inputs.ts';
import { insertMapped, writeMapped } from './write-mapped.ts';

export interface IngestOptions {
  readonly files: readonly string[];
  /** The index of events that do not name their own. */
  readonly index?: string;
  /** Add the events of files that hold the same as others of these, too; what the store had before is not added again. */
  readonly copies?: boolean;
  /** How events that are not in the names of ECS get these; else the mappings of the package. */
  readonly mappings?: readonly Mapping[];
  readonly signal?: AbortSignal;
  onProgress?(progress: IngestProgress): void;
}

export interface IngestProgress {
  readonly events: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

/** What came of an ingest. */
export interface IngestReport {
  /** Files that were read, now or before. */
  readonly files: number;
  readonly bytes: number;
  /** Events that are in the store now and were not before. */
  readonly added: number;
  /** Events whose ids were there already. */
  readonly known: number;
  /** Files of which nothing was new. */
  readonly unchanged: number;
  /** Lines that are no events, or that their index refuses. */
  readonly refused: Counted<BadLine>;
  /** Events with a member that was not read: the second of two alike in one object, or metadata. */
  readonly duplicates: Counted<BadLine>;
  readonly indices: ReadonlyMap<string, number>;
  /** What was read, or why not; files of which nothing was new are left out. */
  readonly reports: readonly FileReport[];
  readonly notes: readonly string[];
}

/** Why not all of a file was read, lines that are no events aside. */
const damageOf = ({ notes, isCut }: Pick<FileInTurn, 'notes' | 'isCut'>, hasChanged: boolean): string[] => [
  ...(hasChanged ? ['it changed while it was read'] : []),
  ...(isCut ? notes : []),
];

/**
 * Reads files into a store. How far each file was read is written with its events, so the same file adds nothing the
 * second time, one that has grown adds what is new, and what was interrupted goes on where it stopped.
 */
export async function ingestFiles(store: Store, options: IngestOptions): Promise<IngestReport> {
  if (options.index !== undefined) checkIndexName(options.index);
  const { signal } = options;
  const inputs = await findInputs(options.files, { ownStore: store.folder, ...(signal && { signal }) });
  const folder = makeTemporaryFolder('ingest');
  try {
    const totals: Totals = {
      ...{ added: 0, known: 0, unchanged: 0, refused: new Count(), duplicates: new Count(), indices: new Map() },
      reports: inputs.notRead.map(({ path, cause, reason }) => notReadReport(path, cause, reason)),
      notes: [...inputs.notes],
      whole: [],
    };
    const unread = await store.exclusively((connection) => UnreadInputs.load(connection));
    await ingestInputs(store, inputs.files, folder, options, totals, unread);
    const read = totals.reports.filter((report) => report.read !== 'none').length;
    if (read + totals.unchanged === 0) throw nothingReadable({ files: totals.reports, malformed: totals.refused });
    await store.exclusively(async (connection) => {
      await unread.forget(connection, options.files, [
        ...inputs.files.map(({ name }) => name),
        ...inputs.notRead.map(({ path }) => path),
      ]);
      await unread.complete(connection, totals.whole);
      await unread.note(connection, totals.reports);
    });
    const bytes = inputs.files.reduce((sum, file) => sum + file.bytes, 0);
    return { files: read + totals.unchanged, bytes, ...totals };
  } catch (error) {
    throw fullStore(error, store.folder) ?? temporaryError(error);
  } finally {
    removeTemporaryFolder(folder);
    await inputs.close();
  }
}

interface Totals extends Omit<IngestReport, 'files' | 'bytes'> {
  added: number;
  known: number;
  unchanged: number;
  readonly refused: Count<BadLine>;
  readonly duplicates: Count<BadLine>;
  readonly indices: Map<string, number>;
  readonly reports: FileReport[];
  readonly notes: string[];
  /** Names of files that were read to their end and had nothing new. */
  readonly whole: string[];
}

/** The error of an engine that finds no room for the store; null for others. */
function fullStore(error: unknown, folder: string): InputError | null {
  if (!isFullDisk(error) || !(error as Error).message.includes(folder)) return null;
  return new InputError(
    `no room is left for the store in ${folder}; what was written before is whole`,
    'make room and ingest the same files again: that goes on where this stopped',
  );
}

async function ingestInputs(
  store: Store,
  files: readonly InputFile[],
  folder: string,
  options: IngestOptions,
  totals: Totals,
  unread: UnreadInputs,
): Promise<void> {
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const known = await store.exclusively((connection) => KnownFiles.load(connection));
  const mapper = new DocumentMapper(options.mappings ?? (await shippedMappings()), store.types);
  let finished = 0;
  const indexOf = (file: FileInTurn): string =>
    options.index ?? nameOfFile(file.source.entry || file.source.input.path);
  const readsAs = (file: FileInTurn): KnownNames | null =>
    file.mappings.size > 0 ? mapper.names(file.mappings) : null;
  const batches = new FileBatches(store, known, files, folder, options, indexOf, readsAs, (bytes, report, whole) => {
    if (report) totals.reports.push(report);
    else totals.unchanged += 1;
    if (whole) totals.whole.push(whole.name);
    finished += bytes;
  });
  const read = batches.read();
  let next = read.next();
  try {
    for (;;) {
      const { value: batch } = await next;
      if (!batch) break;
      let changed: ReadonlySet<InputFile> = new Set();
      const work = store.exclusively(async (connection) => {
        options.signal?.throwIfAborted();
        const written = await writeBatch(store, connection, mapper, batch, indexOf);
        changed = changedIn(batch);
        const inputs = batch.notes.inputs.filter((input) => !changed.has(input));
        await known.write(connection, { ...batch.notes, inputs });
        for (const share of batch.shares) {
          const { file, before, last } = share;
          const damage = last ? damageOf(file, changed.has(file.source.input)) : [];
          await unread.add(connection, file, damage, written.tallies.get(share)!, before === 0 && file.known === null);
        }
        return written;
      });
      batches.writing = work;
      // The next lines are read while these are written, unless these show where they belong.
      const isSure = batch.usual !== null || batch.mapped !== null;
      if (isSure) next = read.next();
      next.catch(() => undefined);
      const written = await work.finally(() => batch.release());
      totals.added += written.added;
      totals.known += written.known;
      let reading = 0;
      for (const [{ file, last }, tally] of written.tallies) {
        addTally(totals, file, tally);
        if (last) {
          finished += file.source.bytes;
          await endFile(totals, file, changed.has(file.source.input), store.types);
        } else reading = file.source.bytes * Math.min(0.99, file.fraction);
      }
      options.onProgress?.({ events: totals.added, bytes: finished + Math.round(reading), totalBytes });
      if (!isSure) next = read.next();
    }
  } finally {
    await next.then(
      ({ value }) => value?.release(),
      () => undefined,
    );
    await batches.close();
  }
}

function addTally(totals: Totals, file: FileInTurn, tally: Tally): void {
  const named = ({ count, first }: Counted<SourceLine>): Counted<BadLine> => ({
    count,
    first: first.map((line) => ({ ...line, file: file.name })),
  });
  file.tally.add(tally);
  addCounts(totals.indices, tally.indices);
  totals.refused.addAll(named(tally.malformed));
  totals.duplicates.addAll(named(tally.duplicates));
}

/** Ends a file of which all is written. */
async function endFile(
  totals: Totals,
  { name, source, notes, isCut, tally }: FileInTurn,
  hasChanged: boolean,
  types: FieldTypes,
): Promise<void> {
  const { events, malformed, indices } = tally;
  const mapped = [...tally.mapped].map(([title, events]) => ({ source: title, events }));
  const unknown = tally.unknown.events > 0 ? await describeUnknown(source, types, tally.unknown) : null;
  const about = { path: name, format: formatText(source.format), events, indices: [...indices], mapped, unknown };
  const lines = malformed.count > 0 ? `${countOf(malformed.count, 'line')} could not be stored` : null;
  totals.reports.push(readReport(about, damageOf({ notes, isCut }, hasChanged), lines));
  if (!isCut) for (const note of notes) totals.notes.push(`${name}: ${note}`);
}

/** Files that end with a batch and changed while they were read. */
function changedIn({ shares, notes }: Batch): ReadonlySet<InputFile> {
  const ended = shares.flatMap(({ file, last }) => (last ? [file.source.input] : []));
  return new Set([...ended, ...notes.inputs].filter((input) => changeOf(input) === 'changed'));
}

interface Written {
  readonly added: number;
  readonly known: number;
  readonly tallies: ReadonlyMap<Share, Tally>;
}

/** Writes lines within a turn: those that belong where most do, then the others where they belong. */
async function writeBatch(
  store: Store,
  connection: DuckDBConnection,
  mapper: DocumentMapper,
  batch: Batch,
  nameOfFile: (file: FileInTurn) => string,
): Promise<Written> {
  const tallies = new Map(batch.shares.map((share) => [share, new Tally()]));
  let added = 0;
  let known = 0;
  /** What stands in wrappers, behind the lines of the batch: by number, the line of each. */
  const within = new Map<number, number>();
  const lineOf = (n: number): number => within.get(n) ?? n;
  const shareOf = (n: number): Share => batch.shareOf(lineOf(n));
  const numberOf = (n: number): number => {
    const { first, before } = shareOf(n);
    return before + lineOf(n) - first + 1;
  };
  const refusals: { readonly n: number; readonly line: Buffer; readonly refusal: Refusal }[] = [];
  const refuse = ({ n, line }: Pick<StagedDocument, 'n' | 'line'>, refusal: Refusal): void => {
    refusals.push({ n, line, refusal });
  };
  const noteTwice = (n: number, line: Buffer): void => {
    tallies.get(shareOf(n))!.addDuplicate(numberOf(n), line);
  };
  const count = (index: string, share: Share, events: number): void => {
    if (events === 0) return;
    const tally = tallies.get(share)!;
    tally.events += events;
    addCounts(tally.indices, [[index, events]]);
    added += events;
  };
  const touched = new Set<IndexTable>();
  let left: Iterable<number> = Array(batch.size).keys();
  const inserted = batch.usual && (await insertUsual(connection, mapper, batch, nameOfFile));
  if (inserted) {
    const { index } = batch.usual!;
    touched.add(index);
    const isLeft = new Set(inserted.left);
    for (const n of batch.usual!.documents.duplicates) if (!isLeft.has(n)) noteTwice(n, batch.line(n));
    for (const [n, hasTime] of inserted.unknown)
      if (!isLeft.has(n)) tallies.get(shareOf(n))!.addUnknown({ hasTime, timed: false });
    left = inserted.left.filter((n) => n < batch.size);
    const leftOf = new Map<Share, number>();
    for (const n of left) leftOf.set(batch.shareOf(n), (leftOf.get(batch.shareOf(n)) ?? 0) + 1);
    for (const share of batch.shares) count(index.name, share, share.size - (leftOf.get(share) ?? 0));
  }
  const mapped = batch.mapped && (await insertMapped(store, connection, mapper, batch.mapped, batch));
  if (mapped) {
    const { share, documents } = batch.mapped!;
    const tally = tallies.get(share)!;
    const isLeft = new Set(mapped.left);
    for (const n of documents.duplicates) if (!isLeft.has(n)) noteTwice(n, batch.line(n));
    left = mapped.left.filter((n) => n < batch.size);
    for (const { index, mapping, events } of mapped.inserted) {
      touched.add(index);
      count(index.name, share, events);
      addCounts(tally.mapped, [[mapping.title, events]]);
    }
  }
  const documents = batch.documents(left).filter((document) => {
    const { line } = document;
    const record = unreadableRecord(line);
    if (record) refuse(document, documentParsing(record.reason));
    else if (line.length > longestDocument)
      refuse(document, documentParsing(`longer than ${longestDocument >> 20} MB`));
    else if (!isUtf8(line)) refuse(document, documentParsing('not valid UTF-8'));
    else return true;
    return false;
  });
  let size = batch.size;
  const takeApart = batch.mayBeWrapped
    ? (n: number): number => {
        within.set(size, n);
        return size++;
      }
    : null;
  const fallback = (n: number): string => nameOfFile(shareOf(n).file);
  const { groups, sources, unknown } = await route(store, connection, mapper, documents, fallback, takeApart);
  // A mapping that leaves events their names gives them a time alone.
  const isTimed = (n: number): boolean => sources.get(n)?.index === null;
  for (const [n, mapping] of sources) {
    if (isTimed(n)) continue;
    addCounts(tallies.get(shareOf(n))!.mapped, [[mapping.title, 1]]);
    shareOf(n).file.mappings.add(mapping);
  }
  for (const { index: name, ...group } of groups) {
    const unreadable = store.index(name) ? null : noneReadable(group.documents);
    if (unreadable) {
      for (const [document, refusal] of unreadable) refuse(document, refusal);
      continue;
    }
    let index: IndexTable;
    try {
      index = store.index(name) ?? (await createFor(store, connection, name));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      for (const document of group.documents) refuse(document, error);
      continue;
    }
    touched.add(index);
    const hasSeries = index.isTimeSeries && group.mapping === null;
    const identified = hasSeries
      ? await withSeriesIds(store, connection, index, group.documents, refuse)
      : group.documents;
    const fresh =
      group.hasIds || hasSeries
        ? await withoutKnown(connection, index.table, identified, index.nextSequence)
        : identified;
    if (fresh.length < identified.length) {
      const isFresh = new Set(fresh.map(({ n }) => n));
      for (const { n } of identified) if (!isFresh.has(n)) tallies.get(shareOf(n))!.events += 1;
      known += identified.length - fresh.length;
    }
    const repeated = (numbers: readonly number[]): void => {
      const isRepeated = new Set(numbers);
      for (const { n, line } of fresh) if (isRepeated.has(n)) noteTwice(n, line);
    };
    const refused = group.mapping
      ? await writeMapped(store, connection, mapper, index, group.mapping, fresh, repeated)
      : await index.write(connection, store.incoming, fresh, 'files', repeated);
    for (const document of fresh)
      if (refused.has(document.n)) refuse(document, refused.get(document.n)!);
      else {
        const { n } = document;
        count(name, shareOf(n), 1);
        if (unknown.has(n) || isTimed(n))
          tallies.get(shareOf(n))!.addUnknown({ hasTime: unknown.get(n) ?? false, timed: isTimed(n) });
      }
  }
  for (const index of touched) if (await index.endBatch(connection, size)) store.saveRecord(index);
  for (const { n, line, refusal } of refusals.sort((a, b) => lineOf(a.n) - lineOf(b.n))) {
    const reason = refusal.causedBy?.reason ?? refusal.reason.replace(/^\[1:1\] /, '');
    const text = unreadableRecord(line)?.text ?? line;
    tallies.get(shareOf(n))!.malformed.add(() => ({ line: numberOf(n), reason, preview: previewOf(text) }));
  }
  return { added, known, tallies };
}

/** What is left of a batch: numbers of lines; and those of unknown events, with whether they have a time. */
interface Left {
  readonly left: readonly number[];
  readonly unknown: ReadonlyMap<number, boolean>;
}

/**
 * Writes the lines that belong to the index to which they mostly do, and gives the numbers of the others; null where that
 * cannot be done with all lines at once.
 */
async function insertUsual(
  connection: DuckDBConnection,
  mapper: DocumentMapper,
  batch: Batch,
  nameOfFile: (file: FileInTurn) => string,
): Promise<Left | null> {
  const usual = batch.usual!;
  const { index } = usual;
  const isNamed = ofShares(batch.shares, ({ file }) => nameOfFile(file) === index.name);
  const { sources, unknown } = await mapper.recognise(connection, usual.documents);
  const others = new Set([...usual.documents.unread, ...wrappers(batch, usual.documents), ...sources.keys()]);
  const belongs = (plan: RowPlan): Sql => {
    const isHere = sql`coalesce(${plan.index} = ${text(index.name)}, ${isNamed})`;
    const apart = [...others].map(number);
    return apart.length === 0 ? isHere : sql`${isHere} AND "_n" NOT IN (${join(apart, ', ')})`;
  };
  const readAgain = async (): Promise<void> => {
    await usual.documents.remove();
    usual.documents = await batch.readFor(index);
  };
  if (!index.knows(usual.documents)) await readAgain();
  // What others' documents say is nothing that this index learns from.
  if (index.learnsTypes && (await index.strangers(connection, usual.documents, belongs)) > 0) return null;
  while (await index.learn(connection, usual.documents)) await readAgain();
  const { documents } = usual;
  if (index.isBeyondLimits(documents) || !(await bringsNewIds(connection, index, documents))) return null;
  const left = await index.insert(connection, documents, belongs);
  return { left: [...new Set([...others, ...left.keys()])].sort((a, b) => a - b), unknown };
}

/** Whether the line `_n` of a batch is in one of some shares. */
function ofShares(shares: readonly Share[], isWanted: (share: Share) => boolean): Sql {
  const wanted = shares.filter(isWanted);
  if (wanted.length === shares.length) return sql`true`;
  if (wanted.length === 0) return sql`false`;
  return join(
    wanted.map(({ first, size }) => sql`"_n" BETWEEN ${number(first)} AND ${number(first + size - 1)}`),
    ' OR ',
  );
}

/** Lines that are wrappers of documents. */
function wrappers({ mayBeWrapped, line, size }: Batch, { suspects }: ReadDocuments): number[] {
  return mayBeWrapped ? suspects.filter((n) => n < size && isWrapped(line(n))) : [];
}

/** Whether no document that was read brings an id that is there already, or that another brings. */
async function bringsNewIds(
  connection: DuckDBConnection,
  index: IndexTable,
  { hasHitId, rows, relation }: ReadDocuments,
): Promise<boolean> {
  if (!hasHitId || rows === 0) return true;
  const ids = sql`SELECT "_id" AS id FROM ${relation}`;
  const counts = await connection.runAndReadAll(
    sql`SELECT count(DISTINCT id) = count(*) AND NOT EXISTS (FROM (${ids}) SEMI JOIN ${index.table} ON id = "_id") FROM (${ids})`,
  );
  return counts.getRows()[0]![0] === true;
}

/** Documents of time series with the identifiers that follow from them; those that have none for a reason are refused. */
async function withSeriesIds(
  { incoming }: Store,
  connection: DuckDBConnection,
  index: IndexTable,
  documents: readonly StagedDocument[],
  refuse: (document: StagedDocument, refusal: Refusal) => void,
): Promise<StagedDocument[]> {
  const ids = await index.seriesIds(connection, incoming, documents, 'files');
  return documents.flatMap((document) => {
    const id = ids.get(document.n) ?? document.id;
    if (!(id instanceof Refusal)) return { ...document, id };
    refuse(document, id);
    return [];
  });
}

/** Why none of the documents can be read, for which no index is made; null where some can. */
function noneReadable(documents: readonly StagedDocument[]): Map<StagedDocument, Refusal> | null {
  const refusals = new Map<StagedDocument, Refusal>();
  for (const document of documents) {
    try {
      parseJson(document.line);
      return null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.set(document, error);
    }
  }
  return refusals;
}

/** Makes the index of events: as its template says, or else with the types of ECS. */
function createFor(store: Store, connection: DuckDBConnection, name: string): Promise<IndexTable> {
  const template = store.templateFor(name);
  return store.createIndex(connection, name, {
    isDataStream: template?.isDataStream ?? false,
    ...(template === null && { settings: ecsSettings() }),
  });
}

/** Those of the documents whose ids are not in the table, and each id once. */
async function withoutKnown(
  connection: DuckDBConnection,
  table: Sql,
  documents: readonly StagedDocument[],
  nextSequence: bigint,
): Promise<StagedDocument[]> {
  const distinct = [...new Map(documents.map((document) => [document.id, document])).values()];
  if (nextSequence === 0n) return distinct;
  const known = new Set<string>();
  for (let from = 0; from < distinct.length; from += 20_000) {
    const ids = distinct.slice(from, from + 20_000).map(({ id }) => text(id));
    const found = await connection.runAndReadAll(sql`SELECT "_id" FROM ${table} WHERE "_id" IN (${join(ids, ', ')})`);
    for (const [id] of found.getRows()) known.add(String(id));
  }
  return distinct.filter(({ id }) => !known.has(id));
}
