import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FieldTypes } from '../catalogue/field-types.ts';
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

/** Field types with those of mappings that are not the package's: a field of which these say no more is a keyword. */
export function withMappings(types: FieldTypes, mappings: readonly Mapping[]): FieldTypes {
  const own = new Map<string, string>();
  for (const mapping of mappings) {
    for (const name of mapping.fields.keys()) if (!own.has(name)) own.set(name, 'keyword');
    for (const [name, type] of mapping.types) own.set(name, type);
  }
  return types.with(own);
}
