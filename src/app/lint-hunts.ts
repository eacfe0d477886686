import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LookupList } from '../catalogue/lookup-list.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Attack } from '../hunts/attack.ts';
import { findHunts, huntFiles, pathOf, withoutCopies } from '../hunts/library.ts';
import type { Finding, Rule } from '../hunts/lint/finding.ts';
import { duplicateUuids, fileRules, type LintedFile, lintFile } from '../hunts/lint/lint-file.ts';
import { lintTests } from '../hunts/lint/lint-tests.ts';
import { placeInFile } from '../hunts/lint/places.ts';
import { isTestsFile, testsFileOf, testsFiles } from '../hunts/testing/hunt-tests.ts';
import { queryRules } from '../languages/esql/lint/lint.ts';
import { queryChecker } from './check.ts';

/** Every rule, by its id. */
export const lintRules = {
  'esql-syntax': { severity: 'error', about: 'A query is not ES|QL.' },
  'esql-meaning': { severity: 'error', about: 'A name or type in a query does not fit.' },
  ...fileRules,
  ...queryRules,
} as const satisfies Record<string, Rule>;

/**
 * Looks into hunt files and their queries, below paths; findings come in the order of the files and of the lines in them.
 * `attack`: the techniques that there are; null where nobody knows. `library`: folders in which names and UUIDs are looked up.
 */
export async function lintHunts(
  paths: readonly string[],
  attack: Attack | null,
  lists: readonly LookupList[] = [],
  library: readonly string[] = [],
): Promise<{ findings: readonly Finding[]; files: number }> {
  const { hunts: files, tests: named } = await filesOf(paths, library);
  const linted: LintedFile[] = [];
  for (const file of files) {
    const one = await lintFile(file, attack);
    if (one) linted.push(one);
  }
  // What was made from a TOML hunt says nothing that the hunt does not say.
  const hunts = new Set(withoutCopies(linted.flatMap(({ hunt }) => hunt ?? [])));
  const counted = linted.filter(({ hunt }) => hunt === null || hunts.has(hunt));
  const beside = counted.map(({ file }) => testsFileOf(file)).filter((file) => existsSync(file));
  const tests = [...new Set([...beside, ...named])];
  if (counted.length + tests.length === 0)
    throw new InputError('there is no hunt to look at', 'hunt files end in .toml, .md or .txt');
  const check = await queryChecker(null, lists);
  const findings = [...duplicateUuids(counted)];
  for (const one of counted) findings.push(...one.findings, ...(await ofQueries(one, check)));
  for (const file of tests) {
    const hunt = counted.find((one) => testsFileOf(one.file) === file)?.hunt ?? null;
    findings.push(...(await lintTests(file, hunt)));
  }
  const order = new Map([...counted.map(({ file }) => file), ...tests].map((file, i) => [file, i]));
  findings.sort((a, b) => order.get(a.file)! - order.get(b.file)! || a.line - b.line || a.column - b.column);
  return { findings, files: counted.length + tests.length };
}

/** The files of hunts at some paths, and those of tests, which are absolute. */
async function filesOf(
  paths: readonly string[],
  library: readonly string[],
): Promise<{ hunts: string[]; tests: string[] }> {
  const hunts: string[] = [];
  const tests: string[] = [];
  for (const given of paths) {
    const path = pathOf(given, library);
    const found = await stat(path).catch(() => null);
    if (!found) hunts.push(...(await findHunts([given], library, 'any')).hunts.map(({ file }) => file));
    else if (found.isDirectory()) {
      hunts.push(...(await huntFiles(path)));
      tests.push(...(await testsFiles(resolve(path))));
    } else if (isTestsFile(path)) tests.push(resolve(path));
    else hunts.push(path);
  }
  return { hunts: [...new Set(hunts)], tests };
}

/** What is to be said of the queries of a hunt. */
async function ofQueries(
  { file, source, hunt, isRule }: LintedFile,
  check: Awaited<ReturnType<typeof queryChecker>>,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const query of hunt?.queries ?? []) {
    const { error, lints, source: text } = await check(query.text);
    for (const { kind, message, span, hint = null } of error?.diagnostics ?? []) {
      const rule = kind === 'parsing' ? 'esql-syntax' : 'esql-meaning';
      findings.push({ rule, severity: 'error', file, ...placeInFile(source, query, text, span), message, hint });
    }
    for (const { rule, message, span, hint = null } of lints) {
      if (isRule && rule === 'no-time-window') continue;
      const { severity } = queryRules[rule];
      findings.push({ rule, severity, file, ...placeInFile(source, query, text, span), message, hint });
    }
  }
  return findings;
}
