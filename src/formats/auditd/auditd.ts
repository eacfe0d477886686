import type { Importer } from '../importer.ts';
import { firstLines, refusedLine } from '../json/lines.ts';
import { TextWriter, validUtf8 } from '../json/text-writer.ts';
import { type Fields, readFields, type Value } from './fields.ts';
import { eventCutter, farthest, Headers, type RecordHeader, recordHeader } from './join.ts';
import { PlainRecords } from './plain-records.ts';
import { recordTypeName } from './tables.ts';

/*
 * Linux's audit.log. The records of an event become one document: {"node", "time", "sequence", "type", "syscall": {…},
 * "execve": {…}, "path": [{…}, …], …}, with an object for each type of record under its name in lower case.
 */

const looked = 20;
/** Which part of the first lines are records, at least. */
const leastPart = 3 / 4;

function detect(head: Buffer, isWhole: boolean): { readonly label: string; readonly plan: null } | null {
  const lines = firstLines(head, isWhole, looked);
  const records = lines.filter((line) => recordHeader(line) !== null).length;
  return records > 0 && records >= lines.length * leastPart ? { label: 'auditd log', plan: null } : null;
}

/** The object of a record, as it was written. */
interface Part {
  readonly from: number;
  readonly to: number;
}

interface Event {
  readonly header: RecordHeader;
  readonly type: string;
  /** By type of record; several of one type in their order. */
  readonly records: Map<string, Part[]>;
  /** The line of the record that was added last. */
  last: number;
}

function convert(bytes: Uint8Array): Uint8Array {
  const text = validUtf8(bytes);
  const objects = new TextWriter(text.length * 2);
  const plain = new PlainRecords(objects);
  const headers = new Headers();
  const found: (Event | string)[] = [];
  const open = new Map<string, Event>();
  let n = 0;
  for (let from = 0; from < text.length; ) {
    const lineFeed = text.indexOf(10, from);
    const end = lineFeed < 0 ? text.length : lineFeed;
    const to = end > from && text[end - 1] === 13 ? end - 1 : end;
    const begin = from;
    from = end + 1;
    n += 1;
    if (to === begin) continue;
    const header = headers.read(text, begin, to);
    if (!header) {
      found.push(refusedLine('no audit record', text.toString('utf8', begin, Math.min(to, begin + shownBytes))));
      continue;
    }
    const type = typeName(header.type);
    const before = open.get(header.key);
    const isNew = before === undefined || n - before.last > farthest;
    const event = isNew ? { header, type, records: new Map<string, Part[]>(), last: n } : before;
    if (isNew) {
      found.push(event);
      open.set(header.key, event);
    }
    event.last = n;
    if (type === 'eoe') continue;
    const at = objects.at;
    if (!plain.write(type, text, begin + header.at, to))
      objects.json(objectText(readFields(type, text.toString('utf8', begin + header.at, to))));
    const part = { from: at, to: objects.at };
    const own = event.records.get(type);
    if (own) own.push(part);
    else event.records.set(type, [part]);
  }
  const out = new TextWriter(objects.at + found.length * 100);
  for (const one of found)
    if (typeof one === 'string') out.json(one);
    else writeEvent(out, one, objects.bytes);
  return out.written();
}

/** What is shown of a line, and more. */
const shownBytes = 4096;

/** Members of documents that no type of record can take. */
const taken: ReadonlySet<string> = new Set(['node', 'time', 'sequence', 'type']);

function typeName(written: string): string {
  const lower = written.toLowerCase();
  const [, digits] = /^(?:unknown\[)?(\d{1,5})\]?$/.exec(lower) ?? [];
  const name = digits === undefined ? lower : (recordTypeName(Number(digits)) ?? `record_${digits}`);
  return taken.has(name) ? `record_${name}` : name;
}

function writeEvent(out: TextWriter, { header, type, records }: Event, objects: Uint8Array): void {
  if (header.node === null) out.json('{');
  else out.json(`{"node":${JSON.stringify(header.node)},`);
  const time = new Date(header.time).toISOString();
  out.json(`"time":"${time}","sequence":${header.serial.replace(/^0+(?=\d)/, '')},"type":${JSON.stringify(type)}`);
  for (const [name, parts] of records) {
    out.json(`,${JSON.stringify(name)}:`);
    // Many arguments take several records.
    if (name === 'execve' && parts.length > 1) {
      out.json(joinedArguments(parts.map(({ from, to }) => Buffer.from(objects.subarray(from, to)).toString())));
      continue;
    }
    // Most calls have one path or two: always a list, so that there is one way to read it.
    const isList = name === 'path' || parts.length > 1;
    if (isList) out.byte(0x5b);
    parts.forEach(({ from, to }, i) => {
      if (i > 0) out.byte(0x2c);
      out.literal(objects.subarray(from, to));
    });
    if (isList) out.byte(0x5d);
  }
  out.json('}\n');
}

/** The object of the first record, with the arguments of all. */
function joinedArguments(objects: readonly string[]): string {
  const fields = objects.map((text): Fields => new Map(Object.entries(JSON.parse(text) as Record<string, Value>)));
  const args = fields.flatMap((one) => (one.get('args') ?? []) as readonly string[]);
  return objectText(fields[0]!.set('args', args));
}

/** Fields as an object of JSON. */
export const objectText = (fields: Fields): string =>
  `{${[...fields].map(([name, value]: [string, Value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;

export const auditd: Importer<null> = { name: 'auditd', kind: 'text', detect, cutter: eventCutter, convert };
