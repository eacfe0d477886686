import { withWrittenNumbers } from './exact-json.ts';

/**
 * The values that a document has under a name, as texts; null where it has none. Names may be dotted or nested, and
 * lists of objects count for each of them. Numbers are what is written.
 */
export function sourceValues(document: string, name: string): string[] | null {
  const found: string[] = [];
  collect(withWrittenNumbers(document), name, found);
  return found.length > 0 ? found : null;
}

function collect(value: unknown, path: string, found: string[]): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) for (const one of value) collect(one, path, found);
  else if (typeof value !== 'object') {
    if (path === '') found.push(String(value));
  } else if (path !== '')
    for (const [name, inner] of Object.entries(value)) {
      if (name === path) collect(inner, '', found);
      else if (path.startsWith(`${name}.`)) collect(inner, path.slice(name.length + 1), found);
    }
}
