const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Commands of ES|QL that Harrier knows of but does not run yet. */
export const commandsNotYet = words('completion explain highlight metrics_info mmr promql rerank ts ts_info');

/** Functions that Elasticsearch has and Harrier does not have yet. */
export const functionsNotYet = words(
  `avg_over_time count_distinct_over_time count_over_time delta deriv first_over_time idelta increase irate
  last_over_time max_over_time min_over_time percentile_over_time present_over_time absent_over_time rate
  stddev_over_time sum_over_time variance_over_time
  chunk embedding highlight knn score text_embedding top_snippets to_dense_vector
  to_aggregate_metric_double sparkline
  v_cosine v_dot_product v_hamming v_l1_norm v_l2_norm v_magnitude`,
);
