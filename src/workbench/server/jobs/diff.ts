import type { HuntResult } from '../../../report/report.ts';
import { applyAccepted } from '../../../runs/accepted/apply.ts';
import { diffRuns, type QueryDiff, type RunSide } from '../../../runs/run-diff.ts';
import { SavedRuns } from '../../../runs/saved-runs.ts';
import { judgeResults } from '../../../runs/verdicts/judge-results.ts';
import type { CellValue } from '../../../values/types.ts';
import { wireCell } from '../../../values/wire-cell.ts';
import type { DiffItem, DiffJudgement, DiffRow, Jobs } from '../../contract/calls.ts';
import type { Cell } from '../../contract/question.ts';
import { columnsOf } from '../cells.ts';
import type { Workbench } from '../context.ts';
import type { Work } from '../jobs.ts';
import { huntId } from '../library.ts';

/** Rows of each kind that are sent. */
const mostRows = 200;

/** Compares a saved run with another one or with answers of this session, query by query. */
export async function diffWork(request: Jobs['diff']['request'], workbench: Workbench): Promise<Work> {
  const { before: name, after, answers, hunt } = request;
  const { state, accepted: acceptedList } = workbench.options;
  const saved = new SavedRuns(state);
  // What is compared is held from the start: an answer that is no longer kept is said at once.
  const before: RunSide = await saved.read(name);
  const later: RunSide = after === null ? sideOf(answers, workbench) : await saved.read(after);
  const accepted = await acceptedList();
  const judgements = await workbench.judgements.all();
  const shown = async (side: RunSide): Promise<RunSide> => {
    const results = applyAccepted(side.results.filter(isAbout(hunt)), accepted, new Date());
    return { ...side, results: await judgeResults(results, judgements) };
  };
  const isPart = after === null;
  const asked = new Set(later.results.map(idOf));
  const narrowed = isPart ? { ...before, results: before.results.filter((one) => asked.has(idOf(one))) } : before;
  const { queries } = await diffRuns(await shown(narrowed), await shown(later));
  return {
    kind: 'diff',
    of: queries.length,
    async *items() {
      for (const query of queries) yield itemOf(query);
    },
  };
}

const idOf = ({ hunt, query, text }: HuntResult): string => JSON.stringify([hunt ? huntId(hunt) : text, query]);

const isAbout =
  (id: string | null) =>
  ({ hunt }: HuntResult): boolean =>
    id === null || (hunt !== null && huntId(hunt) === id);

function sideOf(answers: readonly string[], { handles }: Workbench): RunSide {
  const kept = answers.map((answer) => handles.get(answer));
  return {
    name: null,
    now: kept[0]?.now ?? new Date(),
    results: kept.map(({ whole }) => whole),
    unread: kept.find(({ unread }) => unread !== null)?.unread ?? null,
  };
}

function itemOf({ before, after, diff, reason, judged, unread }: QueryDiff): DiffItem {
  const { hunt, query } = (after ?? before)!;
  const cells = (row: readonly CellValue[]): Cell[] => row.map(wireCell);
  const judgement = (row: readonly CellValue[]): DiffJudgement | null => {
    const { verdict, note, givenFor } = judged.get(row) ?? {};
    return verdict === undefined ? null : { verdict, note: note ?? null, givenFor: givenFor ?? null };
  };
  const rows = (all: readonly (readonly CellValue[])[] = []): DiffRow[] =>
    all.slice(0, mostRows).map((row) => ({ cells: cells(row), judgement: judgement(row) }));
  const open = [...(diff?.beyond ?? []), ...(diff?.unknown ?? [])];
  const differ = before !== null && after !== null && before.text !== after.text;
  return {
    ...{ hunt: hunt && huntId(hunt), query, name: hunt?.name ?? 'Query' },
    columns: columnsOf(diff?.columns ?? []),
    fresh: rows(diff?.added),
    gone: rows(diff?.gone),
    unknown: rows(open),
    whyUnknown: open.length === 0 ? null : whyUnknown(diff!.beyond.length > 0, unread.after),
    changed: (diff?.changed ?? []).slice(0, mostRows).map(({ before, after, places }) => ({
      ...{ before: cells(before), after: cells(after), places, judgement: judgement(after) },
    })),
    counts: {
      ...{ fresh: diff?.added.length ?? 0, gone: diff?.gone.length ?? 0, unknown: open.length },
      ...{ changed: diff?.changed.length ?? 0, same: diff?.unchanged ?? 0 },
    },
    reason,
    texts: differ ? { before: before.text, after: after.text } : null,
    notes: notesOf({ before, after, diff, reason, unread }),
  };
}

const whyUnknown = (isCut: boolean, unread: string | null): string =>
  isCut
    ? 'the later answer is cut: whether these rows are gone, nobody can tell'
    : `the later run did not see all of the data${unread === null ? '' : ` (${unread})`}: these rows may stand in what it left out`;

/** What else differs between the two sides. */
function notesOf({ before, after, diff, unread }: Omit<QueryDiff, 'judged' | 'change'>): string[] {
  const columns = (names: readonly string[] = [], which: string): string[] =>
    names.length === 0
      ? []
      : [`only the ${which} run has the ${names.length === 1 ? 'column' : 'columns'} ${names.join(', ')}`];
  return [
    ...columns(diff?.columnsAdded, 'later'),
    ...columns(diff?.columnsGone, 'earlier'),
    ...(unread.before === null ? [] : [`the earlier run did not see all of the data: ${unread.before}`]),
    ...(diff && before?.outcome === 'cannot tell'
      ? ['the data of the earlier run could not tell: what is new may be old']
      : []),
    ...(after?.notes ?? []),
  ];
}
