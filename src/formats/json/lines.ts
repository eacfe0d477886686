import { unreadableMark } from '../../documents/conversion.ts';
import { longestDocument } from '../../documents/line-texts.ts';

/** Where lines end in text that is read line by line, cut behind the last of them. */
export class LineEnds {
  /** How much the next bytes begin with that was looked at: it holds no line end. */
  #held = 0;

  /** The end of the last line among bytes. The next bytes must begin behind it. */
  lastEnd(bytes: Uint8Array, isEnd: boolean): number {
    const found = isEnd ? bytes.length : bytes.subarray(this.#held).lastIndexOf(10) + 1;
    const whole = isEnd || found === 0 ? found : this.#held + found;
    // A longer line is cut: nobody reads such a document.
    const end = whole === 0 && bytes.length >= longestDocument ? bytes.length : whole;
    this.#held = bytes.length - end;
    return end;
  }
}

/** The lines of a text without their ends. */
export function* linesOf(text: string): Generator<string, void> {
  for (let from = 0; from < text.length; ) {
    const found = text.indexOf('\n', from);
    const end = found < 0 ? text.length : found;
    yield text.slice(from, end > from && text.charCodeAt(end - 1) === 13 ? end - 1 : end);
    from = end + 1;
  }
}

/** The first lines of a file that hold something, as far as they are whole. */
export function firstLines(head: Buffer, isWhole: boolean, most: number): string[] {
  const text = head.toString('utf8', 0, 64 << 10);
  const isAll = isWhole && head.length <= 64 << 10;
  const lines = [...linesOf(isAll ? text : text.slice(0, text.lastIndexOf('\n') + 1))];
  return lines.filter((line) => line.trim() !== '').slice(0, most);
}

/** A member of an object in JSON; nothing if there is no value. */
export const member = (name: string, value: string | number | null | undefined): string =>
  value === null || value === undefined ? '' : `,${JSON.stringify(name)}:${JSON.stringify(value)}`;

/** A record that cannot be read, on a line of its own in place of a document. */
export const refusedLine = (reason: string, text: string): string =>
  `${mark}${reason}${mark}${text.slice(0, shownCharacters).replace(/\p{Cc}/gu, ' ')}\n`;

const mark = String.fromCharCode(unreadableMark);
const shownCharacters = 1024;

const encoder = new TextEncoder();

/** Lines as UTF-8 in memory of their own. */
export const joinedLines = (lines: readonly string[]): Uint8Array => encoder.encode(lines.join(''));
