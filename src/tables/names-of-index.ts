import type { FieldTypes } from '../catalogue/field-types.ts';
import type { KnownNames, WantedField } from '../documents/names.ts';
import { streamFields } from './index-of-event.ts';
import { knownFields } from './mapped-field.ts';
import { wantedField } from './plan-field.ts';

/** Fields that say which index an event belongs to, and when it happened. */
export const alwaysRead: readonly string[] = ['@timestamp', ...streamFields, 'event.dataset'];

/** The names that queries mention, or every field there is. Names that no event has are simply not found. */
export type Wanted = ReadonlySet<string> | 'all';

/** Columns of a document for fields that no mapping knows; further ones stand together in one. */
export const mostColumns = 1000;

/** The field whose values a field shows: mostly its own. */
export const sourceOf = (name: string, types: FieldTypes): string => types.get(name)?.of?.name ?? name;

/** A field as it is looked for where ECS and Elastic Defend say what is known. */
function fieldToRead(name: string, types: FieldTypes): WantedField {
  const [known] = knownFields(name, types);
  return known ? wantedField(known) : { name, form: 'dynamic', order: 'sortedOnce' };
}

/** What is looked for in log files: the wanted fields, or all that there are, whatever else documents hold. */
export function namesInFiles(wanted: Wanted, types: FieldTypes): KnownNames {
  const own = wanted === 'all' ? types.names : [...wanted].map((name) => sourceOf(name, types));
  const names = [...new Set([...alwaysRead, ...own])].filter(
    (name) => !types.get(name)?.of && !isPartOfPoint(name, types),
  );
  return {
    fields: names.map((name) => fieldToRead(name, types)),
    objects: [],
    opaque: [],
    // What a document says under the name of a multi-field would hide the values of its parent.
    ignored: names.flatMap((name) => types.multiFieldsOf(name)),
    open: [],
    unknown: wanted === 'all' ? 'discover' : 'skip',
    textOrder: 'sortedOnce',
    mostColumns,
    duplicates: 'first',
    hits: true,
  };
}

/** The parts of a point are no fields of their own. */
function isPartOfPoint(name: string, types: FieldTypes): boolean {
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1))
    if (types.get(name.slice(0, dot))?.type === 'geo_point') return true;
  return false;
}
