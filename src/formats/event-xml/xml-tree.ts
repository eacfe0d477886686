/** Text is no XML, as the message says. */
export class BrokenXml extends Error {}

function broken(why: string): never {
  throw new BrokenXml(why);
}

/** Deeper elements are damage. */
const deepest = 64;

const char = {
  tab: 9,
  space: 32,
  bang: 0x21,
  quote: 0x22,
  ampersand: 0x26,
  apostrophe: 0x27,
  slash: 0x2f,
  less: 0x3c,
  equals: 0x3d,
  greater: 0x3e,
  question: 0x3f,
} as const;

const isSpace = (code: number): boolean => code === char.space || (code >= char.tab && code <= 13);

/** Columns of numbers that grow together. */
class Columns {
  count = 0;
  readonly columns: Int32Array[];

  constructor(width: number) {
    this.columns = Array.from({ length: width }, () => new Int32Array(256));
  }

  /** Adds a row of zeros; gives its number. */
  add(): number {
    if (this.count === this.columns[0]!.length)
      this.columns.forEach((column, i) => {
        this.columns[i] = new Int32Array(column.length * 2);
        this.columns[i].set(column);
      });
    for (const column of this.columns) column[this.count] = 0;
    return this.count++;
  }
}

/**
 * The elements of one XML element, as places in its bytes: numbers, in memory that serves for the next one. The first node is
 * the element itself; 0 stands for no node where another is named.
 */
export class XmlTree {
  bytes: Buffer = Buffer.alloc(0);
  readonly #nodes = new Columns(9);
  readonly #attributes = new Columns(5);
  /** Where the parser is, and what is open. */
  #at = 0;
  #end = 0;
  readonly #open: number[] = [];
  /** What is not there from a place on: it is not searched again for every element of these bytes. */
  readonly #missing = new Map<string, number>();

  // What a node has: its name, its children and the next beside it, its attributes, its text.
  nameFrom = (node: number): number => this.#nodes.columns[0]![node]!;
  nameTo = (node: number): number => this.#nodes.columns[1]![node]!;
  firstChild = (node: number): number => this.#nodes.columns[2]![node]!;
  /** The last child, while it is built. */
  #lastChild = 3;
  next = (node: number): number => this.#nodes.columns[4]![node]!;
  /** Attributes of a node stand one behind the other. */
  firstAttribute = (node: number): number => this.#nodes.columns[5]![node]!;
  attributesEnd = (node: number): number => this.#nodes.columns[6]![node]!;
  /** What stands between its tags. */
  contentFrom = (node: number): number => this.#nodes.columns[7]![node]!;
  contentTo = (node: number): number => this.#nodes.columns[8]![node]!;

  attributeNameFrom = (attribute: number): number => this.#attributes.columns[0]![attribute]!;
  attributeNameTo = (attribute: number): number => this.#attributes.columns[1]![attribute]!;
  valueFrom = (attribute: number): number => this.#attributes.columns[2]![attribute]!;
  valueTo = (attribute: number): number => this.#attributes.columns[3]![attribute]!;

  nameIs(node: number, name: Buffer): boolean {
    return this.#isAt(this.nameFrom(node), this.nameTo(node), name);
  }

  attributeNameIs(attribute: number, name: Buffer): boolean {
    return this.#isAt(this.attributeNameFrom(attribute), this.attributeNameTo(attribute), name);
  }

  #isAt(from: number, to: number, name: Buffer): boolean {
    if (to - from !== name.length) return false;
    for (let i = 0; i < name.length; i++) if (this.bytes[from + i] !== name[i]) return false;
    return true;
  }

  /** Reads the element that begins at a place; gives where it ends. Throws BrokenXml. */
  read(bytes: Buffer, from: number, to: number): number {
    if (bytes !== this.bytes) this.#missing.clear();
    this.bytes = bytes;
    this.#at = from;
    this.#end = to;
    this.#nodes.count = this.#attributes.count = this.#open.length = 0;
    do {
      const less = bytes.indexOf(char.less, this.#at);
      if (less < 0 || less + 1 >= to) broken('it is cut off');
      this.#at = less + 1;
      const code = bytes[this.#at]!;
      if (code === char.slash) this.#closeTag(less);
      else if (code === char.bang) this.#passDeclaration();
      else if (code === char.question) this.#passTo('?>');
      else this.#openTag();
    } while (this.#open.length > 0);
    return this.#at;
  }

  #passTo(end: string): void {
    const isMissing = this.#at >= (this.#missing.get(end) ?? Number.POSITIVE_INFINITY);
    const found = isMissing ? -1 : this.bytes.indexOf(end, this.#at, 'latin1');
    if (found < 0 && !isMissing) this.#missing.set(end, this.#at);
    if (found < 0 || found + end.length > this.#end) broken('it is cut off');
    this.#at = found + end.length;
  }

  /** Passes a comment or a CDATA section. */
  #passDeclaration(): void {
    const begin = this.bytes.toString('latin1', this.#at, this.#at + 8);
    if (begin.startsWith('!--')) this.#passTo('-->');
    else if (begin === '![CDATA[') this.#passTo(']]>');
    else broken('it has a declaration inside');
  }

  #nameEnd(from: number): number {
    const { bytes } = this;
    let at = from;
    while (at < this.#end) {
      const code = bytes[at]!;
      if (isSpace(code) || code === char.greater || code === char.slash || code === char.equals) break;
      if (code === char.less || code === char.quote || code === char.apostrophe) broken('it has a damaged tag');
      at++;
    }
    if (at === from) broken('it has a damaged tag');
    return at;
  }

  #passSpace(): number {
    while (this.#at < this.#end && isSpace(this.bytes[this.#at]!)) this.#at++;
    if (this.#at >= this.#end) broken('it is cut off');
    return this.bytes[this.#at]!;
  }

  #closeTag(less: number): void {
    const node = this.#open.pop()!;
    const from = this.#at + 1;
    const to = this.#nameEnd(from);
    const length = this.nameTo(node) - this.nameFrom(node);
    if (to - from !== length || this.bytes.compare(this.bytes, this.nameFrom(node), this.nameTo(node), from, to) !== 0)
      broken('its elements are not closed in order');
    this.#at = to;
    if (this.#passSpace() !== char.greater) broken('it has a damaged tag');
    this.#at += 1;
    this.#nodes.columns[8]![node] = less;
  }

  #openTag(): void {
    if (this.#open.length >= deepest) broken('its elements are nested too deeply');
    const node = this.#nodes.add();
    const { columns } = this.#nodes;
    const parent = this.#open.at(-1);
    if (parent !== undefined) {
      const last = columns[this.#lastChild]![parent]!;
      if (last === 0) columns[2]![parent] = node;
      else columns[4]![last] = node;
      columns[this.#lastChild]![parent] = node;
    }
    columns[0]![node] = this.#at;
    this.#at = columns[1]![node] = this.#nameEnd(this.#at);
    columns[5]![node] = this.#attributes.count;
    for (;;) {
      const code = this.#passSpace();
      if (code === char.greater) {
        this.#at += 1;
        columns[7]![node] = this.#at;
        this.#open.push(node);
        break;
      }
      if (code === char.slash) {
        if (this.bytes[this.#at + 1] !== char.greater) broken('it has a damaged tag');
        this.#at += 2;
        columns[7]![node] = columns[8]![node] = this.#at;
        break;
      }
      this.#attribute();
    }
    columns[6]![node] = this.#attributes.count;
  }

  #attribute(): void {
    const from = this.#at;
    const to = this.#nameEnd(from);
    this.#at = to;
    if (this.#passSpace() !== char.equals) broken('it has a damaged tag');
    this.#at += 1;
    const quote = this.#passSpace();
    if (quote !== char.quote && quote !== char.apostrophe) broken('it has a damaged tag');
    const begin = this.#at + 1;
    const end = this.bytes.indexOf(quote, begin);
    if (end < 0 || end >= this.#end) broken('it is cut off');
    const attribute = this.#attributes.add();
    const { columns } = this.#attributes;
    columns[0]![attribute] = from;
    columns[1]![attribute] = to;
    columns[2]![attribute] = begin;
    columns[3]![attribute] = end;
    this.#at = end + 1;
  }
}
