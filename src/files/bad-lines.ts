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

/** The first characters of a text. Whoever shows them makes control characters visible. */
export function preview(value: string): string {
  return value.length > 80 ? `${value.slice(0, 80)}…` : value;
}
