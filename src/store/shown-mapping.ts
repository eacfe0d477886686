import type { Properties, Property } from '../tables/mapped-field.ts';
import type { IndexSnapshot } from './index-table.ts';
import type { MappingDefinition } from './mapping.ts';
import { keysOf } from './synthetic-source.ts';

/** A name of a mapping, and those below it. */
interface Branch {
  property: Property;
  readonly below: Map<string, Branch>;
}

/**
 * A mapping as the API shows it: what it says, and the fields that documents brought with the types that they have now. A
 * field below one that has values of its own is shown under a dotted name.
 */
export function shownMapping({ mapping, fields, columns }: IndexSnapshot): MappingDefinition {
  const { properties = {}, ...parameters } = mapping.definition;
  const root: Branch = { property: {}, below: branchesOf(properties) };
  for (const name of [...columns.keys()].sort()) {
    if (mapping.isLeaf(name)) continue;
    let branch = root;
    for (const key of keysOf(name, (parent) => columns.has(parent))) {
      const child: Branch = branch.below.get(key) ?? { property: {}, below: new Map() };
      branch.below.set(key, child);
      branch = child;
    }
    branch.property = fields.get(name)!.property;
  }
  return root.below.size === 0 ? parameters : { ...parameters, properties: propertiesOf(root.below) };
}

const branchesOf = (properties: Properties): Map<string, Branch> =>
  new Map(
    Object.entries(properties).map(([key, { properties: below = {}, ...property }]) => [
      key,
      { property, below: branchesOf(below) },
    ]),
  );

const propertiesOf = (branches: ReadonlyMap<string, Branch>): Properties =>
  Object.fromEntries(
    [...branches].map(([key, { property, below }]) => [
      key,
      below.size === 0 ? property : { ...property, properties: propertiesOf(below) },
    ]),
  );
