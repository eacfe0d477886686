import type { FastifyInstance } from 'fastify';
import { isFullDisk } from '../diagnostics/full-disk.ts';
import { Refusal } from '../store/refusal.ts';
import type { RetentionRun } from '../store/retention.ts';
import { type StoreSize, storeSize } from '../store/store-size.ts';
import type { ServerContext } from './context.ts';
import { authorize } from './security.ts';

/** From well to worst, as Elasticsearch names them. */
const statuses = ['green', 'yellow', 'red'] as const;
export type HealthStatus = (typeof statuses)[number];

/** One thing that may be wrong, in the shape of Elasticsearch's `_health_report`. */
export interface HealthIndicator {
  readonly status: HealthStatus;
  /** What is the case, in a sentence. */
  readonly symptom: string;
  readonly details: Readonly<Record<string, unknown>>;
  /** What it means and what to do, unless all is well. */
  readonly diagnosis?: readonly { readonly cause: string; readonly action: string }[];
}

type Indicate = (context: ServerContext) => HealthIndicator | Promise<HealthIndicator>;

const indicators: ReadonlyMap<string, Indicate> = new Map<string, Indicate>([
  ['disk', async ({ store }) => diskHealth((await storeSize(store)).disk)],
  ['store', ({ writer: { failure } }) => storeHealth(failure)],
  ['write_queue', ({ writer, limits }) => writeQueueHealth(writer.queue, limits.bodyBytes)],
  ['query_queue', ({ queries }) => queryQueueHealth(queries.load)],
  ['data_stream_lifecycle', ({ retention }) => retentionHealth(retention.last)],
  ['shards_capacity', ({ store }) => capacityHealth(store.committed.length, store.mostIndices)],
]);

const GB = 1024 ** 3;

/** Little room is less than both a part of the disk and an amount: a tenth of a large disk is a lot. */
export function diskHealth({ total, free }: StoreSize['disk']): HealthIndicator {
  const details = { total_in_bytes: total, free_in_bytes: free };
  const isBelow = (part: number, bytes: number): boolean => free < Math.min(part * total, bytes);
  if (!isBelow(0.15, 20 * GB)) return { status: 'green', symptom: 'The disk of the store has room.', details };
  return {
    status: isBelow(0.05, GB) ? 'red' : 'yellow',
    symptom: 'The disk of the store is nearly full.',
    details,
    diagnosis: [
      {
        cause: 'What does not fit on the disk is refused with status 429, and shippers wait.',
        action: 'Give data streams a retention, delete old events (harrier forget) or indices, or enlarge the disk.',
      },
    ],
  };
}

export function storeHealth(failure: unknown): HealthIndicator {
  if (failure === null) return { status: 'green', symptom: 'The last write succeeded.', details: {} };
  const message = failure instanceof Error ? failure.message.split('\n')[0] : String(failure);
  const isFull = isFullDisk(message!);
  return {
    status: 'red',
    symptom: isFull ? 'The last write found no room on the disk.' : 'The last write failed.',
    details: { last_error: message },
    diagnosis: [
      {
        cause: isFull ? 'The disk is full.' : 'The engine could not write.',
        action: isFull ? 'Delete an index or old events, or enlarge the disk.' : 'See the log of the server.',
      },
    ],
  };
}

export function writeQueueHealth(
  queue: { readonly requests: number; readonly bytes: number },
  body: number,
): HealthIndicator {
  const details = { waiting_requests: queue.requests, waiting_bytes: queue.bytes };
  if (queue.bytes < body) return { status: 'green', symptom: 'Writes are not held up.', details };
  return {
    status: 'yellow',
    symptom: 'Documents arrive faster than they are written.',
    details,
    diagnosis: [{ cause: 'Shippers get 429 when bodies hold too much.', action: 'Send less, or use a faster disk.' }],
  };
}

export function queryQueueHealth(load: ServerContext['queries']['load']): HealthIndicator {
  const { running, waiting, limits } = load;
  const details = { running, waiting, most_running: limits.concurrent, most_waiting: limits.waiting };
  if (waiting <= limits.concurrent) return { status: 'green', symptom: 'Queries are not held up.', details };
  return {
    status: waiting >= limits.waiting ? 'red' : 'yellow',
    symptom: 'Queries wait for others.',
    details,
    diagnosis: [{ cause: 'More queries come than run at a time.', action: 'See slow queries in the log (--slow).' }],
  };
}

export function capacityHealth(indices: number, most: number): HealthIndicator {
  const details = { indices, most_indices: most };
  if (indices < 0.9 * most) return { status: 'green', symptom: 'There is room for more indices.', details };
  return {
    status: indices >= most ? 'red' : 'yellow',
    symptom: 'Nearly as many indices are there as may be.',
    details,
    diagnosis: [{ cause: 'Documents for further indices are refused.', action: 'Delete indices that nobody needs.' }],
  };
}

export function retentionHealth(last: RetentionRun | null): HealthIndicator {
  const failed = [...(last?.failed ?? [])];
  const details = {
    last_run: last && new Date(last.at).toISOString(),
    failed: failed.map(([index, { message }]) => ({ index, error: message.split('\n')[0] })),
  };
  if (failed.length === 0) return { status: 'green', symptom: 'Retention is applied.', details };
  return {
    status: 'yellow',
    symptom: 'Retention could not be applied to some indices.',
    details,
    diagnosis: [{ cause: 'Events older than they should be are still there.', action: 'See the log of the server.' }],
  };
}

/** Every indicator, or the one that is named, and the worst of their statuses. */
export async function healthReport(
  context: ServerContext,
  only?: string,
): Promise<{ readonly status: HealthStatus; readonly indicators: Readonly<Record<string, HealthIndicator>> }> {
  const found: [string, HealthIndicator][] = [];
  for (const [name, indicate] of indicators)
    if (only === undefined || only === name) found.push([name, await indicate(context)]);
  const worst = Math.max(0, ...found.map(([, { status }]) => statuses.indexOf(status)));
  return { status: statuses[worst]!, indicators: Object.fromEntries(found) };
}

/** `GET /_health_report`. */
export function addHealth(app: FastifyInstance, context: ServerContext): void {
  app.get<{ Params: { indicator?: string } }>('/_health_report/:indicator?', async (request) => {
    authorize(request, 'describe', null);
    const { indicator } = request.params;
    if (indicator !== undefined && !indicators.has(indicator))
      throw new Refusal('resource_not_found_exception', `Did not find indicator ${indicator}`, 404);
    return { cluster_name: 'harrier', ...(await healthReport(context, indicator)) };
  });
}
