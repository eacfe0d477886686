import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Hunt } from '../hunt.ts';
import { huntFilesOf } from '../testing/hunt-tests.ts';
import { readTests } from '../testing/read-tests.ts';
import type { TestsProblem } from '../testing/tests-document.ts';
import type { Finding } from './finding.ts';
import { fileRules } from './lint-file.ts';

/** Looks into a file of tests, by its absolute path. The hunt that it is about is null where it cannot be read. */
export async function lintTests(file: string, hunt: Hunt | null): Promise<Finding[]> {
  return (await problemsOf(file, hunt)).map(({ line, column, message, hint }) => {
    const place = { line, column, endLine: line, endColumn: column };
    return { rule: 'hunt-tests', severity: fileRules['hunt-tests'].severity, file, ...place, message, hint };
  });
}

async function problemsOf(file: string, hunt: Hunt | null): Promise<readonly TestsProblem[]> {
  const candidates = huntFilesOf(file);
  if (!candidates.some((candidate) => existsSync(candidate)))
    return [
      {
        line: 1,
        column: 1,
        message: 'there is no hunt beside it',
        hint: `the hunt would be called ${basename(candidates[0]!)}`,
      },
    ];
  try {
    return readTests(await readFile(file, 'utf8'), file, hunt).problems;
  } catch (error) {
    const message = (error as Error).message.replace(/, (?:open|read).*$/, '');
    return [{ line: 1, column: 1, message, hint: null }];
  }
}
