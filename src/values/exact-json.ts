import { randomBytes } from 'node:crypto';

/** Integers of this many digits may not fit a double; digits behind a point are none. */
const tokens = /"(?:\\.|[^"\\])*"|-?(?<![\d.])\d{16,}(?![\d.eE])/g;

/** JSON with every whole number of 16 digits and more as a bigint, so that no digit is lost. Throws a SyntaxError. */
export function parseExactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  // A mark that no value can have, for nobody knows it beforehand.
  const mark = `${randomBytes(9).toString('base64')}:`;
  const marked = text.replace(tokens, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`));
  return JSON.parse(marked, (_, value: unknown) =>
    typeof value === 'string' && value.startsWith(mark) ? BigInt(value.slice(mark.length)) : value,
  );
}

const anyNumber = /"(?:\\.|[^"\\])*"|-?\d[\d.eE+-]*/g;

/** JSON with every number as the text that is written. Throws a SyntaxError. */
export const withWrittenNumbers = (text: string): unknown =>
  JSON.parse(text.replace(anyNumber, (token) => (token.startsWith('"') ? token : `"${token}"`)));

/** A JSON text after a change to its value that leaves numbers alone: each comes out as it is written in the text. */
export function changeExactJson(text: string, change: (value: unknown) => unknown): string {
  const mark = `${randomBytes(9).toString('base64')}:`;
  const marked = text.replace(anyNumber, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`));
  const changed = JSON.stringify(change(JSON.parse(marked)));
  return changed
    .split(`"${mark}`)
    .map((part, i) => (i === 0 ? part : part.replace('"', '')))
    .join('');
}
