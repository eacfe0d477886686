import type { QueryResult } from '../../values/types.ts';

/** What became of one test. `error`: it could not be run. */
export interface TestResult {
  /** `tests file`: something is wrong with the file itself. */
  readonly kind: 'must hit' | 'must not hit' | 'noise' | 'tests file';
  readonly name: string;
  /** The place of the query in its hunt, from zero; null where the result is about none. */
  readonly query: number | null;
  /** The 1-based line of the file of tests. */
  readonly line: number;
  readonly outcome: 'ok' | 'failed' | 'error';
  /** What is wrong, a line for each thing. */
  readonly faults: readonly string[];
  /** Remarks that may explain why. */
  readonly notes: readonly string[];
  /** What the query gave; null where it was not run. */
  readonly result: QueryResult | null;
  readonly seconds: number;
}

/** What became of the tests of a hunt. */
export interface HuntTestResults {
  readonly hunt: {
    readonly name: string;
    readonly uuid: string | null;
    readonly file: string;
    readonly queries: number;
  };
  /** The file of tests, absolute; null where there is none. */
  readonly file: string | null;
  readonly results: readonly TestResult[];
  /** The places of queries, from zero, that no test asks to hit. */
  readonly untested: readonly number[];
}

/** What became of the tests of several hunts. */
export interface TestReport {
  readonly started: Date;
  readonly hunts: readonly HuntTestResults[];
  /** A query without a test that it must hit is a failure. */
  readonly testsRequired: boolean;
}

export interface Tally {
  readonly tests: number;
  readonly ok: number;
  readonly failed: number;
  readonly errors: number;
  /** Hunts of which at least one query has no test that it must hit. */
  readonly untestedHunts: number;
}

export function tallyOf({ hunts }: Pick<TestReport, 'hunts'>): Tally {
  const results = hunts.flatMap((one) => one.results);
  const of = (outcome: TestResult['outcome']): number => results.filter((one) => one.outcome === outcome).length;
  return {
    tests: results.length,
    ok: of('ok'),
    failed: of('failed'),
    errors: of('error'),
    untestedHunts: hunts.filter(({ untested }) => untested.length > 0).length,
  };
}

/** Whether nothing is wrong. */
export function allOk(report: TestReport): boolean {
  const { failed, errors, untestedHunts } = tallyOf(report);
  return failed + errors === 0 && !(report.testsRequired && untestedHunts > 0);
}

/** What is not tested of a hunt, in words; null where all of it is. */
export function untestedText({ hunt, file, untested }: HuntTestResults): string | null {
  if (untested.length === 0) return null;
  if (file === null) return 'no tests';
  if (hunt.queries === 1) return 'no test that it must hit';
  return `no test that query ${untested.map((query) => query + 1).join(', ')} must hit`;
}
