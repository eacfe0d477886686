import type { SearchAnswer } from './run-search.ts';

/** What an answer says beside its hits. */
export interface AnswerHead {
  /** Milliseconds. */
  readonly took: number;
  readonly indices: number;
  readonly totalAsInt?: boolean;
  readonly scrollId?: string;
  readonly pointInTimeId?: string;
  /** Of an answer among several. */
  readonly status?: number;
}

/** An answer to a search as JSON, documents in it as they were sent. */
export function answerJson({ total, hits, isScored, aggregations }: SearchAnswer, head: AnswerHead): string {
  const relation = total?.isExact ? 'eq' : 'gte';
  const count = head.totalAsInt ? `${total?.value ?? -1}` : `{"value":${total?.value},"relation":"${relation}"}`;
  const parts = [
    ...(head.scrollId === undefined ? [] : [`"_scroll_id":${JSON.stringify(head.scrollId)}`]),
    ...(head.pointInTimeId === undefined ? [] : [`"pit_id":${JSON.stringify(head.pointInTimeId)}`]),
    `"took":${head.took},"timed_out":false`,
    `"_shards":{"total":${head.indices},"successful":${head.indices},"skipped":0,"failed":0}`,
    `"hits":{${total === null && !head.totalAsInt ? '' : `"total":${count},`}"max_score":${isScored && hits.length > 0 ? '1.0' : 'null'},"hits":[${hits.join(',')}]}`,
    ...(aggregations === null ? [] : [`"aggregations":${aggregations}`]),
    ...(head.status === undefined ? [] : [`"status":${head.status}`]),
  ];
  return `{${parts.join(',')}}`;
}
