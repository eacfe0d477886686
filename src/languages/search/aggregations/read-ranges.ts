import { formatDate } from '../../../values/date.ts';
import { formatDateAs } from '../../../values/java-date-format.ts';
import { javaDouble } from '../../../values/java-double.ts';
import { isZone } from '../../../values/time-zone.ts';
import type { Bound } from '../../filters/condition.ts';
import { parseDateMath } from '../../filters/date-math.ts';
import { booleanIn, type Json, numberIn, objectIn, onlyKnown, textIn } from '../members.ts';
import { illegal } from '../search-error.ts';
import { type ConditionBucket, type Conditions, mostConditions } from './aggregation.ts';

const members = new Set(['field', 'ranges', 'keyed', 'missing', 'format', 'time_zone']);
const rangeMembers = new Set(['key', 'from', 'to']);

/** A bound as the condition compares it and as the answer shows it. */
interface RangeBound {
  readonly value: number;
  readonly shown: number;
  /** As it stands in the key of the bucket. */
  readonly text: string;
}

/** `range`: from the lower bound up to the upper one, which belongs to it no more. */
export function readRange(body: Json): Conditions {
  return ranges('range', body, (value) => {
    const amount = numberIn(value, 'range');
    return { value: amount, shown: amount, text: javaDouble(amount) };
  });
}

/** `date_range`; `now`: what its bounds are counted from. */
export function readDateRange(body: Json, now: number): Conditions {
  const format = body.format === undefined ? null : textIn(body.format, 'format');
  const zone = body.time_zone === undefined ? undefined : textIn(body.time_zone, 'time_zone');
  if (zone !== undefined && !isZone(zone)) throw illegal(`Unknown time-zone ID: ${zone}`);
  return ranges('date_range', body, (value) => {
    const time = parseDateMath(value as string | number, now, false);
    if (time === null) throw illegal(`failed to parse date field [${String(value)}]`);
    const text = (format === null ? null : formatDateAs(time, format, zone)) ?? formatDate(time);
    return { value: Number(time), shown: Number(time), text };
  });
}

function ranges(type: 'range' | 'date_range', body: Json, bound: (value: unknown) => RangeBound): Conditions {
  onlyKnown(body, members, type);
  if (body.missing !== undefined) throw illegal(`[missing] is not supported in [${type}]`);
  if (!Array.isArray(body.ranges) || body.ranges.length === 0)
    throw illegal(`No [ranges] specified for the [${type}] aggregation`);
  if (body.ranges.length > mostConditions)
    throw illegal(`[${type}] has ${body.ranges.length} ranges, and may have ${mostConditions}`);
  const field = textIn(body.field, `${type}.field`);
  const buckets = body.ranges.map((range): ConditionBucket & { order: readonly number[] } => {
    const given = objectIn(range, type);
    onlyKnown(given, rangeMembers, type);
    const from = given.from === undefined || given.from === null ? null : bound(given.from);
    const to = given.to === undefined || given.to === null ? null : bound(given.to);
    const bounds: Bound[] = [
      ...(from ? [{ operator: '>=', value: from.value } as const] : []),
      ...(to ? [{ operator: '<', value: to.value } as const] : []),
    ];
    return {
      key: given.key === undefined ? `${from?.text ?? '*'}-${to?.text ?? '*'}` : textIn(given.key, 'key'),
      condition: bounds.length === 0 ? { kind: 'exists', field } : { kind: 'range', field, bounds },
      about: [...aboutBound('from', from, type), ...aboutBound('to', to, type)],
      order: [from?.value ?? Number.NEGATIVE_INFINITY, to?.value ?? Number.POSITIVE_INFINITY],
    };
  });
  // In order of their bounds, whatever order they are asked for in.
  buckets.sort((a, b) => a.order[0]! - b.order[0]! || a.order[1]! - b.order[1]!);
  const keyed = body.keyed !== undefined && booleanIn(body.keyed, 'keyed');
  const areApart = buckets.every(({ order: [from] }, i) => i === 0 || buckets[i - 1]!.order[1]! <= from!);
  return { kind: 'conditions', type, form: keyed ? 'keyed' : 'list', areApart, buckets };
}

function aboutBound(name: string, bound: RangeBound | null, type: string): [string, number | string][] {
  if (bound === null) return [];
  const number: [string, number] = [name, bound.shown];
  return type === 'range' ? [number] : [number, [`${name}_as_string`, bound.text]];
}
