const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const strictUtf16 = new TextDecoder('utf-16le', { fatal: true, ignoreBOM: false });

/** The text that base64 stands for; null where it is no base64, or its bytes are no text in that encoding. */
export function textOfBase64(base64: string, encoding: 'utf-8' | 'utf-16le'): string | null {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}(?:==)?|[A-Za-z0-9+/]{3}=?)?$/.test(base64)) return null;
  try {
    return (encoding === 'utf-8' ? strictUtf8 : strictUtf16).decode(Buffer.from(base64, 'base64'));
  } catch {
    return null;
  }
}
