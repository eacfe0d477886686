import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FieldTypes } from '../catalogue/field-types.ts';
import { packageFolder } from '../package/package-folder.ts';
import type { Mapping, MappingFiles } from './mapping.ts';
import { resolveMappings } from './mappings.ts';

let loading: Promise<readonly Mapping[]> | null = null;

/** The mappings that come with the package, read once in a process. */
export function shippedMappings(): Promise<readonly Mapping[]> {
  loading ??= readFile(join(packageFolder(), 'dist', 'mappings.json'), 'utf8').then((text) =>
    resolveMappings(JSON.parse(text) as MappingFiles),
  );
  return loading;
}

let types: Promise<FieldTypes> | null = null;

/** The types of fields that ECS, Elastic Defend and the mappings of the package define. */
export function loadFieldTypes(): Promise<FieldTypes> {
  types ??= Promise.all([FieldTypes.load(), shippedMappings()]).then(([known, mappings]) =>
    withMappings(known, mappings),
  );
  return types;
}

/** Field types with those of mappings: a field of which these say no more is a keyword. */
export function withMappings(types: FieldTypes, mappings: readonly Mapping[]): FieldTypes {
  const own = new Map<string, string>();
  for (const mapping of mappings) {
    for (const name of mapping.fields.keys()) if (!own.has(name)) own.set(name, 'keyword');
    for (const [name, type] of mapping.types) own.set(name, type);
  }
  return types.with(own);
}
