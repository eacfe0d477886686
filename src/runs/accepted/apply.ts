import type { HiddenRows, HuntResult } from '../../report/report.ts';
import { count } from '../../values/quantities.ts';
import type { CellValue, QueryResult, ResultColumn } from '../../values/types.ts';
import { compileCondition } from './conditions.ts';
import { type AcceptedList, isExpired, type PlacedEntry } from './entry.ts';

/** Takes the rows out of results that entries accept; rows of entries that no longer hold are reported and shown. */
export const applyAccepted = (
  results: readonly HuntResult[],
  list: AcceptedList | null,
  at: Date,
): readonly HuntResult[] => (list ? results.map((result) => applyTo(result, list, at)) : results);

function applyTo(hit: HuntResult, list: AcceptedList, at: Date): HuntResult {
  const { result } = hit;
  if (!result || result.values.length === 0) return hit;
  const notes: string[] = [];
  const tests: { entry: PlacedEntry; fits: RowTest; expired: boolean; rows: number }[] = [];
  for (const entry of list.entries.filter((candidate) => concerns(candidate, hit))) {
    const fits = compileEntry(entry, result.columns);
    if (typeof fits === 'function') tests.push({ entry, fits, expired: isExpired(entry, at), rows: 0 });
    else if (isAbout(entry, hit)) notes.push(`${list.file}:${entry.line}: ${fits.error}`);
  }
  // What still holds comes first: a row that it hides is not reported again.
  tests.sort((a, b) => Number(a.expired) - Number(b.expired));
  const left = result.values.flatMap((row, place) => {
    const found = tests.find(({ fits }) => fits(row));
    if (found) found.rows += 1;
    return !found || found.expired ? [place] : [];
  });
  const leftOf = (rows: QueryResult['values']): QueryResult['values'] => left.map((place) => rows[place]!);
  const values = leftOf(result.values);
  const keys = result.hiddenKeys;
  const hidden: HiddenRows[] = [];
  for (const { entry, expired, rows } of tests.filter((test) => test.rows > 0)) {
    if (!expired) hidden.push({ entry: entry.id, reason: entry.reason, rows });
    else
      notes.push(
        `${count(rows, 'row')} ${rows === 1 ? 'is' : 'are'} shown although an entry accepted ${rows === 1 ? 'it' : 'them'} until ${entry.expires} (${entry.id})`,
      );
  }
  return {
    ...hit,
    outcome: hit.outcome === 'hits' && values.length === 0 ? 'none' : hit.outcome,
    result: { ...result, values, ...(keys && { hiddenKeys: { ...keys, values: leftOf(keys.values) } }) },
    notes: [...hit.notes, ...notes],
    hidden: [...hit.hidden, ...hidden],
    ...(hidden.length > 0 && { places: left.map((place) => hit.places?.[place] ?? place) }),
  };
}

type RowTest = (row: readonly CellValue[]) => boolean;

/** Whether an entry may accept rows of a query. */
function concerns({ hunt, query }: PlacedEntry, hit: HuntResult): boolean {
  if (!hit.hunt || (query !== null && query !== hit.query + 1)) return false;
  return hunt === '*' || [hit.hunt.uuid, hit.hunt.name].some((name) => name?.toLowerCase() === hunt.toLowerCase());
}

/** Whether an entry must be meant for a query, so that it is a mistake when it does not fit it. */
const isAbout = ({ hunt, query }: PlacedEntry, hit: HuntResult): boolean =>
  hunt !== '*' && (query !== null || hit.hunt?.queries.length === 1);

/** An entry as a test of rows; the error says why it can accept none of them. */
function compileEntry(
  { conditions }: PlacedEntry,
  columns: readonly ResultColumn[],
): RowTest | { readonly error: string } {
  const tests: RowTest[] = [];
  for (const [name, condition] of conditions) {
    const at = columns.findIndex((column) => column.name === name);
    if (at < 0) return { error: `the query gives no column ${name}, so that the entry accepts nothing` };
    const test = compileCondition(condition, columns[at]!.type);
    if (typeof test !== 'function') return { error: `${name}: ${test.error}` };
    tests.push((row) => test(row[at]!));
  }
  return (row) => tests.every((test) => test(row));
}
