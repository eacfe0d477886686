import { readFile } from 'node:fs/promises';
import { InputError } from '../diagnostics/diagnostic.ts';
import { Mapping } from '../store/mapping.ts';
import type { EsqlType } from '../values/types.ts';

/** The fields of a mapping file: `{properties}`, `{mappings: …}`, or an answer of GET /index/_mapping. */
export async function readMapping(file: string): Promise<ReadonlyMap<string, EsqlType>> {
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`cannot read the mapping ${file}: ${(error as Error).message}`);
  }
  const fields = new Map<string, EsqlType>();
  for (const definition of definitionsIn(body)) {
    for (const { name, type } of new Mapping(definition).fields.values()) fields.set(name, type);
  }
  if (fields.size === 0)
    throw new InputError(`the mapping ${file} names no fields`, 'it should hold {"properties": {…}} somewhere');
  return fields;
}

function definitionsIn(body: Record<string, unknown>): { properties: never }[] {
  if (typeof body.properties === 'object') return [body as { properties: never }];
  return Object.values(body).flatMap((inner) =>
    typeof inner === 'object' && inner !== null ? definitionsIn(inner as Record<string, unknown>) : [],
  );
}
