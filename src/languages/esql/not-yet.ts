/*
 * What Elasticsearch has and Harrier does not, each with the limit that is behind it: a query that asks for it is refused
 * in these words.
 */

const inference = 'Harrier asks no models';
const vectors = 'Harrier has no vectors';
const passages = 'Harrier cuts no passages out of texts';
const histograms =
  'Harrier has no histograms: metrics are numbers, counters or aggregate_metric_double, and PERCENTILE takes numbers';
const series = 'Harrier has not all functions of time series';

const each = (names: string, why: string): [string, string][] => names.split(' ').map((name) => [name, why]);

/** Commands that are refused, and why. */
export const commandsNotYet: ReadonlyMap<string, string> = new Map([
  ...each('completion rerank', inference),
  ['external', 'files are read with --data, and FROM names the index of their events'],
  ['eql', 'Harrier reads ES|QL, KQL and Lucene queries'],
  ['explain', 'the command line shows plans: harrier explain'],
  ['highlight', passages],
  ['mmr', vectors],
  ...each('promql ts_collapse', 'time series are asked in ES|QL, with TS'),
]);

/** Functions that are refused, and why. */
export const functionsNotYet: ReadonlyMap<string, string> = new Map([
  ...each('embedding text_embedding', inference),
  ...each('knn to_dense_vector v_cosine v_dot_product v_hamming v_l1_norm v_l2_norm v_magnitude', vectors),
  ...each('chunk extract_snippets highlight top_snippets', passages),
  ['score', 'full-text functions filter and do not score'],
  ...each('histogram_fraction histogram_percentile to_exponential_histogram to_histogram to_tdigest', histograms),
  ...each('changes predict_linear resets', series),
  ['tstep', 'BUCKET and TBUCKET divide time without a range of the request'],
]);
