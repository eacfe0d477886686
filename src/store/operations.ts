import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { DuckDBConnection } from '@duckdb/node-api';
import { join, number, type Sql, sql, text } from '../sql/sql.ts';
import type { StagedDocument } from './incoming.ts';
import type { IndexTable } from './index-table.ts';
import { documentParsing, illegalArgument, indexNotFound, Refusal } from './refusal.ts';
import type { Store } from './store.ts';
import { sourceOf } from './synthetic-source.ts';

/** One thing to do to one document. */
export interface Operation {
  readonly action: 'index' | 'create' | 'update' | 'delete';
  readonly index: string;
  /** Null: an id is made. */
  readonly id: string | null;
  /** The document, or what an update says; null for a deletion. */
  readonly line: Buffer | null;
  /** Only do it if the document was last changed by this operation. */
  readonly ifSequence?: bigint;
  /** A version that the writer keeps; only larger ones replace what is there. */
  readonly externalVersion?: bigint;
}

/** An operation that was done. */
export interface Done {
  readonly index: string;
  readonly id: string;
  readonly version: bigint;
  readonly sequence: bigint;
  readonly result: 'created' | 'updated' | 'deleted' | 'not_found' | 'noop';
}

/** What came of an operation. */
export type Outcome = Done | { readonly index: string; readonly id: string; readonly refusal: Refusal };

/** A document as it is in a table before an operation. */
interface Existing {
  readonly version: bigint;
  readonly sequence: bigint;
  readonly row: bigint;
}

interface Request {
  readonly operations: readonly Operation[];
  readonly bytes: number;
  resolve(outcomes: Outcome[]): void;
  reject(error: unknown): void;
}

/** So much is written in one transaction at the most, when several writers wait. */
const groupBytes = 32 << 20;

/**
 * Applies operations. Requests that come while others are being written wait and are then written together: one
 * transaction, and one wait for the disk, serves them all. What is answered is on disk.
 */
export class Writer {
  #waiting: Request[] = [];
  #running = false;

  constructor(private readonly store: Store) {}

  /** The outcomes come in the order of the operations. */
  apply(operations: readonly Operation[]): Promise<Outcome[]> {
    const bytes = operations.reduce((sum, { line }) => sum + (line?.length ?? 0) + 100, 0);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operations, bytes, resolve, reject });
      if (!this.#running) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const group = [this.#waiting.shift()!];
      let bytes = group[0]!.bytes;
      while (this.#waiting.length > 0 && bytes + this.#waiting[0]!.bytes <= groupBytes) {
        const next = this.#waiting.shift()!;
        bytes += next.bytes;
        group.push(next);
      }
      const all = group.flatMap(({ operations }) => operations);
      try {
        const outcomes = await this.store.exclusively((connection) => applyAll(this.store, connection, all));
        let from = 0;
        for (const { operations, resolve } of group) {
          resolve(outcomes.slice(from, from + operations.length));
          from += operations.length;
        }
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = false;
  }
}

async function applyAll(
  store: Store,
  connection: DuckDBConnection,
  operations: readonly Operation[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = new Array(operations.length);
  for (const round of rounds(operations)) {
    const byIndex = new Map<string, number[]>();
    for (const at of round) {
      const { index } = operations[at]!;
      const found = byIndex.get(index);
      if (found) found.push(at);
      else byIndex.set(index, [at]);
    }
    for (const [name, places] of byIndex) {
      const own = places.map((at) => operations[at]!);
      const done = await applyTo(store, connection, name, own);
      places.forEach((at, i) => {
        outcomes[at] = done[i]!;
      });
    }
  }
  return outcomes;
}

/** A document that is written whatever is there: the last of several is what counts. */
const overwrites = ({ action, ifSequence, externalVersion }: Operation): boolean =>
  action === 'index' && ifSequence === undefined && externalVersion === undefined;

/** Numbers of operations, in rounds within which no document is touched twice but to be replaced. */
function rounds(operations: readonly Operation[]): number[][] {
  const touched = new Map<string, { readonly round: number; readonly plain: boolean }>();
  const found: number[][] = [[]];
  operations.forEach((operation, at) => {
    const { index, id } = operation;
    let round = 0;
    if (id !== null) {
      const key = `${index}\0${id}`;
      const plain = overwrites(operation);
      const last = touched.get(key);
      if (last) round = last.plain && plain ? last.round : last.round + 1;
      touched.set(key, { round, plain });
    }
    found[round] ??= [];
    found[round]!.push(at);
  });
  return found;
}

const longestId = 512;

/** Applies operations of one round on documents of one index. */
async function applyTo(
  store: Store,
  connection: DuckDBConnection,
  name: string,
  operations: readonly Operation[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = new Array(operations.length);
  const refuseAll = (refusal: Refusal): void => {
    for (const [i, { id }] of operations.entries()) outcomes[i] = { index: name, id: id ?? '', refusal };
  };
  let index = store.index(name);
  if (!index) {
    if (operations.every(({ action }) => action === 'delete')) {
      refuseAll(indexNotFound(name));
      return outcomes;
    }
    try {
      index = await store.createIndex(connection, name, {
        isDataStream: store.templateFor(name)?.isDataStream ?? false,
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuseAll(error);
      return outcomes;
    }
  }
  const table = index;
  const existing = await findExisting(connection, table, operations);
  const documents: StagedDocument[] = [];
  const replaced = new Map<number, Existing>();
  const removed: Existing[] = [];
  const ofId = new Map<string, number[]>();
  for (const [i, operation] of operations.entries()) {
    const id = operation.id ?? newId();
    const there = existing.get(id);
    try {
      check(operation, id, there, table);
      if (operation.action === 'delete') {
        if (there) removed.push(there);
        outcomes[i] = {
          index: name,
          id,
          version: (there?.version ?? 0n) + 1n,
          sequence: table.nextSequence + BigInt(i),
          result: there ? 'deleted' : 'not_found',
        };
        continue;
      }
      const line =
        operation.action === 'update' ? await updated(connection, table, operation, id, there) : operation.line!;
      if (line === null) {
        outcomes[i] = { index: name, id, version: there!.version, sequence: there!.sequence, result: 'noop' };
        continue;
      }
      const same = ofId.get(id) ?? [];
      ofId.set(id, same);
      same.push(i);
      const version = operation.externalVersion ?? (there?.version ?? 0n) + BigInt(same.length);
      documents.push({ n: i, id, version, line });
      if (there) replaced.set(i, there);
      outcomes[i] = {
        index: name,
        id,
        version,
        sequence: table.nextSequence + BigInt(i),
        result: there ? 'updated' : 'created',
      };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      outcomes[i] = { index: name, id, refusal: error };
    }
  }
  const refused = await table.write(connection, store.incoming, documents);
  for (const [i, refusal] of refused) outcomes[i] = { index: name, id: outcomes[i]!.id, refusal };
  const old = [...replaced].flatMap(([i, there]) => (refused.has(i) ? [] : [there])).concat(removed);
  if (old.length > 0) {
    const rows = [...new Set(old.map(({ row }) => row))].map(number);
    await connection.run(sql`DELETE FROM ${table.table} WHERE rowid IN (${join(rows, ', ')})`);
  }
  const overwritten: Sql[] = [];
  for (const places of ofId.values()) {
    const written = places.filter((i) => !refused.has(i));
    for (const i of written.slice(1)) outcomes[i] = { ...(outcomes[i] as Done), result: 'updated' };
    for (const i of written.slice(0, -1)) overwritten.push(number(table.nextSequence + BigInt(i)));
  }
  if (overwritten.length > 0)
    await connection.run(sql`DELETE FROM ${table.table} WHERE "_seq_no" IN (${join(overwritten, ', ')})`);
  if (await table.endBatch(connection, operations.length)) store.saveRecord(table);
  return outcomes;
}

function check(operation: Operation, id: string, there: Existing | undefined, index: IndexTable): void {
  if (index.record.isDataStream && operation.action !== 'create') {
    throw illegalArgument(`only write ops with an op_type of create are allowed in data streams`);
  }
  const length = Buffer.byteLength(id);
  if (length > longestId)
    throw illegalArgument(
      `id [${id.slice(0, 50)}...] is too long, must be no longer than ${longestId} bytes but was: ${length}`,
    );
  if (operation.id === '') throw illegalArgument('if _id is specified it must not be empty');
  if (operation.action === 'create' && there) {
    throw conflict(id, `document already exists (current version [${there.version}])`, index);
  }
  if (operation.ifSequence !== undefined && operation.ifSequence !== there?.sequence) {
    const found = there
      ? `current document has seqNo [${there.sequence}] and primary term [1]`
      : 'but no document was found';
    throw conflict(id, `required seqNo [${operation.ifSequence}], primary term [1]. ${found}`, index);
  }
  if (operation.externalVersion !== undefined && there && operation.externalVersion <= there.version) {
    throw conflict(
      id,
      `current version [${there.version}] is higher or equal to the one provided [${operation.externalVersion}]`,
      index,
    );
  }
}

const conflict = (id: string, reason: string, index: IndexTable): Refusal =>
  new Refusal('version_conflict_engine_exception', `[${id}]: version conflict, ${reason}`, 409, null, {
    index_uuid: index.record.uuid,
    shard: '0',
    index: index.name,
  });

/** The documents of these ids that are in the table. Ids that were just made are not looked for. */
async function findExisting(
  connection: DuckDBConnection,
  index: IndexTable,
  operations: readonly Operation[],
): Promise<Map<string, Existing>> {
  const ids = operations.flatMap(({ id }) => (id === null ? [] : [id]));
  if (ids.length === 0 || index.nextSequence === 0n) return new Map();
  const rows = await connection.runAndReadAll(
    sql`SELECT "_id", "_version", "_seq_no", rowid FROM ${index.table} WHERE "_id" IN (${join(ids.map(text), ', ')})`,
  );
  return new Map(
    rows
      .getRows()
      .map(([id, version, sequence, row]) => [
        String(id),
        { version: version as bigint, sequence: sequence as bigint, row: row as bigint },
      ]),
  );
}

/** The document after a partial update; null when nothing changes. */
async function updated(
  connection: DuckDBConnection,
  index: IndexTable,
  { line }: Operation,
  id: string,
  there: Existing | undefined,
): Promise<Buffer | null> {
  const request = parseUpdate(line!);
  if (request.script !== undefined) throw illegalArgument('updates by script are not supported');
  if (!there) {
    const first = request.upsert ?? (request.doc_as_upsert === true ? request.doc : undefined);
    if (first === undefined)
      throw new Refusal('document_missing_exception', `[${id}]: document missing`, 404, null, {
        index_uuid: index.record.uuid,
        shard: '0',
        index: index.name,
      });
    return Buffer.from(JSON.stringify(first));
  }
  const source = JSON.parse((await sourceAt(connection, index, there.row)) ?? '{}') as Record<string, unknown>;
  const merged = mergeDeep(source, request.doc ?? {});
  if (request.detect_noop !== false && isDeepStrictEqual(merged, source)) return null;
  return Buffer.from(JSON.stringify(merged));
}

interface UpdateRequest {
  readonly doc?: Record<string, unknown>;
  readonly upsert?: Record<string, unknown>;
  readonly doc_as_upsert?: boolean;
  readonly detect_noop?: boolean;
  readonly script?: unknown;
}

function parseUpdate(line: Buffer): UpdateRequest {
  try {
    const request: unknown = JSON.parse(line.toString('utf8'));
    if (typeof request === 'object' && request !== null && !Array.isArray(request)) return request;
  } catch (error) {
    throw documentParsing('[1:1] failed to parse', (error as Error).message);
  }
  throw illegalArgument('an update must be an object');
}

async function sourceAt(connection: DuckDBConnection, index: IndexTable, row: bigint): Promise<string | null> {
  const rows = await connection.runAndReadAll(
    sql`SELECT ${sourceOf(index.snapshot())} FROM ${index.table} WHERE rowid = ${number(row)}`,
  );
  const [found] = rows.getRows();
  return found?.[0] === null || found === undefined ? null : String(found[0]);
}

function mergeDeep(into: Record<string, unknown>, from: Record<string, unknown>): Record<string, unknown> {
  const merged = { ...into };
  for (const [key, value] of Object.entries(from)) {
    const before = merged[key];
    merged[key] = isPlain(before) && isPlain(value) ? mergeDeep(before, value) : value;
  }
  return merged;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The SQL of a list of ids. */
export const idList = (ids: readonly string[]): Sql => join(ids.map(text), ', ');

const run = randomBytes(9).toString('base64url');
let made = 0;

/** An id that no document has: 20 letters, the same beginning for all that one process makes. */
function newId(): string {
  made += 1;
  return run + made.toString(36).padStart(8, '0');
}
