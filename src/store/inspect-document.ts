import { type DynamicRules, dynamicProperty, type Scalar } from './dynamic-mapping.ts';
import type { Mapping, Property } from './mapping.ts';
import { checkName } from './mapping-limits.ts';
import { documentParsing, illegalArgument, Refusal } from './refusal.ts';

/** Limits of a mapping, from the index settings. */
export interface MappingLimits {
  /** index.mapping.total_fields.limit */
  readonly totalFields: number;
  /** index.mapping.total_fields.ignore_dynamic_beyond_limit: new fields beyond it are left out of the mapping. */
  readonly ignoreBeyond: boolean;
  /** index.mapping.depth.limit */
  readonly depth: number;
}

/**
 * Goes through a document in which something is unknown, and adds new fields to the mapping. Throws a Refusal when
 * Elasticsearch would refuse the document; the mapping is then as it was. Values are not judged here: whether they fit
 * their types is for the engine to say.
 */
export function inspectDocument(
  document: unknown,
  id: string,
  mapping: Mapping,
  rules: DynamicRules,
  limits: MappingLimits,
): void {
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw documentParsing(`[1:1] failed to parse: expected an object but got ${describe(document)}`);
  const additions = new Map<string, Property>();

  const isField = (name: string): boolean => additions.has(name) || ownField(mapping, name);
  const refuseParse = (name: string, value: unknown): Refusal => {
    const { mappingType = 'object' } = mapping.fields.get(name) ?? { mappingType: additions.get(name)?.type };
    return documentParsing(
      `[1:1] failed to parse field [${name}] of type [${mappingType}] in document with id '${id}'. Preview of field's value: '${preview(value)}'`,
      "Can't get text on a START_OBJECT",
    );
  };

  const visit = (object: object, depth: number, name: string): void => {
    for (const [key, value] of Object.entries(object)) {
      const parts = key.split('.');
      if (parts.some((part) => part.trim() === '')) {
        throw documentParsing(
          key.trim() === ''
            ? '[1:1] field name cannot be an empty string'
            : `[1:1] field name cannot contain only whitespace or end with a dot: ['${name === '' ? key : `${name}.${key}`}']`,
        );
      }
      const full = name === '' ? key : `${name}.${key}`;
      if (value === null || value === undefined) continue;
      checkName(full);
      if (depth > limits.depth || full.split('.').length > limits.depth)
        throw illegalArgument(
          `Limit of mapping depth [${limits.depth}] has been exceeded due to object field [${full}]`,
        );
      // A field on the way to this one cannot be an object too.
      for (let dot = full.indexOf('.', name.length + 1); dot >= 0; dot = full.indexOf('.', dot + 1)) {
        const parent = full.slice(0, dot);
        if (isField(parent)) {
          const { type } = additions.get(parent) ?? mapping.fields.get(parent)!.property;
          throw documentParsing(
            `[1:1] Could not dynamically add mapping for field [${full}]. Existing mapping for [${parent}] must be of type object but found [${type}].`,
          );
        }
      }
      const field = mapping.fields.get(full);
      if (field && !field.of && field.type === 'unsupported') continue;
      if (field?.mappingType === 'alias') throw documentParsing(`[1:1] Cannot write to a field alias [${full}].`);
      if (field?.type === 'geo_point') continue;
      const items = Array.isArray(value) ? flat(value) : [value];
      const objects = items.filter((item): item is object => typeof item === 'object');
      if (objects.length > 0) {
        if (isField(full)) throw refuseParse(full, objects[0]);
        if (objects.length < items.length) throw notAnObject(full);
        if (!mapping.isObject(full)) {
          const dynamic = String(mapping.dynamicAt(name));
          if (dynamic === 'strict') throw strictRefusal(full, name);
          if (dynamic === 'false') continue;
        }
        for (const item of objects) visit(item, depth + 1, full);
        continue;
      }
      const first = items.find((item) => item !== null) as Scalar | undefined;
      if (first !== undefined && mapping.isObject(full)) throw notAnObject(full);
      if (first === undefined || isField(full)) continue;
      const dynamic = String(mapping.dynamicAt(name));
      if (dynamic === 'strict') throw strictRefusal(full, name);
      const beyond = mapping.size + additions.size >= limits.totalFields;
      if (dynamic !== 'true' || (beyond && limits.ignoreBeyond)) continue;
      if (beyond) {
        throw documentParsing(
          `[1:1] failed to parse: Limit of total fields [${limits.totalFields}] has been exceeded while adding new fields [1]`,
          `Limit of total fields [${limits.totalFields}] has been exceeded while adding new fields [1]`,
        );
      }
      additions.set(full, dynamicProperty(full, first, rules));
    }
  };
  visit(document, 1, '');
  // Tried on a copy first when there is much to add, so that a contradiction leaves nothing behind.
  if (additions.size > 0) {
    const trial = mapping.copy();
    for (const [name, property] of additions) trial.add(name, property);
    for (const [name, property] of additions) mapping.add(name, property);
  }
}

/** A field that has values of its own: a multi-field does not, and its name may be used below. */
function ownField(mapping: Mapping, name: string): boolean {
  const field = mapping.fields.get(name);
  return field !== undefined && field.of === null;
}

const notAnObject = (name: string): Refusal =>
  documentParsing(
    `[1:1] object mapping for [${name}] tried to parse field [${name.slice(name.lastIndexOf('.') + 1)}] as object, but found a concrete value`,
  );

const strictRefusal = (name: string, parent: string): Refusal =>
  new Refusal(
    'strict_dynamic_mapping_exception',
    `[1:1] mapping set to strict, dynamic introduction of [${name.slice(parent.length === 0 ? 0 : parent.length + 1)}] within [${parent === '' ? '_doc' : parent}] is not allowed`,
    400,
  );

/** The elements of an array with arrays inside it opened, nulls left out. */
function flat(values: readonly unknown[]): unknown[] {
  return (values.some(Array.isArray) ? (values as unknown[]).flat(1000) : values).filter((value) => value !== null);
}

const describe = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;

/** A value as Elasticsearch shows it in messages, cut short. */
export function preview(value: unknown): string {
  const shown =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? `[${value.map(preview).join(', ')}]`
        : `{${Object.entries(value)
            .map(([key, item]) => `${key}=${preview(item)}`)
            .join(', ')}}`
      : String(value);
  return shown.length > 100 ? `${shown.slice(0, 100)}...` : shown;
}
