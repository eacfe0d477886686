import type { Job } from '../../../app/jobs.ts';
import { overrideJobs } from '../../../app/override-jobs.ts';
import type { Session } from '../../../app/session/session.ts';
import { surroundingsOf } from '../../../app/session/session.ts';
import { InputError, QueryError } from '../../../diagnostics/diagnostic.ts';
import { platforms } from '../../../overrides/platform.ts';
import { findThresholds } from '../../../overrides/thresholds.ts';
import { typed } from '../../../overrides/typed-query.ts';
import { conditionsOf, timeBounds, timestampsOf, windowOf } from '../../../plan/time-bounds.ts';
import { quoted } from '../../../values/quoted.ts';
import type { OpenedHunt, ThresholdInfo } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import type { Problem } from '../../contract/states.ts';
import type { Handler } from '../call.ts';
import type { Workbench } from '../context.ts';
import { explain } from '../errors.ts';
import { problemsOf } from '../problems.ts';
import { argumentsOf, overridesOf } from '../questions.ts';

/** A hunt with its chips, as it would run. */
export const openHunt: Handler<'hunt/open'> = async ({ question }, workbench, signal) => {
  const asked = workbench.options.library.job(question);
  return workbench.ask([asked.esql.text], (session) => opened(question, asked, workbench, session), signal);
};

async function opened(question: Question, asked: Job, workbench: Workbench, session: Session): Promise<OpenedHunt> {
  const base = {
    own: asked.esql.text,
    platforms,
    command: commandFor(question, workbench),
    ...{ thresholds: [], window: { from: null, to: null, text: question.window }, problems: [], refusal: null },
  };
  try {
    const [job] = await overrideJobs([asked], overridesOf(question), session);
    const { esql } = job!;
    const refusal = job!.refusal ?? null;
    return { ...base, text: esql.text, refusal, ...(await whatItAsks(esql.text, session)) };
  } catch (error) {
    if (error instanceof QueryError) return { ...base, text: asked.esql.text, problems: problemsOf(error) };
    if (!(error instanceof InputError)) throw error;
    const { message, hint } = explain(error);
    const text = hint === null ? message : `${message}: ${hint}`;
    return { ...base, text: asked.esql.text, ...(await whatItAsks(asked.esql.text, session)), refusal: text };
  }
}

/** The thresholds and the window of a query. */
async function whatItAsks(
  text: string,
  session: Session,
): Promise<{ thresholds: ThresholdInfo[]; window: OpenedHunt['window']; problems: Problem[] }> {
  const { now } = session;
  const held = surroundingsOf(session);
  try {
    const query = await typed(text, held ?? { catalogue: async () => session.engine.catalogue, now: now.getTime() });
    const ids = timestampsOf(query.plan);
    const { from, to } = windowOf(conditionsOf(query.plan).flatMap((condition) => timeBounds(condition, ids)));
    const millis = (value: bigint | number | null): number | null => (value === null ? null : Number(value));
    return {
      thresholds: findThresholds(query).flatMap(({ literal, literalText, constant, measure, ...threshold }) =>
        typeof constant.value === 'object' || constant.value === null
          ? []
          : {
              ...{ name: threshold.name, subject: threshold.subject, operator: threshold.operator },
              ...{ value: Number(constant.value), text: literalText, from: literal.start, to: literal.end },
              ...{ type: measure.type, decides: threshold.decides },
            },
      ),
      window: { from: millis(from), to: millis(to), text: null },
      problems: [],
    };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    return { thresholds: [], window: { from: null, to: null, text: null }, problems: problemsOf(error) };
  }
}

/** The command line that asks the same. */
export function commandFor(question: Question, { options, now }: Workbench): string {
  const { library, dataArguments } = options;
  const time = now === 'latest' ? '--now latest' : now === null ? '' : `--now ${now.toISOString()}`;
  const changes = argumentsOf(question);
  if (question.hunt === null || question.text !== null)
    return ['harrier query', quoted(question.text ?? ''), dataArguments, time].filter((part) => part !== '').join(' ');
  const { uuid, file } = library.hunt(question.hunt);
  const name = uuid?.slice(0, 8) ?? quoted(file);
  return [`harrier run ${name}`, dataArguments, changes, time].filter((part) => part !== '').join(' ');
}
