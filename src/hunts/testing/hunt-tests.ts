import { basename, dirname, join } from 'node:path';
import type { EventTemplate } from './event-template.ts';
import type { FieldValue } from './fields.ts';

/** How many rows a query must give, and what must stand in them. */
export interface Expectation {
  readonly least: number;
  readonly most: number;
  /** Rows that must be among those that come, by the names of some of their columns; an empty list is no value. */
  readonly rows: readonly ReadonlyMap<string, FieldValue>[];
}

/** Events, and what a query of the hunt must find in them. */
export interface TestCase {
  readonly kind: 'must hit' | 'must not hit';
  readonly name: string;
  /** The 1-based line of the file on which it begins. */
  readonly line: number;
  /** The place of the query in its hunt, from zero. */
  readonly query: number;
  readonly now: Date;
  /** The index of events that do not name their own; null where the query names none either. */
  readonly index: string | null;
  readonly templates: readonly EventTemplate[];
  /** Events as they are, one a line. */
  readonly ndjson: string | null;
  /** Lines as their source writes them, whatever its format. */
  readonly lines: string | null;
  /** Absolute paths and globs. */
  readonly files: readonly string[];
  readonly expected: Expectation;
}

/**
 * Samples in which nothing is wrong: the fleet of the demo without its intrusions, and the logs of an office, each source in
 * its raw form.
 */
export type Sample = 'demo' | 'quiet';

export const sampleTitles: Readonly<Record<Sample, string>> = {
  demo: 'the demo fleet without its intrusions',
  quiet: 'the logs of a quiet office',
};

/** How many rows each query of the hunt may give over a sample in which nothing is wrong. */
export interface NoiseBudget {
  readonly line: number;
  /** Absolute paths and globs, or a sample that Harrier makes. */
  readonly data: readonly string[] | Sample;
  /** How the file calls the data. */
  readonly title: string;
  readonly now: Date | 'latest';
  readonly index: string | null;
  readonly most: number;
}

/** The tests of one hunt, as they stand in a file beside it. */
export interface HuntTests {
  /** Absolute. */
  readonly file: string;
  /** In the order of the file. */
  readonly cases: readonly TestCase[];
  readonly noise: NoiseBudget | null;
}

const ending = '.test.toml';

export const isTestsFile = (file: string): boolean => file.toLowerCase().endsWith(ending);

/** Where the tests of a hunt stand: `odd-logins.test.toml` beside `odd-logins.toml`. */
export const testsFileOf = (huntFile: string): string =>
  join(dirname(huntFile), `${basename(huntFile).replace(/\.[^.]+$/, '')}${ending}`);

/** The files that the hunt of a file of tests may be in. */
export const huntFilesOf = (testsFile: string): string[] =>
  ['.toml', '.md', '.txt'].map((extension) => testsFile.slice(0, -ending.length) + extension);

/** The files of tests below a folder, sorted, absolute. */
export async function testsFiles(folder: string): Promise<string[]> {
  const { glob } = await import('tinyglobby');
  return (await glob(`**/*${ending}`, { cwd: folder, absolute: true })).sort();
}
