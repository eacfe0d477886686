/** What a document has under a name, whose parts may be dotted or nested; lists of objects count for each of them. */
export function valuesAt(document: unknown, path: string): unknown[] {
  const found: unknown[] = [];
  collect(document, path, found);
  return found;
}

function collect(value: unknown, path: string, found: unknown[]): void {
  if (value === null || value === undefined) return;
  if (path === '') found.push(value);
  else if (Array.isArray(value)) for (const one of value) collect(one, path, found);
  else if (typeof value === 'object')
    for (const [name, inner] of Object.entries(value)) {
      if (name === path) collect(inner, '', found);
      else if (path.startsWith(`${name}.`)) collect(inner, path.slice(name.length + 1), found);
    }
}
