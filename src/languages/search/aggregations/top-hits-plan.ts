import { filtered } from '../../../plan/build.ts';
import type { Column } from '../../../plan/column.ts';
import type { Expression } from '../../../plan/expression.ts';
import type { Plan } from '../../../plan/nodes.ts';
import { columnValue, isAnyOf } from '../calls.ts';
import type { Documents } from '../documents.ts';
import { type HitColumns, hitColumns, hitsInOrder, orderOfHits, shownHits } from '../hits-plan.ts';
import type { HitsRequest } from '../search-request.ts';
import { keyedRows, type PathStep } from './bucket-plan.ts';
import { onceForEach } from './key-columns.ts';

/** A plan whose rows are the first hits of each bucket, in their order: the keys of the bucket, then the place of the hit. */
export interface TopHitsPlan {
  readonly plan: Plan;
  readonly keys: readonly Column[];
}

/** Where the first hits of the buckets of a path are; null where there can be no bucket. */
export function topHitsPlan(
  path: readonly PathStep[],
  hits: HitsRequest,
  tests: readonly Expression[],
  documents: Documents,
  now: number,
): TopHitsPlan | null {
  const columns = hitColumns(hits, documents, now);
  const keyed = keyedRows(path, tests, documents, now);
  if (keyed === null) return null;
  const { fresh } = keyed;
  const place = documents.mark('_place');
  let rows = keyed.rows;
  const keys = [...keyed.keys];
  for (const [i, source] of keys.entries()) {
    if (!source.multi) continue;
    const column = fresh(source.name, source.type);
    const each: Plan = { kind: 'expand', input: rows, source, column, output: [...rows.output, column] };
    rows = onceForEach(each, place, keys, column);
    keys[i] = column;
  }
  const input = filtered(rows, keyed.chosen(keys));
  const { output } = input;
  const count = BigInt(hits.from + hits.size);
  const order = orderOfHits(columns);
  const first: Plan =
    keys.length === 0
      ? hitsInOrder(input, columns, Number(count))
      : { kind: 'limitBy', input, count, keys: keys.map(columnValue), order, output };
  const sorted: Plan = { kind: 'sort', input: first, keys: order, output };
  return { plan: { kind: 'project', input: sorted, output: [...keys, place] }, keys };
}

/** The hits at some places, as a request shows them: only few rows are then read whole. */
export function hitsAt(
  places: readonly bigint[],
  hits: HitsRequest,
  documents: Documents,
  now: number,
): { readonly plan: Plan; readonly columns: HitColumns } {
  const columns = hitColumns(hits, documents, now);
  const { plan, fresh } = documents.rows([isAnyOf(columnValue(documents.mark('_place')), places)]);
  return { plan: shownHits(plan, columns, fresh), columns };
}
