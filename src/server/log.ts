/** Kinds of entries, the least urgent first. */
export type LogLevel = 'info' | 'warn' | 'error';

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** Details of an entry, by the names that ECS has for them; those that are undefined are left out. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/** The only way in which a server says something about itself. Secrets and bodies of requests never go in. */
export interface Log {
  /** `action` names what happened in a word or two, for those who search; `message` says it to people. */
  write(level: LogLevel, action: string, message: string, fields?: LogFields): void;
}

/**
 * A log of one line an entry. As JSON the members are those of ECS logging (`@timestamp`, `log.level`, `message`,
 * `event.action`), so that a shipper can take them up as they are. No entry can end its line or steer a terminal.
 */
export function createLog(format: LogFormat, writeLine: (line: string) => void, clock = () => new Date()): Log {
  const line = format === 'json' ? jsonLine : textLine;
  return {
    write(level, action, message, fields = {}) {
      const entry: Entry = { time: clock().toISOString(), level, action, message: shortened(message), fields };
      writeLine(`${line(entry)}\n`);
    },
  };
}

/** Says nothing. */
export const silentLog: Log = { write: () => undefined };

interface Entry {
  readonly time: string;
  readonly level: LogLevel;
  readonly action: string;
  readonly message: string;
  readonly fields: LogFields;
}

function jsonLine({ time, level, action, message, fields }: Entry): string {
  const head = [
    ['@timestamp', time],
    ['log.level', level],
    ['message', message],
    ['ecs.version', '9.4.0'],
    ['service.name', 'harrier'],
    ['event.action', action],
  ];
  return visibleJson(Object.fromEntries([...head, ...present(fields)]));
}

function textLine({ time, level, action, message, fields }: Entry): string {
  const details = present(fields).map(([name, value]) => {
    const text = String(value);
    return ` ${name}=${/^[\w.:/*@+-]+$/.test(text) ? text : visibleJson(text)}`;
  });
  return `${time} ${level.padEnd(5)} ${action}: ${visibleText(message)}${details.join('')}`;
}

const present = (fields: LogFields): [string, string | number | boolean][] =>
  Object.entries(fields).flatMap(([name, value]): [string, string | number | boolean][] =>
    value === undefined ? [] : [[name, typeof value === 'string' ? shortened(value) : value]],
  );

/** Longest text in an entry: queries and errors may be as long as a request. */
const longestText = 2000;
const shortened = (text: string): string => (text.length > longestText ? `${text.slice(0, longestText)}…` : text);

/** Control characters, line separators and marks of writing direction, which JSON itself may hold as they are. */
const hidden = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
const visibleJson = (value: unknown): string => JSON.stringify(value).replace(hidden, escaped);
const visibleText = (text: string): string => visibleJson(text).slice(1, -1).replaceAll('\\"', '"');
