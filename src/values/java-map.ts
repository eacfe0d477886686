import { parseJson } from './plain-json.ts';

/**
 * JSON as Java's Map.toString and List.toString write it: `{a=1, b=[x, y]}`, without quotes. The keys of an object stand in
 * the order of java.util.HashMap; what is empty is left out, as integrations do before they write it. Null where the text
 * is no JSON or nothing is left.
 */
export function javaText(json: string): string | null {
  const value = parseJson(json);
  return value === undefined || isEmpty(value) ? null : written(value);
}

function written(value: unknown): string {
  if (Array.isArray(value))
    return `[${value
      .filter((one) => !isEmpty(one))
      .map(written)
      .join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = inHashOrder(Object.entries(value).filter(([, inner]) => !isEmpty(inner)));
  return `{${entries.map(([key, inner]) => `${key}=${written(inner)}`).join(', ')}}`;
}

/** Nothing, an empty text, or what holds nothing else. */
function isEmpty(value: unknown): boolean {
  if (value === null || value === '') return true;
  return typeof value === 'object' && Object.values(value).every(isEmpty);
}

/** Buckets one after another; within each in the order of insertion. A table doubles when it is over three quarters full. */
function inHashOrder<T>(entries: readonly (readonly [string, T])[]): (readonly [string, T])[] {
  let size = 16;
  while (entries.length > 0.75 * size) size *= 2;
  const bucket = (key: string): number => {
    let hash = 0;
    for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) | 0;
    return (hash ^ (hash >>> 16)) & (size - 1);
  };
  // Sorting is stable.
  return [...entries].sort(([a], [b]) => bucket(a) - bucket(b));
}
