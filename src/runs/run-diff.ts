import type { HuntResult, RowJudgement } from '../report/report.ts';
import type { CellValue, QueryResult } from '../values/types.ts';
import { diffResults, type ResultDiff } from './diff.ts';
import { groupKeysOf } from './group-keys.ts';
import { type QueryChange, queryChange } from './query-change.ts';

/** A run as one side of a comparison. */
export interface RunSide {
  /** What it is called; null for one that has just been made. */
  readonly name: string | null;
  readonly now: Date;
  readonly results: readonly HuntResult[];
  /** What of the data it did not search; null where it searched all. */
  readonly unread: string | null;
}

/** What became of one query between two runs. */
export interface QueryDiff {
  readonly before: HuntResult | null;
  readonly after: HuntResult | null;
  /** Null when a side has no rows to compare; `reason` says why. */
  readonly diff: ResultDiff | null;
  readonly reason: string | null;
  /** How the query of the later run differs from that of the earlier one; null where that explains no row. */
  readonly change: QueryChange | null;
  /** What was decided about rows of the difference. */
  readonly judged: ReadonlyMap<readonly CellValue[], RowJudgement>;
  /** What of the data each run did not search for it. */
  readonly unread: { readonly before: string | null; readonly after: string | null };
}

/** Two runs, query by query, in the order of the later one. */
export interface RunDiff {
  readonly before: RunSide;
  readonly after: RunSide;
  readonly queries: readonly QueryDiff[];
}

/** Compares two runs. Queries are matched by their hunt and their place in it. */
export async function diffRuns(before: RunSide, after: RunSide): Promise<RunDiff> {
  const earlier = new Map(before.results.map((result) => [identityOf(result), result]));
  const queries: QueryDiff[] = [];
  for (const result of after.results) {
    const identity = identityOf(result);
    queries.push(await diffQuery(earlier.get(identity) ?? null, result));
    earlier.delete(identity);
  }
  for (const result of earlier.values()) queries.push(await diffQuery(result, null));
  return { before, after, queries };

  async function diffQuery(old: HuntResult | null, now: HuntResult | null): Promise<QueryDiff> {
    const unread = { before: old && unreadOf(old, before), after: now && unreadOf(now, after) };
    const reason = whyNot(old, now);
    if (reason !== null)
      return { before: old, after: now, diff: null, reason, change: null, judged: new Map(), unread };
    const keys = await groupKeysOf(now!.text);
    const diff = diffResults(rowsOf(old!, now!), rowsOf(now!, old!), keys, unread.after !== null);
    const change = await queryChange(old!, now!);
    return { before: old, after: now, diff, reason: null, change, judged: judgedRows(diff, old!, now!), unread };
  }
}

/** What was decided about the rows of both sides. */
function judgedRows(
  { rows }: ResultDiff,
  before: HuntResult,
  after: HuntResult,
): ReadonlyMap<readonly CellValue[], RowJudgement> {
  const judged = new Map<readonly CellValue[], RowJudgement>();
  for (const [side, result] of [
    [rows.before, before],
    [rows.after, after],
  ] as const)
    side.forEach((row, place) => {
      const verdict = result.judgements?.[place];
      if (verdict) judged.set(row, verdict);
    });
  return judged;
}

/** What of the data a run did not search for a query. */
const unreadOf = ({ unread, result }: HuntResult, run: RunSide): string | null =>
  unread ?? result?.missing?.join('; ') ?? run.unread;

/** The rows of a side; none where its data could not tell, in the columns of the other. */
const rowsOf = (
  { result }: HuntResult,
  other: HuntResult,
): Pick<QueryResult, 'columns' | 'values' | 'hiddenKeys' | 'isCut'> =>
  result ?? { columns: other.result?.columns ?? [], values: [] };

function whyNot(before: HuntResult | null, after: HuntResult | null): string | null {
  if (!before) return 'the earlier run did not ask it';
  if (!after) return 'the later run did not ask it';
  if (!before.result && !isBlind(before)) return `in the earlier run it ${state(before)}`;
  if (!after.result && !isBlind(after)) return `in the later run it ${state(after)}`;
  // Rows that the data can no longer show are not gone.
  if (isBlind(after) && (before.result?.values.length ?? 0) > 0)
    return `the data of the later run cannot tell${because(after)}`;
  return null;
}

const isBlind = ({ outcome }: HuntResult): boolean => outcome === 'cannot tell';

const because = ({ coverage, notes }: HuntResult): string => {
  const [reason] = coverage?.gaps.map(({ message }) => message) ?? notes;
  return reason === undefined ? '' : `: ${reason}`;
};

const state = ({ outcome, error }: HuntResult): string =>
  outcome === 'interrupted' ? 'was interrupted' : `failed: ${error ?? 'no reason was kept'}`;

/** The same for the same query of the same hunt, wherever its file stands. */
export const identityOf = ({ hunt, query, text }: HuntResult): string =>
  JSON.stringify([hunt ? (hunt.uuid ?? hunt.name) : text, query]);
