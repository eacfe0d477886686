import { readFile } from 'node:fs/promises';
import { closestMatches } from '../diagnostics/closest-match.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import { isFamily, readMappingFile } from '../ecs/check-mapping.ts';
import { conditionText } from '../ecs/condition-text.ts';
import type { MappingFile } from '../ecs/mapping.ts';
import { mappingsFolder, shippedFiles } from '../ecs/shipped-mappings.ts';
import { loadMappingFiles, mappingFilesAt } from '../ecs/user-mappings.ts';
import { withEngine } from './session/mappings.ts';

/** A mapping that files are read by. */
export interface ListedMapping {
  readonly name: string;
  readonly title: string;
  /** Null for one that others extend. */
  readonly index: string | null;
  readonly extends: string | null;
  /** How its events are recognised, in words. */
  readonly when: string | null;
  /** The family of sources that it belongs to, and the forms in which events of this come, by title. */
  readonly family: string | null;
  readonly forms: readonly string[];
  /** The user's file; null for one of the package. */
  readonly file: string | null;
}

/** The mappings in some files and folders, and those of the package. */
export async function listMappings(paths: readonly string[], signal: AbortSignal): Promise<ListedMapping[]> {
  signal.throwIfAborted();
  const { own, files } = await load(paths);
  const byName = new Map(files.mappings.map((mapping) => [mapping.name, mapping]));
  const familyOf = (mapping: MappingFile): string | null => {
    const base = mapping.extends === undefined ? undefined : byName.get(mapping.extends);
    return mapping.family ?? (base ? familyOf(base) : null);
  };
  const formsOf = new Map(
    files.families.map(({ family, forms }) => [family, forms.map(({ name, title = name }) => title)]),
  );
  const fileOf = new Map(own.map(({ file, mapping }) => [mapping, file]));
  return files.mappings.map((mapping) => {
    const { name, title = name, index = null, extends: base = null, when } = mapping;
    const family = familyOf(mapping);
    return {
      ...{ name, title, index, extends: base, when: when ? conditionText(when) : null },
      ...{ family, forms: family === null ? [] : (formsOf.get(family) ?? []) },
      file: fileOf.get(mapping) ?? null,
    };
  });
}

/** The text of a mapping as it is written. */
export async function showMapping(name: string, paths: readonly string[], signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const { own, files } = await load(paths);
  const mine = own.find(({ mapping }) => mapping.name === name);
  if (mine) return readFile(mine.file, 'utf8');
  const names = files.mappings.map((mapping) => mapping.name);
  const families = files.families.map(({ family }) => family);
  if (!names.includes(name) && !families.includes(name)) {
    const [closest] = closestMatches(name, names);
    throw new InputError(
      `there is no mapping ${name}`,
      closest === undefined ? 'harrier mapping list names them' : `did you mean ${closest}?`,
    );
  }
  for (const file of await mappingFilesAt(mappingsFolder)) {
    const text = await readFile(file, 'utf8');
    const { parsed } = await readMappingFile(text, file);
    if (parsed && (isFamily(parsed) ? parsed.family === name && !names.includes(name) : parsed.name === name))
      return text;
  }
  throw new InputError(`the file of the mapping ${name} is not in ${mappingsFolder}`);
}

async function load(paths: readonly string[]): ReturnType<typeof loadMappingFiles> {
  if (paths.length === 0) return { own: [], files: await shippedFiles() };
  return withEngine((tried) => loadMappingFiles(paths, tried));
}
