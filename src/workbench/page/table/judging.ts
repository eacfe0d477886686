import { signal } from '@preact/signals';
import type { Question } from '../../contract/question.ts';
import type { Judged, Judgement } from '../../contract/states.ts';
import { call } from '../api/client.ts';
import type { Action } from '../state/keys.ts';
import { hello, say, sayError } from '../state/session.ts';
import { currentPlace, mainGrid, openPanel, shownResult, toRow } from './current.ts';
import { PagedRows } from './rows.ts';

/** What keys 1 to 4 say of a row. */
export const verdicts: readonly Judged[] = ['benign', 'suspicious', 'malicious', 'cannot tell'];

/** Verdicts that Ctrl+Z takes back, the newest last. */
const given = signal<readonly { readonly handle: string; readonly row: number; readonly before: Judgement | null }[]>(
  [],
);

const pagedRows = (): PagedRows | null => {
  const rows = mainGrid.value?.rows;
  return rows instanceof PagedRows ? rows : null;
};

/** The judgement of the row at a place of the whole answer. */
export function judgementOf(place: number): Judgement | null {
  const rows = pagedRows();
  const row = rows?.rowOf(place) ?? null;
  return row === null ? null : rows!.judgement(row);
}

/** What is said is saved in the order in which it was said. */
let saving: Promise<unknown> = Promise.resolve();

/** Saves what is said of a row. The row shows it at once, and what it showed before where it cannot be saved. */
export async function judge(place: number, verdict: Judged | null, note: string | null): Promise<void> {
  const result = shownResult.value;
  if (!result?.handle) return;
  const { handle, question } = result;
  const step = { handle, row: place, before: judgementOf(place) };
  given.value = [...given.value, step];
  try {
    await save(question, handle, place, said(verdict, note));
  } catch (error) {
    given.value = given.value.filter((one) => one !== step);
    throw error;
  }
}

/** What somebody says now; null where they take it back. */
function said(verdict: Judged | null, note: string | null): Judgement | null {
  const text = note === null || note.trim() === '' ? null : note.trim();
  const by = hello.value?.user ?? '';
  return verdict === null && text === null ? null : { verdict, note: text, by, at: Date.now(), givenFor: [] };
}

function save(question: Question, handle: string, place: number, judgement: Judgement | null): Promise<unknown> {
  const { verdict, note } = judgement ?? { verdict: null, note: null };
  const saved = saving.then(() => call('judge', { question, handle, row: place, verdict, note }));
  saving = saved.catch(() => undefined);
  pagedRows()?.setJudgement(place, judgement, saved);
  return saved;
}

/** Gives a verdict on the row that is looked at, and goes to the next one that has none. */
function judgeAndGo(verdict: Judged): void {
  const place = currentPlace();
  if (place === null) return;
  judge(place, verdict, judgementOf(place)?.note ?? null).catch(sayError);
  const rows = pagedRows();
  const row = rows?.rowOf(place) ?? null;
  const next = row === null ? null : nextUnjudged(rows!, row);
  const said = `row ${(place + 1).toLocaleString('en')}: ${verdict}`;
  if (next === null) say(`${said} · every row is judged`);
  else {
    say(next < row! ? `${said} · back to the first row not judged` : said);
    toRow(next);
  }
}

/** The next row without a verdict, from the first one again at the end; null where there is none. Rows that have not come count as such. */
export function nextUnjudged(rows: Pick<PagedRows, 'count' | 'judgement'>, row: number): number | null {
  for (let step = 1; step < rows.count; step++) {
    const at = (row + step) % rows.count;
    if (rows.judgement(at)?.verdict == null) return at;
  }
  return null;
}

function undo(): void {
  const last = given.value.at(-1);
  const question = shownResult.value?.question;
  if (!last || !question) return;
  const { handle, row, before } = last;
  given.value = given.value.slice(0, -1);
  save(question, handle, row, before).catch(sayError);
  say(`row ${(row + 1).toLocaleString('en')}: ${before?.verdict ?? 'verdict taken back'}`);
  const at = pagedRows()?.rowOf(row) ?? null;
  if (at !== null) toRow(at);
}

const cannotJudge = (): boolean => shownResult.value?.handle == null || currentPlace() === null;

/** The keys by which rows are judged. */
export const judgingActions: readonly Action[] = [
  ...verdicts.map(
    (verdict, i): Action => ({
      ...{
        id: `judge-${verdict.replace(' ', '-')}`,
        label: `Verdict: ${verdict}`,
        keys: String(i + 1),
        where: 'table',
      },
      isOff: cannotJudge,
      run: () => judgeAndGo(verdict),
    }),
  ),
  {
    ...{ id: 'note', label: 'Note on the row', keys: 'n', where: 'table' },
    isOff: cannotJudge,
    run: () => openPanel('note'),
  },
  {
    ...{ id: 'accept', label: 'Accept rows like this', keys: 'a', where: 'table' },
    isOff: cannotJudge,
    run: () => openPanel('accept'),
  },
  {
    ...{ id: 'undo-verdict', label: 'Take the last verdict back', keys: 'Ctrl+Z', where: 'table' },
    isOff: () => given.value.at(-1)?.handle !== (shownResult.value?.handle ?? ''),
    run: undo,
  },
];
