import type { FieldTypes } from '../catalogue/field-types.ts';
import type { Kind } from '../documents/columns.ts';
import type { EsqlType } from '../values/types.ts';

/** One entry under `properties` of a mapping, as Elasticsearch's API spells it. */
export interface Property {
  readonly type?: string;
  readonly properties?: Properties;
  readonly fields?: Properties;
  readonly dynamic?: Dynamic;
  readonly enabled?: boolean | string;
  readonly path?: string;
  readonly ignore_above?: number;
  readonly ignore_malformed?: boolean | string;
  readonly scaling_factor?: number;
  readonly normalizer?: string;
  readonly format?: string;
  readonly null_value?: unknown;
  readonly value?: string;
  readonly [parameter: string]: unknown;
}
export type Properties = Readonly<Record<string, Property>>;
export type Dynamic = boolean | 'true' | 'false' | 'strict' | 'runtime';

/** A leaf of a mapping: what ES|QL shows as a column. */
export interface MappedField {
  readonly name: string;
  readonly property: Property;
  readonly mappingType: string;
  /** `unsupported` where ES|QL shows nulls: the value is then kept in the source alone. */
  readonly type: EsqlType;
  /** The field whose values a multi-field or an alias shows; null for a field of its own. */
  readonly of: string | null;
  /** Set where no value fits a field that documents have: it reads as null, and is not shown among all fields. */
  readonly isEmpty?: boolean;
  /** Of a field that no mapping knows: what its type follows from. */
  readonly dynamic?: DynamicType;
}

/** What the type of a field that no mapping knows follows from. */
export interface DynamicType {
  readonly kinds: ReadonlySet<Kind>;
  readonly hasNegative: boolean;
  /** The type that takes values of any kind. */
  readonly top: 'keyword' | 'text';
}

/** The fields of an index, by name. */
export type FieldsByName = ReadonlyMap<string, MappedField>;

/** The property of a field that ECS or Elastic Defend define, with its multi-fields; null for others. */
export function knownProperty(name: string, types: FieldTypes): Property | null {
  const known = types.get(name);
  if (!known || known.of) return null;
  const fields = types.multiFieldsOf(name).map((sub): [string, Property] => {
    const { type, of } = types.get(sub)!;
    return [sub.slice(name.length + 1), { type, ...(of!.lowerCase && { normalizer: 'lowercase' }) }];
  });
  return { type: known.type, ...(fields.length > 0 && { fields: Object.fromEntries(fields) }) };
}

/** The same as mapped fields: the field, then its multi-fields. */
export function knownFields(name: string, types: FieldTypes): MappedField[] {
  const property = knownProperty(name, types);
  if (!property) return [];
  const field = (full: string, own: Property, of: string | null): MappedField => ({
    name: full,
    property: own,
    mappingType: own.type!,
    type: own.type as EsqlType,
    of,
  });
  const subs = Object.entries(property.fields ?? {}).map(([sub, own]) => field(`${name}.${sub}`, own, name));
  return [field(name, property, null), ...subs];
}
