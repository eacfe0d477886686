import type { RunReport } from '../report/report.ts';

/** 0: all ran; 1: some failed; 70: by a fault of Harrier's own; 3: there are hits and that is what was asked about; 130: interrupted. */
export function exitCode({ results, partial }: Pick<RunReport, 'results' | 'partial'>, failOnHit: boolean): number {
  if (partial) return 130;
  if (results.some(({ fault }) => fault)) return 70;
  if (results.some(({ error }) => error !== null)) return 1;
  return failOnHit && results.some(({ result }) => (result?.values.length ?? 0) > 0) ? 3 : 0;
}
