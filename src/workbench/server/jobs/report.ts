import { withExtras } from '../../../app/extras.ts';
import type { Job } from '../../../app/jobs.ts';
import { assessor } from '../../../app/judges.ts';
import type { Session } from '../../../app/session/session.ts';
import { CompiledQuery } from '../../../languages/esql/compiled-query.ts';
import { formats } from '../../../report/formats.ts';
import { Aliases, learnFrom, redactResult } from '../../../report/redact.ts';
import type { HuntResult, ReportAccount, RowJudgement, RunReport } from '../../../report/report.ts';
import { applyAccepted } from '../../../runs/accepted/apply.ts';
import { rowJudgement } from '../../../runs/verdicts/judge-results.ts';
import type { Jobs, ReportRequest } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import { commandFor } from '../calls/open.ts';
import type { Workbench } from '../context.ts';
import type { KeptResult } from '../handles.ts';
import type { Work } from '../jobs.ts';
import { judgedResult } from '../judgements.ts';

/** Values of a redacted field that are looked for in texts. */
const mostValues = 10_000;

/** Makes a report of answers: one file of HTML that needs nothing else. */
export function reportWork(request: Jobs['report']['request'], workbench: Workbench): Work {
  // What is reported is held from the start: an answer that is no longer kept is said at once.
  const kept = request.answers.map((answer) => workbench.handles.get(answer));
  return {
    kind: 'report',
    of: 1,
    async *items(signal) {
      const report = await reportOf(request, kept, workbench, signal);
      const write = await formats.html();
      const text = [...write(report, { width: null, colour: false }, false)].join('');
      yield workbench.files.keep(
        `harrier-${report.now.toISOString().slice(0, 10)}.html`,
        'text/html; charset=utf-8',
        text,
      );
    },
  };
}

async function reportOf(
  request: ReportRequest,
  kept: readonly KeptResult[],
  workbench: Workbench,
  signal: AbortSignal,
): Promise<RunReport> {
  const { options, trail } = workbench;
  const accepted = request.rows === 'all' ? null : await options.accepted();
  const judgements = await workbench.judgements.all();
  const results: HuntResult[] = [];
  for (const one of kept) {
    const [shown] = applyAccepted([one.whole], accepted, new Date());
    results.push(await judged(one, shown!, request, judgements));
  }
  const steps = request.notes ? (await trail.steps()).filter(({ starred }) => starred) : [];
  const account: ReportAccount = {
    ...{ rows: request.rows, redacted: [] },
    asked: kept.map(({ question, whole }) => ({ name: whole.hunt?.name ?? 'Query', changes: changesOf(question) })),
    steps: steps.map(({ at, text }) => ({ at: new Date(at), text })),
  };
  const command = kept.map(({ question }) => commandFor(question, workbench)).join('\n');
  const report: RunReport = {
    ...{ title: request.title.trim() || null, results, account, attack: options.attack },
    now: kept[0]?.now ?? new Date(),
    engine: options.kind === 'cluster' ? 'elasticsearch' : 'duckdb',
    ...{ load: null, eventFacts: null, partial: results.some(({ outcome }) => outcome === 'interrupted') },
    unread: kept.find(({ unread }) => unread !== null)?.unread ?? null,
    provenance: { version: options.version, command, files: [] },
  };
  const texts = kept.map(({ whole }) => whole.text);
  const illustrated = request.evidence
    ? await workbench.ask(texts, (session) => illustrate(report, kept, session, workbench, signal), signal)
    : report;
  if (request.redact.length === 0) return illustrated;
  const aliases = new Aliases(request.redact);
  learnFrom(illustrated.results, aliases);
  await workbench.ask([], (session) => learnFromEvents(session, aliases, signal), signal);
  return redacted(illustrated, aliases);
}

/** A result with what was decided about its rows; where only judged rows are wanted, without the others. */
async function judged(
  kept: KeptResult,
  shown: HuntResult,
  { rows, notes }: ReportRequest,
  all: Awaited<ReturnType<Workbench['judgements']['all']>>,
): Promise<HuntResult> {
  const { result } = shown;
  if (!result || result.values.length === 0) return shown;
  const known = await judgedResult(kept);
  const judgements = result.values.map((_, i): RowJudgement | null => {
    const found = rowJudgement(known.at(shown.places?.[i] ?? i, all));
    return found && { ...found, note: notes ? found.note : null };
  });
  const isLeft = (i: number): boolean => rows !== 'judged' || judgements[i]?.verdict != null;
  const left = result.values.flatMap((_, i) => (isLeft(i) ? [i] : []));
  if (left.length === result.values.length) return { ...shown, judgements };
  const { hiddenKeys, ...others } = result;
  const rowsOf = <T>(all: readonly T[]): T[] => left.map((i) => all[i]!);
  return {
    ...shown,
    result: {
      ...{ ...others, values: rowsOf(result.values) },
      ...(hiddenKeys && { hiddenKeys: { ...hiddenKeys, values: rowsOf(hiddenKeys.values) } }),
    },
    judgements: rowsOf(judgements),
    places: left.map((i) => shown.places?.[i] ?? i),
    leftOut: result.values.length - left.length,
  };
}

/** Adds pictures and process trees of the hits, and whether the data can answer. */
async function illustrate(
  report: RunReport,
  kept: readonly KeptResult[],
  session: Session,
  workbench: Workbench,
  signal: AbortSignal,
): Promise<RunReport> {
  const jobs = kept.map(({ job, whole }): Job => ({ ...job, esql: new CompiledQuery(whole.text) }));
  const assess = await assessor(session, workbench.options.events.source, signal);
  const extras = { facts: false, evidence: true, coverage: true, context: 'here' } as const;
  return withExtras(report, session, jobs, extras, { assess, signal });
}

/** The values that the events have: one may stand in a command line whose result does not show the field. */
async function learnFromEvents({ engine, now }: Session, aliases: Aliases, signal: AbortSignal): Promise<void> {
  for (const field of aliases.fields) {
    if (!engine.catalogue.field(field)) continue;
    const name = `\`${field.replaceAll('`', '``')}\``;
    const query = `FROM * | WHERE ${name} IS NOT NULL | STATS events = COUNT(*) BY value = TO_STRING(${name}) | SORT events DESC | LIMIT ${mostValues}`;
    const { values } = await engine.query(query, { now: now.getTime(), maxRows: null, signal });
    for (const [, value] of values) aliases.learn(field, String(value));
  }
}

function redacted(report: RunReport, aliases: Aliases): RunReport {
  const text = (value: string): string => aliases.text(value);
  const results = report.results.map((one) => ({
    ...redactResult(one, aliases),
    ...(one.judgements && {
      judgements: one.judgements.map(
        (judgement) =>
          judgement && {
            ...judgement,
            note: judgement.note === null ? null : text(judgement.note),
            givenFor: judgement.givenFor === null ? null : text(judgement.givenFor),
          },
      ),
    }),
  }));
  const account = report.account!;
  const { provenance, unread, title } = report;
  const rest = {
    ...{ results, title: title == null ? null : text(title), unread: unread === null ? null : text(unread) },
    provenance: provenance && { ...provenance, command: text(provenance.command) },
    asked: account.asked.map(({ name, changes }) => ({ name, changes: changes.map(text) })),
    steps: account.steps.map((step) => ({ ...step, text: text(step.text) })),
  };
  const { asked, steps, ...others } = rest;
  // What was replaced is known when everything has been.
  return { ...report, ...others, account: { ...account, asked, steps, redacted: aliases.replaced } };
}

/** What was different about a question, a text each. */
const changesOf = ({ text, window, platform, set, only, exclude }: Question): string[] => [
  ...(text === null ? [] : ['edited text']),
  ...(window === null ? [] : [`window ${window}`]),
  ...(platform === null ? [] : [`platform ${platform}`]),
  ...set.map(({ name, value }) => `${name} = ${value}`),
  ...only.map((condition) => `only ${condition}`),
  ...exclude.map((condition) => `exclude ${condition}`),
];
