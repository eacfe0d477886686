import { count, flag, newest, type Row, text, texts, whole } from './question.ts';

/** Who signed an executable, as events record it; null for what they do not. */
export interface Signature {
  readonly subject: string | null;
  readonly status: string | null;
  readonly trusted: boolean | null;
  readonly exists: boolean | null;
}

/** What is known of a process by name alone: its own mark may have no events. */
export interface ParentFacts {
  readonly id: string | null;
  readonly pid: bigint | null;
  readonly name: string | null;
  readonly executable: string | null;
  readonly commandLine: string | null;
}

/** What events record about one process; null for what none does. Times are ISO 8601. */
export interface ProcessFacts {
  /** The entity id; the pid where there are no entity ids. */
  readonly id: string;
  readonly pid: bigint | null;
  readonly name: string | null;
  readonly executable: string | null;
  readonly commandLine: string | null;
  /** In the order of the command line; null also where that is lost. */
  readonly arguments: readonly string[] | null;
  readonly workingDirectory: string | null;
  readonly user: { readonly name: string | null; readonly domain: string | null; readonly id: string | null };
  readonly started: string | null;
  readonly ended: string | null;
  readonly exitCode: bigint | null;
  readonly hashes: { readonly sha256: string | null; readonly sha1: string | null; readonly md5: string | null };
  readonly signature: Signature;
  readonly parent: ParentFacts;
  /** In no order: indices do not keep it. */
  readonly ancestry: readonly string[];
  readonly host: { readonly name: string | null; readonly id: string | null; readonly os: string | null };
  readonly events: number;
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** Every executable that it ran: one that forks and executes has several. */
  readonly executables: readonly string[];
  /** How often it was seen to start. */
  readonly starts: number;
}

/** Stands between values that are shown as one: no argument or id has it. */
export const separator = '\u001f';

const ofProcess = (type: string): string =>
  `MV_CONTAINS(event.category, "process") AND MV_CONTAINS(event.type, "${type}")`;

const newestOf: Readonly<Record<string, string>> = {
  name: 'process.name',
  pid: 'process.pid',
  executable: 'process.executable',
  command_line: 'process.command_line',
  working_directory: 'process.working_directory',
  user_name: 'user.name',
  user_domain: 'user.domain',
  user_id: 'user.id',
  exit_code: 'process.exit_code',
  sha256: 'process.hash.sha256',
  sha1: 'process.hash.sha1',
  md5: 'process.hash.md5',
  signer: 'process.code_signature.subject_name',
  signature_status: 'process.code_signature.status',
  signature_trusted: 'process.code_signature.trusted',
  signature_exists: 'process.code_signature.exists',
  parent_pid: 'process.parent.pid',
  parent_name: 'process.parent.name',
  parent_executable: 'process.parent.executable',
  parent_command_line: 'process.parent.command_line',
  host_name: 'host.name',
  host_id: 'host.id',
  os_full: 'host.os.full',
  os_name: 'host.os.name',
  os_version: 'host.os.version',
};

/** What EVAL must make first; `?separator` stands for the separator. */
export const prepared = (ancestry: string | null): string =>
  `arguments = MV_CONCAT(process.args, ?separator), ancestors = ${ancestry === null ? 'NULL::keyword' : `MV_CONCAT(${ancestry}, ?separator)`}`;

/** The aggregates of STATS that readFacts reads; `parent` is the ES|QL of the parent's mark. */
export const aggregates = (parent: string): string =>
  [
    ...Object.entries(newestOf).map(([name, field]) => `${name} = ${newest(field)}`),
    `parent_id = LAST(${parent}, @timestamp) WHERE ${parent} IS NOT NULL`,
    ...['arguments', 'ancestors'].map((name) => `${name} = ${newest(name)}`),
    'start_told = MIN(process.start)',
    `start_seen = MIN(@timestamp) WHERE ${ofProcess('start')}`,
    'end_told = MAX(process.end)',
    `end_seen = MAX(@timestamp) WHERE ${ofProcess('end')}`,
    `starts = COUNT(*) WHERE ${ofProcess('start')}`,
    'executables = VALUES(process.executable)',
    'events = COUNT(*)',
    'first_seen = MIN(@timestamp)',
    'last_seen = MAX(@timestamp)',
  ].join(',\n  ');

/** Reads a row of these aggregates, with the mark in `id`. */
export function readFacts(row: Row): ProcessFacts {
  const os = text(row.os_full) ?? ([text(row.os_name), text(row.os_version)].filter(Boolean).join(' ') || null);
  const commandLine = text(row.command_line);
  return {
    id: text(row.id) ?? '',
    pid: whole(row.pid),
    name: text(row.name),
    executable: text(row.executable),
    commandLine,
    arguments: inOrder(text(row.arguments), commandLine),
    workingDirectory: text(row.working_directory),
    user: { name: text(row.user_name), domain: text(row.user_domain), id: text(row.user_id) },
    started: text(row.start_told) ?? text(row.start_seen),
    ended: text(row.end_told) ?? text(row.end_seen),
    exitCode: whole(row.exit_code),
    hashes: { sha256: text(row.sha256), sha1: text(row.sha1), md5: text(row.md5) },
    signature: {
      subject: text(row.signer),
      status: text(row.signature_status),
      trusted: flag(row.signature_trusted),
      exists: flag(row.signature_exists),
    },
    parent: {
      id: text(row.parent_id),
      pid: whole(row.parent_pid),
      name: text(row.parent_name),
      executable: text(row.parent_executable),
      commandLine: text(row.parent_command_line),
    },
    ancestry: text(row.ancestors)?.split(separator) ?? [],
    host: { name: text(row.host_name), id: text(row.host_id), os },
    events: count(row.events),
    firstSeen: text(row.first_seen),
    lastSeen: text(row.last_seen),
    executables: texts(row.executables),
    starts: count(row.starts),
  };
}

/**
 * Indices keep the values of a keyword sorted, each once, so the arguments are found again in the command line; null
 * where it cannot be read as these arguments.
 */
function inOrder(joined: string | null, commandLine: string | null): string[] | null {
  if (joined === null) return null;
  const known = joined.split(separator).sort((a, b) => b.length - a.length);
  if (commandLine === null) return known.length === 1 ? known : null;
  const found: string[] = [];
  const at = (text: string): string | undefined =>
    known.find((argument) => argument !== '' && text.startsWith(argument) && ends(text[argument.length]));
  for (let rest = commandLine.trim(); rest !== ''; ) {
    // An argument may keep its quotes, or have lost them.
    const bare = rest.replace(/^["'\s]+/, '');
    if (bare === '' && at(rest) === undefined) break;
    const [next, from] = at(rest) === undefined ? [at(bare), bare] : [at(rest), rest];
    if (next === undefined) return null;
    found.push(next);
    rest = from.slice(next.length).trimStart();
  }
  return known.every((argument) => found.includes(argument)) ? found : null;
}

const ends = (after: string | undefined): boolean => after === undefined || /[\s"']/.test(after);

/** One line on a signature; null where no event says anything. */
export function signatureText({ subject, status, trusted, exists }: Signature): string | null {
  if (exists === false) return 'unsigned';
  const doubt = trusted === false ? 'not trusted' : status !== null && status !== 'trusted' ? status : null;
  if (subject === null) return exists === null && doubt === null ? null : (doubt ?? status ?? 'signed');
  return doubt === null ? subject : `${subject} (${doubt})`;
}
