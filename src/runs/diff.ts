import type { CellValue, QueryResult, ResultColumn } from '../values/types.ts';
import { cellIdentity, hiddenIdentity, placesOf, rowIdentity } from './row-text.ts';

type Row = readonly CellValue[];
type Rows = Pick<QueryResult, 'columns' | 'values' | 'hiddenKeys' | 'isCut'>;

/** A row that is on both sides by its keys, with other values. Cells stand as in `ResultDiff.columns`. */
export interface ChangedRow {
  readonly before: Row;
  readonly after: Row;
  /** The places of the cells that differ. */
  readonly places: readonly number[];
}

/** What is different between two answers to the same query. */
export interface ResultDiff {
  /** The names of the columns that rows are matched by, shown or not; null when the whole row is the key. */
  readonly keys: readonly string[] | null;
  /** The columns of both sides; a row of a side that lacks one has null there. */
  readonly columns: readonly ResultColumn[];
  readonly added: readonly Row[];
  readonly gone: readonly Row[];
  /** Rows of the earlier answer alone that the later one may have cut off: whether they are gone, nobody knows. */
  readonly beyond: readonly Row[];
  /** Rows of the earlier answer alone that may stand in data that the later one did not search. */
  readonly unknown: readonly Row[];
  readonly changed: readonly ChangedRow[];
  readonly unchanged: number;
  /** The rows of each side in the order of its answer, in these columns: those above are among them. */
  readonly rows: { readonly before: readonly Row[]; readonly after: readonly Row[] };
  /** Columns that only one side has; they are not compared. */
  readonly columnsAdded: readonly string[];
  readonly columnsGone: readonly string[];
}

/**
 * Compares two answers. Rows with the same keys are the same row; where several share their keys, equal ones are taken
 * together first and the others in order. Without keys, or where a side lacks one of them, the whole row is the key.
 * `isPartial`: some data was not searched for the later answer.
 */
export function diffResults(
  before: Rows,
  after: Rows,
  groupKeys: readonly string[] | null,
  isPartial = false,
): ResultDiff {
  const names = (rows: Rows): Set<string> => new Set(rows.columns.map(({ name }) => name));
  const [namesBefore, namesAfter] = [names(before), names(after)];
  const goneColumns = before.columns.filter(({ name }) => !namesAfter.has(name));
  const columns = [...after.columns, ...goneColumns];
  const shared = columns.flatMap(({ name }, at) => (namesBefore.has(name) && namesAfter.has(name) ? at : []));
  const hidden = hiddenKeysOf(before, after);
  const shownKeys = groupKeys ?? (hidden ? [] : null);
  const keys = shownKeys?.every((key) => namesBefore.has(key) && namesAfter.has(key)) ? shownKeys : null;
  const places = keys === null ? shared : placesOf(columns, keys);
  // Types may have changed between the runs: each side's cells are read by its own.
  const left = new Side(before, columns, places, shared, hidden !== null);
  const right = new Side(after, columns, places, shared, hidden !== null);
  const found = { added: [] as Row[], gone: [] as Row[], changed: [] as ChangedRow[], unchanged: 0 };
  for (const [key, mine] of right.groups) {
    const theirs = left.groups.get(key) ?? [];
    const { same, restBefore, restAfter } = pairEqual(theirs, mine);
    found.unchanged += same;
    const pairs = Math.min(restBefore.length, restAfter.length);
    for (let i = 0; i < pairs; i++) {
      const [old, now] = [restBefore[i]!, restAfter[i]!];
      const differing = shared.filter((at) => left.identity(old, at) !== right.identity(now, at));
      found.changed.push({ before: old.row, after: now.row, places: differing });
    }
    found.gone.push(...restBefore.slice(pairs).map(({ row }) => row));
    found.added.push(...restAfter.slice(pairs).map(({ row }) => row));
  }
  for (const [key, theirs] of left.groups) if (!right.groups.has(key)) found.gone.push(...theirs.map(({ row }) => row));
  const { gone, ...others } = found;
  return {
    ...{ keys: keys && [...keys, ...(hidden ?? [])], columns, ...others },
    ...{ gone: [], beyond: [], unknown: [], [isPartial ? 'unknown' : after.isCut ? 'beyond' : 'gone']: gone },
    rows: { before: left.rows, after: right.rows },
    columnsAdded: after.columns.flatMap(({ name }) => (namesBefore.has(name) ? [] : name)),
    columnsGone: goneColumns.map(({ name }) => name),
  };
}

/** The names of the keys that neither side shows; null where the sides do not know the same. */
function hiddenKeysOf(before: Rows, after: Rows): readonly string[] | null {
  const names = ({ hiddenKeys }: Rows): string[] | null => hiddenKeys?.columns.map(({ name }) => name) ?? null;
  const [earlier, later] = [names(before), names(after)];
  return earlier && later && earlier.join('\0') === later.join('\0') ? later : null;
}

interface Keyed {
  readonly row: Row;
  /** The compared cells as one text. */
  readonly text: string;
}

/** The rows of one side in the columns of both, by their keys. */
class Side {
  readonly groups = new Map<string, Keyed[]>();
  readonly rows: Row[] = [];
  readonly #columns: readonly ResultColumn[];

  constructor(
    rows: Rows,
    columns: readonly ResultColumn[],
    keyPlaces: readonly number[],
    sharedPlaces: readonly number[],
    hasHiddenKeys: boolean,
  ) {
    const own = columns.map(({ name }) => rows.columns.findIndex((column) => column.name === name));
    this.#columns = columns.map((column, i) => rows.columns[own[i]!] ?? column);
    for (const [place, values] of rows.values.entries()) {
      const row = own.map((at) => values[at] ?? null);
      this.rows.push(row);
      const shown = rowIdentity(row, this.#columns, keyPlaces);
      const key = hasHiddenKeys ? shown + hiddenIdentity(rows, place) : shown;
      const keyed = { row, text: rowIdentity(row, this.#columns, sharedPlaces) };
      const group = this.groups.get(key);
      if (group) group.push(keyed);
      else this.groups.set(key, [keyed]);
    }
  }

  identity({ row }: Keyed, place: number): string {
    return cellIdentity(row[place]!, this.#columns[place]!);
  }
}

/** Takes equal rows together, one for one; what is left comes in an order of its own, whichever side it is on. */
function pairEqual(before: readonly Keyed[], after: readonly Keyed[]) {
  const counts = new Map<string, number>();
  for (const { text } of before) counts.set(text, (counts.get(text) ?? 0) + 1);
  const taken = new Map<string, number>();
  const restAfter = after.filter(({ text }) => {
    const already = taken.get(text) ?? 0;
    if (already >= (counts.get(text) ?? 0)) return true;
    taken.set(text, already + 1);
    return false;
  });
  const restBefore = before.filter(({ text }) => {
    const left = taken.get(text) ?? 0;
    taken.set(text, left - 1);
    return left <= 0;
  });
  const byText = (a: Keyed, b: Keyed): number => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0);
  return {
    same: after.length - restAfter.length,
    restBefore: restBefore.sort(byText),
    restAfter: restAfter.sort(byText),
  };
}
