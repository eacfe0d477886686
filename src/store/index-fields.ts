import type { FieldTypes } from '../catalogue/field-types.ts';
import { type DynamicColumns, type FieldColumns, kindsOf } from '../tables/field-columns.ts';
import { dynamicMapping } from '../tables/index-mapping.ts';
import { type FieldsByName, knownFields, type MappedField } from '../tables/mapped-field.ts';
import type { Mapping } from './mapping.ts';

type Columns = ReadonlyMap<string, FieldColumns>;

/** The fields last made for a map of columns, which many indices may share. */
const lastMade = new WeakMap<Columns, { mapping: Mapping; known: FieldTypes | null; fields: FieldsByName }>();

/**
 * The fields of an index as queries see them: those of its mapping, and each other field that documents have, with the type
 * that ECS or Elastic Defend give it where `known` says so, or that follows from the kinds of all its values.
 */
export function fieldsOfIndex(mapping: Mapping, columns: Columns, known: FieldTypes | null): FieldsByName {
  const last = lastMade.get(columns);
  if (last?.mapping === mapping && last.known === known) return last.fields;
  const fields = makeFields(mapping, columns, known);
  lastMade.set(columns, { mapping, known, fields });
  return fields;
}

function makeFields(mapping: Mapping, columns: Columns, known: FieldTypes | null): FieldsByName {
  const fields = new Map(mapping.fields);
  const virtual: MappedField[] = [];
  for (const [name, own] of columns) {
    if (mapping.isLeaf(name)) continue;
    const [field, ...subs] = own.kind === 'typed' ? knownFields(name, known!) : discovered(name, own, mapping, known);
    const isEmpty = own.kind === 'typed' && !own.single && !own.list;
    fields.set(name, isEmpty ? { ...field!, isEmpty } : field!);
    virtual.push(...subs.map((sub) => (isEmpty ? { ...sub, isEmpty } : sub)));
  }
  // What documents say under the name of a multi-field hides the multi-field.
  for (const sub of virtual) if (!fields.has(sub.name)) fields.set(sub.name, sub);
  // Queries name the time of events before there is one.
  if (known && columns.size === 0 && !fields.has(timeField))
    for (const field of knownFields(timeField, known)) fields.set(timeField, field);
  return fields;
}

const timeField = '@timestamp';

/** Texts of plain indices are shown as keywords, too, unless they are longer. */
export const longestKeyword = 256;

/** A field that no mapping knows, and the multi-field that it has as a text. */
function discovered(name: string, columns: DynamicColumns, mapping: Mapping, known: FieldTypes | null): MappedField[] {
  const detectsDates = mapping.parameters.date_detection !== false;
  const field = dynamicMapping(name, detectsDates ? columns : withoutDates(columns), known ? 'keyword' : 'text');
  if (field.type !== 'text') return [field];
  const keyword = { type: 'keyword', ignore_above: longestKeyword };
  return [
    { ...field, property: { ...field.property, fields: { keyword } } },
    { name: `${name}.keyword`, property: keyword, mappingType: 'keyword', type: 'keyword', of: name },
  ];
}

/** Without date detection dates are texts. */
const withoutDates = (columns: DynamicColumns): DynamicColumns =>
  kindsOf(columns).has('date') ? { ...columns, mixed: new Set([...columns.mixed, 'text' as const]) } : columns;
