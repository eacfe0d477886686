import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../../diagnostics/diagnostic.ts';
import type { Outcome } from '../../report/report.ts';
import { writeWhole } from '../state-folder.ts';
import type { Hit } from './new-hits.ts';

/** The form of the files; files of another form are not read. */
const version = 1;
const runsKept = 500;

/** One run of a watch. Times are ISO 8601. */
export interface WatchRun {
  readonly scheduled: string;
  readonly started: string;
  readonly tookMs: number;
  readonly outcome: 'done' | 'failed' | 'interrupted';
  /** Why it failed. */
  readonly error: string | null;
  readonly missed: number;
  readonly queries: readonly {
    readonly hunt: string;
    readonly query: number;
    readonly outcome: Outcome;
    readonly rows: number;
    readonly new: number;
    readonly hidden: number;
  }[];
  readonly new: number;
  /** Hits that some receiver did not take; they are sent again. */
  readonly undelivered: number;
}

/** What is remembered of a watch. */
export interface WatchState {
  /** The scheduled time of the last run that was done. */
  readonly last: string | null;
  /** When each hit was seen first and last, by a digest of its hunt and key. */
  readonly known: Readonly<Record<string, { readonly first: string; readonly last: string }>>;
  /** By receiver, what it did not take. */
  readonly undelivered: Readonly<Record<string, readonly Hit[]>>;
  /** The newest at the end. */
  readonly history: readonly WatchRun[];
}

const nothing: WatchState = { last: null, known: {}, undelivered: {}, history: [] };

const fileOf = (state: string, watch: string): string => join(state, 'watches', `${watch}.json`);

/** What is remembered of a watch; nothing of one that never ran. */
export async function readWatchState(state: string, watch: string): Promise<WatchState> {
  const file = fileOf(state, watch);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new InputError(`cannot read ${file}: ${error.message}`);
  });
  if (text === null) return nothing;
  try {
    const { version: found, ...rest } = JSON.parse(text) as WatchState & { version: number };
    if (found === version) return rest;
  } catch {
    // Reported below: what cannot be read is of no version.
  }
  throw new InputError(`${file} cannot be read by this Harrier`, 'move it away: every hit is new then');
}

export async function writeWatchState(state: string, watch: string, what: WatchState): Promise<void> {
  const history = what.history.slice(-runsKept);
  await writeWhole(fileOf(state, watch), `${JSON.stringify({ version, ...what, history })}\n`);
}
