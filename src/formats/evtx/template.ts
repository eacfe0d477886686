import { broken } from './broken-record.ts';
import { u16, u32 } from './bytes.ts';
import { type Names, wellFormed } from './names.ts';

/** Tokens of binary XML; those with attributes or more behind them have the bit 0x40. */
export const tokens = {
  end: 0x00,
  openElement: 0x01,
  closeStart: 0x02,
  closeEmpty: 0x03,
  endElement: 0x04,
  text: 0x05,
  attribute: 0x06,
  cdata: 0x07,
  characterReference: 0x08,
  entityReference: 0x09,
  instructionTarget: 0x0a,
  instructionData: 0x0b,
  templateInstance: 0x0c,
  substitution: 0x0d,
  optionalSubstitution: 0x0e,
  fragmentHeader: 0x0f,
} as const;
const more = 0x40;

/** A piece of the text of an element or attribute: as the inside of a string of JSON, or the number of a value. */
export type Piece =
  | { readonly literal: Uint8Array; readonly slot: -1 }
  | { readonly literal: null; readonly slot: number };

export interface Attribute {
  /** As the key of a member, with its colon. */
  readonly key: Uint8Array;
  readonly pieces: readonly Piece[];
}

/** An element, compiled: what is to be written of it, so that little is left to decide for each record. */
export interface Element {
  /** As the key of a member, with its colon; null where it is the value of `named`, or a number. */
  readonly key: Uint8Array | null;
  /** What names it where that is no literal: the attribute Name of Data. */
  readonly named: readonly Piece[] | null;
  readonly attributes: readonly Attribute[];
  /** Its text, where that stands beside no elements. */
  readonly pieces: readonly Piece[];
  /** Its elements and the values among them, which may be elements, too; of those of one name, each has the others. */
  readonly content: readonly (Element | Piece | Group)[];
  /** The value that is all of it, if it is nothing else: as in most elements. -1: it is not. */
  readonly slot: number;
}

/** Elements of one name beside each other. */
export interface Group {
  readonly key: Uint8Array;
  readonly alike: readonly Element[];
}

/** Deeper elements are damage. */
const deepest = 64;
/** Elements and pieces of all definitions of a chunk, which may stand within each other where they are damaged. */
const mostParts = 200_000;

/** Reads elements of binary XML, of a template or of a record itself, into what is to be written of them. */
export class TemplateReader {
  at = 0;
  #to = 0;
  #parts = 0;

  constructor(
    private readonly chunk: Uint8Array,
    private readonly names: Names,
    /** Whether elements say which value they depend on, as they do in templates. */
    private hasDependency: boolean,
  ) {}

  /** Reads the element whose token stands at a place. */
  element(at: number, to: number, hasDependency: boolean): Element {
    this.at = at;
    this.#to = to;
    this.hasDependency = hasDependency;
    return this.#element('', 0);
  }

  /** Reads a definition: the element in it. */
  definition(from: number, to: number): Element {
    let at = from;
    if (this.chunk[at] === tokens.fragmentHeader) at += 4;
    const token = this.chunk[at]! & ~more;
    if (at >= to || token !== tokens.openElement) broken('its template is damaged');
    return this.element(at, to, true);
  }

  #need(count: number): void {
    if (this.at + count > this.#to) broken('its XML is cut off');
  }

  #byte(): number {
    this.#need(1);
    return this.chunk[this.at++]!;
  }

  #u16(): number {
    this.#need(2);
    this.at += 2;
    return u16(this.chunk, this.at - 2);
  }

  #u32(): number {
    this.#need(4);
    this.at += 4;
    return u32(this.chunk, this.at - 4);
  }

  /** A name, which stands here where it is used first. */
  #name(): string {
    const offset = this.#u32();
    const name = this.names.at(offset);
    if (offset === this.at) this.at += name.size;
    this.#need(0);
    return name.text;
  }

  #count(): void {
    if (++this.#parts > mostParts) broken('the templates in its chunk are too large');
  }

  #element(parent: string, depth: number): Element {
    if (depth > deepest) broken('its elements are nested too deeply');
    this.#count();
    const token = this.#byte();
    if ((token & ~more) !== tokens.openElement) broken('its XML is damaged');
    if (this.hasDependency) this.#u16();
    this.#u32();
    const name = this.#name();
    const attributes = (token & more) === 0 ? [] : this.#attributes();
    const close = this.#byte();
    const content: (Element | Piece)[] = [];
    if (close === tokens.closeStart) this.#content(name, content, depth);
    else if (close !== tokens.closeEmpty) broken('its XML is damaged');
    return this.#compiled(parent, name, attributes, content);
  }

  #attributes(): { name: string; pieces: Piece[] }[] {
    this.#u32();
    const attributes: { name: string; pieces: Piece[] }[] = [];
    for (;;) {
      this.#need(1);
      if ((this.chunk[this.at]! & ~more) !== tokens.attribute) return attributes;
      this.#count();
      this.at += 1;
      const name = this.#name();
      const pieces: Piece[] = [];
      for (let piece = this.#piece(); piece; piece = this.#piece()) pieces.push(piece);
      attributes.push({ name, pieces });
    }
  }

  #content(name: string, content: (Element | Piece)[], depth: number): void {
    for (;;) {
      this.#need(1);
      const token = this.chunk[this.at]!;
      switch (token & ~more) {
        case tokens.openElement:
          content.push(this.#element(name, depth + 1));
          break;
        case tokens.instructionTarget:
          this.at += 1;
          this.#name();
          break;
        case tokens.instructionData:
          this.at += 1;
          this.#skip(2 * this.#u16());
          break;
        case tokens.endElement:
          this.at += 1;
          return;
        default: {
          const piece = this.#piece();
          if (!piece) broken('its XML is damaged');
          content.push(piece);
        }
      }
    }
  }

  #skip(count: number): void {
    this.#need(count);
    this.at += count;
  }

  /** A piece of text; null where something else stands here. */
  #piece(): Piece | null {
    this.#need(1);
    const token = this.chunk[this.at]! & ~more;
    this.#count();
    switch (token) {
      case tokens.text: {
        this.at += 1;
        if (this.#byte() !== 1) broken('its XML is damaged');
        return this.#literal(this.#utf16(this.#u16()));
      }
      case tokens.cdata:
        this.at += 1;
        return this.#literal(this.#utf16(this.#u16()));
      case tokens.characterReference:
        this.at += 1;
        return this.#literal(wellFormed(String.fromCharCode(this.#u16())));
      case tokens.entityReference: {
        this.at += 1;
        const entity = this.#name();
        if (entity.length > longestEntity) broken('its XML is damaged');
        return this.#literal(entities.get(entity) ?? `&${entity};`);
      }
      case tokens.substitution:
      case tokens.optionalSubstitution: {
        this.at += 1;
        const slot = this.#u16();
        // The type is that of the value, too.
        this.#byte();
        return { literal: null, slot };
      }
      default:
        return null;
    }
  }

  #utf16(count: number): string {
    this.#skip(2 * count);
    const text = this.names.decode(this.at - 2 * count, count);
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  }

  #literal(text: string): Piece {
    return { literal: Buffer.from(JSON.stringify(text).slice(1, -1)), slot: -1 };
  }

  #compiled(
    parent: string,
    name: string,
    attributes: readonly { name: string; pieces: Piece[] }[],
    content: readonly (Element | Piece)[],
  ): Element {
    const isData = name === 'Data' || name === 'ComplexData';
    const naming = isData ? attributes.find((attribute) => attribute.name === 'Name') : undefined;
    const others = attributes.filter((attribute) => attribute !== naming && !isNamespace(attribute.name));
    const hasElements = content.some((one) => 'content' in one);
    const pieces = hasElements ? [] : joined(content as readonly Piece[]);
    const isNumbered = isData && !naming && parent === 'EventData';
    const literal = naming ? literalOf(naming.pieces) : name;
    return {
      key: isNumbered || literal === null || literal === '' ? null : this.names.key(literal),
      named: naming && literal === null ? naming.pieces : null,
      attributes: others.map((attribute) => ({
        key: this.names.key(attribute.name),
        pieces: joined(attribute.pieces),
      })),
      pieces,
      content: hasElements ? grouped(content) : [],
      slot: !hasElements && others.length === 0 && pieces.length === 1 ? pieces[0]!.slot : -1,
    };
  }
}

const longestEntity = 32;

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Namespaces say nothing of an event. */
const isNamespace = (name: string): boolean => name === 'xmlns' || name.startsWith('xmlns:');

/** The text of pieces that hold no value; null where they do. */
function literalOf(pieces: readonly Piece[]): string | null {
  let text = '';
  for (const { literal } of pieces) {
    if (literal === null) return null;
    text += Buffer.from(literal).toString();
  }
  return JSON.parse(`"${text}"`) as string;
}

/** Pieces, with literals beside each other as one. */
function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  for (const piece of pieces) {
    const last = all.at(-1);
    if (last?.literal && piece.literal)
      all[all.length - 1] = { literal: Buffer.concat([last.literal, piece.literal]), slot: -1 };
    else all.push(piece);
  }
  return all;
}

/** Elements and values, with elements of one name together; blanks between them are left out. */
function grouped(content: readonly (Element | Piece)[]): (Element | Piece | Group)[] {
  const all: (Element | Piece | { key: Uint8Array; alike: Element[] })[] = [];
  const places = new Map<Uint8Array, number>();
  for (const one of content) {
    if (!('content' in one)) {
      if (literalOf([one])?.trim() !== '') all.push(one);
      continue;
    }
    const place = one.key === null ? undefined : places.get(one.key);
    if (place === undefined) {
      if (one.key !== null) places.set(one.key, all.length);
      all.push(one);
      continue;
    }
    const before = all[place] as Element | { key: Uint8Array; alike: Element[] };
    if ('alike' in before) before.alike.push(one);
    else all[place] = { key: one.key!, alike: [before, one] };
  }
  return all;
}
