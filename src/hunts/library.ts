import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, join, normalize, resolve } from 'node:path';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Span } from '../diagnostics/source-text.ts';
import { packageFolder } from '../package/package-folder.ts';
import type { Hunt, Languages } from './hunt.ts';
import { readMarkdown } from './read-markdown.ts';
import { isTestsFile } from './testing/hunt-tests.ts';

/** The folder of Harrier's own hunts. */
export const ownLibrary: string = join(packageFolder(), 'hunts');

/** Reads one hunt file. Throws an InputError that says what is wrong with it and where. */
export async function readHunt(file: string, languages: Languages = 'ES|QL'): Promise<Hunt> {
  const path = resolve(file);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError(
      `cannot read ${file}: ${(error as Error).message.replace(/, (?:open|read).*$/, '')}`,
      'a hunt is a file that you may read, in TOML, Markdown or plain text',
    );
  }
  if (!isToml(path, text)) return withoutFences(readMarkdown(text, path, languages));
  const { readToml } = await import('./read-toml.ts');
  return withoutFences(readToml(text, path, languages));
}

/** Markdown may show a hunt's TOML in a block; under any other name the table says what the file is. */
export const isToml = (file: string, text: string): boolean =>
  /\.toml$/i.test(file) || (!/\.md$/i.test(file) && /^\s*\[hunt\]\s*$/m.test(text));

export interface FoundHunts {
  readonly hunts: readonly Hunt[];
  /** Files in a folder that could not be read as hunts; the others run all the same. */
  readonly problems: readonly InputError[];
}

/** A path, from here or below a folder of the library by the name of that folder: `hunts/network`. */
export function pathOf(selector: string, library: readonly string[]): string {
  if (existsSync(selector)) return selector;
  const [first, ...rest] = normalize(selector).split(/[\\/]/);
  const paths = library.filter((folder) => basename(folder) === first).map((folder) => join(folder, ...rest));
  return paths.find((path) => existsSync(path)) ?? selector;
}

/**
 * Finds hunts by file, folder, UUID (or its unique beginning) or name. Names and UUIDs are looked up in the library
 * folders. A broken file is an error when it is named itself, and a reported problem when it stands in a folder.
 */
export async function findHunts(
  selectors: readonly string[],
  library: readonly string[] = [ownLibrary],
  languages: Languages = 'ES|QL',
): Promise<FoundHunts> {
  const hunts: Hunt[] = [];
  const problems: InputError[] = [];
  for (const given of withoutTests(selectors)) {
    const selector = pathOf(given, library);
    const found = await stat(selector).catch(() => null);
    if (found?.isDirectory()) {
      const inFolder = await readFolder(selector, languages);
      if (inFolder.hunts.length + inFolder.problems.length === 0) {
        throw new InputError(`no hunts in ${selector}`, 'hunt files end in .toml, .md or .txt');
      }
      hunts.push(...inFolder.hunts);
      problems.push(...inFolder.problems);
    } else if (found) hunts.push(await readHunt(selector, languages));
    else hunts.push(await lookUp(selector, library, languages));
  }
  return { hunts: distinct(hunts), problems };
}

/** `hunts/*.toml` names the tests beside the hunts too; alone they are a mistake. */
function withoutTests(selectors: readonly string[]): readonly string[] {
  const hunts = selectors.filter((selector) => !isTestsFile(selector));
  if (hunts.length === 0 && selectors.length > 0)
    throw new InputError(`${selectors[0]} holds the tests of a hunt, and no hunt`, 'harrier hunts test runs them');
  return hunts;
}

const distinct = (hunts: readonly Hunt[]): Hunt[] => [...new Map(hunts.map((hunt) => [hunt.file, hunt])).values()];

/** Where the word of a code fence stands before a query. */
export function fenceWord(text: string): Span | null {
  const [, space, word] = /^(\s*)(sql|esql)(?=[ \t]*\r?\n|[ \t]+(?:from|row|ts|show|set)\b)/i.exec(text) ?? [];
  return word === undefined ? null : { start: space!.length, end: space!.length + word.length };
}

/** Blanks that word, so that places in the query stay what they are. */
export function withoutFence(text: string): string {
  const word = fenceWord(text);
  if (!word) return text;
  return text.slice(0, word.start) + ' '.repeat(word.end - word.start) + text.slice(word.end);
}

const withoutFences = (hunt: Hunt): Hunt => ({
  ...hunt,
  queries: hunt.queries.map((query) => ({ ...query, text: withoutFence(query.text) })),
});

/** The files below a folder that may be hunts, sorted, absolute. */
export async function huntFiles(folder: string): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  const files = await glob('**/*.{toml,md,txt}', { cwd: folder, absolute: true });
  return files.filter((file) => !notHunts.test(basename(file)) && !isTestsFile(file)).sort();
}

const notHunts = /^(?:readme|index|changelog|license|contributing)\b|^harrier\.toml$/i;

/** Reads every hunt below a folder. */
export async function readFolder(folder: string, languages: Languages = 'ES|QL'): Promise<FoundHunts> {
  const hunts: Hunt[] = [];
  const problems: InputError[] = [];
  for (const file of await huntFiles(folder)) {
    try {
      hunts.push(await readHunt(file, languages));
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      problems.push(error);
    }
  }
  return { hunts: withoutCopies(hunts), problems };
}

/** Elastic's library holds each hunt twice: as TOML, and as Markdown made from it. Where both are there, the TOML counts. */
export function withoutCopies(hunts: readonly Hunt[]): Hunt[] {
  const inToml = new Set(hunts.filter((hunt) => hunt.file.endsWith('.toml')).map((hunt) => hunt.uuid));
  return hunts.filter((hunt) => hunt.file.endsWith('.toml') || hunt.uuid === null || !inToml.has(hunt.uuid));
}

/** The name of a hunt's file, by which it is called. */
export const slugOf = (file: string): string => basename(file).replace(/\.[^.]+$/, '');

const mostNear = 3;

async function lookUp(selector: string, library: readonly string[], languages: Languages): Promise<Hunt> {
  const known: Hunt[] = [];
  for (const folder of new Set(library.map((one) => resolve(one))))
    known.push(...(await readFolder(folder, languages)).hunts);
  const wanted = selector.toLowerCase();
  const slug = (hunt: Hunt): string => slugOf(hunt.file).toLowerCase();
  const exact = known.filter(
    (hunt) =>
      [hunt.uuid, hunt.name, basename(hunt.file)].some((name) => name?.toLowerCase() === wanted) ||
      slug(hunt) === wanted,
  );
  const matches =
    exact.length > 0
      ? exact
      : known.filter((hunt) => /^[0-9a-f-]{4,}$/.test(wanted) && hunt.uuid?.toLowerCase().startsWith(wanted));
  if (matches.length === 1) return matches[0]!;
  if (matches.length > 1) {
    throw new InputError(
      `${selector} fits ${matches.length} hunts: ${matches.map((hunt) => `${hunt.uuid} (${hunt.name})`).join(', ')}`,
      'give more of the UUID',
    );
  }
  const { nearHunts } = await import('./near-hunts.ts');
  const near = nearHunts(
    selector,
    known.map(({ file, name }) => ({ slug: slugOf(file), name })),
  );
  const left = near.length - mostNear;
  throw new InputError(
    `no file, folder or hunt is called ${selector}`,
    near.length > 0
      ? `did you mean ${near.slice(0, mostNear).join(', ')}?${left > 0 ? ` harrier hunts search '${selector}' may show more` : ''}`
      : known.length > 20
        ? `harrier hunts list shows the ${known.length} hunts of the library`
        : `hunts of the library: ${known.map(slug).join(', ')}`,
  );
}
