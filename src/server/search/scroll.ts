import { type HitColumns, orderOfHits, shownHits } from '../../languages/search/hits-plan.ts';
import type { SearchRequest } from '../../languages/search/search-request.ts';
import type { Plan } from '../../plan/nodes.ts';
import type { RowReader, RunBounds, StoreSnapshot } from '../../store/store-snapshot.ts';
import { hitsJson } from './hits-json.ts';
import { hitsPlan, runSearch, type SearchAnswer, type SearchScope } from './run-search.ts';

/**
 * The hits of a search from first to last, some at a time, over one snapshot. The engine sorts them once and gives them as
 * they are wanted: pages neither repeat the search nor miss what is written meanwhile.
 */
export class Scroll {
  #first: SearchAnswer | null;

  private constructor(
    private readonly request: SearchRequest,
    private readonly snapshot: StoreSnapshot,
    private readonly columns: HitColumns,
    private readonly rows: RowReader,
    first: SearchAnswer,
    readonly indices: number,
  ) {
    this.#first = first;
  }

  static async begin(request: SearchRequest, scope: SearchScope, bounds: RunBounds): Promise<Scroll> {
    // Everything but the hits comes with the first answer, their exact number with each.
    const counted: SearchRequest = { ...request, countUpTo: 'all', hits: { ...request.hits, size: 0 } };
    const first = await runSearch(counted, scope, bounds);
    const { plan, columns, fresh } = hitsPlan(request, scope);
    const rows = await scope.snapshot.read(shownHits(inOrder(plan, columns), columns, fresh), bounds.signal);
    return new Scroll(request, scope.snapshot, columns, rows, first, scope.indices.length);
  }

  /** The next hits, none behind the last. */
  async next(bounds: RunBounds): Promise<SearchAnswer> {
    const { hits } = this.request;
    const rows = await this.rows.next(hits.size, bounds);
    const first = this.#first!;
    const answer = { ...first, hits: hitsJson(this.columns, hits.form, rows), isEmpty: rows.length === 0 };
    this.#first = { ...first, aggregations: null };
    return answer;
  }

  close(): Promise<void> {
    return this.snapshot.close();
  }
}

/** Rows in the order of hits. As the table has them they are in that of their places. */
function inOrder(rows: Plan, columns: HitColumns): Plan {
  const keys = orderOfHits(columns);
  const byPlace = keys.length === 1 && !keys[0]!.descending;
  return byPlace ? rows : { kind: 'sort', input: rows, keys, output: rows.output };
}
