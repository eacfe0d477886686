import { overrideJobs } from '../../../app/override-jobs.ts';
import { surroundingsOf } from '../../../app/session/session.ts';
import { InputError } from '../../../diagnostics/diagnostic.ts';
import { type OpenThreshold, openTuning } from '../../../investigate/open-tuning.ts';
import { thresholdsFor } from '../../../investigate/thresholds.ts';
import { windowDays } from '../../../investigate/tune.ts';
import { typed } from '../../../overrides/typed-query.ts';
import type { HuntResult } from '../../../report/report.ts';
import { applyAccepted } from '../../../runs/accepted/apply.ts';
import { wireCell } from '../../../values/wire-cell.ts';
import type { TuningThreshold } from '../../contract/calls.ts';
import type { Handler } from '../call.ts';
import { columnsOf } from '../cells.ts';
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
export const tuningNear: Handler<'tuning/near'> = ({ handle, places, count }, workbench, signal) =>
  workbench.tunings.get(handle).ask(async (tuning) => {
    const values = places.length === 0 ? [] : await tuning.rowsAt(places, signal);
    const counted = count && (await tuning.count(count, signal));
    return {
      values: values.map((row) => row.map(wireCell)),
      hits: counted?.hits ?? null,
      isCut: counted?.isCut ?? false,
    };
  }, signal);

/** More rows are not compared with the allow-list: they would all be read. */
const mostCompared = 20_000;

/** Which of the rows before the thresholds the allow-list hides. */
export const tuningAccepted: Handler<'tuning/accepted'> = async ({ handle }, workbench, signal) => {
  const { options, tunings } = workbench;
  const list = await options.accepted();
  const { question, ask } = tunings.get(handle);
  if (!list || list.entries.length === 0) return { places: [] };
  const { hunt, query } = options.library.job(question);
  return ask(async (tuning) => {
    const { rows, columns, text } = tuning;
    if (rows === null || rows > mostCompared) return { places: null };
    const places = Array.from({ length: rows }, (_, place) => place);
    const values = await tuning.rowsAt(places, signal);
    const whole: HuntResult = {
      ...{ hunt, query, text, outcome: 'hits', error: null, notes: [], coverage: null, hidden: [] },
      ...{ drillDown: null, evidence: null },
      result: { columns, values, warnings: [], notes: [], tookMs: 0 },
    };
    const [left] = applyAccepted([whole], list, new Date());
    const shown = new Set(left?.places ?? places);
    return { places: places.filter((place) => !shown.has(place)) };
  }, signal);
};
