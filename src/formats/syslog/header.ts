/** What stands before the message of a line of syslog. */
export interface SyslogHeader {
  /** ISO 8601. */
  readonly timestamp: string | null;
  readonly priority: number | null;
  readonly hostname: string | null;
  readonly program: string | null;
  readonly pid: string | null;
  /** Of RFC 5424 alone: version, id of the kind of message, structured data as they stand. */
  readonly version: number | null;
  readonly messageId: string | null;
  readonly structured: string | null;
  readonly message: string;
  /** Whether the line says no year, or no zone. */
  readonly isVague: boolean;
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `<34>Mar 10 12:00:00 …`, also with a year before the time. */
const classic =
  /^(?:<(\d{1,3})>)?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (?:(\d{4}) )?((?:[01]\d|2[0-3]):[0-5]\d:[0-6]\d(?:[.,]\d{1,9})?):? (.*)$/s;
/** `2026-03-10T12:00:00.123456+01:00 …`, as rsyslog writes it. */
const iso = /^(?:<(\d{1,3})>)?(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)(Z|[+-]\d\d:?\d\d)? (.*)$/s;
/** `<34>1 2026-03-10T12:00:00Z host program 123 ID [data] …` of RFC 5424. */
const modern = /^<(\d{1,3})>(\d{1,2}) (\S+) (\S+) (\S+) (\S+) (\S+) (.*)$/s;

/**
 * Takes a line apart; null if it is none of syslog. `newest` is the time, in milliseconds, that no line is much later than:
 * it decides the year of dates that have none.
 */
export function readSyslogLine(line: string, newest: number): SyslogHeader | null {
  const first = line.charCodeAt(0);
  if (first === 0x3c) {
    const found = modern.exec(line);
    if (found) return modernHeader(found);
  }
  const c = classic.exec(line);
  if (c) {
    const [, priority, monthName, day, year, time, rest] = c;
    const month = months.indexOf(monthName!) + 1;
    if (month === 0) return null;
    const date = dateOf(year ? Number(year) : null, month, Number(day), time!.replace(',', '.'), newest);
    return date === null ? null : taggedHeader(`${date}Z`, priority, rest!, true);
  }
  const i = iso.exec(line);
  if (!i) return null;
  const [, priority, time, zone, rest] = i;
  if (Number.isNaN(Date.parse(`${time!.slice(0, 19)}Z`))) return null;
  return taggedHeader(`${time!.replace(',', '.')}${withColon(zone ?? 'Z')}`, priority, rest!, zone === undefined);
}

const withColon = (zone: string): string => (zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone);

/** Clocks differ, and a file may be copied while it is written: this much later than the file's time is still that year. */
const tolerance = 36 * 3600_000;

/** A date in ISO form without a zone; null if there is no such day. The year is the last one in which it was. */
export function dateOf(year: number | null, month: number, day: number, time: string, newest: number): string | null {
  const two = (n: number): string => String(n).padStart(2, '0');
  // Of eight years in sequence, one at least has a February 29.
  const last = new Date(newest + tolerance).getUTCFullYear();
  for (let y = year ?? last; y > (year ?? last) - (year ? 1 : 9); y--) {
    const text = `${y}-${two(month)}-${two(day)}T${time}`;
    const days = new Date(Date.UTC(y, month, 0)).getUTCDate();
    if (day < 1 || day > days) continue;
    if (year || Date.parse(`${text.slice(0, 17)}00Z`) <= newest + tolerance) return text;
  }
  return null;
}

const tag = /^([^\s:[\]]{1,128})(?:\[([^\]\s]*)\])?(?: \([^()]*\))?: *(.*)$/s;
/** Names with blanks, as those of macOS, are known by the number of the process behind them. */
const spacedTag = /^([^\s:[\]][^:[\]]{0,126}[^\s:[\]])\[(\d{1,10})\]: *(.*)$/s;

/** What follows the time: the host, unless the program stands there at once, the program and its process, the message. */
function taggedHeader(timestamp: string, priority: string | undefined, rest: string, isVague: boolean): SyslogHeader {
  const blank = rest.indexOf(' ');
  const firstWord = blank < 0 ? rest : rest.slice(0, blank);
  const isHost = !firstWord.endsWith(':') && !/\[\d*\]/.test(firstWord);
  const text = isHost ? rest.slice(firstWord.length).trimStart() : rest;
  const [, program = null, pid = null, message = text] = tag.exec(text) ?? spacedTag.exec(text) ?? [];
  return {
    ...{ timestamp, priority: priorityOf(priority), hostname: isHost && firstWord !== '' ? firstWord : null },
    ...{ program, pid: pid === '' ? null : pid, version: null, messageId: null, structured: null, message, isVague },
  };
}

function modernHeader([, priority, version, time, host, program, pid, id, rest]: RegExpExecArray): SyslogHeader | null {
  const set = (text: string): string | null => (text === '-' ? null : text);
  if (time !== '-' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.test(time!)) return null;
  const data = structuredData(rest!);
  if (data === null) return null;
  const message = rest!.slice(data.length).replace(/^ (?:\ufeff)?/, '');
  return {
    ...{ timestamp: set(time!), priority: priorityOf(priority), hostname: set(host!), program: set(program!) },
    ...{
      pid: set(pid!),
      version: Number(version),
      messageId: set(id!),
      structured: set(data),
      message,
      isVague: false,
    },
  };
}

/** The structured data that a text begins with; null if it begins with none. */
const structuredData = (text: string): string | null =>
  /^(?:-|(?:\[[^\s=\]"]+(?: [^\s=\]"]+="(?:[^"\\\]]|\\.)*")*\])+)(?= |$)/s.exec(text.slice(0, longestData))?.[0] ??
  null;

/** Longer structured data are no longer looked for: a pattern takes memory by what it matches. */
const longestData = 64 << 10;

/** Facility times eight and severity: more than 191 is none. */
const priorityOf = (text: string | undefined): number | null =>
  text === undefined || Number(text) > 191 ? null : Number(text);
