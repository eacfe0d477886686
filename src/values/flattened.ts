import { valuesAt } from './document-path.ts';
import { withWrittenNumbers } from './exact-json.ts';
import { fieldPath } from './json-path.ts';
import { own } from './own.ts';

/*
 * Fields of the mapping type `flattened`: a whole object as one value, JSON whose keys are the dotted paths to its
 * leaves, in order, and whose leaves are texts, or lists of them.
 */

/** The value that a document has in such a field; null where it has none. */
export function flattenedOf(document: string, name: string, longest: number | null): string | null {
  const leaves = new Map<string, Set<string>>();
  for (const value of valuesAt(withWrittenNumbers(document), name)) collect(value, '', leaves, longest);
  if (leaves.size === 0) return null;
  // No object in between: it would put keys that are numbers first.
  const members = [...leaves]
    .sort(([a], [b]) => byBytes(a, b))
    .map(([key, texts]) => {
      const values = [...texts].sort(byBytes);
      return `${JSON.stringify(key)}:${JSON.stringify(values.length === 1 ? values[0] : values)}`;
    });
  return `{${members.join(',')}}`;
}

function collect(value: unknown, path: string, leaves: Map<string, Set<string>>, longest: number | null): void {
  if (value === null || value === undefined) return;
  if (Array.isArray(value)) for (const one of value) collect(one, path, leaves, longest);
  else if (typeof value === 'object')
    for (const [name, inner] of Object.entries(value))
      collect(inner, path === '' ? name : `${path}.${name}`, leaves, longest);
  else {
    const text = String(value);
    if (path === '' || (longest !== null && text.length > longest)) return;
    const known = leaves.get(path);
    if (known) known.add(text);
    else leaves.set(path, new Set([text]));
  }
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The values of a key of such a value as a JSON list, or `!` and why there is none. */
export function flattenedValues(json: string, path: string): string {
  const key = fieldPath(path);
  if (typeof key === 'object') return `!${key.error}`;
  const found = own(JSON.parse(json) as Readonly<Record<string, string | readonly string[]>>, key);
  if (found === undefined) return `!path [${path}] does not exist`;
  return JSON.stringify(typeof found === 'string' ? [found] : found);
}

/**
 * The objects that stand side by side below a path of such a value, as a JSON list of such values: of each the leaves below
 * its name, and under `key`, where there is one, the name itself. Null where nothing stands there.
 */
export function flattenedGroups(json: string, path: string, key: string | null): string | null {
  const before = path.endsWith('.') ? path : `${path}.`;
  const groups = new Map<string, Map<string, unknown>>();
  for (const [name, value] of Object.entries(JSON.parse(json) as Readonly<Record<string, unknown>>)) {
    if (!name.startsWith(before)) continue;
    const rest = name.slice(before.length);
    const dot = rest.indexOf('.');
    // A leaf right below the path is of no object there.
    if (dot < 0) continue;
    const group = rest.slice(0, dot);
    const leaves = groups.get(group) ?? new Map<string, unknown>();
    groups.set(group, leaves.set(rest.slice(dot + 1), value));
  }
  if (groups.size === 0) return null;
  const objects = [...groups]
    .sort(([a], [b]) => byBytes(a, b))
    .map(([group, leaves]) => {
      if (key !== null) leaves.set(key, group);
      const members = [...leaves].sort(([a], [b]) => byBytes(a, b));
      return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
    });
  return JSON.stringify(objects);
}
