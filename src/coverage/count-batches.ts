import type { Catalogue } from '../catalogue/catalogue.ts';
import { streamBehind } from '../catalogue/data-stream.ts';
import type { AggregateCall, Scan, ScanColumn } from '../plan/nodes.ts';
import type { CellValue } from '../values/types.ts';
import { nameOf, searches, type Waiting } from './counts.ts';
import { inOrder } from './kinds-of-events.ts';

/*
 * Which questions about counts are asked together, and what each is answered of what all are answered. Groups tell what is
 * asked of few from what is asked of more: totals add up, and so do groups by fewer columns, and by the name of the index
 * the events of some indices.
 */

/** Questions that are asked as one. */
export interface CountBatch {
  readonly indices: Scan['indices'];
  readonly groups: readonly ScanColumn[];
  readonly questions: readonly Waiting[];
  /** What a column is read from, where questions are about events of different indices. */
  readonly sourceOf?: (column: ScanColumn) => ScanColumn['source'];
}

/** Counts in one question: more make it too long for what reads it. */
const mostCounts = 400;

/** A question by itself. */
export const batchOf = (one: Waiting): CountBatch => ({
  indices: one.scan.indices,
  groups: groupsOf(one),
  questions: [one],
});

/** Questions in few batches. `catalogue`: of an engine that is far away, so that fewer questions are better than simple ones. */
export function batchesOf(all: readonly Waiting[], catalogue?: Catalogue): CountBatch[] {
  const same = new Map<string, { readonly groups: readonly ScanColumn[]; readonly questions: Waiting[] }>();
  for (const one of all) {
    const groups = catalogue ? widest(one, all) : groupsOf(one);
    const key = JSON.stringify([one.scan.indices, groups.map(nameOf)]);
    const known = same.get(key) ?? { groups, questions: [] };
    known.questions.push(one);
    same.set(key, known);
  }
  const batches = [...same.values()].flatMap(({ groups, questions }) =>
    inChunks(questions).map((some): CountBatch => ({ ...batchOf(some[0]!), groups, questions: some })),
  );
  return catalogue ? packed(batches, catalogue) : batches;
}

const groupsOf = ({ scan, groups }: Waiting): ScanColumn[] =>
  groups.map(({ source }) => scan.columns.find(({ column }) => column.id === source.id)!);

/** The groups of a question about the same events from which those of another follow. */
function widest(one: Waiting, all: readonly Waiting[]): readonly ScanColumn[] {
  let groups: readonly ScanColumn[] = groupsOf(one);
  if (!one.calls.every(addsUp)) return groups;
  const indices = JSON.stringify(one.scan.indices);
  for (const other of all) {
    if (other.groups.length <= groups.length || JSON.stringify(other.scan.indices) !== indices) continue;
    const wider = groupsOf(other);
    const names = new Set(wider.map(nameOf));
    // Where each event is in one group.
    const isApart = wider.every(({ column }) => !column.multi);
    if (isApart && groups.every((group) => names.has(nameOf(group)))) groups = wider;
  }
  return groups;
}

const addsUp = ({ function: name, column }: AggregateCall): boolean =>
  name === 'COUNT' || ((name === 'MIN' || name === 'MAX') && column.type === 'date');

const countsIn = (questions: readonly Waiting[]): number =>
  new Set(questions.flatMap(({ calls, meanings, among }) => calls.map((call) => meanings.ofCall(call, among)))).size;

/** No more counts in one than can be read; a question is never divided. */
function inChunks(questions: readonly Waiting[]): Waiting[][] {
  const chunks: { readonly questions: Waiting[]; readonly asked: Set<string> }[] = [];
  for (const one of questions) {
    const own = one.calls.map((call) => one.meanings.ofCall(call, one.among));
    const last = chunks.at(-1);
    const more = own.filter((meaning) => !last?.asked.has(meaning));
    if (last && last.asked.size + more.length <= mostCounts) {
      last.questions.push(one);
      for (const meaning of more) last.asked.add(meaning);
    } else chunks.push({ questions: [one], asked: new Set(own) });
  }
  return chunks.map((chunk) => chunk.questions);
}

/** Indices that are named one by one in a question at most. */
const mostIndices = 50;

/** What is asked in one question may cost as many times what its parts would. */
const mostWork = 4;

/** Small batches about events of different indices in one, as far as that makes no more work than they are worth. */
function packed(batches: readonly CountBatch[], catalogue: Catalogue): CountBatch[] {
  const events = new Map(catalogue.indices.map((index) => [index.name, Math.max(index.events, 1)]));
  const sizeOf = (indices: readonly string[]): number =>
    indices.reduce((sum, index) => sum + (events.get(index) ?? 1), 0);
  const packs: { batch: CountBatch; counts: number; work: number }[] = [];
  for (const batch of batches) {
    const counts = countsIn(batch.questions);
    const work = counts * sizeOf(batch.indices ?? []);
    const at = canBePacked(batch)
      ? packs.findIndex((pack) => {
          if (pack.counts + counts > mostCounts || !canBePacked(pack.batch)) return false;
          const indices = union(pack.batch.indices!, batch.indices!);
          if (indices.length > mostIndices) return false;
          const whole = (pack.counts + counts) * sizeOf(indices);
          return whole <= mostWork * (pack.work + work) && isAlikeIn(indices, pack.batch, batch, catalogue);
        })
      : -1;
    const fits = packs[at];
    if (!fits) packs.push({ batch, counts, work });
    else
      packs[at] = {
        batch: together(fits.batch, batch, catalogue),
        counts: fits.counts + counts,
        work: fits.work + work,
      };
  }
  return packs.map(({ batch }) => batch);
}

const union = (some: readonly string[], others: readonly string[]): string[] =>
  [...new Set([...some, ...others])].sort();

/** Whether the name of the index can tell what is asked of which events. */
const canBePacked = ({ indices, groups, questions }: CountBatch): boolean =>
  indices !== null &&
  groups.every(({ column }) => !column.multi) &&
  questions.every(
    ({ scan, calls, among }) =>
      scan.mode === undefined &&
      calls.every(addsUp) &&
      // A search looks into fields as its own indices map them.
      ![...among, ...calls.flatMap(({ filter }) => filter ?? [])].some(searches),
  );

/** Whether all fields of two batches have one type in the indices of both. */
function isAlikeIn(indices: readonly string[], some: CountBatch, others: CountBatch, catalogue: Catalogue): boolean {
  const columns = [some, others].flatMap(({ questions }) => questions.flatMap(({ scan }) => scan.columns));
  return columns.every(({ source }) => {
    if (typeof source === 'string') return true;
    const field = catalogue.field(source.name, indices);
    return field !== undefined && field.type === source.type && !field.variants && !source.variants;
  });
}

function together(some: CountBatch, others: CountBatch, catalogue: Catalogue): CountBatch {
  const indices = union(some.indices!, others.indices!);
  const groups = new Map([indexMark, ...some.groups, ...others.groups].map((one) => [nameOf(one), one]));
  return {
    indices,
    groups: [...groups.values()],
    questions: [...some.questions, ...others.questions],
    sourceOf: ({ source }) => (typeof source === 'string' ? source : catalogue.field(source.name, indices)!),
  };
}

const indexMark: ScanColumn = { column: { id: 0, name: '_index', type: 'keyword', multi: false }, source: '_index' };

type Row = readonly CellValue[];

/**
 * The rows that answer one question of a batch, whose calls stand at these places; null where the answer does not tell which
 * events are its own.
 */
export function rowsOf(
  batch: CountBatch,
  one: Waiting,
  places: readonly number[],
  values: readonly Row[],
): Row[] | null {
  const own = groupsOf(one);
  const first = (values[0]?.length ?? 0) - batch.groups.length;
  const keys = own.map((group) => first + batch.groups.findIndex((other) => nameOf(other) === nameOf(group)));
  const picked = (row: Row): CellValue[] => [...places, ...keys].map((place) => row[place]!);
  const isWhole = JSON.stringify(batch.indices) === JSON.stringify(one.scan.indices);
  if (isWhole && own.length === batch.groups.length) return withEvents(one, values.map(picked));
  const mine = isWhole ? values : ofIndices(one.scan.indices!, batch, values, first);
  if (mine === null) return null;
  const rows = new Map<string, CellValue[]>();
  if (own.length === 0)
    rows.set(
      '[]',
      one.calls.map(({ function: name }) => (name === 'COUNT' ? 0n : null)),
    );
  for (const row of mine.map(picked)) {
    const key = JSON.stringify(row.slice(places.length));
    const before = rows.get(key);
    rows.set(
      key,
      before ? row.map((cell, i) => (i < places.length ? sum(one.calls[i]!, before[i]!, cell) : cell)) : row,
    );
  }
  const inOrderOfKeys = (a: Row, b: Row): number => inOrder(a.slice(places.length), b.slice(places.length));
  return withEvents(one, [...rows.values()].sort(inOrderOfKeys));
}

/** A group that no event of the question is in is none. */
const withEvents = ({ groups }: Waiting, rows: readonly CellValue[][]): CellValue[][] =>
  groups.length === 0 ? [...rows] : rows.filter(([events]) => Number(events) > 0);

/** The rows of some indices; null where one is of an index that nobody asked for. */
function ofIndices(indices: readonly string[], batch: CountBatch, values: readonly Row[], first: number): Row[] | null {
  const at = first + batch.groups.findIndex(({ source }) => source === '_index');
  const streamOf = (row: Row): string => streamBehind(String(row[at]));
  if (values.some((row) => !batch.indices!.includes(streamOf(row)))) return null;
  return values.filter((row) => indices.includes(streamOf(row)));
}

/** What an aggregate of two parts comes to. Dates are texts that are in order as such. */
function sum({ function: name }: AggregateCall, one: CellValue, other: CellValue): CellValue {
  if (name === 'COUNT') return BigInt(one as bigint) + BigInt(other as bigint);
  if (one === null || other === null) return one ?? other;
  return String(one) < String(other) === (name === 'MIN') ? one : other;
}
