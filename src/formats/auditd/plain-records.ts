import type { TextWriter } from '../json/text-writer.ts';
import { byte } from '../json/values.ts';
import { argumentText, decimal, fieldValue, hexed } from './fields.ts';
import { architectureName, errorName, systemCallName } from './tables.ts';

/*
 * Most records hold nothing but names and values between blanks. Those are written byte by byte, many times as fast as the
 * patterns of fields.ts take them apart. What is not just so is left to these.
 */

/** A name of a field, as it was met before. */
interface Name {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** `"name":`. */
  readonly prefix: Uint8Array;
  readonly isDecimal: boolean;
  readonly isHexed: boolean;
  /** The record in which it had a value last: the first of a name counts. */
  record: number;
}

/** More names than this are made up. */
const mostNames = 4096;
const longestName = 64;
const mostDigits = 15;

const equals = 0x3d;
const apostrophe = 0x27;
const separator = 0x1d;

/** Characters of names. */
const isNameByte = Uint8Array.from({ length: 256 }, (_, code) =>
  Number(/[\w.[\]-]/.test(String.fromCharCode(code)) && code < 128),
);

/** Values that say that there is none. */
const nothing = ['?', '(null)', '(none)'].map((text) => Buffer.from(text));

const argsPrefix = Buffer.from(',"args":[');
/** Room for what is not in the text. */
const others = 256;

export class PlainRecords {
  readonly #names = new Map<number, Name>();
  #record = 0;

  constructor(private readonly out: TextWriter) {}

  /** Writes the object of a record, whose fields stand there in valid UTF-8; false if they are not plain: nothing was written. */
  write(type: string, text: Buffer, from: number, to: number): boolean {
    if (type === 'sockaddr' || type === 'seccomp') return false;
    const { out } = this;
    const start = out.at;
    this.#record += 1;
    // A name of one letter becomes five bytes with what is around it, and its value may be escaped.
    out.reserve(to - from, others);
    const isWritten = type === 'execve' ? this.#arguments(text, from, to) : this.#fields(type, text, from, to);
    if (!isWritten) out.at = start;
    return isWritten;
  }

  #fields(type: string, text: Buffer, from: number, to: number): boolean {
    const { out } = this;
    let arch: string | null = null;
    let call: number | null = null;
    let exit: number | null = null;
    let hasEnrichedCall = false;
    let isEnriched = false;
    out.byte(byte.openObject);
    for (let at = from; at < to; ) {
      if (text[at] === byte.space) {
        at++;
        continue;
      }
      if (text[at] === separator) {
        if (isEnriched) return false;
        isEnriched = true;
        at++;
        continue;
      }
      const name = this.#name(text, at, to);
      if (name === null) return false;
      const begin = at + name.bytes.length + 1;
      const end = valueEnd(text, begin, to);
      if (end < 0) return false;
      at = end;
      const isQuoted = text[begin] === byte.quote;
      if (isQuoted ? end === begin + 2 : isNothing(text, begin, end)) continue;
      if (name.record === this.#record || name.text === 'msg') return false;
      name.record = this.#record;
      if (out.bytes[out.at - 1] !== byte.openObject) out.byte(byte.comma);
      out.literal(name.prefix);
      if (isQuoted) {
        out.string(text, begin + 1, end - 1);
        if (name.text === 'arch') return false;
        continue;
      }
      const last = text[end - 1];
      if (last === byte.comma || last === byte.colon) return false;
      if (name.isDecimal && isWhole(text, begin, end)) {
        out.copy(text, begin, end);
        if (name.text === 'syscall') call = numberAt(text, begin, end);
        else if (name.text === 'exit') exit = numberAt(text, begin, end);
      } else if (name.isHexed) {
        const value = fieldValue(name.text, text.toString('latin1', begin, end));
        out.json(JSON.stringify(value));
        // That made room for itself alone.
        out.reserve(to - end, others);
      } else {
        out.string(text, begin, end);
        if (name.text === 'arch') arch = text.toString('latin1', begin, end);
        else if (name.text === 'SYSCALL') hasEnrichedCall = true;
        else if (name.text === 'exit') exit = null;
      }
    }
    if (type === 'syscall' && !this.#nameCall(arch, call, exit, hasEnrichedCall)) return false;
    out.byte(byte.closeObject);
    return true;
  }

  #nameCall(arch: string | null, call: number | null, exit: number | null, hasEnrichedCall: boolean): boolean {
    const { out } = this;
    const names: readonly (readonly [string, string | null])[] = [
      ['arch_name', arch === null ? null : architectureName(arch)],
      ['syscall_name', arch === null || call === null ? null : systemCallName(arch, call)],
      ['exit_name', exit === null || exit >= 0 ? null : errorName(exit)],
    ];
    if (names[1]![1] === null && hasEnrichedCall) return false;
    for (const [name, value] of names)
      if (value !== null) {
        if (out.bytes[out.at - 1] !== byte.openObject) out.byte(byte.comma);
        out.ascii(`"${name}":"${value}"`);
      }
    return true;
  }

  /** `argc=2 a0="x" a1="y"`: the number, and all arguments in their order. */
  #arguments(text: Buffer, from: number, to: number): boolean {
    const { out } = this;
    let expected = -1;
    out.byte(byte.openObject);
    for (let at = from; at < to; ) {
      if (text[at] === byte.space) {
        at++;
        continue;
      }
      const name = this.#name(text, at, to);
      if (name?.text !== (expected < 0 ? 'argc' : `a${expected}`)) return false;
      const begin = at + name.bytes.length + 1;
      const end = valueEnd(text, begin, to);
      if (end < 0 || end === begin) return false;
      at = end;
      if (expected < 0) {
        if (!isWhole(text, begin, end)) return false;
        out.literal(name.prefix);
        out.copy(text, begin, end);
        out.literal(argsPrefix);
      } else {
        if (expected > 0) out.byte(byte.comma);
        if (text[begin] === byte.quote) out.string(text, begin + 1, end - 1);
        else {
          out.json(JSON.stringify(argumentText([text.toString('latin1', begin, end)])));
          out.reserve(to - end, others);
        }
      }
      expected += 1;
    }
    if (expected < 0) return false;
    out.byte(byte.closeArray);
    out.byte(byte.closeObject);
    return true;
  }

  /** The name of the field that begins there; null if none does. */
  #name(text: Buffer, from: number, to: number): Name | null {
    let hash = 0;
    let at = from;
    for (; at < to && isNameByte[text[at]!] === 1; at++) hash = (Math.imul(hash, 31) + text[at]!) | 0;
    const length = at - from;
    if (at === to || text[at] !== equals || length === 0 || length > longestName) return null;
    const known = this.#names.get(hash);
    if (known) return isSame(known.bytes, text, from, at) ? known : null;
    if (this.#names.size === mostNames) return null;
    const name = text.toString('latin1', from, at);
    const found: Name = {
      ...{ text: name, bytes: Buffer.from(name), prefix: Buffer.from(`"${name}":`), record: 0 },
      ...{ isDecimal: decimal.has(name), isHexed: hexed.has(name) },
    };
    this.#names.set(hash, found);
    return found;
  }
}

function isSame(bytes: Uint8Array, text: Uint8Array, from: number, to: number): boolean {
  if (bytes.length !== to - from) return false;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] !== text[from + i]) return false;
  return true;
}

/** Where the value ends that begins there, with its quotes; -1 if it is not plain. */
function valueEnd(text: Uint8Array, from: number, to: number): number {
  let at = from;
  if (text[from] === byte.quote && from < to) {
    for (at = from + 1; at < to && text[at] !== byte.quote; at++)
      if (text[at] === separator || text[at] === apostrophe) return -1;
    if (at === to) return -1;
    at++;
    return at === to || text[at] === byte.space || text[at] === separator ? at : -1;
  }
  if (from < to && (text[from] === apostrophe || text[from] === byte.openObject)) return -1;
  for (; at < to && text[at] !== byte.space && text[at] !== separator; at++)
    if (text[at]! < 0x21 || text[at]! > 0x7e || text[at] === apostrophe) return -1;
  return at;
}

const isNothing = (text: Uint8Array, from: number, to: number): boolean =>
  from === to || ((text[from] === 0x3f || text[from] === 0x28) && nothing.some((one) => isSame(one, text, from, to)));

/** Whether a whole number stands there, as its digits are usually written. */
function isWhole(text: Uint8Array, from: number, to: number): boolean {
  const first = text[from] === 0x2d ? from + 1 : from;
  if (first === to || to - first > mostDigits || (text[first] === 0x30 && to > first + 1)) return false;
  // There is no minus zero.
  if (first > from && text[first] === 0x30) return false;
  for (let at = first; at < to; at++) if (text[at]! < 0x30 || text[at]! > 0x39) return false;
  return true;
}

const numberAt = (text: Buffer, from: number, to: number): number => Number(text.toString('latin1', from, to));
