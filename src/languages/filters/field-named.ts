import type { Catalogue, Field } from '../../catalogue/catalogue.ts';

/**
 * A field as requests name it. Where no mapping knows a field, Elasticsearch makes a text of it and a `keyword` beside it,
 * which clients name to compare whole values; here the field itself is one.
 */
export function fieldNamed(catalogue: Catalogue, name: string, indices: readonly string[]): Field | undefined {
  const field = catalogue.field(name, indices);
  if (field || !name.endsWith('.keyword')) return field;
  const whole = catalogue.field(name.slice(0, -'.keyword'.length), indices);
  return whole?.isUnmapped && whole.type === 'keyword' ? whole : undefined;
}
