import { longestDocument } from '../../documents/line-texts.ts';
import { type DelimitedPlan, longestQuoted, quote } from './plan.ts';

/*
 * Where records of delimited text end. A quote opens a quoted cell only where the cell begins; in it, line ends count for
 * nothing, and two quotes are one. A quote that is not closed within some megabytes, or at all, is damage: then the line is
 * a record of its own, which cannot be read, and the next line begins another.
 */

type Rules = Pick<DelimitedPlan, 'delimiter' | 'lineEnd'>;

/** Behind the end of the line. */
export function behindLine(text: Buffer, from: number, lineEnd: number): number {
  const found = text.indexOf(lineEnd, from);
  return found < 0 ? text.length : found + 1;
}

/** Behind the quote that closes the cell which the quote before `from` opens; -1 if none up to `last` does. */
export function behindQuoted(text: Uint8Array, from: number, to: number, last: number): number {
  for (let at = from; at < to && at <= last; at++)
    if (text[at] === quote) {
      if (at + 1 < to && text[at + 1] === quote) at++;
      else return at + 1;
    }
  return -1;
}

/** Finds the ends of records in bytes that come in pieces, each of which begins with what was no whole record before. */
export class RecordEnds {
  /** How far the bytes were looked at. */
  #at = 0;
  #isQuoted = false;
  /** Whether the record has a quote that is never closed: it ends with the line, whatever stands there. */
  #isDamaged = false;
  /** Where the record begins that is being looked at. */
  #begin = 0;

  constructor(private readonly rules: Rules) {}

  /** The end of the last whole record among bytes. The next bytes must begin behind it. */
  lastEnd(bytes: Buffer, isEnd: boolean): number {
    const { lineEnd } = this.rules;
    if (!this.#isQuoted && !this.#isDamaged && bytes.indexOf(quote, this.#at) < 0) {
      const found = bytes.lastIndexOf(lineEnd);
      if (found >= this.#at) this.#begin = found + 1;
      this.#at = bytes.length;
    } else this.#scan(bytes, isEnd);
    // A longer record is cut: nobody reads such a document.
    const isTooLong = this.#begin === 0 && bytes.length >= longestDocument;
    const end = isEnd || isTooLong ? bytes.length : this.#begin;
    this.#at = Math.max(0, this.#at - end);
    if (isTooLong) this.#isQuoted = this.#isDamaged = false;
    this.#begin = 0;
    return end;
  }

  #scan(bytes: Buffer, isEnd: boolean): void {
    const { delimiter, lineEnd } = this.rules;
    const { length } = bytes;
    let at = this.#at;
    let begin = this.#begin;
    let isQuoted = this.#isQuoted;
    let isDamaged = this.#isDamaged;
    while (at < length) {
      if (isQuoted) {
        while (at < length && bytes[at] !== quote) at++;
        if (at - begin > longestQuoted || (at === length && isEnd)) {
          // What follows the line is read as if nothing had been before.
          at = begin;
          isQuoted = false;
          isDamaged = true;
        } else if (at + 1 < length || (at < length && isEnd)) {
          if (bytes[at + 1] === quote) at += 2;
          else {
            at++;
            isQuoted = false;
          }
        } else break;
        continue;
      }
      const value = bytes[at]!;
      if (isDamaged) {
        at = bytes.indexOf(lineEnd, at);
        if (at < 0) break;
        isDamaged = false;
        begin = ++at;
        continue;
      }
      if (value === quote) {
        const before = bytes[at - 1];
        isQuoted = at === begin || before === delimiter || before === lineEnd;
      } else if (value === lineEnd) begin = at + 1;
      at++;
    }
    this.#at = at < 0 ? length : at;
    this.#begin = begin;
    this.#isQuoted = isQuoted;
    this.#isDamaged = isDamaged;
  }
}
