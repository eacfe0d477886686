import type { FieldTypes } from '../catalogue/field-types.ts';
import type { KnownNames, WantedField } from '../documents/names.ts';
import type { FieldColumns } from '../tables/field-columns.ts';
import { knownFields, type MappedField } from '../tables/mapped-field.ts';
import { mostColumns } from '../tables/names-of-index.ts';
import { wantedField } from '../tables/plan-field.ts';
import { isInDocument } from '../values/types.ts';
import type { Mapping } from './mapping.ts';

/** Whence documents come: requests must be right in every way, while of files every event is kept. */
export type Door = 'requests' | 'files';

/** What an index knows of its documents. */
export interface Knowledge {
  readonly mapping: Mapping;
  readonly columns: ReadonlyMap<string, FieldColumns>;
  /** The types of known names, in indices that use them. */
  readonly known: FieldTypes | null;
  /** The names of those that documents had. */
  readonly seen: ReadonlySet<string>;
}

/** What is looked for in the documents of an index, and the field of each wanted one that has a type. */
export interface WantedNames {
  readonly names: KnownNames;
  readonly typed: ReadonlyMap<string, MappedField>;
}

/** What an index looks for in its documents. Names that ECS knows are looked for once some document had them. */
export function wantedNames({ mapping, columns, known, seen }: Knowledge, door: Door): WantedNames {
  const typed = new Map<string, MappedField>();
  const fields: WantedField[] = [];
  const add = (field: MappedField, wanted: WantedField): void => {
    typed.set(field.name, field);
    fields.push(wanted);
  };
  const aliases: string[] = [];
  const opaque: string[] = [];
  for (const field of mapping.fields.values()) {
    if (field.mappingType === 'alias') aliases.push(field.name);
    else if (field.of !== null) continue;
    else if (field.type === 'unsupported' || isInDocument(field.type)) opaque.push(field.name);
    else add(field, { ...wantedField(field), refusesObjects: field.type !== 'geo_point' });
  }
  const ignored: string[] = [];
  for (const name of seen) {
    if (mapping.isLeaf(name)) continue;
    const [field] = knownFields(name, known!);
    add(field!, wantedField(field!));
    ignored.push(...known!.multiFieldsOf(name));
  }
  const textOrder = known ? 'sortedOnce' : 'asTheyCome';
  let free = mostColumns;
  for (const [name, own] of columns) {
    if (own.kind === 'typed' || own.columns.size === 0) continue;
    fields.push({ name, form: 'dynamic', order: textOrder });
    free -= 1;
  }
  const where = (...values: readonly string[]): string[] =>
    ['', ...mapping.objects].filter((name) => values.includes(String(mapping.dynamicAt(name))));
  return {
    typed,
    names: {
      fields,
      // Nothing may be written to an alias, be it a value or an object.
      objects: [...mapping.objects, ...aliases],
      opaque,
      ignored,
      open: where('false', 'runtime'),
      strict: [...where('strict'), ...aliases],
      unknown: 'discover',
      textOrder,
      mostColumns: Math.max(0, free),
      duplicates: door === 'requests' ? 'refuse' : 'first',
      hits: door === 'files',
    },
  };
}

/** The field of ECS or Elastic Defend to which a name belongs: its own, that of a multi-field, or a point that has parts. */
export function knownNameOf(name: string, types: FieldTypes): string | null {
  const known = types.get(name);
  if (known) return known.of?.name ?? name;
  for (let dot = name.lastIndexOf('.'); dot > 0; dot = name.lastIndexOf('.', dot - 1)) {
    const parent = name.slice(0, dot);
    if (types.get(parent)?.type === 'geo_point') return parent;
  }
  return null;
}
