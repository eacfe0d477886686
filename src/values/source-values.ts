import { valuesAt } from './document-path.ts';
import { withWrittenNumbers } from './exact-json.ts';

/**
 * The values that a document has under a name, as texts; null where it has none. Names may be dotted or nested, and
 * lists of objects count for each of them. Numbers are what is written.
 */
export function sourceValues(document: string, name: string): string[] | null {
  const found = valuesAt(withWrittenNumbers(document), name).flatMap(scalars);
  return found.length > 0 ? found : null;
}

const scalars = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(scalars);
  return value === null || typeof value === 'object' ? [] : [String(value)];
};
