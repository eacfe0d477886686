import { isUtf8 } from 'node:buffer';
import type { DuckDBConnection } from '@duckdb/node-api';
import { longestDocument } from '../documents/document-reader.ts';
import { streamOfIndex } from '../sources/event-row.ts';
import { findInputFiles } from '../sources/input-files.ts';
import type { BadLine } from '../sources/load-report.ts';
import { join, type Sql, sql, text } from '../sql/sql.ts';
import { type Batch, FileBatches } from './file-batches.ts';
import type { StagedDocument } from './incoming.ts';
import { type IndexTable, parseJson } from './index-table.ts';
import { checkIndexName, ecsSettings } from './index-template.ts';
import { KnownFiles } from './known-files.ts';
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

const shown = 5;

interface Totals {
  added: number;
  known: number;
  unchanged: number;
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
    refused: { count: 0, first: [] },
    indices: new Map(),
    notes: [],
  };
  const known = await store.exclusively((connection) => KnownFiles.load(connection));
  let finished = 0;
  const batches = new FileBatches(store, known, files, options.signal, (file, note) => {
    finished += file.bytes;
    if (note === null) totals.unchanged += 1;
    else totals.notes.push(note);
  });
  const all = batches.read();
  let next = all.next();
  try {
    for (;;) {
      const { value: batch } = await next;
      if (!batch) break;
      const work = store.exclusively(async (connection) => {
        options.signal?.throwIfAborted();
        const written = await writeBatch(store, connection, batch, options.index ?? nameOfFile(batch.file.input.path));
        const { input, identity, known: before } = batch.file;
        const state = { ...identity, lines: batch.before + batch.size, done: batch.last };
        await known.note(connection, input.path, state, before);
        return written;
      });
      batches.writing = work;
      // The next lines are read while these are written, once it is known where they belong.
      const isSure = batches.usually !== null && !isMostlyUnread(batch);
      if (isSure) next = all.next();
      next.catch(() => undefined);
      const written = await work.finally(() => batch.read?.documents.remove());
      for (const lines of batch.pieces) lines.release();
      addTo(totals, written);
      const [most] = [...written.indices].sort((a, b) => b[1] - a[1]);
      if (most) [batches.usually] = most;
      const { file } = batch;
      const bytes = finished + Math.round(file.input.bytes * (batch.last ? 1 : Math.min(0.99, file.lines.fraction())));
      options.onProgress?.({ events: totals.added, bytes, totalBytes });
      if (batch.last) {
        finished += file.input.bytes;
        const { input, format, cutOff, note } = file.lines;
        if (note) totals.notes.push(note);
        if (cutOff)
          totals.notes.push(
            `${input.path} is cut off: its ${format.compression} data ends early; what it holds was read`,
          );
        if (batch.before + batch.size === file.from) totals.unchanged += 1;
        await batches.end(file);
      }
      if (!isSure) next = all.next();
    }
  } finally {
    await next.then(
      ({ value }) => value?.read?.documents.remove(),
      () => undefined,
    );
    await batches.close();
  }
  return { files: files.length, ...totals, bytes: totalBytes };
}

/** Whether the guess of where lines belong looks wrong. */
const isMostlyUnread = ({ read, size }: Batch): boolean => read !== null && read.documents.unread.length * 2 > size;

function addTo(totals: Totals, written: Written): void {
  totals.added += written.added;
  totals.known += written.known;
  for (const [index, count] of written.indices) totals.indices.set(index, (totals.indices.get(index) ?? 0) + count);
  totals.refused.count += written.refused.length;
  totals.refused.first.push(...written.refused.slice(0, Math.max(0, shown - totals.refused.first.length)));
}

interface Written {
  added: number;
  known: number;
  readonly indices: Map<string, number>;
  readonly refused: BadLine[];
}

/** Writes lines within a turn: those that belong where most do, then the others where they belong. */
async function writeBatch(
  store: Store,
  connection: DuckDBConnection,
  batch: Batch,
  fallback: string,
): Promise<Written> {
  const { lines: file } = batch.file;
  const written: Written = { added: 0, known: 0, indices: new Map(), refused: [] };
  const refuse = (n: number, refusal: Refusal): void => {
    const reason = refusal.causedBy?.reason ?? refusal.reason.replace(/^\[1:1\] /, '');
    const preview = batch.line(n).subarray(0, 80).toString('utf8');
    written.refused.push({ file: batch.file.input.path, line: batch.before + n + 1, reason, preview });
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
