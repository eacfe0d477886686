import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import { fileErrorText } from '../diagnostics/file-error.ts';
import { checkReferences, isFamily, type MappingProblem, readMappingFile, type TryPattern } from './check-mapping.ts';
import type { FamilyFile, Mapping, MappingFile, MappingFiles } from './mapping.ts';
import { resolveMappings } from './mappings.ts';
import { shippedFiles } from './shipped-mappings.ts';

/** A mapping of the user's and the file that it stands in. */
export interface UserMapping {
  readonly file: string;
  readonly mapping: MappingFile;
}

/** What files of the user's say, together with the mappings of the package. */
export interface LoadedMappings {
  readonly own: readonly UserMapping[];
  /** The user's come first. One that is called as one of the package is takes its place. */
  readonly files: MappingFiles;
}

/** Puts the mappings in some files and folders before those of the package. */
export async function mappingsWith(paths: readonly string[], tryPattern: TryPattern): Promise<readonly Mapping[]> {
  return resolveMappings((await loadMappingFiles(paths, tryPattern)).files);
}

/** How many problems are listed. */
const mostShown = 20;
const languageHint = 'docs/mappings.md describes the language of mappings';

/** Reads and checks files, and all in folders. Throws an InputError that names every problem with its place. */
export async function loadMappingFiles(paths: readonly string[], tryPattern: TryPattern): Promise<LoadedMappings> {
  const shipped = await shippedFiles();
  const files = [...new Set((await Promise.all(paths.map(mappingFilesAt))).flat())];
  const texts = new Map<string, string>();
  const problems: string[] = [];
  const report = (file: string, { line, column, message, hint }: MappingProblem): void => {
    problems.push(`${file}:${line}:${column}: ${message}${hint === null ? '' : `; ${hint}`}`);
  };
  const parsed: { file: string; parsed: MappingFile | FamilyFile }[] = [];
  for (const file of files) {
    const text = await textOf(file);
    texts.set(file, text);
    const read = await readMappingFile(text, file);
    for (const problem of read.problems) report(file, problem);
    if (read.parsed) parsed.push({ file, parsed: read.parsed });
  }
  const own = parsed.flatMap(({ file, parsed: one }) => (isFamily(one) ? [] : [{ file, mapping: one }]));
  const families = parsed.flatMap(({ parsed: one }) => (isFamily(one) ? [one] : []));
  const byName = new Map<string, string>();
  for (const { file, mapping } of own) {
    const before = byName.get(mapping.name);
    if (before !== undefined)
      report(file, { line: 1, column: 1, message: `the name ${mapping.name} is that of ${before}, too`, hint: null });
    byName.set(mapping.name, file);
  }
  const everything = [...shipped.mappings, ...own.map(({ mapping }) => mapping)];
  const all = new Map(everything.map((mapping) => [mapping.name, mapping]));
  for (const { file, mapping } of own)
    if (extendsItself(mapping, all))
      report(file, {
        ...{ line: 1, column: 1, hint: null },
        message: `${mapping.name} extends ${mapping.extends}, which extends it`,
      });
  const known = {
    mappings: new Set([...byName.keys(), ...shipped.mappings.map(({ name }) => name)]),
    families: new Set([...families, ...shipped.families].map(({ family }) => family)),
  };
  for (const { file, parsed: one } of parsed)
    for (const problem of await checkReferences(texts.get(file)!, one, known, tryPattern)) report(file, problem);
  if (problems.length > 0) {
    const more = problems.length - mostShown;
    const rest = more > 0 ? [`… and ${more} more`] : [];
    throw new InputError([...problems.slice(0, mostShown), ...rest].join('\n'), languageHint);
  }
  return {
    own,
    files: {
      mappings: [...own.map(({ mapping }) => mapping), ...shipped.mappings.filter(({ name }) => !byName.has(name))],
      families: joined(families, shipped.families),
    },
  };
}

/** Whether what a mapping extends extends it in turn. */
function extendsItself({ name, extends: base }: MappingFile, byName: ReadonlyMap<string, MappingFile>): boolean {
  const seen = new Set<string>();
  let at = base === undefined ? undefined : byName.get(base);
  while (at && at.name !== name && !seen.has(at.name)) {
    seen.add(at.name);
    at = at.extends === undefined ? undefined : byName.get(at.extends);
  }
  return at?.name === name && base !== name;
}

/** Families of the user's, and those of the package; the user's forms of one of these come before its own. */
function joined(own: readonly FamilyFile[], shipped: readonly FamilyFile[]): FamilyFile[] {
  const all = new Map<string, FamilyFile>();
  for (const family of [...own, ...shipped]) {
    const before = all.get(family.family);
    all.set(
      family.family,
      before
        ? {
            ...family,
            forms: [...before.forms, ...family.forms],
            empty: { ...family.empty, ...before.empty },
          }
        : family,
    );
  }
  return [...all.values()];
}

/** A file, or the files of mappings in a folder. */
export async function mappingFilesAt(path: string): Promise<string[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(
      `cannot read the mapping ${path}: ${fileErrorText(error)}`,
      '--mapping takes a file of a mapping (.yml) or a folder of them',
    );
  });
  if (!found.isDirectory()) return [path];
  const all = await readdir(path, { recursive: true });
  const names = all.filter((name) => /\.ya?ml$/i.test(name) && !passedOver.test(name)).sort();
  if (names.length === 0) throw new InputError(`there is no mapping in ${path}`, 'files of mappings end in .yml');
  return names.map((name) => join(path, name));
}

/** Folders that hold no mappings of their owner's. */
const passedOver = /(?:^|[\\/])(?:\.|node_modules[\\/])/;

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new InputError(`cannot read the mapping ${file}: ${fileErrorText(error as NodeJS.ErrnoException)}`);
  }
}
