/** An aggregation under its name. */
export interface NamedAggregation {
  readonly name: string;
}
