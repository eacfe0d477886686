import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.ts';
import type { Hunt } from '../../hunts/hunt.ts';
import { findHunts } from '../../hunts/library.ts';
import { huntFilesOf, isTestsFile, testsFileOf, testsFiles } from '../../hunts/testing/hunt-tests.ts';
import { type ReadTests, readTests } from '../../hunts/testing/read-tests.ts';
import { type LibraryOptions, libraryFolders } from '../library.ts';
import { tellSkipped } from '../skipped.ts';

/** A hunt and what stands in the file of its tests, if there is one. */
export interface FoundTests {
  readonly hunt: Hunt;
  readonly file: string | null;
  readonly read: ReadTests | null;
}

/** Hunts to test, and files of tests whose hunt is not there or cannot be read. */
export interface HuntsToTest {
  readonly hunts: readonly FoundTests[];
  readonly orphans: readonly string[];
}

/** Finds hunts by file, folder, UUID or name, or by the file of their tests; the whole library when none is named. */
export async function huntsToTest(selectors: readonly string[], options: LibraryOptions): Promise<HuntsToTest> {
  const library = await libraryFolders(options);
  const wanted = selectors.length > 0 ? selectors.map(huntOf) : library;
  const { hunts, problems } = await findHunts(wanted, library);
  tellSkipped(problems);
  const found: FoundTests[] = [];
  for (const hunt of hunts) found.push(await withTests(hunt));
  const files = await filesBelow(wanted);
  return { hunts: found, orphans: files.filter((file) => !found.some((one) => one.file === file)) };
}

/** The hunt that a file of tests is about. */
function huntOf(selector: string): string {
  if (!isTestsFile(selector) || !existsSync(selector)) return selector;
  const hunt = huntFilesOf(selector).find((file) => existsSync(file));
  if (hunt !== undefined) return hunt;
  throw new InputError(
    `there is no hunt beside ${selector}`,
    `it would be called ${basename(huntFilesOf(selector)[0]!)}`,
  );
}

async function withTests(hunt: Hunt): Promise<FoundTests> {
  const file = testsFileOf(hunt.file);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new InputError(`cannot read ${file}: ${error.message.replace(/, (?:open|read).*$/, '')}`);
  });
  return text === null ? { hunt, file: null, read: null } : { hunt, file, read: readTests(text, file, hunt) };
}

async function filesBelow(paths: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (found?.isDirectory()) files.push(...(await testsFiles(resolve(path))));
  }
  return [...new Set(files)];
}
