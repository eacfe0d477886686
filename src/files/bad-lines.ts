import { repeatedMembers } from '../documents/repeated-members.ts';

/** How many bad lines and values are shown; all are counted. */
export const shown = 10;

/** Why a line is no event. */
export function explain(bytes: Buffer, last: boolean): { reason: string; preview: string } {
  const decoded = bytes.subarray(0, 1 << 20).toString('utf8');
  const start = preview(decoded);
  if (decoded.includes('\0')) return { reason: 'binary data', preview: start };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { reason: 'invalid UTF-8', preview: start };
  }
  try {
    const value: unknown = JSON.parse(decoded);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { reason: 'malformed JSON: an escape that is no character', preview: start };
    }
    return {
      reason: `not a JSON object but ${Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`}`,
      preview: start,
    };
  } catch (error) {
    const message = (error as Error).message;
    if (last) return { reason: 'the last line is cut off', preview: start };
    return {
      reason: `malformed JSON: ${message.replace(/ in JSON at position (\d+).*$/s, ' at character $1').replace(/, "?.*is not valid JSON$/s, '')}`,
      preview: start,
    };
  }
}

/** Which members stand twice in an event of which the first values were read. Those of an export are named as its fields. */
export function explainRepeated(line: Buffer): { names: readonly string[]; reason: string; preview: string } {
  const names = repeatedMembers(line).map((name) => name.replace(/^_source\.(?=.)/, ''));
  const verb = names.length === 1 ? 'stands' : 'stand';
  return {
    names,
    reason: `${names.join(', ')} ${verb} twice in an object: the first value counts`,
    preview: preview(line.subarray(0, 400).toString('utf8')),
  };
}

/** Counts by name, added up. */
export function summed(counts: Iterable<Iterable<readonly [string, number]>>): Map<string, number> {
  const all = new Map<string, number>();
  for (const one of counts) for (const [name, n] of one) all.set(name, (all.get(name) ?? 0) + n);
  return all;
}

/** The first characters of a text. Whoever shows them makes control characters visible. */
export function preview(value: string): string {
  return value.length > 80 ? `${value.slice(0, 80)}…` : value;
}
