const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** Commands of ES|QL that Harrier knows of but does not run yet. */
export const commandsNotYet = words('completion explain highlight mmr promql rerank');

/** Functions that Elasticsearch has and Harrier does not have yet. */
export const functionsNotYet = words(
  `chunk embedding highlight knn score text_embedding top_snippets to_dense_vector
  v_cosine v_dot_product v_hamming v_l1_norm v_l2_norm v_magnitude`,
);
