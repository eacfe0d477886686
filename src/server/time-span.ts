import { noTimeValue } from '../store/refusal.ts';
import { parseTimeValue } from '../values/time-value.ts';

export const second = 1000;

/** A span of time of a request, such as `5m`, in milliseconds; null where none is given. Throws a Refusal that names it. */
export function timeSpan(value: unknown, name: string): number | null {
  if (value === undefined || value === null) return null;
  const found = parseTimeValue(String(value));
  if (found === null) throw noTimeValue(name, value);
  return found;
}
