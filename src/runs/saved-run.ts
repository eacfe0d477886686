import { InputError } from '../diagnostics/diagnostic.ts';
import type { Hunt } from '../hunts/hunt.ts';
import type { HuntResult, Outcome, RunReport } from '../report/report.ts';
import type { QueryResult, ResultColumn } from '../values/types.ts';
import { decodeCell, encodeCell, type SavedCell } from './saved-cells.ts';

/** The form of saved runs; files of another form are not read. */
const version = 1;

/** What a run was asked with, as far as it is needed to ask again. Paths are absolute. A key is never part of it. */
export interface RunRequest {
  /** The hunts as they were named. */
  readonly hunts: readonly string[];
  readonly data: readonly string[];
  readonly store: string | null;
  readonly index: string | null;
  /** `latest`, a time (ISO 8601), or null for the time of the run. */
  readonly now: string | null;
  readonly maxRows: number | null;
  readonly strict: boolean;
  /** Whether files that hold the same as others are read, too. */
  readonly copies?: boolean;
  /** Files and folders of mappings. */
  readonly mapping?: readonly string[];
  readonly timeField?: string;
  readonly lookup?: readonly string[];
  readonly engine: 'duckdb' | 'elasticsearch';
  readonly url: string | null;
  readonly ca: string | null;
  readonly insecure: boolean;
}

/** A run that was kept: what was asked, and what came of it before any allow-list was looked at. */
export interface SavedRun {
  readonly name: string;
  readonly saved: Date;
  /** The version of Harrier that ran it. */
  readonly harrier: string;
  readonly request: RunRequest;
  readonly now: Date;
  readonly engine: string;
  readonly results: readonly HuntResult[];
  /** What of the data was not searched; null where all was. */
  readonly unread: string | null;
}

interface SavedResult {
  readonly hunt: Hunt | null;
  readonly query: number;
  readonly text: string;
  readonly outcome: Outcome;
  readonly error: string | null;
  readonly notes: readonly string[];
  readonly result: SavedRows | null;
}

interface SavedRows extends Omit<QueryResult, 'values' | 'hiddenKeys'> {
  readonly values: readonly (readonly SavedCell[])[];
  readonly hiddenKeys?: Pick<SavedRows, 'columns' | 'values'>;
}

/** A saved run as the text of its file. */
export function encodeRun(run: SavedRun): string {
  const results = run.results.map(
    ({ hunt, query, text, outcome, error, notes, result }): SavedResult => ({
      ...{ hunt, query, text, outcome, error, notes },
      result: result && encodeRows(result),
    }),
  );
  return `${JSON.stringify({ version, ...run, results })}\n`;
}

function encodeRows({ hiddenKeys, ...rest }: QueryResult): SavedRows {
  const encoded = (rows: QueryResult['values']): SavedRows['values'] => rows.map((row) => row.map(encodeCell));
  return {
    ...{ ...rest, values: encoded(rest.values) },
    ...(hiddenKeys && { hiddenKeys: { columns: hiddenKeys.columns, values: encoded(hiddenKeys.values) } }),
  };
}

/** The run in a file's text. Throws an InputError when the text is none. */
export function decodeRun(text: string, file: string): SavedRun {
  let saved: Omit<SavedRun, 'saved' | 'now' | 'results'> & {
    version: number;
    saved: string;
    now: string;
    results: readonly SavedResult[];
  };
  try {
    saved = JSON.parse(text) as typeof saved;
  } catch (error) {
    throw new InputError(`${file} is no saved run: ${(error as Error).message}`, 'delete it, and save the run again');
  }
  const { version: found, ...run } = saved;
  if (found !== version)
    throw new InputError(
      `${file} has version ${found}, and this Harrier reads version ${version}`,
      'save the run again with this one',
    );
  // Runs of earlier versions do not say what they left out.
  return {
    ...run,
    unread: run.unread ?? null,
    saved: new Date(run.saved),
    now: new Date(run.now),
    results: run.results.map(decodeResult),
  };
}

function decodeResult({ result, ...rest }: SavedResult): HuntResult {
  return {
    ...rest,
    result: result && decodeRows(result),
    ...{ coverage: null, hidden: [], drillDown: null, evidence: null },
  };
}

function decodeRows({ hiddenKeys, ...rest }: SavedRows): QueryResult {
  const decoded = ({ columns, values }: Pick<SavedRows, 'columns' | 'values'>): QueryResult['values'] =>
    values.map((row) => decodeRow(row, columns));
  return {
    ...{ ...rest, values: decoded(rest) },
    ...(hiddenKeys && { hiddenKeys: { columns: hiddenKeys.columns, values: decoded(hiddenKeys) } }),
  };
}

const decodeRow = (row: readonly SavedCell[], columns: readonly ResultColumn[]): QueryResult['values'][number] =>
  row.map((cell, i) => decodeCell(cell, columns[i]!.type));

/** A saved run as a report again. */
export const reportOf = ({ now, engine, results, unread }: SavedRun): RunReport => ({
  ...{ now, engine, results, unread },
  partial: results.some(({ outcome }) => outcome === 'interrupted'),
  ...{ load: null, eventFacts: null, provenance: null },
});
