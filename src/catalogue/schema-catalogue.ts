import type { Catalogue } from './catalogue.ts';
import { FieldTypes } from './field-types.ts';

/**
 * A catalogue without events: every index pattern is an index of that name, and the fields are those that ECS and
 * Elastic Defend define. For looking at plans when there is no data.
 */
export async function schemaCatalogue(patterns: readonly string[]): Promise<Catalogue> {
  const types = await FieldTypes.load();
  return {
    indices: patterns.map((name) => ({ name, events: 0, firstTimestamp: null, lastTimestamp: null })),
    field(name) {
      const known = types.get(name);
      return known && { name, type: known.type, column: name, listColumn: null };
    },
    fieldsOf: () => [],
    knownNames: types.names,
  };
}
