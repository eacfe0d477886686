import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { Emitted } from '../../sql/duckdb/emit.ts';
import { WarningSites, type WrittenSites } from '../../sql/duckdb/warning-sites.ts';
import type { Sql } from '../../sql/sql.ts';
import type { QueryResult, ResultColumn } from '../../values/types.ts';
import { cutNote } from '../engine.ts';
import { planNotes } from '../plan-notes.ts';
import { isFull, lastLimit, resultColumns, withoutKeys } from '../planned-query.ts';
import { type IsolatedStatement, isolate } from './isolate.ts';
import type { Prepared } from './prepare.ts';
import type { ReadRows } from './results.ts';

/** What a statement selects, column by column: single values, and beside them lists where there may be some. */
export type Selected = readonly { readonly column: ResultColumn; readonly hasList: boolean }[];

/** A statement, and what becomes of its rows. */
export interface RunnableStatement {
  readonly sql: Sql;
  readonly output: Selected;
  readonly sites: Pick<WarningSites, 'record'>;
}

/** A query that was planned, as plain data: whichever thread planned it, any may run it. */
export interface Runnable {
  readonly sql: Sql;
  readonly output: Selected;
  readonly sites: WrittenSites;
  /** How it runs apart from others; null for one that is safe among them. */
  readonly isolated: IsolatedStatement | null;
  readonly warnings: readonly string[];
  readonly notes: readonly string[];
  /** The LIMIT that was added because the query has none, and else its own. */
  readonly addedLimit: number | null;
  readonly ownLimit: bigint | null;
  readonly hiddenKeys: number;
  /** Rows of its answer at least, unless events that it was planned for were deleted before it ran. */
  readonly leastRows: number | null;
}

export function runnable({ analysis, emitted, rewritten, hiddenKeys }: Prepared, catalogue: Catalogue): Runnable {
  return {
    sql: emitted.sql,
    output: selected(emitted),
    sites: emitted.sites.written(),
    isolated: isolate(emitted.steps, emitted.end),
    warnings: analysis.warnings,
    notes: planNotes(rewritten, catalogue),
    addedLimit: analysis.addedLimit,
    ownLimit: lastLimit(analysis.plan),
    hiddenKeys,
    leastRows: emitted.leastRows,
  };
}

export const selected = ({ output }: Emitted): Selected =>
  output.map(({ column, hasList }) => ({ column: resultColumns([column])[0]!, hasList }));

export const statementOf = ({ sql, output, sites }: Runnable): RunnableStatement & { sites: WarningSites } => ({
  sql,
  output,
  sites: WarningSites.read(sites),
});

/** The answer to a query from the rows of its statement. */
export function answerOf(
  { output, warnings, notes, addedLimit, ownLimit, hiddenKeys }: Runnable,
  { values, bytes, tookMs }: ReadRows & { readonly tookMs: number },
  sites: WarningSites,
): QueryResult {
  const isCut = addedLimit === null ? isFull(ownLimit, values.length) : values.length > addedLimit;
  const isCutByUs = addedLimit !== null && isCut;
  if (isCutByUs) values.length = addedLimit;
  return withoutKeys(
    {
      columns: output.map(({ column }) => column),
      values,
      bytes,
      notes: isCutByUs ? [cutNote(addedLimit), ...notes] : [...notes],
      tookMs,
      warnings: [...warnings, ...sites.warnings()],
      ...(isCut && { isCut }),
    },
    hiddenKeys,
  );
}
