import type { FieldTypes } from '../catalogue/field-types.ts';
import { type DynamicColumns, type FieldColumns, kindsOf, mergeColumns } from './field-columns.ts';
import { typeOfKinds } from './kinds.ts';
import { type DynamicType, type FieldsByName, knownFields, type MappedField } from './mapped-field.ts';

/**
 * The mapping of an index of log files: what ECS and Elastic Defend define, multi-fields included, and for other fields the
 * type that follows from the kinds of all their values, whichever table these stand in.
 */
export function mappingOfFiles(tables: readonly ReadonlyMap<string, FieldColumns>[], types: FieldTypes): FieldsByName {
  const columns = new Map<string, FieldColumns>();
  for (const table of tables)
    for (const [name, own] of table) {
      const known = columns.get(name);
      columns.set(name, known ? mergeColumns(known, own) : own);
    }
  const fields = new Map<string, MappedField>();
  for (const [name, own] of columns) {
    const found = own.kind === 'dynamic' ? [dynamicMapping(name, own)] : knownFields(name, types);
    for (const field of found) fields.set(field.name, field);
  }
  return fields;
}

/** A field that no mapping knows, with the type that follows from its kinds. */
export function dynamicMapping(
  name: string,
  columns: DynamicColumns,
  top: DynamicType['top'] = 'keyword',
): MappedField {
  const dynamic = { kinds: kindsOf(columns), hasNegative: columns.hasNegative, top };
  const type = typeOfKinds(dynamic);
  return { name, property: { type }, mappingType: type, type, of: null, dynamic };
}
