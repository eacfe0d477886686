import type { Engine } from '../engines/engine.ts';
import { countWhere, freshColumns, grouped } from '../plan/build.ts';
import { reference } from '../plan/expression.ts';
import type { Plan } from '../plan/nodes.ts';
import type { QueryResult } from '../values/types.ts';
import type { EventsOfRows } from './row-events.ts';

/** Reads the first `most` events, the oldest first, and counts all of them. */
export async function readEvents(
  { plan, query, fields }: EventsOfRows,
  engine: Engine,
  most: number,
  signal: AbortSignal,
): Promise<{ result: QueryResult; total: number }> {
  const time = fields.get('@timestamp');
  const { output } = plan;
  // A row that is an event is found by its place.
  const isRow = plan.kind === 'limit';
  const key = time && { expression: reference(time, { start: 0, end: 0 }), descending: false, nulls: 'last' as const };
  const input: Plan = key && !isRow ? { kind: 'sort', input: plan, keys: [key], output } : plan;
  const cut: Plan = { kind: 'limit', input, count: BigInt(most), output };
  const result = await engine.run(cut, query.source, signal);
  if (result.values.length < most) return { result, total: result.values.length };
  const fresh = freshColumns(plan);
  const counting = grouped(plan, [], [countWhere(fresh('n', 'long'), null)], fresh);
  const { values: counted } = await engine.run(counting, query.source, signal);
  return { result, total: Number(counted[0]![0]) };
}
