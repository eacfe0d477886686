import type { Importer } from '../importer.ts';
import { firstLines, joinedLines, linesOf, refusedLine } from '../json/lines.ts';
import { type Fields, readFields, type Value } from './fields.ts';
import { eventCutter, farthest, type RecordHeader, recordHeader } from './join.ts';
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

interface Event {
  readonly header: RecordHeader;
  readonly type: string;
  /** By type of record; several of one type in their order. */
  readonly records: Map<string, Fields[]>;
  /** The line of the record that was added last. */
  last: number;
}

function convert(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const found: (Event | string)[] = [];
  const open = new Map<string, Event>();
  let n = 0;
  for (const line of linesOf(text)) {
    n += 1;
    if (line === '') continue;
    const header = recordHeader(line);
    if (!header) {
      found.push(refusedLine('no audit record', line));
      continue;
    }
    const type = typeName(header.type);
    const before = open.get(header.key);
    const isNew = before === undefined || n - before.last > farthest;
    const event = isNew ? { header, type, records: new Map<string, Fields[]>(), last: n } : before;
    if (isNew) {
      found.push(event);
      open.set(header.key, event);
    }
    event.last = n;
    if (type !== 'eoe') addRecord(event.records, type, readFields(type, line.slice(header.at)));
  }
  return joinedLines(found.map((one) => (typeof one === 'string' ? one : documentOf(one))));
}

/** Members of documents that no type of record can take. */
const taken: ReadonlySet<string> = new Set(['node', 'time', 'sequence', 'type']);

function typeName(written: string): string {
  const lower = written.toLowerCase();
  const [, digits] = /^(?:unknown\[)?(\d{1,5})\]?$/.exec(lower) ?? [];
  const name = digits === undefined ? lower : (recordTypeName(Number(digits)) ?? `record_${digits}`);
  return taken.has(name) ? `record_${name}` : name;
}

function addRecord(records: Map<string, Fields[]>, type: string, fields: Fields): void {
  const own = records.get(type);
  const [first] = own ?? [];
  if (!own || !first) records.set(type, [fields]);
  else if (type === 'execve') {
    // Many arguments take several records.
    const args = (of: Fields): readonly string[] => (of.get('args') ?? []) as readonly string[];
    first.set('args', [...args(first), ...args(fields)]);
  } else own.push(fields);
}

function documentOf({ header, type, records }: Event): string {
  const members = [
    ...(header.node === null ? [] : [`"node":${JSON.stringify(header.node)}`]),
    `"time":"${new Date(header.time).toISOString()}"`,
    `"sequence":${header.serial.replace(/^0+(?=\d)/, '')}`,
    `"type":${JSON.stringify(type)}`,
  ];
  for (const [name, own] of records) {
    const objects = own.map(objectText);
    // Most calls have one path or two: always a list, so that there is one way to read it.
    const value = name === 'path' || objects.length > 1 ? `[${objects.join(',')}]` : objects[0];
    members.push(`${JSON.stringify(name)}:${value}`);
  }
  return `{${members.join(',')}}\n`;
}

const objectText = (fields: Fields): string =>
  `{${[...fields].map(([name, value]: [string, Value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;

export const auditd: Importer<null> = { name: 'auditd', kind: 'text', detect, cutter: eventCutter, convert };
