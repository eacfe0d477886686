import { isUtf8 } from 'node:buffer';
import { formatIp } from '../../values/ip.ts';
import { architectureName, errorName, systemCallName } from './tables.ts';

/** A value of a field of a record. */
export type Value = string | number | readonly string[];

/** The fields of a record, by name. */
export type Fields = Map<string, Value>;

/** What stands between the record and what auditd itself made of its numbers, in logs that were enriched. */
const enriched = '\x1d';

/** What values stand in, if they are not in hexadecimal digits, as kernel and library do with text that is not plain. */
export const hexed: ReadonlySet<string> = new Set(
  'acct cmd comm cwd data dir exe file grp key name new-chardev new-disk new-fs new-rng ocomm old-chardev old-disk path proctitle sw vm watch'.split(
    ' ',
  ),
);
/** Numbers in decimal digits, which are never anything else. */
export const decimal: ReadonlySet<string> = new Set(
  'argc auid egid entries euid exit family fd fsgid fsuid gid id inode item items lport laddr_port len new-ses oauid obj_gid obj_uid ocuid ogid old-auid old-ses opid oses ouid pid ppid reset res_old rport sauid ses sgid sig suid syscall tty_len uid'.split(
    ' ',
  ),
);
/** Values that say that there is none. */
const nothing: ReadonlySet<string> = new Set(['', '?', '(null)', '(none)']);

/** The fields of a record, in the order in which they stand there; the first of a name counts. */
export function readFields(type: string, body: string): Fields {
  const fields: Fields = new Map();
  const split = body.indexOf(enriched);
  const own = split < 0 ? body : body.slice(0, split);
  const message = own.indexOf("msg='");
  const end = own.lastIndexOf("'");
  const hasInner = message >= 0 && end > message + 4;
  const decision = /^avc:\s+(\w+)\s+\{ ?([^}]{0,400}?) ?\}/.exec(own);
  if (decision) {
    fields.set('seresult', decision[1]!);
    fields.set('seperms', decision[2]!.split(/\s+/));
  }
  addFields(fields, type, hasInner ? own.slice(0, message) : own);
  if (hasInner) addFields(fields, type, own.slice(message + 5, end));
  if (split >= 0) addFields(fields, type, body.slice(split + 1));
  if (type === 'execve') joinArguments(fields);
  if (type === 'syscall' || type === 'seccomp') nameCall(fields);
  if (type === 'sockaddr') addAddress(fields);
  return fields;
}

/** Bounded, so that no line takes long. */
const field = /(?<![\w.[\]-])([\w.[\]-]{1,64})=("[^"]*"|'[^']*'|\{[^}]{0,2000}\}|[^\s"'{]\S*|)/g;

function addFields(fields: Fields, type: string, text: string): void {
  for (const [, name, written] of text.matchAll(field)) {
    if (fields.has(name!)) continue;
    // Whether an argument is in quotes counts when its parts are joined.
    const value = type === 'execve' && argument.test(name!) ? written! : fieldValue(name!, written!);
    if (value !== null) fields.set(name!, value);
  }
}

/** An argument of a program, or a part of one: its index, and that of the part. */
const argument = /^a(\d{1,6})(?:\[(\d{1,6})\]|_len)?$/;

/** What is made of a value as it is written; null if it says that there is none. */
export function fieldValue(name: string, written: string): Value | null {
  const first = written[0];
  if (first === '"' || first === "'") {
    const text = written.slice(1, -1);
    return text === '' ? null : text;
  }
  // Some programs put a comma or a colon behind a value.
  const plain = written.replace(/[,:]$/, '');
  if (nothing.has(plain)) return null;
  if (decimal.has(name) && /^(?:0|-?[1-9]\d{0,14})$/.test(plain)) return Number(plain);
  if (name === 'data' && /^(?:[\dA-F]{2})+$/.test(plain)) return Buffer.from(plain, 'hex').toString('utf8');
  if (!hexed.has(name)) return written;
  const decoded = decodeHex(plain);
  if (decoded === null) return written;
  if (name === 'proctitle') return decoded.replace(/\0+$/, '').replaceAll('\0', ' ');
  return name === 'key' && decoded.includes('\x01') ? decoded.split('\x01') : decoded;
}

/** Text of hexadecimal digits; null if it would have been written plainly, and so is none, or if it is no UTF-8. */
function decodeHex(text: string): string | null {
  if (!/^(?:[\dA-Fa-f]{2})+$/.test(text)) return null;
  const bytes = Buffer.from(text, 'hex');
  return isUtf8(bytes) && bytes.some((byte) => byte < 0x21 || byte > 0x7e || byte === 0x22)
    ? bytes.toString('utf8')
    : null;
}

/** Has `args` take the place of `a0`, `a1`, … and of the parts of long ones, `a1[0]`, `a1[1]`. */
function joinArguments(fields: Fields): void {
  const found = new Map<number, Map<number, string>>();
  for (const [name, value] of [...fields]) {
    const [, index, part = '0'] = argument.exec(name) ?? [];
    if (index === undefined) continue;
    fields.delete(name);
    if (name.endsWith('_len')) continue;
    const parts = found.get(Number(index)) ?? new Map<number, string>();
    found.set(Number(index), parts.set(Number(part), String(value)));
  }
  const sorted = <T>(all: ReadonlyMap<number, T>): T[] => [...all].sort(([a], [b]) => a - b).map(([, one]) => one);
  fields.set(
    'args',
    sorted(found).map((parts) => argumentText(sorted(parts))),
  );
}

/** An argument of its parts: in quotes, or all of them in hexadecimal digits. */
export function argumentText(parts: readonly string[]): string {
  const text = parts.map((one) => one.replace(/^"(.*)"$/s, '$1')).join('');
  return parts.some((one) => one.startsWith('"')) ? text : (decodeHex(text) ?? text);
}

function nameCall(fields: Fields): void {
  const arch = fields.get('arch');
  const call = fields.get('syscall');
  const exit = fields.get('exit');
  const set = (name: string, value: string | null): void => {
    if (value !== null) fields.set(name, value);
  };
  if (typeof arch === 'string') set('arch_name', architectureName(arch));
  if (typeof arch === 'string' && typeof call === 'number') set('syscall_name', systemCallName(arch, call));
  // Who enriched the record knows the names of all architectures.
  if (!fields.has('syscall_name') && fields.has('SYSCALL')) set('syscall_name', String(fields.get('SYSCALL')));
  if (typeof exit === 'number' && exit < 0) set('exit_name', errorName(exit));
}

const families = new Map([
  [1, 'unix'],
  [2, 'inet'],
  [10, 'inet6'],
  [16, 'netlink'],
  [17, 'packet'],
  [40, 'vsock'],
]);

/** Takes a socket address apart: family, address, port, path. */
function addAddress(fields: Fields): void {
  const written = fields.get('saddr');
  if (typeof written !== 'string' || !/^(?:[\dA-Fa-f]{2}){2,}$/.test(written)) return;
  const bytes = Buffer.from(written, 'hex');
  const family = bytes.readUInt16LE(0);
  fields.set('family', families.get(family) ?? family);
  if (family === 2 && bytes.length >= 8) {
    fields.set('addr', bytes.subarray(4, 8).join('.'));
    fields.set('port', bytes.readUInt16BE(2));
  } else if (family === 10 && bytes.length >= 24) {
    fields.set('addr', formatIp(BigInt(`0x${bytes.toString('hex', 8, 24)}`)));
    fields.set('port', bytes.readUInt16BE(2));
  } else if (family === 1) {
    // A name that begins with NUL is abstract, and shown with @.
    const name = bytes.toString('utf8', 2).replace(/^\0(?=[^\0])/, '@');
    const path = name.split('\0', 1)[0]!;
    if (path !== '') fields.set('path', path);
  }
}
