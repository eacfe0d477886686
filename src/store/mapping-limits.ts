import type { Properties } from '../tables/mapped-field.ts';
import type { IndexSettings } from './index-table.ts';
import { checkMappingShape, checkPropertyShape } from './mapping-shape.ts';
import { illegalArgument } from './refusal.ts';

/** Limits of a mapping, from the index settings. */
export interface MappingLimits {
  /** index.mapping.total_fields.limit */
  readonly totalFields: number;
  /** index.mapping.total_fields.ignore_dynamic_beyond_limit: documents may bring more new fields. */
  readonly ignoreBeyond: boolean;
  /** index.mapping.depth.limit */
  readonly depth: number;
}

/** The limits of a mapping that an index's settings give. */
export const limitsOf = (settings: IndexSettings): MappingLimits => ({
  totalFields: Number(settings['mapping.total_fields.limit'] ?? 1000),
  ignoreBeyond: settings['mapping.total_fields.ignore_dynamic_beyond_limit'] === 'true',
  depth: Number(settings['mapping.depth.limit'] ?? 20),
});

/** Longer names are terms that Elasticsearch cannot index. */
const longestName = 32_766;

/** Throws a Refusal for what is no mapping, or alone exceeds the limits, before anything is made of it. */
export function checkDefinition(definition: unknown, { totalFields, depth }: MappingLimits): void {
  checkMappingShape(definition);
  const { properties } = definition;
  let count = 0;
  const pending: { properties: Properties; level: number }[] = [{ properties: properties ?? {}, level: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    for (const [name, property] of Object.entries(next.properties)) {
      checkName(name);
      checkPropertyShape(name, property);
      count += 1 + Object.keys(property.fields ?? {}).length;
      if (count > totalFields) throw tooManyFields(totalFields);
      const level = next.level + name.split('.').length;
      if (level > depth)
        throw illegalArgument(`Limit of mapping depth [${depth}] has been exceeded due to object field [${name}]`);
      if (property.properties) pending.push({ properties: property.properties, level });
    }
  }
}

export const tooManyFields = (limit: number): Error =>
  illegalArgument(`Limit of total fields [${limit}] has been exceeded`);

/** Throws a Refusal for the name of a field that is too long. */
export function checkName(name: string): void {
  if (name.length > longestName)
    throw illegalArgument(
      `field name [${name.slice(0, 50)}...] is too long, must be no longer than ${longestName} bytes but was: ${Buffer.byteLength(name)}`,
    );
}
