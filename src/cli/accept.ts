import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';
import { type Command, InvalidArgumentError } from 'commander';
import type { EntryEffect } from '../app/accept.ts';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { findHunts } from '../hunts/library.ts';
import { appendEntry, conditionText } from '../runs/accepted/append-entry.ts';
import type { AcceptedEntry } from '../runs/accepted/entry.ts';
import { givenConditions } from '../runs/accepted/new-conditions.ts';
import { readAccepted } from '../runs/accepted/read-file.ts';
import { parseDate } from '../values/date.ts';
import { count } from '../values/quantities.ts';
import { visible } from '../values/visible.ts';
import { type AllowListOptions, addAllowListOptions, allowListFile } from './allow-list.ts';
import { addLibraryOptions, type LibraryOptions, libraryFolders } from './library.ts';
import { addDataOptions, type DataOptions, eventsOf } from './options.ts';
import { terminalObserver } from './terminal-observer.ts';

interface AcceptOptions extends DataOptions, AllowListOptions, LibraryOptions {
  readonly config?: string;
  readonly reason: string;
  readonly owner?: string;
  readonly expires?: string;
  readonly query?: number;
  readonly row?: number;
  readonly columns?: readonly string[];
  readonly value: readonly string[];
}

export function addAccept(program: Command, signal: AbortSignal): void {
  const command = program
    .command('accept')
    .description('Add benign rows to the allow-list; later runs hide and count them')
    .argument('<hunt>', 'a hunt, as for run; or * for every hunt')
    .requiredOption('--reason <text>', 'why the rows are harmless')
    .option('--row <n>', 'take values from a row of a run of the hunt, counted as run prints them, from 1', place)
    .option('--columns <names>', 'the columns of the row to take, with commas (default: the keys of STATS … BY)', names)
    .option('--value <condition>', 'a column and what it must hold, as column=value (repeatable)', collect, [])
    .option('--query <n>', 'only this query of the hunt, from 1', place)
    .option('--owner <name>', 'who accepts it (default: git’s user.name, else $USER)')
    .option('--expires <when>', 'until when it holds: a date, or a time from today such as 90d or 12w', expiry);
  addLibraryOptions(addDataOptions(addAllowListOptions(command)))
    .addHelpText(
      'after',
      `
Examples:
  $ harrier accept exfiltration-by-volume-windows --row 2 --reason 'nightly backup' --expires 90d --data logs/ --now latest
  $ harrier accept 41fd9994 --row 2 --columns process.name --value 'destination.address=10.20.0.0/16' --reason '…' --data logs/ --now latest
  $ harrier accept 41fd9994 --value 'process.executable=C:\\Program Files\\Backup\\*' --value 'gigabytes_sent <= 50' --reason '…'

Values: * stands for any text; numbers and dates may be compared (<=, >=, <, >, !=); addresses may be blocks.
The file is plain TOML, made to be reviewed; harrier accepted lists it.`,
    )
    .action(async (hunt: string, options: AcceptOptions) => {
      await accept(hunt, options, signal);
    });
}

const collect = (value: string, previous: readonly string[]): string[] => [...previous, value];
const names = (value: string): string[] => value.split(',').map((name) => name.trim());

function place(value: string): number {
  if (!/^[1-9]\d{0,8}$/.test(value)) throw new InvalidArgumentError('expected a number from 1');
  return Number(value);
}

function expiry(value: string): string {
  const span = /^(\d{1,5})\s*([dw])$/.exec(value);
  const days = span ? Number(span[1]) * (span[2] === 'w' ? 7 : 1) : null;
  const date = days === null ? value : new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || parseDate(date) === null)
    throw new InvalidArgumentError('expected a date such as 2026-12-31, or a time such as 90d');
  return date;
}

async function accept(selector: string, options: AcceptOptions, signal: AbortSignal): Promise<void> {
  const { reason, row: place, query = null, expires = null, columns = null, showAccepted } = options;
  if (reason.trim() === '') throw new InputError('an entry needs a reason', 'say why these rows are harmless');
  if (place === undefined && options.value.length === 0)
    throw new InputError('nothing says which rows are harmless', "give --row N, or --value 'column=value'");
  if (place === undefined && columns !== null)
    throw new InputError('--columns takes values from a row', 'give --row N too');
  const hunt = selector === '*' ? null : await oneHunt(selector, options);
  const file = await allowListFile(options);
  const row =
    place === undefined
      ? null
      : { place, columns, events: eventsOf(options), accepted: showAccepted ? null : await readAccepted(file) };
  const { acceptRows } = await import('../app/accept.ts');
  const conditions = givenConditions(options.value);
  const owner = options.owner ?? (await user());
  const request = { hunt, query, conditions, row, reason: reason.trim(), owner, expires };
  const { entry, effect } = await acceptRows(request, terminalObserver(), signal);
  await appendEntry(file, entry);
  process.stdout.write(`${file}: ${describe(entry, hunt)}\n${effect ? effectText(effect) : ''}`);
  if (entry.conditions.has('process.entity_id'))
    process.stderr.write(
      'note: process.entity_id is another one each time the program starts: --columns chooses what stays the same\n',
    );
}

const effectText = ({ hides, rows, notes }: EntryEffect): string =>
  [`it hides ${hides} of ${count(rows, 'row')}`, ...notes.map((note) => `note: ${visible(note)}`), ''].join('\n');

async function oneHunt(selector: string, options: LibraryOptions): Promise<Hunt> {
  const { hunts } = await findHunts([selector], await libraryFolders(options));
  if (hunts.length === 1) return hunts[0]!;
  throw new InputError(`${selector} means ${hunts.length} hunts`, 'an entry is about one hunt, or about * for all');
}

function describe({ id, conditions, expires }: AcceptedEntry, hunt: Hunt | null): string {
  const wanted = [...conditions].map(([column, condition]) => `${column} = ${conditionText(condition)}`).join(' and ');
  const until = expires === null ? '' : ` until ${expires}`;
  return visible(`entry ${id} accepts rows of ${hunt?.name ?? 'every hunt'} with ${wanted}${until}`);
}

/** The name that stands for the person at the keyboard. */
async function user(): Promise<string> {
  const git = await promisify(execFile)('git', ['config', 'user.name']).catch(() => null);
  return git?.stdout.trim() || process.env.USER || userInfo().username;
}
