import { overrideJobs } from '../../../app/override-jobs.ts';
import { surroundingsOf } from '../../../app/session/session.ts';
import { InputError } from '../../../diagnostics/diagnostic.ts';
import { type OpenThreshold, type OpenTuning, openTuning } from '../../../investigate/open-tuning.ts';
import { thresholdsFor } from '../../../investigate/thresholds.ts';
import { windowDays } from '../../../investigate/tune.ts';
import { typed } from '../../../overrides/typed-query.ts';
import { applyAccepted } from '../../../runs/accepted/apply.ts';
import type { AcceptedList } from '../../../runs/accepted/entry.ts';
import type { CellValue } from '../../../values/types.ts';
import { wireCell } from '../../../values/wire-cell.ts';
import type { TuningThreshold } from '../../contract/calls.ts';
import type { Question } from '../../contract/question.ts';
import type { Handler } from '../call.ts';
import { columnsOf } from '../cells.ts';
import type { Workbench } from '../context.ts';
import { overridesOf } from '../questions.ts';
import { unableOver } from './abilities.ts';

/** Opens a query for its thresholds to be moved: the page counts by itself from what it gets. */
export const tuning: Handler<'tuning'> = async ({ question }, workbench, signal) => {
  const unable = unableOver(workbench.options.kind).thresholds;
  if (unable !== null) throw new InputError(unable);
  const { library } = workbench.options;
  const asked = library.job(question);
  await workbench.tunings.makeRoom();
  const { revision } = workbench;
  const session = await workbench.open([asked.esql.text], signal);
  try {
    const [job] = await overrideJobs([asked], overridesOf(question), session);
    if (job!.refusal !== undefined) throw new InputError(job!.refusal);
    const { engine, now } = session;
    const held = surroundingsOf(session) ?? { catalogue: async () => engine.catalogue, now: now.getTime() };
    const days = windowDays(await typed(job!.esql, held), now);
    const open = await openTuning(job!.esql, engine, { now, signal });
    const { rows, limit, columns, thresholds } = open;
    return {
      handle: workbench.tunings.keep(question, open, session),
      ...{ rows, limit, days, revision, columns: columnsOf(columns), thresholds: thresholds.map(thresholdInfo) },
    };
  } catch (error) {
    await session.engine.close();
    throw error;
  }
};

function thresholdInfo(threshold: OpenThreshold): TuningThreshold {
  const { name, subject, operator, value, isWhole, looser, measures, ladder, reason, isAlone } = threshold;
  return {
    ...{ name, subject, operator, value, isWhole, looser, isAlone, recounts: reason },
    measures: measures && Buffer.from(measures.buffer, measures.byteOffset, measures.byteLength).toString('base64'),
    ladder: ladder
      ? { settings: [...ladder.settings], rows: [...ladder.rows] }
      : reason === null
        ? null
        : { settings: thresholdsFor(value, [], isWhole), rows: null },
  };
}

/** Rows by their places before the thresholds, and where it is asked for hits counted by a run. */
export const tuningNear: Handler<'tuning/near'> = async ({ handle, places, count }, workbench, signal) => {
  const tuned = workbench.tunings.get(handle);
  return tuned.ask(async (tuning) => {
    const values = places.length === 0 ? [] : await tuning.rowsAt(places, signal);
    const counted = count && (await tuning.count(count, signal));
    return {
      values: values.map((row) => row.map(wireCell)),
      accepted: acceptedBy(values, tuned.question, tuning, await workbench.options.accepted(), workbench),
      hits: counted?.hits ?? null,
      isCut: counted?.isCut ?? false,
    };
  }, signal);
};

/** For each row the reason of the entry of the allow-list that hides it. */
function acceptedBy(
  values: readonly (readonly CellValue[])[],
  question: Question,
  { columns, text }: OpenTuning,
  list: AcceptedList | null,
  { options }: Workbench,
): (string | null)[] {
  const { hunt, query } = options.library.job(question);
  return values.map((row) => {
    const [left] = applyAccepted(
      [
        {
          ...{ hunt, query, text, outcome: 'hits', error: null, notes: [], coverage: null, hidden: [] },
          ...{ drillDown: null, evidence: null },
          result: { columns, values: [row], warnings: [], notes: [], tookMs: 0 },
        },
      ],
      list,
      new Date(),
    );
    return left!.hidden[0]?.reason ?? null;
  });
}
