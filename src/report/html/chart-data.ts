/** What the page's charts are drawn from, as it stands in the page. */
export type ChartData =
  /** Counts in equal spans of time; milliseconds. */
  | { readonly kind: 'timeline'; readonly start: number; readonly span: number; readonly counts: readonly number[] }
  | { readonly kind: 'bytes'; readonly labels: readonly string[]; readonly bytes: readonly number[] }
  | { readonly kind: 'rhythm'; readonly labels: readonly string[]; readonly counts: readonly number[] };
