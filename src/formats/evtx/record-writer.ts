import type { DocumentWriter } from '../json/document-writer.ts';
import { byte } from '../json/values.ts';
import { broken } from './broken-record.ts';
import { u16, u32 } from './bytes.ts';
import { Names } from './names.ts';
import { type Attribute, type Element, type Group, type Piece, TemplateReader, tokens } from './template.ts';
import { types, ValueWriter } from './values.ts';

/** Binary XML within values within values is damage. */
const deepest = 16;

/**
 * What is written for a chunk, and what is taken back, may cost as many steps: some thousands are usual, and values that are
 * used again and again within each other could cost any number without a byte of output.
 */
const mostSteps = 2_000_000;

const keyOf = (name: string): Uint8Array => Buffer.from(`"${name}":`);
const attributesKey = keyOf('#attributes');
const textKey = keyOf('#text');

const isBinXml = (type: number): boolean => type === types.binXml;

/** Writes the records of a chunk as documents, in the form that evtx_dump gives them. */
export class RecordWriter {
  /** By offset: what to write of a template, or why it cannot be read. */
  readonly #templates = new Map<number, Template | Error>();
  readonly #reader: TemplateReader;
  readonly #values: ValueWriter;
  /** Where each value begins and ends, and its type: those of instances within others behind theirs. */
  #from = new Int32Array(256);
  #to = new Int32Array(256);
  #types = new Uint8Array(256);
  #base = 0;
  #top = 0;
  #depth = 0;
  #steps = 0;
  /** How many Data without a name came before in their element. */
  #unnamed = 0;

  constructor(
    private readonly chunk: Uint8Array,
    private readonly out: DocumentWriter,
  ) {
    this.#reader = new TemplateReader(chunk, new Names(chunk), true);
    this.#values = new ValueWriter(out);
  }

  /** Writes the document of the binary XML between two places. Throws BrokenRecord, and leaves a part of it written. */
  document(from: number, to: number): void {
    const { out } = this;
    this.#base = this.#top = this.#depth = this.#unnamed = 0;
    out.byte(byte.openObject);
    const begin = out.at;
    this.#fragment(from, to, true);
    if (out.at === begin) broken('it holds no event');
    out.byte(byte.closeObject);
    out.byte(byte.lineFeed);
  }

  /** Writes the elements of a fragment as members. */
  #fragment(from: number, to: number, isRecord: boolean): void {
    const { chunk } = this;
    let at = from;
    while (at < to) {
      const token = chunk[at]!;
      if (token === tokens.fragmentHeader) at += 4;
      else if (token === tokens.end) return;
      else if (token === tokens.templateInstance) at = this.#instance(at, to);
      else if ((token & 0x3f) === tokens.openElement) at = this.#bareElement(at, to, isRecord);
      else broken('its XML is damaged');
    }
  }

  /** An element that no template describes: those within values do not say which value they depend on. */
  #bareElement(at: number, to: number, isRecord: boolean): number {
    let element: Element;
    try {
      element = this.#reader.element(at, to, isRecord);
    } catch (error) {
      try {
        element = this.#reader.element(at, to, !isRecord);
      } catch {
        throw error;
      }
    }
    const end = this.#reader.at;
    const base = this.#base;
    // It has no values.
    this.#base = this.#top;
    this.#element(element);
    this.#base = base;
    return end;
  }

  /** Writes an instance of a template; gives where it ends. */
  #instance(at: number, limit: number): number {
    const { chunk } = this;
    if (at + 10 > limit) broken('its XML is cut off');
    const id = u32(chunk, at + 2);
    const offset = u32(chunk, at + 6);
    const template = this.#template(offset, id);
    let place = at + 10;
    if (offset === place) place = template.end;
    if (place + 4 > limit) broken('its values are cut off');
    const count = u32(chunk, place);
    place += 4;
    let value = place + 4 * count;
    if (value > limit) broken('its values are cut off');
    this.#spend(count);
    const base = this.#top;
    const top = base + count;
    if (top > this.#types.length) this.#grow(top);
    for (let n = base; n < top; n++, place += 4) {
      this.#from[n] = value;
      value += u16(chunk, place);
      this.#to[n] = value;
      this.#types[n] = chunk[place + 2]!;
    }
    if (value > limit) broken('its values are cut off');
    const before = this.#base;
    this.#base = base;
    this.#top = top;
    this.#element(template.element);
    this.#base = before;
    this.#top = base;
    return value;
  }

  #grow(count: number): void {
    const room = count * 2;
    const larger = <T extends Int32Array | Uint8Array>(made: T, old: T): T => {
      made.set(old);
      return made;
    };
    this.#from = larger(new Int32Array(room), this.#from);
    this.#to = larger(new Int32Array(room), this.#to);
    this.#types = larger(new Uint8Array(room), this.#types);
  }

  #template(offset: number, id: number): Template {
    let known = this.#templates.get(offset);
    if (!known) {
      try {
        known = this.#readTemplate(offset);
      } catch (error) {
        known = error as Error;
      }
      this.#templates.set(offset, known);
    }
    if (known instanceof Error) throw known;
    if (known.id !== id) broken('its template was overwritten');
    return known;
  }

  /** A definition: the next one of its hash, a GUID of which the id is the beginning, a size, a fragment. */
  #readTemplate(offset: number): Template {
    const { chunk } = this;
    if (offset + 24 > chunk.length) broken('its template lies outside of its chunk');
    const begin = offset + 24;
    const end = begin + u32(chunk, offset + 20);
    if (end > chunk.length) broken('its template lies outside of its chunk');
    return { id: u32(chunk, offset + 4), element: this.#reader.definition(begin, end), end };
  }

  #spend(steps: number): void {
    this.#steps += steps;
    if (this.#steps > mostSteps) broken('its chunk takes too long to read');
  }

  /** Takes back what was written behind a place. */
  #drop(mark: number): void {
    this.#spend((this.out.at - mark) >> 4);
    this.out.at = mark;
  }

  /** Writes an element as a member, unless it is empty. */
  #element(element: Element): void {
    this.#spend(1);
    const { out } = this;
    const { key, named } = element;
    const mark = out.at;
    if (key !== null) out.key(key);
    else if (!named || !this.#dynamicKey(named)) {
      this.#numbered(element);
      return;
    }
    const begin = out.at;
    const count = this.#items(element);
    if (count === 0) this.#drop(mark);
    else if (count > 1) out.asList(begin);
  }

  /** Writes a key that values give; false where these are empty. */
  #dynamicKey(pieces: readonly Piece[]): boolean {
    const { out } = this;
    const mark = out.at;
    out.key(quote);
    const begin = out.at;
    this.#texts(pieces);
    if (out.at === begin) {
      out.at = mark;
      return false;
    }
    out.byte(byte.quote);
    out.byte(byte.colon);
    return true;
  }

  /** Writes Data without a name: as param1, param2 and so on, each value of an array by itself. */
  #numbered(element: Element): void {
    const { out } = this;
    const { slot } = element;
    const type = slot < 0 ? types.null : this.#typeOf(slot);
    const member = (write: () => boolean): void => {
      const mark = out.at;
      out.key(paramKey(++this.#unnamed));
      if (!write()) this.#drop(mark);
    };
    if ((type & types.array) === 0) {
      member(() => {
        const begin = out.at;
        const count = this.#items(element);
        if (count > 1) out.asList(begin);
        return count > 0;
      });
      return;
    }
    const own = type & ~types.array;
    this.#spend((this.#to[this.#base + slot]! - this.#from[this.#base + slot]!) >> 4);
    this.#values.array(this.chunk, this.#from[this.#base + slot]!, this.#to[this.#base + slot]!, own, (from, to) =>
      member(() => this.#values.value(this.chunk, from, to, own)),
    );
  }

  #typeOf(slot: number): number {
    const place = this.#base + slot;
    return place < this.#top ? this.#types[place]! : types.null;
  }

  /** Writes what an element is, with commas between several; gives how many. */
  #items(element: Element): number {
    if (element.slot >= 0) return this.#slotItems(element.slot);
    const { attributes, content, pieces } = element;
    if (attributes.length === 0 && content.length === 0) return this.#scalar(pieces);
    const { out } = this;
    const mark = out.at;
    out.byte(byte.openObject);
    if (!this.#attributes(attributes) && content.length === 0) {
      out.at = mark;
      return this.#scalar(pieces);
    }
    const begin = out.at;
    const unnamed = this.#unnamed;
    this.#unnamed = 0;
    for (const one of content) {
      if ('content' in one) this.#element(one);
      else if ('alike' in one) this.#group(one);
      else this.#among(one);
    }
    this.#unnamed = unnamed;
    if (pieces.length > 0) {
      const before = out.at;
      out.key(textKey);
      const text = out.at;
      const count = this.#scalar(pieces);
      if (count === 0) this.#drop(before);
      else if (count > 1) out.asList(text);
    }
    if (out.at === begin && out.at === mark + 1) {
      out.at = mark;
      return 0;
    }
    out.byte(byte.closeObject);
    return 1;
  }

  #attributes(attributes: readonly Attribute[]): boolean {
    if (attributes.length === 0) return false;
    const { out } = this;
    const mark = out.at;
    out.literal(attributesKey);
    out.byte(byte.openObject);
    const begin = out.at;
    for (const { key, pieces } of attributes) {
      this.#spend(1);
      const before = out.at;
      out.key(key);
      const value = out.at;
      const count = this.#scalar(pieces);
      if (count === 0) this.#drop(before);
      else if (count > 1) out.asList(value);
    }
    if (out.at === begin) {
      out.at = mark;
      return false;
    }
    out.byte(byte.closeObject);
    return true;
  }

  /** Writes elements of one name as a list, where there are several. */
  #group({ key, alike }: Group): void {
    const { out } = this;
    const mark = out.at;
    out.key(key);
    const begin = out.at;
    let count = 0;
    for (const element of alike) {
      this.#spend(1);
      const before = out.at;
      if (count > 0) out.byte(byte.comma);
      const own = this.#items(element);
      if (own === 0) this.#drop(before);
      count += own;
    }
    if (count === 0) this.#drop(mark);
    else if (count > 1) out.asList(begin);
  }

  /** Writes a value that stands among elements: it is elements itself, or text. */
  #among(piece: Piece): void {
    this.#spend(1);
    if (piece.slot >= 0 && isBinXml(this.#typeOf(piece.slot))) {
      this.#nested(this.#base + piece.slot);
      return;
    }
    const { out } = this;
    const mark = out.at;
    out.key(textKey);
    const begin = out.at;
    const count = this.#scalar([piece]);
    if (count === 0) this.#drop(mark);
    else if (count > 1) out.asList(begin);
  }

  /** Writes the elements of a value as members. */
  #nested(place: number): void {
    if (++this.#depth > deepest) broken('its values are nested too deeply');
    this.#fragment(this.#from[place]!, this.#to[place]!, false);
    this.#depth--;
  }

  /** Writes a value, or all those of an array; gives how many. */
  #slotItems(slot: number): number {
    const place = this.#base + slot;
    const type = this.#typeOf(slot);
    if (type === types.null) return 0;
    const from = this.#from[place]!;
    const to = this.#to[place]!;
    if ((type & types.array) !== 0) {
      this.#spend((to - from) >> 4);
      return this.#values.array(this.chunk, from, to, type & ~types.array);
    }
    if (!isBinXml(type)) return this.#values.value(this.chunk, from, to, type) ? 1 : 0;
    const { out } = this;
    const mark = out.at;
    out.byte(byte.openObject);
    this.#nested(place);
    if (out.at === mark + 1) {
      out.at = mark;
      return 0;
    }
    out.byte(byte.closeObject);
    return 1;
  }

  /** Writes the value of pieces: of one value as it is, of several as one text. */
  #scalar(pieces: readonly Piece[]): number {
    if (pieces.length === 0) return 0;
    if (pieces.length === 1 && pieces[0]!.slot >= 0) return this.#slotItems(pieces[0]!.slot);
    const { out } = this;
    const mark = out.at;
    out.byte(byte.quote);
    this.#texts(pieces);
    if (out.at === mark + 1) {
      out.at = mark;
      return 0;
    }
    out.byte(byte.quote);
    return 1;
  }

  /** Writes pieces as the inside of a string. */
  #texts(pieces: readonly Piece[]): void {
    this.#spend(pieces.length);
    for (const { literal, slot } of pieces) {
      if (literal !== null) this.out.literal(literal);
      else {
        const type = this.#typeOf(slot);
        const place = this.#base + slot;
        if (type !== types.null && !isBinXml(type))
          this.#values.text(this.chunk, this.#from[place]!, this.#to[place]!, type & ~types.array);
      }
    }
  }
}

interface Template {
  readonly id: number;
  readonly element: Element;
  /** Where its definition ends. */
  readonly end: number;
}

const quote = Buffer.from('"');

const paramKeys: Uint8Array[] = [];

function paramKey(n: number): Uint8Array {
  if (n > 1000) return keyOf(`param${n}`);
  paramKeys[n] ??= keyOf(`param${n}`);
  return paramKeys[n];
}
