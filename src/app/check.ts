import type { Catalogue } from '../catalogue/catalogue.ts';
import { FieldTypes } from '../catalogue/field-types.ts';
import { multivaluedFields } from '../catalogue/multivalued-fields.ts';
import { QueryError } from '../diagnostics/diagnostic.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { prepare } from '../engines/duckdb/prepare.ts';
import { mappedCatalogue, OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import { type FieldFacts, type Lint, lint } from '../languages/esql/lint/lint.ts';
import { indexPatterns } from '../languages/esql/syntax/walk.ts';
import { scansOf } from '../plan/nodes.ts';
import { oneTable } from '../sql/duckdb/event-relation.ts';
import { sql } from '../sql/sql.ts';
import type { EsqlType } from '../values/types.ts';
import type { Job } from './jobs.ts';

/** What is to be said of a query without any data. */
export interface CheckedText {
  /** Why it cannot run; null when it can. */
  readonly error: QueryError | null;
  /** Fields that nobody knows, whose types are guesses. */
  readonly guessed: readonly string[];
  readonly lints: readonly Lint[];
  /** The text that spans of lints are places in. */
  readonly source: SourceText;
}

/** A query that was checked. */
export interface Checked extends CheckedText {
  readonly job: Job;
}

/** Checks queries over indices with these fields, or with those that ECS and Elastic Defend define (null). */
export async function checkQueries(
  jobs: readonly Job[],
  fields: ReadonlyMap<string, EsqlType> | null,
): Promise<Checked[]> {
  const check = await queryChecker(fields);
  const checked: Checked[] = [];
  for (const job of jobs) checked.push({ job, ...(await check(job.esql)) });
  return checked;
}

/** A check of queries over indices with these fields, or with those that ECS and Elastic Defend define (null). */
export async function queryChecker(
  fields: ReadonlyMap<string, EsqlType> | null,
): Promise<(query: QueryText) => Promise<CheckedText>> {
  const facts = await fieldFacts(fields);
  return async (asked) => {
    const compiled = CompiledQuery.of(asked);
    const { source } = compiled;
    const { query } = compiled.parsed;
    const patterns = query ? indexPatterns(query) : [];
    const open = fields ? null : await OpenCatalogue.of(patterns, query);
    const { error, reads } = runs(compiled, open ?? mappedCatalogue(patterns, fields!));
    const guessed = open && !error ? [...open.assumed].filter((name) => reads.has(name)) : [];
    return { error, guessed, lints: query ? lint(query, source, facts) : [], source };
  };
}

/** Whether a query gets as far as SQL, and the fields that it reads then; names that it makes itself are no fields. */
function runs(query: CompiledQuery, catalogue: Catalogue): { error: QueryError | null; reads: ReadonlySet<string> } {
  try {
    const { rewritten } = prepare(query, catalogue, oneTable(sql`events`), { now: Date.now(), maxRows: 1000 });
    const columns = scansOf(rewritten).flatMap((scan) => scan.columns.map(({ column }) => column.name));
    return { error: null, reads: new Set(columns) };
  } catch (problem) {
    if (!(problem instanceof QueryError)) throw problem;
    return { error: problem, reads: new Set() };
  }
}

async function fieldFacts(fields: ReadonlyMap<string, EsqlType> | null): Promise<FieldFacts> {
  const [types, several] = await Promise.all([FieldTypes.load(), multivaluedFields()]);
  const typeOf = (name: string): EsqlType | undefined => (fields ? fields.get(name) : types.get(name)?.type);
  return {
    holdsSeveral: (name) => several.has(name),
    isWhole: (name) => ['integer', 'long', 'unsigned_long'].includes(typeOf(name) ?? ''),
  };
}
