import { randomBytes } from 'node:crypto';
import { InputError } from '../diagnostics/diagnostic.ts';
import type { Hunt } from '../hunts/hunt.ts';
import { applyAccepted } from '../runs/accepted/apply.ts';
import type { AcceptedEntry, AcceptedList, Condition } from '../runs/accepted/entry.ts';
import { checkConditions, conditionsOfRow } from '../runs/accepted/new-conditions.ts';
import { columnsOf, groupKeysOf } from '../runs/group-keys.ts';
import { count } from '../values/quantities.ts';
import type { EventsRequest } from './events-request.ts';
import { jobsOf } from './jobs.ts';
import type { Observer } from './observer.ts';
import { runWhole } from './run-hunts.ts';

/** Which rows are harmless, and why. */
export interface AcceptRequest {
  /** Null for every hunt. */
  readonly hunt: Hunt | null;
  /** The query of the hunt, from 1; null for each of them. */
  readonly query: number | null;
  /** Conditions that are given as such; they come before those of the row. */
  readonly conditions: ReadonlyMap<string, Condition>;
  /** A row of a run of the hunt whose values the entry takes; null where the conditions say it all. */
  readonly row: AcceptedRow | null;
  readonly reason: string;
  readonly owner: string;
  readonly expires: string | null;
}

/** A row of a run of the hunt. */
export interface AcceptedRow {
  /** Its number, from 1, in what the allow-list leaves. */
  readonly place: number;
  /** The columns that it is known by; null for the keys of its last STATS … BY. */
  readonly columns: readonly string[] | null;
  readonly events: EventsRequest;
  /** Null where the run shows what it accepts. */
  readonly accepted: AcceptedList | null;
}

/** An entry for the allow-list, and what it would do to the run that its row is from. */
export interface NewEntry {
  readonly entry: AcceptedEntry;
  readonly effect: EntryEffect | null;
}

export interface EntryEffect {
  /** Rows that it hides, and rows that there were. */
  readonly hides: number;
  readonly rows: number;
  readonly notes: readonly string[];
}

/** Makes an entry for the allow-list. Throws an InputError where it would be about nothing, or about too much. */
export async function acceptRows(
  { hunt, query, conditions, row, reason, owner, expires }: AcceptRequest,
  observer: Observer,
  signal: AbortSignal,
): Promise<NewEntry> {
  if (hunt && query !== null && query > hunt.queries.length)
    throw new InputError(`${hunt.name} has ${count(hunt.queries.length, 'query', 'queries')}, and no query ${query}`);
  if (hunt) await checkColumns(conditions, hunt, query);
  const entry: AcceptedEntry = {
    id: randomBytes(4).toString('hex'),
    hunt: hunt ? (hunt.uuid ?? hunt.name) : '*',
    ...{ query, conditions, reason, owner, expires },
    created: new Date().toISOString().slice(0, 10),
  };
  if (row === null) return { entry, effect: null };
  if (!hunt)
    throw new InputError(
      'a row belongs to one hunt, and * is every hunt',
      "name the hunt, or give --value 'column=value'",
    );
  return fromRow(entry, hunt, row, observer, signal);
}

/** A condition that no answer can meet would hide nothing, and nobody would know until the next run. */
async function checkColumns(
  conditions: ReadonlyMap<string, Condition>,
  { name, queries }: Hunt,
  query: number | null,
): Promise<void> {
  const asked = query === null ? queries : queries.slice(query - 1, query);
  const answers = await Promise.all(asked.map(({ text }) => columnsOf(text)));
  if (answers.length === 1 && answers[0]) checkConditions(conditions, answers[0].types);
  if (!answers.every((columns) => columns?.areAll)) return;
  const known = new Set(answers.flatMap((columns) => columns!.names));
  const unknown = [...conditions.keys()].find((column) => !known.has(column));
  if (unknown !== undefined)
    throw new InputError(`${name} gives no column ${unknown}`, `its columns: ${[...known].join(', ')}`);
}

/** Runs the hunt and takes conditions from one of its rows; those that the entry has come before. */
async function fromRow(
  entry: AcceptedEntry,
  hunt: Hunt,
  { place, columns: named, events, accepted }: AcceptedRow,
  observer: Observer,
  signal: AbortSignal,
): Promise<NewEntry> {
  if (entry.query === null && hunt.queries.length > 1)
    throw new InputError(
      `${hunt.name} has ${hunt.queries.length} queries`,
      'say which one the row belongs to: --query N',
    );
  const jobs = [jobsOf(hunt)[(entry.query ?? 1) - 1]!];
  const run = await runWhole({ jobs, events, accepted }, observer, signal);
  const found = run.results[0]!;
  const { result, error, text } = found;
  if (!result && found.outcome === 'cannot tell')
    throw new InputError(`${hunt.name} has no rows: the data cannot tell`, found.notes.join('\n'));
  if (!result) throw new InputError(`${hunt.name} failed: ${error}`);
  const cells = result.values[place - 1];
  if (!cells)
    throw new InputError(
      `there is no row ${place}: the run gives ${count(result.values.length, 'row')}`,
      found.notes.length > 0 ? found.notes.join('\n') : 'run numbers them from 1',
    );
  checkConditions(entry.conditions, new Map(result.columns.map(({ name, type }) => [name, type])));
  const columns = named ?? (await groupKeysOf(text));
  if (columns === null || columns.length + entry.conditions.size === 0)
    throw new InputError(
      'no columns say which row is which',
      `choose some: --columns ${result.columns.map(({ name }) => name).join(',')}`,
    );
  const conditions = new Map([...conditionsOfRow(result.columns, cells, columns), ...entry.conditions]);
  const added = { ...entry, conditions };
  const list = { file: 'the entry', entries: [{ ...added, line: 1 }] };
  const [after] = applyAccepted([found], list, new Date());
  const effect = {
    hides: result.values.length - after!.result!.values.length,
    rows: result.values.length,
    notes: after!.notes.slice(found.notes.length),
  };
  return { entry: added, effect };
}
