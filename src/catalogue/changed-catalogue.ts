import type { Catalogue } from './catalogue.ts';

/** The same catalogue with other indices, or with lists. */
export const changedCatalogue = (
  catalogue: Catalogue,
  change: Partial<Pick<Catalogue, 'indices' | 'lists'>>,
): Catalogue => ({
  indices: catalogue.indices,
  field: (name, among) => catalogue.field(name, among),
  fieldsOf: (among) => catalogue.fieldsOf(among),
  knownNames: catalogue.knownNames,
  ...(catalogue.aliases && { aliases: catalogue.aliases }),
  ...(catalogue.isOpen !== undefined && { isOpen: catalogue.isOpen }),
  ...(catalogue.enrichPolicies && { enrichPolicies: catalogue.enrichPolicies }),
  ...(catalogue.views && { views: catalogue.views }),
  ...(catalogue.lists && { lists: catalogue.lists }),
  ...change,
});
