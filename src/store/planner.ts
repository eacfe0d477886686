import type { FieldTypes } from '../catalogue/field-types.ts';
import { prepare } from '../engines/duckdb/prepare.ts';
import { type Runnable, runnable } from '../engines/duckdb/runnable.ts';
import type { WorkKey } from '../engines/known-lengths.ts';
import type { PlanOptions } from '../engines/planned-query.ts';
import type { TableCatalogue } from '../tables/table-catalogue.ts';
import { catalogueOf, type SeenStore } from './seen-store.ts';

/** A query that is to be planned. */
export interface PlanRequest {
  readonly text: string;
  readonly options: PlanOptions;
  /** Warning sites are numbered from here on. */
  readonly firstSite: number;
  /** By which a query like it is known. */
  readonly key: WorkKey;
}

/** Plans queries over a store. Throws a QueryError with every problem found. */
export interface Planner {
  plan(seen: SeenStore, request: PlanRequest, signal?: AbortSignal): Promise<Runnable>;
  close(): Promise<void>;
}

/** Plans on the thread that asks. */
export class LocalPlanner implements Planner {
  #last: { seen: SeenStore; catalogue: TableCatalogue } | null = null;

  constructor(private readonly unmapped: FieldTypes | null = null) {}

  async plan(seen: SeenStore, request: PlanRequest): Promise<Runnable> {
    return this.planNow(seen, request);
  }

  planNow(seen: SeenStore, { text, options, firstSite }: PlanRequest): Runnable {
    const catalogue = this.catalogue(seen);
    return runnable(prepare(text, catalogue, catalogue.relation, options, firstSite), catalogue);
  }

  /** The catalogue of what is seen: the last one where it is the same. */
  catalogue(seen: SeenStore): TableCatalogue {
    if (this.#last?.seen !== seen) this.#last = { seen, catalogue: catalogueOf(seen, this.unmapped) };
    return this.#last.catalogue;
  }

  async close(): Promise<void> {}
}
