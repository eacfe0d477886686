import type { KnobStudy } from '../../investigate/tune.ts';
import type { TuningWriter } from './tuning-report.ts';

/** One JSON document. */
export const json: TuningWriter = function* ({ now, hitsPerDay, queries }) {
  const results = queries.map(({ hunt, query, tuning, error }) => ({
    hunt: { uuid: hunt.uuid, name: hunt.name, file: hunt.file },
    query,
    window_days: tuning?.days ?? null,
    knobs: tuning?.studies.map(knobJson) ?? [],
    error,
  }));
  yield `${JSON.stringify({ now: now.toISOString(), hits_per_day: hitsPerDay, results }, null, 1)}\n`;
};

const knobJson = ({ knob, literal, candidates, quantiles, hits, suggestion }: KnobStudy): object => ({
  name: knob.name,
  operator: knob.operator,
  literal,
  candidates,
  quantiles,
  hits,
  suggestion,
});
