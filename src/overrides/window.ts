import { conditionsOf, type TimeBound, timeBounds, timestampsOf } from '../esql/plan/time-bounds.ts';
import { formatDate } from '../values/date.ts';
import { insertCommand, type TextEdit } from './text-edit.ts';
import { type EventPipeline, eventPipelines, type TypedQuery, within } from './typed-query.ts';

/** The time that a hunt is to look at. */
export type WindowOverride =
  /** Up to now: `24 hours`, as ES|QL writes it. */
  | { readonly last: string }
  /** From one time on, up to another; milliseconds since the epoch, the second excluded. */
  | { readonly from: number | null; readonly to: number | null };

/** Edits that make every FROM of a query look at another time: its own bounds are changed, or new ones added. */
export function overrideWindow(typed: TypedQuery, window: WindowOverride): TextEdit[] {
  const ids = timestampsOf(typed.plan);
  const bounds = conditionsOf(typed.plan).flatMap((condition) => timeBounds(condition, ids));
  return eventPipelines(typed.query)
    .filter(({ from }) => from.patterns.length > 0)
    .flatMap((pipeline) => ofPipeline(distinct(bounds.filter((bound) => stands(bound, pipeline))), pipeline, window));
}

const stands = ({ comparison }: TimeBound, { conditions }: EventPipeline): boolean =>
  conditions.some((condition) => within(comparison.span, condition));

/** Where branches share what stands before them, the plan has it several times. */
const distinct = (bounds: readonly TimeBound[]): TimeBound[] => [
  ...new Map(bounds.map((bound) => [`${bound.comparison.span.start} ${bound.side}`, bound])).values(),
];

function ofPipeline(bounds: readonly TimeBound[], { ends }: EventPipeline, window: WindowOverride): TextEdit[] {
  const edits: TextEdit[] = [];
  const added: string[] = [];
  const put = (side: TimeBound['side'], comparison: string | null): void => {
    const own = bounds.filter((bound) => bound.side === side && !isBothSides(bound, bounds));
    if (comparison === null) return;
    if (own.length === 0) added.push(comparison);
    for (const { comparison: old } of own) edits.push({ span: old.span, text: comparison });
  };
  if ('last' in window) put('from', `@timestamp > NOW() - ${window.last}`);
  else {
    put('from', window.from === null ? null : `@timestamp >= "${formatDate(BigInt(window.from))}"`);
    put('to', window.to === null ? null : `@timestamp < "${formatDate(BigInt(window.to))}"`);
  }
  if (added.length > 0) edits.push(insertCommand(ends[0]!, `WHERE ${added.join(' AND ')}`));
  return edits;
}

/** An equality fixes one moment: no window can change that. */
const isBothSides = (bound: TimeBound, all: readonly TimeBound[]): boolean =>
  all.some(({ comparison, side }) => comparison === bound.comparison && side !== bound.side);
