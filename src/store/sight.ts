import type { IndexSummary } from '../catalogue/catalogue.ts';
import { visibleAliases } from './alias.ts';
import { enrichPolicies as enrichPoliciesOf } from './enrich-policy.ts';
import type { IndexSnapshot } from './index-table.ts';
import type { SeenIndex, SeenStore } from './seen-store.ts';
import type { Store } from './store.ts';
import { viewsOf } from './view.ts';

/** What a query sees of a store. One that sees the same as the last gets the same value, which is then planned over at once. */
export class Sight {
  /** What the last query saw: every commit makes a new list of what is committed, templates and policies included. */
  #last: {
    readonly committed: readonly IndexSnapshot[];
    readonly tables: readonly IndexSnapshot[];
    readonly seen: SeenStore;
  } | null = null;
  readonly #indices = new WeakMap<IndexSnapshot, SeenIndex>();

  /** `summaryOf` says the same of an index as long as it stays as it is. */
  constructor(
    private readonly store: Store,
    private readonly summaryOf: (index: IndexSnapshot) => IndexSummary,
  ) {}

  /** What there is to see of what was committed. `visible`: by the names of indices and views. */
  of(committed: readonly IndexSnapshot[], visible: (name: string) => boolean): SeenStore {
    const tables = committed.filter(({ name }) => visible(name));
    // A view stands among the indices: who may not read its name does not see it, and is not stopped by it in `FROM *`.
    const views = viewsOf(this.store.templates('view')).filter(({ name }) => visible(name));
    const last = this.#last;
    const isSame =
      last?.committed === committed &&
      last.tables.length === tables.length &&
      tables.every((table, i) => table === last.tables[i]) &&
      last.seen.views.length === views.length &&
      views.every(({ name }, i) => name === last.seen.views[i]!.name);
    if (isSame) return last.seen;
    const seen = {
      indices: tables.map((index) => this.#see(index)),
      enrichPolicies: enrichPoliciesOf(this.store.templates('enrich_policy')),
      views,
      aliases: visibleAliases(this.store.aliases, visible),
    };
    this.#last = { committed, tables, seen };
    return seen;
  }

  #see(index: IndexSnapshot): SeenIndex {
    const known = this.#indices.get(index);
    if (known) return known;
    const { uuid, settings, table, fields, columns } = index;
    const seen = { uuid, settings, table, fields, columns, summary: this.summaryOf(index) };
    this.#indices.set(index, seen);
    return seen;
  }
}
