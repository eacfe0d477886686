import { overrideJobs } from '../../../app/override-jobs.ts';
import type { Session } from '../../../app/session/session.ts';
import { InputError } from '../../../diagnostics/diagnostic.ts';
import { pastRuns, type Schedule, timesOf } from '../../../investigate/backfill.ts';
import { eventsOfWindows, lengthOfWindow, scheduleBack } from '../../../investigate/look-back.ts';
import type { CompiledQuery } from '../../../languages/esql/compiled-query.ts';
import { parseTimeSpan } from '../../../overrides/time-span.ts';
import { rowIdentity } from '../../../runs/row-text.ts';
import type { CellValue, ResultColumn } from '../../../values/types.ts';
import { wireCell } from '../../../values/wire-cell.ts';
import type { BackfillItem, Jobs } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import { columnsOf } from '../cells.ts';
import type { Workbench } from '../context.ts';
import type { Work } from '../jobs.ts';
import { overridesOf } from '../questions.ts';

type Rows = readonly (readonly CellValue[])[];

/** What a question is about when it is asked of the past. */
interface Asked {
  readonly esql: CompiledQuery;
  readonly schedule: Schedule;
  readonly length: number | null;
  /** Events in each window. */
  readonly events: readonly number[];
  readonly isOnce: boolean;
}

/** Asks a question as of earlier times: in one pass where that can be done, else window by window, the newest first. */
export async function backfillWork(request: Jobs['backfill']['request'], workbench: Workbench): Promise<Work> {
  const asked = await prepare(request, workbench);
  return {
    kind: 'backfill',
    of: asked.isOnce ? 1 : asked.schedule.count,
    items: (signal) => items(asked, workbench, signal),
  };
}

async function* items(asked: Asked, workbench: Workbench, signal: AbortSignal): AsyncGenerator<BackfillItem, void> {
  const { esql, schedule, isOnce } = asked;
  const past = (session: Session) => pastRuns(esql, session.engine, schedule);
  const known = new Map<number, Rows>();
  if (isOnce) {
    const { columns, windows, keys } = await workbench.ask(
      [esql.text],
      async (session) => {
        const { all, keys } = await past(session);
        return { ...(await all!(signal)), keys };
      },
      signal,
    );
    for (const { now, rows } of windows) known.set(now, rows);
    yield itemOf(asked, columns, keys, known);
    return;
  }
  for (const time of timesOf(schedule).reverse()) {
    const { columns, rows, keys } = await workbench.ask(
      [esql.text],
      async (session) => {
        const { asOf, keys } = await past(session);
        return { ...(await asOf(time, signal)), keys };
      },
      signal,
    );
    known.set(time, rows);
    yield itemOf(asked, columns, keys, known);
  }
}

function itemOf(
  { schedule, length, events, isOnce }: Asked,
  columns: readonly ResultColumn[],
  keys: readonly number[],
  known: ReadonlyMap<number, Rows>,
): BackfillItem {
  const times = timesOf(schedule);
  const keyOf = (row: readonly CellValue[]): string => rowIdentity(row, columns, keys);
  const seen = times.map((time) => new Set((known.get(time) ?? []).map(keyOf)));
  return {
    windows: times.map((now, i) => ({ now, rows: known.get(now)?.length ?? null, events: events[i]! })),
    ...{ step: schedule.step, length, passes: isOnce ? 'one' : 'many' },
    keys: columnsOf(keys.map((at) => columns[at]!)),
    firstSeen: (known.get(times.at(-1)!) ?? []).map((row) => {
      const key = keyOf(row);
      const holding = times.filter((_, i) => seen[i]!.has(key));
      return { key: keys.map((at) => wireCell(row[at] ?? null)), now: holding[0]!, windows: holding.length };
    }),
  };
}

/** Finds out how far back a question can be asked. */
function prepare({ question, step, most }: Jobs['backfill']['request'], workbench: Workbench): Promise<Asked> {
  const job = workbench.options.library.job(question);
  const { signal } = new AbortController();
  return workbench.ask(
    [job.esql.text],
    async (session) => {
      const moving = movingWindow(question);
      const [changed] = await overrideJobs([job], overridesOf(moving.question), session);
      if (changed!.refusal !== undefined) throw new InputError(changed!.refusal);
      const { esql } = changed!;
      const { engine } = session;
      const now = moving.now ?? session.now.getTime();
      const length = await lengthOfWindow(esql, engine, now);
      const every = step === null ? length : parseTimeSpan(step).milliseconds;
      const schedule = scheduleBack(engine.catalogue, { now, step: every, most: Math.max(1, most) });
      const { all } = await pastRuns(esql, engine, schedule);
      const events = await eventsOfWindows(esql, engine, schedule, length ?? schedule.step, signal);
      return { esql, schedule, length, events, isOnce: all !== null };
    },
    signal,
  );
}

/** A window between two fixed times is one of its length that ends there: then it can be moved. */
function movingWindow(question: Question): { readonly question: Question; readonly now: number | null } {
  const [from, to] = question.window?.includes('/') ? question.window.split('/').map(Date.parse) : [];
  if (from === undefined || to === undefined || !(from < to)) return { question, now: null };
  return { question: { ...question, window: `${Math.round((to - from) / 1000)}s` }, now: to };
}
