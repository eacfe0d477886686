import type { DocumentWriter } from '../json/document-writer.ts';
import { byte } from '../json/values.ts';
import type { XmlTree } from './xml-tree.ts';

const bytesOf = (text: string): Buffer => Buffer.from(text);
const names = {
  data: bytesOf('Data'),
  complexData: bytesOf('ComplexData'),
  eventData: bytesOf('EventData'),
  name: bytesOf('Name'),
  namespace: bytesOf('xmlns'),
  rendering: bytesOf('RenderingInfo'),
};
const attributesKey = bytesOf('"#attributes":');
const textKey = bytesOf('"#text":');
const quote = bytesOf('"');
const booleans = [bytesOf('true'), bytesOf('false')];

const ampersand = 0x26;
const less = 0x3c;
const colon = 0x3a;

const longestReference = 14;

/** More elements beside each other are not searched for those of one name. */
const mostAlike = 2000;

/** Writes events in XML as documents, in the form that EVTX files have them. */
export class EventWriter {
  constructor(
    private readonly tree: XmlTree,
    private readonly out: DocumentWriter,
  ) {}

  /** Writes the document of the element that the tree holds. */
  document(): void {
    const { out } = this;
    out.byte(byte.openObject);
    this.#member(0);
    out.byte(byte.closeObject);
    out.byte(byte.lineFeed);
  }

  /** Writes an element, and those of its name beside it, as a member, unless it is empty. */
  #member(node: number, alike: readonly number[] = [node]): void {
    const { out } = this;
    const mark = out.at;
    out.key(quote);
    this.#key(node);
    out.byte(byte.quote);
    out.byte(colon);
    const begin = out.at;
    let count = 0;
    for (const one of alike) {
      const before = out.at;
      if (count > 0) out.byte(byte.comma);
      if (this.#value(one)) count++;
      else out.at = before;
    }
    if (count === 0) out.at = mark;
    else if (count > 1) out.asList(begin);
  }

  /** Writes the name of an element: that of Data is its attribute Name. */
  #key(node: number): void {
    const { tree } = this;
    const naming = this.#naming(node);
    if (naming < 0) this.out.utf8(tree.bytes, tree.nameFrom(node), tree.nameTo(node));
    else this.#text(tree.valueFrom(naming), tree.valueTo(naming));
  }

  /** The attribute that names an element; -1 if it has none. */
  #naming(node: number): number {
    const { tree } = this;
    if (!tree.nameIs(node, names.data) && !tree.nameIs(node, names.complexData)) return -1;
    for (let n = tree.firstAttribute(node); n < tree.attributesEnd(node); n++)
      if (tree.attributeNameIs(n, names.name)) return tree.valueTo(n) > tree.valueFrom(n) ? n : -1;
    return -1;
  }

  /** Writes what an element is; false, and nothing, if it is empty. */
  #value(node: number): boolean {
    const { tree, out } = this;
    const child = tree.firstChild(node);
    const mark = out.at;
    out.byte(byte.openObject);
    const hasAttributes = this.#attributes(node);
    if (!hasAttributes && child === 0) {
      out.at = mark;
      return this.#scalar(tree.contentFrom(node), tree.contentTo(node));
    }
    if (child !== 0) this.#children(node);
    else {
      const before = out.at;
      out.key(textKey);
      if (!this.#scalar(tree.contentFrom(node), tree.contentTo(node))) out.at = before;
    }
    if (out.at === mark + 1) {
      out.at = mark;
      return false;
    }
    out.byte(byte.closeObject);
    return true;
  }

  #attributes(node: number): boolean {
    const { tree, out } = this;
    const end = tree.attributesEnd(node);
    if (tree.firstAttribute(node) === end) return false;
    const naming = this.#naming(node);
    const mark = out.at;
    out.literal(attributesKey);
    out.byte(byte.openObject);
    const begin = out.at;
    for (let n = tree.firstAttribute(node); n < end; n++) {
      if (n === naming || this.#isNamespace(n)) continue;
      const before = out.at;
      out.key(quote);
      out.utf8(tree.bytes, tree.attributeNameFrom(n), tree.attributeNameTo(n));
      out.byte(byte.quote);
      out.byte(colon);
      if (!this.#scalar(tree.valueFrom(n), tree.valueTo(n))) out.at = before;
    }
    if (out.at === begin) {
      out.at = mark;
      return false;
    }
    out.byte(byte.closeObject);
    return true;
  }

  #isNamespace(attribute: number): boolean {
    const { tree } = this;
    const from = tree.attributeNameFrom(attribute);
    const to = from + names.namespace.length;
    const end = tree.attributeNameTo(attribute);
    return (
      to <= end &&
      (to === end || tree.bytes[to] === colon) &&
      tree.bytes.compare(names.namespace, 0, names.namespace.length, from, to) === 0
    );
  }

  #children(node: number): void {
    const { tree, out } = this;
    const hasData = tree.nameIs(node, names.eventData);
    const children: number[] = [];
    let unnamed = 0;
    for (let child = tree.firstChild(node); child !== 0; child = tree.next(child)) {
      if (node === 0 && tree.nameIs(child, names.rendering)) continue;
      if (hasData && this.#naming(child) < 0 && tree.nameIs(child, names.data)) {
        const mark = out.at;
        out.key(bytesOf(`"param${++unnamed}":`));
        if (!this.#value(child)) out.at = mark;
      } else children.push(child);
    }
    if (children.length === 1 || children.length > mostAlike) {
      for (const child of children) this.#member(child);
      return;
    }
    const hashes = children.map((child) => this.#hash(child));
    children.forEach((child, i) => {
      const first = hashes.indexOf(hashes[i]!);
      if (first < i && this.#isAlike(children[first]!, child)) return;
      const alike = [child];
      for (let n = hashes.indexOf(hashes[i]!, i + 1); n >= 0; n = hashes.indexOf(hashes[i]!, n + 1))
        if (this.#isAlike(child, children[n]!)) alike.push(children[n]!);
      this.#member(child, alike);
    });
  }

  /** The bytes that are a node's key. */
  #keyRange(node: number): [from: number, to: number] {
    const { tree } = this;
    const naming = this.#naming(node);
    return naming < 0 ? [tree.nameFrom(node), tree.nameTo(node)] : [tree.valueFrom(naming), tree.valueTo(naming)];
  }

  #hash(node: number): number {
    const [from, to] = this.#keyRange(node);
    let hash = to - from;
    for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + this.tree.bytes[at]!) | 0;
    return hash;
  }

  #isAlike(a: number, b: number): boolean {
    const { bytes } = this.tree;
    const [from, to] = this.#keyRange(a);
    const [otherFrom, otherTo] = this.#keyRange(b);
    return bytes.compare(bytes, otherFrom, otherTo, from, to) === 0;
  }

  /** Writes text as a value: whole numbers and booleans as such; false if it is empty. */
  #scalar(from: number, to: number): boolean {
    const { tree, out } = this;
    if (from === to) return false;
    if (this.#isBare(from, to)) {
      out.literal(tree.bytes.subarray(from, to));
      return true;
    }
    const mark = out.at;
    out.byte(byte.quote);
    this.#text(from, to);
    if (out.at === mark + 1) {
      out.at = mark;
      return false;
    }
    out.byte(byte.quote);
    return true;
  }

  /** Whether a text is a number as JSON and the engine write it, or a boolean. */
  #isBare(from: number, to: number): boolean {
    const { bytes } = this.tree;
    const first = bytes[from]!;
    if (first === 0x74 || first === 0x66)
      return booleans.some((one) => one.length === to - from && bytes.compare(one, 0, one.length, from, to) === 0);
    const begin = first === 0x2d ? from + 1 : from;
    const digits = to - begin;
    if (digits === 0 || digits > 15) return false;
    if (bytes[begin] === 0x30 && (digits > 1 || begin > from)) return false;
    for (let at = begin; at < to; at++) if (bytes[at]! < 0x30 || bytes[at]! > 0x39) return false;
    return true;
  }

  /** Writes text of XML as the inside of a string of JSON. */
  #text(from: number, to: number): void {
    const { out } = this;
    const { bytes } = this.tree;
    let begin = from;
    for (let at = from; at < to; ) {
      const code = bytes[at];
      if (code !== ampersand && code !== less) {
        at++;
        continue;
      }
      out.utf8(bytes, begin, at);
      at = begin = code === ampersand ? this.#reference(at, to) : this.#section(at, to);
    }
    out.utf8(bytes, begin, to);
  }

  /** Writes the character of a reference; gives where it ends. */
  #reference(at: number, to: number): number {
    const { out } = this;
    const { bytes } = this.tree;
    const length = bytes.subarray(at, Math.min(to, at + longestReference)).indexOf(0x3b);
    const end = at + length;
    const name = length < 0 ? '' : bytes.toString('latin1', at + 1, end);
    const number = /^#(?:x([0-9a-f]+)|(\d+))$/i.exec(name);
    const code = number
      ? Number.parseInt(number[1] ?? number[2]!, number[1] === undefined ? 10 : 16)
      : entities.get(name);
    if (code === undefined) {
      out.byte(ampersand);
      return at + 1;
    }
    const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
    const text = bytesOf(String.fromCodePoint(isCharacter ? code : 0xfffd));
    out.utf8(text, 0, text.length);
    return end + 1;
  }

  /** Passes a comment or an instruction, or writes a CDATA section; gives where it ends. */
  #section(at: number, to: number): number {
    const { bytes } = this.tree;
    const begin = bytes.toString('latin1', at, at + 9);
    const isData = begin === '<![CDATA[';
    const closing = isData ? ']]>' : begin.startsWith('<!--') ? '-->' : '?>';
    const end = bytes.indexOf(closing, at + 2, 'latin1');
    if (end < 0 || end >= to) return to;
    if (isData) this.out.utf8(bytes, at + 9, end);
    return end + closing.length;
  }
}

const entities: ReadonlyMap<string, number> = new Map([
  ['amp', ampersand],
  ['lt', less],
  ['gt', 0x3e],
  ['quot', 0x22],
  ['apos', 0x27],
]);
