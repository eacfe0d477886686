import type { View } from '../catalogue/catalogue.ts';

/** The views that a store keeps, as PUT /_query/view takes them: {"query": "FROM …"}. */
export const viewsOf = (kept: readonly { name: string; body: unknown }[]): View[] =>
  kept.map(({ name, body }) => ({ name, query: String((body as { query: unknown }).query) }));
