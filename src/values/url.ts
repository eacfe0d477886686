/** Reads what a form wrote into a URL: `+` is a space, `%XX` a byte of UTF-8. Null when an escape is not whole. */
export function decodeUrl(text: string): string | null {
  const plain = text.replaceAll('+', ' ');
  if (/%(?![0-9A-Fa-f]{2})/.test(plain)) return null;
  return plain.replace(/(?:%[0-9A-Fa-f]{2})+/g, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}
