const [quote, backslash, comma, open, close, openList, closeList] = [34, 92, 44, 123, 125, 91, 93];

/**
 * The members that stand more than once in an object of a document, each once, with their keys and dotted names. The document is one
 * that the reader took, so it is well-formed: only its keys and brackets are looked at.
 */
export function repeatedMembers(document: Uint8Array): { readonly key: string; readonly name: string }[] {
  const text = Buffer.from(document.buffer, document.byteOffset, document.byteLength);
  const found = new Map<string, string>();
  /** The objects and lists around the place; lists have no keys and share the name of their field. */
  const around: { readonly name: string; readonly keys: Set<string> | null }[] = [];
  let name = '';
  let isKey = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case quote: {
        const end = endOfText(text, at);
        const inside = around.at(-1);
        if (isKey && inside?.keys) {
          const key = String(JSON.parse(text.toString('utf8', at, end + 1)));
          name = inside.name === '' ? key : `${inside.name}.${key}`;
          if (inside.keys.has(key)) found.set(name, key);
          inside.keys.add(key);
          isKey = false;
        }
        at = end;
        break;
      }
      case open:
        around.push({ name, keys: new Set() });
        isKey = true;
        break;
      case openList:
        around.push({ name, keys: null });
        break;
      case close:
      case closeList:
        around.pop();
        break;
      case comma:
        name = around.at(-1)?.name ?? '';
        isKey = around.at(-1)?.keys != null;
        break;
      default:
    }
  }
  return [...found].map(([name, key]) => ({ key, name }));
}

/** Where the quote stands that ends a text. */
function endOfText(text: Buffer, from: number): number {
  for (let at = text.indexOf(quote, from + 1); at >= 0; at = text.indexOf(quote, at + 1)) {
    let before = at - 1;
    while (text[before] === backslash) before--;
    if ((at - before) % 2 === 1) return at;
  }
  return text.length;
}
