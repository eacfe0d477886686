import type { HitsAt, ThresholdStudy } from '../../investigate/tune.ts';
import type { TuningWriter } from './tuning-report.ts';

/** One JSON document. */
export const json: TuningWriter = function* ({ now, hitsPerDay, queries }) {
  const results = queries.map(({ hunt, query, tuning, error, notes }) => ({
    hunt: { uuid: hunt.uuid, name: hunt.name, file: hunt.file },
    query,
    window_days: tuning?.days ?? null,
    knobs: tuning?.studies.map(studyJson) ?? [],
    error,
    notes,
  }));
  yield `${JSON.stringify({ now: now.toISOString(), hits_per_day: hitsPerDay, results }, null, 1)}\n`;
};

const studyJson = ({ threshold, literal, candidates, quantiles, hits, suggestion }: ThresholdStudy): object => ({
  name: threshold.name,
  operator: threshold.operator,
  literal,
  candidates,
  quantiles,
  hits: hits.map(hitsJson),
  suggestion: suggestion && { ...hitsJson(suggestion), set: suggestion.set },
});

const hitsJson = ({ threshold, hits, isCut }: HitsAt): object => ({
  threshold,
  hits,
  ...(isCut && { cut_by_limit: true }),
});
