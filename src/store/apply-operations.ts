import type { DuckDBConnection } from '@duckdb/node-api';
import { TimeSlice } from '../engines/time-slice.ts';
import { join, number, sql, text } from '../sql/sql.ts';
import { parseObject } from '../values/plain-json.ts';
import type { StagedDocument } from './incoming.ts';
import type { IndexTable } from './index-table.ts';
import { newId, type Operation, type Outcome, overwrites, placesByIndex } from './operations.ts';
import { inserted, parseUpdate, type Source, updated } from './partial-update.ts';
import { illegalArgument, indexNotFound, Refusal } from './refusal.ts';
import type { Store } from './store.ts';
import { StoredSources } from './stored-sources.ts';

/** Applies operations within a turn of writing; the outcomes come in their order. */
export async function applyAll(
  store: Store,
  connection: DuckDBConnection,
  operations: readonly Operation[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = new Array(operations.length);
  for (const [name, places] of placesByIndex(operations)) {
    const own = places.map((at) => operations[at]!);
    const index = await indexFor(store, connection, name, own);
    if (index instanceof Refusal) {
      for (const at of places) outcomes[at] = { index: name, id: operations[at]!.id ?? '', refusal: index };
      continue;
    }
    const identified = index.isTimeSeries ? await withSeriesIds(store, connection, index, own) : own;
    const operationAt = new Map<number, Operation>();
    places.forEach((at, i) => {
      const one = identified[i]!;
      if (one instanceof Refusal) outcomes[at] = { index: name, id: own[i]!.id ?? '', refusal: one };
      else operationAt.set(at, one);
    });
    let left = [...operationAt.keys()];
    while (left.length > 0) {
      const done = await applyTo(
        store,
        connection,
        index,
        left.map((at) => operationAt.get(at)!),
      );
      left.forEach((at, i) => {
        const outcome = done[i];
        if (outcome) outcomes[at] = outcome;
      });
      left = left.filter((_, i) => !done[i]);
    }
  }
  return outcomes;
}

/** The index that operations are for, which is made where there is none; or why there is none. */
async function indexFor(
  store: Store,
  connection: DuckDBConnection,
  name: string,
  operations: readonly Operation[],
): Promise<IndexTable | Refusal> {
  const index = store.index(name);
  if (index) return index;
  if (operations.every(({ action }) => action === 'delete')) return indexNotFound(name);
  try {
    return await store.createIndex(connection, name, { isDataStream: store.templateFor(name)?.isDataStream ?? false });
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/**
 * Operations on documents of time series, each with the identifier that follows from its document, as in Elasticsearch:
 * what has the same dimensions and time is the same document. Or why there is none.
 */
async function withSeriesIds(
  store: Store,
  connection: DuckDBConnection,
  index: IndexTable,
  operations: readonly Operation[],
): Promise<(Operation | Refusal)[]> {
  const documents = operations.flatMap(({ action, id, line }, n) =>
    action === 'index' || action === 'create' ? { n, id: id ?? '', version: 1n, line: line! } : [],
  );
  const ids = await index.seriesIds(connection, store.incoming, documents);
  return operations.map((operation, n) => {
    if (operation.action === 'update')
      return illegalArgument(
        `update is not supported because the destination index [${index.name}] is in time_series mode`,
      );
    const id = ids.get(n);
    if (id === undefined) return operation;
    if (id instanceof Refusal) return id;
    if (operation.id === null || operation.id === id) return { ...operation, id };
    return illegalArgument(
      `_id must be unset or set to [${id}] but was [${operation.id}] because [${index.name}] is in time_series mode`,
    );
  });
}

/** A document as an operation finds it. */
interface Existing {
  readonly version: bigint;
  readonly sequence: bigint;
  /** Its row in the table; or its text, where an operation of the same pass writes it. */
  readonly at: bigint | Buffer;
}

/** What operations of one pass do to the document of one id. */
interface Chain {
  readonly before: Existing | undefined;
  now: Existing | undefined;
  /** Operations that were looked at, by their place. */
  readonly places: number[];
  /** Whether further operations wait for the next pass. */
  waits: boolean;
}

/** Texts that updates made may be so large together in one pass: a document may be updated again and again. */
const madeInPass = 32 << 20;

/**
 * Applies operations on documents of one index, in one pass: each finds what those before it left, and the table is read
 * and written once. Operations for which that is not certain before it is written have no outcome yet, and are for the
 * next pass.
 */
async function applyTo(
  store: Store,
  connection: DuckDBConnection,
  index: IndexTable,
  operations: readonly Operation[],
): Promise<(Outcome | undefined)[]> {
  const { name } = index;
  const outcomes: (Outcome | undefined)[] = new Array(operations.length);
  const first = index.nextSequence;
  const documents: StagedDocument[] = [];
  const chains = new Map<string, Chain>();
  const existing = await findExisting(connection, index, operations);
  const updatedRows = operations.flatMap(({ action, id }) =>
    action === 'update' ? ((existing.get(id!)?.at as bigint | undefined) ?? []) : [],
  );
  const sources = new StoredSources(connection, index, [...new Set(updatedRows)]);
  let room = madeInPass;
  const slice = new TimeSlice();
  for (const [i, operation] of operations.entries()) {
    if (slice.isOver) await slice.next();
    const { action } = operation;
    const sequence = first + BigInt(i);
    const id = operation.id ?? newId();
    const chain = operation.id === null ? null : chainOf(chains, id, existing);
    if (chain?.waits) continue;
    const there = chain?.now;
    chain?.places.push(i);
    try {
      check(operation, id, there, index);
      if (action === 'delete') {
        const result = there ? 'deleted' : 'not_found';
        outcomes[i] = { index: name, id, version: (there?.version ?? 0n) + 1n, sequence, result };
        chain!.now = undefined;
        continue;
      }
      let line = operation.line!;
      if (action === 'update') {
        const made = room > 0 ? await update(sources, index, id, line, there) : undefined;
        if (made === undefined) {
          chain!.waits = true;
          chain!.places.pop();
          continue;
        }
        if (made === null) {
          outcomes[i] = { index: name, id, version: there!.version, sequence: there!.sequence, result: 'noop' };
          continue;
        }
        line = made;
        room -= line.length;
      }
      const version = operation.externalVersion ?? (there?.version ?? 0n) + 1n;
      documents.push({ n: i, id, version, line });
      outcomes[i] = { index: name, id, version, sequence, result: there ? 'updated' : 'created' };
      if (chain) chain.now = { version, sequence, at: line };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      outcomes[i] = { index: name, id, refusal: error };
    }
  }
  const refused = await index.write(connection, store.incoming, documents);
  const replaced = settle(operations, chains, outcomes, refused);
  for (const [i, refusal] of refused) if (outcomes[i]) outcomes[i] = { index: name, id: outcomes[i].id, refusal };
  if (replaced.rows.length > 0)
    await index.delete(connection, sql`rowid IN (${join(replaced.rows.map(number), ', ')})`);
  if (replaced.places.length > 0) {
    const sequences = replaced.places.map((i) => number(first + BigInt(i)));
    await index.delete(connection, sql`"_seq_no" IN (${join(sequences, ', ')})`);
  }
  if (outcomes.some((outcome) => outcome && 'result' in outcome && outcome.result === 'deleted')) index.keepNumbers();
  if (await index.endBatch(connection, operations.length)) store.saveRecord(index);
  return outcomes;
}

function chainOf(chains: Map<string, Chain>, id: string, existing: ReadonlyMap<string, Existing>): Chain {
  let chain = chains.get(id);
  if (!chain) {
    const before = existing.get(id);
    chain = { before, now: before, places: [], waits: false };
    chains.set(id, chain);
  }
  return chain;
}

/** Draws the consequences of refusals, and gives the rows that are no more: those of the table, and those just written. */
function settle(
  operations: readonly Operation[],
  chains: ReadonlyMap<string, Chain>,
  outcomes: (Outcome | undefined)[],
  refused: ReadonlyMap<number, Refusal>,
): { readonly rows: bigint[]; readonly places: number[] } {
  const rows: bigint[] = [];
  const written: number[] = [];
  for (const { before, places } of chains.values()) {
    const again = toDoAgain(operations, places, refused);
    const changes: number[] = [];
    let isMissing = false;
    for (const i of places) {
      const outcome = outcomes[i]!;
      if ('refusal' in outcome || outcome.result === 'noop' || outcome.result === 'not_found') continue;
      if (refused.has(i)) isMissing ||= outcome.result === 'created';
      else {
        if (isMissing && outcome.result === 'updated') outcomes[i] = { ...outcome, result: 'created' };
        isMissing = false;
        changes.push(i);
      }
    }
    const last = changes.findLast((i) => again.length === 0 || i < again[0]!);
    if (before && last !== undefined) rows.push(before.at as bigint);
    for (const i of changes) if (i !== last && operations[i]!.action !== 'delete') written.push(i);
    for (const i of again) outcomes[i] = undefined;
  }
  return { rows, places: written };
}

/** The operations of a chain that depend on a document which is refused: they were applied to something that is not there. */
function toDoAgain(
  operations: readonly Operation[],
  places: readonly number[],
  refused: ReadonlyMap<number, Refusal>,
): readonly number[] {
  const failed = places.findIndex((i) => refused.has(i));
  if (failed < 0) return [];
  if (!overwrites(operations[places[failed]!]!)) return places.slice(failed + 1);
  const heeds = places.findIndex((i, at) => at > failed && !overwrites(operations[i]!));
  return heeds < 0 ? [] : places.slice(heeds);
}

/**
 * The document after an update; null when nothing changes, and undefined when that is not certain yet. Throws a Refusal
 * where it cannot be done.
 */
async function update(
  sources: StoredSources,
  index: IndexTable,
  id: string,
  line: Buffer,
  there: Existing | undefined,
): Promise<Buffer | null | undefined> {
  const request = parseUpdate(line);
  let made: Source | null | undefined;
  if (there) {
    const source = await sourceOfExisting(sources, index, there);
    if (!source) return undefined;
    made = updated(request, source);
  } else {
    made = inserted(request);
    if (made === undefined)
      throw new Refusal('document_missing_exception', `[${id}]: document missing`, 404, null, {
        index_uuid: index.record.uuid,
        shard: '0',
        index: index.name,
      });
  }
  return made === null ? null : Buffer.from(JSON.stringify(made));
}

/** A document; null for one that is to be written in this pass and may not come back as it is. */
async function sourceOfExisting(sources: StoredSources, index: IndexTable, { at }: Existing): Promise<Source | null> {
  if (typeof at === 'bigint') return sources.at(at);
  return index.keeps === 'all' ? parseObject(at.toString('utf8')) : null;
}

const longestId = 512;

function check(operation: Operation, id: string, there: Existing | undefined, index: IndexTable): void {
  if (index.record.isDataStream && operation.action !== 'create') {
    throw illegalArgument(`only write ops with an op_type of create are allowed in data streams`);
  }
  // Nothing has an id that was just made, and nothing speaks against it.
  if (operation.id === null) return;
  const length = Buffer.byteLength(id);
  if (length > longestId)
    throw illegalArgument(
      `id [${id.slice(0, 50)}...] is too long, must be no longer than ${longestId} bytes but was: ${length}`,
    );
  if (id === '') throw illegalArgument('if _id is specified it must not be empty');
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

/** The documents of these ids that are in the table. Ids that are to be made are not looked for. */
async function findExisting(
  connection: DuckDBConnection,
  index: IndexTable,
  operations: readonly Operation[],
): Promise<Map<string, Existing>> {
  const ids = operations.flatMap(({ id }) => id ?? []);
  if (ids.length === 0 || index.nextSequence === 0n) return new Map();
  const found = await connection.runAndReadAll(
    sql`SELECT "_id", "_version", "_seq_no", rowid FROM ${index.table} WHERE "_id" IN (${join(ids.map(text), ', ')})`,
  );
  return new Map(
    found
      .getRows()
      .map(([id, version, sequence, row]) => [
        String(id),
        { version: version as bigint, sequence: sequence as bigint, at: row as bigint },
      ]),
  );
}
