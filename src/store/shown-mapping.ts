import type { IndexSnapshot } from './index-table.ts';
import type { MappingDefinition } from './mapping.ts';
import { keysOf } from './synthetic-source.ts';

/**
 * A mapping as the API shows it: what it says, and the fields that documents brought with the types that they have now. A
 * field below one that has values of its own is shown under a dotted name.
 */
export function shownMapping({ mapping, fields, columns }: IndexSnapshot): MappingDefinition {
  const shown = mapping.copy();
  for (const name of [...columns.keys()].sort())
    if (!mapping.isLeaf(name)) {
      const keys = keysOf(name, (parent) => columns.has(parent));
      shown.show(keys, fields.get(name)!.property);
    }
  return shown.definition;
}
