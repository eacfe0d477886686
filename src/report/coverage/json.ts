import type { QueryCoverage } from '../../coverage/coverage.ts';
import type { HuntCoverage } from '../../coverage/hunt-coverage.ts';
import type { CoverageWriter } from './coverage-report.ts';

/** One JSON document. What several queries of a hunt lack stands together; `queries` has each on its own. */
export const json: CoverageWriter = function* ({ now, hunts, timeFaults }) {
  yield `${JSON.stringify({ now: now.toISOString(), hunts: hunts.map(huntJson), time_faults: timeFaults }, null, 1)}\n`;
};

function huntJson({ hunt, verdict, queries, error }: HuntCoverage): object {
  const all = <T>(pick: (query: QueryCoverage) => readonly T[]): T[] => [...new Set(queries.flatMap(pick))];
  const worst = [...queries].sort((a, b) => (a.window.covered ?? 1) - (b.window.covered ?? 1))[0];
  return {
    uuid: hunt.uuid,
    name: hunt.name,
    file: hunt.file,
    verdict,
    missing_indices: all((query) => query.missingIndices),
    missing_fields: all((query) => query.missingFields),
    empty_fields: all((query) => query.emptyFields.map(({ field }) => field)),
    absent_values: all((query) => query.absentValues),
    window: worst ? windowJson(worst) : { from: null, to: null, covered: null },
    reasons: error === null ? all((query) => query.gaps.map(({ message }) => message)) : [error],
    notes: all((query) => (query.notes ?? []).map(({ message }) => message)),
    error,
    queries: queries.map((query) => ({
      verdict: query.verdict,
      field_shares: query.emptyFields,
      window: windowJson(query),
      gaps: query.gaps,
      notes: query.notes ?? [],
    })),
  };
}

const time = (milliseconds: number | null): string | null =>
  milliseconds === null ? null : new Date(milliseconds).toISOString();

const windowJson = ({ window: { from, to, covered } }: QueryCoverage): object => ({
  from: time(from),
  to: time(to),
  covered: covered === null ? null : Number(covered.toFixed(4)),
});
