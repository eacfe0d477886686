import type { Scalar } from '../../contract/question.ts';

/** A name as ES|QL takes it. */
export const nameText = (name: string): string =>
  /^[A-Za-z_@][\w@]*(?:\.[A-Za-z_@][\w@]*)*$/.test(name) ? name : `\`${name.replaceAll('`', '``')}\``;

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export const stringText = (text: string): string => `"${text.replace(/[\\"\n\r\t]/g, (sign) => escapes[sign]!)}"`;

/** A value as a constant of ES|QL; null where there is none for it, as for infinity. */
export function literal(value: Scalar, type: string): string | null {
  if (typeof value === 'boolean') return String(value);
  if (type === 'long' || type === 'integer' || type === 'unsigned_long' || type === 'double')
    return /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(String(value)) ? String(value) : null;
  if (/^(?:geo_|cartesian_)|^unsupported$|^_source$/.test(type)) return null;
  return stringText(String(value));
}
