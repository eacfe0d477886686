import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FieldTypes } from '../catalogue/field-types.ts';
import { packageFolder } from '../package/package-folder.ts';
import type { Mapping, MappingFiles } from './mapping.ts';
import { resolveMappings } from './mappings.ts';

/** Where the mappings of the package lie as they are written. */
export const mappingsFolder: string = join(packageFolder(), 'mappings');

let reading: Promise<MappingFiles> | null = null;

/** The mappings that come with the package as they are written, read once in a process. */
export function shippedFiles(): Promise<MappingFiles> {
  reading ??= readFile(join(packageFolder(), 'dist', 'mappings.json'), 'utf8').then(
    (text) => JSON.parse(text) as MappingFiles,
  );
  return reading;
}

let loading: Promise<readonly Mapping[]> | null = null;

/** The mappings that come with the package, put together once in a process. */
export function shippedMappings(): Promise<readonly Mapping[]> {
  loading ??= shippedFiles().then(resolveMappings);
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
