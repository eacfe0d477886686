import { InputError } from '../diagnostics/diagnostic.ts';
import { count } from '../values/quantities.ts';
import type { FileReport, LoadReport, RepeatedMembers } from './load-report.ts';

/** What became of a file, without what came out of it. */
export type ReadState = Pick<FileReport, 'path' | 'read' | 'reason' | 'cause'>;

/** What of the named data queries cannot see, whichever way it was read. */
export interface Unread {
  /** Files and lines that were not read, in words; null where all were. */
  readonly text: string | null;
  /** Members of which only the first value was read. */
  readonly members: RepeatedMembers;
}

/** What was not read. `all`: how many files there were, where that is known. */
export function unreadData(files: readonly ReadState[], all: number | null, lines: number): string | null {
  const missing = files.filter(isMissing);
  const texts = [
    notReadText(missing, all),
    partlyReadText(missing),
    lines > 0 ? `${count(lines, 'line')} could not be read as an event` : null,
  ].filter((text) => text !== null);
  return texts.length === 0 ? null : texts.join('; ');
}

/** What was not read of files. */
export const unreadOf = ({ files, malformed, duplicates }: LoadReport): Unread => ({
  text: unreadData(files, files.length, malformed.count),
  members: duplicates.members,
});

/** Whether events of a file are missing: empty files hold none, and those of a second copy are read elsewhere. */
export function isMissing({ read, cause }: ReadState): boolean {
  if (read === 'all' || cause === 'empty' || cause === 'same') return false;
  return read === 'none' || cause !== 'malformed';
}

/** Files that were not read, by why: `3 of 12 files were not read: 2 Windows event logs (EVTX) (a.evtx, b.evtx), 1 empty (c)`. */
export function notReadText(files: readonly ReadState[], all: number | null): string | null {
  const notRead = files.filter(({ read }) => read === 'none');
  if (notRead.length === 0) return null;
  const groups = new Map<string, ReadState[]>();
  for (const file of notRead) {
    const key = file.cause === 'foreign' || isThing(file) ? `${file.cause} ${file.reason}` : String(file.cause);
    groups.set(key, [...(groups.get(key) ?? []), file]);
  }
  const largest = [...groups.values()].sort((a, b) => b.length - a.length);
  const verb = notRead.length === 1 ? 'was' : 'were';
  const which =
    all === null ? count(notRead.length, 'file') : `${notRead.length.toLocaleString('en')} of ${count(all, 'file')}`;
  return `${which} ${verb} not read: ${largest.map(groupText).join(', ')}`;
}

/** Files that were read in part, each with the reason. */
export function partlyReadText(files: readonly ReadState[]): string | null {
  const partly = files.filter(({ read }) => read === 'part');
  if (partly.length === 0) return null;
  const verb = partly.length === 1 ? 'was' : 'were';
  return `${count(partly.length, 'file')} ${verb} read in part: ${some(partly.map(withReason))}`;
}

/** How many of a group are named. */
const named = 3;

const some = (texts: readonly string[]): string =>
  [...texts.slice(0, named), ...(texts.length > named ? ['…'] : [])].join(', ');

const withReason = ({ path, reason }: ReadState): string => `${baseName(path)}: ${reason}`;

/** Whether an empty file is something that has a name: a table, an archive. */
const isThing = ({ cause, reason }: ReadState): boolean => cause === 'empty' && /^an? /.test(reason ?? '');

function groupText(files: readonly ReadState[]): string {
  const [{ cause, reason }] = files as [ReadState];
  const names = some(files.map(({ path }) => baseName(path)));
  const n = files.length.toLocaleString('en');
  switch (cause) {
    case 'foreign':
      return `${counted(files.length, reason ?? 'file')} (${names})`;
    case 'empty':
      return isThing(files[0]!) ? `${counted(files.length, reason!)} (${names})` : `${n} empty (${names})`;
    case 'same':
      return `${n} the same as another (${names})`;
    case 'unreadable':
      return `${n} unreadable (${some(files.map(withReason))})`;
    default:
      return `${n} without a readable event (${some(files.map(withReason))})`;
  }
}

/** `2 Windows event logs (EVTX)` of `a Windows event log (EVTX)`. */
function counted(n: number, what: string): string {
  const [, noun, rest = ''] = /^an? (.+?)( (?:\(|(?:of|in|that|which|with|without) ).*)?$/.exec(what) ?? [];
  if (noun === undefined) return `${count(n, 'file')} of ${what}`;
  const plural = /(?:s|x|ch|sh)$/.test(noun)
    ? `${noun}es`
    : /[^aeiou]y$/.test(noun)
      ? `${noun.slice(0, -1)}ies`
      : `${noun}s`;
  return `${count(n, noun, plural)}${rest}`;
}

const baseName = (path: string): string => path.replace(/^.*[/\\](?=.)/, '');

/** The error of a load that had to be complete; null where it was. */
export function strictError({ files, malformed, ignored, duplicates }: LoadReport): InputError | null {
  const missing = files.filter(isMissing);
  const lines = [
    ...missing.slice(0, listed).map(sentence),
    ...malformed.first.map(({ file, line, reason }) => `${file}:${line}: ${reason}`),
    ...duplicates.first.map(({ file, line, reason }) => `${file}:${line}: ${reason}`),
    ...ignored.first.map(
      ({ file, line, field, type, preview }) => `${file}:${line}: ${field} is no ${type}: ${preview}`,
    ),
  ];
  const counts = [
    ...(missing.length > 0 ? [`${count(missing.length, 'file')} not read to the end`] : []),
    ...(malformed.count > 0 ? [count(malformed.count, 'malformed line')] : []),
    ...(duplicates.count > 0
      ? [`${count(duplicates.count, 'event')} with a member that was not read or is oddly named`]
      : []),
    ...(ignored.count > 0 ? [`${count(ignored.count, 'value')} of a wrong type`] : []),
  ];
  return counts.length === 0 ? null : new InputError(`${counts.join(', ')}, and --strict is set\n${lines.join('\n')}`);
}

/** How many files are listed one by one. */
const listed = 10;

/** The error of a load that gave no event: it says of each file what it is. */
export function nothingReadable({ files, malformed }: Pick<LoadReport, 'files' | 'malformed'>): InputError {
  const own = files.filter(({ cause }) => cause !== 'same');
  const sentences = own.slice(0, listed).map(sentence);
  const [first] = malformed.first;
  const example = first ? `\n${first.file}:${first.line}: ${first.reason}${first.preview && `: ${first.preview}`}` : '';
  if (own.length === 1) return new InputError(sentences[0]! + example, hintFor(own));
  const more = own.length - sentences.length;
  const rest = more > 0 ? `\n… and ${more.toLocaleString('en')} more: harrier inspect shows all` : '';
  return new InputError(
    `none of ${count(own.length, 'file')} holds events that can be read\n${sentences.join('\n')}${rest}${example}`,
    hintFor(own),
  );
}

const hintFor = (files: readonly FileReport[]): string | undefined =>
  files.some(({ cause }) => cause === 'foreign')
    ? 'Harrier reads JSON, EVTX, event XML, CSV, Zeek, auditd, syslog, access and flow logs, NAME=VALUE and Parquet: see harrier formats'
    : undefined;

function sentence({ path, reason, cause }: FileReport): string {
  switch (cause) {
    case 'foreign':
      return `${path} is ${reason}, which Harrier does not read yet`;
    case 'empty':
      return `${path} is ${reason ?? 'empty'}`;
    case 'unreadable':
      return `cannot read ${path}: ${reason}`;
    case 'same':
      return `${path} is ${reason}`;
    default:
      return `${path}: ${reason ?? 'no events'}`;
  }
}
