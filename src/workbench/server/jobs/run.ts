import { noExtras } from '../../../app/extras.ts';
import type { Job } from '../../../app/jobs.ts';
import { runHunts } from '../../../app/run-hunts.ts';
import { resultOf } from '../../../app/run-queries.ts';
import { InputError } from '../../../diagnostics/diagnostic.ts';
import type { HuntResult, RunReport } from '../../../report/report.ts';
import { applyAccepted } from '../../../runs/accepted/apply.ts';
import { groupKeysOf } from '../../../runs/group-keys.ts';
import type { Jobs } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import type { ResultInfo } from '../../contract/states.ts';
import { columnsOf } from '../cells.ts';
import type { Workbench } from '../context.ts';
import { EarlierRuns } from '../earlier-runs.ts';
import type { Work } from '../jobs.ts';
import { lookedAt } from '../looked-at.ts';
import { originsOf } from '../origins.ts';
import { problemsOf } from '../problems.ts';
import { overridesOf } from '../questions.ts';

/** Runs queries one after the other; each result is there as soon as it is known. */
export function runWork({ questions }: Jobs['run']['request'], workbench: Workbench): Work {
  return {
    kind: 'run',
    of: questions.length,
    async *items(signal) {
      const earlier = new EarlierRuns(workbench.options.state);
      for (const question of questions) yield await answerTo(question, workbench, earlier, signal);
    },
  };
}

async function answerTo(
  question: Question,
  workbench: Workbench,
  earlier: EarlierRuns,
  signal: AbortSignal,
): Promise<ResultInfo> {
  const { revision } = workbench;
  const job = workbench.options.library.job(question);
  const request = { jobs: [job], events: workbench.events, overrides: overridesOf(question), extras: noExtras };
  const report = await runHunts(request, workbench.observer, signal).catch((error) => {
    if (signal.aborted || !(error instanceof InputError)) throw error;
    return notRun(job, error, workbench);
  });
  const info = await keep(question, job, report, revision, workbench);
  const [whole] = report.results;
  return {
    ...info,
    looked: info.outcome === 'none' ? await lookedAt(info.text, report.now, workbench, signal) : null,
    fresh: info.outcome === 'hits' && whole ? await earlier.newRows(whole, await workbench.options.accepted()) : null,
  };
}

/** What cannot be asked, or reaches no cluster, has failed: the next question may be answered all the same. */
function notRun(job: Job, { message, hint }: InputError, workbench: Workbench): RunReport {
  const error = workbench.withoutAddress(hint === undefined ? message : `${message}: ${hint}`);
  return {
    ...{ now: new Date(), engine: workbench.options.kind, results: [resultOf(job, { outcome: 'failed', error })] },
    ...{ load: null, unread: null, eventFacts: null, partial: false, provenance: null },
  };
}

/** Keeps the rows of an answer, and says what became of the query. */
async function keep(
  question: Question,
  job: Job,
  { results: [whole], now, unread: unreadData }: RunReport,
  revision: number,
  { handles, options }: Workbench,
): Promise<ResultInfo> {
  const { outcome, result, text, error, problem, coverage, unread } = whole!;
  const accepted = await options.accepted();
  const [shown] = applyAccepted([whole!], accepted, new Date()) as [HuntResult];
  const columns = result?.columns ?? [];
  const rows = result?.values ?? [];
  const answer = handles.keep({ question, job, whole: whole!, columns, rows, now, unread: unreadData, revision });
  return {
    ...{ question, outcome: shown.outcome, text, error, unread: unread ?? null, revision, now: now.getTime() },
    answer,
    handle: columns.length > 0 ? answer : null,
    columns: columnsOf(columns),
    origins: columns.length > 0 ? await originsOf(text, columns) : [],
    rows: shown.result?.values.length ?? 0,
    hidden: shown.hidden,
    keys: outcome === 'hits' ? ((await groupKeysOf(text)) ?? []) : [],
    isCut: result?.isCut ?? false,
    tookMs: result?.tookMs ?? 0,
    ranAt: Date.now(),
    problem: problem ? (problemsOf(problem.error)[0] ?? null) : null,
    notes: shown.notes,
    warnings: result?.warnings ?? [],
    reasons: (coverage?.gaps ?? []).map(({ message, remedy }) => ({ message, remedy })),
    looked: null,
    fresh: null,
  };
}
