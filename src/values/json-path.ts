/*
 * JSON_EXTRACT's paths: names and indices (`a.b`, `a['b.c']`, `items[0]`, an optional `$` in front), no wildcards.
 */

const cached = new Map<string, (string | number)[] | null>();

function parsePath(path: string): (string | number)[] | null {
  const known = cached.get(path);
  if (known !== undefined) return known;
  if (cached.size > 1000) cached.clear();
  const parts: (string | number)[] = [];
  let rest = path.startsWith('$') ? path.slice(1) : path;
  let first = true;
  while (rest !== '') {
    const found =
      /^\[(\d+)\]/.exec(rest) ??
      /^\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/.exec(rest) ??
      (first && !path.startsWith('$') ? /^()([^.[\]]+)/.exec(rest) : /^(\.)([^.[\]]+)/.exec(rest));
    if (!found) {
      cached.set(path, null);
      return null;
    }
    if (/^\[\d/.test(found[0])) parts.push(Number(found[1]));
    else if (found[0].startsWith('[')) parts.push((found[1] ?? found[2] ?? '').replace(/\\(.)/g, '$1'));
    else parts.push(found[2]!);
    rest = rest.slice(found[0].length);
    first = false;
  }
  cached.set(path, parts);
  return parts;
}

/** Names that mean themselves in the paths of others too. */
const plainName = /^[A-Za-z0-9_@ -]+$/;

/** A path as the engine's own JSON functions take it; null where it might mean something else to them. */
export function enginePath(path: string): string | null {
  const parts = parsePath(path);
  if (!parts || parts.length === 0) return null;
  const written = parts.map((part) => {
    if (typeof part === 'string') return plainName.test(part) ? `."${part}"` : null;
    return part < 1_000_000 ? `[${part}]` : null;
  });
  return written.includes(null) ? null : `$${written.join('')}`;
}

/** The key of a flattened field that a path names: its parts with dots between them. */
export function fieldPath(path: string): string | { readonly error: string } {
  const parts = parsePath(path);
  if (!parts) return { error: `Invalid JSON path [${path}]` };
  if (parts.length === 0) return { error: 'field_extract path must contain at least one key segment' };
  if (parts.some((part) => typeof part === 'number')) return { error: 'field_extract path cannot use array indices' };
  return parts.join('.');
}

/**
 * What stands at a path: `=` and the value as text (objects, arrays and numbers as they are written), an empty text for
 * JSON's null, or `!` and why there is none.
 */
export function extractJson(json: string, path: string): string {
  const parts = parsePath(path);
  if (!parts) return `!Invalid JSON path [${path}]`;
  try {
    JSON.parse(json);
  } catch {
    return '!invalid JSON input';
  }
  let text = json.trim();
  for (const part of parts) {
    const members = membersOf(text);
    if (typeof part === 'number') {
      if (!text.startsWith('[')) return `!path [${path}] does not exist`;
      const item = members[part];
      if (!item) return '!array index out of bounds';
      text = item.text;
    } else {
      const member = text.startsWith('{') ? members.find(({ key }) => key === part) : undefined;
      if (!member) return `!path [${path}] does not exist`;
      text = member.text;
    }
  }
  if (text === 'null') return '';
  return text.startsWith('"') ? `=${JSON.parse(text)}` : `=${text}`;
}

/** The members of a valid JSON object or array, each with the text that it has there. */
function membersOf(json: string): { key: string | null; text: string }[] {
  const members: { key: string | null; text: string }[] = [];
  if (!/^[[{]/.test(json)) return members;
  const token = /"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s"[\]{},:]+/g;
  token.lastIndex = 1;
  let depth = 0;
  let key: string | null = null;
  let start = -1;
  let end = -1;
  for (let found = token.exec(json); found; found = token.exec(json)) {
    const [mark] = found;
    if (depth === 0 && (mark === ',' || mark === ']' || mark === '}')) {
      if (start >= 0) members.push({ key, text: json.slice(start, end) });
      [key, start] = [null, -1];
      if (mark !== ',') break;
      continue;
    }
    if (depth === 0 && mark === ':') {
      key = JSON.parse(json.slice(start, end)) as string;
      start = -1;
      continue;
    }
    if (start < 0) start = found.index;
    if (mark === '{' || mark === '[') depth += 1;
    else if (mark === '}' || mark === ']') depth -= 1;
    end = token.lastIndex;
  }
  return members;
}
