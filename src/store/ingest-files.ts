import { isUtf8 } from 'node:buffer';
import { availableParallelism } from 'node:os';
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../diagnostics/diagnostic.ts';
import { longestDocument } from '../documents/document-reader.ts';
import { type LineBatch, lineBatches } from '../documents/line-batches.ts';
import { isBlank, LineTooLong } from '../documents/line-texts.ts';
import { detectFormat } from '../sources/detect.ts';
import { streamOfIndex } from '../sources/event-row.ts';
import { findInputFiles, type InputFile } from '../sources/input-files.ts';
import type { BadLine } from '../sources/load-report.ts';
import { join, number, type Sql, sql, text } from '../sql/sql.ts';
import { type FileIdentity, identify, LinesOfFile } from './file-lines.ts';
import { pieceRows, type ReadDocuments, type StagedDocument } from './incoming.ts';
import { type IndexTable, parseJson } from './index-table.ts';
import { checkIndexName, ecsSettings } from './index-template.ts';
import { exportedFrom } from './reading-plan.ts';
import { documentParsing, Refusal } from './refusal.ts';
import { route } from './route-documents.ts';
import type { Store } from './store.ts';

export interface IngestOptions {
  readonly files: readonly string[];
  /** The index of events that do not name their own. */
  readonly index?: string;
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
  readonly files: number;
  readonly bytes: number;
  /** Events that are in the store now and were not before. */
  readonly added: number;
  /** Events whose ids were there already. */
  readonly known: number;
  /** Files of which nothing was new. */
  readonly unchanged: number;
  readonly refused: { readonly count: number; readonly first: readonly BadLine[] };
  readonly indices: ReadonlyMap<string, number>;
  readonly notes: readonly string[];
}

/** A piece makes a group of rows, unless its events are large. */
const piece = { bytes: 160 << 20, lines: pieceRows };
/** The first batch teaches the shape of the events, and shows where they belong. */
const firstPiece = { bytes: 2 << 20, lines: pieceRows };
/** So many pieces are written in one transaction: one for each thread that writes, and little enough for memory. */
const piecesAtOnce = Math.min(4, availableParallelism());
const shown = 5;

interface Totals {
  added: number;
  known: number;
  unchanged: number;
  bytes: number;
  readonly refused: { count: number; first: BadLine[] };
  readonly indices: Map<string, number>;
  readonly notes: string[];
}

/**
 * Reads files into a store. How far each file was read is written with its events, so the same file adds nothing the
 * second time, one that has grown adds what is new, and what was interrupted goes on where it stopped.
 */
export async function ingestFiles(store: Store, options: IngestOptions): Promise<IngestReport> {
  if (options.index !== undefined) checkIndexName(options.index);
  const files = await findInputFiles(options.files);
  const totalBytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const totals: Totals = {
    added: 0,
    known: 0,
    unchanged: 0,
    bytes: 0,
    refused: { count: 0, first: [] },
    indices: new Map(),
    notes: [],
  };
  await store.exclusively(async (connection) => {
    await connection.run(
      sql`CREATE TABLE IF NOT EXISTS harrier.files (head VARCHAR, tail VARCHAR, bytes BIGINT, lines BIGINT, done BOOLEAN, path VARCHAR)`,
    );
  });
  for (const file of files) {
    const before = totals.bytes;
    await ingestFile(store, file, options, totals, (fraction) => {
      totals.bytes = before + Math.round(file.bytes * fraction);
      options.onProgress?.({ events: totals.added, bytes: totals.bytes, totalBytes });
    });
    totals.bytes = before + file.bytes;
  }
  return { files: files.length, ...totals };
}

async function ingestFile(
  store: Store,
  input: InputFile,
  options: IngestOptions,
  totals: Totals,
  onProgress: (fraction: number) => void,
): Promise<void> {
  if (input.bytes === 0) {
    totals.notes.push(`${input.path} is empty`);
    return;
  }
  const identity = await identify(input.path, input.bytes);
  const earlier = await findEarlier(store, input, identity);
  if (earlier?.done && earlier.bytes === input.bytes) {
    totals.unchanged += 1;
    return;
  }
  const format = await detectFormat(input);
  if (format.shape === 'empty') {
    totals.notes.push(`${input.path} holds no events`);
    return;
  }
  const file = await LinesOfFile.open(input, format, options.signal);
  if (file.note) totals.notes.push(file.note);
  const key = identity.head.slice(0, 12);
  let done = earlier?.lines ?? 0;
  const startedAt = done;
  const pieces = lineBatches(await file.bytes(), file.inPlace, done, firstPiece, piece)[Symbol.asyncIterator]();
  const fallback = options.index ?? nameOfFile(input.path);
  let usually: string | null = null;
  const areHits = format.wrapper !== 'none';
  const prepare = (): Promise<Batch | null> => prepareBatch(store, pieces, usually, key, areHits);
  let next = prepare();
  try {
    for (;;) {
      const batch = await next;
      if (!batch) break;
      // The next lines are read while these are written, once it is known where they belong.
      if (usually !== null) next = prepare();
      next.catch(() => undefined);
      done = batch.before + batch.size;
      const work = store.exclusively(async (connection) => {
        options.signal?.throwIfAborted();
        const result = await writeBatch(store, connection, batch, file, fallback);
        await connection.run(
          sql`DELETE FROM harrier.files WHERE head = ${text(identity.head)} AND tail = ${text((earlier ?? identity).tail)}`,
        );
        await connection.run(
          sql`DELETE FROM harrier.files WHERE head = ${text(identity.head)} AND tail = ${text(identity.tail)}`,
        );
        await connection.run(
          sql`INSERT INTO harrier.files VALUES (${join([text(identity.head), text(identity.tail), number(identity.bytes), number(done), batch.last ? sql`true` : sql`false`, text(input.path)], ', ')})`,
        );
        return result;
      });
      const written = await work.finally(() => batch.read?.documents.remove());
      for (const lines of batch.pieces) lines.release();
      totals.added += written.added;
      totals.known += written.known;
      for (const [index, count] of written.indices) totals.indices.set(index, (totals.indices.get(index) ?? 0) + count);
      totals.refused.count += written.refused.length;
      totals.refused.first.push(...written.refused.slice(0, Math.max(0, shown - totals.refused.first.length)));
      onProgress(batch.last ? 1 : Math.min(0.99, file.fraction()));
      if (usually === null) {
        const [most] = [...written.indices].sort((a, b) => b[1] - a[1]);
        if (most) [usually] = most;
        next = prepare();
      }
    }
    if (file.cutOff)
      totals.notes.push(`${input.path} is cut off: its ${format.compression} data ends early; what it holds was read`);
    if (done === startedAt) totals.unchanged += 1;
  } catch (error) {
    throw error instanceof LineTooLong ? new InputError(`${input.path} ${error.message}`) : error;
  } finally {
    await next.then(
      (batch) => batch?.read?.documents.remove(),
      () => undefined,
    );
    await file.close();
  }
}

interface Earlier extends FileIdentity {
  readonly lines: number;
  readonly done: boolean;
}

/** How far this file, or what it was when it was shorter, was read before. */
async function findEarlier(store: Store, input: InputFile, identity: FileIdentity): Promise<Earlier | null> {
  const rows = await store.duckdb.connection.runAndReadAll(
    sql`SELECT head, tail, bytes, lines, done FROM harrier.files WHERE bytes <= ${number(input.bytes)} ORDER BY bytes DESC`,
  );
  for (const [head, tail, bytes, lines, done] of rows.getRows()) {
    const size = Number(bytes);
    const known = { head: String(head), tail: String(tail), bytes: size, lines: Number(lines), done: done === true };
    if (size >= 65_536 && known.head !== identity.head) continue;
    const now = size === identity.bytes ? identity : await identify(input.path, size);
    if (now.head === known.head && now.tail === known.tail) return known;
  }
  return null;
}

interface Written {
  added: number;
  known: number;
  readonly indices: Map<string, number>;
  readonly refused: BadLine[];
}

/** Lines that are written together. */
interface Batch {
  readonly pieces: readonly LineBatch[];
  readonly before: number;
  readonly size: number;
  readonly last: boolean;
  /** What was read of them for the index to which the lines of this file mostly belong. */
  readonly read: { readonly index: IndexTable; readonly documents: ReadDocuments } | null;
  /** Lines by their number in the batch: those that may be documents. */
  documents(numbers: Iterable<number>): StagedDocument[];
  line(n: number): Buffer;
}

/** Reads lines: what takes no turn of writing. Null at the end of the file. */
async function prepareBatch(
  store: Store,
  lines: AsyncIterator<LineBatch>,
  usually: string | null,
  key: string,
  areHits: boolean,
): Promise<Batch | null> {
  const pieces: LineBatch[] = [];
  // Where nothing is known yet, a little is written first.
  const most = usually === null ? 1 : piecesAtOnce;
  while (pieces.length < most && pieces.at(-1)?.last !== true) {
    const { value } = await lines.next();
    if (!value) break;
    pieces.push(value);
  }
  const [first] = pieces;
  if (!first) return null;
  const { before } = first;
  const line = (n: number): Buffer => {
    const own = pieces.findLast((candidate) => candidate.before - before <= n)!;
    return own.line(n + before - own.before);
  };
  const index = usually === null ? undefined : store.index(usually);
  return {
    pieces,
    before,
    size: pieces.reduce((sum, { size }) => sum + size, 0),
    last: pieces.at(-1)!.last,
    read: index
      ? { index, documents: await store.incoming.readLines(pieces, index.names, index.keeps, key, areHits) }
      : null,
    line,
    documents: (numbers) =>
      Array.from(numbers, (n) => ({ n, id: `${key}${before + n}`, version: 1n, line: line(n) })).filter(
        (document) => !isBlank(document.line),
      ),
  };
}

/** Writes lines within a turn: those that belong where most do, then the others where they belong. */
async function writeBatch(
  store: Store,
  connection: DuckDBConnection,
  batch: Batch,
  file: LinesOfFile,
  fallback: string,
): Promise<Written> {
  const written: Written = { added: 0, known: 0, indices: new Map(), refused: [] };
  const refuse = (n: number, refusal: Refusal): void => {
    const reason = refusal.causedBy?.reason ?? refusal.reason.replace(/^\[1:1\] /, '');
    const preview = batch.line(n).subarray(0, 80).toString('utf8');
    written.refused.push({ file: file.input.path, line: batch.before + n + 1, reason, preview });
  };
  const count = (name: string, added: number): void => {
    written.added += added;
    if (added > 0) written.indices.set(name, (written.indices.get(name) ?? 0) + added);
  };
  const touched = new Set<IndexTable>();
  let left: Iterable<number> = Array(batch.size).keys();
  if (batch.read && (await bringsNewIds(connection, batch.read))) {
    const { index, documents } = batch.read;
    touched.add(index);
    const exported = documents.exportedFrom ? streamOfIndex(exportedFrom) : sql`NULL`;
    const others = await index.insert(
      connection,
      documents,
      (dataStream) => sql`coalesce(${dataStream}, ${exported}, ${text(fallback)}) = ${text(index.name)}`,
    );
    count(index.name, documents.rows - others.size);
    left = [...documents.unread, ...others.keys()].sort((a, b) => a - b);
  }
  const documents = batch.documents(left).filter(({ n, line }) => {
    if (line.length > longestDocument) refuse(n, documentParsing(`longer than ${longestDocument >> 20} MB`));
    else if (!isUtf8(line)) refuse(n, documentParsing('not valid UTF-8'));
    else return true;
    return false;
  });
  const routed = await route(store, connection, documents, file, fallback);
  for (const [name, group] of routed) {
    const unreadable = store.index(name) ? null : noneReadable(group.documents);
    if (unreadable) {
      for (const [n, refusal] of unreadable) refuse(n, refusal);
      continue;
    }
    let index: IndexTable;
    try {
      index = store.index(name) ?? (await createFor(store, connection, name));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      for (const { n } of group.documents) refuse(n, error);
      continue;
    }
    touched.add(index);
    const fresh = group.hasIds
      ? await withoutKnown(connection, index.table, group.documents, index.nextSequence)
      : group.documents;
    written.known += group.documents.length - fresh.length;
    const refused = await index.write(connection, store.incoming, fresh);
    for (const [n, refusal] of refused) refuse(n, refusal);
    count(name, fresh.length - refused.size);
  }
  for (const index of touched) if (await index.endBatch(connection, batch.size)) store.saveRecord(index);
  written.refused.sort((a, b) => a.line - b.line);
  return written;
}

/** Whether no document that was read brings an id that is there already, or that another brings. */
async function bringsNewIds(
  connection: DuckDBConnection,
  { index, documents }: NonNullable<Batch['read']>,
): Promise<boolean> {
  if (!documents.exportedFrom || documents.rows === 0) return true;
  const ids = sql`SELECT ${documents.id} AS id FROM ${documents.relation}`;
  const counts = await connection.runAndReadAll(
    sql`SELECT count(DISTINCT id) = count(*) AND NOT EXISTS (FROM (${ids}) SEMI JOIN ${index.table} ON id = "_id") FROM (${ids})`,
  );
  return counts.getRows()[0]![0] === true;
}

/** Why none of the documents can be read, for which no index is made; null where some can. */
function noneReadable(documents: readonly StagedDocument[]): Map<number, Refusal> | null {
  const refusals = new Map<number, Refusal>();
  for (const { n, line } of documents) {
    try {
      parseJson(line);
      return null;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refusals.set(n, error);
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

/** What a file's events are called by when nothing else says so. */
export function nameOfFile(path: string): string {
  const base = path.replace(/^.*[/\\]/, '').replace(/(?:\.(?:json|ndjson|jsonl|log|gz|zst))+$/i, '');
  return (
    base
      .toLowerCase()
      .replace(/[\\/*?"<>| ,#:]+/g, '-')
      .replace(/^[-_+.]+/, '') || 'events'
  );
}
