/** An element of an XML document; its text is that of all its text pieces. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  readonly text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Reads the XML that Harrier writes, and refuses whatever XML 1.0 does. */
export function parseXml(source: string): XmlElement {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML forbids
  const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/u;
  if (forbidden.test(source)) throw new Error('a character that XML cannot hold');
  const [declaration = ''] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\s*/.exec(source) ?? [];
  if (declaration === '') throw new Error('no XML declaration');
  let at = declaration.length;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    const sticky = new RegExp(pattern.source, `${pattern.flags}y`);
    sticky.lastIndex = at;
    const found = sticky.exec(source);
    if (found) at = sticky.lastIndex;
    return found;
  };
  const must = (pattern: RegExp): RegExpExecArray => {
    const found = take(pattern);
    if (!found) throw new Error(`expected ${pattern} at ${JSON.stringify(source.slice(at, at + 40))}`);
    return found;
  };
  const plain = (text: string): string => {
    if (/&(?!(?:amp|lt|gt|quot|apos);)|</.test(text)) throw new Error(`not escaped: ${text}`);
    return text.replace(/&(\w+);/g, (_, name: string) => entities[name]!);
  };
  const element = (): XmlElement => {
    const [, name] = must(/<([\w-]+)/) as unknown as [string, string];
    const attributes: Record<string, string> = {};
    for (let found = take(/\s+([\w-]+)="([^"]*)"/); found; found = take(/\s+([\w-]+)="([^"]*)"/)) {
      if (found[1]! in attributes) throw new Error(`${found[1]} stands twice`);
      attributes[found[1]!] = plain(found[2]!);
    }
    if (take(/\s*\/>/)) return { name, attributes, children: [], text: '' };
    must(/>/);
    const children: XmlElement[] = [];
    let text = '';
    for (;;) {
      text += plain(take(/[^<]+/)?.[0] ?? '');
      if (take(new RegExp(`</${name}>`))) return { name, attributes, children, text };
      children.push(element());
    }
  };
  const root = element();
  must(/\s*$/);
  return root;
}
