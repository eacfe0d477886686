import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import type { TestedHunt, TestRunner } from '../../app/test-hunts.ts';
import type { HuntTestResults, TestReport, TestResult } from '../../hunts/testing/results.ts';
import type { TestsProblem } from '../../hunts/testing/tests-document.ts';
import { addLibraryOptions, type LibraryOptions } from '../library.ts';
import { checkOutput, surfaceOf, writeTo } from '../output.ts';
import { terminalObserver } from '../terminal-observer.ts';
import type { FoundTests } from './tested-hunts.ts';

interface TestOptions extends LibraryOptions {
  readonly format: 'table' | 'json' | 'junit';
  readonly output?: string;
  readonly force: boolean;
  readonly require: boolean;
}

export function addTest(hunts: Command, signal: AbortSignal): void {
  const command = hunts
    .command('test')
    .description('Run the tests beside hunts: what each must find, must not find, and how many hits it may have')
    .argument('[hunt...]', 'hunt files, folders, UUIDs or names from the library; the whole library when none is named')
    .addOption(new Option('-f, --format <name>', 'how to print').choices(['table', 'json', 'junit']).default('table'))
    .option('-o, --output <file>', 'write the results to a file')
    .option('--force', 'overwrite the file', false)
    .option('--require', 'take it for a failure that a query has no test that it must hit', false);
  addLibraryOptions(command)
    .addHelpText(
      'after',
      `
Examples:
  $ harrier hunts test my-hunts/
  $ harrier hunts test beaconing-unsigned-process-linux
  $ harrier hunts test my-hunts/ --require --format junit --output hunt-tests.xml

The tests of NAME.toml are in NAME.test.toml beside it; docs/hunts.md describes them.

Exit codes: 0 all is well, 1 a test failed or could not be run, 2 there is nothing to test`,
    )
    .action(async (selectors: string[], options: TestOptions) => {
      process.exitCode = await test(selectors, options, signal);
    });
}

async function test(selectors: readonly string[], options: TestOptions, signal: AbortSignal): Promise<number> {
  checkOutput(options);
  const [{ huntsToTest }, { TestRunner }, { sampleFolder }, { allOk }] = await Promise.all([
    import('./tested-hunts.ts'),
    import('../../app/test-hunts.ts'),
    import('./sample-folder.ts'),
    import('../../hunts/testing/results.ts'),
  ]);
  const started = new Date();
  const { hunts, orphans } = await huntsToTest(selectors, options);
  const tested = hunts.flatMap(({ hunt, read }): TestedHunt[] => (read?.tests ? [{ hunt, tests: read.tests }] : []));
  const runner = new TestRunner(tested, sampleFolder, terminalObserver(), signal);
  try {
    const results: HuntTestResults[] = [];
    for (const found of hunts) results.push(await resultsOf(found, runner));
    const report = { started, hunts: [...results, ...orphans.map(ofOrphan)], testsRequired: options.require };
    await writeTo(options.output, await written(report, options));
    return allOk(report) ? 0 : 1;
  } finally {
    await runner.close();
  }
}

async function resultsOf({ hunt, file, read }: FoundTests, runner: TestRunner): Promise<HuntTestResults> {
  const { name, uuid, queries } = hunt;
  const tests = read?.tests ?? null;
  const hit = new Set(tests?.cases.filter(({ kind }) => kind === 'must hit').map(({ query }) => query));
  return {
    hunt: { name, uuid, file: hunt.file, queries: queries.length },
    file,
    results: tests ? await runner.run({ hunt, tests }) : (read?.problems ?? []).map(unusable),
    // Nobody knows what a file would test that cannot be read; that is reported already.
    untested: read && !tests ? [] : queries.map((_, i) => i).filter((query) => !hit.has(query)),
  };
}

const ofOrphan = (file: string): HuntTestResults => ({
  hunt: { name: basename(file), uuid: null, file, queries: 0 },
  file,
  results: [unusable({ line: 1, message: 'there is no hunt beside it that can be read', hint: null })],
  untested: [],
});

const unusable = ({ line, message, hint }: Pick<TestsProblem, 'line' | 'message' | 'hint'>): TestResult => ({
  kind: 'tests file',
  name: 'the file of tests',
  query: null,
  line,
  outcome: 'error',
  faults: [hint === null ? message : `${message}; ${hint}`],
  notes: [],
  result: null,
  seconds: 0,
});

async function written(report: TestReport, { format, output }: TestOptions): Promise<Iterable<string>> {
  switch (format) {
    case 'json':
      return (await import('../../report/tests/json.ts')).testsJson(report);
    case 'junit':
      return (await import('../../report/tests/junit.ts')).testsJunit(report);
    case 'table':
      return (await import('../../report/tests/text.ts')).testsText(report, surfaceOf(output));
  }
}
