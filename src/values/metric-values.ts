import { valuesAt } from './document-path.ts';
import { withWrittenNumbers } from './exact-json.ts';
import { javaDouble } from './java-double.ts';
import { own } from './own.ts';

/* Fields of the mapping type `aggregate_metric_double`: what many numbers come to, or a part of it, as one value. */

/** What such a field may hold. */
export const metricParts = ['min', 'max', 'sum', 'value_count'] as const;

/** The value that a document has in such a field, as JSON; null where it has none. */
export function metricIn(document: string, name: string): string | null {
  const [value] = valuesAt(withWrittenNumbers(document), name);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const members = metricParts.flatMap((part) => {
    const found = own(value as Readonly<Record<string, unknown>>, part);
    const amount = found === undefined || found === null ? Number.NaN : Number(String(found));
    if (!Number.isFinite(amount)) return [];
    return [`"${part}":${part === 'value_count' ? Math.trunc(amount) : javaDouble(amount)}`];
  });
  return members.length === 0 ? null : `{${members.join(',')}}`;
}
