import type { SourceText, Span } from '../diagnostics/source-text.ts';
import { constantComparison } from '../esql/plan/comparison.ts';
import { conditionsOf, type TimeBound, timeBounds } from '../esql/plan/time-bounds.ts';
import { formatDate } from '../values/date.ts';
import { fieldsOfColumns } from './lineage.ts';
import { insertCommand, type TextEdit } from './text-edit.ts';
import { type EventPipeline, eventPipelines, type TypedQuery, within } from './typed-query.ts';

/** The time that a hunt is to look at. */
export type WindowOverride =
  /** Up to now: `24 hours`, as ES|QL writes it. */
  | { readonly last: string }
  /** From one time on, up to another; milliseconds since the epoch, the second excluded. */
  | { readonly from: number | null; readonly to: number | null };

/**
 * Edits that make every FROM of a query look at another time: its own bounds are changed wherever they stand, and new
 * ones added where there are none.
 */
export function overrideWindow(typed: TypedQuery, window: WindowOverride): TextEdit[] {
  const fields = fieldsOfColumns(typed.plan);
  const times = new Set([...fields].flatMap(([id, name]) => (name === '@timestamp' ? [id] : [])));
  const bounds = distinct(conditionsOf(typed.plan).flatMap((condition) => timeBounds(condition, times)));
  return eventPipelines(typed.query).flatMap((pipeline) => ofPipeline(bounds, pipeline, window, typed.source));
}

/** Where branches share what stands before them, the plan has it several times. */
const distinct = (bounds: readonly TimeBound[]): TimeBound[] => [
  ...new Map(bounds.map((bound) => [`${bound.comparison.span.start} ${bound.side}`, bound])).values(),
];

function ofPipeline(
  bounds: readonly TimeBound[],
  pipeline: EventPipeline,
  window: WindowOverride,
  source: SourceText,
): TextEdit[] {
  const { from, ends, conditions, later } = pipeline;
  const edits = new Map<number, TextEdit>();
  const added: string[] = [];
  const put = (side: TimeBound['side'], bound: string | null): void => {
    const own = (spans: readonly Span[]): TimeBound[] =>
      bounds.filter(
        (bound) =>
          bound.side === side &&
          !isBothSides(bound, bounds) &&
          spans.some((condition) => within(bound.comparison.span, condition)),
      );
    if (bound === null) return;
    for (const { comparison } of [conditions, ...later].flatMap(own)) {
      // RENAME may have given the time another name.
      const name = source.slice(constantComparison(comparison)!.measure.span);
      edits.set(comparison.span.start, { span: comparison.span, text: `${name} ${bound}` });
    }
    const isBound = own(conditions).length > 0 || (later.length > 0 && later.every((way) => own(way).length > 0));
    if (!isBound && from.patterns.length > 0) added.push(`@timestamp ${bound}`);
  };
  if ('last' in window) put('from', `> NOW() - ${window.last}`);
  else {
    put('from', window.from === null ? null : `>= "${formatDate(BigInt(window.from))}"`);
    put('to', window.to === null ? null : `< "${formatDate(BigInt(window.to))}"`);
  }
  const inserted = added.length > 0 ? [insertCommand(ends[0]!, `WHERE ${added.join(' AND ')}`)] : [];
  return [...edits.values(), ...inserted];
}

/** An equality fixes one moment: no window can change that. */
const isBothSides = (bound: TimeBound, all: readonly TimeBound[]): boolean =>
  all.some(({ comparison, side }) => comparison === bound.comparison && side !== bound.side);
