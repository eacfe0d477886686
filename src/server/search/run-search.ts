import { call, columnValue } from '../../languages/search/calls.ts';
import { Documents, type Rows } from '../../languages/search/documents.ts';
import { type HitColumns, hitColumns, hitsInOrder, shownHits } from '../../languages/search/hits-plan.ts';
import type { SearchRequest, Slice } from '../../languages/search/search-request.ts';
import { standsBehind } from '../../languages/search/sort-keys.ts';
import { countWhere, given } from '../../plan/build.ts';
import type { Expression } from '../../plan/expression.ts';
import type { Plan } from '../../plan/nodes.ts';
import type { RunBounds, StoreSnapshot } from '../../store/store-snapshot.ts';
import type { CellValue } from '../../values/types.ts';
import { runAggregations } from './aggregations/run-aggregations.ts';
import { hitsJson } from './hits-json.ts';

/** Where a search runs. */
export interface SearchScope {
  readonly snapshot: StoreSnapshot;
  readonly indices: readonly string[];
  /** Whether the kinds of aggregations stand before their names in the answer. */
  readonly typedKeys?: boolean;
}

/** How many hits there are, or that there are more than were counted; null where nobody wants to know. */
export type Total = { readonly value: number; readonly isExact: boolean } | null;

/** The answer to a search, its parts as JSON. */
export interface SearchAnswer {
  readonly total: Total;
  /** Made one by one: all of them as text take several times what they hold. */
  readonly hits: Iterable<string>;
  readonly isEmpty: boolean;
  readonly isScored: boolean;
  readonly aggregations: string | null;
}

/** Runs a search: a plan for its hits, one for their number where the hits do not tell, and those of its aggregations. */
export async function runSearch(request: SearchRequest, scope: SearchScope, bounds: RunBounds): Promise<SearchAnswer> {
  const { hits } = request;
  const rows = await readHits(request, scope, bounds);
  const isWhole = request.searchAfter === null && hits.size > 0 && rows.length < hits.from + hits.size;
  const total =
    isWhole && request.countUpTo !== 'none' ? exactly(rows.length) : await countHits(request, scope, bounds);
  const columns = hitColumns(hits, documentsOf(request, scope), request.now);
  return {
    total: cut(total, request.countUpTo),
    hits: hitsJson(columns, hits.form, rows.slice(hits.from)),
    isEmpty: rows.length <= hits.from,
    isScored: columns.keys.length === 0 || columns.keys.some(({ isScore }) => isScore),
    aggregations: await aggregated(request, scope, bounds),
  };
}

function aggregated(request: SearchRequest, scope: SearchScope, bounds: RunBounds): Promise<string> | null {
  if (request.aggregations.length === 0) return null;
  return runAggregations(request.aggregations, {
    typedKeys: scope.typedKeys ?? false,
    now: request.now,
    documents: () => documentsOf(request, scope),
    tests: (documents) => testsOf({ ...request, postFilter: null }, documents),
    run: async (plan) => (await scope.snapshot.run(plan, bounds)).values,
  });
}

const exactly = (value: number): Total => ({ value, isExact: true });

/** No more hits than were to be counted. */
const cut = (total: Total, upTo: SearchRequest['countUpTo']): Total =>
  total !== null && typeof upTo === 'number' && total.value > upTo ? { value: upTo, isExact: false } : total;

const documentsOf = ({ now }: SearchRequest, { snapshot, indices }: SearchScope): Documents =>
  new Documents(snapshot.catalogue, indices, now);

async function readHits(
  request: SearchRequest,
  scope: SearchScope,
  bounds: RunBounds,
): Promise<readonly (readonly CellValue[])[]> {
  const { from, size } = request.hits;
  const { plan, columns, fresh } = hitsPlan(request, scope);
  if (size === 0) return [];
  const first = hitsInOrder(plan, columns, from + size);
  return (await scope.snapshot.run(shownHits(first, columns, fresh), bounds)).values;
}

/** The rows of all hits of a search, in no order yet. */
export function hitsPlan(request: SearchRequest, scope: SearchScope): Rows & { columns: HitColumns } {
  const documents = documentsOf(request, scope);
  const columns = hitColumns(request.hits, documents, request.now);
  const { searchAfter } = request;
  const behind = searchAfter === null ? [] : [standsBehind(columns.keys, searchAfter, request.now)];
  return { ...documents.rows([...testsOf(request, documents), ...behind]), columns };
}

/** What the documents that a search finds fulfil. */
function testsOf({ query, postFilter, slice }: SearchRequest, documents: Documents): Expression[] {
  const conditions = [query ?? [], postFilter ?? []].flat().map((condition) => documents.test(condition));
  return slice === null ? conditions : [...conditions, isIn(slice, columnValue(documents.mark('_place')))];
}

const isIn = ({ id, max }: Slice, place: Expression): Expression =>
  call('==', 'boolean', call('%', 'long', place, given('long', BigInt(max))), given('long', BigInt(id)));

async function countHits(request: SearchRequest, scope: SearchScope, bounds: RunBounds): Promise<Total> {
  if (request.countUpTo === 'none') return null;
  const documents = documentsOf(request, scope);
  const { plan, fresh } = documents.rows(testsOf(request, documents));
  const count = fresh('count', 'long');
  const aggregates = [countWhere(count, null)];
  const counted: Plan = { kind: 'aggregate', input: plan, groups: [], aggregates, output: [count] };
  const { values } = await scope.snapshot.run(counted, bounds);
  return exactly(Number(values[0]![0]));
}
