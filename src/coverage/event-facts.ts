import type { Engine } from '../engines/engine.ts';
import { severalAtOnce } from '../engines/several-at-once.ts';
import type { CompiledQuery } from '../languages/esql/compiled-query.ts';
import { indexPattern } from '../languages/esql/print/tokens.ts';
import { conditionsOf, timeBounds, timestampsOf, windowOf } from '../plan/time-bounds.ts';
import { formatDate } from '../values/date.ts';
import { typedTolerantly } from './tolerant-catalogue.ts';

/** What the events of a run are like, as far as it bears on every hunt. */
export interface EventFacts {
  readonly events: number;
  /** Events that are there more than once, by `_id` or `event.id`, the first of each not counted. */
  readonly duplicate: number;
  /** Events later than it is now, really. */
  readonly future: number;
  /** Events that no query looks at for their time; null where some query looks at all times. */
  readonly outsideEveryWindow: number | null;
}

/** Names the fields that are asked for, for whoever must read them first. */
export const eventFactFields = 'FROM * | KEEP @timestamp, event.id';

const tolerance = 3_600_000;

/** Asks the events of the indices that a run reads. `queries`: those of the run. */
export async function gatherEventFacts(
  engine: Engine,
  pattern: string,
  queries: readonly CompiledQuery[],
  now: Date,
  signal?: AbortSignal,
): Promise<EventFacts> {
  const options = { now: now.getTime(), maxRows: null, ...(signal && { signal }) };
  const read = indexPattern(pattern);
  const span = await unionOfWindows(queries, engine, now);
  const future = formatDate(BigInt(Date.now() + tolerance));
  const outside = span
    ? `COUNT(*) WHERE @timestamp < "${formatDate(span.from)}" OR @timestamp > "${formatDate(span.to)}"`
    : 'SUM(0)';
  const questions = [
    `FROM ${read} | STATS events = COUNT(*), future = COUNT(*) WHERE @timestamp > "${future}", outside = ${outside}`,
    `FROM ${read} METADATA _id, _index | EVAL id = COALESCE(_id, event.id) | WHERE id IS NOT NULL | STATS n = COUNT(*) BY id, _index | WHERE n > 1 | STATS extra = SUM(n - 1)`,
  ];
  const [counted, repeated] = await severalAtOnce(questions, engine.parallel, (query) => engine.query(query, options));
  const [events, later, beyond] = counted!.values[0]!.map(Number) as [number, number, number];
  return {
    events,
    future: later,
    duplicate: Number(repeated!.values[0]?.[0] ?? 0),
    outsideEveryWindow: span ? beyond : null,
  };
}

/** The time from the first to the last moment that any of the queries looks at; null when one looks at all times. */
async function unionOfWindows(
  queries: readonly CompiledQuery[],
  engine: Engine,
  now: Date,
): Promise<{ from: bigint; to: bigint } | null> {
  let union: { from: bigint; to: bigint } | null = null;
  for (const query of queries) {
    if (!query.parsed.query) continue;
    const { plan } = (await typedTolerantly(query, engine.catalogue, { now: now.getTime() })).analysis;
    if (!plan) continue;
    const ids = timestampsOf(plan);
    const { from, to } = windowOf(conditionsOf(plan).flatMap((condition) => timeBounds(condition, ids)));
    if (from === null) return null;
    const end = to ?? BigInt(now.getTime());
    union = union
      ? { from: from < union.from ? from : union.from, to: end > union.to ? end : union.to }
      : { from, to: end };
  }
  return union;
}
