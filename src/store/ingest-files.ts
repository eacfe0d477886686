import { isUtf8 } from 'node:buffer';
import type { DuckDBConnection } from '@duckdb/node-api';
import { detectFormat } from '../sources/detect.ts';
import { findInputFiles, type InputFile } from '../sources/input-files.ts';
import type { BadLine } from '../sources/load-report.ts';
import { ident, join, number, type Sql, sql, text } from '../sql/sql.ts';
import { type FileIdentity, identify, type LineBatch, LinesOfFile, lineBatches } from './file-lines.ts';
import { hasMarks, type Staged, type StagedDocument } from './incoming.ts';
import { type IndexTable, parseJson } from './index-table.ts';
import { checkIndexName, ecsSettings } from './index-template.ts';
import { dataStreamName } from './reading-plan.ts';
import { documentParsing, Refusal } from './refusal.ts';
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

/** So much is written in one transaction: enough for whole row groups, little enough for memory. */
const batchBytes = 256 << 20;
/** The first batch teaches the shape of the events, and shows where they belong. */
const firstBatchBytes = 8 << 20;
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
  const batches = lineBatches(file.chunks(), done, firstBatchBytes, batchBytes)[Symbol.asyncIterator]();
  const prepare = async (): Promise<PreparedLines | null> => {
    const { value: batch } = await batches.next();
    return batch ? prepareLines(store, batch, key) : null;
  };
  let next = prepare();
  const fallback = options.index ?? nameOfFile(input.path);
  let usually: string | null = null;
  try {
    for (;;) {
      const prepared = await next;
      if (!prepared) break;
      // The next lines are read while these are written.
      next = prepare();
      next.catch(() => undefined);
      const { batch, staged } = prepared;
      done = batch.before + batch.size;
      const work = store.exclusively(async (connection) => {
        options.signal?.throwIfAborted();
        const result = await writeLines(store, connection, prepared, file, fallback, usually);
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
      const written = await work.finally(staged.remove);
      batch.release();
      totals.added += written.added;
      totals.known += written.known;
      [usually] = [...written.indices].reduce((most, one) => (one[1] > most[1] ? one : most), ['', 0]);
      for (const [index, count] of written.indices) totals.indices.set(index, (totals.indices.get(index) ?? 0) + count);
      totals.refused.count += written.refused.length;
      totals.refused.first.push(...written.refused.slice(0, Math.max(0, shown - totals.refused.first.length)));
      onProgress(batch.last ? 1 : Math.min(0.99, file.fraction()));
    }
    if (file.cutOff)
      totals.notes.push(`${input.path} is cut off: its ${format.compression} data ends early; what it holds was read`);
    if (done === startedAt) totals.unchanged += 1;
  } finally {
    await next.then(
      (prepared) => prepared?.staged.remove(),
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

/** Lines that may be documents, where the engine can read them, and those that cannot. */
interface PreparedLines {
  readonly batch: LineBatch;
  readonly staged: Staged;
  readonly refused: ReadonlyMap<number, Refusal>;
}

/** Hands lines to the engine: what takes no turn of writing. */
async function prepareLines(store: Store, batch: LineBatch, key: string): Promise<PreparedLines> {
  const refused = new Map<number, Refusal>();
  // Mostly all lines are fine, which is told of all of them at once.
  const fine = isUtf8(batch.whole) && !hasMarks(batch.whole);
  const isDocument = (n: number): boolean => {
    if (fine && batch.bytes[batch.start(n)]! > 32) return true;
    const line = batch.line(n);
    if (line.every((byte) => byte === 32 || byte === 9)) return false;
    if (fine || (isUtf8(line) && !hasMarks(line))) return true;
    refused.set(n, documentParsing('not valid UTF-8, or holds control characters'));
    return false;
  };
  return { batch, refused, staged: await store.incoming.stageLines(batch, isDocument, key) };
}

/** Writes lines within a turn: finds out where each belongs, then hands them to their indices. */
async function writeLines(
  store: Store,
  connection: DuckDBConnection,
  prepared: PreparedLines,
  file: LinesOfFile,
  fallback: string,
  usually: string | null,
): Promise<Written> {
  const { batch } = prepared;
  const written: Written = { added: 0, known: 0, indices: new Map(), refused: [] };
  const refuse = (n: number, refusal: Refusal): void => {
    const reason = refusal.causedBy?.reason ?? refusal.reason.replace(/^\[1:1\] /, '');
    const preview = batch.line(n).subarray(0, 80).toString('utf8');
    written.refused.push({ file: file.input.path, line: batch.before + n + 1, reason, preview });
  };
  for (const [n, refusal] of prepared.refused) refuse(n, refusal);
  const count = (name: string, added: number): void => {
    written.added += added;
    written.indices.set(name, (written.indices.get(name) ?? 0) + added);
  };
  const touched = new Set<IndexTable>();
  let left = prepared.staged;
  // Mostly all lines of a file belong to one index, and are written without being read twice.
  const usual = file.format.wrapper === 'hit' || usually === null ? undefined : store.index(usually);
  if (usual) {
    touched.add(usual);
    const others = await usual.writeKnown(
      connection,
      left,
      (dataStream) => sql`coalesce(${dataStream}, ${text(fallback)}) = ${text(usual.name)}`,
    );
    count(usual.name, left.size - others.length);
    if (others.length < left.size) left = await store.incoming.stage(others);
  }
  const routed = await route(connection, left, file, fallback).finally(left.remove);
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
    const staged = await store.incoming.stage(fresh);
    const refused = await index.write(connection, store.incoming, staged).finally(staged.remove);
    for (const [n, refusal] of refused) refuse(n, refusal);
    count(name, fresh.length - refused.size);
  }
  for (const index of touched) if (await index.endBatch(connection, batch.size)) store.saveRecord(index);
  written.refused.sort((a, b) => a.line - b.line);
  return written;
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

interface Routed {
  readonly documents: readonly StagedDocument[];
  readonly hasIds: boolean;
}

/** The index of each document: its data stream, else what its hit says, else the option, else the name of the file. */
async function route(
  connection: DuckDBConnection,
  staged: Staged,
  file: LinesOfFile,
  fallback: string,
): Promise<Map<string, Routed>> {
  const groups = new Map<string, Group>();
  if (staged.size === 0) return groups;
  const { relation } = staged;
  const documents = staged.documents();
  const isHit = file.format.wrapper === 'hit';
  const of = (part: string): Sql => sql`coalesce(s.data_stream.${ident(part)}, s.${ident(`data_stream.${part}`)})`;
  const stream = dataStreamName(of('type'), of('dataset'), of('namespace'));
  const hitIndex = isHit ? backingIndex(sql`line ->> '$._index'`) : sql`NULL::VARCHAR`;
  // A line that is no JSON goes to the index of its file, where it is refused with its reason.
  const json = isHit ? sql`TRY_CAST(line AS JSON)` : sql`line`;
  const event = isHit ? sql`coalesce(json_extract(line, '$._source'), line)` : sql`line`;
  const opened = sql`SELECT *, TRY(json_transform(event, ${text(streamStructure)})) AS s FROM (SELECT n, line, ${event} AS event FROM (SELECT n, ${json} AS line FROM ${relation}))`;
  const routes = sql`SELECT n, line, event, coalesce(${stream}, ${hitIndex}, ${text(fallback)}) AS index FROM (${opened})`;
  if (isHit) {
    const found = await connection.runAndReadAll(
      sql`SELECT n, index, line ->> '$._id', event::VARCHAR FROM (${routes})`,
    );
    const byNumber = new Map(documents.map((document) => [document.n, document]));
    for (const [n, index, id, content] of found.getRows()) {
      const document = byNumber.get(Number(n))!;
      const line = content === null ? document.line : Buffer.from(String(content));
      add(groups, String(index), { ...document, line, ...(id !== null && { id: String(id) }) }, id !== null);
    }
    return groups;
  }
  const counts = await connection.runAndReadAll(sql`SELECT index, count(*) FROM (${routes}) GROUP BY index`);
  const [only, ...others] = counts.getRows();
  if (only && others.length === 0) {
    return new Map([[String(only[0]), { documents, hasIds: false }]]);
  }
  const found = await connection.runAndReadAll(sql`SELECT n, index FROM (${routes})`);
  const indexOf = new Map(found.getRows().map(([n, index]) => [Number(n), String(index)]));
  for (const document of documents) add(groups, indexOf.get(document.n)!, document, false);
  return groups;
}

const streamStructure = JSON.stringify({
  data_stream: { type: 'VARCHAR', dataset: 'VARCHAR', namespace: 'VARCHAR' },
  'data_stream.type': 'VARCHAR',
  'data_stream.dataset': 'VARCHAR',
  'data_stream.namespace': 'VARCHAR',
});

/** The data stream that a backing index belongs to; other names stay what they are. */
function backingIndex(name: Sql): Sql {
  return sql`regexp_replace(regexp_replace(${name}, '^\\.ds-', ''), '-[0-9]{4}\\.[0-9]{2}\\.[0-9]{2}-[0-9]{6}$', '')`;
}

interface Group extends Routed {
  readonly documents: StagedDocument[];
}

function add(groups: Map<string, Group>, index: string, document: StagedDocument, hasId: boolean): void {
  const found = groups.get(index);
  if (found) {
    found.documents.push(document);
    if (hasId && !found.hasIds) groups.set(index, { ...found, hasIds: true });
  } else groups.set(index, { documents: [document], hasIds: hasId });
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
