import { own } from '../values/own.ts';
import { isObject } from '../values/plain-json.ts';
import { parseTimeValue } from '../values/time-value.ts';
import { illegalArgument, noTimeValue, Refusal } from './refusal.ts';

/**
 * What the API says of how long documents are kept, as Elasticsearch's data stream lifecycle:
 * https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-put-data-lifecycle
 */
export interface Lifecycle {
  readonly enabled: boolean;
  /** Such as `30d`: documents whose `@timestamp` is older go. Without it they stay for ever. */
  readonly data_retention?: string;
}

/** Members that Elasticsearch takes, and that mean nothing where events lie in one table. */
const withoutEffect = new Set(['downsampling', 'downsampling_method', 'frozen_after']);

/** Reads a lifecycle; throws a Refusal for what is none, now and not when it is to be applied. */
export function parseLifecycle(body: unknown): Lifecycle {
  if (!isObject(body)) throw new Refusal('x_content_parse_exception', '[lifecycle] must be an object', 400);
  for (const name of Object.keys(body))
    if (name !== 'enabled' && name !== 'data_retention' && !withoutEffect.has(name))
      throw new Refusal('x_content_parse_exception', `[1:1] [data_stream_lifecycle] unknown field [${name}]`, 400);
  const enabled = own(body, 'enabled') ?? true;
  if (typeof enabled !== 'boolean' && enabled !== 'true' && enabled !== 'false')
    throw new Refusal(
      'x_content_parse_exception',
      '[1:1] [data_stream_lifecycle] failed to parse field [enabled]',
      400,
    );
  const retention = own(body, 'data_retention');
  const isForever = retention === undefined || retention === null || retention === '-1' || retention === -1;
  if (!isForever) checkRetention(retention);
  return { enabled: String(enabled) === 'true', ...(!isForever && { data_retention: String(retention) }) };
}

function checkRetention(retention: unknown): void {
  const milliseconds = typeof retention === 'string' ? parseTimeValue(retention) : null;
  if (milliseconds === null) throw noTimeValue('data_retention', retention);
  if (milliseconds < 1000) throw illegalArgument('[data_retention] must be at least [1s]');
  if (milliseconds > longest) throw illegalArgument(`[data_retention] is longer than ${longest / day} days`);
}

const day = 86_400_000;
/** A hundred thousand days: no event is older, and dates still have room. */
const longest = 100_000 * day;

/** Milliseconds for which documents are kept; null for ever. */
export const retentionOf = (lifecycle: Lifecycle | null): number | null =>
  lifecycle?.enabled && lifecycle.data_retention !== undefined ? parseTimeValue(lifecycle.data_retention) : null;
