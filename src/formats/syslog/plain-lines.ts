import type { TextWriter } from '../json/text-writer.ts';
import { dateOf } from './header.ts';

/*
 * Most lines of syslog are alike: a date, a host, a program with or without its process, a message. Those are written byte by
 * byte, ten times as fast as the patterns of header.ts take them apart. What is not just so is left to these.
 */

const ascii = (text: string): Uint8Array => Buffer.from(text);
const begin = ascii('{"syslog":{"timestamp":"');
const beforeHost = ascii('Z","hostname":');
const beforeHostAlone = ascii('","hostname":');
const beforeProgram = ascii(',"program":');
const beforePid = ascii(',"pid":');
const beforeMessage = ascii('},"message":');
/** Room for all of these. */
const others = 160;

const space = 0x20;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const longestProgram = 128;
const mostPidDigits = 10;

const months = new Map('Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ').map((name, i) => [name, i + 1]));

const isDigit = (value: number | undefined): boolean => value !== undefined && value >= 0x30 && value <= 0x39;
/** Two digits as a number; -1 if they are none. */
const pair = (text: Uint8Array, at: number): number =>
  isDigit(text[at]) && isDigit(text[at + 1]) ? (text[at]! - 0x30) * 10 + text[at + 1]! - 0x30 : -1;

/** Whether a time such as 12:00:00 stands there. */
function isClock(text: Uint8Array, at: number): boolean {
  const [hour, minute, second] = [pair(text, at), pair(text, at + 3), pair(text, at + 6)];
  if (text[at + 2] !== colon || text[at + 5] !== colon) return false;
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
}

/** Printable ASCII but the blank. */
const isWord = (value: number): boolean => value > space && value < 0x7f;

export class PlainLines {
  /** Dates with their year, by month and day as they stand in lines; null for those whose year hangs on the hour. */
  readonly #dates = new Map<number, Uint8Array | null>();

  constructor(
    private readonly out: TextWriter,
    private readonly newest: number,
  ) {}

  /** Writes the document of a line of valid UTF-8; false if the line is not plain, and nothing was written. */
  write(text: Buffer, from: number, to: number): boolean {
    const { out } = this;
    const start = out.at;
    out.reserve(to - from, others);
    out.literal(begin);
    const host = isDigit(text[from]) ? this.#isoTime(text, from, to) : this.#classicTime(text, from, to);
    if (host >= 0 && this.#rest(text, host, to)) return true;
    out.at = start;
    return false;
  }

  /** `Mar  9 12:00:00 `: behind it; -1 if something else stands there. */
  #classicTime(text: Buffer, from: number, to: number): number {
    if (to - from < 17 || text[from + 3] !== space || text[from + 6] !== space || text[from + 15] !== space) return -1;
    if (!isClock(text, from + 7)) return -1;
    const key =
      (text[from]! << 24) ^
      (text[from + 1]! << 17) ^
      (text[from + 2]! << 10) ^
      (text[from + 4]! << 5) ^
      text[from + 5]!;
    // Different dates may have one key: what a key stands for is looked at again.
    let date = this.#dates.get(key);
    if (date === undefined || (date !== null && !isDateOf(date, text, from))) {
      date = this.#date(text.toString('latin1', from, from + 6));
      this.#dates.set(key, date);
    }
    if (date === null) return -1;
    const { out } = this;
    out.copy(date, 6, date.length);
    out.copy(text, from + 7, from + 15);
    out.literal(beforeHost);
    return from + 16;
  }

  /** Six bytes as they stand in a line, and the same date in ISO form. */
  #date(written: string): Uint8Array | null {
    const month = months.get(written.slice(0, 3));
    const day = Number(written.slice(4));
    if (!month || !/^[ 1-3]\d$/.test(written.slice(4))) return null;
    const first = dateOf(null, month, day, '00:00:00', this.newest);
    const last = dateOf(null, month, day, '23:59:59', this.newest);
    if (first === null || last === null || first.slice(0, 11) !== last.slice(0, 11)) return null;
    return ascii(written + first.slice(0, 11));
  }

  /** `2026-03-09T12:00:00.123456+01:00 `: behind it; -1 if something else stands there. */
  #isoTime(text: Buffer, from: number, to: number): number {
    if (to - from < 22 || text[from + 4] !== 0x2d || text[from + 7] !== 0x2d || text[from + 10] !== 0x54) return -1;
    const month = pair(text, from + 5);
    const day = pair(text, from + 8);
    // Which months have more days is for others to say.
    if (pair(text, from) < 0 || pair(text, from + 2) < 0 || month < 1 || month > 12 || day < 1 || day > 28) return -1;
    if (!isClock(text, from + 11)) return -1;
    let at = from + 19;
    if (text[at] === 0x2e) {
      const digits = at + 1;
      for (at = digits; isDigit(text[at]) && at - digits < 9; ) at++;
      if (at === digits) return -1;
    }
    if (text[at] === 0x5a) at += 1;
    else if (
      (text[at] === 0x2b || text[at] === 0x2d) &&
      pair(text, at + 1) >= 0 &&
      text[at + 3] === colon &&
      pair(text, at + 4) >= 0
    )
      at += 6;
    else return -1;
    if (at >= to || text[at] !== space) return -1;
    this.out.copy(text, from, at);
    this.out.literal(beforeHostAlone);
    return at + 1;
  }

  /** `web-1 sshd[7]: message`. */
  #rest(text: Buffer, from: number, to: number): boolean {
    const { out } = this;
    let at = from;
    for (; at < to && text[at] !== space; at++) {
      const value = text[at]!;
      if (!isWord(value) || value === openBracket) return false;
    }
    if (at === from || at === to || text[at - 1] === colon) return false;
    out.string(text, from, at);
    while (text[at] === space && at < to) at++;
    const program = at;
    for (; at < to; at++) {
      const value = text[at]!;
      if (value === colon || value === openBracket) break;
      if (!isWord(value) || value === closeBracket) return false;
    }
    if (at === to || at === program || at - program > longestProgram) return false;
    out.literal(beforeProgram);
    out.string(text, program, at);
    if (text[at] === openBracket) {
      const pid = at + 1;
      for (at = pid; isDigit(text[at]); ) at++;
      const digits = at - pid;
      if (digits === 0 || digits > mostPidDigits || (text[pid] === 0x30 && digits > 1)) return false;
      if (text[at] !== closeBracket || text[at + 1] !== colon || at + 1 >= to) return false;
      out.literal(beforePid);
      out.copy(text, pid, at);
      at++;
    }
    at++;
    while (text[at] === space && at < to) at++;
    if (isRepetition(text, at)) return false;
    out.literal(beforeMessage);
    out.string(text, at, to);
    out.byte(0x7d);
    out.byte(10);
    return true;
  }
}

function isDateOf(date: Uint8Array, text: Uint8Array, from: number): boolean {
  for (let i = 0; i < 6; i++) if (date[i] !== text[from + i]) return false;
  return true;
}

/** Whether `message repeated` may stand there. */
const isRepetition = (text: Uint8Array, at: number): boolean =>
  text[at] === 0x6d && text[at + 1] === 0x65 && text[at + 8] === 0x72 && text[at + 9] === 0x65;
