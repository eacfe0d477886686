import type { Catalogue } from '../catalogue/catalogue.ts';
import { changedCatalogue } from '../catalogue/changed-catalogue.ts';
import { FieldTypes } from '../catalogue/field-types.ts';
import { matchIndices } from '../catalogue/index-pattern.ts';
import type { LookupList } from '../catalogue/lookup-list.ts';
import { multivaluedFields } from '../catalogue/multivalued-fields.ts';
import { QueryError } from '../diagnostics/diagnostic.ts';
import type { SourceText } from '../diagnostics/source-text.ts';
import { prepare } from '../engines/duckdb/prepare.ts';
import { absentFields } from '../engines/plan-notes.ts';
import { planQuery } from '../engines/planned-query.ts';
import { mappedCatalogue, OpenCatalogue } from '../languages/esql/analyze/open-catalogue.ts';
import { isMetadata } from '../languages/esql/commands/from.ts';
import { CompiledQuery, type QueryText } from '../languages/esql/compiled-query.ts';
import { type FieldFacts, type Lint, lint } from '../languages/esql/lint/lint.ts';
import type { Query } from '../languages/esql/syntax/ast.ts';
import { eventPatterns, indexPatterns, mentions } from '../languages/esql/syntax/walk.ts';
import { type Scan, scansOf } from '../plan/nodes.ts';
import { oneTable } from '../sql/duckdb/event-relation.ts';
import { sql } from '../sql/sql.ts';
import { type EsqlType, isWholeNumber } from '../values/types.ts';
import type { EventsRequest } from './events-request.ts';
import type { Job } from './jobs.ts';
import type { Observer } from './observer.ts';
import { openSession } from './session/session.ts';

/** What is to be said of a query without any data. */
export interface CheckedText {
  /** Why it cannot run; null when it can. */
  readonly error: QueryError | null;
  /** Fields that nobody knows, whose types are guesses. */
  readonly guessed: readonly string[];
  /** What of the data is not as the query may expect. */
  readonly findings: readonly string[];
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
  lists: readonly LookupList[] = [],
): Promise<Checked[]> {
  const check = await queryChecker(fields, lists);
  const checked: Checked[] = [];
  for (const job of jobs) checked.push({ job, ...(await check(job.esql)) });
  return checked;
}

/** Checks queries against the fields of the indices that there are. */
export async function checkOnData(
  { jobs, events }: { readonly jobs: readonly Job[]; readonly events: EventsRequest },
  observer: Observer,
  signal: AbortSignal,
): Promise<Checked[]> {
  const queries = jobs.map(({ esql }) => esql);
  const { engine, now } = await openSession({ events, queries, asked: 0 }, observer, signal);
  try {
    const checked: Checked[] = [];
    for (const job of jobs) checked.push({ job, ...(await checkText(job.esql, engine.catalogue, now)) });
    return checked;
  } finally {
    await engine.close();
  }
}

/** Checks a query against the fields of the indices that there are. */
export async function checkText(esql: CompiledQuery, catalogue: Catalogue, now: Date): Promise<CheckedText> {
  const types = await FieldTypes.load();
  const facts = await fieldFacts((name) => catalogue.field(name)?.type);
  const { source, parsed } = esql;
  const { query } = parsed;
  const { error, scans } = planOn(esql, catalogue, now);
  const findings = query ? [...differingFields(query, catalogue, types), ...absentFields(scans)] : [];
  return { error, guessed: [], findings, lints: query ? lint(query, source, facts) : [], source };
}

function planOn(
  query: CompiledQuery,
  catalogue: Catalogue,
  now: Date,
): { error: QueryError | null; scans: readonly Scan[] } {
  try {
    const { rewritten } = planQuery(query, catalogue, { now: now.getTime(), maxRows: 1000 });
    return { error: null, scans: scansOf(rewritten) };
  } catch (problem) {
    if (!(problem instanceof QueryError)) throw problem;
    return { error: problem, scans: [] };
  }
}

/** Fields of a query that its indices map otherwise than ECS and Elastic Defend do, and to types that do not go together. */
function differingFields(query: Query, catalogue: Catalogue, types: FieldTypes): string[] {
  const names = catalogue.indices.map(({ name }) => name);
  const indices = [
    ...new Set(eventPatterns(query).flatMap((patterns) => matchIndices(patterns, names, catalogue.aliases))),
  ];
  const { names: mentioned, defined } = mentions(query);
  return [...mentioned].sort().flatMap((name) => {
    const field = defined.has(name) ? undefined : catalogue.field(name, indices);
    const expected = types.get(name)?.type;
    if (!field || field.column === null) {
      const variants = field?.variants?.map((one) => `${one.field.type} in ${[...one.indices].sort().join(', ')}`);
      return variants ? [`${name} has types that do not go together: ${variants.join('; ')}`] : [];
    }
    if (expected === undefined || familyOf(expected) === familyOf(field.type)) return [];
    return [`${name} is ${field.type} in these indices, and ${expected} in ECS or Elastic Defend`];
  });
}

/** Types that queries treat alike. */
const familyOf = (type: EsqlType): string => (type === 'text' ? 'keyword' : isWholeNumber(type) ? 'long' : type);

/** A check of queries over indices with these fields, or with those that ECS and Elastic Defend define (null). */
export async function queryChecker(
  fields: ReadonlyMap<string, EsqlType> | null,
  lists: readonly LookupList[] = [],
): Promise<(query: QueryText) => Promise<CheckedText>> {
  const types = fields ? null : await FieldTypes.load();
  const facts = await fieldFacts((name) => (fields ? fields.get(name) : types!.get(name)?.type));
  return async (asked) => {
    const compiled = CompiledQuery.of(asked);
    const { source } = compiled;
    const { query } = compiled.parsed;
    const patterns = query ? indexPatterns(query) : [];
    const open = fields ? null : await OpenCatalogue.of(patterns, query);
    const known = open ?? mappedCatalogue(patterns, fields!);
    const { error, reads } = runs(compiled, lists.length > 0 ? changedCatalogue(known, { lists }) : known);
    const guessed = open && !error ? [...open.assumed].filter((name) => reads.has(name) && !isMetadata(name)) : [];
    return { error, guessed, findings: [], lints: query ? lint(query, source, facts) : [], source };
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

async function fieldFacts(typeOf: (name: string) => EsqlType | undefined): Promise<FieldFacts> {
  const several = await multivaluedFields();
  return {
    holdsSeveral: (name) => several.has(name),
    isWhole: (name) => ['integer', 'long', 'unsigned_long'].includes(typeOf(name) ?? ''),
  };
}
