import { separated } from '../text-bytes.ts';
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

/** An answer to a search as JSON, in parts, documents in it as they were sent. */
export function* answerJson(
  { total, hits, isEmpty, isScored, aggregations }: SearchAnswer,
  head: AnswerHead,
): Generator<string> {
  const relation = total?.isExact ? 'eq' : 'gte';
  const count = head.totalAsInt ? `${total?.value ?? -1}` : `{"value":${total?.value},"relation":"${relation}"}`;
  const parts = [
    ...(head.scrollId === undefined ? [] : [`"_scroll_id":${JSON.stringify(head.scrollId)}`]),
    ...(head.pointInTimeId === undefined ? [] : [`"pit_id":${JSON.stringify(head.pointInTimeId)}`]),
    `"took":${head.took},"timed_out":false`,
    `"_shards":{"total":${head.indices},"successful":${head.indices},"skipped":0,"failed":0}`,
    `"hits":{${total === null && !head.totalAsInt ? '' : `"total":${count},`}"max_score":${isScored && !isEmpty ? '1.0' : 'null'},"hits":[`,
  ];
  yield `{${parts.join(',')}`;
  yield* separated(hits, ',');
  yield ']}';
  if (aggregations !== null) yield `,"aggregations":${aggregations}`;
  if (head.status !== undefined) yield `,"status":${head.status}`;
  yield '}';
}
