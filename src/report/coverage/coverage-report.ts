import type { HuntCoverage } from '../../coverage/hunt-coverage.ts';
import type { TimeFault } from '../../coverage/time-faults.ts';
import type { Surface } from '../report.ts';

/** What data can say to hunts, and what is wrong with its times. */
export interface CoverageReport {
  readonly now: Date;
  readonly hunts: readonly HuntCoverage[];
  readonly timeFaults: readonly TimeFault[];
}

export type CoverageWriter = (report: CoverageReport, surface: Surface) => Iterable<string>;
