import { longestDocument } from '../../documents/line-texts.ts';
import type { Cutter, Importer } from '../importer.ts';
import { firstLines, member, refusedLine } from '../json/lines.ts';
import { TextWriter, validUtf8 } from '../json/text-writer.ts';
import { readSyslogLine } from './header.ts';
import { PlainLines } from './plain-lines.ts';

/*
 * Lines of syslog: of RFC 3164 as in auth.log, secure and messages, with the ISO dates of rsyslog, or of RFC 5424. A line
 * becomes {"syslog": {timestamp, hostname, program, pid, …}, "message": …}; what the message means is for mappings. Lines
 * that begin with a blank continue the message of the line before.
 */

/** What must be known to read lines. */
export interface SyslogPlan {
  /** Milliseconds since the epoch: no line is much later, which decides the year of dates that have none. */
  readonly newest: number;
}

const looked = 20;
/** Which part of the first lines have a header, at least. */
const leastPart = 3 / 4;

/** Recognises syslog by its first lines. `modified`: when the file was written, in milliseconds since the epoch. */
function detectSyslog(
  head: Buffer,
  isWhole: boolean,
  modified: number = Date.now(),
): { readonly label: string; readonly plan: SyslogPlan } | null {
  const lines = firstLines(head, isWhole, looked * 8)
    .filter((line, i) => i === 0 || !continues(line.charCodeAt(0)))
    .slice(0, looked);
  const headers = lines.map((line) => readSyslogLine(line, modified)).filter((header) => header !== null);
  if (headers.length === 0 || headers.length < lines.length * leastPart) return null;
  const year = new Date(modified).getUTCFullYear();
  const label = headers.some(({ isVague }) => isVague)
    ? `syslog (times without a year or zone read as UTC, up to ${year})`
    : 'syslog';
  return { label, plan: { newest: modified } };
}

/** Whether a line that begins so continues the one before. */
const continues = (first: number | undefined): boolean => first === 0x20 || first === 0x09;

/** Cuts bytes before the last line that begins an event: what follows may continue it. */
function eventCutter(plan: SyslogPlan): Cutter<SyslogPlan> {
  return {
    take(bytes, isEnd) {
      if (isEnd) return { length: bytes.length, plan };
      for (let at = bytes.lastIndexOf(10); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(10, at - 1))
        if (at + 1 < bytes.length && !continues(bytes[at + 1])) return { length: at + 1, plan };
      // A longer event is cut: nobody reads such a document.
      return { length: bytes.length >= longestDocument ? bytes.length : 0, plan };
    },
  };
}

/** The documents of lines, one a line. */
function convert(bytes: Uint8Array, { newest }: SyslogPlan): Uint8Array {
  const text = validUtf8(bytes);
  const out = new TextWriter(text.length * 2);
  const plain = new PlainLines(out, newest);
  for (let from = 0; from < text.length; ) {
    let end = lineEnd(text, from);
    while (continues(text[end + 1])) end = lineEnd(text, end + 1);
    const to = end > from && text[end - 1] === 13 ? end - 1 : end;
    if (to > from && !plain.write(text, from, to)) out.json(documentOf(text.toString('utf8', from, to), newest));
    from = end + 1;
  }
  return out.written();
}

function lineEnd(text: Buffer, from: number): number {
  const found = text.indexOf(10, from);
  return found < 0 ? text.length : found;
}

const repeated = /^message repeated (\d{1,9}) times: \[ ?(.*?)\]$/s;

/** The document of any line, or what stands in its place. */
export function documentOf(line: string, newest: number): string {
  const header = readSyslogLine(line, newest);
  if (!header) return refusedLine('no header of syslog', line);
  const { timestamp, priority, hostname, program, pid, version, messageId, structured } = header;
  const [, times, inner] = repeated.exec(header.message) ?? [];
  const isNumber = pid !== null && /^(?:0|[1-9]\d{0,9})$/.test(pid);
  const members = [
    member('timestamp', timestamp),
    member('hostname', hostname),
    member('program', program),
    isNumber ? `,"pid":${pid}` : member('procid', pid),
    priority === null ? '' : `,"priority":${priority},"facility":${priority >> 3},"severity":${priority & 7}`,
    member('version', version),
    member('msgid', messageId),
    structured === null ? '' : `,"structured_data":${structuredObject(structured)}`,
    times === undefined ? '' : `,"repeated":${times}`,
  ].join('');
  return `{"syslog":{${members.slice(1)}}${member('message', inner ?? header.message)}}\n`;
}

/** `[id name="value"]…` as an object of objects. */
function structuredObject(text: string): string {
  const elements = [...text.matchAll(/\[([^\s=\]"]+)((?: [^\s=\]"]+="(?:[^"\\\]]|\\.)*")*)\]/gs)].map(
    ([, id, parameters]) => {
      const members = [...parameters!.matchAll(/ ([^\s=\]"]+)="((?:[^"\\\]]|\\.)*)"/gs)].map(([, name, value]) =>
        member(name!, value!.replace(/\\(["\\\]])/g, '$1')),
      );
      return `${JSON.stringify(id)}:{${members.join('').slice(1)}}`;
    },
  );
  return `{${elements.join(',')}}`;
}

export const syslog: Importer<SyslogPlan> = {
  name: 'syslog',
  kind: 'text',
  detect: detectSyslog,
  cutter: eventCutter,
  convert,
};
