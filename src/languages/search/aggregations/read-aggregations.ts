import type { NamedAggregation } from './aggregation.ts';

export function readAggregations(_body: unknown): NamedAggregation[] {
  return [];
}
