import type { Importer } from '../importer.ts';
import { firstLines, joinedLines, LineEnds, linesOf, refusedLine } from '../json/lines.ts';
import { readSyslogLine, type SyslogHeader } from '../syslog/header.ts';

/*
 * Lines of NAME=VALUE with blanks between them: logs of FortiGate and other firewalls, logfmt. A header of syslog may stand
 * before them. A line becomes an object with these names, and `syslog` where it has a header.
 */

/** What must be known to read lines. */
export interface KeyValuesPlan {
  /** Milliseconds since the epoch: no header of syslog is much later, which decides the year of dates that have none. */
  readonly newest: number;
}

const looked = 20;
/** Which part of the first lines have to be of the form, at least. */
const leastPart = 3 / 4;
/** Pairs of a line by which a log is recognised, at least. */
const leastPairs = 5;

const pair = /([A-Za-z_][\w.-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?:\s+|$)/y;
/** A number as nothing but a number is written: with few enough digits for a double. */
const plainNumber = /^(?:0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{1,6})$/;

/** The pairs of a text as members of an object in JSON; null if there is anything else in it. */
function membersOf(text: string): { readonly members: string; readonly count: number } | null {
  let members = '';
  let count = 0;
  for (let at = 0; at < text.length; count++) {
    pair.lastIndex = at;
    const found = pair.exec(text);
    if (!found) return null;
    const [whole, name, quoted, bare] = found;
    at += whole.length;
    const value = quoted === undefined ? bare! : quoted.includes('\\"') ? quoted.replaceAll('\\"', '"') : quoted;
    if (value === '') continue;
    members += `,"${name}":${quoted === undefined && plainNumber.test(value) ? value : JSON.stringify(value)}`;
  }
  return { members, count };
}

interface Line {
  readonly members: string;
  readonly count: number;
  readonly header: SyslogHeader | null;
}

function readLine(line: string, newest: number): Line | null {
  const bare = /^<\d{1,3}>\s*(?=[A-Za-z_][\w.-]*=)/.exec(line);
  const own = membersOf(bare ? line.slice(bare[0].length) : line);
  if (own) return { ...own, header: null };
  const header = readSyslogLine(line, newest);
  const found = header && membersOf(header.message);
  return found && found.count > 0 ? { ...found, header } : null;
}

function detectKeyValues(head: Buffer, isWhole: boolean, modified: number = Date.now()) {
  const lines = firstLines(head, isWhole, looked);
  const found = lines.filter((line) => (readLine(line.trim(), modified)?.count ?? 0) >= leastPairs);
  if (found.length === 0 || found.length < lines.length * leastPart) return null;
  return { label: 'lines of NAME=VALUE', plan: { newest: modified } };
}

function documentOf(line: string, newest: number): string {
  const found = readLine(line, newest);
  if (!found) return refusedLine('not made of NAME=VALUE', line);
  const { members, header } = found;
  if (!header) return `{${members.slice(1)}}\n`;
  const { timestamp, hostname, program, priority } = header;
  return `{"syslog":${JSON.stringify({ timestamp: timestamp ?? undefined, hostname: hostname ?? undefined, program: program ?? undefined, priority: priority ?? undefined })}${members}}\n`;
}

export const keyValues: Importer<KeyValuesPlan> = {
  name: 'key-values',
  kind: 'text',
  detect: detectKeyValues,
  cutter(plan) {
    const ends = new LineEnds();
    return { take: (bytes, isEnd) => ({ length: ends.lastEnd(bytes, isEnd), plan }) };
  },
  convert(bytes, { newest }) {
    const documents: string[] = [];
    for (const line of linesOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'))) {
      const text = line.trim();
      if (text !== '') documents.push(documentOf(text, newest));
    }
    return joinedLines(documents);
  },
};
