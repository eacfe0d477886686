import type { SeenIndex, SeenStore } from './seen-store.ts';

/*
 * What a query sees of a store goes to other threads by its changes: most of it, the fields above all, stays the same from
 * query to query, and copying thousands of them takes longer than planning.
 */

/** An index without what the other side has of it already. */
type SentIndex = Pick<SeenIndex, 'uuid' | 'summary' | 'settings' | 'table'> &
  Partial<Pick<SeenIndex, 'fields' | 'columns'>>;

/** What is new against what was sent before. */
export interface SeenChanges {
  readonly indices: readonly SentIndex[];
  /** All that are seen, by their identifiers and in their order; the others are forgotten. */
  readonly order: readonly string[];
  readonly enrichPolicies: SeenStore['enrichPolicies'];
  readonly views: SeenStore['views'];
  readonly aliases: SeenStore['aliases'];
}

/** The side that sends: knows what the other has. */
export class SeenSender {
  #sent = new Map<string, SeenIndex>();
  #last: SeenStore | null = null;

  /** What is to be sent; null for nothing new. */
  changes(seen: SeenStore): SeenChanges | null {
    if (seen === this.#last) return null;
    this.#last = seen;
    const before = this.#sent;
    this.#sent = new Map(seen.indices.map((index) => [index.uuid, index]));
    return {
      indices: seen.indices.flatMap((index): SentIndex[] => {
        const known = before.get(index.uuid);
        if (known === index) return [];
        const { uuid, summary, settings, table, fields, columns } = index;
        return [
          {
            ...{ uuid, summary, settings, table },
            ...(known?.fields !== fields && { fields }),
            ...(known?.columns !== columns && { columns }),
          },
        ];
      }),
      order: seen.indices.map(({ uuid }) => uuid),
      enrichPolicies: seen.enrichPolicies,
      views: seen.views,
      aliases: seen.aliases,
    };
  }
}

/** The side that receives. */
export class SeenReceiver {
  #indices = new Map<string, SeenIndex>();
  #seen: SeenStore = { indices: [], enrichPolicies: [], views: [], aliases: new Map() };

  /** What is seen after these changes. */
  seen(changes: SeenChanges | null): SeenStore {
    if (!changes) return this.#seen;
    const { indices, order, enrichPolicies, views, aliases } = changes;
    for (const index of indices)
      this.#indices.set(index.uuid, { ...this.#indices.get(index.uuid), ...index } as SeenIndex);
    const all = order.map((uuid) => this.#indices.get(uuid)!);
    this.#indices = new Map(all.map((index) => [index.uuid, index]));
    this.#seen = { indices: all, enrichPolicies, views, aliases };
    return this.#seen;
  }
}
