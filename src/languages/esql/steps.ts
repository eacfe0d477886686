import type { Catalogue } from '../../catalogue/catalogue.ts';
import type { Span } from '../../diagnostics/source-text.ts';
import type { Column } from '../../plan/column.ts';
import { shownColumns } from './analyze/shown-columns.ts';
import { CompiledQuery } from './compiled-query.ts';
import { type OutlinedCommand, outlineOf } from './syntax/outline.ts';

/** A command of a query, and the columns that a run of the query up to here shows. */
export interface Step {
  readonly command: string;
  /** Without the `|` before it. */
  readonly span: Span;
  /** Null where nobody can tell: the command, or one before it, is wrong. */
  readonly columns: readonly Column[] | null;
}

/** The commands of a text that may be half written, with the columns after each as far as that can be read. */
export function stepsOf(text: string, catalogue: Catalogue, now: number, queries = new RecentQueries()): Step[] {
  let isRead = true;
  return outlineOf(text).map(({ keyword, span }: OutlinedCommand) => {
    const columns = isRead ? columnsOf(queries.of(text.slice(0, span.end), catalogue), catalogue, now) : null;
    isRead = columns !== null;
    return { command: keyword, span, columns };
  });
}

function columnsOf(query: CompiledQuery, catalogue: Catalogue, now: number): readonly Column[] | null {
  if (!query.parsed.query) return null;
  const { plan } = query.analyze(catalogue, { now, defaultLimit: null });
  return plan && shownColumns(plan.output);
}

/** Texts that are remembered: the commands before the place where somebody writes stay as they are. */
const mostTexts = 50;

/** Queries that were read lately, so that what has not changed since the last key is not read again. */
export class RecentQueries {
  readonly #queries = new Map<string, CompiledQuery>();

  of(text: string, { views }: Catalogue): CompiledQuery {
    const known = this.#queries.get(text) ?? new CompiledQuery(text);
    this.#queries.delete(text);
    this.#queries.set(text, known);
    const [oldest] = this.#queries.keys();
    if (this.#queries.size > mostTexts) this.#queries.delete(oldest!);
    return known.withViews(views);
  }
}
