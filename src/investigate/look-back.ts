import type { Engine } from '../engines/engine.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import { typed } from '../overrides/typed-query.ts';
import { conditionsOf, timeBounds, timestampsOf, windowOf } from '../plan/time-bounds.ts';
import { formatDate } from '../values/date.ts';
import type { Schedule } from './backfill.ts';
import { indicesOf, patternsOf } from './indices.ts';

/** Milliseconds of a window where a query has none. */
const usualStep = 86_400_000;

/** How far a query looks back from now, in milliseconds; null where nothing bounds it. */
export async function lengthOfWindow(text: QueryText, engine: Engine, now: number): Promise<number | null> {
  const { plan } = await typed(text, { catalogue: async () => engine.catalogue, now });
  const ids = timestampsOf(plan);
  const { from, to } = windowOf(conditionsOf(plan).flatMap((condition) => timeBounds(condition, ids)));
  if (from === null) return null;
  const length = (to === null ? now : Number(to)) - Number(from);
  return length > 0 ? length : null;
}

/** Windows back from now, as far as there are events and no more than `most`; the last ends now. */
export function scheduleBack(
  { indices }: Engine['catalogue'],
  { now, step, most }: { readonly now: number; readonly step: number | null; readonly most: number },
): Schedule {
  const first = Math.min(...indices.flatMap(({ firstTimestamp }) => firstTimestamp ?? []));
  const length = step ?? usualStep;
  const back = Number.isFinite(first) ? Math.max(1, Math.ceil((now - first) / length)) : most;
  const count = Math.max(1, Math.min(most, back));
  return { first: now - (count - 1) * length, step: length, count };
}

/**
 * The events of a query's sources in each window of a schedule: a window without any answers nothing, which is not the
 * same as no hits. `length`: of a window, where it reaches further back than the step.
 */
export async function eventsOfWindows(
  text: QueryText,
  engine: Engine,
  { first, step, count }: Schedule,
  length: number,
  signal: AbortSignal,
): Promise<number[]> {
  const sources = indicesOf(patternsOf([text]), [], engine.catalogue);
  if (sources === null) return Array.from({ length: count }, () => 0);
  const last = first + (count - 1) * step;
  const reach = Math.max(1, Math.ceil(length / step));
  const begin = first - reach * step;
  const time = (at: number): string => `"${formatDate(BigInt(Math.floor(at)))}"`;
  const asked = new CompiledQuery(
    `FROM ${sources} | WHERE @timestamp > ${time(begin)} AND @timestamp <= ${time(last)} ` +
      `| EVAL back = (${last} - TO_LONG(@timestamp)) / ${step} | STATS events = COUNT(*) BY back`,
  );
  const { values } = await engine.query(asked, { now: last, maxRows: null, signal });
  const steps = new Map(values.map(([events, back]) => [Number(back), Number(events)]));
  return Array.from({ length: count }, (_, i) => {
    let sum = 0;
    for (let back = count - 1 - i; back < count - 1 - i + reach; back++) sum += steps.get(back) ?? 0;
    return sum;
  });
}
