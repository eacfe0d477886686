import { own } from './own.ts';

const second = 1000;
const units: Readonly<Record<string, number>> = {
  nanos: 1e-6,
  micros: 1e-3,
  ms: 1,
  s: second,
  m: 60 * second,
  h: 3600 * second,
  d: 86_400 * second,
};

/** A span of time as Elasticsearch's API takes it, such as `30d` or `500ms`, in milliseconds; null for what is none. */
export function parseTimeValue(text: string): number | null {
  const found = /^(\d+)(nanos|micros|ms|s|m|h|d)$/.exec(text);
  return found ? Number(found[1]) * own(units, found[2]!)! : null;
}
